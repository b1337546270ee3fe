//! Atlassian's token endpoint: client credentials, a code or a refresh token are exchanged for an access token.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::document::mask;
use crate::http::{Base, Client, Repeat, Request};
use crate::model::answer::Failure;

/// How long a token is valid if the endpoint does not say: as long as Atlassian's tokens are.
const LIFE: Duration = Duration::from_secs(3600);

/// The longest validity that is believed.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// An access token with what came with it.
pub struct Grant {
    pub(super) access: SecretString,
    /// Validity, from now on.
    pub(super) life: Duration,
    pub(super) refresh: Option<SecretString>,
    /// What it allows, e.g. `read:jira-work`; empty: unknown.
    pub scopes: Vec<String>,
}

/// Why there is no token.
pub(super) enum TokenError {
    /// The endpoint understood the request and denies it, with OAuth's word for the reason.
    Denied(String),
    /// Any other failure; the credentials may be valid.
    Failed(Failure),
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    scope: Option<String>,
}

/// OAuth's error, without its description, which may quote what was sent.
#[derive(Deserialize)]
struct OauthRefusal {
    error: String,
}

/// Sends a request to a server's endpoint, `/oauth/token`. `what` says what is exchanged, and contains secrets.
pub(super) async fn token(
    http: &Client,
    server: &Base,
    what: &Json,
    repeat: Repeat,
) -> Result<Grant, TokenError> {
    let unreachable = |why: &str| {
        let endpoint = server.at(["oauth", "token"]);
        TokenError::Failed(Failure::Unreachable(format!("the token endpoint {endpoint} {why}")))
    };
    let request = Request::new(Method::POST, server.at(["oauth", "token"]), repeat)
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .json(what)
        .map_err(|_| unreachable("cannot be reached"))?;
    let answer = http.send(&request).await.map_err(|failure| match failure {
        Failure::Unreachable(why) | Failure::Unknown(why) => unreachable(&format!("did not respond: {why}")),
        other => TokenError::Failed(other),
    })?;
    match answer.status {
        200..300 => {
            let granted = serde_json::from_slice::<Granted>(&answer.body).ok();
            let granted = granted.filter(|granted| !granted.access_token.is_empty());
            granted.map(Grant::from).ok_or_else(|| unreachable("returned no token"))
        }
        // a page from another program is not a refusal
        status => match serde_json::from_slice::<OauthRefusal>(&answer.body) {
            Ok(refused) if matches!(status, 400 | 401 | 403) => Err(TokenError::Denied(word(&refused.error))),
            _ => Err(unreachable(&format!("responded with status {status}"))),
        },
    }
}

impl From<Granted> for Grant {
    fn from(granted: Granted) -> Grant {
        mask::hold(&granted.access_token);
        granted.refresh_token.as_deref().into_iter().for_each(mask::hold);
        let scopes = granted.scope.unwrap_or_default();
        Grant {
            access: granted.access_token.into(),
            life: granted.expires_in.map_or(LIFE, |life| Duration::from_secs(life).min(LONGEST_LIFE)),
            refresh: granted.refresh_token.filter(|token| !token.is_empty()).map(SecretString::from),
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// OAuth's errors are lower-case words (RFC 6749, 5.2); anything else is not shown.
fn word(error: &str) -> String {
    let is_word = error.len() <= 40 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_word { error.to_owned() } else { "refused".to_owned() }
}

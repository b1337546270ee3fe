//! Credentials in use: where calls go, what they carry, and when a token is renewed.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method as Verb;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, OnceCell};
use tokio::time::Instant;

use super::app::OauthApp;
use super::credentials::{Credentials, Gateway, is_cloud_id};
use super::token::{Grant, TokenError, token};
use super::vault::{Login, Vault};
use crate::document::mask;
use crate::http::{Base, Client, Repeat, Request};
use crate::model::answer::{Denied, Failure};
use crate::model::auth_method::AuthMethod;

/// A token is renewed this long before it expires, or after nine tenths of its life.
const MARGIN: Duration = Duration::from_secs(60);

/// The shortest secret that is masked in what this site's server says, in bytes. It is shorter than the limit of
/// `document::mask`, because only the site's own credential is looked for, and only in its own answers.
const SHORTEST_MASKED: usize = 6;

/// One account at one site.
pub(in crate::tracker::jira) struct Session {
    auth: Credentials,
    site: Base,
    /// Where the API is: the site, or the gateway's address for it, which is looked up once.
    root: OnceCell<Base>,
    /// The access token; whoever renews it holds the lock, so that there is one renewal at a time.
    token: Mutex<Option<AccessToken>>,
}

/// An access token in use.
struct AccessToken {
    access: SecretString,
    until: Instant,
}

/// What one request carries.
pub(in crate::tracker::jira) struct Authorization {
    pub(in crate::tracker::jira) header: HeaderValue,
    /// Whether it is an access token that was not fetched for this request, so that it may have expired early.
    pub(in crate::tracker::jira) is_old: bool,
}

impl Session {
    pub(in crate::tracker::jira) fn new(auth: Credentials, site: Base) -> Session {
        mask::hold(auth.secret().expose_secret());
        Session { auth, site, root: OnceCell::new(), token: Mutex::default() }
    }

    pub(in crate::tracker::jira) fn method(&self) -> AuthMethod {
        self.auth.method()
    }

    /// Where the API is.
    pub(in crate::tracker::jira) async fn root(&self, http: &Client) -> Result<&Base, Failure> {
        let found = async {
            Ok(match &self.auth {
                Credentials::ApiToken { .. }
                | Credentials::PersonalAccessToken { .. }
                | Credentials::Password { .. } => self.site.clone(),
                Credentials::ScopedApiToken { via, .. }
                | Credentials::ServiceAccountToken { via, .. }
                | Credentials::ClientCredentials { via, .. } => {
                    let id = match &via.cloud_id {
                        Some(id) => id.clone(),
                        None => cloud_id(http, &self.site).await?,
                    };
                    gateway_base(via, &id)
                }
                Credentials::Oauth { app, vault } => {
                    let held = vault.lock().await.map_err(|error| stored(&error.to_string()))?;
                    let login = login(vault, self.site.site().as_str(), app, &held)?;
                    app.gateway.below(["ex", "jira", &login.cloud_id])
                }
            })
        };
        self.root.get_or_try_init(|| found).await
    }

    /// Whether the cloud id that somebody set belongs to another site; the site itself says so. The gateway's answers
    /// then look like wrong credentials, or like a ticket that does not exist.
    pub(in crate::tracker::jira) async fn wrong_cloud_id(&self, http: &Client) -> Option<Failure> {
        let (Credentials::ScopedApiToken { via, .. }
        | Credentials::ServiceAccountToken { via, .. }
        | Credentials::ClientCredentials { via, .. }) = &self.auth
        else {
            return None;
        };
        let named = via.cloud_id.as_deref()?;
        let own = cloud_id(http, &self.site).await.ok().filter(|own| !own.eq_ignore_ascii_case(named))?;
        Some(Failure::Unusable {
            blocked: false,
            why: format!("JIRA_CLOUD_ID does not match {}, whose cloud ID is {own}", self.site.as_str()),
            hint: "Set JIRA_CLOUD_ID to that ID, or unset the variable, so that casefile asks the site for \
                   its ID."
                .to_owned(),
        })
    }

    /// What a request carries. `refused`: the token of an earlier authorization that was not accepted.
    pub(in crate::tracker::jira) async fn authorization(
        &self,
        http: &Client,
        refused: Option<&Authorization>,
    ) -> Result<Authorization, Failure> {
        let header = match &self.auth {
            Credentials::ApiToken { email: user, token: secret }
            | Credentials::ScopedApiToken { email: user, token: secret, .. }
            | Credentials::Password { user, password: secret } => basic(user, secret)?,
            Credentials::ServiceAccountToken { token, .. } | Credentials::PersonalAccessToken { token } => {
                bearer(token)?
            }
            Credentials::ClientCredentials { .. } | Credentials::Oauth { .. } => {
                return self.current(http, refused).await;
            }
        };
        Ok(Authorization { header, is_old: false })
    }

    /// The current access token, renewed if it is about to expire or was refused.
    async fn current(
        &self,
        http: &Client,
        refused: Option<&Authorization>,
    ) -> Result<Authorization, Failure> {
        let mut token = self.token.lock().await;
        if let Some(alive) = token.as_ref().filter(|token| token.until > Instant::now()) {
            let header = bearer(&alive.access)?;
            if refused.is_none_or(|refused| refused.header != header) {
                return Ok(Authorization { header, is_old: true });
            }
        }
        let (fresh, is_old) = match &self.auth {
            Credentials::Oauth { app, vault } => self.stored(http, app, vault, refused).await?,
            Credentials::ClientCredentials { id, secret, servers, .. } => {
                let grant = granted(http, servers, id, secret).await?;
                (AccessToken { until: Instant::now() + safe(grant.life), access: grant.access }, false)
            }
            // the other ways have no token that ends
            _ => return Err(stored("this authentication method has no token that can be renewed")),
        };
        let header = bearer(&fresh.access)?;
        *token = Some(fresh);
        Ok(Authorization { header, is_old })
    }

    /// The stored access token, or a new one for the stored refresh token, which is replaced by the one
    /// that came along before anybody else may look. Says whether the token is an old one.
    async fn stored(
        &self,
        http: &Client,
        app: &OauthApp,
        vault: &Vault,
        refused: Option<&Authorization>,
    ) -> Result<(AccessToken, bool), Failure> {
        let site = self.site.site();
        let held = vault.lock().await.map_err(|error| stored(&error.to_string()))?;
        let login = login(vault, &site, app, &held)?;
        let left = Duration::try_from(login.until.duration_since(vault.now())).unwrap_or_default();
        let access = SecretString::from(login.access.clone());
        [&login.access, &login.refresh].into_iter().for_each(|secret| mask::hold(secret));
        let is_refused = match refused {
            Some(refused) => refused.header == bearer(&access)?,
            None => false,
        };
        if left > MARGIN && !is_refused {
            return Ok((AccessToken { access, until: Instant::now() + safe(left) }, true));
        }
        let grant = app.refresh(http, &login.refresh).await?;
        // one that is not rotated stays good
        let refresh = grant.refresh.as_ref().map_or(login.refresh, |new| new.expose_secret().to_owned());
        let next = Login {
            refresh,
            access: grant.access.expose_secret().to_owned(),
            until: vault.now().checked_add(grant.life).unwrap_or_else(|_| vault.now()),
            scopes: if grant.scopes.is_empty() { login.scopes } else { grant.scopes },
            cloud_id: login.cloud_id,
        };
        vault.save(&site, app, &next, &held).map_err(|error| {
            stored(&format!("the renewed login cannot be stored in {}: {error}", vault.folder().display()))
        })?;
        Ok((AccessToken { access: grant.access, until: Instant::now() + safe(grant.life) }, false))
    }

    /// Takes our own secrets out of what a server says: a proxy or an echo may quote the request.
    pub(in crate::tracker::jira) fn mask(&self, authorization: &Authorization, body: &mut Vec<u8>) {
        let carried = authorization.header.to_str().unwrap_or_default();
        let carried = carried.split_once(' ').map_or(carried, |(_, value)| value);
        for secret in [carried, self.auth.secret().expose_secret().trim()] {
            if secret.len() >= SHORTEST_MASKED && memchr::memmem::find(body, secret.as_bytes()).is_some() {
                let text = String::from_utf8_lossy(body).replace(secret, "***");
                *body = text.into_bytes();
            }
        }
    }
}

/// Exchanges client credentials at the first of the servers that returns a token for them: Atlassian has been seen to
/// use either.
async fn granted(http: &Client, servers: &[Base], id: &str, secret: &SecretString) -> Result<Grant, Failure> {
    let what = json!({"grant_type": "client_credentials", "client_id": id,
        "client_secret": secret.expose_secret()});
    let mut worst = None;
    for server in servers {
        match token(http, server, &what, Repeat::Yes).await {
            Ok(grant) => return Ok(grant),
            Err(TokenError::Denied(word)) => {
                let why = format!("Atlassian rejected the client credentials: {word}");
                let hint = AuthMethod::ClientCredentials.advice();
                // a refusal says more than an answer that was not understood
                worst = Some(Failure::Credentials(Denied { why, hint }));
            }
            Err(TokenError::Failed(
                failure @ (Failure::OutOfTime
                | Failure::Stopped
                | Failure::Blocked(_)
                | Failure::Unusable { blocked: true, .. }),
            )) => {
                return Err(failure);
            }
            Err(TokenError::Failed(failure)) => worst = worst.or(Some(failure)),
        }
    }
    Err(worst.unwrap_or_else(|| stored("no token endpoint is known")))
}

/// How long a token is used.
fn safe(life: Duration) -> Duration {
    life - MARGIN.min(life / 10)
}

fn login(
    vault: &Vault,
    site: &str,
    app: &OauthApp,
    held: &super::vault::VaultLock,
) -> Result<Login, Failure> {
    let none = format!("nobody has signed in to {site} on this machine with this app");
    let login = vault.load(site, app, held).and_then(|login| login.ok_or(none));
    login.map_err(|why| Failure::Credentials(Denied { why, hint: AuthMethod::Oauth.advice() })).and_then(
        |login| {
            if is_cloud_id(&login.cloud_id) {
                Ok(login)
            } else {
                Err(stored("the stored login contains no valid cloud ID"))
            }
        },
    )
}

fn stored(why: &str) -> Failure {
    Failure::Credentials(Denied { why: why.to_owned(), hint: AuthMethod::Oauth.advice() })
}

/// The gateway's address for a site.
fn gateway_base(via: &Gateway, cloud_id: &str) -> Base {
    via.api.below(["ex", "jira", cloud_id])
}

/// A site's cloud ID, which is public.
async fn cloud_id(http: &Client, site: &Base) -> Result<String, Failure> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct TenantInfo {
        cloud_id: String,
    }
    let request = Request::new(Verb::GET, site.at(["_edge", "tenant_info"]), Repeat::Yes);
    let answer = http.send(&request).await.map_err(|failure| match failure {
        Failure::Unknown(why) => Failure::Unreachable(why),
        other => other,
    })?;
    let read = serde_json::from_slice::<TenantInfo>(&answer.body).ok().filter(|_| answer.status == 200);
    read.map(|info| info.cloud_id).filter(|id| is_cloud_id(id)).ok_or_else(|| {
        let (site, status) = (site.as_str(), answer.status);
        Failure::Unreachable(format!(
            "{site} did not return its cloud ID (status {status}); check JIRA_BASE_URL, or set JIRA_CLOUD_ID"
        ))
    })
}

/// `Basic`, marked so that nothing prints it.
fn basic(user: &str, secret: &SecretString) -> Result<HeaderValue, Failure> {
    // a secret that was pasted often ends with a line break
    let pair = BASE64_STANDARD.encode(format!(
        "{}:{}",
        user.trim(),
        secret.expose_secret().trim_end_matches(['\r', '\n'])
    ));
    // a short secret is revealed by this string alone
    mask::hold(&pair);
    header(&format!("Basic {pair}"))
}

/// `Bearer`, marked so that nothing prints it.
pub(super) fn bearer(secret: &SecretString) -> Result<HeaderValue, Failure> {
    header(&format!("Bearer {}", secret.expose_secret().trim()))
}

fn header(text: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Failure::Credentials(
            "a credential contains a character that cannot be sent, such as a line break".into(),
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_sent_trimmed_and_never_printed() {
        let secret = SecretString::from("geheim\n");
        for (header, expected) in [
            (basic("a@b.example ", &secret).unwrap(), "Basic YUBiLmV4YW1wbGU6Z2VoZWlt"),
            (bearer(&secret).unwrap(), "Bearer geheim"),
        ] {
            assert_eq!(header.to_str().unwrap(), expected);
            let shown = format!("{header:?}");
            assert!(!shown.contains("geheim") && !shown.contains("YUBi"), "{shown}");
        }
        assert!(matches!(bearer(&"a\nb".into()), Err(Failure::Credentials(_))));
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        for (life, used) in [(3600, 3540), (600, 540), (100, 90), (0, 0)] {
            assert_eq!(safe(Duration::from_secs(life)), Duration::from_secs(used));
        }
    }

    #[test]
    fn what_a_server_quotes_is_masked() {
        let base = Base::parse("https://a.example", &crate::http::AddressPolicy::default()).unwrap();
        let check = |secret: &str, said: &str, expected: &str| {
            let auth = Credentials::ApiToken { email: "a".into(), token: secret.to_owned().into() };
            let session = Session::new(auth, base.clone());
            let authorization =
                Authorization { header: header("Basic YTpnZWhlaW0x").unwrap(), is_old: false };
            let mut body = said.as_bytes().to_vec();
            session.mask(&authorization, &mut body);
            assert_eq!(String::from_utf8(body).unwrap(), expected);
        };
        check("geheim1\n", "no geheim1, no Basic YTpnZWhlaW0x", "no ***, no Basic ***");
        check("geheim1", "fine", "fine");
        check("a", "a bad word", "a bad word");
    }
}

//! Access to several repositories: by one token, or as a GitHub App, which gets a token for each.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;

use super::client::{GithubClient, Verb, read};
use super::failure::GithubFailure;
use crate::document::mask;
use crate::error::{Error, Result};

/// A token is renewed this long before it expires; GitHub's tokens are valid for an hour.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// How long the app's JWT is valid, in seconds: GitHub accepts at most ten minutes.
const JWT_LIFE: i64 = 540;

/// How far the clocks may differ, in seconds.
const DRIFT: i64 = 60;

/// Access to any repository on GitHub.
pub struct Access {
    api: Url,
    http: reqwest::Client,
    by: By,
}

enum By {
    Token(SecretString),
    App(Box<GithubApp>),
}

/// A GitHub App (GitHub, "Authenticating as a GitHub App installation"). Nothing prints its key.
pub struct GithubApp {
    id: String,
    key: RsaKeyPair,
    /// By repository; whoever renews one holds the lock.
    tokens: Mutex<BTreeMap<String, AppToken>>,
}

struct AppToken {
    token: SecretString,
    until: Timestamp,
}

impl GithubApp {
    /// An app by its id (or client id) and its private key as PEM, with real line breaks or `\n`.
    ///
    /// # Errors
    /// It is not an RSA key, or too short a key.
    pub fn new(id: &str, key: &SecretString) -> Result<GithubApp> {
        let wrong = || {
            Error::usage("GITHUB_APP_PRIVATE_KEY is not the private key of a GitHub App").hint(
                "give the complete text of the .pem file that GitHub created, including its first and last \
                 lines",
            )
        };
        let pem = key.expose_secret().replace("\\n", "\n");
        let key = match PrivateKeyDer::from_pem_slice(pem.trim().as_bytes()).map_err(|_| wrong())? {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(wrong()),
        };
        Ok(GithubApp { id: id.trim().to_owned(), key: key.map_err(|_| wrong())?, tokens: Mutex::default() })
    }

    /// A JWT (RS256) that identifies the app for a few minutes.
    fn jwt(&self, now: Timestamp) -> std::result::Result<SecretString, GithubFailure> {
        let now = now.as_second();
        let claims = json!({"iat": now - DRIFT, "exp": now + JWT_LIFE, "iss": self.id});
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let message = format!(
            "{}.{}",
            encode(br#"{"alg":"RS256","typ":"JWT"}"#),
            encode(claims.to_string().as_bytes())
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).map_err(
            |_| {
                GithubFailure::Unsuitable(
                    "the GitHub App's private key cannot be used for signing".to_owned(),
                )
            },
        )?;
        Ok(format!("{message}.{}", encode(&signature)).into())
    }

    /// The current token for a repository, limited to its pull requests.
    async fn token(
        &self,
        at: &Access,
        repository: &str,
        now: Timestamp,
    ) -> std::result::Result<SecretString, GithubFailure> {
        #[derive(Deserialize)]
        struct Installation {
            id: u64,
        }
        #[derive(Deserialize)]
        struct InstallationToken {
            token: String,
            expires_at: Timestamp,
        }
        let mut tokens = self.tokens.lock().await;
        if let Some(alive) = tokens.get(repository).filter(|one| one.until.duration_since(now) > MARGIN) {
            return Ok(alive.token.clone());
        }
        let client = at.with(&self.jwt(now)?, repository)?;
        let what = format!("installation of the GitHub App in {repository}");
        let installed: Installation = client.get("installation", &what).await?;
        let name = repository.split_once('/').map_or(repository, |(_, name)| name);
        let wanted = json!({"repositories": [name], "permissions": {"pull_requests": "write"}});
        let route = format!("/app/installations/{}/access_tokens", installed.id);
        let given: InstallationToken =
            read(&client.send_to(Verb::Post, &route, Some(&wanted), &what).await?)?;
        mask::hold(&given.token);
        let token = SecretString::from(given.token);
        tokens.insert(repository.to_owned(), AppToken { token: token.clone(), until: given.expires_at });
        Ok(token)
    }
}

impl Access {
    /// With one token for all repositories.
    pub fn by_token(api: Url, http: reqwest::Client, token: SecretString) -> Access {
        Access { api, http, by: By::Token(token) }
    }

    /// As an app.
    pub fn by_app(api: Url, http: reqwest::Client, app: GithubApp) -> Access {
        Access { api, http, by: By::App(Box::new(app)) }
    }

    /// A client for a repository (`owner/name`), with a token that is valid for at least some minutes.
    ///
    /// # Errors
    /// The app is not installed there, or GitHub could not be asked.
    pub async fn client(
        &self,
        repository: &str,
        now: Timestamp,
    ) -> std::result::Result<GithubClient, GithubFailure> {
        match &self.by {
            By::Token(token) => self.with(token, repository),
            By::App(app) => {
                let token = app.token(self, repository, now).await?;
                self.with(&token, repository)
            }
        }
    }

    fn with(
        &self,
        token: &SecretString,
        repository: &str,
    ) -> std::result::Result<GithubClient, GithubFailure> {
        GithubClient::new(&self.api, Some(token), repository, self.http.clone())
            .map_err(|error| GithubFailure::Refused(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    /// Created for this test only.
    const KEY: &str = include_str!("../../fixtures/github-app-key.txt");

    fn pem(key: &str) -> SecretString {
        let kind = "RSA PRIVATE KEY";
        format!("-----BEGIN {kind}-----\n{key}-----END {kind}-----\n").into()
    }

    #[test]
    fn the_jwt_is_signed_and_says_who_and_how_long() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let escaped = SecretString::from(pem(KEY).expose_secret().replace('\n', "\\n"));
        for key in [pem(KEY), escaped] {
            let app = GithubApp::new(" 4711\n", &key).unwrap();
            let jwt = app.jwt(now).unwrap();
            let (message, signature) = jwt.expose_secret().rsplit_once('.').unwrap();
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, app.key.public());
            public.verify(message.as_bytes(), &signature).unwrap();
            let claims = BASE64_URL_SAFE_NO_PAD.decode(message.split_once('.').unwrap().1).unwrap();
            let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!(claims, json!({"iat": 1_799_999_940, "exp": 1_800_000_540, "iss": "4711"}));
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_quoted() {
        for text in ["hunter2".to_owned().into(), "".to_owned().into(), pem("aHVudGVyMg==")] {
            let error = GithubApp::new("1", &text).err().unwrap();
            assert!(error.to_string().contains("GITHUB_APP_PRIVATE_KEY"), "{error}");
            assert!(!error.to_string().contains("unter2"), "{error}");
        }
    }
}

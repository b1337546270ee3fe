//! How requests prove who we are.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::model::answer::Failure;

/// Credentials; their `Debug` hides the secret.
#[derive(Debug, Clone)]
pub enum Auth {
    /// A person's classic API token, on the site itself: Basic.
    ApiToken {
        /// The account's address (`JIRA_USER_EMAIL`).
        email: String,
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
    },
}

impl Auth {
    /// The value of `Authorization`, marked so that nothing prints it.
    pub(super) fn header(&self) -> Result<HeaderValue, Failure> {
        let Auth::ApiToken { email, token } = self;
        // a secret that was pasted often ends with a line break
        let (email, token) = (email.trim(), token.expose_secret().trim());
        if email.is_empty() || token.is_empty() {
            return Err(Failure::Credentials("JIRA_USER_EMAIL and JIRA_API_TOKEN are needed".to_owned()));
        }
        let pair = BASE64_STANDARD.encode(format!("{email}:{token}"));
        let mut value = HeaderValue::from_str(&format!("Basic {pair}"))
            .map_err(|_| Failure::Credentials("the API token cannot be sent".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(email: &str, token: &str) -> Auth {
        Auth::ApiToken { email: email.to_owned(), token: token.to_owned().into() }
    }

    #[test]
    fn an_api_token_is_basic_and_never_printed() {
        let auth = auth("a@b.example", "geheim\n");
        let header = auth.header().unwrap();
        assert_eq!(header.to_str().unwrap(), "Basic YUBiLmV4YW1wbGU6Z2VoZWlt");
        assert!(!format!("{auth:?} {header:?}").contains("geheim"));
        assert!(!format!("{header:?}").contains("YUBi"));
    }

    #[test]
    fn nothing_is_no_token() {
        for auth in [auth("", "x"), auth("a@b.example", " \n")] {
            assert!(matches!(auth.header(), Err(Failure::Credentials(_))));
        }
    }
}

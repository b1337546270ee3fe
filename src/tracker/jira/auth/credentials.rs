//! Credentials, by authentication method.

use secrecy::SecretString;

use super::app::OauthApp;
use super::vault::Vault;
use crate::http::Base;
use crate::model::auth_method::AuthMethod;

/// Credentials; their `Debug` hides the secrets.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A person's classic API token, on the site itself: Basic.
    ApiToken {
        /// The account's address (`JIRA_USER_EMAIL`).
        email: String,
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
    },
    /// A person's API token with scopes, which only the gateway accepts: Basic.
    ScopedApiToken {
        /// The account's address (`JIRA_USER_EMAIL`).
        email: String,
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
        /// The gateway.
        via: Gateway,
    },
    /// A service account's API token, which only the gateway accepts: Bearer.
    ServiceAccountToken {
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
        /// The gateway.
        via: Gateway,
    },
    /// A service account's OAuth credentials, which are exchanged for a token that is valid for an hour: Bearer.
    ClientCredentials {
        /// The id (`JIRA_CLIENT_ID`).
        id: String,
        /// The secret (`JIRA_CLIENT_SECRET`).
        secret: SecretString,
        /// The servers whose token endpoints are tried, in this order.
        servers: Vec<Base>,
        /// The gateway.
        via: Gateway,
    },
    /// What `casefile login` stored: Bearer.
    Oauth {
        /// The app.
        app: OauthApp,
        /// Where the login is stored.
        vault: Vault,
    },
    /// A personal access token of Data Center: Bearer.
    PersonalAccessToken {
        /// The token (`JIRA_PERSONAL_ACCESS_TOKEN`).
        token: SecretString,
    },
    /// User name and password of Data Center: Basic.
    Password {
        /// The user's name (`JIRA_USERNAME`).
        user: String,
        /// The password (`JIRA_PASSWORD`).
        password: SecretString,
    },
}

/// Atlassian's API gateway, where a site is identified by its cloud id.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Its address (`JIRA_API_GATEWAY`).
    pub api: Base,
    /// The site's id (`JIRA_CLOUD_ID`); `None`: the site is asked for it.
    pub cloud_id: Option<String>,
}

impl Credentials {
    /// The authentication method that they are for.
    pub fn method(&self) -> AuthMethod {
        match self {
            Credentials::ApiToken { .. } => AuthMethod::ApiToken,
            Credentials::ScopedApiToken { .. } => AuthMethod::ScopedApiToken,
            Credentials::ServiceAccountToken { .. } => AuthMethod::ServiceAccountToken,
            Credentials::ClientCredentials { .. } => AuthMethod::ClientCredentials,
            Credentials::Oauth { .. } => AuthMethod::Oauth,
            Credentials::PersonalAccessToken { .. } => AuthMethod::PersonalAccessToken,
            Credentials::Password { .. } => AuthMethod::Password,
        }
    }

    pub(super) fn secret(&self) -> &SecretString {
        match self {
            Credentials::ApiToken { token, .. }
            | Credentials::ScopedApiToken { token, .. }
            | Credentials::ServiceAccountToken { token, .. }
            | Credentials::PersonalAccessToken { token } => token,
            Credentials::ClientCredentials { secret, .. } => secret,
            Credentials::Oauth { app, .. } => &app.secret,
            Credentials::Password { password, .. } => password,
        }
    }
}

/// Whether a string is a cloud id: letters, digits and `-`, like a UUID.
pub fn is_cloud_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

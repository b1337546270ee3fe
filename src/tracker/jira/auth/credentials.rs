//! Credentials by the method that they are for.

use secrecy::SecretString;

use super::app::App;
use super::method::Method;
use super::vault::Vault;
use crate::http::Base;

/// Credentials; their `Debug` hides the secrets.
#[derive(Debug, Clone)]
pub enum Auth {
    /// A person's classic API token, on the site itself: Basic.
    ApiToken {
        /// The account's address (`JIRA_USER_EMAIL`).
        email: String,
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
    },
    /// A person's API token with scopes, which the gateway alone takes: Basic.
    ScopedApiToken {
        /// The account's address (`JIRA_USER_EMAIL`).
        email: String,
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
        /// The gateway.
        via: Gateway,
    },
    /// A service account's API token, which the gateway alone takes: Bearer.
    ServiceAccountToken {
        /// The token (`JIRA_API_TOKEN`).
        token: SecretString,
        /// The gateway.
        via: Gateway,
    },
    /// A service account's OAuth credentials, which are exchanged for a token of an hour: Bearer.
    ClientCredentials {
        /// The id (`JIRA_CLIENT_ID`).
        id: String,
        /// The secret (`JIRA_CLIENT_SECRET`).
        secret: SecretString,
        /// Whose token endpoint is tried, in this order.
        servers: Vec<Base>,
        /// The gateway.
        via: Gateway,
    },
    /// What `casefile login` stored: Bearer.
    Oauth {
        /// The app.
        app: App,
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

/// Atlassian's API gateway, through which a site is known by its cloud id.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// Where it is (`JIRA_API_GATEWAY`).
    pub api: Base,
    /// The site's id (`JIRA_CLOUD_ID`); `None`: the site tells it.
    pub cloud_id: Option<String>,
}

impl Auth {
    /// Which way to sign in it is.
    pub fn method(&self) -> Method {
        match self {
            Auth::ApiToken { .. } => Method::ApiToken,
            Auth::ScopedApiToken { .. } => Method::ScopedApiToken,
            Auth::ServiceAccountToken { .. } => Method::ServiceAccountToken,
            Auth::ClientCredentials { .. } => Method::ClientCredentials,
            Auth::Oauth { .. } => Method::Oauth,
            Auth::PersonalAccessToken { .. } => Method::PersonalAccessToken,
            Auth::Password { .. } => Method::Password,
        }
    }

    pub(super) fn secret(&self) -> &SecretString {
        match self {
            Auth::ApiToken { token, .. }
            | Auth::ScopedApiToken { token, .. }
            | Auth::ServiceAccountToken { token, .. }
            | Auth::PersonalAccessToken { token } => token,
            Auth::ClientCredentials { secret, .. } => secret,
            Auth::Oauth { app, .. } => &app.secret,
            Auth::Password { password, .. } => password,
        }
    }
}

/// Whether a text is a cloud id: letters, digits and `-`, as a UUID has them.
pub fn is_cloud_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

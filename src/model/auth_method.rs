//! The methods of authentication to Jira.

use schemars::JsonSchema;
use serde::Deserialize;

/// How casefile authenticates to Jira; the secret itself comes from the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[serde(rename = "Auth")]
pub enum AuthMethod {
    /// A person's API token (Cloud): `JIRA_USER_EMAIL` and `JIRA_API_TOKEN`.
    ApiToken,
    /// A person's API token with scopes (Cloud): the same variables.
    ScopedApiToken,
    /// A service account's API token (Cloud): `JIRA_API_TOKEN`.
    ServiceAccountToken,
    /// A service account's OAuth credentials (Cloud): `JIRA_CLIENT_ID` and `JIRA_CLIENT_SECRET`.
    ClientCredentials,
    /// A person's consent in a browser (Cloud), given to `casefile login`.
    Oauth,
    /// A personal access token (Data Center): `JIRA_PERSONAL_ACCESS_TOKEN`.
    PersonalAccessToken,
    /// User name and password (Data Center): `JIRA_USERNAME` and `JIRA_PASSWORD`.
    Password,
}

impl AuthMethod {
    /// All methods, in the order in which the documentation lists them.
    pub const ALL: [AuthMethod; 7] = [
        AuthMethod::ApiToken,
        AuthMethod::ScopedApiToken,
        AuthMethod::ServiceAccountToken,
        AuthMethod::ClientCredentials,
        AuthMethod::Oauth,
        AuthMethod::PersonalAccessToken,
        AuthMethod::Password,
    ];

    /// The word in the configuration, which `doctor` prints as `auth_method`.
    pub fn name(self) -> &'static str {
        match self {
            AuthMethod::ApiToken => "api-token",
            AuthMethod::ScopedApiToken => "scoped-api-token",
            AuthMethod::ServiceAccountToken => "service-account-token",
            AuthMethod::ClientCredentials => "client-credentials",
            AuthMethod::Oauth => "oauth",
            AuthMethod::PersonalAccessToken => "personal-access-token",
            AuthMethod::Password => "password",
        }
    }

    /// Whether it belongs to Jira Cloud; the others belong to Data Center.
    pub fn is_for_cloud(self) -> bool {
        match self {
            AuthMethod::ApiToken
            | AuthMethod::ScopedApiToken
            | AuthMethod::ServiceAccountToken
            | AuthMethod::ClientCredentials
            | AuthMethod::Oauth => true,
            AuthMethod::PersonalAccessToken | AuthMethod::Password => false,
        }
    }
}

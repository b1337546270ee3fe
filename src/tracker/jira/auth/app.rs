//! The OAuth app that `casefile login` acts for.

use secrecy::SecretString;

use crate::http::Base;

/// An OAuth app, and where it connects to Atlassian. Its `Debug` hides the secret.
#[derive(Debug, Clone)]
pub struct OauthApp {
    /// `JIRA_CLIENT_ID`.
    pub id: String,
    /// `JIRA_CLIENT_SECRET`.
    pub secret: SecretString,
    /// The authorization server (`JIRA_AUTH_SERVER`).
    pub server: Base,
    /// The API gateway (`JIRA_API_GATEWAY`).
    pub gateway: Base,
}

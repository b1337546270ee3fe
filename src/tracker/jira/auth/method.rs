//! The authentication methods: what each needs, where its credentials are created, and where they are revoked.

use crate::model::auth_method::AuthMethod;

/// Where a person creates and revokes API tokens.
const TOKENS: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

impl AuthMethod {
    /// The variables that it needs, all of them.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            AuthMethod::ApiToken | AuthMethod::ScopedApiToken => &["JIRA_USER_EMAIL", "JIRA_API_TOKEN"],
            AuthMethod::ServiceAccountToken => &["JIRA_API_TOKEN"],
            AuthMethod::ClientCredentials | AuthMethod::Oauth => &["JIRA_CLIENT_ID", "JIRA_CLIENT_SECRET"],
            AuthMethod::PersonalAccessToken => &["JIRA_PERSONAL_ACCESS_TOKEN"],
            AuthMethod::Password => &["JIRA_USERNAME", "JIRA_PASSWORD"],
        }
    }

    /// The scopes that such credentials need; empty if only the account's own permissions count.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            AuthMethod::ApiToken | AuthMethod::PersonalAccessToken | AuthMethod::Password => &[],
            AuthMethod::ScopedApiToken
            | AuthMethod::ServiceAccountToken
            | AuthMethod::ClientCredentials
            | AuthMethod::Oauth => &scopes::ALL,
        }
    }

    /// How the credentials are created, as a hint for somebody who has none.
    pub fn making(self) -> String {
        match self {
            AuthMethod::ApiToken => format!(
                "create an API token at {TOKENS} and pass it with the account's e-mail address; a token with \
                 scopes needs `auth: scoped-api-token`"
            ),
            AuthMethod::ScopedApiToken => format!(
                "create an API token with scopes ({}) at {TOKENS} and pass it with the account's e-mail address",
                scopes::ALL.join(", ")
            ),
            AuthMethod::ServiceAccountToken => format!(
                "create an API token with scopes ({}) for a service account at https://admin.atlassian.com > \
                 Directory > Service accounts; a personal API token also needs JIRA_USER_EMAIL",
                scopes::ALL.join(", ")
            ),
            AuthMethod::ClientCredentials => format!(
                "create OAuth 2.0 credentials with scopes ({}) for a service account at \
                 https://admin.atlassian.com > Directory > Service accounts",
                scopes::ALL.join(", ")
            ),
            AuthMethod::Oauth => "create an OAuth 2.0 app at https://developer.atlassian.com/console/myapps, pass its \
                              client ID and secret, and run `casefile login`"
                .to_owned(),
            AuthMethod::PersonalAccessToken => {
                "create a personal access token in Jira (Data Center 8.14 or later): profile > Personal Access \
                 Tokens"
                    .to_owned()
            }
            AuthMethod::Password => "pass an account's user name and password; Jira 11 disables this by default, so it is \
                                 better to create a personal access token"
                .to_owned(),
        }
    }

    /// Where access is revoked.
    pub fn revoking(self) -> &'static str {
        match self {
            AuthMethod::ApiToken | AuthMethod::ScopedApiToken => TOKENS,
            AuthMethod::ServiceAccountToken | AuthMethod::ClientCredentials => {
                "https://admin.atlassian.com > Directory > Service accounts"
            }
            AuthMethod::Oauth => "https://id.atlassian.com/manage-profile/apps (and `casefile logout`)",
            AuthMethod::PersonalAccessToken => "in Jira: profile > Personal Access Tokens",
            AuthMethod::Password => "in Jira: change the account's password",
        }
    }

    /// What to do if the credentials are not accepted.
    pub(super) fn advice(self) -> String {
        match self {
            AuthMethod::ApiToken => format!(
                "Check JIRA_BASE_URL, JIRA_USER_EMAIL and JIRA_API_TOKEN; a token is valid for at most a \
                 year, and one with scopes needs `auth: scoped-api-token`. New tokens are created at {TOKENS}"
            ),
            AuthMethod::ScopedApiToken => format!(
                "Check JIRA_USER_EMAIL, JIRA_API_TOKEN and the site; a token is valid for at most a year, \
                 and one without scopes needs `auth: api-token`. New tokens are created at {TOKENS}"
            ),
            AuthMethod::ServiceAccountToken => {
                "Check JIRA_API_TOKEN, and make sure that the service account has access to the site; a token \
                 is valid for at most a year, and a personal API token also needs JIRA_USER_EMAIL."
                    .to_owned()
            }
            AuthMethod::ClientCredentials => {
                "Check JIRA_CLIENT_ID and JIRA_CLIENT_SECRET, and make sure that the service account has \
                 access to the site."
                    .to_owned()
            }
            AuthMethod::Oauth => {
                "Run `casefile login` with the same JIRA_CLIENT_ID and JIRA_CLIENT_SECRET as this command, \
                 then run this command again."
                    .to_owned()
            }
            AuthMethod::PersonalAccessToken => {
                "Check JIRA_BASE_URL and JIRA_PERSONAL_ACCESS_TOKEN; the token may have expired: see \
                 profile > Personal Access Tokens in Jira."
                    .to_owned()
            }
            AuthMethod::Password => {
                "Check JIRA_BASE_URL, JIRA_USERNAME and JIRA_PASSWORD; Jira 11 accepts passwords only \
                 if an administrator has enabled Basic authentication, so it is better to \
                 use a personal access token."
                    .to_owned()
            }
        }
    }
}

/// The classic scopes that casefile needs (Jira Cloud platform, "Scopes for OAuth 2.0 (3LO) and Forge apps").
pub(super) mod scopes {
    /// To search and to read tickets and projects.
    pub(in super::super) const READ: &str = "read:jira-work";
    /// To file and change tickets.
    pub(in super::super) const WRITE: &str = "write:jira-work";
    /// To know its own account, and whom tickets are assigned to.
    pub(in super::super) const PEOPLE: &str = "read:jira-user";
    /// All of them.
    pub(in super::super) const ALL: [&str; 3] = [READ, WRITE, PEOPLE];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_advised_names_what_is_needed() {
        for method in AuthMethod::ALL {
            assert!(
                method.variables().iter().any(|name| method.advice().contains(name)),
                "{}: {}",
                method.name(),
                method.advice()
            );
            assert!(!method.making().is_empty() && !method.revoking().is_empty());
        }
    }
}

//! The credentials in the environment: wherever a server quotes one of them, it is masked in every output.

use crate::document::mask;

/// How the name of a variable ends if it contains a credential, ours or another tool's.
const ENDINGS: [&str; 8] =
    ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PRIVATE_KEY", "API_KEY", "CLIENT_KEY", "ACCESS_KEY"];

/// Variables whose values are addresses that contain one.
const ADDRESSES: [&str; 7] =
    ["SLACK_WEBHOOK_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// Variables whose values are addresses that contain none, unless somebody confused them.
const SERVERS: [&str; 4] = ["JIRA_BASE_URL", "JIRA_API_GATEWAY", "JIRA_AUTH_SERVER", "GITHUB_API_URL"];

/// Masks every credential of the environment from now on.
pub(crate) fn hold() {
    #[expect(clippy::disallowed_methods, reason = "credentials come only from the environment")]
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    for (name, value) in &variables {
        if ADDRESSES.contains(&name.as_str()) {
            mask::hold_url(value);
        } else if is_credential(name) {
            mask::hold(value);
        }
    }
    // one that was put where an address belongs is quoted as a host, in lower case
    for host in variables
        .iter()
        .filter(|(name, _)| SERVERS.contains(&name.as_str()))
        .filter_map(|(_, value)| host(value))
    {
        let is_of =
            |(name, value): &(String, String)| is_credential(name) && value.to_lowercase().contains(&host);
        if variables.iter().any(is_of) {
            mask::hold(&host);
        }
    }
}

fn host(address: &str) -> Option<String> {
    url::Url::parse(address.trim()).ok()?.host_str().map(str::to_owned)
}

fn is_credential(name: &str) -> bool {
    // another site's variables end with the site's name
    let is_sites =
        name.starts_with("JIRA_") && ENDINGS.iter().any(|ending| name.contains(&format!("_{ending}_")));
    is_sites || ENDINGS.iter().any(|ending| name.to_ascii_uppercase().ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_by_the_names_of_their_variables() {
        for name in [
            "JIRA_API_TOKEN",
            "JIRA_API_TOKEN_OPS",
            "JIRA_PERSONAL_ACCESS_TOKEN",
            "JIRA_PASSWORD",
            "JIRA_CLIENT_SECRET",
            "JIRA_CLIENT_KEY",
            "JIRA_WEBHOOK_SECRET_EU_WEST",
            "GITHUB_TOKEN",
            "GITHUB_APP_PRIVATE_KEY",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "npm_config_token",
        ] {
            assert!(is_credential(name), "{name}");
        }
        for name in [
            "JIRA_USER_EMAIL",
            "JIRA_CLIENT_ID",
            "PASSWORD_STORE_DIR",
            "GITHUB_REPOSITORY",
            "PATH",
            "TOKEN_URL",
        ] {
            assert!(!is_credential(name), "{name}");
        }
    }
}

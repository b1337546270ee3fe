//! The answers, or their defaults.

use super::scanner::Scanner;

/// What was answered, or taken from the defaults.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    /// The Jira site, e.g. `https://acme.atlassian.net`.
    pub site: String,
    /// The project's key.
    pub project: String,
    /// The branches from which tickets are filed.
    pub branches: Vec<String>,
    /// How package advisories are grouped: `package` or another mode.
    pub dependencies: String,
    /// The scanners that the workflow runs.
    pub scanners: Vec<Scanner>,
}

impl Answers {
    /// Whether the site is Jira Cloud, as far as its address shows.
    pub(crate) fn is_cloud(&self) -> bool {
        let host = self.site.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
        host.ends_with(".atlassian.net") || host.ends_with(".jira.com")
    }
}

/// A text in YAML, quoted if necessary.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain) {
        text.to_owned()
    } else {
        // a JSON string is valid YAML
        serde_json::Value::from(text).to_string()
    }
}

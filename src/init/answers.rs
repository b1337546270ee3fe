//! The answers, or their defaults.

use super::address::is_cloud_host;
use super::observe::CodeScanning;
use super::scanner::Scanner;

/// What was answered, or taken from the defaults.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    /// The Jira site, e.g. `https://acme.atlassian.net`.
    pub site: String,
    /// The branches from which tickets are filed.
    pub branches: Vec<String>,
    /// The scanners that the workflow runs.
    pub scanners: Vec<Scanner>,
    /// What the alerts of GitHub's code scanning come from, if casefile reads them.
    pub code_scanning: Option<CodeScanning>,
    /// What only a configuration contains; `None`: no configuration is written.
    pub filing: Option<Filing>,
}

/// Where and how tickets are filed.
#[derive(Debug, Clone)]
pub(crate) struct Filing {
    /// The project's key.
    pub project: String,
    /// How package advisories are grouped: `package` or another mode.
    pub dependencies: String,
    /// Whether casefile can annotate the repository's pull requests.
    pub annotates: bool,
}

impl Answers {
    /// Whether the site is Jira Cloud, as far as its address shows.
    pub(crate) fn is_cloud(&self) -> bool {
        let host = self.site.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
        is_cloud_host(host)
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

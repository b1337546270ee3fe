//! What `casefile init` proposes for a repository: a configuration and a workflow, as text.
//!
//! | file | what is in it |
//! |---|---|
//! | `observe` | what the checkout says: its default branch, its workflows, what scanners would find there |
//! | `scanner` | the scanners that can be proposed, and how each is run |
//! | `workflow` | the workflow's text |
//!
//! Everything but `observe` is pure; the command line asks the questions and writes the files.

mod observe;
mod scanner;
#[cfg(test)]
mod tests;
mod workflow;

pub use observe::{Observed, observe};
pub use scanner::Scanner;

use crate::model::fingerprint::Recipe;

/// The configuration's path in the checkout.
pub const CONFIGURATION: &str = ".github/casefile.yml";

/// The workflow's path in the checkout.
pub const WORKFLOW: &str = ".github/workflows/casefile.yml";

/// Where editors find the configuration's schema.
const SCHEMA: &str = "https://raw.githubusercontent.com/casefile/casefile/main/docs/casefile.schema.json";

/// What was answered, or taken by default.
#[derive(Debug, Clone)]
pub struct Answers {
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
    /// Whether the site is Jira Cloud, as far as its address tells.
    pub fn is_cloud(&self) -> bool {
        let host = self.site.split("://").last().unwrap_or_default().split('/').next().unwrap_or_default();
        host.ends_with(".atlassian.net") || host.ends_with(".jira.com")
    }
}

/// The configuration's text. `code_scanning`: whether GitHub's code scanning has alerts to read.
pub fn configuration(answers: &Answers, code_scanning: bool) -> String {
    let branches: Vec<String> = answers.branches.iter().map(|branch| quoted(branch)).collect();
    let alerts =
        if code_scanning { "  - github:code-scanning # alerts of CodeQL, which runs already\n" } else { "" };
    format!(
        "# yaml-language-server: $schema={SCHEMA}\n\
         # What every key means: https://github.com/casefile/casefile/blob/main/README.md#configuration\n\
         reports:\n  - \"reports/*\"\n{alerts}\
         branches: [{}] # tickets are filed from these; pull requests from others show what they would bring\n\
         minimum-severity: medium\n\
         group-by: {{code: type, dependency: {}}}\n\
         max-new: 20 # new tickets a run, most severe first; raise it when the first ones look right\n\
         jira:\n  url: {}\n  project: {}\n  due-in-days: {{critical: 7, high: 30}}\n",
        branches.join(", "),
        answers.dependencies,
        quoted(&answers.site),
        answers.project,
    )
}

/// The workflow's text. `repository`: from whose name the schedule's minute comes, so that not all repositories of an
/// organisation ask Jira at once.
pub fn workflow(answers: &Answers, observed: &Observed, repository: &str) -> String {
    // the full hour is when everybody's schedules start
    let minute = Recipe::new("minute").value(repository).finish().short() % 59 + 1;
    workflow::text(answers, observed.has_code_scanning, minute)
}

/// A text as YAML has it, quoted where it has to be.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain) {
        text.to_owned()
    } else {
        // a JSON string is one of YAML's
        serde_json::Value::from(text).to_string()
    }
}

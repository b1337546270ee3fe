//! What `casefile init` proposes for a repository: a configuration and a workflow, as text.
//!
//! | file | what is in it |
//! |---|---|
//! | `answers` | what was answered, or taken by default |
//! | `observe` | what the checkout says: its default branch, its workflows, what scanners would find there |
//! | `scanner` | the scanners that can be proposed, and how each is run |
//! | `workflow` | the workflow's text |
//!
//! Everything but `observe` is pure; the command line asks the questions and writes the files.

mod answers;
mod observe;
mod scanner;
#[cfg(test)]
mod tests;
mod workflow;

pub(crate) use answers::Answers;
pub(crate) use observe::{Observed, observe};
pub(crate) use scanner::Scanner;

use answers::quoted;

use crate::model::fingerprint::Recipe;

/// The configuration's path in the checkout.
pub(crate) const CONFIGURATION: &str = ".github/casefile.yml";

/// The workflow's path in the checkout.
pub(crate) const WORKFLOW: &str = ".github/workflows/casefile.yml";

/// Where editors find the configuration's schema.
const SCHEMA: &str = "https://raw.githubusercontent.com/casefile/casefile/main/docs/casefile.schema.json";

/// The configuration's text. `code_scanning`: whether GitHub's code scanning has alerts to read.
pub(crate) fn configuration(answers: &Answers, code_scanning: bool) -> String {
    let branches: Vec<String> = answers.branches.iter().map(|branch| quoted(branch)).collect();
    let alerts = if code_scanning {
        "  - github:code-scanning # CodeQL already runs here; these are its alerts\n"
    } else {
        ""
    };
    format!(
        "# yaml-language-server: $schema={SCHEMA}\n\
         # What each key means: https://github.com/casefile/casefile/blob/main/docs/configuration.md\n\
         reports:\n  - \"reports/*\"\n{alerts}\
         branches: [{}] # tickets are filed for findings on these; pull requests from other branches show the findings that they would introduce\n\
         minimum-severity: medium\n\
         group-by: {{code: type, dependency: {}}}\n\
         max-new: 20 # new tickets per run, most severe first; raise it once the first tickets look right\n\
         jira:\n  url: {}\n  project: {}\n  due-in-days: {{critical: 7, high: 30}}\n",
        branches.join(", "),
        answers.dependencies,
        quoted(&answers.site),
        answers.project,
    )
}

/// The workflow's text. `repository`: its name determines the schedule's minute, so that not all repositories of an
/// organisation query Jira at once.
pub(crate) fn workflow(answers: &Answers, observed: &Observed, repository: &str) -> String {
    // the full hour is when everybody's schedules start
    let minute = Recipe::new("minute").value(repository).finish().short() % 59 + 1;
    workflow::text(answers, observed.has_code_scanning, minute)
}

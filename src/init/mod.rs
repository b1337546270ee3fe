//! What `casefile init` proposes for a repository: a configuration and a workflow, as text.
//!
//! | file | what is in it |
//! |---|---|
//! | `address` | a site's address, as people copy it |
//! | `answers` | what was answered, or taken by default |
//! | `closing` | what is left to do, and what to know, once the files are written |
//! | `host` | whether the server that has the repository runs GitHub's workflows |
//! | `observe` | what the checkout says: its default branch, its workflows, what scanners would find there |
//! | `scanner` | the scanners that can be proposed, and how each is run |
//! | `workflow` | the workflow's text |
//!
//! Everything but `observe` is pure; the command line asks the questions and writes the files.

mod address;
mod answers;
mod closing;
mod host;
mod observe;
mod scanner;
#[cfg(test)]
mod tests;
mod workflow;

pub(crate) use address::site;
pub(crate) use answers::{Answers, Filing};
pub(crate) use closing::{Closing, branch_note};
pub(crate) use host::Host;
pub(crate) use observe::{CodeScanning, Observed, observe};
pub(crate) use scanner::Scanner;

use answers::quoted;

use crate::model::fingerprint::Recipe;

/// The configuration's path in the checkout.
pub(crate) const CONFIGURATION: &str = ".github/casefile.yml";

/// The workflow's path in the checkout.
pub(crate) const WORKFLOW: &str = ".github/workflows/casefile.yml";

/// Where editors find the configuration's schema.
const SCHEMA: &str = "https://raw.githubusercontent.com/casefile/casefile/main/docs/casefile.schema.json";

/// The configuration's text.
pub(crate) fn configuration(answers: &Answers, filing: &Filing) -> String {
    let branches: Vec<String> = answers.branches.iter().map(|branch| quoted(branch)).collect();
    let alerts = match answers.code_scanning {
        Some(CodeScanning::CodeQl) => {
            "  - github:code-scanning # CodeQL already runs here; these are its alerts\n"
        }
        Some(CodeScanning::Upload) => {
            "  - github:code-scanning # alerts from the reports that a workflow here already uploads\n"
        }
        None => "",
    };
    let annotate = if filing.annotates {
        ""
    } else {
        "pull-request:\n  annotate: none # casefile annotates pull requests on GitHub only\n"
    };
    format!(
        "# yaml-language-server: $schema={SCHEMA}\n\
         # What each key means: https://github.com/casefile/casefile/blob/main/docs/configuration.md\n\
         reports:\n  - \"reports/*\"\n{alerts}\
         branches: [{}] # tickets are filed for findings on these; pull requests from other branches show the findings that they would introduce\n\
         minimum-severity: medium\n\
         group-by: {{code: type, dependency: {}}}\n\
         max-new: 20 # new tickets per run, most severe first; raise it once the first tickets look right\n\
         {annotate}\
         jira:\n  url: {}\n  project: {}\n  due-in-days: {{critical: 7, high: 30}}\n",
        branches.join(", "),
        filing.dependencies,
        quoted(&answers.site),
        filing.project,
    )
}

/// The workflow's text. `repository`: its name determines the schedule's minute, so that not all repositories of an
/// organisation query Jira at once.
pub(crate) fn workflow(answers: &Answers, repository: &str) -> String {
    // the full hour is when everybody's schedules start
    let minute = Recipe::new("minute").value(repository).finish().short() % 59 + 1;
    workflow::text(answers, minute)
}

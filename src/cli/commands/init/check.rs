//! Whether Jira accepts the settings that `casefile init` is about to write.

use std::path::Path;
use std::time::Duration;

use crate::apply::Stop;
use crate::cli::output::printer;
use crate::cli::setup::connect::{self, variable};
use crate::cli::setup::credentials::{CredentialHints, VARIABLES};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::github::context::in_actions;
use crate::init::{self, Answers, Filing};
use crate::model::answer::{Answer, Ask, Failure};
use crate::tracker::Read;

/// How long Jira may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What Jira said about the settings.
pub(super) enum Checked {
    /// What to know about them.
    Noted(Vec<String>),
    /// They cannot be used.
    Refused(Error),
}

/// Asks Jira for the project, if there are credentials.
pub(super) async fn check_with_jira(
    config: &Config,
    root: &Path,
    answers: &Answers,
    filing: &Filing,
) -> Result<Checked> {
    // on a runner nobody typed the site, so credentials are sent to it only from a person's own machine
    let is_runner = in_actions(&variable) || variable("CI").is_some();
    if is_runner || !VARIABLES.into_iter().any(|name| variable(name).is_some()) {
        printer::say(
            "the settings were not checked against Jira, because no credentials are set; run `casefile doctor` \
             later to check the setup",
        );
        return Ok(Checked::Noted(Vec::new()));
    }
    // said at once, and again at the end
    let noted = |note: String| {
        printer::say(&note);
        Ok(Checked::Noted(vec![note]))
    };
    // the credentials are for that site
    if variable("JIRA_BASE_URL").is_some_and(|named| init::site(&named).as_ref() != Some(&answers.site)) {
        return noted(
            "the settings were not checked against Jira, because JIRA_BASE_URL names another site".to_owned(),
        );
    }
    let stop = Stop::after(PATIENCE);
    let known = CredentialHints::default();
    let tracker =
        connect::jira_at(&answers.site, connect::gate(config), known, config, root, stop, &variable)?;
    // a site on a private network needs `allow-networks`, which can be added to what is written
    if let Err(failure) = tracker.answer(&Ask::Account).await {
        return noted(format!(
            "the settings could not be checked against Jira: {failure}\n{}",
            failure.hint()
        ));
    }
    let project = &filing.project;
    match tracker.answer(&Ask::Project(project.clone())).await {
        Ok(Answer::Project(answer)) if !(answer.may.browse && answer.may.create) => {
            let lacking = if answer.may.browse { "create" } else { "see" };
            noted(format!(
                "the account is not allowed to {lacking} tickets in {project}: `casefile doctor` lists the \
                 permissions that casefile needs"
            ))
        }
        Ok(_) => {
            printer::say(&format!("the project {project} exists in Jira"));
            Ok(Checked::Noted(Vec::new()))
        }
        Err(Failure::Gone) => Ok(Checked::Refused(
            Error::remote(format!("Jira has no project {project} that the account can see"))
                .hint("check the key, or give the account access to the project"),
        )),
        Err(failure) => Ok(Checked::Refused(
            Error::remote(format!("Jira does not accept the project {project}: {failure}"))
                .hint(failure.hint()),
        )),
    }
}

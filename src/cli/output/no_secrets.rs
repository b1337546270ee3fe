//! What is printed if GitHub gives a pull request no secrets: Jira cannot be queried, and that is nobody's fault.

use crate::cli::args::CommonArgs;
use crate::cli::output::{printer, step};
use crate::cli::setup::connect::has_secret;
use crate::cli::setup::prepare::Prepared;
use crate::error::Result;
use crate::pipeline::gate::ungated;

/// Where the ready-made workflows are.
const RECIPES: &str = "https://github.com/casefile/casefile/blob/main/docs/workflows";

/// Says why nothing is looked up or filed, if the run has no secret for Jira because of where its pull request comes
/// from; returns whether that is the case.
///
/// # Errors
/// The step summary cannot be written.
pub(crate) fn explain(prepared: &Prepared, common: &CommonArgs) -> Result<bool> {
    let whose = prepared.context.without_secrets().filter(|_| !has_secret());
    let Some(whose) = whose else { return Ok(false) };
    let gate = ungated(&prepared.config, &prepared.run)
        .map(|_| ", and `fail-on` was not checked")
        .unwrap_or_default();
    let way = match whose {
        "Dependabot" => {
            format!(
                "Add the credentials to the repository's Dependabot secrets: see \
                 {RECIPES}/dependabot-updates.yml"
            )
        }
        _ => format!(
            "A `workflow_run` workflow can add the tickets to the pull request: see \
                      {RECIPES}/forks.yml"
        ),
    };
    let message = format!(
        "No tickets were looked up or filed{gate}: this pull request comes from {whose}, so the run \
         gets no secrets and has no credentials for Jira. {way}"
    );
    if prepared.context.runner.output.is_some() {
        step::noted(prepared, &message)?;
    } else if !common.quiet {
        printer::say(&message);
    }
    Ok(true)
}

//! `casefile export`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, ExportArgs, OnTrackerError, RunOptions};
use crate::cli::ending::{exit_code, print};
use crate::cli::output::{printer, text};
use crate::cli::setup::prepare::{Prepared, prepare_without_tracker};
use crate::config::Create;
use crate::error::{Error, Result};
use crate::export::{self, FOLDER};
use crate::model::scan::Problem;
use crate::pipeline::finding::NewGroups;
use crate::pipeline::gate::ungated;
use crate::pipeline::result::CommandOutcome;
use crate::{files, pipeline};

/// Writes the tickets as files, and lists them.
pub(crate) async fn export(common: &CommonArgs, args: &ExportArgs) -> Result<ExitCode> {
    let run = RunOptions::default();
    let mut prepared = prepare_without_tracker(common, &run).await?;
    let folder = files::checked(&prepared.root, &args.out)?;
    // a user who asks for files wants all of them, whatever a run would file
    prepared.config.create = Create::Auto;
    // `fail-on` is about runs
    prepared.config.fail_on = None;
    let outcome = pipeline::export(prepared.job(&run, "")?).await?;
    prepared.progress.end();
    let files = export::write(&folder, &outcome.unfiled)?;
    if !common.quiet {
        let tickets = if outcome.unfiled.len() == 1 { "ticket" } else { "tickets" };
        printer::say(&format!(
            "{0} {tickets} written to {2} ({1} files)",
            outcome.unfiled.len(),
            files.len(),
            folder.display()
        ));
    }
    print(&outcome, &prepared, common);
    Ok(exit_code(&outcome, OnTrackerError::Fail))
}

/// Writes what a run could not file to its folder, or removes what an earlier run left there; returns what to report
/// about it.
pub(crate) fn instead(prepared: &Prepared, outcome: &CommandOutcome) -> Option<Problem> {
    if !outcome.unfiled.is_empty() {
        return Some(keep(prepared, outcome));
    }
    if outcome.failed || !prepared.run.writes() {
        return None;
    }
    let cleared = export::clear(&prepared.root.join(FOLDER));
    cleared.err().map(|error| {
        Problem::new(format!("{FOLDER}/"), format!("an earlier export could not be removed: {error}"))
    })
}

/// The same if a run cannot even query its tracker: everything that it would file is written. Returns what is known of
/// the run without the tracker. `why`: why the tracker cannot be queried.
pub(crate) async fn unasked(prepared: &Prepared, args: &RunOptions, why: &Error) -> Result<CommandOutcome> {
    let mut outcome = pipeline::export(prepared.job(args, "")?).await?;
    let result = &mut outcome.result;
    // it is not known which of them have a ticket, or what the base has
    (result.tickets, result.without_ticket, result.new_groups) = (Vec::new(), None, NewGroups::default());
    result.fail_on = result.fail_on.take().filter(|_| ungated(&prepared.config, &prepared.run).is_none());
    let problem = Problem::new("tracker", why.to_string()).hint(why.advice().unwrap_or_default());
    result.problems.push(problem);
    if !outcome.unfiled.is_empty() {
        let kept = keep(prepared, &outcome);
        printer::say(&text::line(&kept));
        outcome.result.problems.push(kept);
    }
    Ok(CommandOutcome { is_plan: false, failed: true, ..outcome })
}

/// Even without the folder, there is a result to print.
fn keep(prepared: &Prepared, outcome: &CommandOutcome) -> Problem {
    match export::write(&prepared.root.join(FOLDER), &outcome.unfiled) {
        Ok(_) => export::unfiled(outcome.unfiled.len(), outcome.undrafted),
        Err(error) => {
            Problem::new(format!("{FOLDER}/"), error.to_string()).hint(error.advice().unwrap_or_default())
        }
    }
}

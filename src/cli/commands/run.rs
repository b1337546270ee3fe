//! `casefile run`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, OnTrackerError, RunOptions};
use crate::cli::commands::export;
use crate::cli::ending::{end_in_order, exit_code, print};
use crate::cli::output::{html, no_secrets, notify, printer, sarif, step, text};
use crate::cli::setup::prepare::{Prepared, local, prepare};
use crate::cli::setup::state;
use crate::config::TrackerKind;
use crate::error::{ErrorClass, Result};
use crate::model::scan::Problem;
use crate::pipeline;
use crate::pipeline::gate::ungated;
use crate::tracker::Write;

/// Files what is new, prints what happened, and reports to the runner.
pub(crate) async fn run(common: &CommonArgs, args: &RunOptions) -> Result<ExitCode> {
    let prepared = prepare(common, args).await?;
    end_in_order(&prepared.stop);
    let ended = go(&prepared, common, args).await;
    if let Err(error) = &ended {
        notify::error(&prepared, error).await;
    }
    ended
}

async fn go(prepared: &Prepared, common: &CommonArgs, args: &RunOptions) -> Result<ExitCode> {
    match prepared.config.tracker {
        TrackerKind::Local => {
            let (tracker, _turn) = local(prepared).await?;
            file(&tracker, prepared, common, args).await
        }
        TrackerKind::Jira => {
            match prepared.jira(prepared.stop.clone()) {
                Ok(tracker) => file(&tracker, prepared, common, args).await,
                Err(error) if error.kind() == ErrorClass::Remote => {
                    if no_secrets::explain(prepared, common)? {
                        return Ok(ExitCode::SUCCESS);
                    }
                    let outcome = export::unasked(prepared, args, &error).await?;
                    let paged = html::run(args, &outcome, prepared, common);
                    paged.unwrap_or_else(|error| {
                        printer::error(&error.to_string(), error.advice(), common.color);
                    });
                    if args.on_tracker_error == OnTrackerError::Fail {
                        return Err(error);
                    }
                    // Dependabot's runs have no secrets; their builds must not depend on that
                    printer::error(&error.to_string(), error.advice(), common.color);
                    if let Some(problem) = ungated(&prepared.config, &prepared.run) {
                        text::warn(&problem, common.color);
                    }
                    notify::error(prepared, &error).await;
                    Ok(ExitCode::SUCCESS)
                }
                Err(error) => Err(error),
            }
        }
    }
}

async fn file<T: Write>(
    tracker: &T,
    prepared: &Prepared,
    common: &CommonArgs,
    args: &RunOptions,
) -> Result<ExitCode> {
    let job = prepared.job(args, tracker.site())?;
    let mut outcome = pipeline::run(tracker, job).await?;
    prepared.progress.end();
    if let Some(path) = &args.state
        && let Err(error) = state::remember(&prepared.root, path, tracker.site(), &outcome.made)
    {
        let hint = "Without this file, tickets that the account cannot see may be filed twice: name a file \
                    that casefile can write to.";
        outcome.result.problems.push(Problem::new("--state", error.to_string()).hint(hint));
    }
    outcome.result.problems.extend(export::instead(prepared, &outcome));
    print(&outcome, prepared, common);
    let sarif = args.sarif_out.as_ref().map_or(Ok(()), |folder| sarif::write(folder, &outcome, prepared));
    let paged = html::run(args, &outcome, prepared, common);
    let stepped = step::report(&outcome, prepared, args.on_tracker_error == OnTrackerError::Warn);
    let mut code = exit_code(&outcome, args.on_tracker_error);
    let strict = exit_code(&outcome, OnTrackerError::Fail);
    if let Err(error) = sarif.and(paged).and(stepped) {
        // the result has been printed already, and it is one document
        printer::error(&error.to_string(), error.advice(), common.color);
        code = ExitCode::from(error.kind().exit_code());
    }
    let failed = code != ExitCode::SUCCESS || strict != ExitCode::SUCCESS;
    notify::outcome(prepared, &outcome, failed).await;
    Ok(code)
}

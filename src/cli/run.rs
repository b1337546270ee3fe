//! `casefile run`.

use std::process::ExitCode;

use super::prepare::{Prepared, check_format, prepare};
use super::{
    Common, OnTrackerError, OutputFormat, RunArgs, connect, export, notify, output, sarif, state, step, text,
};
use crate::apply::Stop;
use crate::config::TrackerKind;
use crate::error::{Kind, Result};
use crate::pipeline;
use crate::pipeline::gate::{Gate, ungated};
use crate::pipeline::result::{Action, Outcome};
use crate::tracker::Write;

/// Files what is new, prints what happened, and speaks to the runner.
pub(super) async fn run(common: &Common, args: &RunArgs) -> Result<ExitCode> {
    check_format(common, &[OutputFormat::Text, OutputFormat::Json])?;
    let prepared = prepare(common, args).await?;
    end_in_order(&prepared.stop);
    let ended = go(&prepared, common, args).await;
    if let Err(error) = &ended {
        notify::error(&prepared, error).await;
    }
    ended
}

async fn go(prepared: &Prepared, common: &Common, args: &RunArgs) -> Result<ExitCode> {
    match prepared.config.tracker {
        TrackerKind::Local => {
            let (tracker, _turn) = connect::local(prepared).await?;
            file(&tracker, prepared, common, args).await
        }
        TrackerKind::Jira => {
            match prepared.jira(prepared.stop.clone()) {
                Ok(tracker) => file(&tracker, prepared, common, args).await,
                Err(error) if error.kind() == Kind::Remote => {
                    export::unasked(prepared, args).await?;
                    if args.on_tracker_error == OnTrackerError::Fail {
                        return Err(error);
                    }
                    // Dependabot's runs have no secrets; their builds must not hang on that
                    output::error(&error.to_string(), error.advice(), common.color);
                    if let Some(problem) = ungated(&prepared.config, &prepared.run) {
                        output::say(&text::line(&problem));
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
    common: &Common,
    args: &RunArgs,
) -> Result<ExitCode> {
    let job = prepared.job(args, tracker.site())?;
    let mut outcome = pipeline::run(tracker, job).await?;
    prepared.progress.end();
    if let Some(path) = &args.state
        && let Err(error) = state::remember(&prepared.root, path, tracker.site(), &outcome.made)
    {
        output::say(&format!("the state file: {error}"));
    }
    outcome.result.problems.extend(export::instead(prepared, &outcome));
    print(&outcome, prepared, common);
    let sarif = args.sarif_out.as_ref().map_or(Ok(()), |folder| sarif::write(folder, &outcome, prepared));
    let told = step::tell(&outcome, prepared, args.on_tracker_error == OnTrackerError::Warn);
    let mut code = exit_code(&outcome, args.on_tracker_error);
    let strict = exit_code(&outcome, OnTrackerError::Fail);
    if let Err(error) = sarif.and(told) {
        // the result is told already, and it is one document
        output::error(&error.to_string(), error.advice(), common.color);
        code = ExitCode::from(error.kind().exit_code());
    }
    let failed = code != ExitCode::SUCCESS || strict != ExitCode::SUCCESS;
    notify::outcome(prepared, &outcome, failed).await;
    Ok(code)
}

/// Prints the outcome in the wanted way.
pub(super) fn print(outcome: &Outcome, prepared: &Prepared, common: &Common) {
    if let Some(reason) = text::reached(outcome, prepared) {
        output::say(&reason);
    }
    match common.format {
        OutputFormat::Json => output::json(&*outcome.result.within(prepared.detail())),
        OutputFormat::Text => text::print(outcome, prepared, common),
        OutputFormat::Markdown => {
            output::raw(&step::summary(outcome, prepared));
            if !outcome.section.is_empty() {
                output::raw(&format!("\n{}", outcome.section));
            }
        }
    }
}

/// The first that applies of 4, 3, 1 and 0 (`docs/contract.md`).
pub(super) fn exit_code(outcome: &Outcome, on_error: OnTrackerError) -> ExitCode {
    let refused = outcome.failed || outcome.result.count(&[Action::Failed]) > 0;
    let unreadable = outcome.survey.reports.is_empty() || outcome.survey.reports.iter().any(|one| one.broken);
    let reached = outcome.result.fail_on.as_ref().is_some_and(Gate::is_reached);
    ExitCode::from(match () {
        () if refused && on_error == OnTrackerError::Fail => 4,
        () if unreadable => 3,
        () if reached => 1,
        () => 0,
    })
}

/// SIGTERM and Ctrl-C end the run in order: nothing new is begun, and what is being written has a moment to be
/// answered. A second one ends that as well.
pub(super) fn end_in_order(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        asked_to_end().await;
        output::say(
            "stopping in order: what is being written is finished, the rest is left for the next run",
        );
        stop.ask();
        asked_to_end().await;
        output::say("stopping at once: what was not answered is looked for by the next run");
        stop.ask();
    });
}

/// Waits for somebody to ask the process to end.
pub(super) async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            }
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}

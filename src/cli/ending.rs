//! How a command ends: its exit code, and signals that ask it to stop.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, OnTrackerError, OutputFormat};
use crate::cli::output::list::{self, ListRow};
use crate::cli::output::printer::{self, Channel, Paint};
use crate::cli::output::{step, text};
use crate::cli::setup::prepare::Prepared;
use crate::compose::section::TicketDetail;
use crate::error::{Error, Fault};
use crate::http::stop::Stop;
use crate::model::scan::Problem;
use crate::pipeline::document::ResultDocument;
use crate::pipeline::finding::ReachingFinding;
use crate::pipeline::gate::FailOnGate;
use crate::pipeline::result::{Action, CommandOutcome};

/// How many findings that reached `fail-on` are named.
const NAMED: usize = 10;

/// Prints the outcome in the requested format. A runner's log shows people what was done, whatever other programs get.
pub(crate) fn print(outcome: &CommandOutcome, prepared: &Prepared, common: &CommonArgs) {
    reached(outcome, prepared, common);
    match common.format {
        OutputFormat::Json => {
            let result = outcome.result.within(prepared.detail());
            printer::json(&ResultDocument::of(&result, &outcome.survey));
            if prepared.context.runner.output.is_some() {
                text::print(outcome, prepared, common, Channel::Log);
            }
        }
        OutputFormat::Text => text::print(outcome, prepared, common, Channel::Result),
        OutputFormat::Markdown => {
            printer::raw(&step::summary(outcome, prepared));
            if !outcome.section.is_empty() {
                printer::raw(&format!("\n{}", outcome.section));
            }
        }
    }
}

/// Says what reached `fail-on`: how many findings and, if there are no annotations, the worst of them.
fn reached(outcome: &CommandOutcome, prepared: &Prepared, common: &CommonArgs) {
    let Some(line) = text::reached(outcome, prepared) else { return };
    let is_annotated = prepared.context.runner.output.is_some();
    let is_named = prepared.detail() == TicketDetail::Full;
    if is_annotated {
        // if no finding may be named, the one annotation says it
        if is_named {
            printer::say(&line);
        }
        return;
    }
    printer::remark("error", Paint::StrongRed, &line, common.color);
    let gate = outcome.result.fail_on.iter().filter(|_| is_named);
    let rows: Vec<ListRow> = gate.flat_map(FailOnGate::reached).take(NAMED).map(row).collect();
    list::lines(&rows, Channel::Log.width()).iter().for_each(|line| Channel::Log.line(line, common.color));
}

fn row(one: &ReachingFinding) -> ListRow {
    ListRow {
        action: " ",
        severity: Some(one.finding.severity),
        key: one.ticket.clone(),
        title: one.finding.title.clone(),
        notes: vec![one.finding.place()],
        ..ListRow::default()
    }
}

/// The first that applies of 4, 3, 1 and 0 (`docs/contract.md`).
pub(crate) fn exit_code(outcome: &CommandOutcome, on_error: OnTrackerError) -> ExitCode {
    let refused = outcome.failed || outcome.result.count(&[Action::Failed]) > 0;
    let unreadable = outcome.survey.reports.is_empty() || outcome.survey.reports.iter().any(|one| one.broken);
    let reached = outcome.result.fail_on.as_ref().is_some_and(FailOnGate::is_reached);
    ExitCode::from(match () {
        () if refused && on_error == OnTrackerError::Fail => 4,
        () if unreadable => 3,
        () if reached => 1,
        () => 0,
    })
}

/// SIGTERM and Ctrl-C end the run in an orderly way: nothing new is started, and what is being written has a moment to
/// be answered. A second signal cuts that short as well.
pub(crate) fn end_in_order(stop: &Stop) {
    let stop = stop.clone();
    tokio::spawn(async move {
        asked_to_end().await;
        printer::say("stopping: requests in progress will be completed; the next run does the rest");
        stop.ask();
        asked_to_end().await;
        printer::say("stopping now: the next run checks the requests that got no response");
        stop.ask();
    });
}

/// Waits for somebody to ask the process to stop.
pub(crate) async fn asked_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        pub(crate) use tokio::signal::unix::{SignalKind, signal};
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

/// The problems that an error consists of, each with what to do about it; empty if its message says it all.
pub(crate) fn problems(error: &Error) -> Vec<Problem> {
    let advice = error.advice().unwrap_or_default();
    let problem = |fault: &Fault| {
        let hint = if fault.hint.is_empty() { advice } else { fault.hint.as_str() };
        Problem::new(fault.place.as_str(), fault.message.as_str()).hint(hint)
    };
    error.faults().iter().map(problem).collect()
}

//! `casefile refresh`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, OnTrackerError, OutputFormat, RefreshArgs, RunOptions};
use crate::cli::ending::end_in_order;
use crate::cli::output::{notify, printer, step, text};
use crate::cli::setup::prepare::{Prepared, local, prepare};
use crate::compose::links;
use crate::compose::section::TicketDetail;
use crate::config::TrackerKind;
use crate::document::{Block, Document, Inline, markdown};
use crate::error::{Error, ErrorClass, Result};
use crate::github::outputs;
use crate::model::severity::Severity;
use crate::model::ticket::TicketKey;
use crate::pipeline::refresh::result::{Refreshed, RefreshedPullRequest};
use crate::pipeline::{self, Only};
use crate::tracker::Write;

/// Brings pull requests up to date, prints what changed, and reports to the runner.
pub(crate) async fn refresh(common: &CommonArgs, args: &RefreshArgs) -> Result<ExitCode> {
    let run = RunOptions {
        allow_mass_resolve: args.allow_mass_resolve,
        ..RunOptions::without_reports(args.time_limit, args.on_tracker_error)
    };
    let prepared = prepare(common, &run).await?;
    let keys = keys(args, &prepared)?;
    end_in_order(&prepared.stop);
    match prepared.config.tracker {
        TrackerKind::Local => {
            let (tracker, _turn) = local(&prepared).await?;
            bring(&tracker, &prepared, common, &run, &keys).await
        }
        TrackerKind::Jira => match prepared.jira(prepared.stop.clone()) {
            Ok(tracker) => bring(&tracker, &prepared, common, &run, &keys).await,
            Err(error)
                if error.kind() == ErrorClass::Remote && args.on_tracker_error == OnTrackerError::Warn =>
            {
                printer::error(&error.to_string(), error.advice(), common.color);
                notify::error(&prepared, &error).await;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                notify::error(&prepared, &error).await;
                Err(error)
            }
        },
    }
}

/// The tickets that are named on the command line, otherwise by the event: text from strangers.
fn keys(args: &RefreshArgs, prepared: &Prepared) -> Result<Vec<TicketKey>> {
    let key = |text: &str, source: &str| {
        TicketKey::parse(text).ok_or_else(|| {
            let text: String = text.chars().take(50).collect();
            Error::usage(format!("{source} does not name a ticket: `{text}` is not a key such as SEC-42"))
                .hint("give only the key, in capitals; without a key, all pull requests are refreshed")
        })
    };
    if args.ticket.is_empty() {
        let named = prepared.context.ticket.iter();
        return named.map(|text| key(text, "the payload of `repository_dispatch`")).collect();
    }
    // a person may type it in lower case
    args.ticket.iter().map(|text| key(&text.trim().to_ascii_uppercase(), "`--ticket`")).collect()
}

async fn bring<T: Write>(
    tracker: &T,
    prepared: &Prepared,
    common: &CommonArgs,
    run: &RunOptions,
    keys: &[TicketKey],
) -> Result<ExitCode> {
    let job = prepared.job(run, tracker.site())?;
    let only = if keys.is_empty() { Only::All } else { Only::Keys(keys) };
    let done = pipeline::refresh(tracker, &job, only).await;
    prepared.progress.end();
    done.remarks.iter().filter(|_| !common.quiet).for_each(|remark| printer::say(remark));
    match common.format {
        OutputFormat::Json => printer::json(&done),
        _ => print(&done, prepared, common),
    }
    notify::refreshed(prepared, &done, sums(&done)).await;
    let failed = done.failed && run.on_tracker_error == OnTrackerError::Fail;
    step::annotate(&done.problems, prepared, failed);
    if let Err(error) = speak(&done, prepared) {
        // the result has been printed already, and it is one document
        printer::error(&error.to_string(), error.advice(), common.color);
        return Ok(ExitCode::from(error.kind().exit_code()));
    }
    Ok(ExitCode::from(if failed { ErrorClass::Remote.exit_code() } else { 0 }))
}

fn print(done: &Refreshed, prepared: &Prepared, common: &CommonArgs) {
    let is_annotated = prepared.context.runner.output.is_some();
    let problems = done.problems.iter().filter(|_| !is_annotated);
    problems.for_each(|problem| text::warn(problem, common.color));
    if common.quiet {
        return;
    }
    for pull in done.pull_requests.iter().filter(|pull| pull.changed) {
        printer::result(&format!("#{:<6} updated", pull.number));
        let may_tell = prepared.detail() != TicketDetail::Counts;
        pull.changes
            .iter()
            .filter(|_| may_tell)
            .for_each(|change| printer::result(&format!("        {change}")));
    }
    sums(done).iter().for_each(|line| printer::result(line));
}

/// What was done and what is open, one line each.
fn sums(done: &Refreshed) -> Vec<String> {
    let changed = done.pull_requests.iter().filter(|pull| pull.changed).count();
    let pulls = text::counted(done.pull_requests.len(), "pull request");
    let failed = if done.failed { "failed: " } else { "" };
    let mut lines = vec![format!("{failed}{pulls} checked, {changed} updated")];
    if !done.resolved.is_empty() {
        let tickets = text::counted(done.resolved.len(), "ticket");
        let which = done.resolved.join(", ");
        lines.push(format!(
            "resolved {tickets} with findings only in pull requests that were closed without being merged: \
             {which}"
        ));
    }
    if let Some(open) = &done.open {
        let by_severity = open.by_severity.iter().rev();
        let words: Vec<String> =
            by_severity.map(|(severity, count)| format!("{count} {}", Severity::name(*severity))).collect();
        let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
        lines.push(format!("{} open{words}, {} overdue", text::counted(open.total, "ticket"), open.overdue));
    }
    lines
}

/// Writes step outputs and the step summary, if the runner accepts them.
fn speak(done: &Refreshed, prepared: &Prepared) -> Result<()> {
    let runner = &prepared.context.runner;
    if let Some(path) = &runner.output {
        let keys: Vec<&str> = done.tickets.iter().map(|ticket| ticket.key.as_str()).collect();
        let changed = done.pull_requests.iter().filter(|pull| pull.changed).count().to_string();
        outputs::write_outputs(path, &[("keys", &keys.join(",")), ("updated", &changed)])?;
    }
    let Some(path) = &runner.summary else { return Ok(()) };
    let mut blocks = vec![Block::Heading(2, vec![Inline::text("casefile")])];
    blocks.extend(done.blocks.iter().cloned());
    blocks.extend(sums(done).into_iter().take(1).map(Block::text));
    let changed: Vec<&RefreshedPullRequest> = done.pull_requests.iter().filter(|pull| pull.changed).collect();
    if !changed.is_empty() {
        blocks.push(Block::Heading(3, vec![Inline::text("Updated pull requests")]));
        let items = changed.iter().map(|pull| {
            let number = links::pull_request(pull.number, &prepared.run.provenance());
            let mut line = vec![Inline::text("pull request "), number];
            for (index, change) in pull.timeline.iter().enumerate() {
                line.push(Inline::text(if index == 0 { ": " } else { "; " }));
                line.extend(change.inlines());
            }
            vec![Block::Paragraph(line)]
        });
        blocks.push(Block::List { ordered: false, items: items.collect() });
    }
    if prepared.detail() == TicketDetail::Full {
        blocks.extend(step::problems(&done.problems));
    }
    outputs::write_summary(path, &markdown::render(&Document::of(blocks)))
}

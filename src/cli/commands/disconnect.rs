//! `casefile disconnect`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, DisconnectArgs, OnTrackerError, OutputFormat, RunOptions};
use crate::cli::ending::end_in_order;
use crate::cli::output::{printer, text};
use crate::cli::setup::prepare::{Prepared, local, prepare};
use crate::config::TrackerKind;
use crate::error::{Error, ErrorClass, Result};
use crate::pipeline::disconnect::{self, Marks};
use crate::tracker::Write;

/// Lists casefile's marks; with `--yes`, removes them.
pub(crate) async fn disconnect(common: &CommonArgs, args: &DisconnectArgs) -> Result<ExitCode> {
    let run = RunOptions::without_reports(args.time_limit, OnTrackerError::Fail);
    let prepared = prepare(common, &run).await?;
    if let Some(why) = prepared.run.untrusted.as_ref().filter(|_| args.yes) {
        return Err(Error::usage(format!("this run is not allowed to remove casefile's marks: {why}"))
            .hint("run the command on the default branch, or on your own machine"));
    }
    end_in_order(&prepared.stop);
    match prepared.config.tracker {
        TrackerKind::Local => {
            let (tracker, _turn) = local(&prepared).await?;
            take_off(&tracker, &prepared, common, args, &run).await
        }
        TrackerKind::Jira => {
            let tracker = prepared.jira(prepared.stop.clone())?;
            take_off(&tracker, &prepared, common, args, &run).await
        }
    }
}

async fn take_off<T: Write>(
    tracker: &T,
    prepared: &Prepared,
    common: &CommonArgs,
    args: &DisconnectArgs,
    run: &RunOptions,
) -> Result<ExitCode> {
    let job = prepared.job(run, tracker.site())?;
    let mut marks = disconnect::marks(tracker, &job).await?;
    if args.yes {
        marks = disconnect::disconnect(tracker, &job, marks).await;
    }
    prepared.progress.end();
    match common.format {
        OutputFormat::Json => printer::json(&marks),
        _ => print(&marks, common),
    }
    Ok(ExitCode::from(if marks.failed { ErrorClass::Remote.exit_code() } else { 0 }))
}

fn print(marks: &Marks, common: &CommonArgs) {
    for problem in &marks.problems {
        printer::say(&text::line(problem));
    }
    if common.quiet {
        return;
    }
    let word = |removed| if removed { "unmarked" } else { "marked" };
    for ticket in &marks.tickets {
        printer::result(&format!("{:<8} {:<10} {}", word(ticket.removed), ticket.key, ticket.url));
    }
    for pull in &marks.pull_requests {
        let section = pull.section.then(|| "section".to_owned());
        let comments = (pull.comments > 0).then(|| text::counted(pull.comments, "comment"));
        let what: Vec<String> = section.into_iter().chain(comments).collect();
        printer::result(&format!("{:<8} #{:<9} {}", word(pull.removed), pull.number, what.join(", ")));
    }
    if marks.tickets.is_empty() && marks.pull_requests.is_empty() {
        return printer::result("no casefile marks were found: there is nothing to remove");
    }
    sums(marks).iter().for_each(|line| printer::result(line));
}

/// Where marks were or are, and what to do next.
fn sums(marks: &Marks) -> [String; 2] {
    let tickets = |removed| marks.tickets.iter().filter(|one| one.removed == removed).count();
    let pulls = |removed| marks.pull_requests.iter().filter(|one| one.removed == removed).count();
    let both = |removed| {
        let tickets = text::counted(tickets(removed), "ticket");
        format!("{tickets} and {}", text::counted(pulls(removed), "pull request"))
    };
    match (marks.done, tickets(false) + pulls(false)) {
        (false, _) => [
            format!("casefile's marks are on {}", both(false)),
            "nothing was changed; `casefile disconnect --yes` removes the marks and keeps the tickets"
                .to_owned(),
        ],
        (true, 0) => [
            format!("casefile's marks were removed from {}; the tickets were kept", both(true)),
            "remove casefile from the workflows too; otherwise, the next run will file new tickets"
                .to_owned(),
        ],
        (true, _) => [
            format!("casefile's marks were removed from {}, but are still on {}", both(true), both(false)),
            "run the command again once the problems above are fixed".to_owned(),
        ],
    }
}

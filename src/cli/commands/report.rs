//! `casefile report`.

use std::process::ExitCode;

use crate::cli::args::{CommonArgs, OnTrackerError, ReportArgs, RepositoriesChoice, RunOptions};
use crate::cli::ending::end_in_order;
use crate::cli::output::{html, printer, text};
use crate::cli::setup::prepare::{Prepared, local, prepare};
use crate::config::TrackerKind;
use crate::error::Result;
use crate::page::{TicketPage, TicketRow};
use crate::pipeline::{self, Whose};
use crate::tracker::Read;

/// A file does not say when a person edited its status.
const DATING: &str = "A person who sets the status by hand can add the date to the ticket's file, as a line such as \
    resolved: 2026-12-01.";

/// Reads all tickets and writes them as one page.
pub(crate) async fn report(common: &CommonArgs, args: &ReportArgs) -> Result<ExitCode> {
    let run = RunOptions::without_reports(args.time_limit, OnTrackerError::Fail);
    let prepared = prepare(common, &run).await?;
    end_in_order(&prepared.stop);
    match prepared.config.tracker {
        TrackerKind::Local => {
            let (tracker, _turn) = local(&prepared).await?;
            write(&tracker, &prepared, common, args, &run).await
        }
        TrackerKind::Jira => {
            let tracker = prepared.jira(prepared.stop.clone())?;
            write(&tracker, &prepared, common, args, &run).await
        }
    }
}

async fn write<T: Read>(
    tracker: &T,
    prepared: &Prepared,
    common: &CommonArgs,
    args: &ReportArgs,
    run: &RunOptions,
) -> Result<ExitCode> {
    let whose = match args.repositories {
        RepositoriesChoice::Own => Whose::Own,
        RepositoriesChoice::All => Whose::All,
    };
    let job = prepared.job(run, tracker.site())?;
    let tickets = pipeline::report(tracker, &job, whose).await?;
    prepared.progress.end();
    let repository = &prepared.run.repository.name;
    let page = TicketPage {
        title: if whose == Whose::Own { repository } else { "all repositories" },
        source: tracker.site(),
        dating: match prepared.config.tracker {
            TrackerKind::Local => DATING,
            TrackerKind::Jira => "",
        },
        now: prepared.run.now,
        rows: tickets.iter().map(TicketRow::of).collect(),
    };
    html::write(&prepared.root, &args.html, &page.render())?;
    if !common.quiet {
        let open = tickets.iter().filter(|ticket| ticket.is_open()).count();
        let all = text::counted(tickets.len(), "ticket");
        printer::result(&format!("{all} ({open} open) written to {}", args.html.display()));
    }
    Ok(ExitCode::SUCCESS)
}

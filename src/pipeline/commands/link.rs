//! `casefile link` and `casefile unlink`: a person says which ticket stands for findings.

use std::time::Duration;

use serde::Serialize;

use crate::apply::apply;
use crate::error::{self, Error};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::pipeline::job::Job;
use crate::pipeline::stages::changed_files::changed_files;
use crate::pipeline::stages::{baseline, routes, survey};
use crate::plan::link::{self, Which};
use crate::plan::{Input, Plan, Snapshot};
use crate::tracker::Write;

/// After how many milliseconds a link is looked for on the ticket, and written again if it was lost; and how many more
/// for each of the 256 steps that distinguish links at the same moment.
const PAUSES: [(u64, u64); 4] = [(300, 2), (500, 8), (1_000, 16), (2_000, 16)];

/// What is to be done with the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// They are linked to the ticket.
    Link,
    /// They are unlinked from it.
    Unlink,
}

/// What happened, version 1 of its JSON form.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LinkResult {
    version: u32,
    /// `linked`, `unlinked` or `unchanged`.
    pub action: &'static str,
    /// The ticket's key as it is now.
    pub key: String,
    /// The ticket's page.
    pub url: String,
    /// The ticket's summary, on one line.
    pub summary: String,
    /// The status's name.
    pub status: String,
    /// The findings that were selected.
    pub findings: Vec<Fingerprint>,
    /// The keys of tickets that had some of them before.
    pub moved_from: Vec<String>,
    /// What could not be read or done.
    pub problems: Vec<Problem>,
}

/// Links findings to the ticket with this key, or unlinks them. Doing it twice writes nothing.
///
/// # Errors
/// There is no such ticket, no finding is selected, or the tracker refuses; nothing was written in that case, unless
/// the error says so.
pub(crate) async fn link<T: Write>(
    tracker: &T,
    job: Job<'_>,
    act: Act,
    key: &TicketKey,
    which: &Which,
) -> error::Result<LinkResult> {
    if let Some(why) = &job.run.untrusted {
        return Err(Error::usage(format!("this run is not allowed to link or unlink findings: {why}")));
    }
    let changed = changed_files(&job).await;
    let survey = routes::route(&job, baseline::hold(&job, survey::survey(&job, &changed).await)?);
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    job.watch.stage("looking at tickets");
    let mut snapshot = Snapshot::default();
    let mut found: Option<Ticket> = None;
    for ask in link::questions(&input, key) {
        let answer =
            tracker.answer(&ask).await.map_err(|failure| refused(&failure, "tickets could not be read"))?;
        if let (Ask::Find(_), Answer::Tickets(tickets)) = (&ask, &answer) {
            found = tickets.first().cloned();
        }
        snapshot.learn(&ask, answer);
    }
    let ticket = found.ok_or_else(|| {
        Error::usage(format!("there is no ticket {key}, or the account cannot see it"))
            .hint("copy the key from the ticket's page")
    })?;
    look(tracker, &input, &mut snapshot, &ticket, which).await?;
    let planned = match act {
        Act::Link => link::link(&input, &snapshot, &ticket, which),
        Act::Unlink => link::unlink(&input, &snapshot, &ticket, which),
    };
    let planned = planned.map_err(|problem| Error::usage(problem.message).hint(problem.hint))?;
    job.watch.stage("writing");
    job.stop.close();
    let mut problems = survey.problems.clone();
    problems.extend(planned.problems);
    problems.extend(write(tracker, &job, &snapshot, &planned.first).await?);
    if act == Act::Link && !planned.first.is_empty() {
        // anybody else who links to this ticket may have read its record before this was written
        let spread = planned.findings.first().map_or(0, |finding| u64::from(finding.0[0]));
        let mut is_there = false;
        for (at, (pause, spread_by)) in PAUSES.into_iter().enumerate() {
            job.stop.pause(Duration::from_millis(pause + spread * spread_by)).await;
            let ticket = read(tracker, &ticket).await?;
            snapshot.add(ticket.clone());
            let plan = |snapshot: &Snapshot| {
                let again = link::link(&input, snapshot, &ticket, which);
                again.map_err(|problem| Error::remote(problem.message).hint(problem.hint))
            };
            is_there = plan(&snapshot)?.first.is_empty();
            if is_there || at + 1 == PAUSES.len() {
                break;
            }
            snapshot.forget_slices(ticket.id.id);
            look(tracker, &input, &mut snapshot, &ticket, which).await?;
            let again = plan(&snapshot)?;
            problems.extend(write(tracker, &job, &snapshot, &again.first.without_comments()).await?);
        }
        if !is_there {
            let message = format!(
                "other runs are writing to {key} at the same time, so the findings may be missing from it"
            );
            return Err(
                Error::remote(message).hint("run the command again when the other runs have finished")
            );
        }
    }
    problems.extend(write(tracker, &job, &snapshot, &planned.then).await?);
    let unchanged = planned.first.is_empty() && planned.then.is_empty();
    Ok(LinkResult {
        version: 1,
        action: match act {
            _ if unchanged => "unchanged",
            Act::Link => "linked",
            Act::Unlink => "unlinked",
        },
        key: ticket.key.to_string(),
        url: ticket.url,
        summary: ticket.summary,
        status: ticket.status.name,
        findings: planned.findings,
        moved_from: planned.from.iter().map(|id| key_of(&snapshot, id)).collect(),
        problems,
    })
}

/// Carries out a part of the plan, and notes what the user should know.
async fn write<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    snapshot: &Snapshot,
    plan: &Plan,
) -> error::Result<Vec<Problem>> {
    let named = plan.clone().naming(snapshot.tickets());
    let outcomes = apply(tracker, &named, &job.stop, &|_, _| {}).await;
    let unwritten = outcomes.undone.first_key_value().or(outcomes.unedited.first_key_value());
    if let Some((id, failure)) = unwritten {
        return Err(refused(failure, &format!("{} could not be written", key_of(snapshot, id))));
    }
    Ok(outcomes.problems)
}

/// Reads what tickets hold of the findings.
async fn look<T: Write>(
    tracker: &T,
    input: &Input<'_>,
    snapshot: &mut Snapshot,
    ticket: &Ticket,
    which: &Which,
) -> error::Result<()> {
    let Some(ask) = link::held(input, snapshot, ticket, which) else { return Ok(()) };
    let answer = tracker.answer(&ask).await;
    snapshot
        .learn(&ask, answer.map_err(|failure| refused(&failure, "the tickets' findings could not be read"))?);
    Ok(())
}

/// The ticket as it is now.
async fn read<T: Write>(tracker: &T, ticket: &Ticket) -> error::Result<Ticket> {
    let what = "the ticket could not be read again";
    let answer = tracker.answer(&Ask::Find(vec![ticket.key.clone()])).await;
    match answer.map_err(|failure| refused(&failure, what))? {
        Answer::Tickets(tickets) => tickets.into_iter().next(),
        _ => None,
    }
    .ok_or_else(|| refused(&Failure::Gone, what))
}

fn key_of(snapshot: &Snapshot, id: &TicketId) -> String {
    snapshot.ticket(id.id).map_or_else(|| id.id.to_string(), |ticket| ticket.key.to_string())
}

fn refused(failure: &Failure, what: &str) -> Error {
    Error::remote(format!("{what}: {failure}")).hint(failure.hint())
}

//! `casefile link` and `casefile unlink`: a person says which ticket stands for findings.

use serde::Serialize;

use super::{Job, annotate, baseline, routes, survey};
use crate::apply::apply;
use crate::error::{self, Error};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::{Key, Ticket, TicketId};
use crate::plan::Snapshot;
use crate::plan::link::{self, Which};
use crate::tracker::Write;

/// What is to become of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// They are put under the ticket.
    Link,
    /// They are taken off it.
    Unlink,
}

/// What happened, version 1 of its JSON form.
#[derive(Debug, Clone, Serialize)]
pub struct Linked {
    version: u32,
    /// `linked`, `unlinked` or `unchanged`.
    pub action: &'static str,
    /// The ticket's key as it is now.
    pub key: String,
    /// Its page.
    pub url: String,
    /// One line.
    pub summary: String,
    /// The status's name.
    pub status: String,
    /// The findings that were meant.
    pub findings: Vec<Fingerprint>,
    /// The keys of tickets that had some of them before.
    pub moved_from: Vec<String>,
    /// What could not be read or done.
    pub problems: Vec<Problem>,
}

/// Links findings to the ticket with this key, or takes them off it. Doing it twice writes nothing.
///
/// # Errors
/// There is no such ticket, no finding is meant, or the tracker refuses; then nothing was written, unless
/// the error says so.
pub async fn link<T: Write>(
    tracker: &T,
    job: Job<'_>,
    act: Act,
    key: &Key,
    which: &Which,
) -> error::Result<Linked> {
    if let Some(why) = &job.run.untrusted {
        return Err(Error::usage(format!("nothing is linked from here: {why}")));
    }
    let changed = annotate::changed_files(&job).await;
    let survey = routes::route(&job, baseline::hold(&job, survey(&job, &changed).await)?);
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
        Error::usage(format!("there is no ticket {key}, or the account may not see it"))
            .hint("take the key from the ticket's page")
    })?;
    let planned = match act {
        Act::Link => link::link(&input, &snapshot, &ticket, which),
        Act::Unlink => link::unlink(&input, &snapshot, &ticket, which),
    };
    let planned = planned.map_err(|problem| Error::usage(problem.message).hint(problem.hint))?;
    job.watch.stage("writing");
    let mut problems = survey.problems.clone();
    problems.extend(planned.problems);
    for plan in [&planned.first, &planned.then] {
        let named = plan.clone().naming(snapshot.tickets());
        let outcomes = apply(tracker, &named, &job.stop, &|_, _| {}).await;
        problems.extend(outcomes.problems);
        if let Some((id, failure)) = outcomes.undone.first_key_value() {
            let key = key_of(&snapshot, id);
            return Err(refused(failure, &format!("{key} could not be written")));
        }
    }
    let unchanged = planned.first.is_empty() && planned.then.is_empty();
    Ok(Linked {
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

fn key_of(snapshot: &Snapshot, id: &TicketId) -> String {
    snapshot.ticket(id.id).map_or_else(|| id.id.to_string(), |ticket| ticket.key.to_string())
}

fn refused(failure: &Failure, what: &str) -> Error {
    Error::remote(format!("{what}: {failure}")).hint(failure.hint())
}

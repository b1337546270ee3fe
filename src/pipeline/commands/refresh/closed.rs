//! Pull requests that have ended. What those that were closed without merging announced on tickets is retracted, and
//! findings that only they had are gone, or belong to the base after a merge. Moves that are still pending from earlier
//! runs are made. A refresh writes nothing else to a tracker.

use crate::apply::apply;
use crate::github::pulls::Pull;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::model::survey::Survey;
use crate::model::ticket::Ticket;
use crate::pipeline::annotate::section_builder;
use crate::pipeline::commands::refresh::look::Looked;
use crate::pipeline::commands::refresh::result::Refreshed;
use crate::pipeline::job::Job;
use crate::pipeline::stages::learn;
use crate::plan::{self, BranchTip, Ended, How, Plan, Snapshot};
use crate::tracker::Write;

/// Brings the tickets that closed pull requests affect up to date, and reads them again; with `debts`, also those with
/// a pending move. If there is none, nothing is requested. A run that may not write leaves this to one that may.
pub(crate) async fn close<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    (pulls, debts): (&[Pull], bool),
    looked: &mut Looked,
    done: &mut Refreshed,
) -> Result<(), Failure> {
    if job.run.untrusted.is_some() {
        return Ok(());
    }
    let (merged, abandoned): (Vec<_>, Vec<_>) =
        pulls.iter().filter(|pull| !pull.open).partition(|pull| pull.merged);
    let ended = Ended {
        abandoned: abandoned.into_iter().map(|pull| pull.number).collect(),
        merged: merged.into_iter().map(|pull| (pull.number, pull.base_branch.clone())).collect(),
        debts,
    };
    let fit = |document| tracker.fit(document);
    let survey = Survey::default();
    let input = job.input(&survey, tracker.site(), &fit);
    let concerned = |ticket: &&Ticket| plan::concerns(&input, ticket, &ended);
    let ids: Vec<u64> = looked.tickets().filter(concerned).map(|ticket| ticket.id.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    // the index lags: what was written a moment ago would be written again
    section_builder::read_tickets(tracker, &ids, &mut looked.found).await?;
    let snapshot = known(job, pulls, looked);
    let decide = |snapshot: &Snapshot| plan::closed(&input, snapshot, &ended);
    let (plan, _) = learn::decided(tracker, job, snapshot, decide).await?;
    done.problems.extend(plan.problems.iter().cloned());
    if plan.is_empty() {
        return Ok(());
    }
    let outcomes = apply(tracker, &plan, &job.stop, &|_, _| {}).await;
    done.failed |= outcomes.failed();
    done.unmoved += outcomes.unmoved.len();
    done.problems.extend(outcomes.undone.iter().map(|(id, failure)| {
        let message = format!(
            "changes that were due after a pull request was closed, or that an earlier run left unfinished, \
             could not be written: {failure}"
        );
        Problem::new(name(&plan, id.id), message).hint(failure.hint()).foreign()
    }));
    done.problems.extend(outcomes.problems);
    let resolved = plan.endings.iter().filter(|ending| ending.how == How::Resolved).map(|one| &one.ticket);
    let resolved = resolved.filter(|id| !outcomes.undone.contains_key(id) && !outcomes.unmoved.contains(id));
    done.resolved = resolved.map(|id| name(&plan, id.id)).collect();
    section_builder::read_tickets(tracker, &ids, &mut looked.found).await
}

/// What is already known: the repository's tickets, and the branches of its pull requests. One that was merged recently
/// counts until a scan of its base decides.
fn known(job: &Job<'_>, pulls: &[Pull], looked: &Looked) -> Snapshot {
    let labels = job.run.repository.labels();
    let mut snapshot = Snapshot::default();
    if let Some(account) = &looked.account {
        snapshot.learn(&Ask::Account, Answer::Account(account.clone()));
    }
    looked.tickets().filter(|ticket| ticket.has_any(&labels)).for_each(|ticket| snapshot.add(ticket.clone()));
    for pull in pulls {
        let counts = pull.open || pull.merged;
        let head = if counts { BranchTip::At(pull.head_commit.clone()) } else { BranchTip::Gone };
        snapshot.learn_head(Place::PullRequest(pull.number), head);
    }
    snapshot
}

/// What people call a ticket in the plan.
fn name(plan: &Plan, ticket: u64) -> String {
    plan.keys.get(&ticket).map_or_else(|| format!("ticket {ticket}"), ToString::to_string)
}

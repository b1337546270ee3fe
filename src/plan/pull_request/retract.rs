//! What a pull request announces on a ticket, how that is retracted, and how this fits with what else the plan does to
//! the ticket.

use crate::compose::comments;
use crate::config::CommentEvent;
use crate::document::Document;
use crate::model::record::{Record, State};
use crate::model::repository::Repository;
use crate::model::ticket::Ticket;
use crate::model::write::{Edit, Ref};
use crate::plan::tickets::records::next_of;
use crate::plan::tickets::steps::{owed_state, steps};
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Plan, Step, Work};

/// Why a pull request no longer resolves a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetractReason<'b> {
    /// Its scan has the findings again.
    SeenAgain,
    /// It would be merged into this branch, which is not allowed.
    Retargeted(&'b str),
    /// It was closed without being merged.
    Closed,
    /// It is no longer open, and what it was to resolve is still there.
    Failed,
}

/// The ids that the link from a ticket to a pull request that would resolve it may have; a new link gets the first. If
/// the configuration names the repository, that name is used: it is the same for runs in GitHub Actions and elsewhere.
pub fn global_ids(repository: &Repository, number: u64) -> Vec<String> {
    let mut identities = repository.identities();
    identities.sort_by_key(|identity| *identity == repository.fingerprint());
    identities.iter().map(|identity| format!("casefile:{identity}:pull-request:{number}")).collect()
}

/// What a pull request changes on a ticket. Another edit of the same plan can include it.
pub(crate) struct PromiseChange {
    /// The pull requests that would resolve the ticket after the change.
    pub(crate) remediation: Vec<u64>,
    /// The state that has been reported to the tracker after the change.
    pub(crate) last_reported: Option<State>,
    pub(crate) comment: Option<Document>,
    /// What is done before the edit.
    pub(crate) first: Vec<Step>,
    /// The state whose status the ticket is moved to.
    pub(crate) go: Option<State>,
}

/// Retracts what pull request `number` announced on a ticket: the link is removed, a comment says why, and the ticket
/// goes back to the state `open` if casefile had moved it from there and no other pull request would resolve it.
/// `None`: the pull request announced nothing there.
pub(crate) fn taken_back(
    input: &Input<'_>,
    ticket: &Ticket,
    record: &Record,
    number: u64,
    why: RetractReason<'_>,
) -> Option<PromiseChange> {
    if !record.remediation.contains(&number) {
        return None;
    }
    let others: Vec<u64> = record.remediation.iter().copied().filter(|known| *known != number).collect();
    let reopens = others.is_empty() && record.last_reported == Some(State::InProgress);
    // a person may have moved it since, and then it stays where it is
    let is_there = transitions::is_at(&input.config.states, &ticket.status, State::InProgress);
    Some(PromiseChange {
        remediation: others,
        last_reported: if reopens { Some(State::Open) } else { record.last_reported },
        comment: retraction(input, number, why),
        first: global_ids(&input.run.repository, number).into_iter().map(Step::Unremote).collect(),
        go: (reopens && is_there).then_some(State::Open),
    })
}

/// The comment that says why a pull request no longer resolves a ticket, if comments on remediation are wanted.
fn retraction(input: &Input<'_>, number: u64, why: RetractReason<'_>) -> Option<Document> {
    let jira = input.config.jira.as_ref();
    if jira.is_some_and(|jira| !jira.comments.contains(&CommentEvent::Remediation)) {
        return None;
    }
    let provenance = input.provenance();
    Some((input.fit)(match why {
        RetractReason::SeenAgain => comments::seen_again(&provenance),
        RetractReason::Retargeted(base) => comments::retargeted(number, base, &provenance),
        RetractReason::Closed => comments::closed_unmerged(number, &provenance),
        RetractReason::Failed => comments::still_there(number, &provenance),
    }))
}

/// Adds a change to what the plan does to a ticket, in this order: what the plan did there before its edit, what has to
/// precede the change, the edit with both, and the move that is then due. There is one edit of a record, whatever it is
/// for, because each one uses up a revision.
pub(crate) fn amend(
    plan: &mut Plan,
    input: &Input<'_>,
    ticket: &Ticket,
    record: &Record,
    change: PromiseChange,
) {
    let on = Ref::Known(ticket.id.clone());
    let (mut all, mut edit) = take_edit(plan, &on).unwrap_or_default();
    let mut next = edit.record.take().unwrap_or_else(|| next_of(input, ticket, record));
    (next.remediation, next.last_reported) = (change.remediation, change.last_reported);
    edit.comment = edit.comment.or(change.comment);
    // the move that the plan had is among those that the next record lists as pending
    let go = change.go.or_else(|| owed_state(&next));
    all.extend(change.first);
    all.extend(steps(input.config, edit, next, go));
    plan.works.push(Work { on, steps: all });
}

/// Removes the work on a ticket from the plan and returns the steps before the edit, and the edit. The move after it is
/// left out, because it is decided again.
fn take_edit(plan: &mut Plan, on: &Ref) -> Option<(Vec<Step>, Edit)> {
    let edits_record = |step: &Step| matches!(step, Step::Edit(edit) if edit.record.is_some());
    let (index, at) = plan.works.iter().enumerate().find_map(|(index, work)| {
        let at = work.steps.iter().position(edits_record).filter(|_| work.on == *on)?;
        Some((index, at))
    })?;
    let mut before = plan.works.remove(index).steps;
    let edit = before.drain(at..).next()?;
    let Step::Edit(edit) = edit else { return None };
    Some((before, *edit))
}

//! What a pull request says on a ticket beside what else a plan does to it, and taking that back.

use crate::compose::comments;
use crate::config::{CommentEvent, JiraConfig};
use crate::document::Document;
use crate::model::record::{Record, State};
use crate::model::repository::Repository;
use crate::model::ticket::Ticket;
use crate::model::write::{Edit, Ref};
use crate::plan::tickets::records::next_of;
use crate::plan::tickets::steps::owed_state;
use crate::plan::tickets::steps::steps;
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Plan, Step, Work};

/// Why a pull request does not resolve a ticket any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetractReason<'b> {
    /// Its scan has the findings again.
    SeenAgain,
    /// It would be merged into this branch, which is not allowed.
    Retargeted(&'b str),
    /// It was closed without being merged.
    Closed,
    /// It is not open any more, and what it should have resolved is still there.
    Vain,
}

/// What the link from a ticket to a pull request that would resolve it may be known by; a new one is known by
/// the first. That is what the configuration calls the repository, where it does: runs in GitHub Actions and
/// elsewhere have it in common.
pub fn global_ids(repository: &Repository, number: u64) -> Vec<String> {
    let mut identities = repository.identities();
    identities.sort_by_key(|identity| *identity == repository.fingerprint());
    identities.iter().map(|identity| format!("casefile:{identity}:pull-request:{number}")).collect()
}

/// A change of a ticket that another one of the same plan can take in.
pub(crate) struct PromiseChange {
    pub(crate) remediation: Vec<u64>,
    pub(crate) told: Option<State>,
    pub(crate) comment: Option<Document>,
    pub(crate) first: Vec<Step>,
    pub(crate) go: Option<State>,
}

/// Takes back what pull request `number` said on a ticket: the link goes, a line says why, and the ticket
/// goes back to the state `open` if it is where casefile had moved it and no other pull request would
/// resolve it. `None`: the pull request said nothing there.
pub(crate) fn taken_back(
    input: &Input<'_>,
    ticket: &Ticket,
    record: &Record,
    number: u64,
    why: RetractReason<'_>,
) -> Option<PromiseChange> {
    let mut remediation = record.remediation.clone();
    remediation.retain(|known| *known != number);
    if remediation.len() == record.remediation.len() {
        return None;
    }
    let back = remediation.is_empty() && record.told == Some(State::InProgress);
    let moved = back && transitions::is_at(&input.config.states, &ticket.status, State::InProgress);
    let all = CommentEvent::ALL;
    let wanted = input.config.jira.as_ref().map_or(&all[..], |jira: &JiraConfig| &jira.comments);
    let comment = wanted.contains(&CommentEvent::Remediation).then(|| {
        let provenance = input.run.provenance();
        let comment = match why {
            RetractReason::SeenAgain => comments::seen_again(&provenance),
            RetractReason::Retargeted(base) => comments::retargeted(number, base, &provenance),
            RetractReason::Closed => comments::closed_unmerged(number, &provenance),
            RetractReason::Vain => comments::still_there(number, &provenance),
        };
        (input.fit)(comment)
    });
    Some(PromiseChange {
        remediation,
        told: if back { Some(State::Open) } else { record.told },
        comment,
        first: global_ids(&input.run.repository, number).into_iter().map(Step::Unremote).collect(),
        go: moved.then_some(State::Open),
    })
}

/// Adds a change to what is done on a ticket: one edit, whatever it is for.
pub(crate) fn amend(
    plan: &mut Plan,
    input: &Input<'_>,
    ticket: &Ticket,
    record: &Record,
    change: PromiseChange,
) {
    let on = Ref::Known(ticket.id.clone());
    let records = |step: &Step| matches!(step, Step::Edit(edit) if edit.record.is_some());
    let place = plan.works.iter().enumerate().find_map(|(index, work)| {
        let at = work.steps.iter().position(records).filter(|_| work.on == on)?;
        Some((index, at))
    });
    let (mut before, mut edit) = (Vec::new(), Edit::default());
    if let Some((index, at)) = place {
        before = plan.works.remove(index).steps;
        if let Some(Step::Edit(known)) = before.drain(at..).next() {
            edit = *known;
        }
    }
    let mut next = edit.record.take().unwrap_or_else(|| next_of(input, ticket, record));
    (next.remediation, next.told) = (change.remediation, change.told);
    let go = change.go.or_else(|| owed_state(&next));
    edit.comment = edit.comment.or(change.comment);
    before.extend(change.first);
    before.extend(steps(input.config, edit, next, go));
    plan.works.push(Work { on, steps: before });
}

//! Pull requests that ended: of those that were closed without being merged what they said on tickets is taken
//! back, and what they alone have seen is gone; of those that were merged it is their base's.

use crate::plan::presence::liveness::is_live;
use crate::plan::pull_request::retract::amend;
use crate::plan::types::ended::Ended;
use crate::plan::update::transitions::check_states;
use std::collections::BTreeSet;

use crate::model::answer::Ask;
use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::slice::Slice;
use crate::model::ticket::Ticket;
use crate::model::write::Ref;
use crate::plan::observed::observation::emptied;
use crate::plan::planner::Planner;
use crate::plan::presence::difference::Difference;
use crate::plan::pull_request::merged;
use crate::plan::pull_request::retract::{RetractReason, taken_back};
use crate::plan::resolve::mass_resolve;
use crate::plan::resolve::resolved;
use crate::plan::resolve::resolved::Cause;
use crate::plan::tickets::ownership::record_of;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::snapshot::Snapshot;

/// What these pull requests leave behind on the tickets that the snapshot has; after a merge the base's next scan
/// decides. Of `input` the run is any, and the survey is empty.
pub fn closed(input: &Input<'_>, snapshot: &Snapshot, ended: &Ended) -> Next {
    if snapshot.account.is_none() {
        return Next::Ask(Ask::Account);
    }
    let mut decision = Planner::believing(input, snapshot);
    leave(&mut decision, ended, true);
    if !decision.needs.is_empty() {
        return decision.finish();
    }
    if let Some(problem) = mass_resolve::guard_closed(&decision, &scopes(snapshot, &ended.abandoned)) {
        decision = Planner::new(input, snapshot);
        leave(&mut decision, ended, false);
        decision.plan.problems.push(problem);
    } else if decision.used_unread_record {
        decision = Planner::new(input, snapshot);
        leave(&mut decision, ended, true);
    }
    check_states(&mut decision);
    decision.finish()
}

/// Whether one of these pull requests has said something on a ticket, has findings of it, or was all that had
/// some and the ticket is still owed the move: an open one of this repository, with a record of its own. Of merged
/// ones whether only they have its findings.
pub fn concerns(input: &Input<'_>, ticket: &Ticket, ended: &Ended) -> bool {
    let pulls = &ended.abandoned;
    let record = record_of(ticket, input.site).filter(|_| ticket.is_open());
    ticket.has_any(&input.run.repository.labels())
        && record.is_some_and(|record| {
            record.remediation.iter().any(|number| pulls.contains(number))
                || seen_by(record, pulls).next().is_some()
                || owes(record, ended)
                || merged::is_left(input, record, ended)
        })
}

/// Whether a ticket is to be moved, and that did not come about. Where it was filed from one of the pull requests, and
/// is nowhere any more, no scan reaches it again.
fn owes(record: &Record, ended: &Ended) -> bool {
    let filed = record.origin.pull_request.is_some_and(|number| ended.abandoned.contains(&number));
    let is_left = filed && record.life.stands.is_empty();
    (ended.debts || is_left) && resolved::owed_state(record).is_some()
}

/// Those of the pull requests that have a ticket's findings.
fn seen_by(record: &Record, pulls: &BTreeSet<u64>) -> impl Iterator<Item = u64> {
    record.life.stands.iter().filter_map(|place| match place {
        Place::PullRequest(number) => pulls.get(number).copied(),
        Place::Branch(_) => None,
    })
}

/// The scopes that looked at these pull requests, as far as slices were read.
fn scopes<'s>(snapshot: &'s Snapshot, pulls: &BTreeSet<u64>) -> BTreeSet<&'s Scope> {
    let slices = snapshot.slices.values().flat_map(|slices| slices.values()).flatten();
    slices.filter(|slice| is_of(slice, pulls)).map(|slice| &slice.scope).collect()
}

fn is_of(slice: &Slice, pulls: &BTreeSet<u64>) -> bool {
    matches!(&slice.place, Place::PullRequest(number) if pulls.contains(number))
}

/// Decides about every ticket that the pull requests concern; `abandons`: whether what only they have seen
/// is gone.
fn leave(decision: &mut Planner<'_>, ended: &Ended, abandons: bool) {
    let (input, snapshot, pulls) = (decision.input, decision.snapshot, &ended.abandoned);
    for ticket in snapshot.tickets().filter(|ticket| concerns(input, ticket, ended)) {
        let Some(record) = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket)) else {
            continue;
        };
        let owed = owes(record, ended).then(|| record.clone());
        // what ends here is resolved by nobody any more
        if abandons && abandon(decision, ticket, record, pulls) {
            continue;
        }
        if merged::is_left(input, record, ended) {
            merged::hand_over(decision, ticket, record, ended);
        }
        let mut record = record.clone();
        for number in pulls {
            if let Some(change) = taken_back(input, ticket, &record, *number, RetractReason::Closed) {
                (record.remediation, record.last_reported) =
                    (change.remediation.clone(), change.last_reported);
                amend(&mut decision.plan, input, ticket, &record, change);
            }
        }
        let is_worked_on = decision.plan.works.iter().any(|work| work.on == Ref::Known(ticket.id.clone()));
        if let Some(record) = owed.filter(|_| !is_worked_on) {
            resolved::owed(decision, ticket, &record);
        }
    }
}

/// Empties the pull requests' slices of a ticket, and ends the ticket where nothing else is left; says whether
/// it did that.
fn abandon(decision: &mut Planner<'_>, ticket: &Ticket, record: &Record, pulls: &BTreeSet<u64>) -> bool {
    let numbers: Vec<u64> = seen_by(record, pulls).collect();
    if numbers.is_empty() || !decision.needs.slices(decision.snapshot, ticket) {
        return false;
    }
    let mut difference = Difference::default();
    for (id, slice) in decision.snapshot.slices_of(ticket.id.id) {
        let mut after = slice.clone();
        if is_of(slice, pulls) && !slice.kept.0.is_empty() {
            difference.gone.extend(slice.kept.0.iter().map(|entry| entry.fingerprint));
            after = emptied(slice);
            difference.changed.push(after.clone());
        }
        difference.after.insert(id.clone(), after);
    }
    let mut slices = record.slices.iter();
    let unread = slices.any(|(id, digest)| !difference.after.contains_key(id) && !digest.is_empty());
    if unread && difference.changed.is_empty() {
        // what cannot be read is not known to be gone
        return false;
    }
    let cause = Cause::Abandoned(&numbers);
    let stands = is_live(decision, ticket, record, &difference.after);
    match stands {
        Some(true) => resolved::partially_resolve(decision, ticket, record, &difference, cause),
        Some(false) => resolved::end(decision, ticket, record, &difference, cause),
        None => {}
    }
    stands == Some(false)
}

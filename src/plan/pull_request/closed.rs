//! Pull requests that have ended. If one was closed without being merged, what it announced on tickets is retracted,
//! and findings that only it had are gone; if it was merged, its findings become those of its base.

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
use crate::plan::presence::liveness::is_live;
use crate::plan::pull_request::merged;
use crate::plan::pull_request::retract::{RetractReason, amend, taken_back};
use crate::plan::resolve::resolved::Cause;
use crate::plan::resolve::{mass_resolve, resolved};
use crate::plan::tickets::ownership::record_of;
use crate::plan::types::ended::Ended;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::snapshot::Snapshot;
use crate::plan::update::transitions::check_states;

/// What these pull requests leave behind on the tickets in the snapshot; after a merge, the base's next scan decides.
/// In `input`, the run can be any, and the survey is empty.
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

/// Whether a ticket is affected by one of these pull requests: it announced something there, the ticket has findings of
/// it, or it was the last one that had some and the ticket still has to be moved. The ticket must be an open one of
/// this repository, with its own record. For merged pull requests, only whether nothing else has the ticket's findings.
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

/// Whether a ticket still has to be moved because an earlier move failed. If it was filed from one of the pull requests
/// and its findings are nowhere any more, no scan will reach it again.
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

/// The scopes that scanned these pull requests, as far as slices were read.
fn scopes<'s>(snapshot: &'s Snapshot, pulls: &BTreeSet<u64>) -> BTreeSet<&'s Scope> {
    let slices = snapshot.slices.values().flat_map(|slices| slices.values()).flatten();
    slices.filter(|slice| is_of(slice, pulls)).map(|slice| &slice.scope).collect()
}

fn is_of(slice: &Slice, pulls: &BTreeSet<u64>) -> bool {
    matches!(&slice.place, Place::PullRequest(number) if pulls.contains(number))
}

/// Decides about every ticket that the pull requests affect; `abandons`: whether findings that only they had are gone.
fn leave(decision: &mut Planner<'_>, ended: &Ended, abandons: bool) {
    let (input, snapshot, pulls) = (decision.input, decision.snapshot, &ended.abandoned);
    for ticket in snapshot.tickets().filter(|ticket| concerns(input, ticket, ended)) {
        let Some(record) = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket)) else {
            continue;
        };
        let owed = owes(record, ended).then(|| record.clone());
        // nobody resolves what ends here any more
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

/// Empties the pull requests' slices of a ticket, and resolves the ticket if nothing else is left; returns whether it
/// did that.
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

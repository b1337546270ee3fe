//! Pull requests that ended: of those that were closed without being merged what they said on tickets is taken
//! back, and what they alone have seen is gone; of those that were merged it is their base's.

mod merged;

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::difference::Difference;
use super::ours::record_of;
use super::resolve::{self, Cause};
use super::slices::emptied;
use super::withdraw::{Withdrawn, taken_back};
use super::{Input, Next, Snapshot, brake};
use crate::model::answer::Ask;
use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::slice::{Slice, holds_nothing};
use crate::model::ticket::Ticket;
use crate::model::write::Ref;

/// Pull requests that ended lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Those that were closed without being merged.
    pub abandoned: BTreeSet<u64>,
    /// Those that were merged, each with the branch that it went into.
    pub merged: BTreeMap<u64, String>,
    /// Whether what earlier runs owe to tickets is done as well, whatever they were about.
    pub debts: bool,
}

/// What these pull requests leave behind on the tickets that the snapshot has; after a merge the base's next scan
/// decides. Of `input` the run is any, and the survey is empty.
pub fn closed(input: &Input<'_>, snapshot: &Snapshot, ended: &Ended) -> Next {
    if snapshot.account.is_none() {
        return Next::Ask(Ask::Account);
    }
    let mut decision = Decision::trusting(input, snapshot);
    decision.leave(ended, true);
    if !decision.needs.is_empty() {
        return decision.done();
    }
    if let Some(problem) = brake::brake_closed(&decision, &scopes(snapshot, &ended.abandoned)) {
        decision = Decision::new(input, snapshot);
        decision.leave(ended, false);
        decision.plan.problems.push(problem);
    } else if decision.trusted {
        decision = Decision::new(input, snapshot);
        decision.leave(ended, true);
    }
    decision.check_states();
    decision.done()
}

/// Whether one of these pull requests has said something on a ticket, has findings of it, or was all that had
/// some and the ticket is still owed the move: an open one of this repository, with a record of its own. Of merged
/// ones whether they alone have its findings.
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
/// stands nowhere any more, no scan comes to it again.
fn owes(record: &Record, ended: &Ended) -> bool {
    let filed = record.origin.pull_request.is_some_and(|number| ended.abandoned.contains(&number));
    let is_left = filed && record.life.stands.is_empty();
    (ended.debts || is_left) && resolve::owed_state(record).is_some()
}

/// Those of the pull requests on which a ticket's findings stand.
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

impl Decision<'_> {
    /// Decides about every ticket that the pull requests concern; `abandons`: whether what they alone have seen
    /// is gone.
    fn leave(&mut self, ended: &Ended, abandons: bool) {
        let (input, snapshot, pulls) = (self.input, self.snapshot, &ended.abandoned);
        for ticket in snapshot.tickets().filter(|ticket| concerns(input, ticket, ended)) {
            let Some(record) = record_of(ticket, input.site).filter(|_| self.is_ours(ticket)) else {
                continue;
            };
            let owed = owes(record, ended).then(|| record.clone());
            // what ends here is resolved by nobody any more
            if abandons && self.abandon(ticket, record, pulls) {
                continue;
            }
            if merged::is_left(input, record, ended) {
                merged::hand_over(self, ticket, record, ended);
            }
            let mut record = record.clone();
            for number in pulls {
                if let Some(change) = taken_back(input, ticket, &record, *number, Withdrawn::Closed) {
                    (record.remediation, record.told) = (change.remediation.clone(), change.told);
                    self.plan.amend(input, ticket, &record, change);
                }
            }
            let is_worked_on = self.plan.works.iter().any(|work| work.on == Ref::Known(ticket.id.clone()));
            if let Some(record) = owed.filter(|_| !is_worked_on) {
                resolve::owed(self, ticket, &record);
            }
        }
    }

    /// Empties the pull requests' slices of a ticket, and ends the ticket where nothing else stands; says whether
    /// it did that.
    fn abandon(&mut self, ticket: &Ticket, record: &Record, pulls: &BTreeSet<u64>) -> bool {
        let numbers: Vec<u64> = seen_by(record, pulls).collect();
        if numbers.is_empty() || !self.needs.slices(self.snapshot, ticket) {
            return false;
        }
        let mut difference = Difference::default();
        for (id, slice) in self.snapshot.slices_of(ticket.id.id) {
            let mut after = slice.clone();
            if is_of(slice, pulls) && !slice.kept.0.is_empty() {
                difference.gone.extend(slice.kept.0.iter().map(|entry| entry.fingerprint));
                after = emptied(slice);
                difference.changed.push(after.clone());
            }
            difference.after.insert(id.clone(), after);
        }
        let mut slices = record.slices.iter();
        let unread = slices.any(|(id, digest)| !difference.after.contains_key(id) && !holds_nothing(digest));
        if unread && difference.changed.is_empty() {
            // what cannot be read is not known to be gone
            return false;
        }
        let cause = Cause::Abandoned(&numbers);
        let stands = self.stands(ticket, record, &difference.after);
        match stands {
            Some(true) => resolve::lessen(self, ticket, record, &difference, cause),
            Some(false) => resolve::end(self, ticket, record, &difference, cause),
            None => {}
        }
        stands == Some(false)
    }
}

//! A pull request that was closed without being merged: what it said is taken back, and what it alone has
//! seen is gone.

use super::decision::Decision;
use super::difference::Difference;
use super::ours::record_of;
use super::resolve::{self, Cause};
use super::withdraw::{Withdrawn, taken_back};
use super::{Input, Next, Snapshot};
use crate::model::answer::Ask;
use crate::model::record::Record;
use crate::model::slice::{Entries, Slice};
use crate::model::ticket::Ticket;

/// What the run's pull request leaves behind on these tickets, now that it is closed and was not merged; after
/// a merge nothing is to be done, because the base's next scan decides. The survey of `input` is empty, and
/// its run's place and number are the pull request's. Tickets that the snapshot does not have, or that are
/// done, are left alone.
pub fn closed(input: &Input<'_>, snapshot: &Snapshot, tickets: &[u64]) -> Next {
    let Some(number) = input.run.pull_request.filter(|_| snapshot.account.is_some()) else {
        return Next::Ask(Ask::Account);
    };
    let mut decision = Decision::new(input, snapshot);
    let known = tickets.iter().filter_map(|id| snapshot.ticket(*id)).filter(|ticket| ticket.is_open());
    for ticket in known {
        let Some(record) = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket)) else {
            continue;
        };
        if record.life.stands.contains(&input.run.place) {
            decision.abandon(ticket, record);
        }
        if let Some(change) = taken_back(input, ticket, record, number, Withdrawn::Closed) {
            decision.plan.amend(input, ticket, record, change);
        }
    }
    decision.check_states();
    decision.done()
}

impl Decision<'_> {
    /// Empties the pull request's slices of a ticket, and ends the ticket where nothing else stands.
    fn abandon(&mut self, ticket: &Ticket, record: &Record) {
        if !self.needs.slices(self.snapshot, ticket) {
            return;
        }
        let mut difference = Difference::default();
        for (id, slice) in self.snapshot.slices_of(ticket.id.id) {
            let mut after = slice.clone();
            if slice.place == self.input.run.place && !slice.kept.0.is_empty() {
                difference.gone.extend(slice.kept.0.iter().map(|entry| entry.fingerprint));
                let kept = Entries::default();
                after = Slice { kept, severity: None, facts: 0, truncated: false, ..after };
                difference.changed.push(after.clone());
            }
            difference.after.insert(id.clone(), after);
        }
        match self.stands(record, &difference.after) {
            Some(true) => resolve::lessen(self, ticket, record, &difference, Cause::Abandoned),
            Some(false) => resolve::end(self, ticket, record, &difference, Cause::Abandoned),
            None => {}
        }
    }
}

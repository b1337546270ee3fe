//! The reckoning (`docs/life.md`): where a ticket's findings still stand.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::decision::Decision;
use super::snapshot::Head;
use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::slice::{Slice, SliceId, holds_nothing};
use crate::model::ticket::Ticket;

/// For how many days a scope must have been silent until it counts no more.
const SILENT_DAYS: i64 = 30;

/// How many places one run asks the code's host about; further ones count as they are.
const PLACES: usize = 30;

impl Decision<'_> {
    /// Whether findings stand anywhere that counts: on an allowed branch that exists, or in an open pull
    /// request. `None`: more must be known first.
    pub(super) fn stands(
        &mut self,
        ticket: &Ticket,
        record: &Record,
        after: &BTreeMap<SliceId, Slice>,
    ) -> Option<bool> {
        let unread =
            record.slices.iter().any(|(id, digest)| !after.contains_key(id) && !holds_nothing(digest));
        let silent = self.silent(record);
        let retired = |id: &SliceId, slice: &Slice| silent.contains(id) && self.is_other_scope(slice);
        let held = after.iter().filter(|(id, slice)| !slice.kept.0.is_empty() && !retired(id, slice));
        let places: BTreeSet<&Place> = held.map(|(_, slice)| &slice.place).collect();
        let unread = unread || self.snapshot.has_unreadable(ticket.id.id, after);
        if unread || places.contains(&self.input.run.place) {
            return Some(true);
        }
        // what the record does not list may lie there all the same
        if !self.has_read_all(ticket) {
            return None;
        }
        self.any_counts(places)
    }

    /// Whether all slices of a ticket were read, or its record is believed for now.
    pub(super) fn has_read_all(&mut self, ticket: &Ticket) -> bool {
        if self.trusting {
            self.trusted |= !self.snapshot.all_slices.contains_key(&ticket.id.id);
            return true;
        }
        self.needs.all_slices(self.snapshot, ticket)
    }

    /// Whether any of these places counts.
    pub(super) fn any_counts<'p>(&mut self, places: impl IntoIterator<Item = &'p Place>) -> Option<bool> {
        let branches = &self.input.config.branches;
        let counting = places.into_iter().filter(|place| match place {
            Place::Branch(name) => branches.allows(name).is_some(),
            Place::PullRequest(_) => true,
        });
        let mut open = false;
        for (index, place) in counting.enumerate() {
            if index >= PLACES {
                return Some(true);
            }
            match self.head(place) {
                Some(Head::Gone) => {}
                Some(_) => return Some(true),
                None => open = true,
            }
        }
        (!open).then_some(false)
    }

    /// Whether a slice is of this place and of a scanner that ran in this run, but of a scope that did not.
    pub(super) fn is_other_scope(&self, slice: &Slice) -> bool {
        let ran = |scope: &Scope| scope.scanner == slice.scope.scanner && *scope != slice.scope;
        slice.place == self.input.run.place && self.proof.scopes().any(ran)
    }

    /// The slices that were noted as silent so long ago that they are retired.
    pub(super) fn silent<'r>(&self, record: &'r Record) -> BTreeSet<&'r SliceId> {
        let today = self.input.run.today();
        let over = record.life.silent.iter().filter(|(_, since)| is_over(**since, today));
        over.map(|(id, _)| id).collect()
    }

    /// Whether casefile has not written to a ticket for so long that a scope which holds it may not run
    /// any more. A scope that runs unchanged writes nothing, so it is first noted as silent; when it runs
    /// it takes the note off, and when it has not for as many days again it is retired.
    pub(super) fn may_be_silent(&self, record: &Record) -> bool {
        record.life.touched.is_some_and(|touched| is_over(touched, self.input.run.today()))
    }

    /// What the code's host says of a place, if it was asked.
    pub(super) fn head(&mut self, place: &Place) -> Option<&Head> {
        self.needs.head(self.snapshot, place)
    }
}

fn is_over(since: Date, today: Date) -> bool {
    since.checked_add(SILENT_DAYS.days()).is_ok_and(|until| today >= until)
}

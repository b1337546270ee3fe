//! Tickets that this run's scopes reported once and that no finding of this run belongs to.

use std::collections::HashMap;

use super::decision::Decision;
use super::difference::difference;
use super::ours::{is_accepted, record_of};
use super::resolve::{self, Cause};
use super::slices::{self, Look};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, State};
use crate::model::repository::Place;
use crate::model::slice::holds_nothing;
use crate::model::survey::Group;
use crate::model::ticket::Ticket;

impl Decision<'_> {
    /// Decides about every open ticket that no group of this run was tracked on.
    pub(super) fn vanish(&mut self) {
        if !self.input.run.writes() {
            return;
        }
        let snapshot = self.snapshot;
        let groups = self.input.survey.groups.iter();
        let groups: HashMap<Fingerprint, &Group> =
            groups.flat_map(|group| group.names.iter().map(move |name| (*name, group))).collect();
        let proves = self.proves_on_branch();
        for ticket in snapshot.tickets() {
            let loose = !self.tracked.contains(&ticket.id.id) && self.is_ours(ticket);
            let Some(record) = record_of(ticket, self.input.site).filter(|_| loose) else { continue };
            let group = ticket.names().find_map(|name| groups.get(&name)).copied();
            if ticket.is_open() {
                self.vanished(ticket, record, group);
            } else if proves && !is_over(record) && !is_accepted(self.input, ticket) {
                self.done_vanished(ticket, record, group);
            }
        }
    }

    /// Whether this run can prove that something is gone from a branch.
    pub(super) fn proves_on_branch(&self) -> bool {
        let run = self.input.run;
        matches!(run.place, Place::Branch(_)) && run.writes() && self.proof.scopes().next().is_some()
    }

    /// A ticket that a person closed, and whose findings are proven gone only now: when they come back, that
    /// is known. It is done, so nothing is said or moved.
    fn done_vanished(&mut self, ticket: &Ticket, record: &Record, group: Option<&Group>) {
        let looks = self.looks_at(record, group);
        let same = slices::known(&looks, record, &self.input.run.place);
        if looks.is_empty() || same || !self.needs.slices(self.snapshot, ticket) {
            return;
        }
        let difference = difference(self, ticket, &looks);
        if difference.gone.is_empty() {
            return;
        }
        if let Some(stands) = self.stands(record, &difference.after) {
            resolve::note_gone(self, ticket, record, &difference, stands);
        }
    }

    /// What this run saw of a ticket that no finding belongs to; `group`: the one whose label it carries.
    fn looks_at(&self, record: &Record, group: Option<&Group>) -> Vec<Look> {
        let mut looks = group.map_or_else(Vec::new, |group| slices::looks(self.input, group, &[]));
        looks.retain(|look| record.slices.contains_key(&look.slice.id()));
        slices::complete(self.input, &self.proof, record, &mut looks);
        looks
    }

    /// `group`: the one whose label the ticket carries; its findings are set aside, or another ticket's.
    fn vanished(&mut self, ticket: &Ticket, record: &Record, group: Option<&Group>) {
        let looks = self.looks_at(record, group);
        if looks.is_empty() {
            return;
        }
        let same = slices::known(&looks, record, &self.input.run.place);
        if same && !record.pending.is_empty() {
            return resolve::owed(self, ticket, record);
        }
        if same && !self.may_have_left(record, &looks) {
            return;
        }
        if !self.needs.slices(self.snapshot, ticket) {
            return;
        }
        let difference = difference(self, ticket, &looks);
        let Some(stands) = self.stands(record, &difference.after) else { return };
        match (stands, difference.loses()) {
            (true, true) => resolve::lessen(self, ticket, record, &difference, Cause::Scanned),
            (true, false) => resolve::note_silence(self, ticket, record, &difference),
            (false, loses) if loses || same => {
                resolve::end(self, ticket, record, &difference, Cause::Scanned);
            }
            (false, _) => {}
        }
    }

    /// Whether a ticket whose findings left this place before may have left the others meanwhile: a branch
    /// was deleted, or a scope does not run any more.
    fn may_have_left(&mut self, record: &Record, looks: &[Look]) -> bool {
        let Place::Branch(_) = self.input.run.place else { return false };
        let nothing = looks.iter().all(|look| holds_nothing(&look.slice.digest()));
        let here = record.life.stands.contains(&self.input.run.place);
        let silent = here && (self.may_be_silent(record) || !self.silent(record).is_empty());
        if is_over(record) || !nothing || (here && !silent) || self.is_at_tip() != Some(true) {
            return false;
        }
        here || self.any_counts(&record.life.stands) == Some(false)
    }
}

/// Whether the tracker was told that the findings are gone or set aside.
fn is_over(record: &Record) -> bool {
    matches!(record.told, Some(State::Resolved | State::Closed))
}

//! Tickets that this run's scopes reported once and that no finding of this run belongs to.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::decision::Decision;
use super::difference::difference;
use super::ours::{is_accepted, record_of};
use super::resolve::{self, Cause};
use super::slices::{self, Look};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, State};
use crate::model::repository::Place;
use crate::model::slice::{SliceId, holds_nothing};
use crate::model::survey::Group;
use crate::model::ticket::Ticket;

/// For how many days after casefile's last write a record is not trusted that other jobs have a ticket's findings.
const DOUBTFUL_DAYS: i64 = 7;

impl Decision<'_> {
    /// Decides about every open ticket that no group of this run was tracked on.
    pub(super) fn vanish(&mut self) {
        if !self.input.run.writes() {
            return;
        }
        let snapshot = self.snapshot;
        let groups = self.input.survey.groups.iter();
        let groups: HashMap<Fingerprint, &Group> =
            groups.flat_map(|group| own_names(group).map(move |name| (*name, group))).collect();
        let proves = self.proves_on_branch();
        for ticket in snapshot.tickets() {
            let loose = !self.tracked.contains(&ticket.id.id) && self.is_ours(ticket);
            let Some(record) = record_of(ticket, self.input.site).filter(|_| loose) else { continue };
            let group = ticket.all_names().iter().find_map(|name| groups.get(name)).copied();
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
        let looks = self.looks_at(ticket, record, group);
        let same = slices::known(&looks, self.snapshot, ticket, record);
        if looks.is_empty() || same || !self.needs.slices(self.snapshot, ticket) {
            return;
        }
        let difference = difference(self, ticket, &looks);
        if difference.gone.is_empty() {
            return;
        }
        if let Some(stands) = self.stands(ticket, record, &difference.after) {
            resolve::note_gone(self, ticket, record, &difference, stands);
        }
    }

    /// What this run saw of a ticket that no finding belongs to; `group`: the one whose label it carries.
    fn looks_at(&self, ticket: &Ticket, record: &Record, group: Option<&Group>) -> Vec<Look> {
        let has = |id: &SliceId| self.snapshot.digest(ticket, record, id).is_some();
        let mut looks = group.map_or_else(Vec::new, |group| slices::looks(self.input, group, &[]));
        looks.retain(|look| has(&look.slice.id()));
        slices::complete(self.input, &self.proof, has, &mut looks);
        looks
    }

    /// `group`: the one whose label the ticket carries; its findings are set aside, or another ticket's.
    pub(super) fn vanished(&mut self, ticket: &Ticket, record: &Record, group: Option<&Group>) {
        let looks = self.looks_at(ticket, record, group);
        if looks.is_empty() {
            return;
        }
        let same = slices::known(&looks, self.snapshot, ticket, record);
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
        let Some(stands) = self.stands(ticket, record, &difference.after) else { return };
        // what people are told is gone must not lie on the ticket unlisted
        if difference.gone_everywhere() > 0 && !self.has_read_all(ticket) {
            return;
        }
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
        let looks_further = silent || self.may_be_outdated(record, looks);
        if is_over(record) || !nothing || (here && !looks_further) || self.is_at_tip() != Some(true) {
            return false;
        }
        here || self.any_counts(&record.life.stands) == Some(false)
    }

    /// Whether a record may say that others have a ticket's findings here although they have not any more: jobs that
    /// lost them at one time each have written what they read of the others. That shows in what it says of this run's
    /// own slices, unless this run was the last to write; then the days after a write are long enough to look.
    fn may_be_outdated(&self, record: &Record, looks: &[Look]) -> bool {
        let listed = |look: &Look| record.slices.get(&look.slice.id());
        let wrong = looks.iter().any(|look| listed(look).is_none_or(|digest| !holds_nothing(digest)));
        let lately = |touched: Date| {
            touched.checked_add(DOUBTFUL_DAYS.days()).is_ok_and(|until| self.input.run.today() <= until)
        };
        wrong || record.life.touched.is_some_and(lately)
    }
}

/// The names that lead to a group's own ticket alone.
fn own_names(group: &Group) -> impl Iterator<Item = &Fingerprint> {
    group.names.iter().filter(|name| !group.loose.contains(name))
}

/// Whether the tracker was told that the findings are gone or set aside.
fn is_over(record: &Record) -> bool {
    matches!(record.told, Some(State::Resolved | State::Closed))
}

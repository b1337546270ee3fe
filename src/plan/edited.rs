//! Linked findings whose line was edited, or whose file was moved: they are the same findings, so they stay on the
//! ticket that a person linked them to. Where a group's name changes so, [`adopt`](super::adopt) sees to it.

use std::collections::BTreeSet;

use super::decision::Decision;
use super::holdings::Holding;
use super::link::has_room;
use super::ours::record_of;
use super::pair::{Fresh, pair};
use super::slices;
use crate::model::record::{Mode, Record};
use crate::model::slice::{Entry, Slice};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;

impl<'a> Decision<'a> {
    /// Notes which findings are linked ones that were edited or moved.
    pub(super) fn follow_edited(&mut self) {
        let (input, snapshot) = (self.input, self.snapshot);
        if !input.run.writes() || self.proof.scopes().next().is_none() {
            return;
        }
        for ticket in snapshot.tickets().filter(|ticket| ticket.is_open()) {
            let record = record_of(ticket, input.site).filter(|record| {
                let nameless = record.mode == Mode::File && ticket.names().next().is_none();
                !record.linked.is_empty() && has_room(record) && (record.mode == Mode::Type || nameless)
            });
            if let Some(record) = record.filter(|_| self.is_ours(ticket)) {
                self.follow_on(ticket, record);
            }
        }
    }

    fn follow_on(&mut self, ticket: &'a Ticket, record: &Record) {
        let (input, snapshot) = (self.input, self.snapshot);
        let rules: BTreeSet<u32> = record.rules.iter().map(|rule| input.survey.rule_now(*rule)).collect();
        let mut fresh: Vec<Fresh> = Vec::new();
        let mut near: Vec<&Ticket> = Vec::new();
        let groups = input.survey.groups.iter().filter(|group| record.route == group.route);
        for group in groups.filter(|group| group.kept().any(|one| rules.contains(&one.rule))) {
            let own: Vec<&Ticket> = self.candidates(group).filter(|own| own.is_open()).collect();
            let there = self.unlinked(group);
            let is_own = own.iter().any(|own| own.id == ticket.id);
            if is_own || !there.iter().any(|one| rules.contains(&one.rule)) {
                continue;
            }
            let looks = slices::looks(input, group, &there);
            let known = |own: &&Ticket| {
                let record = record_of(own, input.site);
                record.is_some_and(|record| slices::known(&looks, snapshot, own, record))
            };
            if own.iter().any(known) {
                continue;
            }
            fresh.extend(looks.into_iter().flat_map(|look| look.fresh));
            near.extend(own);
        }
        if fresh.is_empty() {
            return;
        }
        let mut all_read = self.needs.slices(snapshot, ticket);
        for own in &near {
            all_read &= self.needs.slices(snapshot, own);
        }
        if !all_read {
            return;
        }
        // what a group's own ticket has is that ticket's first
        let mut old: Vec<(bool, Entry)> =
            near.iter().flat_map(|own| self.here(own)).map(|(_, entry)| (false, entry)).collect();
        let left = self.here(ticket).filter(|(slice, entry)| {
            record.linked.contains(&entry.fingerprint)
                && self.proof.seen(&slice.scope, entry.fingerprint).is_none()
        });
        old.extend(left.map(|(_, entry)| (true, entry)));
        // several branches have it, and several scans see it
        let mut seen = BTreeSet::new();
        old.retain(|(_, entry)| seen.insert(entry.fingerprint));
        seen.clear();
        fresh.retain(|one| seen.insert(one.entry.fingerprint));
        let entries: Vec<Entry> = old.iter().map(|(_, entry)| *entry).collect();
        for (one, pair) in fresh.iter().zip(pair(input.survey, &entries, &fresh)) {
            if pair.is_some_and(|at| old[at].0) {
                self.holdings.follow(record.route.as_ref(), &one.sighting, ticket);
            }
        }
    }

    /// The findings of a group that nobody linked to a ticket.
    fn unlinked(&self, group: &Group) -> Vec<Sighting> {
        let linked = |one: &&Sighting| matches!(self.holdings.holding(group, one), Some(Holding::Linked(_)));
        group.kept().filter(|one| !linked(one)).copied().collect()
    }

    /// What scopes that ran and were read whole have on a ticket.
    fn here(&self, ticket: &Ticket) -> impl Iterator<Item = (&'a Slice, Entry)> {
        let slices = self.snapshot.slices_of(ticket.id.id).map(|(_, slice)| slice);
        let ran = slices.filter(|slice| self.proof.scopes().any(|scope| *scope == slice.scope));
        ran.flat_map(|slice| slice.kept.0.iter().map(move |entry| (slice, *entry)))
    }
}

//! Linked findings whose line was edited, or whose file was moved: they are the same findings, so they stay on the
//! ticket that a person linked them to. If a group's name changes as a result,
//! [`carry_over`](crate::plan::matching::carry_over) handles it.

use std::collections::BTreeSet;

use crate::model::record::{Mode, Record};
use crate::model::slice::{Entry, Slice};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::plan::observed::observation;
use crate::plan::observed::rematch::{Candidate, rematch};
use crate::plan::planner::Planner;
use crate::plan::tickets::assignments::Assignment;
use crate::plan::tickets::linked::has_room;
use crate::plan::tickets::ownership::record_of;

/// Notes which findings are linked ones that were edited or moved.
pub(crate) fn match_edited<'a>(decision: &mut Planner<'a>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    if !input.run.writes() || decision.proof.scopes().next().is_none() {
        return;
    }
    for ticket in snapshot.tickets().filter(|ticket| ticket.is_open()) {
        let record = record_of(ticket, input.site).filter(|record| {
            let nameless = record.mode == Mode::File && ticket.names().next().is_none();
            !record.linked.is_empty() && has_room(record) && (record.mode == Mode::Type || nameless)
        });
        if let Some(record) = record.filter(|_| decision.is_ours(ticket)) {
            match_edited_on(decision, ticket, record);
        }
    }
}

fn match_edited_on<'a>(decision: &mut Planner<'a>, ticket: &'a Ticket, record: &Record) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let rules: BTreeSet<u32> = record.rules.iter().map(|rule| input.survey.rule_now(*rule)).collect();
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut near: Vec<&Ticket> = Vec::new();
    let groups = input.survey.groups.iter().filter(|group| record.route == group.route);
    for group in groups.filter(|group| group.kept().any(|one| rules.contains(&one.rule))) {
        let own: Vec<&Ticket> = decision.candidates(group).filter(|own| own.is_open()).collect();
        let there = unlinked(decision, group);
        let is_own = own.iter().any(|own| own.id == ticket.id);
        if is_own || !there.iter().any(|one| rules.contains(&one.rule)) {
            continue;
        }
        let observations = observation::observe(input, group, &there);
        let known = |own: &&Ticket| {
            let record = record_of(own, input.site);
            record.is_some_and(|record| observation::known(&observations, snapshot, own, record))
        };
        if own.iter().any(known) {
            continue;
        }
        candidates.extend(observations.into_iter().flat_map(|observation| observation.candidates));
        near.extend(own);
    }
    if candidates.is_empty() {
        return;
    }
    let mut all_read = decision.needs.slices(snapshot, ticket);
    for own in &near {
        all_read &= decision.needs.slices(snapshot, own);
    }
    if !all_read {
        return;
    }
    // what the group's own ticket has belongs to that ticket first
    let mut old: Vec<(bool, Entry)> = near
        .iter()
        .flat_map(|own| entries_of_complete_scopes(decision, own))
        .map(|(_, entry)| (false, entry))
        .collect();
    let left = entries_of_complete_scopes(decision, ticket).filter(|(slice, entry)| {
        record.linked.contains(&entry.fingerprint)
            && decision.proof.seen(&slice.scope, entry.fingerprint).is_none()
    });
    old.extend(left.map(|(_, entry)| (true, entry)));
    // several branches may have it, and several scans may see it
    let mut seen = BTreeSet::new();
    old.retain(|(_, entry)| seen.insert(entry.fingerprint));
    seen.clear();
    candidates.retain(|one| seen.insert(one.entry.fingerprint));
    let entries: Vec<Entry> = old.iter().map(|(_, entry)| *entry).collect();
    for (one, matched) in candidates.iter().zip(rematch(input.survey, &entries, &candidates)) {
        if matched.is_some_and(|at| old[at].0) {
            decision.assignments.follow(record.route.as_ref(), &one.sighting, ticket);
        }
    }
}

/// The findings of a group that nobody linked to a ticket.
fn unlinked<'a>(decision: &Planner<'a>, group: &Group) -> Vec<Sighting> {
    let linked =
        |one: &&Sighting| matches!(decision.assignments.of_finding(group, one), Some(Assignment::Linked(_)));
    group.kept().filter(|one| !linked(one)).copied().collect()
}

/// What scopes that ran and were read whole have on a ticket.
fn entries_of_complete_scopes<'a>(
    decision: &Planner<'a>,
    ticket: &Ticket,
) -> impl Iterator<Item = (&'a Slice, Entry)> {
    let slices = decision.snapshot.slices_of(ticket.id.id).map(|(_, slice)| slice);
    let ran = slices.filter(|slice| decision.proof.scopes().any(|scope| *scope == slice.scope));
    ran.flat_map(|slice| slice.kept.0.iter().map(move |entry| (slice, *entry)))
}

//! What is written to tickets: the record as the next edit has it, and the steps of an edit.

mod names;
mod news;
mod track;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use self::track::track;
use super::decision::Decision;
use super::ours::record_of;
use super::{Input, Step, draft, gone, states};
use crate::config::Config;
use crate::model::record::{Pending, Record, State};
use crate::model::repository::Place;
use crate::model::slice::{Slice, SliceId, holds_nothing};
use crate::model::survey::Group;
use crate::model::ticket::Ticket;
use crate::model::write::{Edit, Ref};

/// The steps of an edit: what is owed to the ticket comes first, and a move to the status of a state
/// last, because a done ticket may be closed to edits. What is owed stands in the record until it is done.
pub(super) fn steps(config: &Config, mut edit: Edit, mut next: Record, go: Option<State>) -> Vec<Step> {
    let mut steps: Vec<Step> = next.pending.iter().filter_map(owed_step).collect();
    let go = go.and_then(|state| Some((state, states::go(config, state)?)));
    next.pending = go.iter().map(|(state, _)| Pending::Go(*state)).collect();
    let mut settled = next.clone();
    edit.record = Some(next);
    steps.push(Step::Edit(Box::new(edit)));
    if let Some((_, go)) = go {
        settled.pending.clear();
        settled.revision += 1;
        let edit = Edit { record: Some(settled), ..Edit::default() };
        steps.push(Step::Try(go, Box::new(edit)));
    }
    steps
}

/// A step that was left over when the ticket was made or last edited.
fn owed_step(pending: &Pending) -> Option<Step> {
    match pending {
        Pending::Link(kind, to) => Some(Step::Link(*kind, Ref::Known(to.clone()))),
        // a move has its own step, if it is still wanted
        Pending::Go(_) | Pending::Attach(_) | Pending::Remote { .. } => None,
    }
}

/// The ticket's record as its next edit writes it, begun anew where it was lost.
pub(super) fn next_record(decision: &Decision<'_>, group: &Group, ticket: &Ticket) -> Record {
    let input = decision.input;
    let mut record = match record_of(ticket, input.site) {
        Some(record) => next_of(input, ticket, record),
        None => {
            let first = draft::first_record(input, decision.snapshot, group);
            // it was made before, and by whom is known
            let creator = ticket.creator.as_ref().map(|creator| creator.id.clone());
            next_of(input, ticket, &Record { creator, ..first })
        }
    };
    cover(&mut record, group);
    record
}

/// Notes in a record of what sort a group is.
fn cover(record: &mut Record, group: &Group) {
    record.rules = draft::rules(group.kept().map(|one| one.rule).chain(record.rules.iter().copied()));
    record.life.kinds.extend(&group.kinds);
}

/// The record as the next edit writes it, whatever that is about.
pub(super) fn next_of(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Record {
    let mut record = record.clone();
    record.follow(&ticket.id);
    record.repository = input.run.repository.to_string();
    record.life.touched = Some(input.run.today());
    // each edit tries all of it again
    record.refused.clear();
    record
}

/// Brings the record up to date with slices that are written, and with the others that were `read`.
pub(super) fn add_life<'s>(
    input: &Input<'_>,
    next: &mut Record,
    written: &[Slice],
    read: impl Iterator<Item = (&'s SliceId, &'s Slice)>,
) {
    next.slices.extend(written.iter().map(|slice| (slice.id(), slice.digest())));
    let listing: Vec<String> = gone::listed(input, next).collect();
    next.life.listing.extend(listing);
    next.life.touched = Some(input.run.today());
    let mut slices: BTreeMap<SliceId, &Slice> = read.map(|(id, slice)| (id.clone(), slice)).collect();
    // what another job's write took from the list is there again
    let known = slices.iter().filter(|(id, _)| !written.iter().any(|slice| slice.id() == **id));
    next.slices.extend(known.map(|(id, slice)| (id.clone(), slice.digest())));
    slices.extend(written.iter().map(|slice| (slice.id(), slice)));
    let standing = slices.values().filter(|slice| !slice.kept.0.is_empty());
    let stands: BTreeSet<Place> = standing.map(|slice| slice.place.clone()).collect();
    let all = next.slices.iter().all(|(id, digest)| slices.contains_key(id) || holds_nothing(digest));
    if all {
        next.life.stands.clear();
    }
    next.life.stands.extend(stands);
}

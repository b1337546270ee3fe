//! The record that the next edit of a ticket writes.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::record::{FiledFrom, Life, Record, State, VERSION, WrittenValues};
use crate::model::repository::Place;
use crate::model::slice::{Slice, SliceId};
use crate::model::survey::Group;
use crate::model::ticket::Ticket;
use crate::plan::observed::proof::listed;
use crate::plan::tickets::ownership::record_of;
use crate::plan::types::input::Input;
use crate::plan::types::snapshot::Snapshot;

/// The record of a ticket that casefile has not written to yet.
pub(crate) fn first_record(input: &Input<'_>, snapshot: &Snapshot, group: &Group) -> Record {
    let run = input.run;
    Record {
        version: VERSION,
        revision: 1,
        repository: run.repository.to_string(),
        site: input.site.to_owned(),
        ticket: None,
        creator: snapshot.account.as_ref().map(|account| account.id.clone()),
        relabelled: None,
        names: group.names.clone(),
        mode: group.mode,
        rules: rules(group.kept().map(|one| one.rule)),
        route: group.route.clone(),
        origin: FiledFrom {
            branch: run.branch.clone(),
            commit: run.commit.clone(),
            pull_request: run.pull_request,
            run: run.url.clone(),
        },
        first_seen: run.today(),
        severity: group.severity,
        last_written: WrittenValues::default(),
        last_reported: Some(State::Open),
        pending: Vec::new(),
        linked: Vec::new(),
        slices: BTreeMap::new(),
        recurred: None,
        resolved: Vec::new(),
        remediation: Vec::new(),
        duplicates: Vec::new(),
        sites: Vec::new(),
        refused: BTreeSet::new(),
        successor: None,
        life: Life::default(),
        later: serde_json::Map::new(),
    }
}

/// The rules that a record names: at most 8, each once.
pub(crate) fn rules(all: impl Iterator<Item = u32>) -> Vec<u32> {
    let distinct: BTreeSet<u32> = all.collect();
    distinct.into_iter().take(8).collect()
}

/// The ticket's record as its next edit writes it, started afresh if it was lost.
pub(crate) fn next_record(input: &Input<'_>, snapshot: &Snapshot, group: &Group, ticket: &Ticket) -> Record {
    let mut record = match record_of(ticket, input.site) {
        Some(record) => next_of(input, ticket, record),
        None => {
            let first = first_record(input, snapshot, group);
            // the ticket was created before, and it is known by whom
            let creator = ticket.creator.as_ref().map(|creator| creator.id.clone());
            next_of(input, ticket, &Record { creator, ..first })
        }
    };
    cover(&mut record, group);
    record
}

/// Notes in a record what kind of group it is about.
pub(crate) fn cover(record: &mut Record, group: &Group) {
    record.rules = rules(group.kept().map(|one| one.rule).chain(record.rules.iter().copied()));
    record.life.kinds.extend(&group.kinds);
}

/// The record as the next edit writes it, whatever the edit is about.
pub(crate) fn next_of(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Record {
    let mut record = record.clone();
    record.follow(&ticket.id);
    record.repository = input.run.repository.to_string();
    record.life.touched = Some(input.run.today());
    // each edit tries all of it again
    record.refused.clear();
    record
}

/// Brings the record up to date with slices that are written, and with the others that were `read`.
pub(crate) fn add_life<'s>(
    input: &Input<'_>,
    next: &mut Record,
    written: &[Slice],
    read: impl Iterator<Item = (&'s SliceId, &'s Slice)>,
) {
    next.slices.extend(written.iter().map(|slice| (slice.id(), slice.digest())));
    let listing: Vec<String> = listed(input, next).collect();
    next.life.listing.extend(listing);
    next.life.reported_by(written.iter().map(|slice| &*slice.scope.scanner));
    next.life.touched = Some(input.run.today());
    let mut slices: BTreeMap<SliceId, &Slice> = read.map(|(id, slice)| (id.clone(), slice)).collect();
    // what another job's write removed from the list is restored
    let known = slices.iter().filter(|(id, _)| !written.iter().any(|slice| slice.id() == **id));
    next.slices.extend(known.map(|(id, slice)| (id.clone(), slice.digest())));
    slices.extend(written.iter().map(|slice| (slice.id(), slice)));
    let standing = slices.values().filter(|slice| !slice.kept.0.is_empty());
    let stands: BTreeSet<Place> = standing.map(|slice| slice.place.clone()).collect();
    let all = next.slices.iter().all(|(id, digest)| slices.contains_key(id) || digest.is_empty());
    if all {
        next.life.stands.clear();
    }
    next.life.stands.extend(stands);
}

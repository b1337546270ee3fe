//! What this run saw of a group, as its slices would keep it; and what that means for a ticket.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use super::pair::{Fresh, pair};
use super::snapshot::Snapshot;
use crate::model::finding::Advisory;
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::record::{Record, VERSION};
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::severity::Severity;
use crate::model::slice::{Entries, Entry, Slice, SliceId, same_findings};
use crate::model::survey::{Common, Group, Sighting};
use crate::model::ticket::Ticket;

/// What one scope of this run saw of a group.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub(super) slice: Slice,
    /// One an entry of the slice's findings that are there.
    pub(super) fresh: Vec<Fresh>,
}

/// What each scope of this run saw of a group: the given findings as there, and the group's own
/// that are set aside.
pub(super) fn looks(input: &Input<'_>, group: &Group, there: &[Sighting]) -> Vec<Look> {
    let mut scopes: BTreeMap<&Scope, (Vec<Sighting>, Vec<Sighting>)> = BTreeMap::new();
    let scope = |sighting: &Sighting| input.survey.scans.get(sighting.scan as usize).map(|seen| &seen.scope);
    for sighting in there {
        if let Some(scope) = scope(sighting) {
            scopes.entry(scope).or_default().0.push(*sighting);
        }
    }
    for sighting in group.sightings.iter().filter(|sighting| sighting.aside.is_some()) {
        if let Some(scope) = scope(sighting) {
            scopes.entry(scope).or_default().1.push(*sighting);
        }
    }
    let facts = facts(group);
    let look = |(scope, (there, aside)): (&Scope, (Vec<Sighting>, Vec<Sighting>))| {
        let severity = there.iter().map(|sighting| sighting.severity).max();
        let fresh = freshen(input, there);
        let mut slice = Slice {
            version: VERSION,
            scope: scope.clone(),
            place: input.run.place.clone(),
            commit: input.run.commit.clone(),
            severity,
            facts,
            kept: Entries(fresh.iter().map(|one| one.entry).collect()),
            aside: Entries(freshen(input, aside).iter().map(|one| one.entry).collect()),
            truncated: false,
        };
        slice.fit();
        Look { slice, fresh }
    };
    scopes.into_iter().map(look).collect()
}

/// The findings in the order in which a record keeps them, each once.
fn freshen(input: &Input<'_>, sightings: Vec<Sighting>) -> Vec<Fresh> {
    let mut seen = BTreeSet::new();
    let entry = |sighting: &Sighting| Entry {
        fingerprint: sighting.id(),
        rule: sighting.rule,
        path: Recipe::new("path").value(input.survey.path(sighting)).finish().short(),
        text: sighting.text,
    };
    let each = sightings.into_iter().filter(|sighting| seen.insert(sighting.id()));
    let mut fresh: Vec<_> = each.map(|sighting| Fresh { entry: entry(&sighting), sighting }).collect();
    fresh.sort_by_key(|one| (one.entry.rule, one.entry.path, one.sighting.line));
    fresh
}

/// What people would want to be told of when it changes: not EPSS, which changes daily.
pub(super) fn facts(group: &Group) -> u32 {
    let Common::Advisory(advisory) = &group.common else { return 0 };
    let Advisory { id, aliases, cvss, exploited, .. } = advisory.as_ref();
    let mut names: Vec<&String> = aliases.iter().chain([id]).collect();
    names.sort();
    let recipe = names.into_iter().fold(Recipe::new("facts"), |recipe, name| recipe.value(name));
    let score = cvss.as_ref().map_or(0, |cvss| (cvss.score * 10.0) as u64);
    let mut fixed: Vec<_> =
        group.exemplars.iter().filter_map(|one| one.package.as_ref()).flat_map(|one| &one.fixed).collect();
    fixed.sort();
    fixed.dedup();
    let recipe = fixed.into_iter().fold(recipe, |recipe, version| recipe.value(version));
    recipe.number(score).number(u64::from(*exploited)).finish().short()
}

/// Whether the record's digests say that a ticket knows all this already.
pub(super) fn known(looks: &[Look], record: &Record, place: &Place) -> bool {
    looks.iter().all(|look| {
        let digest = look.slice.digest();
        match place {
            Place::Branch(_) => record.slices.get(&look.slice.id()) == Some(&digest),
            Place::PullRequest(_) => record.slices.values().any(|known| same_findings(known, &digest)),
        }
    })
}

/// The findings that the record says only this pull request has: its own slice is all that was seen.
pub(super) fn alone(looks: &[Look], record: &Record) -> BTreeSet<Fingerprint> {
    let recorded = |look: &&Look| {
        let known = record.slices.get(&look.slice.id());
        known.is_some_and(|known| same_findings(known, &look.slice.digest()))
    };
    looks.iter().filter(recorded).flat_map(|look| &look.fresh).map(|one| one.entry.fingerprint).collect()
}

/// What a run's looks mean for a ticket whose slices were read.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Findings that no slice of the ticket holds.
    pub(super) added: BTreeSet<Fingerprint>,
    /// Findings of a pull request that no slice of a branch holds.
    pub(super) alone: BTreeSet<Fingerprint>,
    /// Slices as they should become, where they are not so yet.
    pub(super) changed: Vec<Slice>,
    /// The worst severity over all slices as they should become.
    pub(super) severity: Option<Severity>,
    /// Whether what a scope knows of the advisory is other than it was.
    pub(super) facts: bool,
    /// Findings that only other slices hold, by their place.
    pub(super) elsewhere: BTreeMap<Place, usize>,
}

/// Compares what this run saw with what the ticket's slices hold.
///
/// A finding that this run lacks stays in its slice: that it is gone takes more proof than absence.
pub(super) fn difference(snapshot: &Snapshot, ticket: &Ticket, looks: &[Look]) -> Difference {
    let slices: BTreeMap<&SliceId, &Slice> = snapshot.slices_of(ticket.id.id).collect();
    let mut seen = BTreeSet::new();
    let every = slices.values().flat_map(|slice| &slice.kept.0);
    let old: Vec<Entry> = every.filter(|entry| seen.insert(entry.fingerprint)).copied().collect();
    let on_branch: BTreeSet<Fingerprint> = slices
        .values()
        .filter(|slice| matches!(slice.place, Place::Branch(_)))
        .flat_map(|slice| slice.kept.0.iter().map(|entry| entry.fingerprint))
        .collect();

    let mut difference = Difference::default();
    let mut here = BTreeSet::new();
    for look in looks {
        let pairs = pair(&old, &look.fresh);
        let matched: BTreeSet<Fingerprint> = pairs.iter().flatten().map(|&at| old[at].fingerprint).collect();
        here.extend(matched.iter().copied());
        for (one, pair) in look.fresh.iter().zip(&pairs) {
            here.insert(one.entry.fingerprint);
            if pair.is_none() {
                difference.added.insert(one.entry.fingerprint);
            }
        }
        let before = slices.get(&look.slice.id());
        let mut slice = look.slice.clone();
        if matches!(slice.place, Place::PullRequest(_)) {
            // What its base has as well is recorded there.
            let own = |at: &Option<usize>| at.is_none_or(|at| !on_branch.contains(&old[at].fingerprint));
            let own = look.fresh.iter().zip(&pairs).filter(|(_, pair)| own(pair));
            slice.kept = Entries(own.map(|(one, _)| one.entry).collect());
            difference.alone.extend(slice.kept.0.iter().map(|entry| entry.fingerprint));
        }
        if let Some(before) = before {
            let fresh: BTreeSet<_> = slice.kept.0.iter().map(|entry| entry.fingerprint).collect();
            let stays =
                |entry: &&Entry| !matched.contains(&entry.fingerprint) && !fresh.contains(&entry.fingerprint);
            let stay: Vec<Entry> = before.kept.0.iter().filter(stays).copied().collect();
            if !stay.is_empty() {
                slice.severity = slice.severity.max(before.severity);
            }
            slice.kept.0.extend(stay);
            slice.kept.0.sort_by_key(|entry| (entry.rule, entry.path));
            difference.facts |= before.facts != slice.facts;
        }
        slice.fit();
        difference.severity = difference.severity.max(slice.severity);
        let empty = slice.kept.0.is_empty() && slice.aside.0.is_empty() && before.is_none();
        if !empty && before.is_none_or(|before| before.digest() != slice.digest()) {
            difference.changed.push(slice);
        }
    }
    let ours: BTreeSet<SliceId> = looks.iter().map(|look| look.slice.id()).collect();
    for slice in slices.iter().filter(|(id, _)| !ours.contains(id)).map(|(_, slice)| slice) {
        difference.severity = difference.severity.max(slice.severity);
        let others = slice.kept.0.iter().filter(|entry| !here.contains(&entry.fingerprint)).count();
        if others > 0 {
            *difference.elsewhere.entry(slice.place.clone()).or_default() += others;
        }
    }
    difference
}

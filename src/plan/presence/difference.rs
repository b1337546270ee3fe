//! What this run saw, compared with the slices of a ticket: what is new there, and what is gone from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Content, Record};
use crate::model::repository::Place;
use crate::model::severity::Severity;
use crate::model::slice::{Entries, Entry, Slice, SliceId};
use crate::model::ticket::Ticket;
use crate::plan::observed::disposition::Disposition;
use crate::plan::observed::observation::Observation;
use crate::plan::observed::rematch::rematch_within;
use crate::plan::planner::Planner;
use crate::plan::presence::gone::dispositions;
use crate::plan::tickets::ownership::record_of;

/// What a run's observations mean for a ticket whose slices were read.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// Findings that no slice of the ticket holds.
    pub(crate) added: BTreeSet<Fingerprint>,
    /// Findings that are proven gone from this place.
    pub(crate) gone: BTreeSet<Fingerprint>,
    /// Findings that are skipped at this place.
    pub(crate) skipped: BTreeSet<Fingerprint>,
    /// Slices as they should become, where they are not yet like that.
    pub(crate) changed: Vec<Slice>,
    /// All slices as they should become.
    pub(crate) after: BTreeMap<SliceId, Slice>,
    /// The worst severity over all slices as they should become.
    pub(crate) severity: Option<Severity>,
    /// Whether what a scope knows about the advisory has changed.
    pub(crate) facts: bool,
    /// Findings that only other slices hold, by their place.
    pub(crate) elsewhere: BTreeMap<Place, usize>,
    /// Other branches that have findings of this run too, as their own scans saw, with how many; `None`: all.
    pub(crate) branches: BTreeMap<String, Option<usize>>,
    /// Whether a branch has what only a pull request had before: a text that names the pull request's branch is out of
    /// date.
    pub(crate) arrived: bool,
}

impl Difference {
    /// Whether findings left this place.
    pub(crate) fn loses(&self) -> bool {
        !self.gone.is_empty() || !self.skipped.is_empty()
    }

    /// Findings that are gone from here, and that no other slice holds either.
    pub(crate) fn gone_everywhere(&self) -> usize {
        let held: BTreeSet<Fingerprint> =
            self.after.values().flat_map(|slice| &slice.kept.0).map(|entry| entry.fingerprint).collect();
        self.gone.difference(&held).count()
    }
}

/// Compares what this run saw with what the ticket's slices hold. A finding that this run does not have stays in its
/// slice unless it is proven gone.
pub(crate) fn difference(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    observations: &[Observation],
) -> Difference {
    let slices: BTreeMap<&SliceId, &Slice> = decision.snapshot.slices_of(ticket.id.id).collect();
    let record = record_of(ticket, decision.input.site);
    let kinds = record.map(|record| record.life.kinds.clone()).unwrap_or_default();
    let moved = moved(decision, ticket, record.and_then(|record| record.route.as_ref()));
    let mut seen = BTreeSet::new();
    let every = slices.values().flat_map(|slice| &slice.kept.0);
    let every = every.filter(|entry| !moved.contains(&entry.fingerprint));
    let old: Vec<Entry> = every.filter(|entry| seen.insert(entry.fingerprint)).copied().collect();
    let on_branch: BTreeSet<Fingerprint> = slices
        .values()
        .filter(|slice| matches!(slice.place, Place::Branch(_)))
        .flat_map(|slice| slice.kept.0.iter().map(|entry| entry.fingerprint))
        .collect();

    let mut difference = Difference {
        after: slices.iter().map(|(id, slice)| ((*id).clone(), without(slice, &moved))).collect(),
        ..Difference::default()
    };
    let content = record.map_or(Content::Findings, Record::content);
    let (mut here, mut found) = (BTreeSet::new(), BTreeSet::new());
    for observation in observations {
        let matches = rematch_within(decision.input.survey, &old, &observation.candidates, content);
        let matched: BTreeSet<Fingerprint> =
            matches.iter().flatten().map(|&at| old[at].fingerprint).collect();
        here.extend(matched.iter().copied());
        let is_branch = matches!(observation.slice.place, Place::Branch(_));
        let arrives = is_branch && !matched.is_subset(&on_branch);
        for (one, matched) in observation.candidates.iter().zip(&matches) {
            here.insert(one.entry.fingerprint);
            found.insert(matched.map_or(one.entry.fingerprint, |at| old[at].fingerprint));
            if matched.is_none() {
                difference.added.insert(one.entry.fingerprint);
            }
        }
        let id = observation.slice.id();
        let before = slices.get(&id).copied();
        let mut slice = observation.slice.clone();
        if matches!(slice.place, Place::PullRequest(_)) {
            // What its base has as well is recorded there.
            let own = |at: &Option<usize>| at.is_none_or(|at| !on_branch.contains(&old[at].fingerprint));
            let own = observation.candidates.iter().zip(&matches).filter(|(_, matched)| own(matched));
            slice.kept = Entries(own.map(|(one, _)| one.entry).collect());
        }
        if let Some(before) = before {
            let candidates: BTreeSet<_> = slice.kept.0.iter().map(|entry| entry.fingerprint).collect();
            let known =
                |id: &Fingerprint| matched.contains(id) || candidates.contains(id) || moved.contains(id);
            let left = |entry: &&Entry| !known(&entry.fingerprint);
            let left: Vec<Entry> = before.kept.0.iter().filter(left).copied().collect();
            let dispositions = dispositions(decision, observation, before, &left, &kinds, ticket);
            let mut stay = Vec::new();
            for (entry, disposition) in left.into_iter().zip(dispositions) {
                match disposition {
                    Disposition::Stays => stay.push(entry),
                    Disposition::Gone => drop(difference.gone.insert(entry.fingerprint)),
                    Disposition::Skipped => drop(difference.skipped.insert(entry.fingerprint)),
                }
            }
            difference.facts |= !observation.candidates.is_empty() && before.facts != slice.facts;
            keep(&mut slice, before, stay);
        }
        slice.fit();
        let empty = slice.kept.0.is_empty() && slice.skipped.0.is_empty() && before.is_none();
        if !empty && before.is_none_or(|before| before.digest() != slice.digest()) {
            // a slice that has no room for it stays as it is
            difference.arrived |= arrives;
            difference.changed.push(slice.clone());
        }
        if !empty {
            difference.after.insert(id, slice);
        }
    }
    difference.severity = difference.after.values().filter_map(|slice| slice.severity).max();
    let mut shared: BTreeMap<&String, BTreeSet<Fingerprint>> = BTreeMap::new();
    let ours: BTreeSet<SliceId> = observations.iter().map(|observation| observation.slice.id()).collect();
    for (_, slice) in slices.iter().filter(|(id, _)| !ours.contains(id)) {
        let other =
            |entry: &&Entry| !here.contains(&entry.fingerprint) && !moved.contains(&entry.fingerprint);
        let others = slice.kept.0.iter().filter(other).count();
        if others > 0 {
            *difference.elsewhere.entry(slice.place.clone()).or_default() += others;
        }
        if let Place::Branch(branch) = &slice.place
            && *branch != decision.input.run.branch
        {
            let own = slice.kept.0.iter().map(|entry| entry.fingerprint).filter(|one| here.contains(one));
            shared.entry(branch).or_default().extend(own);
        }
    }
    let some = |own: &BTreeSet<Fingerprint>| (own.len() < found.len()).then_some(own.len());
    shared.retain(|_, own| !own.is_empty());
    difference.branches = shared.iter().map(|(branch, own)| ((*branch).clone(), some(own))).collect();
    difference
}

/// Findings in the ticket's slices that a person linked to another ticket: they are removed without a comment.
pub(crate) fn moved(
    decision: &Planner<'_>,
    ticket: &Ticket,
    route: Option<&String>,
) -> BTreeSet<Fingerprint> {
    let every = decision.snapshot.slices_of(ticket.id.id).flat_map(|(_, slice)| &slice.kept.0);
    let every = every.map(|entry| entry.fingerprint);
    every.filter(|finding| decision.assignments.left(route, ticket, *finding)).collect()
}

fn without(slice: &Slice, moved: &BTreeSet<Fingerprint>) -> Slice {
    let mut slice = slice.clone();
    slice.kept.0.retain(|entry| !moved.contains(&entry.fingerprint));
    slice
}

/// Keeps the part of the slice that stays as it was.
fn keep(slice: &mut Slice, before: &Slice, stay: Vec<Entry>) {
    if stay.is_empty() {
        return;
    }
    if slice.kept.0.is_empty() {
        slice.facts = before.facts;
    }
    slice.severity = slice.severity.max(before.severity);
    slice.truncated |= before.truncated;
    slice.kept.0.extend(stay);
    slice.kept.0.sort_by_key(|entry| (entry.rule, entry.path));
}

//! A group with only some of its findings, as one ticket would stand for it.

use std::collections::{BTreeSet, HashMap};

use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};

/// A group with only some of its findings, each once however many scans saw it: from the scan that gives it the highest
/// severity.
pub(crate) fn part(group: &Group, sightings: &[Sighting]) -> Group {
    let mut part = group.clone();
    let chosen: BTreeSet<_> = sightings.iter().map(Sighting::id).collect();
    part.sightings.retain(|one| one.skipped.is_none() && chosen.contains(&one.id()));
    worst_of_each(&mut part.sightings, Sighting::id, |one| one.severity);
    worst_of_each(&mut part.exemplars, |one| one.id, |one| one.severity);
    part.weigh();
    part
}

/// If several scans report one finding, keeps the sighting with the highest severity, the first among equals, in its
/// place in the order.
fn worst_of_each<T>(all: &mut Vec<T>, id: impl Fn(&T) -> Fingerprint, severity: impl Fn(&T) -> Severity) {
    let mut worst: HashMap<Fingerprint, (Severity, usize)> = HashMap::new();
    for (at, one) in all.iter().enumerate() {
        let known = worst.entry(id(one)).or_insert((severity(one), at));
        if severity(one) > known.0 {
            *known = (severity(one), at);
        }
    }
    let mut at = 0..;
    all.retain(|one| worst.get(&id(one)).map(|(_, chosen)| *chosen) == at.next());
}

/// A group of the survey with all its findings.
pub(crate) fn whole(group: &Group) -> (Group, Vec<Sighting>) {
    let sightings: Vec<Sighting> = group.kept().copied().collect();
    (part(group, &sightings), sightings)
}

//! Findings that a person linked to a ticket, as its record names them.

use std::collections::BTreeSet;

use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::survey::Sighting;

/// How many fingerprints of linked findings a record holds: three quarters of what an entity property takes. A
/// finding has one or two.
pub(crate) const LINKED: usize = 1_000;

/// Whether a record has room for one more linked finding.
pub(crate) fn has_room(record: &Record) -> bool {
    record.linked.len() + 2 <= LINKED
}

/// Notes in a ticket's record that these findings are linked to it.
pub(crate) fn note<'s>(record: &mut Record, sightings: impl IntoIterator<Item = &'s Sighting>) {
    let mut seen: BTreeSet<Fingerprint> = record.linked.iter().copied().collect();
    let all = sightings.into_iter().filter(|one| !one.anchors.iter().flatten().any(|id| seen.contains(id)));
    let all: Vec<Fingerprint> = all.flat_map(identities).collect();
    record.linked.extend(all.into_iter().filter(|id| seen.insert(*id)));
    record.linked.truncate(LINKED);
}

/// What a linked finding is recognised by: not its line, unless there is nothing else.
pub(crate) fn identities(sighting: &Sighting) -> Vec<Fingerprint> {
    let [first, second, line] = sighting.anchors;
    if first.or(second).is_some() {
        [first, second].into_iter().flatten().collect()
    } else {
        line.into_iter().collect()
    }
}

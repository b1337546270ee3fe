//! Finishes a group once everything in it is known: its names, its order, its severity.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{alerts, whole};
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::severity::Severity;
use crate::model::survey::{Common, Group, Sighting};

/// How many findings of a group are kept whole, of all that were merged into it.
const MOST_EXEMPLARS: usize = 50;

/// The same for a package, whose upgrade has to fix all its advisories.
const MOST_ADVISORIES: usize = 500;

/// How many names of a group become labels.
pub(super) const NAMES: usize = 8;

/// The anchors that name a group with one finding: not the line, unless there is nothing else.
pub(super) fn names_of(anchors: [Option<Fingerprint>; 3], common: &Common) -> Vec<Fingerprint> {
    let [stable, text, line] = anchors;
    match common {
        Common::Advisory(_) => [stable, text, line].into_iter().flatten().collect(),
        _ if stable.is_none() && text.is_none() => line.into_iter().collect(),
        _ => [stable, text].into_iter().flatten().collect(),
    }
}

/// Puts what was merged from several buckets in order.
pub(super) fn finish(group: &mut Group, paths: &[Arc<str>]) {
    dedup(&mut group.names);
    group.names.truncate(NAMES);
    group.scanners.sort();
    group.scanners.dedup();
    let path = |index: u32| paths.get(index as usize);
    group
        .sightings
        .sort_by(|a, b| (path(a.path), a.line, a.id(), a.scan).cmp(&(path(b.path), b.line, b.id(), b.scan)));
    alerts::show_once(&mut group.exemplars);
    whole::order(&mut group.exemplars);
    if group.mode == Mode::Package {
        group.exemplars.sort_by_key(|one| Reverse(one.severity));
        group.exemplars.truncate(MOST_ADVISORIES);
    } else {
        group.exemplars.truncate(MOST_EXEMPLARS);
    }
    // each is large, and a run may have very many groups
    group.exemplars.shrink_to_fit();
    group.weigh();
}

/// Drops additional names that several groups have (one line's text, flagged twice), because they identify none of
/// them. What a report without versions describes belongs to the group of the version that [`versions::join`] gives it,
/// so that its ticket is found.
pub(super) fn drop_shared_names(groups: &mut BTreeMap<Fingerprint, Group>) {
    let mut uses: HashMap<Fingerprint, usize> = HashMap::new();
    let mut home: HashMap<Fingerprint, (bool, Fingerprint, Fingerprint)> = HashMap::new();
    for (first, group) in groups.iter() {
        for name in &group.names {
            *uses.entry(*name).or_default() += 1;
        }
        let not_affected = |one: &Sighting| one.skipped == Some(ExclusionReason::NotAffected);
        let Some(id) = group.sightings.iter().map(Sighting::id).min() else { continue };
        let own = (group.sightings.iter().all(not_affected), id, *first);
        for name in &group.loose {
            home.entry(*name).and_modify(|known| *known = own.min(*known)).or_insert(own);
        }
    }
    home.retain(|name, _| !groups.contains_key(name));
    for (first, group) in groups.iter_mut() {
        let at_home = |name: &Fingerprint| home.get(name).is_some_and(|(_, _, home)| home == first);
        group.names.retain(|name| name == first || uses[name] == 1 || at_home(name));
        let Group { names, loose, .. } = group;
        loose.retain(|name| names.contains(name));
    }
}

/// Adds the names under the repository's other identities: each name is followed by its counterparts, so that even if
/// not all fit, the group is known under every identity.
pub(super) fn known_as(names: &mut Vec<Fingerprint>, others: &HashMap<Fingerprint, Vec<Fingerprint>>) {
    let known = names.iter().flat_map(|name| {
        let others = others.get(name).map(Vec::as_slice).unwrap_or_default();
        std::iter::once(*name).chain(others.iter().copied())
    });
    *names = known.take(NAMES).collect();
}

pub(super) fn dedup(names: &mut Vec<Fingerprint>) {
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
}

impl Group {
    /// Sets the severity and the exemplars from the findings that are not skipped; called again when more of them are
    /// skipped.
    pub fn weigh(&mut self) {
        let worst = |group: &Group, all: bool| {
            let counted = group.sightings.iter().filter(|one| all || one.skipped.is_none());
            counted.map(|one| one.severity).max()
        };
        self.severity = worst(self, false).or_else(|| worst(self, true)).unwrap_or(Severity::Info);
        let kept: BTreeSet<_> = self.kept().map(Sighting::id).collect();
        self.exemplars.retain(|exemplar| kept.contains(&exemplar.id));
    }
}

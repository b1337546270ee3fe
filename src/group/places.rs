//! Reports that name no manifest, combined with others that do: one finding, whichever comes first.
//!
//! A CycloneDX document may list components without saying which file brings them in. If another report has the same
//! advisory on the same package in a manifest, the finding without a manifest is the same; if there are several
//! manifests, the first by name is used. If either report does not know the version, the other's applies.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::advisory::AliasClass;
use super::bucket::{GroupAccumulator, GroupKey};
use super::identity;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::Sighting;

/// A manifest that brings in a package.
#[derive(Clone, Copy)]
struct Manifest {
    /// Its path, as an index into the gatherer's strings.
    path: u32,
    /// Whether all reports of the package there call it not affected.
    not_affected: bool,
}

/// An advisory with its package, and the package's version, as sightings have them; 0: any version.
type PackageSpot = (u32, u32);

/// Gives each sighting without a manifest one that another report has. `class` returns an advisory's names.
pub(super) fn join(
    buckets: &mut [(GroupKey, Box<GroupAccumulator>)],
    texts: &[Arc<str>],
    justifications: &mut BTreeMap<Fingerprint, String>,
    class: impl Fn(&str) -> AliasClass,
) {
    let Some(nowhere) = texts.iter().position(|text| text.is_empty()) else { return };
    let is_nowhere = |sighting: &Sighting| sighting.path as usize == nowhere;
    let advisories = |buckets: &[(GroupKey, Box<GroupAccumulator>)]| {
        buckets
            .iter()
            .any(|(_, bucket)| !bucket.waiting.is_empty() && bucket.sightings.iter().any(&is_nowhere))
    };
    if !advisories(buckets) {
        return;
    }
    let manifests = manifests(buckets, texts, is_nowhere);
    for (key, bucket) in buckets {
        let GroupKey::Advisory { name, .. } = key else { continue };
        let GroupAccumulator { sightings, waiting, exemplars, .. } = &mut **bucket;
        let mut moved: HashMap<usize, u32> = HashMap::new();
        for (index, (sighting, waiting)) in sightings.iter_mut().zip(waiting.iter()).enumerate() {
            let Some(manifest) =
                Some(&*sighting).filter(|one| is_nowhere(one)).and_then(|one| manifests.of(one))
            else {
                continue;
            };
            let text = |index: u32| texts.get(index as usize).map_or("", |text| text);
            let before = sighting.id();
            sighting.path = manifest.path;
            sighting.anchors =
                identity::advisory_anchors(&class(name), text(waiting.purl), text(manifest.path));
            if sighting.skipped == Some(ExclusionReason::NotAffected) {
                if let Some(why) = justifications.get(&before).cloned() {
                    justifications.entry(sighting.id()).or_insert(why);
                }
            } else if sighting.skipped.is_none() && manifest.not_affected {
                sighting.skipped = Some(ExclusionReason::NotAffected);
            }
            moved.insert(index, manifest.path);
        }
        for (index, exemplar) in exemplars.iter_mut() {
            if let Some(path) = moved.get(index).and_then(|path| texts.get(*path as usize)) {
                exemplar.location.path = path.to_string().into();
            }
        }
    }
}

/// The manifests of all packages for which any report names one.
struct Manifests(HashMap<PackageSpot, Manifest>);

impl Manifests {
    /// The manifest that brings in what a sighting is about.
    fn of(&self, sighting: &Sighting) -> Option<Manifest> {
        let unknown = sighting.text & 0xffff_0000;
        let version = if sighting.text == unknown { 0 } else { sighting.text };
        let spots = [(sighting.rule, version), (sighting.rule, unknown)];
        spots.iter().find_map(|spot| self.0.get(spot)).copied()
    }
}

fn manifests(
    buckets: &[(GroupKey, Box<GroupAccumulator>)],
    texts: &[Arc<str>],
    is_nowhere: impl Fn(&Sighting) -> bool,
) -> Manifests {
    let mut all: HashMap<PackageSpot, Manifest> = HashMap::new();
    for (_, bucket) in buckets.iter().filter(|(key, _)| matches!(key, GroupKey::Advisory { .. })) {
        let alerts: BTreeSet<usize> = bucket.alerts.iter().map(|(index, _)| *index).collect();
        for (index, sighting) in bucket.sightings.iter().enumerate() {
            if is_nowhere(sighting) || alerts.contains(&index) {
                continue;
            }
            let not_affected = sighting.skipped == Some(ExclusionReason::NotAffected);
            let own = Manifest { path: sighting.path, not_affected };
            let name = |manifest: &Manifest| (manifest.not_affected, texts.get(manifest.path as usize));
            for spot in [(sighting.rule, sighting.text), (sighting.rule, 0)] {
                let known = all.entry(spot).or_insert(own);
                // a manifest in which it is harmless gives way to another
                if name(&own) < name(known) {
                    *known = own;
                }
            }
        }
    }
    Manifests(all)
}

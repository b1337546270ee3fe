//! Audits that name no installed version beside scanners that do: one finding, whichever comes first.
//!
//! npm and Composer tell an advisory of a package, and not which version is installed. Where another report has
//! the version that the same manifest brings in, theirs is that finding; of several versions the one whose
//! identity is lowest, whatever the order of the reports. What the audit calls it by itself is a further anchor of
//! each version, so that a ticket that was filed by the audit alone is found when the other report comes. One that
//! another report filed with a version is found by the audit alone as well: there the plan pairs what is left over
//! by package and manifest.
//!
//! They are not one where they name different manifests: then nothing says that it is the same project.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::advisory::AliasClass;
use super::bucket::{GroupAccumulator, GroupKey};
use super::identity;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::Sighting;

/// The versions that reports have of what an audit tells without one: findings by their identities, each with
/// whether all who tell of it call it not affected.
type AuditVersions = BTreeMap<Fingerprint, bool>;

/// Gives each sighting without a version the identity of one that has one. `class` tells an advisory's names.
pub(super) fn join(
    buckets: &mut [(GroupKey, Box<GroupAccumulator>)],
    texts: &[Arc<str>],
    class: impl Fn(&str) -> AliasClass,
) {
    let mut known: HashMap<Fingerprint, AuditVersions> = HashMap::new();
    each(buckets, texts, |_, purl, sighting| {
        if identity::package(purl) == purl {
            known.entry(sighting.id()).or_default();
        }
    });
    if known.is_empty() {
        return;
    }
    each(buckets, texts, |name, purl, sighting| {
        let package = identity::package(purl);
        if package == purl {
            return;
        }
        let path = texts.get(sighting.path as usize).map_or("", |path| path);
        let [unversioned, ..] = identity::advisory_anchors(&class(name), package, path);
        if let Some(versions) = unversioned.and_then(|own| known.get_mut(&own)) {
            let not_affected = versions.entry(sighting.id()).or_insert(true);
            *not_affected &= sighting.skipped == Some(ExclusionReason::NotAffected);
        }
    });
    known.retain(|_, versions| !versions.is_empty());
    each(buckets, texts, |_, purl, sighting| {
        let Some(versions) = known.get(&sighting.id()).filter(|_| identity::package(purl) == purl) else {
            return;
        };
        // what does no harm in one version is told of another
        let affected = versions.iter().find(|(_, not_affected)| !**not_affected);
        let Some((&finding, &not_affected)) = affected.or(versions.first_key_value()) else { return };
        let [own, alias, _] = sighting.anchors;
        sighting.anchors = [Some(finding), own, alias];
        if not_affected && sighting.skipped.is_none() {
            sighting.skipped = Some(ExclusionReason::NotAffected);
        }
    });
}

/// Shows each sighting of an advisory with the name that it has in its report and its package URL. GitHub's
/// alerts are joined by themselves: each stands for all versions.
fn each(
    buckets: &mut [(GroupKey, Box<GroupAccumulator>)],
    texts: &[Arc<str>],
    mut visit: impl FnMut(&str, &str, &mut Sighting),
) {
    for (key, bucket) in buckets {
        let GroupKey::Advisory { name, .. } = key else { continue };
        let alerts: BTreeSet<usize> = bucket.alerts.iter().map(|(index, _)| *index).collect();
        for (index, (sighting, waiting)) in bucket.sightings.iter_mut().zip(&bucket.waiting).enumerate() {
            if !alerts.contains(&index) {
                visit(name, texts.get(waiting.purl as usize).map_or("", |purl| purl), sighting);
            }
        }
    }
}

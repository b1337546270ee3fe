//! Audits that name no installed version, combined with scanners that do: one finding, whichever comes first.
//!
//! npm and Composer report an advisory on a package, but not which version is installed. If another report has the
//! version that the same manifest brings in, the two are the same finding; if there are several versions, the one with
//! the lowest identity is used, whatever the order of the reports. The identity that the audit alone would give it is
//! an additional anchor of each version, so that a ticket that was filed from the audit alone is found when the other
//! report comes. A ticket that another report filed with a version is found from the audit alone, too: in that case,
//! the plan pairs what is left over by package and manifest.
//!
//! They are not the same if they name different manifests: then nothing says that it is the same project.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::advisory::AliasClass;
use super::bucket::{GroupAccumulator, GroupKey};
use super::identity;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::Sighting;

/// The versions that reports have for what an audit reports without one: findings by their identities, each with
/// whether all reports of it call it not affected.
type AuditVersions = BTreeMap<Fingerprint, bool>;

/// Gives each sighting without a version the identity of one that has one. `class` returns an advisory's names.
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
        // a version in which it is harmless gives way to another
        let affected = versions.iter().find(|(_, not_affected)| !**not_affected);
        let Some((&finding, &not_affected)) = affected.or(versions.first_key_value()) else { return };
        let [own, alias, _] = sighting.anchors;
        sighting.anchors = [Some(finding), own, alias];
        if not_affected && sighting.skipped.is_none() {
            sighting.skipped = Some(ExclusionReason::NotAffected);
        }
    });
}

/// Calls back for each sighting of an advisory, with the name that it has in its report and its package URL. GitHub's
/// alerts are joined separately: each stands for all versions.
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

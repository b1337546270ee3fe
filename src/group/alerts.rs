//! GitHub's alerts and the reports that they were created from: one finding, whichever comes first.
//!
//! GitHub keeps neither the fingerprint of the SARIF that was uploaded nor a package's version, so an alert is
//! recognised by rule and place; on its own, it is known by its number.

use std::collections::{BTreeMap, BTreeSet};

use super::bucket::{GroupAccumulator, GroupKey};
use crate::model::alert::{Alert, AlertId, AlertState};
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Exemplar, Sighting};

/// Rule (or advisory and package), path and line.
type AlertSpot = (u32, u32, u32);

/// Findings by their identity, each with its alerts.
type Alerts = BTreeMap<Fingerprint, Vec<Alert<'static>>>;

/// Gives each alert the identity of the finding that a report has in its place, with its own as an additional anchor.
/// What a person dismissed is skipped wherever it came from, with the reason in `justifications`. Returns the alerts by
/// their findings.
pub(super) fn join(
    buckets: &mut [(GroupKey, Box<GroupAccumulator>)],
    justifications: &mut BTreeMap<Fingerprint, String>,
) -> Alerts {
    let pairs = pairs(buckets);
    let mut alerts = Alerts::new();
    let mut dismissed: BTreeSet<Fingerprint> = BTreeSet::new();
    for (key, bucket) in buckets.iter_mut() {
        let is_advisory = is_advisory(key);
        for (index, alert) in std::mem::take(&mut bucket.alerts) {
            let Some(sighting) = bucket.sightings.get_mut(index) else { continue };
            let findings = pairs.get(&(spot(sighting, is_advisory), alert.id)).cloned().unwrap_or_default();
            if let Some(&finding) = findings.first() {
                let [own, alias, line] = sighting.anchors;
                sighting.anchors = [Some(finding), own, if is_advisory { alias } else { line }];
            }
            let findings = if findings.is_empty() { vec![sighting.id()] } else { findings };
            for finding in findings {
                if alert.state == AlertState::Dismissed {
                    dismissed.insert(finding);
                    if !alert.why.is_empty() {
                        justifications.insert(finding, alert.why.to_string());
                    }
                }
                alerts.entry(finding).or_default().push(alert.clone());
            }
        }
    }
    if !dismissed.is_empty() {
        for sighting in buckets.iter_mut().flat_map(|(_, bucket)| &mut bucket.sightings) {
            if sighting.skipped.is_none() && dismissed.contains(&sighting.id()) {
                sighting.skipped = Some(ExclusionReason::Suppressed);
            }
        }
    }
    alerts
}

/// For each alert, the findings that reports have in its place. If there are several on one line, the first belongs to
/// the first alert, and so on; an alert on a package stands for each of its versions there.
fn pairs(buckets: &[(GroupKey, Box<GroupAccumulator>)]) -> BTreeMap<(AlertSpot, AlertId), Vec<Fingerprint>> {
    let mut places: BTreeMap<AlertSpot, (bool, BTreeSet<AlertId>, BTreeSet<Fingerprint>)> = BTreeMap::new();
    for (key, bucket) in buckets {
        let is_advisory = is_advisory(key);
        for (index, alert) in &bucket.alerts {
            let Some(sighting) = bucket.sightings.get(*index) else { continue };
            let place = places.entry(spot(sighting, is_advisory)).or_default();
            place.0 = is_advisory;
            place.1.insert(alert.id);
        }
    }
    if places.is_empty() {
        return BTreeMap::new();
    }
    for (key, bucket) in buckets {
        let is_advisory = is_advisory(key);
        let own: BTreeSet<usize> = bucket.alerts.iter().map(|(index, _)| *index).collect();
        let reported = bucket.sightings.iter().enumerate().filter(|(index, _)| !own.contains(index));
        for (_, sighting) in reported {
            if let Some(place) = places.get_mut(&spot(sighting, is_advisory)) {
                place.2.insert(sighting.id());
            }
        }
    }
    let mut pairs = BTreeMap::new();
    for (spot, (is_advisory, alerts, findings)) in places {
        let findings: Vec<Fingerprint> = findings.into_iter().collect();
        for (index, alert) in alerts.into_iter().enumerate() {
            let own = findings.get(index).or(findings.first());
            let own = if is_advisory { findings.clone() } else { own.copied().into_iter().collect() };
            pairs.insert((spot, alert), own);
        }
    }
    pairs
}

fn is_advisory(key: &GroupKey) -> bool {
    matches!(key, GroupKey::Advisory { .. })
}

/// The line of an advisory is where a manifest names the package, which Dependabot does not say.
fn spot(sighting: &Sighting, is_advisory: bool) -> AlertSpot {
    (sighting.rule, sighting.path, if is_advisory { 0 } else { sighting.line })
}

/// Shows a finding once that both a report and an alert describe: as in the report, with the alert.
pub(super) fn show_once(exemplars: &mut Vec<Exemplar>) {
    if exemplars.iter().all(|one| one.detail.alert.is_none()) {
        return;
    }
    let (alerts, mut reported): (Vec<Exemplar>, Vec<Exemplar>) =
        std::mem::take(exemplars).into_iter().partition(|one| one.detail.alert.is_some());
    for one in &mut reported {
        let Some(recorded) = alerts.iter().find(|recorded| recorded.id == one.id) else { continue };
        one.detail.alert.clone_from(&recorded.detail.alert);
        if let (Some(own), Some(other)) = (&mut one.package, &recorded.package)
            && own.fixed.is_empty()
        {
            own.fixed.clone_from(&other.fixed);
            own.unfixed |= other.unfixed;
            own.outlook = own.outlook.max(other.outlook);
        }
    }
    let shown: BTreeSet<Fingerprint> = reported.iter().map(|one| one.id).collect();
    exemplars.extend(reported);
    exemplars.extend(alerts.into_iter().filter(|recorded| !shown.contains(&recorded.id)));
}

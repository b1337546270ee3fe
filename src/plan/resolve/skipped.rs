//! Why the findings of a closed ticket are skipped, in the words of whoever decided it.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Sighting, Survey};

/// The reasons of these findings, each once, as far as this run saw them.
pub(super) fn reasons(survey: &Survey, config: &Config, findings: &BTreeSet<Fingerprint>) -> Vec<String> {
    let all = survey.groups.iter().flat_map(|group| &group.sightings);
    let skipped = all
        .filter(|one| one.skipped.is_some() && one.anchors.iter().flatten().any(|it| findings.contains(it)));
    let reasons: BTreeSet<String> = skipped.filter_map(|one| reason(survey, config, one)).collect();
    reasons.into_iter().collect()
}

fn reason(survey: &Survey, config: &Config, one: &Sighting) -> Option<String> {
    let entry = usize::from(one.ignored_by).checked_sub(1).and_then(|at| config.ignore.get(at));
    let configured = entry.and_then(|entry| entry.reason.as_deref());
    let justified = survey.justifications.get(&one.id()).map(String::as_str);
    let what = match one.skipped? {
        ExclusionReason::Ignored => "ignored by the configuration",
        ExclusionReason::NotAffected => "not affected",
        ExclusionReason::Suppressed => "suppressed in the report",
        ExclusionReason::Withdrawn => "withdrawn by the publisher of the advisory",
        _ => return None,
    };
    let why = configured.or(justified).filter(|why| !why.trim().is_empty());
    Some(why.map_or_else(|| what.to_owned(), |why| format!("{what}: {why}")))
}

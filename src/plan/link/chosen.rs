//! Which findings `link` and `unlink` refer to.

use std::collections::BTreeSet;

use crate::compose::files::{GroupOccurrence, occurrences};
use crate::config::glob::Glob;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::slice::Entries;
use crate::model::survey::{Common, Group, Sighting};
use crate::plan::types::input::Input;

/// The findings that are meant: those that any of these fields selects.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Findings by identity.
    pub findings: Vec<Fingerprint>,
    /// Groups by any of their names.
    pub groups: Vec<Fingerprint>,
    /// A rule's id or an advisory's name, with `*` for any text.
    pub rule: Option<Glob>,
    /// Only the rule's findings in these files.
    pub path: Option<Glob>,
}

impl Which {
    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.groups.is_empty() && self.rule.is_none() && self.path.is_none()
    }

    fn takes(&self, group: &Group, one: &GroupOccurrence<'_>) -> bool {
        let named = self.findings.iter().any(|id| one.sighting.is(*id))
            || self.groups.iter().any(|name| group.names.contains(name));
        let rule = |rule: &Glob| {
            let advisory = match &group.common {
                Common::Advisory(advisory) => [&advisory.id].into_iter().chain(&advisory.aliases).collect(),
                _ => Vec::new(),
            };
            rule.matches(one.rule_id()) || advisory.into_iter().any(|name| rule.matches(name))
        };
        let there = || self.path.as_ref().is_none_or(|path| path.matches(one.path));
        named || (self.rule.as_ref().is_some_and(rule) && there())
    }
}

/// The findings of one group that are meant.
pub(crate) struct ChosenGroup<'i> {
    pub(crate) group: &'i Group,
    pub(crate) sightings: Vec<&'i Sighting>,
    /// Whether these are all that are not skipped.
    pub(crate) whole: bool,
}

pub(crate) fn chosen<'i>(input: &Input<'i>, which: &Which) -> Result<Vec<ChosenGroup<'i>>, Problem> {
    let survey = input.survey;
    let part = |group: &'i Group| {
        let kept = || occurrences(group, survey).filter(|one| one.sighting.skipped.is_none());
        let sightings: Vec<&Sighting> =
            kept().filter(|one| which.takes(group, one)).map(|one| one.sighting).collect();
        let whole = sightings.len() == kept().count();
        (!sightings.is_empty()).then_some(ChosenGroup { group, sightings, whole })
    };
    let chosen: Vec<ChosenGroup<'_>> = survey.groups.iter().filter_map(part).collect();
    if chosen.is_empty() {
        let message = "no finding in these reports matches, or all that match are skipped";
        return Err(Problem::new("casefile", message)
            .hint("`casefile plan --format json` prints groups and findings with their IDs"));
    }
    Ok(chosen)
}

pub(crate) fn findings(chosen: &[ChosenGroup<'_>]) -> Vec<Fingerprint> {
    let all: BTreeSet<Fingerprint> =
        chosen.iter().flat_map(|part| &part.sightings).map(|one| one.id()).collect();
    all.into_iter().collect()
}

/// Everything that the findings may be known by.
pub(crate) fn anchors(chosen: &[ChosenGroup<'_>]) -> BTreeSet<Fingerprint> {
    chosen.iter().flat_map(|part| &part.sightings).flat_map(|one| one.anchors).flatten().collect()
}

/// The highest severity among these.
pub(crate) fn worst(chosen: &[ChosenGroup<'_>], kept: &Entries) -> Option<Severity> {
    let held: BTreeSet<Fingerprint> = kept.0.iter().map(|entry| entry.fingerprint).collect();
    let sightings = chosen.iter().flat_map(|part| &part.sightings);
    sightings
        .filter(|one| one.anchors.iter().flatten().any(|anchor| held.contains(anchor)))
        .map(|one| one.severity)
        .max()
}

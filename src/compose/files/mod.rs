//! Files attached to a ticket: each of its findings, from what was kept of it.
//!
//! Only a few findings of a group are kept whole ([`Exemplar`]); for the others, the place, the severity and the
//! scanner are known, and the rule and the package are taken from a similar one.

pub mod csv;
pub mod sarif;

use std::collections::HashMap;

use super::names::is_secret;
use crate::model::finding::{Package, Rule};
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Common, Exemplar, Group, Sighting, Survey};

/// One of a group's findings.
#[derive(Debug, Clone, Copy)]
pub struct GroupOccurrence<'g> {
    /// What is kept of every finding.
    pub sighting: &'g Sighting,
    /// Its location's path; may be empty.
    pub path: &'g str,
    /// The scanner that found it.
    pub scanner: &'g str,
    /// The finding as it was kept, if it was kept whole.
    pub whole: Option<&'g Exemplar>,
    /// What the scanner checked for, if that is known.
    pub rule: Option<&'g Rule>,
    /// The package that it is about; for a finding that was not kept whole, only its name is valid.
    pub package: Option<&'g Package<'static>>,
    /// Its name if there is no rule: the advisory; may be empty.
    pub name: &'g str,
    /// Whether nothing of it must be quoted.
    pub secret: bool,
}

impl<'g> GroupOccurrence<'g> {
    /// The rule's id, otherwise its name, otherwise the advisory's id; empty: nothing is known.
    pub fn rule_id(&self) -> &'g str {
        let rule = self.rule.map(|rule| [rule.id.as_str(), rule.name.as_str()]);
        let named = rule.into_iter().flatten().find(|name| !name.is_empty());
        named.unwrap_or(self.name)
    }

    /// What the scanner says about this place; empty if it was not kept, or may be a secret.
    pub fn message(&self) -> &'g str {
        self.whole.filter(|_| !self.secret).map_or("", |whole| &whole.detail.message)
    }
}

/// All findings of a group, including those that are skipped, in order of path and line.
pub fn occurrences<'g>(group: &'g Group, survey: &'g Survey) -> impl Iterator<Item = GroupOccurrence<'g>> {
    let whole: HashMap<Fingerprint, &Exemplar> = group.exemplars.iter().map(|one| (one.id, one)).collect();
    let mut alike: HashMap<u32, &Exemplar> = HashMap::new();
    for sighting in &group.sightings {
        if let Some(one) = whole.get(&sighting.id()) {
            alike.entry(sighting.rule).or_insert(one);
        }
    }
    let (common, name) = match &group.common {
        Common::Rule(rule) => (Some(rule.as_ref()), ""),
        Common::Advisory(advisory) => (None, advisory.id.as_str()),
        Common::File(_) | Common::Package(_) => (None, ""),
    };
    group.sightings.iter().map(move |sighting| {
        let own = whole.get(&sighting.id()).copied();
        let like = own.or_else(|| alike.get(&sighting.rule).copied());
        let rule = like.map(|one| one.rule.as_ref()).or(common);
        let scan = survey.scans.get(sighting.scan as usize).map(|seen| seen.scan.scanner.as_str());
        let scanner = scan.or_else(|| group.scanners.first().map(|name| &**name)).unwrap_or_default();
        GroupOccurrence {
            sighting,
            path: survey.path(sighting),
            scanner,
            whole: own,
            rule,
            package: like.and_then(|one| one.package.as_ref()),
            name,
            secret: rule.is_none_or(|rule| is_secret(group.kind, rule)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn what_was_not_kept_is_told_from_its_like() {
        let (group, survey) = samples::dependency();
        let ids: Vec<&str> = occurrences(&group, &survey).map(|one| one.rule_id()).collect();
        assert!(ids.len() > 1 && ids.iter().all(|id| !id.is_empty()), "{ids:?}");
        let (group, survey) = samples::code(3);
        let all: Vec<GroupOccurrence<'_>> = occurrences(&group, &survey).collect();
        let last = all.last().unwrap();
        assert!(last.whole.is_none());
        assert_eq!((last.rule_id(), last.message()), ("B602", ""));
        assert!(!all[0].message().is_empty());
    }

    #[test]
    fn a_secret_has_no_message() {
        let (group, survey) = samples::secret();
        assert!(occurrences(&group, &survey).all(|one| one.secret && one.message().is_empty()));
    }
}

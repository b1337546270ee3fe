//! Whether a finding meets a condition of the configuration.

use crate::config::{Condition, Glob};
use crate::model::finding::{Advisory, Confidence, Finding, FindingKind, Package, Subject};
use crate::model::severity::Severity;
use crate::model::survey::{Common, Exemplar, Group};

/// What conditions are checked against: a finding as it is read, or what a group keeps of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'f> {
    /// The rule's id.
    pub rule: &'f str,
    /// The location's path.
    pub path: &'f str,
    /// The scanner's name.
    pub scanner: &'f str,
    /// The finding's kind.
    pub kind: FindingKind,
    /// The finding's severity.
    pub severity: Severity,
    /// The package, if it is a finding of an advisory.
    pub package: Option<&'f Package<'f>>,
    /// The advisory, if it is known.
    pub advisory: Option<&'f Advisory>,
    /// The scanner's confidence, if it gives one.
    pub confidence: Option<Confidence>,
    /// The score that a report gives a finding that is not about an advisory.
    pub score: Option<f64>,
    /// The scanned branch, if it matters.
    pub branch: &'f str,
}

impl<'f> Facts<'f> {
    /// A finding's.
    pub(crate) fn of(finding: &'f Finding<'_>) -> Facts<'f> {
        let (advisory, package) = match &finding.subject {
            Subject::Rule => (None, None),
            Subject::Advisory(advisory, package) => (Some(advisory.as_ref()), Some(package)),
        };
        Facts {
            rule: &finding.rule.id,
            path: &finding.location.path,
            scanner: &finding.scanner,
            kind: finding.kind,
            severity: finding.severity,
            package,
            advisory,
            confidence: finding.detail.confidence,
            score: finding.rule.score,
            branch: "",
        }
    }

    /// An exemplar's.
    pub(crate) fn of_exemplar(group: &'f Group, exemplar: &'f Exemplar) -> Facts<'f> {
        let common = match &group.common {
            Common::Advisory(advisory) => Some(advisory.as_ref()),
            Common::Rule(_) | Common::File(_) | Common::Package(_) => None,
        };
        let advisory = exemplar.advisory.as_deref().or(common);
        Facts {
            rule: &exemplar.rule.id,
            path: &exemplar.location.path,
            scanner: &exemplar.scanner,
            kind: group.kind,
            severity: exemplar.severity,
            package: exemplar.package.as_ref(),
            advisory,
            confidence: exemplar.detail.confidence,
            score: exemplar.rule.score,
            branch: "",
        }
    }

    /// Those of a group's worst exemplar, the first among equals: it decides where the group goes.
    pub(crate) fn of_worst(group: &'f Group) -> Option<Facts<'f>> {
        Some(Facts::of_exemplar(group, group.worst()?))
    }

    /// The same for a branch that was scanned.
    #[must_use]
    pub(crate) fn on(self, branch: &'f str) -> Facts<'f> {
        Facts { branch, ..self }
    }

    /// Whether all conditions that are set are met. Those about packages and advisories are never met by other
    /// findings, whatever their values.
    pub(crate) fn meet(&self, when: &Condition) -> bool {
        any(&when.rule, |glob| glob.matches(self.rule))
            && any(&when.path, |glob| glob.matches(self.path))
            && any(&when.scanner, |glob| glob.matches(self.scanner))
            && any(&when.kind, |kind| *kind == self.kind)
            && any(&when.severity, |severity| *severity == self.severity)
            && any(&when.package, |glob| self.package.is_some_and(|package| is_package(glob, package)))
            && any(&when.advisory, |glob| self.is_advisory(glob))
            && when.fixable.is_none_or(|fixable| self.package.and_then(Package::fixable) == Some(fixable))
            && when
                .epss
                .is_none_or(|least| self.advisory.and_then(|one| one.epss).is_some_and(|epss| epss >= least))
            && when.cvss.is_none_or(|least| self.cvss().is_some_and(|score| score >= least))
            && when.exploited.is_none_or(|is| self.advisory.is_some_and(|one| one.exploited == is))
            && when.confidence.is_none_or(|least| self.confidence.is_some_and(|own| own >= least))
            && when.branch.allows(self.branch).is_some()
    }

    fn cvss(&self) -> Option<f64> {
        match self.advisory {
            Some(advisory) => advisory.cvss.as_ref().map(|cvss| cvss.score),
            None => self.score,
        }
    }

    fn is_advisory(&self, glob: &Glob) -> bool {
        match (self.advisory, self.package) {
            (Some(advisory), _) => {
                glob.matches(&advisory.id) || advisory.aliases.iter().any(|alias| glob.matches(alias))
            }
            (None, Some(_)) => glob.matches(self.rule),
            (None, None) => false,
        }
    }
}

/// Whether one of the values matches, or there are none.
fn any<T>(values: &[T], fits: impl FnMut(&T) -> bool) -> bool {
    values.is_empty() || values.iter().any(fits)
}

/// By name, or by package URL: the whole, without its qualifiers, or also without its version.
fn is_package(glob: &Glob, package: &Package<'_>) -> bool {
    let purl = package.purl.as_ref();
    let plain = purl.split(['?', '#']).next().unwrap_or(purl);
    let bare = plain.rsplit_once('@').map_or(plain, |(bare, _)| bare);
    [&package.name, purl, plain, bare].into_iter().any(|name| glob.matches(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::model::fingerprint::Fingerprint;
    use crate::model::record::Mode;
    use crate::policy::samples::dependency;

    /// The samples' dependency as an exemplar at a path.
    fn exemplar(path: &'static str, severity: Severity) -> Exemplar {
        let finding = dependency();
        let Subject::Advisory(_, package) = finding.subject else { panic!("a dependency") };
        Exemplar {
            id: Fingerprint([1; 10]),
            rule: finding.rule,
            scanner: finding.scanner,
            severity,
            location: crate::model::finding::Location { path: path.into(), ..Default::default() },
            package: Some(package),
            advisory: None,
            detail: finding.detail,
        }
    }

    fn group(common: Common) -> Group {
        Group {
            names: vec![Fingerprint([2; 10])],
            loose: Vec::new(),
            mode: Mode::Type,
            route: None,
            common,
            kind: FindingKind::Dependency,
            kinds: [FindingKind::Dependency].into(),
            severity: Severity::High,
            scanners: Vec::new(),
            sightings: Vec::new(),
            exemplars: vec![
                exemplar("a.lock", Severity::Low),
                exemplar("b.lock", Severity::High),
                exemplar("c.lock", Severity::High),
            ],
        }
    }

    #[test]
    fn a_group_is_asked_by_its_worst_exemplar() {
        let Subject::Advisory(advisory, _) = dependency().subject else { panic!("a dependency") };
        let check = |common: &Common, when: &str, expected: bool| {
            let text = format!("ignore: {{{when}}}");
            let config = parse(&text, "c.yml").unwrap();
            let group = group(common.clone());
            assert_eq!(Facts::of_worst(&group).unwrap().meet(&config.ignore[0].when), expected, "{when}");
        };
        let class = Common::Advisory(advisory);
        check(&class, "path: b.lock", true);
        check(&class, "path: a.lock", false);
        check(&class, "severity: high, kind: dependency", true);
        check(&class, "advisory: CVE-2021-23337, package: lodash, fixable: true", true);
        check(&class, "package: Lodash", true);
        check(&class, "package: pkg:npm/LODASH", true);
        check(&Common::File("b.lock".into()), "advisory: CVE-2021-23337", false);
        check(&Common::File("b.lock".into()), "advisory: B602", true);
        assert!(Facts::of_worst(&Group { exemplars: Vec::new(), ..group(class) }).is_none());
    }
}

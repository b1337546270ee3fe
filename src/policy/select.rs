//! Which findings are kept, and why the others are skipped.

use jiff::civil::Date;

use super::condition::Facts;
use crate::config::{Config, Ignore, SeverityRule};
use crate::model::finding::{Exclusion, ExclusionReason, Finding, Subject};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

/// The configuration's rules about findings, on one day.
#[derive(Debug, Clone)]
pub(crate) struct Selection<'c> {
    severities: &'c [SeverityRule],
    /// Each with its number, from 1.
    live: Vec<(usize, &'c Ignore)>,
    expired: Vec<(&'c Ignore, Date)>,
    minimum: Severity,
}

impl<'c> Selection<'c> {
    /// Sorts out the entries that have expired. An entry still applies on its last day.
    pub(crate) fn new(config: &'c Config, today: Date) -> Selection<'c> {
        let mut selection = Selection {
            severities: &config.severities,
            live: Vec::new(),
            expired: Vec::new(),
            minimum: config.minimum_severity,
        };
        for (number, entry) in (1..).zip(&config.ignore) {
            match entry.until {
                Some(until) if until < today => selection.expired.push((entry, until)),
                _ => selection.live.push((number, entry)),
            }
        }
        selection
    }

    /// The severity of a finding: that of the first entry of `severities` that it meets, otherwise the scanner's.
    pub(crate) fn severity(&self, finding: &Finding<'_>) -> Severity {
        if self.severities.is_empty() {
            return finding.severity;
        }
        let facts = Facts::of(finding);
        let rule = self.severities.iter().find(|rule| facts.meet(&rule.when));
        rule.map_or(finding.severity, |rule| rule.severity)
    }

    /// Why a finding is not filed; `None`: it is kept. What the report itself says comes first, because it would also
    /// apply without any configuration.
    pub(crate) fn skipped(&self, finding: &Finding<'_>) -> Option<Exclusion> {
        if finding.skipped.is_some() {
            return finding.skipped.map(Exclusion::from);
        }
        if matches!(&finding.subject, Subject::Advisory(advisory, _) if advisory.withdrawn) {
            return Some(ExclusionReason::Withdrawn.into());
        }
        let facts = Facts::of(finding);
        if let Some((number, _)) = self.live.iter().find(|(_, entry)| facts.meet(&entry.when)) {
            let entry = u8::try_from(*number).unwrap_or(0);
            return Some(Exclusion { reason: ExclusionReason::Ignored, entry });
        }
        (finding.severity < self.minimum).then(|| ExclusionReason::BelowMinimumSeverity.into())
    }

    /// One problem for each entry that has expired.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let problem = |(entry, until): &(&Ignore, Date)| {
            let message =
                format!("this `ignore` entry expired on {until}; the findings that it ignored count again");
            Problem::new(entry.place.as_str(), message).hint("change `until`, or remove the entry")
        };
        self.expired.iter().map(problem).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::policy::samples::{code, dependency};

    const TODAY: Date = Date::constant(2026, 11, 22);

    /// A configuration, a finding, and what becomes of it.
    fn check(text: &str, finding: &Finding<'_>, expected: Option<ExclusionReason>) {
        let config = parse(text, "c.yml").unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        let skipped = Selection::new(&config, TODAY).skipped(finding).map(|skipped| skipped.reason);
        assert_eq!(skipped, expected, "{text}");
    }

    #[test]
    fn conditions_must_hold_together() {
        let ignored = Some(ExclusionReason::Ignored);
        let table = [
            ("{rule: B602}", ignored),
            ("{rule: 'B6*'}", ignored),
            ("{rule: b602}", None),
            ("{rule: [B1, B602]}", ignored),
            ("{path: 'tests/**'}", ignored),
            ("{path: tests/}", ignored),
            ("{path: '*.py'}", None),
            ("{path: '**/*.py'}", ignored),
            ("{scanner: bandit}", ignored),
            ("{kind: code}", ignored),
            ("{kind: [secret, dependency]}", None),
            ("{severity: high}", ignored),
            ("{severity: [low, medium]}", None),
            ("{rule: B602, path: 'tests/**', kind: code}", ignored),
            ("{rule: B602, path: 'src/**'}", None),
            ("{package: '*'}", None),
            ("{advisory: '*'}", None),
            ("{fixable: false}", None),
            ("{fixable: true}", None),
        ];
        for (entry, expected) in table {
            check(&format!("ignore: [{entry}]"), &code(), expected);
        }
    }

    #[test]
    fn packages_and_advisories_go_by_all_their_names() {
        let ignored = Some(ExclusionReason::Ignored);
        let table = [
            ("{package: lodash}", ignored),
            ("{package: 'pkg:npm/lodash'}", ignored),
            ("{package: 'pkg:npm/lodash@4.17.20'}", ignored),
            ("{package: 'pkg:npm/lodash@5*'}", None),
            ("{package: 'pkg:pypi/*'}", None),
            ("{advisory: CVE-2021-23337}", ignored),
            ("{advisory: ghsa-35jh-r3h4-6jhm}", ignored),
            ("{advisory: CVE-2021-1}", None),
            ("{fixable: true}", ignored),
            ("{fixable: false}", None),
            ("{package: lodash, fixable: false}", None),
        ];
        for (entry, expected) in table {
            check(&format!("ignore: [{entry}]"), &dependency(), expected);
        }
    }

    #[test]
    fn silence_about_a_fix_is_neither_fixable_nor_known_to_have_none() {
        let check_package = |fixed: &[&'static str], unfixed: bool, [fixable, not_fixable]: [bool; 2]| {
            let mut finding = dependency();
            if let Subject::Advisory(_, package) = &mut finding.subject {
                package.fixed = fixed.iter().map(|&version| version.into()).collect();
                package.unfixed = unfixed;
            }
            let ignored = |yes: bool| yes.then_some(ExclusionReason::Ignored);
            check("ignore: [{fixable: true}]", &finding, ignored(fixable));
            check("ignore: [{fixable: false}]", &finding, ignored(not_fixable));
        };
        check_package(&["4.17.21"], false, [true, false]);
        check_package(&["4.17.21"], true, [true, false]);
        check_package(&[], true, [false, true]);
        check_package(&[], false, [false, false]);
    }

    #[test]
    fn a_severity_of_the_configuration_goes_before_the_scanner_s() {
        let check = |text: &str, finding: &Finding<'_>, expected: Severity| {
            let config = parse(text, "c.yml").unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
            assert_eq!(Selection::new(&config, TODAY).severity(finding), expected, "{text}");
        };
        let mut exploited = dependency();
        if let Subject::Advisory(advisory, _) = &mut exploited.subject {
            let advisory = std::sync::Arc::make_mut(advisory);
            advisory.exploited = true;
            advisory.epss = Some(0.4);
            advisory.cvss = Some(crate::model::finding::Cvss { score: 7.2, vector: None });
        }
        check("", &code(), Severity::High);
        check("severities: [{rule: 'B6*', severity: low}]", &code(), Severity::Low);
        check(
            "severities: [{rule: 'B7*', severity: low}, {kind: code, severity: info}]",
            &code(),
            Severity::Info,
        );
        let critical = [("{exploited: true}", true), ("{epss: 0.4}", true), ("{epss: 0.41}", false)];
        let scored = [("{cvss: 7.2}", true), ("{cvss: 7.3}", false), ("{exploited: false}", false)];
        for (when, is) in critical.into_iter().chain(scored) {
            let entry = when.replace('}', ", severity: critical}");
            let expected = if is { Severity::Critical } else { Severity::High };
            check(&format!("severities: [{entry}]"), &exploited, expected);
            let ignored = is.then_some(ExclusionReason::Ignored);
            self::check(&format!("ignore: [{when}]"), &exploited, ignored);
        }
        // a value that a report does not give is neither 0 nor false
        check("severities: [{epss: 0, severity: low}]", &dependency(), Severity::High);
        check("severities: [{exploited: false, severity: low}]", &code(), Severity::High);
    }

    #[test]
    fn confidence_is_at_least_what_is_asked_for() {
        use crate::model::finding::Confidence;
        let sure = |confidence| {
            let mut finding = code();
            finding.detail.confidence = confidence;
            finding
        };
        let ignored = Some(ExclusionReason::Ignored);
        check("ignore: [{confidence: medium}]", &sure(Some(Confidence::High)), ignored);
        check("ignore: [{confidence: medium}]", &sure(Some(Confidence::Low)), None);
        check("ignore: [{confidence: low}]", &sure(None), None);
    }

    #[test]
    fn an_entry_holds_on_its_last_day() {
        let entry = |until: &str| format!("ignore: [{{rule: B602, until: {until}}}]");
        check(&entry("2026-11-22"), &code(), Some(ExclusionReason::Ignored));
        check(&entry("2026-11-21"), &code(), None);
    }

    #[test]
    fn an_entry_that_ended_is_told_once() {
        let text = "ignore:\n  - {rule: a, until: 2026-11-21}\n  - {rule: b, until: 2026-11-22}\n";
        let config = parse(text, "c.yml").unwrap();
        let places: Vec<String> =
            Selection::new(&config, TODAY).problems().into_iter().map(|problem| problem.place).collect();
        assert_eq!(places, ["c.yml:2:5"]);
    }

    #[test]
    fn the_entry_that_ignores_a_finding_is_known() {
        let text = "ignore:\n  - {rule: a, until: 2026-11-21}\n  - {rule: b}\n  - {kind: code, reason: test fixtures}\n";
        let config = parse(text, "c.yml").unwrap();
        let skipped = Selection::new(&config, TODAY).skipped(&code());
        assert_eq!(skipped, Some(Exclusion { reason: ExclusionReason::Ignored, entry: 3 }));
    }

    #[test]
    fn the_minimum_is_kept() {
        check("minimum-severity: high", &code(), None);
        check("minimum-severity: critical", &code(), Some(ExclusionReason::BelowMinimumSeverity));
        check("{minimum-severity: critical, ignore: {kind: code}}", &code(), Some(ExclusionReason::Ignored));
        let info = Finding { severity: Severity::Info, ..code() };
        check("", &info, Some(ExclusionReason::BelowMinimumSeverity));
    }

    #[test]
    fn what_the_report_says_stays() {
        let suppressed = Finding { skipped: Some(ExclusionReason::Suppressed), ..code() };
        check("ignore: {kind: code}", &suppressed, Some(ExclusionReason::Suppressed));
        let mut withdrawn = dependency();
        if let Subject::Advisory(advisory, _) = &mut withdrawn.subject {
            std::sync::Arc::make_mut(advisory).withdrawn = true;
        }
        check("", &withdrawn, Some(ExclusionReason::Withdrawn));
    }
}

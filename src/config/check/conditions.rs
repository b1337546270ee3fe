//! Conditions on findings: the entries of `ignore`, and what routes match.

use super::ValueChecker;
use crate::config::glob::Glob;
use crate::config::place::ValuePosition;
use crate::config::raw::{self, OneOrMany};
use crate::config::valid::{Condition, Ignore, SeverityRule};

/// The conditions that a finding can be checked for.
const CONDITIONS: &str = "rule, path, package, advisory, scanner, kind, severity, fixable, epss, cvss, exploited, \
    confidence";

impl ValueChecker<'_> {
    pub(super) fn ignore(
        &mut self,
        list: Option<OneOrMany<raw::RawIgnore>>,
        place: ValuePosition<'_>,
    ) -> Vec<Ignore> {
        let OneOrMany(entries) = list.unwrap_or(OneOrMany(Vec::new()));
        let mut ignore = Vec::new();
        for (index, mut raw) in entries.into_iter().enumerate() {
            let place = place.item(index);
            let condition = raw.condition();
            if condition.is_empty() && place.is_whole() {
                let hint = format!("give one of {CONDITIONS}");
                self.note(place, "an entry without a condition would skip everything", hint);
            }
            ignore.push(Ignore {
                when: self.condition(condition, place),
                reason: self.one_line(raw.reason, place.key("reason")),
                until: self.date(raw.until, place.key("until")),
                place: super::super::place(self.file, place.spot()),
            });
        }
        ignore
    }

    pub(super) fn severities(
        &mut self,
        list: Option<OneOrMany<raw::RawSeverity>>,
        place: ValuePosition<'_>,
    ) -> Vec<SeverityRule> {
        let OneOrMany(entries) = list.unwrap_or(OneOrMany(Vec::new()));
        let mut severities = Vec::new();
        for (index, mut raw) in entries.into_iter().enumerate() {
            let place = place.item(index);
            let condition = raw.condition();
            if condition.is_empty() && place.is_whole() {
                let hint = format!("give one of {}", CONDITIONS.replace("severity, ", ""));
                self.note(
                    place,
                    "an entry without a condition would give all findings the same severity",
                    hint,
                );
            }
            severities.push(SeverityRule { when: self.condition(condition, place), severity: raw.severity });
        }
        severities
    }

    /// A number within bounds.
    fn number(&mut self, number: Option<f64>, most: f64, place: ValuePosition<'_>) -> Option<f64> {
        if number.is_some_and(|number| !(0.0..=most).contains(&number)) {
            self.note(place, format!("expected a number from 0 to {most}"), "");
        }
        number
    }

    pub(super) fn condition(&mut self, raw: raw::RawCondition, place: ValuePosition<'_>) -> Condition {
        Condition {
            rule: self.globs(raw.rule, Glob::name, place.key("rule")),
            path: self.globs(raw.path, Glob::path, place.key("path")),
            package: self.globs(raw.package, Glob::word, place.key("package")),
            advisory: self.globs(raw.advisory, Glob::word, place.key("advisory")),
            scanner: self.globs(raw.scanner, Glob::word, place.key("scanner")),
            kind: raw.kind.map_or(Vec::new(), |OneOrMany(kinds)| kinds),
            severity: raw.severity.map_or(Vec::new(), |OneOrMany(severities)| severities),
            fixable: raw.fixable,
            epss: self.number(raw.epss, 1.0, place.key("epss")),
            cvss: self.number(raw.cvss, 10.0, place.key("cvss")),
            exploited: raw.exploited,
            confidence: raw.confidence,
            branch: self.branches(raw.branch, place.key("branch")),
        }
    }

    fn globs(
        &mut self,
        list: Option<OneOrMany<String>>,
        compile: fn(&str) -> Result<Glob, String>,
        place: ValuePosition<'_>,
    ) -> Vec<Glob> {
        let OneOrMany(patterns) = list.unwrap_or(OneOrMany(Vec::new()));
        let mut globs = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            match compile(pattern.trim()) {
                Ok(glob) => globs.push(glob),
                Err(message) => self.note(place.item(index), message, ""),
            }
        }
        globs
    }
}

//! What findings must be: the entries of `ignore`, and what routes match.

use super::ValueChecker;
use crate::config::glob::Glob;
use crate::config::place::ValuePosition;
use crate::config::raw::{self, OneOrMany};
use crate::config::valid::{Condition, Ignore};

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
                let hint = "give one of rule, path, package, advisory, scanner, kind, severity, fixable";
                self.note(place, "an entry without a condition would set everything aside", hint);
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

    pub(super) fn condition(&mut self, raw: raw::RawCondition, place: ValuePosition<'_>) -> Condition {
        Condition {
            rule: self.globs(raw.rule, Glob::name, place.key("rule")),
            path: self.globs(raw.path, Glob::path, place.key("path")),
            package: self.globs(raw.package, Glob::name, place.key("package")),
            advisory: self.globs(raw.advisory, Glob::word, place.key("advisory")),
            scanner: self.globs(raw.scanner, Glob::word, place.key("scanner")),
            kind: raw.kind.map_or(Vec::new(), |OneOrMany(kinds)| kinds),
            severity: raw.severity.map_or(Vec::new(), |OneOrMany(severities)| severities),
            fixable: raw.fixable,
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

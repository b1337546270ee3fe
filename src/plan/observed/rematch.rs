//! Pairing: an edited line or a moved file is the same finding.
//!
//! Before anything counts as new or gone, what is left over on both sides of one rule is paired: by path and order,
//! then by a line text that is unique on both sides. For an advisory, the rule is the advisory with its package, and
//! the text is the package in its version: an upgrade that fixes nothing and a lock file that moved leave the same
//! finding.

use std::collections::{HashMap, HashSet};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::Content;
use crate::model::slice::{Entry, path_hash};
use crate::model::survey::{Sighting, Survey};

/// A finding of this run, as a record would keep it, with its anchors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) entry: Entry,
    pub(crate) sighting: Sighting,
}

/// For each candidate, the index of the old finding that is the same, if there is one. `survey` knows which rules have
/// been renamed since the old ones were recorded.
pub(crate) fn rematch(survey: &Survey, old: &[Entry], candidates: &[Candidate]) -> Vec<Option<usize>> {
    rematch_within(survey, old, candidates, Content::Findings)
}

/// The same among the findings of a ticket; `content`: what these have in common. A recorded advisory without a version
/// or a manifest then matches each one that is found, and vice versa.
pub(crate) fn rematch_within(
    survey: &Survey,
    old: &[Entry],
    candidates: &[Candidate],
    content: Content,
) -> Vec<Option<usize>> {
    let renamed = |entry: &Entry| Entry { rule: survey.rule_now(entry.rule), ..*entry };
    let old: Vec<Entry> = old.iter().map(renamed).collect();
    let old = old.as_slice();
    let candidates = with_known_names(survey, old, candidates);
    let candidates = candidates.as_slice();
    let one_advisory = content == Content::OneAdvisory;
    let mut matches = Matches { of: vec![None; candidates.len()], taken: vec![false; old.len()] };
    let mut known: HashMap<Fingerprint, usize> = HashMap::new();
    for (index, entry) in old.iter().enumerate() {
        known.entry(entry.fingerprint).or_insert(index);
    }
    for (index, one) in candidates.iter().enumerate() {
        let same = one.sighting.anchors.iter().flatten().find_map(|anchor| known.get(anchor));
        if let Some(&same) = same
            && (content.is_advisories() || !matches.taken[same])
        {
            matches.put(index, same);
        }
    }
    matches.by(old, candidates, |entry| Some((entry.rule, entry.path, text(entry)?)), Times::InOrder);
    matches.by(old, candidates, |entry| Some((entry.rule, entry.path, 0)), Times::InOrder);
    if one_advisory {
        matches.by(old, candidates, |entry| Some((0, entry.path, package(entry)?)), Times::InOrder);
    }
    matches.by(old, candidates, |entry| Some((entry.rule, 0, text(entry)?)), Times::Moved);
    if one_advisory {
        matches.by(old, candidates, |entry| Some((entry.rule, 0, package(entry)?)), Times::Moved);
    }
    if content.is_advisories() {
        matches.by_less(old, candidates, |entry| {
            Some((if one_advisory { 0 } else { entry.rule }, package(entry)?))
        });
    }
    matches.of
}

/// The candidates under the names that the old findings are known by, if an advisory has several.
fn with_known_names(survey: &Survey, old: &[Entry], candidates: &[Candidate]) -> Vec<Candidate> {
    let own: HashSet<u32> = old.iter().map(|entry| entry.rule).collect();
    let mut names: HashMap<u32, u32> = HashMap::new();
    for entry in old {
        for alias in entry.aliases() {
            names.entry(survey.rule_now(alias)).or_insert(entry.rule);
        }
    }
    let known = |one: &Candidate| {
        let now = Some(one.entry.rule).filter(|rule| !own.contains(rule));
        let rule = now.and_then(|rule| names.get(&rule)).copied().unwrap_or(one.entry.rule);
        Candidate { entry: Entry { rule, ..one.entry }, ..*one }
    };
    candidates.iter().map(known).collect()
}

/// Whether a recorded finding of an advisory is the same as one of this run that may say less about its version or
/// manifest.
pub(crate) fn is_same_hole(survey: &Survey, content: Content, old: &Entry, candidate: &Entry) -> bool {
    let now = |rule: u32| survey.rule_now(rule);
    let is_known =
        || now(old.rule) == candidate.rule || old.aliases().any(|alias| now(alias) == candidate.rule);
    let same_package = package(old).is_some() && package(old) == package(candidate);
    same_package && is_within(old, candidate) && (content == Content::OneAdvisory || is_known())
}

fn text(entry: &Entry) -> Option<u32> {
    (entry.text != 0).then_some(entry.text)
}

/// For an advisory, the package, whatever its version.
fn package(entry: &Entry) -> Option<u32> {
    Some(text(entry)? >> 16)
}

/// Whether what is said about a package in one place can also apply in the other: a report that names no version means
/// any version, and one that names no manifest means any manifest.
fn is_within(one: &Entry, other: &Entry) -> bool {
    let nowhere = path_hash("");
    let same_place = one.path == other.path || one.path == nowhere || other.path == nowhere;
    let has_no_version = |entry: &Entry| entry.text & 0xffff == 0;
    same_place && (one.text == other.text || has_no_version(one) || has_no_version(other))
}

struct Matches {
    of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

/// What to do if several on one side have the same key.
#[derive(PartialEq)]
enum Times {
    /// The first is paired with the first, the second with the second.
    InOrder,
    /// None is paired, unless all of them moved from one file to one other.
    Moved,
}

/// Rule, path and text, as far as they count.
pub(crate) type MatchKey = (u32, u32, u32);

impl Matches {
    fn put(&mut self, candidates: usize, old: usize) {
        self.of[candidates] = Some(old);
        self.taken[old] = true;
    }

    /// Matches the advisories that are left over with any finding that is the same vulnerability, even if that is
    /// already matched.
    fn by_less(
        &mut self,
        old: &[Entry],
        candidates: &[Candidate],
        key: impl Fn(&Entry) -> Option<(u32, u32)>,
    ) {
        let mut known: HashMap<(u32, u32), Vec<usize>> = HashMap::new();
        for (index, entry) in old.iter().enumerate() {
            if let Some(key) = key(entry) {
                known.entry(key).or_default().push(index);
            }
        }
        for (index, one) in candidates.iter().enumerate().filter(|(_, one)| text(&one.entry).is_some()) {
            if self.of[index].is_none()
                && let Some(known) = key(&one.entry).and_then(|key| known.get(&key))
            {
                self.of[index] = known.iter().copied().find(|at| is_within(&old[*at], &one.entry));
            }
        }
    }

    fn by(
        &mut self,
        old: &[Entry],
        candidates: &[Candidate],
        key: impl Fn(&Entry) -> Option<MatchKey>,
        times: Times,
    ) {
        let mut left: HashMap<MatchKey, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (index, entry) in old.iter().enumerate().filter(|(index, _)| !self.taken[*index]) {
            if let Some(key) = key(entry) {
                left.entry(key).or_default().0.push(index);
            }
        }
        for (index, one) in candidates.iter().enumerate().filter(|(index, _)| self.of[*index].is_none()) {
            if let Some(key) = key(&one.entry) {
                left.entry(key).or_default().1.push(index);
            }
        }
        for (gone, new) in left.into_values() {
            let moved = gone.len() == new.len()
                && gone.iter().all(|at| old[*at].path == old[gone[0]].path)
                && new.iter().all(|at| candidates[*at].entry.path == candidates[new[0]].entry.path);
            if times == Times::InOrder || moved {
                new.into_iter().zip(gone).for_each(|(candidates, old)| self.put(candidates, old));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fingerprint::Recipe;
    use crate::model::severity::Severity;

    /// `id path text`
    fn entry(words: &str) -> Entry {
        let part = |at: usize| words.split(' ').nth(at).unwrap();
        Entry {
            fingerprint: Recipe::new(part(0)).finish(),
            rule: 1,
            aliases: [0; 3],
            path: part(1).parse().unwrap(),
            text: part(2).parse().unwrap(),
        }
    }

    fn check(old: &[&str], candidates: &[&str], expected: &[Option<usize>]) {
        let old: Vec<_> = old.iter().map(|words| entry(words)).collect();
        let candidates: Vec<_> = candidates
            .iter()
            .map(|words| {
                let entry = entry(words);
                let sighting = Sighting {
                    anchors: [Some(entry.fingerprint), None, None],
                    rule: entry.rule,
                    text: entry.text,
                    path: entry.path,
                    line: 1,
                    logical: 0,
                    scan: 0,
                    severity: Severity::Low,
                    skipped: None,
                    ignored_by: 0,
                };
                Candidate { entry, sighting }
            })
            .collect();
        assert_eq!(rematch(&Survey::default(), &old, &candidates), expected);
    }

    #[test]
    fn the_same_is_the_same_wherever_it_stands() {
        check(&["a 1 1", "b 1 2"], &["b 1 2", "a 1 1"], &[Some(1), Some(0)]);
    }

    #[test]
    fn an_edited_line_is_paired_in_its_path_by_order() {
        check(&["a 1 1", "b 1 2", "c 1 3"], &["a 1 1", "x 1 8", "y 1 9"], &[Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn a_moved_file_is_paired_by_a_text_that_is_unique() {
        check(&["a 1 5", "b 1 6"], &["x 2 5", "y 2 6"], &[Some(0), Some(1)]);
        check(&["a 1 5", "b 1 5"], &["x 2 5"], &[None]);
    }

    #[test]
    fn a_moved_file_takes_its_repeated_lines_with_it() {
        check(&["a 1 5", "b 1 5"], &["x 2 5", "y 2 5"], &[Some(0), Some(1)]);
        check(&["a 1 5", "b 3 5"], &["x 2 5", "y 2 5"], &[None, None]);
    }

    #[test]
    fn a_line_that_stays_in_its_file_is_not_taken_for_its_neighbour() {
        check(&["a 1 5", "b 1 6"], &["x 1 9", "y 1 5"], &[Some(1), Some(0)]);
    }

    #[test]
    fn a_renamed_rule_s_findings_are_paired() {
        let old = Entry { rule: 7, ..entry("a 1 5") };
        let candidates = entry("x 1 5");
        let sighting = Sighting {
            anchors: [Some(candidates.fingerprint), None, None],
            rule: 1,
            text: 5,
            path: 1,
            line: 1,
            logical: 0,
            scan: 0,
            severity: Severity::Low,
            skipped: None,
            ignored_by: 0,
        };
        let candidates = [Candidate { entry: candidates, sighting }];
        let mut survey = Survey::default();
        assert_eq!(rematch(&survey, &[old], &candidates), [None]);
        survey.renamed.insert(7, 1);
        assert_eq!(rematch(&survey, &[old], &candidates), [Some(0)]);
    }

    #[test]
    fn one_advisory_is_paired_by_its_package_whatever_it_is_called() {
        let of = |name: &str, rule, path, text| Entry { rule, path, text, ..entry(&format!("{name} 1 1")) };
        let candidates = |entry: Entry| Candidate {
            entry,
            sighting: Sighting {
                anchors: [Some(entry.fingerprint), Some(of("none", 0, 0, 0).fingerprint), None],
                rule: entry.rule,
                text: entry.text,
                path: 0,
                line: 0,
                logical: 0,
                scan: 0,
                severity: Severity::Low,
                skipped: None,
                ignored_by: 0,
            },
        };
        let check = |old: &[Entry], new: &[Entry], expected: &[Option<usize>]| {
            let new: Vec<Candidate> = new.iter().copied().map(candidates).collect();
            assert_eq!(rematch_within(&Survey::default(), old, &new, Content::OneAdvisory), expected);
        };
        let (one, two) = (of("v1", 1, 1, 0x5_0001), of("v2", 1, 1, 0x5_0002));
        // another name, and no version
        check(&[one], &[of("u", 9, 1, 0x5_0009)], &[Some(0)]);
        // another package, and another manifest with a different name
        check(&[one], &[of("u", 9, 1, 0x6_0009)], &[None]);
        check(&[one], &[of("u", 9, 2, 0x5_0009)], &[None]);
        // a finding without a version matches each one
        check(&[of("none", 9, 1, 0x5_0009)], &[one, two], &[Some(0), Some(0)]);
        // an upgrade that fixes nothing, and a version beside the known one
        check(&[one], &[two], &[Some(0)]);
        check(&[one], &[one, two], &[Some(0), None]);
        // a finding without a version in this run is the known one, even if another report has that one as well
        check(&[one], &[one, of("u", 9, 1, 0x5_0000)], &[Some(0), Some(0)]);
        // a lock file that was moved
        check(&[one, two], &[of("m1", 1, 2, 0x5_0001), of("m2", 1, 2, 0x5_0002)], &[Some(0), Some(1)]);
    }

    #[test]
    fn what_is_more_than_before_is_new() {
        check(&["a 1 1"], &["a 1 1", "b 1 1", "c 2 0"], &[Some(0), None, None]);
    }
}

//! Occurrence indexes: a value that one scan gives to findings on several lines does not identify any of them by
//! itself.

use std::collections::{BTreeMap, HashMap};

use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::survey::Sighting;

/// Reasons for which a report may omit a finding altogether. The policy's reasons are not among them: an entry of
/// `ignore` must not change the identity of a finding's neighbours.
const REPORTED: [ExclusionReason; 3] =
    [ExclusionReason::Suppressed, ExclusionReason::NotAFailure, ExclusionReason::Absent];

/// Gives the second and further lines that share a value (`requires login`, the text of a repeated line) an occurrence
/// index in line order; the first keeps the plain value, so that it stays the same finding when the others come and go.
///
/// Lines that the report itself skips completely come after the others: one report of a scan lists what is suppressed
/// in the code, and another leaves it out.
pub(super) fn number(sightings: &mut [Sighting]) {
    for which in [0, 1] {
        let mut lines: HashMap<(u32, Fingerprint), BTreeMap<u32, bool>> = HashMap::new();
        for sighting in sightings.iter() {
            if let Some(anchor) = sighting.anchors[which] {
                let lines = lines.entry((sighting.scan, anchor)).or_default();
                let skipped = lines.entry(sighting.line).or_insert(true);
                *skipped &= sighting.skipped.is_some_and(|reason| REPORTED.contains(&reason));
            }
        }
        lines.retain(|_, lines| lines.len() > 1);
        let indexes: HashMap<_, HashMap<u32, u64>> = lines
            .into_iter()
            .map(|(key, lines)| {
                let (skipped, kept): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(_, skipped)| *skipped);
                let all = kept.into_iter().chain(skipped).map(|(line, _)| line);
                (key, all.zip(0..).collect())
            })
            .collect();
        for sighting in sightings.iter_mut() {
            let Some(anchor) = sighting.anchors[which] else { continue };
            let Some(lines) = indexes.get(&(sighting.scan, anchor)) else { continue };
            let index = lines.get(&sighting.line).copied().unwrap_or(0);
            if index > 0 {
                let numbered = Recipe::new("ordinal").fingerprint(anchor).number(index).finish();
                sighting.anchors[which] = Some(numbered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::Severity;

    /// A sighting of the value `x`: the line, the scan, and whether the report skips it.
    fn sighting((line, scan, skipped): (u32, u32, bool)) -> Sighting {
        let value = Some(Recipe::new("x").finish());
        Sighting {
            anchors: [value, value, value],
            rule: 1,
            text: 0,
            path: 0,
            line,
            logical: 0,
            scan,
            severity: Severity::High,
            skipped: skipped.then_some(ExclusionReason::Suppressed),
            ignored_by: 0,
        }
    }

    /// The occurrence indexes that sightings get, in order.
    fn check(all: &[(u32, u32, bool)], expected: &[u64]) {
        let plain = Recipe::new("x").finish();
        let mut sightings: Vec<Sighting> = all.iter().copied().map(sighting).collect();
        number(&mut sightings);
        for which in [0, 1] {
            let index = |one: &Sighting| {
                let numbered = |n: &u64| match n {
                    0 => plain,
                    n => Recipe::new("ordinal").fingerprint(plain).number(*n).finish(),
                };
                (0..9).find(|n| one.anchors[which] == Some(numbered(n)))
            };
            let found: Vec<Option<u64>> = sightings.iter().map(index).collect();
            assert_eq!(found, expected.iter().copied().map(Some).collect::<Vec<_>>(), "anchor {which}");
        }
        assert!(sightings.iter().all(|one| one.anchors[2] == Some(plain)), "the line is one by itself");
    }

    #[test]
    fn lines_that_share_a_value_are_numbered_in_their_order() {
        check(&[(9, 0, false), (3, 0, false), (5, 0, false)], &[2, 0, 1]);
        check(&[(3, 0, false)], &[0]);
    }

    #[test]
    fn a_line_that_is_reported_twice_is_one_line() {
        check(&[(5, 0, false), (5, 0, false), (9, 0, false), (9, 0, false)], &[0, 0, 1, 1]);
        check(&[(5, 0, false), (5, 0, false)], &[0, 0]);
    }

    #[test]
    fn each_scan_is_numbered_by_itself() {
        check(&[(3, 0, false), (5, 0, false), (5, 1, false)], &[0, 1, 0]);
    }

    #[test]
    fn lines_that_the_report_skips_come_last() {
        check(&[(3, 0, true), (5, 0, false), (7, 0, false)], &[2, 0, 1]);
        // one that is also reported elsewhere is not skipped
        check(&[(3, 0, true), (3, 0, false), (5, 0, false)], &[0, 0, 1]);
        check(&[(3, 0, false), (3, 0, true), (5, 0, false)], &[0, 0, 1]);
    }
}

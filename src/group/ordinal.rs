//! Ordinals: a value that one scan gives to findings on several lines is no identity alone.

use std::collections::{BTreeMap, HashMap};

use crate::model::finding::Aside;
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::survey::Sighting;

/// What a report may as well leave out. The policy's reasons are not among them: an entry of `ignore`
/// must not make another finding of its neighbours.
const REPORTED: [Aside; 3] = [Aside::Suppressed, Aside::NotAFailure, Aside::Absent];

/// Gives the second and further lines that share a value (`requires login`, the text of a repeated
/// line) an ordinal in line order; the first keeps the plain value, so that it stays the same
/// finding when the others come and go.
///
/// Lines where the report itself sets all aside come after the others: one report of a scan has what is
/// suppressed in the code, and another leaves it out.
pub(super) fn number(sightings: &mut [Sighting]) {
    for candidate in [0, 1] {
        let mut lines: HashMap<(u32, Fingerprint), BTreeMap<u32, bool>> = HashMap::new();
        for sighting in sightings.iter() {
            if let Some(anchor) = sighting.anchors[candidate] {
                let lines = lines.entry((sighting.scan, anchor)).or_default();
                let aside = lines.entry(sighting.line).or_insert(true);
                *aside &= sighting.aside.is_some_and(|reason| REPORTED.contains(&reason));
            }
        }
        lines.retain(|_, lines| lines.len() > 1);
        let ordinals: HashMap<_, HashMap<u32, u64>> = lines
            .into_iter()
            .map(|(key, lines)| {
                let (aside, kept): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(_, aside)| *aside);
                let all = kept.into_iter().chain(aside).map(|(line, _)| line);
                (key, all.zip(0..).collect())
            })
            .collect();
        for sighting in sightings.iter_mut() {
            let Some(anchor) = sighting.anchors[candidate] else { continue };
            let Some(lines) = ordinals.get(&(sighting.scan, anchor)) else { continue };
            let ordinal = lines.get(&sighting.line).copied().unwrap_or(0);
            if ordinal > 0 {
                let numbered = Recipe::new("ordinal").fingerprint(anchor).number(ordinal).finish();
                sighting.anchors[candidate] = Some(numbered);
            }
        }
    }
}

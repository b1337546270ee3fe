//! Ordinals: a value that one scan gives to findings on several lines is no identity alone.

use std::collections::HashMap;

use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::survey::Sighting;

/// Gives the second and further lines that share a value (`requires login`, the text of a repeated
/// line) an ordinal in line order; the first keeps the plain value, so that it stays the same
/// finding when the others come and go.
pub(super) fn number(sightings: &mut [Sighting]) {
    for candidate in [0, 1] {
        let mut lines: HashMap<(u32, Fingerprint), Vec<u32>> = HashMap::new();
        for sighting in sightings.iter() {
            if let Some(anchor) = sighting.anchors[candidate] {
                lines.entry((sighting.scan, anchor)).or_default().push(sighting.line);
            }
        }
        lines.retain(|_, lines| {
            lines.sort_unstable();
            lines.dedup();
            lines.len() > 1
        });
        for sighting in sightings.iter_mut() {
            let Some(anchor) = sighting.anchors[candidate] else { continue };
            let Some(lines) = lines.get(&(sighting.scan, anchor)) else { continue };
            let ordinal = lines.binary_search(&sighting.line).unwrap_or(0) as u64;
            if ordinal > 0 {
                let numbered = Recipe::new("ordinal").fingerprint(anchor).number(ordinal).finish();
                sighting.anchors[candidate] = Some(numbered);
            }
        }
    }
}

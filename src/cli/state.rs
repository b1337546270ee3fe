//! The file that remembers recent creations between runs (`--state`): hints alone. Losing or forging it
//! loses, duplicates and touches nothing.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::files::{self, Mark};

/// How many creations are remembered: as many as Jira reconciles in one search.
const RECENT: usize = 50;

/// The longest state file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// What each state file begins with.
const BEGINS: &str = "{\"version\":1,\"recent\":{";

#[derive(Default, Serialize, Deserialize)]
struct State {
    version: u32,
    /// Ids of tickets, oldest first, by site.
    recent: BTreeMap<String, Vec<u64>>,
}

/// The creations that the file remembers of a site; none where it cannot be read.
pub(super) fn recent(root: &Path, path: Option<&Path>, site: &str) -> Vec<u64> {
    path.map(|path| read(root, path)).and_then(|mut state| state.recent.remove(site)).unwrap_or_default()
}

/// Adds creations. What another wrote there, and what a link of the checkout leads to, is left alone.
pub(super) fn remember(root: &Path, path: &Path, site: &str, made: &[u64]) -> Result<()> {
    let mut state = read(root, path);
    state.version = 1;
    let recent = state.recent.entry(site.to_owned()).or_default();
    recent.extend(made);
    let old = recent.len().saturating_sub(RECENT);
    recent.drain(..old);
    let is_ours = |old: &[u8]| serde_json::from_slice::<State>(old).is_ok();
    let mark = Mark { is_ours: &is_ours, begins: BEGINS };
    let text = serde_json::to_vec(&state).unwrap_or_default();
    files::replace(root, path, LIMIT, &mark, &text)
}

fn read(root: &Path, path: &Path) -> State {
    let text = files::read(root, path, LIMIT);
    text.ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_was_cut_off_is_ours() {
        let place = tempfile::tempdir().unwrap();
        let path = Path::new("state.json");
        remember(place.path(), path, "a.example", &[1, 2, 3]).unwrap();
        let whole = std::fs::read(place.path().join(path)).unwrap();
        assert!(whole.starts_with(BEGINS.as_bytes()));
        for length in [0, BEGINS.len(), whole.len() - 1] {
            std::fs::write(place.path().join(path), &whole[..length]).unwrap();
            assert_eq!(recent(place.path(), Some(path), "a.example"), [0_u64; 0]);
            remember(place.path(), path, "a.example", &[4]).unwrap();
            assert_eq!(recent(place.path(), Some(path), "a.example"), [4]);
        }
    }
}

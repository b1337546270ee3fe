//! The file that remembers recent creations between runs (`--state`): only hints. Losing or forging it does not lose,
//! duplicate or change anything.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::files::{self, Mark};
use crate::model::remembered::Remembered;

/// How many creations are remembered: as many as Jira reconciles in one search.
const RECENT: usize = 50;

/// How many creations are remembered together with what they are about.
const MADE: usize = 2_000;

/// The longest state file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// The beginning of each state file.
const BEGINS: &str = "{\"version\":1,\"recent\":{";

#[derive(Default, Serialize, Deserialize)]
struct StateFile {
    version: u32,
    /// Ids of tickets, oldest first, by site.
    recent: BTreeMap<String, Vec<u64>>,
    /// The tickets that were made, oldest first, by site.
    #[serde(default)]
    made: BTreeMap<String, Vec<Remembered>>,
}

/// The creations that the file remembers for a site; none if it cannot be read. Only the ids of the last ones are
/// included in searches.
pub(crate) fn recall(root: &Path, path: Option<&Path>, site: &str) -> (Vec<u64>, Vec<Remembered>) {
    let mut state = path.map(|path| read(root, path)).unwrap_or_default();
    (state.recent.remove(site).unwrap_or_default(), state.made.remove(site).unwrap_or_default())
}

/// Adds creations. A file that another program wrote, or that a link in the checkout points to, is left alone.
pub(crate) fn remember(root: &Path, path: &Path, site: &str, new: &[Remembered]) -> Result<()> {
    let mut state = read(root, path);
    state.version = 1;
    let made = state.made.entry(site.to_owned()).or_default();
    made.retain(|old| new.iter().all(|new| new.id != old.id));
    made.extend(new.iter().cloned());
    let old = made.len().saturating_sub(MADE);
    made.drain(..old);
    let recent = state.recent.entry(site.to_owned()).or_default();
    recent.extend(new.iter().map(|new| new.id));
    let old = recent.len().saturating_sub(RECENT);
    recent.drain(..old);
    let is_ours = |old: &[u8]| serde_json::from_slice::<StateFile>(old).is_ok();
    let mark = Mark { is_ours: &is_ours, begins: BEGINS };
    let text = serde_json::to_vec(&state).unwrap_or_default();
    files::replace(root, path, LIMIT, &mark, &text)
}

fn read(root: &Path, path: &Path) -> StateFile {
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
        let one = |id: u64| Remembered {
            id,
            key: format!("SEC-{id}"),
            names: Vec::new(),
            hidden: false,
            instead: false,
        };
        let remembered = || recall(place.path(), Some(path), "a.example");
        remember(place.path(), path, "a.example", &[one(1), one(2), one(3)]).unwrap();
        let whole = std::fs::read(place.path().join(path)).unwrap();
        assert!(whole.starts_with(BEGINS.as_bytes()));
        for length in [0, BEGINS.len(), whole.len() - 1] {
            std::fs::write(place.path().join(path), &whole[..length]).unwrap();
            assert_eq!(remembered(), (vec![], vec![]));
            remember(place.path(), path, "a.example", &[one(4)]).unwrap();
            assert_eq!(remembered(), (vec![4], vec![one(4)]));
        }
    }
}

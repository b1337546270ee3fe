//! The file that remembers recent creations between runs (`--state`): hints alone. Losing or forging it
//! loses, duplicates and touches nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::export;

/// How many creations are remembered: as many as Jira reconciles in one search.
const RECENT: usize = 50;

/// The longest state file that is read, in bytes.
const LIMIT: u64 = 1 << 20;

#[derive(Default, Serialize, Deserialize)]
struct State {
    version: u32,
    /// Ids of tickets, oldest first, by site.
    recent: BTreeMap<String, Vec<u64>>,
}

/// The creations that the file remembers of a site; none where it cannot be read.
pub(super) fn recent(path: Option<&Path>, site: &str) -> Vec<u64> {
    path.map(read).and_then(|mut state| state.recent.remove(site)).unwrap_or_default()
}

/// Adds creations. What another wrote there, and what a link of the checkout leads to, is left alone.
pub(super) fn remember(root: &Path, path: &Path, site: &str, made: &[u64]) -> Result<()> {
    let mut state = read(path);
    state.version = 1;
    let recent = state.recent.entry(site.to_owned()).or_default();
    recent.extend(made);
    let old = recent.len().saturating_sub(RECENT);
    recent.drain(..old);
    let is_ours = |old: &[u8]| serde_json::from_slice::<State>(old).is_ok();
    let text = serde_json::to_vec(&state).unwrap_or_default();
    export::replace(root, path, LIMIT, is_ours, &text)
}

fn read(path: &Path) -> State {
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LIMIT).read_to_end(&mut text));
    read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

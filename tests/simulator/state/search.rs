//! The search index: what searches see, which is not what is.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::{Issue, World};

/// An index that sees each change only after a while.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) lag: Duration,
    /// Issues that it does not see at all, however long it takes.
    pub(crate) blind: BTreeSet<u64>,
    /// Versions by issue, oldest first; `None`: deleted.
    versions: BTreeMap<u64, Vec<(Timestamp, Option<Issue>)>>,
}

impl World {
    /// Tells the index that an issue changed, came or went.
    pub(super) fn reindex(&mut self, id: u64) {
        let now = self.now();
        let seen = self.issues.get(&id).cloned();
        let lag = self.index.lag;
        let versions = self.index.versions.entry(id).or_default();
        let current = versions.iter().rposition(|(at, _)| visible(*at, lag, now)).unwrap_or(0);
        versions.drain(..current);
        versions.push((now, seen));
    }

    /// The issues as a search sees them, by rising id; those in `reconciled` as they are.
    pub(crate) fn searchable(&self, reconciled: &[u64]) -> Vec<&Issue> {
        let now = self.now();
        let lag = self.index.lag;
        let seen = self.index.versions.iter().filter_map(|(id, versions)| {
            if reconciled.contains(id) {
                return self.issues.get(id);
            }
            if self.index.blind.contains(id) {
                return None;
            }
            versions.iter().rfind(|(at, _)| visible(*at, lag, now)).and_then(|(_, issue)| issue.as_ref())
        });
        seen.collect()
    }
}

fn visible(at: Timestamp, lag: Duration, now: Timestamp) -> bool {
    at.checked_add(lag).is_ok_and(|due| due <= now)
}

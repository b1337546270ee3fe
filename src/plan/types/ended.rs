//! Pull requests that have ended, as far as their tickets are concerned.

use std::collections::{BTreeMap, BTreeSet};

/// Pull requests that ended recently.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    /// Those that were closed without being merged.
    pub abandoned: BTreeSet<u64>,
    /// Those that were merged, each with the branch that it went into.
    pub merged: BTreeMap<u64, String>,
    /// Whether what is pending on tickets from earlier runs is done as well, whatever it was about.
    pub debts: bool,
}

//! What earlier runs remember about tickets that they created, if no search finds them. These are hints: losing or
//! forging them duplicates nothing that can be seen, and hides nothing, because a finding that is not filed because of
//! them is a failure that each run reports.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;

/// A ticket that an earlier run created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remembered {
    /// The tracker's numeric id.
    pub id: u64,
    /// Its key at that time.
    pub key: String,
    /// The names of its group.
    pub names: Vec<Fingerprint>,
    /// Whether the account that created it could not see it, or could not check.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Whether it replaced one that could not be found any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub instead: bool,
}

//! What earlier runs remember of tickets that they made, where no search finds them. Hints: losing or forging them
//! duplicates nothing that can be seen, and hides nothing, because a finding that is not filed for their sake is a failure
//! that each run makes known.

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;

/// A ticket that an earlier run made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remembered {
    /// The tracker's numeric id.
    pub id: u64,
    /// What it was called.
    pub key: String,
    /// The names of its group.
    pub names: Vec<Fingerprint>,
    /// Whether the account that made it could not see it, or could not look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Whether it took the place of one that could not be found any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub instead: bool,
}

//! The digest of a slice, which allows a record to say what the slice holds without reading it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fingerprint::{Fingerprint, Recipe};
use super::severity::Severity;

/// Identifies what a slice holds, whatever the order. The findings that are present have a separate part, so that it
/// can be compared between places. It is written as two numbers of 8 hex digits with a dot between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceDigest {
    kept: u32,
    skipped: u32,
}

impl SliceDigest {
    /// Stands for a digest that cannot be read. No slice has it except by chance, so the slice is read.
    const UNREADABLE: SliceDigest = SliceDigest { kept: 0, skipped: 0 };

    /// The digest of findings that are present, with their severity and facts, and of findings that are present but
    /// skipped. `truncated`: there are more.
    pub fn of(
        (severity, facts): (Option<Severity>, u32),
        kept: impl IntoIterator<Item = Fingerprint>,
        skipped: impl IntoIterator<Item = Fingerprint>,
        truncated: bool,
    ) -> SliceDigest {
        SliceDigest {
            kept: hash(kept_recipe(severity, facts), kept),
            skipped: hash(Recipe::new("aside").number(u64::from(truncated)), skipped),
        }
    }

    /// Whether two slices have the same findings, whatever is skipped.
    pub fn has_same_findings(self, other: SliceDigest) -> bool {
        self.kept == other.kept
    }

    /// Whether no finding is present, whatever is skipped.
    pub fn is_empty(self) -> bool {
        self.kept == hash(kept_recipe(None, 0), [])
    }
}

fn kept_recipe(severity: Option<Severity>, facts: u32) -> Recipe {
    Recipe::new("digest").value(severity.map_or("", Severity::name)).number(u64::from(facts))
}

fn hash(recipe: Recipe, findings: impl IntoIterator<Item = Fingerprint>) -> u32 {
    let mut all: Vec<Fingerprint> = findings.into_iter().collect();
    all.sort_unstable();
    all.into_iter().fold(recipe, Recipe::fingerprint).finish().short()
}

impl fmt::Display for SliceDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}.{:08x}", self.kept, self.skipped)
    }
}

impl FromStr for SliceDigest {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<SliceDigest, Self::Err> {
        let (kept, skipped) = text.split_once('.').unwrap_or((text, ""));
        let number = |digits: &str| u32::from_str_radix(digits, 16);
        Ok(SliceDigest { kept: number(kept)?, skipped: number(skipped)? })
    }
}

impl Serialize for SliceDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SliceDigest {
    /// Anybody who can edit a ticket may have written anything here; the slice itself still says what it holds.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SliceDigest, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or(SliceDigest::UNREADABLE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let check = |text: &str, expected: &str| {
            let read: SliceDigest = serde_json::from_value(text.into()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), expected, "{text}");
        };
        check("0123abcd.89ef0045", "0123abcd.89ef0045");
        check("0123abcd", "00000000.00000000");
        check("nonsense.", "00000000.00000000");
        check("", "00000000.00000000");
        assert!(!SliceDigest::UNREADABLE.is_empty());
    }
}

//! Places in the code, as a section remembers them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::distinct::Distinct;
use super::fingerprint::Recipe;

/// A place in the code, as a section remembers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodePlace {
    /// The file, manifest or image; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The first line; 0: none.
    #[serde(default, skip_serializing_if = "is_no_line")]
    pub line: u32,
    /// The commit at which the line is there; empty if no page shows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
}

impl CodePlace {
    /// Whether both are the same line of the same file, on whatever commit.
    pub fn is(&self, other: &CodePlace) -> bool {
        (&self.path, self.line) == (&other.path, other.line)
            && self.commit.is_empty() == other.commit.is_empty()
    }
}

/// What tells a place from others, in short.
pub fn digest(path: &str, line: u32) -> u32 {
    Recipe::new("place").value(path).number(u64::from(line)).finish().short()
}

/// The places in addition to the first one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FurtherPlaces {
    /// How many there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// The digests of some, so that a place that another scan saw, too, is counted once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    others: BTreeSet<u32>,
}

impl FurtherPlaces {
    /// Those of several places that are not the first.
    pub fn beside(first: &CodePlace, all: &Distinct) -> FurtherPlaces {
        let own = digest(&first.path, first.line);
        let others = all.some().filter(|one| *one != own).collect();
        FurtherPlaces { more: all.count.saturating_sub(1), others }
    }

    /// All places, with the first.
    pub fn and(&self, first: &CodePlace) -> Distinct {
        let mut some = self.others.clone();
        some.insert(digest(&first.path, first.line));
        Distinct::known(self.more + 1, some)
    }
}

fn is_no_line(line: &u32) -> bool {
    *line == 0
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_several_scans_are_added_up() {
        let place = |path: &str| CodePlace { path: path.to_owned(), ..CodePlace::default() };
        let seen = |paths: &[&str]| {
            let first = place(paths[0]);
            let all = Distinct::of(paths.iter().map(|path| digest(path, 0)));
            FurtherPlaces::beside(&first, &all).and(&first)
        };
        let check = |one: &[&str], other: &[&str], expected: usize| {
            let all = seen(one).with(&seen(other));
            assert_eq!(FurtherPlaces::beside(&place(one[0]), &all).more, expected, "{one:?} {other:?}");
        };
        check(&["a"], &["a"], 0);
        check(&["a"], &["b"], 1);
        check(&["a", "b"], &["a", "c"], 2);
        // the first place of one scan is among the others of another
        check(&["lock", "manifest"], &["manifest"], 1);
        check(&["a", "b", "c", "d", "e", "f", "g", "h"], &["b"], 7);
    }
}

//! How many different things several scans saw, as far as a few digests of them tell.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How many different things there are, with digests of some of them, so that what several scans saw is counted once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// How many.
    pub count: usize,
    /// The lowest digests: two scans that saw the same things keep the same ones.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    some: BTreeSet<u32>,
}

impl Distinct {
    /// How many digests are remembered.
    const KEPT: usize = 8;

    /// Things by their digests, each counted once.
    pub fn of(digests: impl IntoIterator<Item = u32>) -> Distinct {
        let all: BTreeSet<u32> = digests.into_iter().collect();
        Distinct { count: all.len(), some: all.into_iter().take(Self::KEPT).collect() }
    }

    /// This many things, of which these digests are known.
    pub fn known(count: usize, some: BTreeSet<u32>) -> Distinct {
        Distinct { count: count.max(some.len()), some }
    }

    /// The digests of at most so many as are remembered.
    pub fn some(&self) -> impl Iterator<Item = u32> {
        self.some.iter().copied().take(Self::KEPT)
    }

    /// These and others, each once. If the digests have none in common, nothing says that any of them are the same;
    /// otherwise, those without a digest are taken for the same.
    #[must_use]
    pub fn with(&self, others: &Distinct) -> Distinct {
        let some: BTreeSet<u32> = self.some.union(&others.some).copied().collect();
        let count = if self.some.is_disjoint(&others.some) {
            self.count + others.count
        } else {
            let nameless = |all: &Distinct| all.count.saturating_sub(all.some.len());
            some.len() + nameless(self).max(nameless(others))
        };
        Distinct { count, some }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_scans_saw_is_counted_once() {
        let check = |one: std::ops::Range<u32>, other: std::ops::Range<u32>, expected: usize| {
            let (one, other) = (Distinct::of(one), Distinct::of(other));
            assert_eq!((one.with(&other).count, other.with(&one).count), (expected, expected));
        };
        check(0..0, 0..3, 3);
        check(0..3, 0..3, 3);
        check(0..3, 2..5, 5);
        check(0..3, 3..6, 6);
        check(0..100, 0..100, 100);
        check(0..100, 100..200, 200);
    }

    #[test]
    fn a_third_scan_adds_nothing_that_the_second_had() {
        let (one, other) = (Distinct::of(0..8), Distinct::of(8..16));
        assert_eq!(one.with(&other).with(&other).count, 16);
    }
}

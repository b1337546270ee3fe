//! Pairing: an edited line or a moved file is the same finding.
//!
//! Before anything counts as new or gone, what is left over on both sides of one rule is paired: by
//! path and order, then by a line text that is unique on both sides.

use std::collections::HashMap;

use crate::model::fingerprint::Fingerprint;
use crate::model::slice::Entry;
use crate::model::survey::Sighting;

/// A finding of this run, as a record would keep it, with its other candidates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fresh {
    pub(super) entry: Entry,
    pub(super) sighting: Sighting,
}

/// For each fresh finding the index of the old one that it is, if it is one.
pub(super) fn pair(old: &[Entry], fresh: &[Fresh]) -> Vec<Option<usize>> {
    let mut pairs = Pairs { of: vec![None; fresh.len()], taken: vec![false; old.len()] };
    let mut known: HashMap<Fingerprint, usize> = HashMap::new();
    for (index, entry) in old.iter().enumerate() {
        known.entry(entry.fingerprint).or_insert(index);
    }
    for (index, one) in fresh.iter().enumerate() {
        let same = one.sighting.anchors.iter().flatten().find_map(|anchor| known.get(anchor));
        if let Some(&same) = same
            && !pairs.taken[same]
        {
            pairs.put(index, same);
        }
    }
    pairs.by(old, fresh, |entry| Some((entry.rule, entry.path)), Times::InOrder);
    pairs.by(old, fresh, |entry| (entry.text != 0).then_some((entry.rule, entry.text)), Times::Once);
    pairs.of
}

struct Pairs {
    of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

/// When several on one side have the same key.
#[derive(PartialEq)]
enum Times {
    /// The first is the first, the second the second.
    InOrder,
    /// None is paired.
    Once,
}

impl Pairs {
    fn put(&mut self, fresh: usize, old: usize) {
        self.of[fresh] = Some(old);
        self.taken[old] = true;
    }

    fn by(
        &mut self,
        old: &[Entry],
        fresh: &[Fresh],
        key: impl Fn(&Entry) -> Option<(u32, u32)>,
        times: Times,
    ) {
        let mut left: HashMap<(u32, u32), (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (index, entry) in old.iter().enumerate().filter(|(index, _)| !self.taken[*index]) {
            if let Some(key) = key(entry) {
                left.entry(key).or_default().0.push(index);
            }
        }
        for (index, one) in fresh.iter().enumerate().filter(|(index, _)| self.of[*index].is_none()) {
            if let Some(key) = key(&one.entry) {
                left.entry(key).or_default().1.push(index);
            }
        }
        for (old, fresh) in left.into_values() {
            if times == Times::InOrder || (old.len() == 1 && fresh.len() == 1) {
                fresh.into_iter().zip(old).for_each(|(fresh, old)| self.put(fresh, old));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fingerprint::Recipe;
    use crate::model::severity::Severity;

    /// `id path text`
    fn entry(words: &str) -> Entry {
        let part = |at: usize| words.split(' ').nth(at).unwrap();
        Entry {
            fingerprint: Recipe::new(part(0)).finish(),
            rule: 1,
            path: part(1).parse().unwrap(),
            text: part(2).parse().unwrap(),
        }
    }

    fn check(old: &[&str], fresh: &[&str], expected: &[Option<usize>]) {
        let old: Vec<_> = old.iter().map(|words| entry(words)).collect();
        let fresh: Vec<_> = fresh
            .iter()
            .map(|words| {
                let entry = entry(words);
                let sighting = Sighting {
                    anchors: [Some(entry.fingerprint), None, None],
                    rule: entry.rule,
                    text: entry.text,
                    path: entry.path,
                    line: 1,
                    scan: 0,
                    severity: Severity::Low,
                    aside: None,
                };
                Fresh { entry, sighting }
            })
            .collect();
        assert_eq!(pair(&old, &fresh), expected);
    }

    #[test]
    fn the_same_is_the_same_wherever_it_stands() {
        check(&["a 1 1", "b 1 2"], &["b 1 2", "a 1 1"], &[Some(1), Some(0)]);
    }

    #[test]
    fn an_edited_line_is_paired_in_its_path_by_order() {
        check(&["a 1 1", "b 1 2", "c 1 3"], &["a 1 1", "x 1 8", "y 1 9"], &[Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn a_moved_file_is_paired_by_a_text_that_is_unique() {
        check(&["a 1 5", "b 1 6"], &["x 2 5", "y 2 6"], &[Some(0), Some(1)]);
        check(&["a 1 5", "b 1 5"], &["x 2 5"], &[None]);
    }

    #[test]
    fn what_is_more_than_before_is_new() {
        check(&["a 1 1"], &["a 1 1", "b 1 1", "c 2 0"], &[Some(0), None, None]);
    }
}

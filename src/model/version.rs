//! The order of versions in any ecosystem, so that the lowest sufficient one of several fixed versions can be found.
//!
//! Numbers are compared as numbers and words by their letters; an epoch comes before everything (`1:2.0`), `~` and the
//! words of a pre-release (`rc1`, `beta`) before the version itself. That is how dpkg and rpm compare, with the words
//! that npm, PyPI, Maven and RubyGems have for the same; no crate orders the versions of all of them.

use std::cmp::Ordering;

/// Words for pre-releases, in order.
const EARLY: [&str; 14] = [
    "dev",
    "snapshot",
    "nightly",
    "canary",
    "next",
    "alpha",
    "a",
    "beta",
    "b",
    "milestone",
    "m",
    "pre",
    "rc",
    "cr",
];

/// Words that say that a version is the final one.
const FINAL: [&str; 3] = ["final", "ga", "release"];

/// Which of two versions comes first.
pub fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, a), (epoch_b, b)) = (parted(a), parted(b));
    let order = digits(epoch_a, epoch_b);
    if order.is_ne() {
        return order;
    }
    let (a, b) = (pieces(a), pieces(b));
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => a.compare(b),
            (Some(more), None) => more.beyond_the_end(),
            (None, Some(more)) => more.beyond_the_end().reverse(),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// How many numbers two versions have in common from their start: how close their release series are.
pub fn common(a: &str, b: &str) -> usize {
    let (a, b) = (pieces(parted(a).1), pieces(parted(b).1));
    a.iter().zip(&b).take_while(|(a, b)| matches!(a, Piece::Number(_)) && a.compare(b).is_eq()).count()
}

/// The epoch, and what follows it.
fn parted(version: &str) -> (&str, &str) {
    let version = version.trim().trim_start_matches(['v', 'V', '=']);
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => {
            (epoch, rest)
        }
        _ => ("0", version),
    }
}

#[derive(Debug)]
enum Piece<'v> {
    /// Sorts before everything, even the end.
    Tilde,
    /// A word of [`EARLY`], by its index.
    Early(usize),
    Word(&'v str),
    Number(&'v str),
}

impl Piece<'_> {
    fn rank(&self) -> u8 {
        match self {
            Piece::Tilde => 0,
            Piece::Early(_) => 1,
            Piece::Word(_) => 2,
            Piece::Number(_) => 3,
        }
    }

    fn compare(&self, other: &Piece<'_>) -> Ordering {
        match (self, other) {
            (Piece::Number(a), Piece::Number(b)) => digits(a, b),
            (Piece::Word(a), Piece::Word(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
            (Piece::Early(a), Piece::Early(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// How the version that continues with this compares to the one that ended.
    fn beyond_the_end(&self) -> Ordering {
        match self {
            Piece::Tilde | Piece::Early(_) => Ordering::Less,
            Piece::Number(zero) if zero.bytes().all(|b| b == b'0') => Ordering::Equal,
            Piece::Word(_) | Piece::Number(_) => Ordering::Greater,
        }
    }
}

fn digits(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn pieces(version: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        let end = rest.find(|c| kind(c) != kind(first)).unwrap_or(rest.len());
        let (piece, behind) =
            rest.split_at(if kind(first) == (false, false) { first.len_utf8() } else { end });
        rest = behind;
        match kind(first) {
            (true, _) => all.push(Piece::Number(piece)),
            (_, true) => all.extend(word(piece, behind)),
            _ if first == '~' => all.push(Piece::Tilde),
            _ => {}
        }
    }
    all
}

/// What a word means before `behind`. A single letter is an OpenSSL patch (`1.1.1b`), and a pre-release if a number
/// follows (`1.0b2`).
fn word<'v>(word: &'v str, behind: &str) -> Option<Piece<'v>> {
    let lower = word.to_lowercase();
    if FINAL.contains(&lower.as_str()) {
        return None;
    }
    let numbered = behind.trim_start_matches(['.', '-']).starts_with(|c: char| c.is_ascii_digit());
    let early = EARLY.iter().position(|early| *early == lower).filter(|_| lower.len() > 1 || numbered);
    Some(early.map_or(Piece::Word(word), Piece::Early))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_an_order() {
        // each line in ascending order
        let check = |ascending: &str| {
            let all: Vec<&str> = ascending.split(' ').collect();
            for (at, a) in all.iter().enumerate() {
                for (other, b) in all.iter().enumerate() {
                    assert_eq!(compare(a, b), at.cmp(&other), "{a} {b}");
                }
            }
        };
        check("1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-rc.1 1.0.0 1.0.1 1.2 1.10 2");
        check("1.0.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0.post1 1.1");
        check("1.1.1 1.1.1a 1.1.1k 1.1.1n-0 1.1.1n-0+deb11u3 1.1.1n-0+deb11u5");
        check("2.0 1:1.0 1:1.0-2 2:0.1");
        check("1.0~rc1 1.0 1.0-1 1.0-1.el8 1.0-1.el9");
        check("0.0.0-20210101000000-aaaaaaaaaaaa 0.0.0-20220314234659-1baeb1ce4c0b 0.17.0");
        check("5.3.0.M1 5.3.0 5.3.1.RELEASE 5.3.2.Final");
        check("3.1.3-r0 3.1.4-r0 3.1.4-r5");
        assert_eq!(compare("v1.2.0", "1.2"), Ordering::Equal);
        assert_eq!(compare("1.0.0.RELEASE", "1.0.0"), Ordering::Equal);
    }

    #[test]
    fn lines_of_releases_are_near_or_far() {
        assert_eq!(common("3.2.1", "3.2.25"), 2);
        assert_eq!(common("3.2.1", "4.0"), 0);
        assert_eq!(common("1:2.3", "1:2.4"), 1);
    }
}

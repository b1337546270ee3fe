//! The order of versions in any ecosystem, so that the lowest sufficient one of several fixed versions can be found.
//!
//! Numbers are compared as numbers and words by their letters; an epoch comes before everything (`1:2.0`), `~` and the
//! words of a pre-release (`rc1`, `beta`) before the version itself. That is how dpkg and rpm compare, with the words
//! that npm, PyPI, Maven and RubyGems have for the same; no crate orders the versions of all of them.

use std::cmp::Ordering;

/// Words for pre-releases, in order.
const EARLY: [&str; 15] = [
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
    "preview",
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

/// Whether a version is a pre-release. What a distribution adds (`1.0-1~bpo11`) or a platform (`30.0-jre`) is not one.
pub fn is_pre_release(version: &str) -> bool {
    release(version).is_some()
}

/// Whether two versions are pre-releases of the same release, or one is that release.
pub fn is_same_release(a: &str, b: &str) -> bool {
    compare(release(a).unwrap_or(a), release(b).unwrap_or(b)).is_eq()
}

/// The release that a pre-release comes before: `3.0.0` of `3.0.0rc1`; `None`: it is no pre-release.
fn release(version: &str) -> Option<&str> {
    // build metadata, and what a distribution adds
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    let mut at = 0;
    for part in version.split_inclusive(['.', '-', '_', '~']) {
        let text = part.trim_end_matches(['.', '-', '_', '~']);
        let behind = version[at + part.len()..].starts_with(|c: char| c.is_ascii_digit());
        let word = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
        // a letter alone is a patch of OpenSSL, and a hash has several words
        let is_numbered = name.len() < word.len() || behind;
        if EARLY.contains(&name.as_str()) && (name.len() > 1 || is_numbered) {
            let before = &version[..at + text.len() - word.len()];
            return Some(before.trim_end_matches(['.', '-', '_', '~']));
        }
        at += part.len();
    }
    None
}

/// Whether it is known that a version is not later than the installed one. Versions with which nothing can be compared
/// (a hash, a range, a word), an epoch that only one of them has, and the revision of a distribution decide nothing.
pub fn is_not_later(version: &str, installed: &str) -> bool {
    let (version, installed) = (bare(version), bare(installed));
    if !is_comparable(version) || !is_comparable(installed) {
        return false;
    }
    let has_epoch = |version: &str| parted(version).1.len() < version.len();
    let (version, installed) = match has_epoch(version) == has_epoch(installed) {
        true => (version, installed),
        false => (parted(version).1, parted(installed).1),
    };
    let is_revision = installed.strip_prefix(version).is_some_and(|rest| rest.starts_with('-'));
    compare(version, installed).is_le() && !is_revision
}

/// A version without the `v` that some write before it.
fn bare(version: &str) -> &str {
    version.trim().trim_start_matches(['v', 'V', '='])
}

/// Whether it is one version rather than a range, a hash or a word.
fn is_comparable(version: &str) -> bool {
    const SHORTEST_HASH: usize = 12;
    let is_hash = version.len() >= SHORTEST_HASH
        && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        && version.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_range = version.contains(['<', '>', '^', '*', '|', ',', '[', '(', ' ']) || version.ends_with(".x");
    version.starts_with(|c: char| c.is_ascii_digit()) && !is_hash && !is_range
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
    fn pre_releases_are_told_from_suffixes() {
        let check =
            |version: &str, expected: Option<&str>| assert_eq!(release(version), expected, "{version}");
        check("7.0.0-beta4", Some("7.0.0"));
        check("3.0.0rc1", Some("3.0.0"));
        check("1.0b2", Some("1.0"));
        check("5.3.0.M1", Some("5.3.0"));
        check("1:1.2.3~rc1-1", Some("1:1.2.3"));
        check("8.0.0-preview.1.22", Some("8.0.0"));
        check("1.0.0-alpha.1", Some("1.0.0"));
        check("1.0-SNAPSHOT", Some("1.0"));
        for stable in [
            "30.0-jre",
            "3.18-alpine",
            "5.3.2.Final",
            "5.3.1.RELEASE",
            "3.2.1+incompatible",
            "1.1.1n-0+deb11u3",
            "1.1.1b",
            "2.36-9+deb12u4",
            "1.2-1~bpo11+1",
            "3.1.4-r0",
            "1.0-1.el8_6",
            "0.0.0-20201216223049-8b5274cf687f",
            "17.0.10+7",
        ] {
            check(stable, None);
        }
        assert!(is_same_release("7.0.0-beta1", "7.0.0-beta4") && is_same_release("7.0.0", "7.0.0-rc1"));
        assert!(!is_same_release("7.0.0-beta1", "7.0.1-beta1"));
    }

    #[test]
    fn a_version_is_earlier_only_where_that_can_be_told() {
        let check = |version: &str, installed: &str, expected: bool| {
            assert_eq!(is_not_later(version, installed), expected, "{version} {installed}");
        };
        check("1.2.3", "17.0.10+7", true);
        check("1.0.5", "2.30.0", true);
        check("v8.74.0", "8.74.0", true);
        check("8.75.0", "v8.74.0", false);
        check("1:1.1", "1.0-1", false);
        check("1.2", "1:1.1-3", false);
        check("1.0", "1:1.1-3", true);
        check("1.2.3", "1.2.3-r0", false);
        check("1.2.3", "0fa3b2c4d5e6f708", false);
        check("6c1d3f00aa77", "1.0", false);
        check("1.2.3", "latest", false);
        check("1.2.3", ">=2.0", false);
        check("1.2.3", "", false);
    }

    #[test]
    fn lines_of_releases_are_near_or_far() {
        assert_eq!(common("3.2.1", "3.2.25"), 2);
        assert_eq!(common("3.2.1", "4.0"), 0);
        assert_eq!(common("1:2.3", "1:2.4"), 1);
    }
}

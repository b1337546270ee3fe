//! Texts with wildcards, matched in time that grows with the pattern and the text, whatever these are: all positions in
//! the pattern that the text may have reached are tracked at once, and none is tried twice.
//!
//! `?` stands for one character, `*` for any text, `[a-z]` for one of these, `[!a-z]` for one that is none of these,
//! and `**`, alone between slashes, for any number of folders.

/// A text with wildcards.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wildcard {
    text: String,
    atoms: Vec<Atom>,
    /// Whether `?`, `*` and brackets stay within a folder.
    by_folder: bool,
    /// Whether case matters.
    by_case: bool,
}

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Atom {
    /// This character.
    Is(char),
    /// `?`
    One,
    /// One that is within these ranges, or is not.
    Within(Vec<(char, char)>, bool),
    /// `*`
    Any,
    /// `**`: nothing, or anything up to a slash or the end.
    Folders,
}

impl Wildcard {
    /// A name's pattern: its wildcards also match slashes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn name(text: &str) -> Result<Wildcard, &'static str> {
        Ok(Wildcard { text: text.to_owned(), atoms: atoms(text)?, by_folder: false, by_case: true })
    }

    /// A path's pattern: `*` stays within a folder.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn path(text: &str) -> Result<Wildcard, &'static str> {
        Ok(Wildcard { by_folder: true, ..Wildcard::name(text)? })
    }

    /// The same, ignoring case.
    #[must_use]
    pub(crate) fn ignoring_case(self) -> Wildcard {
        Wildcard { by_case: false, ..self }
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it stands for any number of folders.
    pub(crate) fn has_folders(&self) -> bool {
        self.atoms.contains(&Atom::Folders)
    }

    /// Whether a whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        // most texts differ right at the beginning
        for (atom, c) in self.atoms.iter().zip(text.chars()) {
            match atom {
                Atom::Is(own) if self.same(*own, c) => {}
                Atom::Is(_) => return false,
                _ => break,
            }
        }
        let mut now = Reached::new(self.atoms.len());
        let mut next = now.clone();
        now.reach(&self.atoms, 0);
        for c in text.chars() {
            let mut alive = false;
            for at in now.all() {
                alive |= self.step(at, c, &mut next);
            }
            if !alive {
                return false;
            }
            std::mem::swap(&mut now, &mut next);
            next.clear();
        }
        // at the end, `**` has matched its folders even without a slash
        let within: Vec<usize> = now.all().filter(|at| at % 2 == 1).collect();
        within.into_iter().for_each(|at| now.reach(&self.atoms, at / 2 + 1));
        now.has(2 * self.atoms.len())
    }

    /// Goes from a position over a character; returns whether it leads anywhere.
    fn step(&self, at: usize, c: char, next: &mut Reached) -> bool {
        let Some(atom) = self.atoms.get(at / 2) else { return false };
        let slash = std::path::is_separator(c);
        let stays = self.by_folder && slash;
        let fits = match atom {
            Atom::Is(own) => self.same(*own, c),
            Atom::One | Atom::Any => !stays,
            Atom::Within(ranges, negative) => {
                !stays && ranges.iter().any(|range| self.is_within(*range, c)) != *negative
            }
            Atom::Folders => true,
        };
        match atom {
            _ if !fits => return false,
            Atom::Any => next.reach(&self.atoms, at / 2),
            Atom::Folders if slash => next.reach(&self.atoms, at / 2),
            Atom::Folders => next.set(2 * (at / 2) + 1),
            _ => next.reach(&self.atoms, at / 2 + 1),
        }
        true
    }

    fn same(&self, own: char, c: char) -> bool {
        own == c || (!self.by_case && own.eq_ignore_ascii_case(&c))
    }

    fn is_within(&self, (first, last): (char, char), c: char) -> bool {
        let is = |c: char| (first..=last).contains(&c);
        if is(c) || first == last {
            return self.same(first, c) || is(c);
        }
        // a range of letters matches both cases
        let letters = first.is_ascii_alphabetic() && last.is_ascii_alphabetic();
        let (first, last) = (first.to_ascii_lowercase(), last.to_ascii_lowercase());
        !self.by_case && letters && (first..=last).contains(&c.to_ascii_lowercase())
    }
}

/// The positions in a pattern that a text has reached: two for each atom, the second within `**`.
#[derive(Clone)]
struct Reached(Vec<u64>);

impl Reached {
    fn new(atoms: usize) -> Reached {
        Reached(vec![0; (2 * atoms + 1).div_ceil(64)])
    }

    fn clear(&mut self) {
        self.0.fill(0);
    }

    fn set(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    /// Reaches an atom, and what follows it as long as that may match nothing.
    fn reach(&mut self, atoms: &[Atom], mut at: usize) {
        while !self.has(2 * at) {
            self.set(2 * at);
            if !matches!(atoms.get(at), Some(Atom::Any | Atom::Folders)) {
                return;
            }
            at += 1;
        }
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(64 * index + bit)
            })
        })
    }
}

/// The parts of a pattern.
fn atoms(text: &str) -> Result<Vec<Atom>, &'static str> {
    let chars: Vec<char> = text.chars().collect();
    let mut atoms = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let rest = &chars[at..];
        let (atom, length) = match c {
            '?' => (Atom::One, 1),
            '*' => match rest.iter().take_while(|c| **c == '*').count() {
                1 => (Atom::Any, 1),
                2 => (Atom::Folders, folders(&chars, at)?),
                _ => return Err("wildcards are either regular `*` or recursive `**`"),
            },
            '[' => class(rest).ok_or("invalid range pattern")?,
            c => (Atom::Is(*c), 1),
        };
        // folders of folders are folders
        if atom != Atom::Folders || atoms.last() != Some(&Atom::Folders) {
            atoms.push(atom);
        }
        at += length;
    }
    Ok(atoms)
}

/// How long a `**` is, including the slash that ends it.
fn folders(chars: &[char], at: usize) -> Result<usize, &'static str> {
    let is_slash = |c: &char| std::path::is_separator(*c);
    let begins = at.checked_sub(1).is_none_or(|before| is_slash(&chars[before]));
    match chars.get(at + 2) {
        None if begins => Ok(2),
        Some(c) if begins && is_slash(c) => Ok(3),
        _ => Err("recursive wildcards must form a single path component"),
    }
}

/// Brackets, and how long they are. The first character within them may be a bracket.
fn class(rest: &[char]) -> Option<(Atom, usize)> {
    let negative = rest.get(1) == Some(&'!');
    let begin = if negative { 2 } else { 1 };
    let end = begin + 1 + rest.get(begin + 1..)?.iter().position(|c| *c == ']')?;
    let mut ranges = Vec::new();
    let mut inside = &rest[begin..end];
    while let Some(first) = inside.first() {
        let is_range = inside.len() >= 3 && inside[1] == '-';
        let (last, length) = if is_range { (&inside[2], 3) } else { (first, 1) };
        ranges.push((*first, *last));
        inside = &inside[length..];
    }
    Some((Atom::Within(ranges, negative), end + 1))
}

#[cfg(test)]
mod tests {
    use glob::{MatchOptions, Pattern};
    use proptest::prelude::*;

    use super::*;

    /// What the crate `glob`, for which casefile's patterns are written, says about the same.
    fn reference(pattern: &Pattern, text: &str, by_folder: bool, by_case: bool) -> bool {
        let options = MatchOptions {
            case_sensitive: by_case,
            require_literal_separator: by_folder,
            require_literal_leading_dot: false,
        };
        pattern.matches_with(text, options)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

        #[test]
        fn patterns_mean_what_they_mean_to_glob(
            pattern in r"([abB/.é]|\*|\*\*/|/\*\*|\?|\[a-b\]|\[!b\]|\[é/A-\]|\[B-z\]|\[|\]){0,8}",
            texts in proptest::collection::vec("[abBc/.é]{0,8}", 12),
        ) {
            let own = Wildcard::name(&pattern);
            let other = Pattern::new(&pattern);
            prop_assert_eq!(own.clone().err(), other.as_ref().err().map(|error| error.msg));
            if let (Ok(own), Ok(other)) = (own, other) {
                for text in &texts {
                    let path = Wildcard { by_folder: true, ..own.clone() };
                    prop_assert_eq!(own.matches(text), reference(&other, text, false, true), "{} {}", pattern, text);
                    prop_assert_eq!(path.matches(text), reference(&other, text, true, true), "{} {}", pattern, text);
                    let word = own.clone().ignoring_case();
                    prop_assert_eq!(word.matches(text), reference(&other, text, false, false), "{} {}", pattern, text);
                }
            }
        }
    }

    #[test]
    fn nasty_patterns_take_no_time() {
        let check = |pattern: &str, text: &str, expected| {
            assert_eq!(Wildcard::path(pattern).unwrap().matches(text), expected, "{pattern}");
        };
        check("src/*_*_*.py", &format!("src/{}", "_".repeat(4_000)), false);
        check("src/*_*_*.py", &format!("src/{}.py", "_".repeat(4_000)), true);
        check(&format!("{}b", "*a".repeat(200)), &"a".repeat(4_000), false);
        check(&format!("{}b", "**/a*/".repeat(100)), &"aa/".repeat(1_300), false);
        check(&format!("{}x", "[a-z]*".repeat(150)), &"a".repeat(4_000), false);
    }
}

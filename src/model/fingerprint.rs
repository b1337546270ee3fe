//! A stable identity, hashed: of a finding, of a group, of a text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// Ten bytes of a SHA-256 over a canonical form, written as 20 hex digits.
///
/// Tickets carry it in a label, so how it is made is a promise to customers: a change of the recipe is a new version
/// beside the old one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 10]);

/// Collects what an identity is made of; each value is prefixed with its length, so that no two sequences of values can
/// result in the same bytes. A copy continues from what has been added so far.
#[derive(Clone)]
pub struct Recipe(Sha256);

impl Recipe {
    /// Starts the form of the named thing, e.g. `finding`, in version 1 of the recipe.
    pub fn new(of: &str) -> Recipe {
        Recipe(Sha256::new()).value("casefile/1").value(of)
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, value: &str) -> Recipe {
        self.0.update((value.len() as u64).to_be_bytes());
        self.0.update(value);
        self
    }

    /// Adds a text of which only the words count: white space is folded.
    #[must_use]
    pub fn words(mut self, text: &str) -> Recipe {
        let length: usize = text.split_whitespace().map(|word| word.len() + 1).sum();
        self.0.update((length as u64).to_be_bytes());
        for word in text.split_whitespace() {
            self.0.update(word);
            self.0.update(b" ");
        }
        self
    }

    /// Adds another identity.
    #[must_use]
    pub fn fingerprint(mut self, fingerprint: Fingerprint) -> Recipe {
        self.0.update(fingerprint.0);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: u64) -> Recipe {
        self.0.update(number.to_be_bytes());
        self
    }

    /// The identity of everything that was added, in that order.
    pub fn finish(self) -> Fingerprint {
        let mut kept = [0; 10];
        kept.copy_from_slice(&self.0.finalize()[..10]);
        Fingerprint(kept)
    }
}

impl Fingerprint {
    /// The first four bytes: enough to distinguish the findings on one ticket.
    pub fn short(self) -> u32 {
        u32::from_be_bytes([self.0[0], self.0[1], self.0[2], self.0[3]])
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not an ID of 20 hexadecimal digits");
        if text.len() != 20 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(wrong());
        }
        let mut bytes = [0; 10];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Fingerprint(bytes))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fixed once and for all: labels on customers' tickets depend on it.
    #[test]
    fn the_recipe_does_not_change() {
        let made = Recipe::new("finding").value("bandit").words(" a  =\t1 ").number(3).finish();
        assert_eq!(made.to_string(), "ec52079a3272f0dea635");
    }

    #[test]
    fn values_do_not_run_together() {
        let of = |a, b| Recipe::new("x").value(a).value(b).finish();
        assert_ne!(of("ab", "c"), of("a", "bc"));
    }

    #[test]
    fn white_space_is_folded_in_words() {
        let of = |text| Recipe::new("x").words(text).finish();
        assert_eq!(of("if  a:\n"), of("\tif a:"));
        assert_ne!(of("if a:"), of("ifa:"));
    }

    #[test]
    fn text_is_read_back() {
        let made = Recipe::new("x").finish();
        assert_eq!(made.to_string().parse(), Ok(made));
        assert!("0".repeat(19).parse::<Fingerprint>().is_err());
        assert!("G".repeat(20).parse::<Fingerprint>().is_err());
        assert!("é".repeat(10).parse::<Fingerprint>().is_err());
    }
}

//! CWE numbers and OWASP categories from scanners' tags and properties.

use std::collections::BTreeSet;

/// The CWE number in an address: `https://cwe.mitre.org/data/definitions/798.html`.
pub(crate) fn cwe_page(address: &str) -> Option<u32> {
    let (_, rest) = address.split_once("cwe.mitre.org/")?;
    let name = rest.rsplit_once('/').map_or(rest, |(_, name)| name);
    name.trim_end_matches(".html").parse().ok()
}

/// Every CWE number that a text names: `external/cwe/cwe-079`, `CWE-79: …`, `cwe79`.
pub(crate) fn cwe(text: &str) -> impl Iterator<Item = u32> + '_ {
    after(text, b"cwe").filter_map(|rest| {
        let digits = rest.trim_start_matches(['-', '_', ':', ' ']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok().filter(|number| (1..1_000_000).contains(number))
    })
}

/// A CWE number on its own or with its prefix, in a field that is named for it: `79`, `CWE-79`.
pub(crate) fn cwe_field(text: &str) -> impl Iterator<Item = u32> + '_ {
    let bare = text.trim().parse().ok().filter(|number| (1..1_000_000).contains(number));
    bare.into_iter().chain(cwe(text))
}

/// Weaknesses in the form in which a rule has them: ascending, each once.
pub(crate) fn each_once(weaknesses: impl IntoIterator<Item = u32>) -> Vec<u32> {
    BTreeSet::from_iter(weaknesses).into_iter().collect()
}

/// The OWASP category that a tag names, e.g. `A03:2021` of `OWASP-A03:2021 - Injection`.
pub(crate) fn owasp(text: &str) -> Option<String> {
    after(text, b"owasp").find_map(category)
}

/// An OWASP category at the start of a field that is named for it: `A1: Injection`, `M1: …`.
pub(crate) fn owasp_field(text: &str) -> Option<String> {
    category(text)
}

/// The first category in a text: a letter A or M, one or two digits, and the year if it follows.
fn category(text: &str) -> Option<String> {
    // close to its word, or it belongs to something else
    let upper: String = text.chars().take(60).map(|c| c.to_ascii_uppercase()).collect();
    let bytes = upper.as_bytes();
    let start = (0..bytes.len()).find(|&at| {
        matches!(bytes[at], b'A' | b'M')
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
            && !at.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric())
    })?;
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = digits(start + 1);
    let year = if bytes.get(number) == Some(&b':') { digits(number + 1) } else { number };
    let end = if year == number + 5 { year } else { number };
    (number - start <= 3).then(|| upper[start..end].to_owned())
}

/// What follows each occurrence of a word, ignoring case.
fn after<'t>(text: &'t str, word: &'static [u8]) -> impl Iterator<Item = &'t str> {
    let windows = text.as_bytes().windows(word.len()).enumerate();
    windows
        .filter(|(_, window)| window.eq_ignore_ascii_case(word))
        .filter_map(move |(at, _)| text.get(at + word.len()..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaknesses_are_found() {
        let check = |text: &str, expected: &[u32]| {
            assert_eq!(cwe_field(text).collect::<Vec<_>>(), expected, "{text}");
        };
        check("external/cwe/cwe-079", &[79]);
        check("CWE-79: Improper Neutralization", &[79]);
        check("cwe79", &[79]);
        check("CWE_798 CWE:259", &[798, 259]);
        check("CWE-919 - Weaknesses in Mobile Applications", &[919]);
        check("502", &[502]);
        check("cwe", &[]);
        check("CWE-0", &[]);
        check("CWE-99999999999", &[]);
        check("security", &[]);
        check("ÄCWE-1", &[1]);
    }

    #[test]
    fn categories_are_found() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(owasp(text).as_deref(), expected, "{text}");
        };
        check("OWASP-A03:2021 - Injection", Some("A03:2021"));
        check("external/owasp/owasp-a1", Some("A1"));
        check("OWASP Top Ten 2021 Category A03:2021", Some("A03:2021"));
        check("owasp-m1", Some("M1"));
        check("owasp", None);
        check("A03:2021", None);
        assert_eq!(owasp_field("A1: Injection").as_deref(), Some("A1"));
        assert_eq!(owasp_field("M10: Extraneous").as_deref(), Some("M10"));
        assert_eq!(owasp_field("Injection"), None);
        assert_eq!(owasp_field("A123"), None);
    }
}

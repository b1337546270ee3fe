//! What GitHub or Jira would interpret as a mention, a reference, a ticket's key, a commit or an address.

use std::iter::Peekable;
use std::str::CharIndices;

/// Words before a number that look like a Jira project but are read, and copied, more often than they are
/// misinterpreted.
const NO_KEYS: &[&str] = &[
    "ALAS", "ALSA", "BSD", "CVE", "CWE", "DLA", "DSA", "ELSA", "GHSA", "GO", "GPL", "ISO", "LGPL", "MAL",
    "MD", "MPL", "OSV", "PYSEC", "RFC", "RHSA", "RLSA", "RUSTSEC", "SHA", "USN", "UTF",
];

/// What begins an id or a name of several words, such as `SNYK-JS-LODASH-567746` or `ISO-2022-JP-3`. None of its words is a project: by the
/// expression that Atlassian publishes for keys, no capitals with a hyphen precede one.
const FAMILIES: &[&str] = &["AVD", "ISO", "SNYK"];

/// The text in pieces, each with whether it names something that would be linked, or broken, as text: an address, a
/// hash, a scoped package, an id. As code it is neither, and can be copied. Surrounding commas and brackets are not
/// part of it.
pub(super) fn named(text: &str) -> Vec<(&str, bool)> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let start =
            bare.len() - bare.trim_start_matches(['(', '[', '{', '<', '"', '\'', '`', '*', '_', ',']).len();
        let inner = &bare[start..];
        let inner = inner
            .trim_end_matches([')', ']', '}', '>', '"', '\'', '`', '*', '_', ',', '.', ';', ':', '!', '?']);
        if !inner.is_empty() && broken(inner) != inner {
            if plain < at + start {
                pieces.push((&text[plain..at + start], false));
            }
            plain = at + start + inner.len();
            pieces.push((&text[at + start..plain], true));
        }
        at += word.len();
    }
    if plain < text.len() {
        pieces.push((&text[plain..], false));
    }
    pieces
}

/// The text with a zero-width space within every mention, reference, key, commit and bare address.
pub(super) fn broken(text: &str) -> String {
    broken_for(text, Host::Github)
}

/// The same for Jira, which has no mentions, references or commits: only within keys and bare addresses.
pub(super) fn broken_in_jira(text: &str) -> String {
    broken_for(text, Host::Jira)
}

/// The system that reads the text.
#[derive(Clone, Copy, PartialEq)]
enum Host {
    Github,
    Jira,
}

fn broken_for(text: &str, host: Host) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    let (mut before, mut family) = (' ', Family::default());
    while let Some((at, c)) = rest.next() {
        if word(c) && !word(before) {
            before = push_word(&mut out, text, at, &mut rest, &mut family, host);
            continue;
        }
        out.push(c);
        let next = rest.peek().map(|&(_, next)| next);
        let acts = match c {
            '@' if host == Host::Github => next.is_some_and(char::is_alphanumeric),
            '#' if host == Host::Github => next.is_some_and(|next| next.is_ascii_digit()),
            ':' => text[at..].starts_with("://"),
            _ => false,
        };
        if acts {
            out.push('\u{200b}');
        }
        before = c;
    }
    out
}

/// Whether the words that hyphens join, up to `end`, are an id of [`FAMILIES`].
#[derive(Default)]
struct Family {
    known: bool,
    end: usize,
}

impl Family {
    /// Takes the next word of a text, and returns whether it belongs to such an ID.
    fn goes_on(&mut self, text: &str, at: usize, found: &str) -> bool {
        let joined = at == self.end + 1 && text[..at].ends_with('-');
        self.known = if joined { self.known } else { FAMILIES.contains(&found) };
        self.end = at + found.len();
        self.known
    }
}

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Writes the word that begins at `at`, broken if it would be read as a key, a commit or an address; returns its last
/// character.
fn push_word(
    out: &mut String,
    text: &str,
    at: usize,
    rest: &mut Peekable<CharIndices<'_>>,
    family: &mut Family,
    host: Host,
) -> char {
    let length = text[at..].bytes().take_while(|&b| word(char::from(b))).count();
    let (found, behind) = text[at..].split_at(length);
    for _ in 1..length {
        rest.next();
    }
    let known = family.goes_on(text, at, found);
    if host == Host::Github && is_commit(found.trim_start_matches('_')) {
        // six digits are not enough to identify a commit
        for (index, c) in found.chars().enumerate() {
            if index > 0 && index % 6 == 0 {
                out.push('\u{200b}');
            }
            out.push(c);
        }
    } else {
        out.push_str(found);
        // a ticket's number has no leading zero
        let number =
            behind.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c| matches!(c, '1'..='9')));
        let address = behind.starts_with('.') && found.to_ascii_lowercase().ends_with("www");
        if address || (number && !known && is_project(found)) {
            out.push('\u{200b}');
        }
    }
    found.chars().next_back().unwrap_or(' ')
}

/// 7 to 40 hexadecimal digits; GitHub links them if such a commit exists. Words without any decimal digit are far more
/// often English, and those with only decimal digits are numbers: both are left alone.
fn is_commit(word: &str) -> bool {
    (7..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// What can precede a ticket's number, in Jira or as in GitHub's own `GH-1`.
fn is_project(word: &str) -> bool {
    let key =
        word.rsplit(|c: char| c.is_ascii_lowercase()).next().unwrap_or_default().trim_start_matches('_');
    (key.len() > 1 && key.bytes().any(|b| b.is_ascii_uppercase()) && !NO_KEYS.contains(&key))
        || word.eq_ignore_ascii_case("gh")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_something_is_set_apart() {
        let check = |text: &str, expected: &[&str]| {
            let pieces = named(text);
            assert_eq!(pieces.iter().map(|(text, _)| *text).collect::<String>(), text);
            let names: Vec<&str> = pieces.iter().filter(|(_, name)| *name).map(|(text, _)| *text).collect();
            assert_eq!(names, expected);
        };
        check("see https://a.example/x, or (@babel/core).", &["https://a.example/x", "@babel/core"]);
        check("deadbee1f is SEC-12's", &["deadbee1f", "SEC-12's"]);
        check("plain CVE-2021-1 text", &[]);
        check("", &[]);
    }

    #[test]
    fn what_would_be_linked_is_broken_and_an_id_can_be_copied() {
        let check = |text: &str, expected: &str| assert_eq!(broken(text).replace('\u{200b}', "·"), expected);
        let same = |text: &str| check(text, text);
        for id in ["AVD-AWS-0089", "AVD-KSV-12", "AWS-0089", "SNYK-JS-LODASH-567746", "SNYK-CC-K8S-6"] {
            same(id);
        }
        for id in ["RHSA-2021:1234", "GO-2021-0113", "USN-4512-1", "CVE-2021-23337", "GPL-2.0", "SHA-256"] {
            same(id);
        }
        same("1234567 SNYK-JS-LODASH ISO-2022-JP-3");
        check("deadbeef1 1234567a", "deadbe·ef1 123456·7a");
        check("SEC-12 SEC-120 SEC-012 x-SEC-1", "SEC·-12 SEC·-120 SEC-012 x-SEC·-1");
        // only parts joined by hyphens are a single id
        check("SNYK SEC-1 SNYK--SEC-1 SNYK-JS_SEC-1", "SNYK SEC·-1 SNYK--SEC·-1 SNYK-JS_SEC-1");
        check("XSNYK-SEC-1 -SNYK-SEC-1", "XSNYK-SEC·-1 -SNYK-SEC-1");
        check("SNYK-A-1, SEC-1", "SNYK-A-1, SEC·-1");
    }
}

//! What GitHub or Jira would take for a mention, a reference, a ticket's key, a commit or an address.

use std::iter::Peekable;
use std::str::CharIndices;

/// Prefixes of well-known names that look like a ticket's key but are read more often than misread.
const NO_KEYS: &[&str] = &["CVE", "CWE", "GHSA", "RUSTSEC", "PYSEC", "UTF", "ISO", "SHA", "MD", "RFC"];

/// The text with a zero-width space within every mention, reference, key, commit and bare address.
pub(super) fn broken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = rest.next() {
        if word(c) && !word(before) {
            before = push_word(&mut out, text, at, &mut rest);
            continue;
        }
        out.push(c);
        let next = rest.peek().map(|&(_, next)| next);
        let acts = match c {
            '@' => next.is_some_and(char::is_alphanumeric),
            '#' => next.is_some_and(|next| next.is_ascii_digit()),
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

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Writes the word that begins at `at`, broken if it would be read as a key, a commit or an address;
/// gives its last character.
fn push_word(out: &mut String, text: &str, at: usize, rest: &mut Peekable<CharIndices<'_>>) -> char {
    let length = text[at..].bytes().take_while(|&b| word(char::from(b))).count();
    let (found, behind) = text[at..].split_at(length);
    for _ in 1..length {
        rest.next();
    }
    if is_commit(found.trim_start_matches('_')) {
        // six digits are too few to name a commit
        for (index, c) in found.chars().enumerate() {
            if index > 0 && index % 6 == 0 {
                out.push('\u{200b}');
            }
            out.push(c);
        }
    } else {
        out.push_str(found);
        let number =
            behind.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let address = behind.starts_with('.') && found.to_ascii_lowercase().ends_with("www");
        if address || (number && is_project(found)) {
            out.push('\u{200b}');
        }
    }
    found.chars().next_back().unwrap_or(' ')
}

/// 7 to 40 hexadecimal digits; GitHub links them where such a commit exists. Words without any
/// decimal digit are left alone: they are far more often English.
fn is_commit(word: &str) -> bool {
    (7..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
}

/// What can stand before a ticket's number, in Jira or as GitHub's own `GH-1`.
fn is_project(word: &str) -> bool {
    let key =
        word.rsplit(|c: char| c.is_ascii_lowercase()).next().unwrap_or_default().trim_start_matches('_');
    (key.len() > 1 && key.bytes().any(|b| b.is_ascii_uppercase()) && !NO_KEYS.contains(&key))
        || word.eq_ignore_ascii_case("gh")
}

//! What would mean something to GitHub, written so that it stands for itself.

use std::iter::Peekable;
use std::str::CharIndices;

use url::Url;

use super::Place;
use crate::document::visible::visible;

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

/// Escapes a line that is to stand behind `before`; the zero-width space is written to be seen.
pub(super) fn escaped(line: &str, before: &str, place: Place) -> String {
    let line = if before.is_empty() || before.ends_with('\n') { line.trim_start() } else { line };
    let mut out = String::with_capacity(line.len() + line.len() / 8);
    if (before.is_empty() || before.ends_with('\n')) && place == Place::Paragraph {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = line.split_at(digits);
        out.push_str(number);
        let acts = if digits > 0 {
            rest.starts_with(['.', ')'])
        } else {
            rest.starts_with(['-', '+', '=', ':', '#'])
        };
        if acts {
            out.push('\\');
        }
        push_escaped(&mut out, rest, place);
    } else {
        push_escaped(&mut out, line, place);
    }
    out
}

/// A code span whose fence is longer than any run of backticks within; where that would not hold what
/// is in it (a cell's bounds, a comment, another span before it), the tag that GitHub takes for the same.
pub(super) fn code_span(text: &str, before: &str, place: Place) -> String {
    let text = visible(text).replace('\n', " ");
    if text.trim().is_empty() {
        return text;
    }
    let cell = place == Place::Cell && text.contains(['|', '\\']);
    if cell || before.ends_with('`') || text.contains("<!--") || text.contains("-->") {
        return format!("<code>{}</code>", escaped(&broken(&text), "<code>", place));
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// How many of this character stand together at most.
pub(super) fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// An address between a link's parentheses.
pub(super) fn link_target(url: &Url) -> String {
    let mut out = String::with_capacity(url.as_str().len());
    for c in url.as_str().chars() {
        match c {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '`' => out.push_str("%60"),
            '|' => out.push_str("%7C"),
            '\\' => out.push_str("%5C"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}

fn push_escaped(out: &mut String, text: &str, place: Place) {
    let mut before = out.chars().next_back();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        match c {
            '\u{200b}' => out.push_str("&#8203;"),
            '\t' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' if place == Place::Cell => out.push_str("&#124;"),
            '\\' if place == Place::Cell => out.push_str("&#92;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            // within a word it stands for itself
            '_' if !(before.is_some_and(char::is_alphanumeric)
                && next.is_some_and(char::is_alphanumeric)) =>
            {
                out.push_str("\\_");
            }
            // would make a picture of a link that follows
            '!' if next.is_none() => out.push_str("\\!"),
            // would close the heading
            '#' if place == Place::Heading => out.push_str("\\#"),
            c => out.push(c),
        }
        before = Some(c);
    }
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

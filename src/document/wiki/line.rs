//! A line of wiki markup: marks, links, and what must be escaped in text.

use crate::document::Inline;
use crate::document::references::broken_in_jira as broken;
use crate::document::visible::{joined, visible};

/// What becomes an image when it is in brackets.
const PICTURES: &[&str] = &[
    "y)", "n)", "i)", "/)", "x)", "!)", "+)", "-)", "?)", "on)", "off)", "*)", "*r)", "*g)", "*b)", "*y)",
    "flag)", "flagoff)", "c)", "r)", "tm)",
];

/// A line break where the source must stay on one line.
pub(super) const BREAK: &str = " \\\\ ";

/// Where a line is: that determines what a line break in it becomes, and how bars and brackets are written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum WikiContext {
    Paragraph,
    /// A heading or a list item: one line of source.
    Line,
    Cell,
    /// The text of a link.
    Link,
}

/// A line's inlines; line breaks at either end are dropped.
pub(super) fn line(inlines: &[Inline], place: WikiContext) -> String {
    let mut out = String::new();
    let inlines = joined(inlines);
    let next = |at: usize| inlines.get(at + 1).map_or(' ', |next| first(next));
    for (at, inline) in inlines.iter().enumerate() {
        match inline.as_ref() {
            Inline::Text(text) => push_lines(&mut out, text, place),
            Inline::Strong(text) => push_marked(&mut out, text, place, "{*}", next(at)),
            Inline::Emphasis(text) => push_marked(&mut out, text, place, "{_}", next(at)),
            Inline::Code(text) => {
                let next = next(at);
                push_code(&mut out, &visible(text).replace('\n', " "), place, next);
            }
            Inline::Link(link) => {
                let text = visible(link.text()).replace('\n', " ");
                let inner = escaped(text.trim(), "", WikiContext::Link);
                // without a text, Jira shows the address; spaces at its ends separate it from what is around it
                out.push_str(if text.starts_with(char::is_whitespace) { " " } else { "" });
                if !inner.is_empty() {
                    out.push_str(&format!("[{inner}|{}]", target(link.to().as_str())));
                    out.push_str(if text.ends_with(char::is_whitespace) { " " } else { "" });
                }
            }
            Inline::Break => push_break(&mut out, place),
        }
    }
    // two backslashes are always our own
    let mut line = out.trim_matches([' ', '\t', '\n']);
    while let Some(rest) = line.strip_suffix(BREAK.trim()) {
        line = rest.trim_end_matches([' ', '\t', '\n']);
    }
    line.to_owned()
}

fn push_break(out: &mut String, place: WikiContext) {
    if begins(out) && !out.contains('\n') {
        return;
    }
    out.push_str(if place == WikiContext::Paragraph { "\n" } else { BREAK });
}

fn push_lines(out: &mut String, text: &str, place: WikiContext) {
    for (index, line) in broken(&visible(text)).split('\n').enumerate() {
        if index > 0 {
            push_break(out, place);
        }
        let escaped = escaped(line, out, place);
        out.push_str(&escaped);
    }
}

/// Marked only if nothing within needs an escape: Jira Cloud's parser for this markup removes escapes twice there.
fn push_marked(out: &mut String, text: &str, place: WikiContext, mark: &str, next: char) {
    let plain = !text.contains('\n') && text.trim() == text && !text.is_empty();
    if plain && escaped(&broken(&visible(text)), "", place) == text {
        out.push_str(&format!("{mark}{text}{mark}"));
    } else {
        push_unmarked(out, text, place, next);
    }
}

/// Marked only if it is separate from words, as Jira requires.
fn push_code(out: &mut String, text: &str, place: WikiContext, next: char) {
    let apart = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '{' | '}');
    let before = out.chars().next_back().unwrap_or(' ');
    let inner = text.trim();
    if inner.is_empty() || inner.len() < text.len() || !apart(before) || !apart(next) {
        return push_unmarked(out, text, place, next);
    }
    let escaped = verbatim(inner, place);
    out.push_str(&format!("{{{{{escaped}}}}}"));
}

/// Code is copied, so nothing invisible is put into it: within its marks, Jira interprets escapes and, at most,
/// smileys.
fn verbatim(text: &str, place: WikiContext) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text.chars().peekable();
    let mut last = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let within = last.is_alphanumeric() && next.is_alphanumeric();
        match c {
            '|' if matches!(place, WikiContext::Cell | WikiContext::Link) => out.push_str("&#124;"),
            '{' | '}' | '[' | ']' | '|' | '*' | '!' | '#' | '^' | '~' => out.extend(['\\', c]),
            '-' | '_' | '+' if !within => out.extend(['\\', c]),
            '?' if last == '?' || next == '?' => out.extend(['\\', c]),
            // before a special character it would be an escape, and before another backslash a line break
            '\\' if !next.is_alphanumeric() => out.push_str("&#92;"),
            c => out.push(c),
        }
        last = c;
    }
    out
}

/// A zero-width space at each end that touches other text, so that nothing is formed across the boundaries.
fn push_unmarked(out: &mut String, text: &str, place: WikiContext, next: char) {
    // after code, it would disable the code's mark
    if !out.is_empty() && !out.ends_with("}}") && !out.ends_with(char::is_whitespace) {
        out.push('\u{200b}');
    }
    push_lines(out, text, place);
    if !next.is_whitespace() {
        out.push('\u{200b}');
    }
}

/// What follows a mark.
fn first(inline: &Inline) -> char {
    match inline {
        Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text) => {
            text.chars().next().unwrap_or(' ')
        }
        Inline::Link(_) => '[',
        Inline::Break => ' ',
    }
}

/// Whether what follows this begins a line, or would once spaces are trimmed.
fn begins(before: &str) -> bool {
    before.rsplit('\n').next().is_some_and(|line| line.trim_matches([' ', '\t']).is_empty())
}

fn escaped(line: &str, before: &str, place: WikiContext) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 8);
    let start = begins(before);
    let line = if start { line.trim_start() } else { line };
    let mut last = before.chars().next_back().unwrap_or(' ');
    let mut rest = line.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let next = rest.peek().map_or(' ', |&(_, next)| next);
        let within = last.is_alphanumeric() && next.is_alphanumeric();
        match c {
            '|' if matches!(place, WikiContext::Cell | WikiContext::Link) => push_entity(&mut out, c, next),
            // a bar between two characters of an image would not separate anything
            '[' | ']' | '!' if place == WikiContext::Link => push_entity(&mut out, c, next),
            '{' | '}' | '[' | ']' | '|' | '*' | '!' | '#' | '^' | '~' => out.extend(['\\', c]),
            '-' | '_' | '+' if !within => out.extend(['\\', c]),
            '?' if last == '?' || next == '?' => out.extend(['\\', c]),
            // before a letter or digit it has no special meaning
            '\\' if next.is_alphanumeric() && last != '\\' => out.push(c),
            '\\' => out.push_str("\\\u{200b}"),
            '&' if next == '#' || next.is_alphanumeric() => out.push_str("&\u{200b}"),
            ':' | ';' if smiles(next) => out.extend([c, '\u{200b}']),
            '(' if PICTURES.iter().any(|picture| line[at + 1..].starts_with(picture)) => {
                out.push_str("(\u{200b}");
            }
            '.' if start && leads(&line[..at]) => out.push_str("\u{200b}."),
            ':' if ends_with_mailto(&line[..at]) => out.push_str("\u{200b}:"),
            c => out.push(c),
        }
        if c != '\u{200b}' {
            last = c;
        }
    }
    out
}

/// A character by its number; the entity's end must not become the eyes of a smiley.
fn push_entity(out: &mut String, sign: char, next: char) {
    out.push_str(&format!("&#{};", u32::from(sign)));
    if smiles(next) {
        out.push('\u{200b}');
    }
}

/// Whether this turns a colon or a semicolon before it into a smiley.
fn smiles(next: char) -> bool {
    matches!(next, ')' | '(' | 'P' | 'p' | 'D' | 'd' | '-' | '|')
}

/// Whether this, before a point, turns the line into a heading or a quotation.
pub(super) fn leads(word: &str) -> bool {
    word == "bq" || (word.len() == 2 && word.starts_with('h') && word.ends_with(|c: char| c.is_ascii_digit()))
}

/// An address between a link's bar and bracket.
fn target(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '[' | ']' | '{' | '}' | '|' | '\\' | '^' | '!' | '~' | '*' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

fn ends_with_mailto(text: &str) -> bool {
    let end = text.len().checked_sub("mailto".len()).and_then(|start| text.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case("mailto"))
}

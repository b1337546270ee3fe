//! Escapes everything that would have a meaning for GitHub, so that it is only text.

use url::Url;

use super::MarkdownContext;
use crate::document::references::broken;
use crate::document::visible::visible;

/// Escapes a line that follows `before`; the zero-width space is written so that it is visible.
pub(super) fn escaped(line: &str, before: &str, place: MarkdownContext) -> String {
    // even after spaces, a character is at the start of its line
    let start = before.rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
    let line = if start { line.trim_start() } else { line };
    let mut out = String::with_capacity(line.len() + line.len() / 8);
    if start && place == MarkdownContext::Paragraph {
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

/// A code span whose fence is longer than any run of backticks within. If a span could not hold its content (a bar
/// after a backslash in a cell, a comment, another span before it), the tag that GitHub treats as equivalent.
pub(super) fn code_span(text: &str, before: &str, place: MarkdownContext) -> String {
    let text = visible(text).replace('\n', " ");
    if text.trim().is_empty() {
        return text;
    }
    let in_cell = place == MarkdownContext::Cell;
    // a bar after a backslash would end the cell
    let ends = in_cell && (text.contains("\\|") || text.ends_with('\\'));
    // a marker of ours, or an old command if it is printed in a workflow: nothing can be escaped in code
    let acts = ["<!--", "-->", "##["].iter().any(|part| text.contains(part));
    if ends || before.ends_with('`') || acts {
        return format!("<code>{}</code>", escaped(&broken(&text), "<code>", place));
    }
    let text = if in_cell { text.replace('|', "\\|") } else { text };
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The length of the longest run of this character.
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

fn push_escaped(out: &mut String, text: &str, place: MarkdownContext) {
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
            '|' if place == MarkdownContext::Cell => out.push_str("&#124;"),
            '\\' if place == MarkdownContext::Cell => out.push_str("&#92;"),
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            // within a word it has no special meaning
            '_' if !(before.is_some_and(char::is_alphanumeric)
                && next.is_some_and(char::is_alphanumeric)) =>
            {
                out.push_str("\\_");
            }
            // would turn a link that follows into an image
            '!' if next.is_none() => out.push_str("\\!"),
            // would close the heading
            '#' if place == MarkdownContext::Heading => out.push_str("\\#"),
            c => out.push(c),
        }
        before = Some(c);
    }
}

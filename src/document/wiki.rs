//! Jira's wiki markup: what Jira Data Center's REST v2 accepts.
//!
//! Jira supports a backslash before most special characters, but has no way at all to write a few things (`h1.` at the
//! start of a line, `:)`, two backslashes). In these cases, a zero-width space breaks them up; in tables and links,
//! where a backslash does not work, the character is written as an entity.

use std::borrow::Cow;

use super::visible::{language, visible};
use super::{Block, Document, Inline};

mod line;
mod read;

use line::{BREAK, WikiContext, line};
pub use read::text;

/// The languages that Jira can highlight; it shows an error for any other.
const LANGUAGES: &[&str] = &[
    "bash",
    "c",
    "c#",
    "c++",
    "css",
    "erlang",
    "go",
    "groovy",
    "haskell",
    "html",
    "java",
    "javascript",
    "js",
    "json",
    "lua",
    "objc",
    "perl",
    "php",
    "python",
    "r",
    "ruby",
    "scala",
    "sh",
    "sql",
    "swift",
    "xml",
    "yaml",
];

/// The document as wiki markup.
///
/// What cannot be nested in the markup is simplified: within a list item, tables become lines and quotations their own
/// blocks; a fold is always its line and its blocks.
pub fn render(document: &Document) -> String {
    let mut blocks: Vec<String> = Vec::new();
    document.blocks().for_each(|block| push_block(&mut blocks, block, false));
    blocks.join("\n\n")
}

fn push_block(to: &mut Vec<String>, block: &Block, quoted: bool) {
    let text = match block {
        // a heading in a quotation loses its upper and lower case
        Block::Heading(_, inlines) if quoted => line(inlines, WikiContext::Line),
        Block::Heading(level, inlines) => {
            let line = line(inlines, WikiContext::Line);
            if line.is_empty() { line } else { format!("h{}. {line}", level.clamp(&1, &6)) }
        }
        Block::Paragraph(inlines) => line(inlines, WikiContext::Paragraph),
        Block::List { ordered, items } => {
            let mut lines = Vec::new();
            push_items(&mut lines, items, if *ordered { "#" } else { "*" });
            lines.join("\n")
        }
        Block::Code { language: name, text } => code(language(name.as_ref()), text),
        Block::Table { head, rows } => table(head, rows),
        // a quotation within another one would end it
        Block::Quote(inner) if quoted => return inner.iter().for_each(|block| push_block(to, block, true)),
        Block::Quote(inner) => {
            let mut blocks = Vec::new();
            inner.iter().for_each(|block| push_block(&mut blocks, block, true));
            if blocks.is_empty() {
                String::new()
            } else {
                format!("{{quote}}\n{}\n{{quote}}", blocks.join("\n\n"))
            }
        }
    };
    if !text.is_empty() {
        to.push(text);
    }
}

/// Items as lines; `marker` contains one character per level. What follows a list within an item becomes a separate
/// item, because the markup has no way back.
fn push_items(lines: &mut Vec<String>, items: &[Vec<Block>], marker: &str) {
    for item in items {
        let (mut own, mut inner) = (Vec::new(), Vec::new());
        push_item(&mut own, &mut inner, item, marker);
        if !own.is_empty() || !inner.is_empty() {
            lines.push(format!("{marker} {}", own.join(BREAK)));
        }
        lines.append(&mut inner);
    }
}

fn push_item(own: &mut Vec<String>, inner: &mut Vec<String>, blocks: &[Block], marker: &str) {
    let mut push = |inner: &mut Vec<String>, line: String| match (line.is_empty(), inner.is_empty()) {
        (true, _) => {}
        (false, true) => own.push(line),
        (false, false) => inner.push(format!("{marker} {line}")),
    };
    for block in flat(blocks) {
        match block {
            Flat::Line(inlines) => push(inner, line(&inlines, WikiContext::Line)),
            Flat::Code(language, text) => push(inner, code(language, text)),
            Flat::List(ordered, items) => {
                push_items(inner, items, &format!("{marker}{}", if ordered { '#' } else { '*' }));
            }
        }
    }
}

/// What an item can contain.
enum Flat<'b> {
    Line(Cow<'b, [Inline]>),
    Code(Option<&'b str>, &'b str),
    List(bool, &'b [Vec<Block>]),
}

fn flat(blocks: &[Block]) -> Vec<Flat<'_>> {
    let mut all = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(_, inlines) | Block::Paragraph(inlines) => {
                all.push(Flat::Line(Cow::Borrowed(inlines)))
            }
            Block::Code { language: name, text } => all.push(Flat::Code(language(name.as_ref()), text)),
            Block::List { ordered, items } => all.push(Flat::List(*ordered, items)),
            Block::Table { head, rows } => {
                let row = |row: &Vec<Vec<Inline>>| Flat::Line(Cow::Owned(row.join(&Inline::text(" "))));
                all.push(Flat::Line(Cow::Owned(head.join(&Inline::text(" ")))));
                all.extend(rows.iter().map(row));
            }
            Block::Quote(blocks) => all.extend(flat(blocks)),
        }
    }
    all
}

/// What ends verbatim text or a quotation around it, whatever is in between.
const ENDS: [&str; 3] = ["code", "noformat", "quote"];

/// Only its own end tag or that of a surrounding quotation ends a code block, so these are broken up wherever the text
/// contains them.
fn code(language: Option<&str>, text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let mut safe = String::with_capacity(text.len());
    for piece in text.split_inclusive('{') {
        let opens = |name: &str| piece.get(..name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name));
        if !safe.is_empty() && ENDS.iter().any(|end| opens(end)) {
            safe.push('\u{200b}');
        }
        safe.push_str(piece);
    }
    match language.filter(|name| LANGUAGES.contains(name)) {
        Some(name) => format!("{{code:{name}}}\n{safe}\n{{code}}"),
        None => format!("{{noformat}}\n{safe}\n{{noformat}}"),
    }
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> String {
    let row = |cells: &[Vec<Inline>], bar: &str| {
        let cells = cells.iter().map(|cell| line(cell, WikiContext::Cell));
        // the bars of an empty cell would join
        let cells = cells.map(|cell| if cell.is_empty() { " ".to_owned() } else { cell });
        format!("{bar}{}{bar}", cells.collect::<Vec<_>>().join(bar))
    };
    let mut lines = Vec::with_capacity(rows.len() + 1);
    if !head.is_empty() {
        lines.push(row(head, "||"));
    }
    lines.extend(rows.iter().filter(|cells| !cells.is_empty()).map(|cells| row(cells, "|")));
    lines.join("\n")
}

#[cfg(test)]
mod tests;

//! A document's words only, without marks of lists or tables: what is left when a tracker's own markup is removed.
//! Texts are compared in this form.

use super::visible::{together, visible};
use super::{Block, Document, Inline};

/// The words, each block on its own lines.
///
/// [`fold`] of this equals [`fold`] of what [`super::adf::text`] reads back from its renderer, so that a person's
/// change can be distinguished from a tracker's.
pub fn render(document: &Document) -> String {
    let mut out = String::new();
    for block in document.blocks() {
        push_block(&mut out, block);
    }
    out
}

/// The words with white space folded to single spaces. Zero-width spaces are left out: no renderer lets one through
/// except as its own break within a mention or reference.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let start = out.len();
        out.extend(word.chars().filter(|&c| c != '\u{200b}'));
        if out.len() > start {
            out.push(' ');
        }
    }
    out.pop();
    out
}

/// The words of a line.
pub fn inline(inlines: &[Inline]) -> String {
    let mut out = String::new();
    push_inlines(&mut out, inlines);
    out
}

fn push_block(out: &mut String, block: &Block) {
    match block {
        Block::Heading(_, inlines) | Block::Paragraph(inlines) => push_line(out, inlines),
        Block::List { items, .. } => items.iter().flatten().for_each(|block| push_block(out, block)),
        Block::Code { text, .. } => {
            out.push_str(&visible(text));
            out.push('\n');
        }
        Block::Table { head, rows } => {
            for row in std::iter::once(head).chain(rows) {
                row.iter().for_each(|cell| push_line(out, cell));
            }
        }
        Block::Quote(blocks) => blocks.iter().for_each(|block| push_block(out, block)),
    }
}

fn push_line(out: &mut String, inlines: &[Inline]) {
    push_inlines(out, inlines);
    out.push('\n');
}

fn push_inlines(out: &mut String, inlines: &[Inline]) {
    for inline in together(inlines) {
        match inline.as_ref() {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text) => {
                out.push_str(&visible(text));
            }
            Inline::Link(link) => out.push_str(&visible(link.text())),
            Inline::Break => out.push('\n'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded() {
        let check = |text, expected: &str| assert_eq!(fold(text), expected, "{text:?}");
        check(" a\n\n b\tc\u{a0}d ", "a b c d");
        check("@\u{200b}team \u{200b} x", "@team x");
        check("", "");
    }

    #[test]
    fn words_come_in_reading_order() {
        let document = Document::of(vec![
            Block::Heading(2, vec![Inline::text("Where")]),
            Block::List { ordered: true, items: vec![vec![Block::text("one")], vec![Block::text("two")]] },
            Block::Table {
                head: vec![vec![Inline::text("a")]],
                rows: vec![vec![vec![Inline::code("b"), Inline::text("c")]]],
            },
        ]);
        assert_eq!(fold(&render(&document)), "Where one two a bc");
    }
}

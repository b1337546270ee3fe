//! Lists in plain text: lines that begin with `- ` or `* `.

use crate::document::{Block, Inline};

/// Adds the lines between two empty ones: a paragraph, the items of a list, or a paragraph and the list that it
/// introduces. A list goes on if it was the last block.
pub(super) fn add(blocks: &mut Vec<Block>, lines: &[&str], inline: impl Fn(&[&str]) -> Vec<Inline>) {
    let begins = |line: &&str| item(line).is_some();
    let first = lines.iter().position(begins).unwrap_or(lines.len());
    let (before, listed) = lines.split_at(first);
    if !before.is_empty() {
        blocks.push(Block::Paragraph(inline(before)));
    }
    let mut items: Vec<Vec<Block>> = Vec::new();
    let mut rest = listed;
    while let Some((first, others)) = rest.split_first() {
        let end = others.iter().position(begins).unwrap_or(others.len());
        let mut own = vec![item(first).unwrap_or(first)];
        own.extend(others[..end].iter().map(|line| line.trim_start()));
        items.push(vec![Block::Paragraph(inline(&own))]);
        rest = &others[end..];
    }
    match blocks.last_mut() {
        _ if items.is_empty() => {}
        Some(Block::List { ordered: false, items: known }) => known.extend(items),
        _ => blocks.push(Block::List { ordered: false, items }),
    }
}

/// The text of an item.
fn item<'t>(line: &&'t str) -> Option<&'t str> {
    let line = line.trim_start();
    let text = ["- ", "* ", "• "].iter().find_map(|mark| line.strip_prefix(mark))?.trim_start();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, markdown, parse};

    #[test]
    fn lines_with_a_mark_are_items() {
        let check = |text, expected: &str| {
            let text = markdown::render(&Document::of(parse::text(text)));
            assert_eq!(text.trim_end(), expected);
        };
        check("Ask:\n- one\n  more\n- two", "Ask:\n\n- one\\\n  more\n- two");
        check("Ask:\n\n* one\n\n* two\n\nEnd.", "Ask:\n\n- one\n- two\n\nEnd.");
        check("a - b\n-c", "a - b\\\n\\-c");
    }
}

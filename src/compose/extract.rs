//! What a ticket shows of a long text from a report: its beginning, with headings below the ticket's own.

use crate::document::shorten::shortened;
use crate::document::{Block, Inline, plain};

/// The level below a ticket's own headings.
pub(super) const TOP: u8 = 3;

/// With less room than this, in characters, a paragraph is not begun.
const SHORTEST: usize = 80;

/// The beginning of a text, up to about this many characters, cut between blocks or at a word. Its highest heading has
/// this level.
pub(super) fn beginning(mut blocks: Vec<Block>, limit: usize, top: u8) -> Vec<Block> {
    lower(&mut blocks, top);
    let mut left = limit;
    if !shorten(&mut blocks, &mut left) && !ends_with_ellipsis(&blocks) {
        blocks.push(Block::text("…"));
    }
    blocks
}

/// Gives the highest of the headings this level, and the others accordingly.
fn lower(blocks: &mut [Block], top: u8) {
    if let Some(highest) = highest(blocks) {
        each_heading(blocks, &mut |level| *level = *level - highest + top);
    }
}

fn highest(blocks: &[Block]) -> Option<u8> {
    let of = |block: &Block| match block {
        Block::Heading(level, _) => Some(*level),
        Block::Quote(inner) => highest(inner),
        Block::List { items, .. } => items.iter().filter_map(|item| highest(item)).min(),
        Block::Paragraph(_) | Block::Code { .. } | Block::Table { .. } => None,
    };
    blocks.iter().filter_map(of).min()
}

fn each_heading(blocks: &mut [Block], change: &mut dyn FnMut(&mut u8)) {
    for block in blocks {
        match block {
            Block::Heading(level, _) => change(level),
            Block::Quote(inner) => each_heading(inner, change),
            Block::List { items, .. } => items.iter_mut().for_each(|item| each_heading(item, change)),
            Block::Paragraph(_) | Block::Code { .. } | Block::Table { .. } => {}
        }
    }
}

/// Leaves out what exceeds the room that is left, and says whether everything is there. Headings that lose what
/// follows them go, too.
fn shorten(blocks: &mut Vec<Block>, left: &mut usize) -> bool {
    for at in 0..blocks.len() {
        let length = length(&blocks[at]);
        if length <= *left {
            *left -= length;
            continue;
        }
        let begun = begin(&mut blocks[at], left);
        *left = 0;
        blocks.truncate(if begun { at + 1 } else { at });
        while blocks.pop_if(|last| matches!(last, Block::Heading(..))).is_some() {}
        return false;
    }
    true
}

/// Shortens a block to the room that is left, unless nothing worth reading would stay.
fn begin(block: &mut Block, left: &mut usize) -> bool {
    match block {
        Block::Paragraph(line) if *left >= SHORTEST => {
            *line = vec![Inline::text(shortened(&plain::inline(line), *left))];
            true
        }
        Block::Code { text, .. } if *left >= SHORTEST => {
            let mut room = *left;
            let fits = |line: &&str| {
                let fits = line.len() < room;
                room = room.saturating_sub(line.len() + 1);
                fits
            };
            let lines: Vec<&str> = text.lines().take_while(fits).collect();
            let begun = (!lines.is_empty()).then(|| format!("{}\n…", lines.join("\n")));
            begun.map(|begun| *text = begun).is_some()
        }
        Block::Quote(inner) => {
            shorten(inner, left);
            !inner.is_empty()
        }
        Block::List { items, .. } => {
            items.retain_mut(|item| *left > 0 && (shorten(item, left) || !item.is_empty()));
            !items.is_empty()
        }
        Block::Paragraph(_) | Block::Code { .. } | Block::Heading(..) | Block::Table { .. } => false,
    }
}

/// How long a block is, in characters.
fn length(block: &Block) -> usize {
    let characters = |line: &Vec<Inline>| plain::inline(line).chars().count();
    match block {
        Block::Paragraph(line) | Block::Heading(_, line) => characters(line),
        Block::Code { text, .. } => text.chars().count(),
        Block::Quote(inner) => inner.iter().map(length).sum(),
        Block::List { items, .. } => items.iter().flatten().map(length).sum(),
        Block::Table { head, rows } => head.iter().chain(rows.iter().flatten()).map(characters).sum(),
    }
}

fn ends_with_ellipsis(blocks: &[Block]) -> bool {
    match blocks.last() {
        Some(Block::Paragraph(line)) => plain::inline(line).ends_with('…'),
        Some(Block::Code { text, .. }) => text.ends_with('…'),
        Some(Block::Quote(inner)) => ends_with_ellipsis(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, markdown, parse};

    fn check(text: &str, limit: usize, expected: &str) {
        let blocks = beginning(parse::markdown(text), limit, TOP);
        assert_eq!(markdown::render(&Document::of(blocks)).trim_end(), expected, "{text}");
    }

    #[test]
    fn headings_are_below_the_ticket_s_own() {
        check("# A\n\na\n\n### B\n\nb", 100, "### A\n\na\n\n##### B\n\nb");
        check("> #### A\n>\n> a", 100, "> ### A\n>\n> a");
    }

    #[test]
    fn a_long_text_ends_between_blocks_or_at_a_word() {
        let words = "word ".repeat(30);
        let words = words.trim();
        check(&format!("{words}\n\n{words}"), 150, &format!("{words}\n\n…"));
        check(&format!("{words}\n\n## More\n\n{words}"), 160, &format!("{words}\n\n…"));
        let begun = format!("{}…", "word ".repeat(19).trim());
        check(&format!("{words}\n\n{words}"), 246, &format!("{words}\n\n{begun}"));
        check(&format!("> {words}\n>\n> ## More\n>\n> {words}"), 155, &format!("> {words}\n\n…"));
        check(&format!("- {words}\n- {words}"), 150, &format!("- {words}\n\n…"));
    }

    #[test]
    fn code_is_cut_after_a_line() {
        let line = "x".repeat(60);
        check(&format!("```c\n{line}\n{line}\n{line}\n```"), 130, &format!("```c\n{line}\n{line}\n…\n```"));
    }
}

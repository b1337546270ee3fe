//! Each thing is said once: what a part repeats of those before it is left out, with a heading that nothing follows.

use std::collections::HashSet;

use memchr::memmem;

use crate::document::{Block, DocumentPart, Inline, plain};

/// How many characters of words a paragraph has that is compared: shorter ones may well occur twice.
const SHORT: usize = 12;

/// From how many characters on a paragraph is left out that is a part of a longer one.
const LONG: usize = 25;

/// Leaves out of a document's parts what was said before.
pub(super) fn leave_out_what_was_said(parts: &mut Vec<DocumentPart>) {
    let mut said = Said::default();
    for part in parts.iter_mut() {
        said.blocks(&mut part.blocks);
        drop_empty_headings(&mut part.blocks);
    }
    parts.retain(|part| !part.blocks.is_empty());
}

/// A text by its words alone, in small letters.
pub(super) fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Said {
    known: HashSet<String>,
    /// Paragraphs that others may be a part of, a line each.
    long: String,
}

impl Said {
    fn blocks(&mut self, blocks: &mut Vec<Block>) {
        blocks.retain_mut(|block| match block {
            Block::Paragraph(line) => {
                line.iter_mut().for_each(each_line_once);
                self.is_new(&plain::inline(line))
            }
            Block::Heading(_, line) => self.is_new(&plain::inline(line)),
            Block::Code { text, .. } => self.is_new(text),
            Block::List { items, .. } => {
                items.retain_mut(|item| {
                    self.blocks(item);
                    !item.is_empty()
                });
                !items.is_empty()
            }
            Block::Quote(inner) => {
                self.blocks(inner);
                !inner.is_empty()
            }
            // one cell may well be like another
            Block::Table { .. } => true,
        });
    }

    /// Whether a longer paragraph has these words. Most are told apart by their beginning, which is searched for faster.
    fn is_part(&self, words: &str) -> bool {
        let all = self.long.as_bytes();
        let begin = &words.as_bytes()[..words.len().min(LONG)];
        memmem::find(all, begin).is_some_and(|at| memmem::find(&all[at..], words.as_bytes()).is_some())
    }

    fn is_new(&mut self, text: &str) -> bool {
        let words = words(text);
        if words.len() < SHORT {
            return true;
        }
        if words.len() >= LONG {
            if self.is_part(&words) {
                return false;
            }
            self.long.push_str(&words);
            self.long.push('\n');
        }
        self.known.insert(words)
    }
}

/// Scanners say the same of each way that leads to a place, a line each (CodeQL).
fn each_line_once(inline: &mut Inline) {
    let Inline::Text(text) = inline else { return };
    if !text.contains('\n') {
        return;
    }
    let mut seen = HashSet::new();
    let new = |line: &&str| {
        let words = words(line);
        words.len() < SHORT || seen.insert(words)
    };
    *text = text.split('\n').filter(new).collect::<Vec<_>>().join("\n");
}

/// A line that ends in a colon leads to what follows; a heading as well.
fn drop_empty_headings(blocks: &mut Vec<Block>) {
    let level = |block: &Block| match block {
        Block::Heading(level, _) => Some(*level),
        Block::Paragraph(line) if leads(line) => Some(u8::MAX),
        _ => None,
    };
    for at in (0..blocks.len()).rev() {
        let Some(own) = level(&blocks[at]) else { continue };
        let follows = blocks.get(at + 1).is_some_and(|next| level(next).is_none_or(|next| next > own));
        let is_heading = matches!(blocks[at], Block::Heading(..));
        if !follows && (is_heading || at + 1 == blocks.len()) {
            blocks.remove(at);
        }
    }
}

fn leads(line: &[Inline]) -> bool {
    matches!(line, [Inline::Text(text)] if text.ends_with(':') && text.len() < 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parts: Vec<Vec<Block>>, expected: &str) {
        let part = |blocks| DocumentPart { name: "text", weight: 1, blocks };
        let mut parts: Vec<DocumentPart> = parts.into_iter().map(part).collect();
        leave_out_what_was_said(&mut parts);
        let document = crate::document::Document { parts };
        assert_eq!(crate::document::markdown::render(&document).trim_end(), expected);
    }

    #[test]
    fn what_was_said_is_left_out() {
        let heading = |text: &str| Block::Heading(2, vec![Inline::text(text)]);
        let text = || Block::text("Use a safe function here.");
        check(vec![vec![text()], vec![heading("How to fix it"), text()]], "Use a safe function here.");
        check(
            vec![vec![Block::Paragraph(vec![Inline::strong("use a safe function here")]), text()]],
            "**use a safe function here**",
        );
        let list = Block::List {
            ordered: false,
            items: vec![vec![text()], vec![Block::text("Another one, then.")]],
        };
        check(vec![vec![text(), list]], "Use a safe function here.\n\n- Another one, then.");
        let lines = Block::text("It depends on a user's value.\nIt depends on a user's value.\nMore.");
        check(vec![vec![lines]], "It depends on a user's value.\\\nMore.");
        // short words may occur twice
        check(vec![vec![Block::text("On main."), Block::text("On main.")]], "On main.\n\nOn main.");
    }

    #[test]
    fn a_part_of_a_paragraph_is_no_news() {
        let long = "The function copies a string without checking how long it is. Use one that does.";
        let short = "The function copies a string without checking how long it is";
        check(vec![vec![Block::text(long), Block::text(short)]], long);
    }

    #[test]
    fn a_heading_stays_with_what_follows_it() {
        let heading = |level, text: &str| Block::Heading(level, vec![Inline::text(text)]);
        check(
            vec![vec![heading(2, "a"), heading(3, "b"), Block::text("c"), heading(3, "d")]],
            "## a\n\n### b\n\nc",
        );
        check(vec![vec![Block::text("See also:")]], "");
    }
}

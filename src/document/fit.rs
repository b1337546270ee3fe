//! Makes a document fit: the least important parts are removed first, and the document says what was left out.

use super::{Block, Document, DocumentPart, Inline};

/// The document as it is if `measure` returns at most `limit` for it; otherwise as much of it as fits, with a last line
/// that says what was left out, and the same as a list of words.
///
/// The part with the lowest weight is removed first, from its end: blocks, items, rows. If not even the first of them
/// fits, its text is cut. `measure` is called O(log n) times per part.
pub fn fit(
    document: &Document,
    limit: usize,
    measure: impl Fn(&Document) -> usize,
) -> (Document, Vec<String>) {
    if measure(document) <= limit {
        return (document.clone(), Vec::new());
    }
    let mut parts = document.parts.clone();
    let mut left_out = Vec::new();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // of two parts with the same weight, the later one is removed first
    order.sort_by_key(|&at| (parts[at].weight, std::cmp::Reverse(at)));
    for at in order {
        let blocks = std::mem::take(&mut parts[at].blocks);
        if blocks.is_empty() {
            continue;
        }
        let name = parts[at].name;
        left_out.push(name.to_owned());
        let fits = |blocks: Vec<Block>, words: &[String]| {
            let mut tried = parts.clone();
            tried[at].blocks = blocks;
            measure(&with_note(tried, words)) <= limit
        };
        if !fits(Vec::new(), &left_out) {
            continue;
        }
        let mut words = left_out.clone();
        words.pop();
        words.push(format!("the end of {name}"));
        let kept = longest(&blocks, |blocks| fits(blocks, &words));
        if !kept.is_empty() {
            left_out = words;
            parts[at].blocks = kept;
        }
        return (with_note(parts, &left_out), left_out);
    }
    // not even the note fits
    (Document::default(), left_out)
}

fn with_note(mut parts: Vec<DocumentPart>, left_out: &[String]) -> Document {
    parts.retain(|part| !part.blocks.is_empty());
    let note = format!("This is too long to be shown in full. Left out: {}", left_out.join(", "));
    let blocks = vec![Block::Paragraph(vec![Inline::Emphasis(note), Inline::text(".")])];
    parts.push(DocumentPart { name: "note", weight: u8::MAX, blocks });
    Document { parts }
}

/// The longest beginning that fits: first by whole units, then by characters of the next one.
fn longest(blocks: &[Block], fits: impl Fn(Vec<Block>) -> bool) -> Vec<Block> {
    let cut = |units, characters| {
        let mut budget = Budget { units, characters };
        budget.blocks(blocks)
    };
    let units = most(blocks.iter().map(units).sum(), |units| fits(cut(units, 0)));
    let characters = most(blocks.iter().map(length).sum(), |characters| fits(cut(units, characters)));
    // a word or two of the next unit are worse than nothing
    cut(units, if characters < 80 && units > 0 { 0 } else { characters })
}

/// The greatest number up to `all` for which it holds, given that it holds for all smaller ones.
fn most(all: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, all);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}

/// How many pieces can be removed one by one: a leaf block, or a table's row.
fn units(block: &Block) -> usize {
    match block {
        Block::Heading(..) | Block::Paragraph(_) | Block::Code { .. } => 1,
        Block::List { items, .. } => items.iter().flatten().map(units).sum(),
        Block::Table { rows, .. } => rows.len(),
        Block::Quote(blocks) => blocks.iter().map(units).sum(),
    }
}

/// How many characters its longest leaf has.
fn length(block: &Block) -> usize {
    match block {
        Block::Heading(_, inlines) | Block::Paragraph(inlines) => inlines.iter().map(characters).sum(),
        Block::Code { text, .. } => text.chars().count(),
        Block::List { items, .. } => items.iter().flatten().map(length).sum(),
        Block::Table { rows, .. } => rows.iter().flatten().flatten().map(characters).sum(),
        Block::Quote(blocks) => blocks.iter().map(length).sum(),
    }
}

fn characters(inline: &Inline) -> usize {
    match inline {
        Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) | Inline::Code(text) => {
            text.chars().count()
        }
        Inline::Link(link) => link.text.chars().count(),
        Inline::Break => 1,
    }
}

/// What may still be used: whole units, then this many characters of the next one.
struct Budget {
    units: usize,
    characters: usize,
}

impl Budget {
    /// The beginning of a sequence; a heading that nothing follows is removed, too.
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Block> {
        let mut kept: Vec<Block> = blocks.iter().map_while(|block| self.block(block)).collect();
        if kept.len() < blocks.len() {
            while matches!(kept.last(), Some(Block::Heading(..))) {
                kept.pop();
            }
        }
        kept
    }

    fn block(&mut self, block: &Block) -> Option<Block> {
        match block {
            Block::List { ordered, items } => {
                let items: Vec<_> = items
                    .iter()
                    .filter(|item| !item.is_empty())
                    .map(|item| self.blocks(item))
                    .take_while(|item| !item.is_empty())
                    .collect();
                (!items.is_empty()).then_some(Block::List { ordered: *ordered, items })
            }
            Block::Table { head, rows } => {
                let rows: Vec<_> = rows.iter().map_while(|row| self.row(row)).collect();
                (!rows.is_empty()).then(|| Block::Table { head: head.clone(), rows })
            }
            Block::Quote(blocks) => {
                Some(self.blocks(blocks)).filter(|kept| !kept.is_empty()).map(Block::Quote)
            }
            _ if self.units > 0 => {
                self.units -= 1;
                Some(block.clone())
            }
            _ if self.characters == 0 => None,
            Block::Heading(..) => None,
            Block::Paragraph(inlines) => Some(Block::Paragraph(self.line(inlines))),
            Block::Code { language, text } => {
                Some(Block::Code { language: language.clone(), text: self.text(text) })
            }
        }
    }

    fn row(&mut self, row: &[Vec<Inline>]) -> Option<Vec<Vec<Inline>>> {
        if self.units > 0 {
            self.units -= 1;
            return Some(row.to_vec());
        }
        (self.characters > 0).then(|| row.iter().map(|cell| self.line(cell)).collect())
    }

    fn line(&mut self, inlines: &[Inline]) -> Vec<Inline> {
        let mut kept = Vec::new();
        for inline in inlines {
            if self.characters == 0 {
                break;
            }
            kept.push(match inline {
                Inline::Text(text) => Inline::Text(self.text(text)),
                Inline::Strong(text) => Inline::Strong(self.text(text)),
                Inline::Emphasis(text) => Inline::Emphasis(self.text(text)),
                Inline::Code(text) => Inline::Code(self.text(text)),
                whole => {
                    self.characters = self.characters.saturating_sub(characters(whole));
                    whole.clone()
                }
            });
        }
        kept
    }

    /// The beginning of a text, with an ellipsis if it is cut, which uses up the budget.
    fn text(&mut self, text: &str) -> String {
        match text.char_indices().nth(self.characters) {
            Some((end, _)) => {
                self.characters = 0;
                format!("{}…", &text[..end])
            }
            None => {
                self.characters -= text.chars().count();
                text.to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::super::{adf, markdown, plain, samples, wiki};
    use super::*;

    fn part(name: &'static str, weight: u8, blocks: Vec<Block>) -> DocumentPart {
        DocumentPart { name, weight, blocks }
    }

    fn words(document: &Document) -> usize {
        plain::render(document).chars().count()
    }

    fn sample() -> Document {
        let items = (0..100).map(|n| vec![Block::text(format!("item {n:03}"))]).collect();
        Document {
            parts: vec![
                part("what", 9, vec![Block::text("w".repeat(300))]),
                part(
                    "where",
                    5,
                    vec![
                        Block::Heading(2, vec![Inline::text("Where")]),
                        Block::List { ordered: false, items },
                    ],
                ),
                part("fix", 3, vec![Block::text("f".repeat(300))]),
            ],
        }
    }

    #[test]
    fn the_least_important_goes_first() {
        let check = |limit, left_out: &[&str], last: &str| {
            let (document, words_left) = fit(&sample(), limit, words);
            assert_eq!(words_left, left_out, "{limit}");
            assert!(words(&document) <= limit);
            let text = plain::render(&document);
            assert!(text.contains(last), "{limit}: {text}");
        };
        check(5_000, &[], "fffff");
        check(1_500, &["the end of fix"], "fff…");
        check(1_000, &["fix", "the end of where"], "item 05");
        check(340, &["fix", "where", "the end of what"], "www…");
        let (document, left_out) = fit(&sample(), 20, words);
        assert_eq!((document, left_out.len()), (Document::default(), 3));
    }

    #[test]
    fn a_million_characters_are_cut_with_few_measurements() {
        let code = Block::Code { language: None, text: "x".repeat(1_000_000) };
        let asked = Cell::new(0);
        let measure = |document: &Document| {
            asked.set(asked.get() + 1);
            adf::render(document).to_string().len()
        };
        let (document, _) = fit(&Document::of(vec![code]), 30_000, measure);
        let length = adf::render(&document).to_string().len();
        assert!((29_900..=30_000).contains(&length), "{length}");
        assert!(asked.get() <= 30, "{}", asked.get());
    }

    proptest! {
        #[test]
        fn it_fits_whatever_it_is(document in samples::document(), limit in 0_usize..2_000) {
            let measures: [fn(&Document) -> usize; 4] = [
                |document| adf::render(document).to_string().len(),
                |document| markdown::render(document).len(),
                |document| plain::render(document).len(),
                |document| wiki::render(document).len(),
            ];
            for measure in measures {
                let (fitted, left_out) = fit(&document, limit, measure);
                // an empty document has a size, too
                prop_assert!(measure(&fitted) <= limit.max(measure(&Document::default())));
                let whole = fitted == document && measure(&document) <= limit;
                prop_assert_eq!(left_out.is_empty(), whole || document.blocks().next().is_none());
            }
        }
    }
}

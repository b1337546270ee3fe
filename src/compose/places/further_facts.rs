//! What a report says about a place beyond what every ticket has: an account, a resource, how the scanner found out.

use crate::compose::cut;
use crate::compose::links;
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::FindingFact;
use crate::model::survey::Exemplar;

/// How many are listed.
const SHOWN: usize = 25;

/// How many characters of one are shown.
const LENGTH: usize = 1_000;

/// From this length on, in characters, a line is a text and not a word.
const WORD: usize = 200;

/// The facts of these findings as a list, each once.
pub(super) fn further_facts<'e>(exemplars: impl Iterator<Item = &'e Exemplar>) -> Option<Block> {
    let mut facts: Vec<&FindingFact<'_>> = Vec::new();
    for fact in exemplars.flat_map(|one| &one.detail.facts) {
        if facts.len() < SHOWN && !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    let items: Vec<Vec<Block>> = facts.into_iter().map(|fact| vec![item(fact)]).collect();
    (!items.is_empty()).then_some(Block::List { ordered: false, items })
}

/// `Account: 1234`. Sentences are text, and anything else is shown exactly as it is.
fn item(fact: &FindingFact<'_>) -> Block {
    let value = cut(fact.value.trim(), LENGTH);
    let is_page = links::is_address(&value) && !value.contains(char::is_whitespace);
    let is_word = !value.contains('\n') && value.chars().count() < WORD && !is_sentence(&value);
    let shown = match (is_page, is_word) {
        (true, _) => Inline::foreign_link("open", &value),
        (_, true) => Inline::code(one_line(&value)),
        _ => Inline::text(value),
    };
    Block::Paragraph(vec![Inline::text(format!("{}: ", fact.name)), shown])
}

/// Whether a text consists of several words and begins like a sentence.
fn is_sentence(text: &str) -> bool {
    text.split_whitespace().count() > 3 && text.starts_with(|c: char| c.is_uppercase()) && !text.contains('<')
}

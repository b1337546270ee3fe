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

/// `Account: 1234`. What was sent is shown exactly as it is, and never leads anywhere.
fn item(fact: &FindingFact<'_>) -> Block {
    let value = cut(fact.value.trim(), LENGTH);
    let is_word = !value.contains(char::is_whitespace);
    let shown = match links::is_address(&value) && is_word {
        _ if fact.name == FindingFact::ATTACK => Inline::code(one_line(&value)),
        true => Inline::foreign_link("open", &value),
        false if is_word => Inline::code(one_line(&value)),
        false => Inline::text(value),
    };
    Block::Paragraph(vec![Inline::text(format!("{}: ", fact.name)), shown])
}

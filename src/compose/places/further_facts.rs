//! What a report says about a place beyond what every ticket has: an account, a resource, how the scanner found out.

use std::borrow::Cow;

use crate::compose::{Provenance, cut, links};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::FindingFact;
use crate::model::survey::Exemplar;

/// How many are listed.
const SHOWN: usize = 25;

/// How many characters of one are shown.
const LENGTH: usize = 1_000;

/// The facts of these findings as a list, each once.
pub(super) fn further_facts<'e>(
    exemplars: impl Iterator<Item = &'e Exemplar>,
    provenance: &Provenance,
) -> Option<Block> {
    list(exemplars.flat_map(|one| &one.detail.facts), provenance)
}

/// The same for a credential: only what cannot quote it.
pub(super) fn credential_facts<'e>(
    exemplars: impl Iterator<Item = &'e Exemplar>,
    provenance: &Provenance,
) -> Option<Block> {
    let is_safe = |fact: &&FindingFact<'_>| matches!(fact.name, FindingFact::COMMIT | FindingFact::LEAKED);
    list(exemplars.flat_map(|one| &one.detail.facts).filter(is_safe), provenance)
}

fn list<'e>(all: impl Iterator<Item = &'e FindingFact<'static>>, provenance: &Provenance) -> Option<Block> {
    let mut facts: Vec<&FindingFact<'_>> = Vec::new();
    for fact in all {
        if facts.len() < SHOWN && !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    let items: Vec<Vec<Block>> = facts.into_iter().map(|fact| vec![item(fact, provenance)]).collect();
    (!items.is_empty()).then_some(Block::List { ordered: false, items })
}

/// Where the file is in which a credential was found: at the commit that the report names, because it may be gone since.
pub(super) fn found_at<'p>(one: &Exemplar, provenance: &'p Provenance) -> Cow<'p, Provenance> {
    let commit = one.detail.facts.iter().find(|fact| fact.name == FindingFact::COMMIT);
    commit.map_or(Cow::Borrowed(provenance), |fact| Cow::Owned(at_commit(fact, provenance)))
}

fn at_commit(fact: &FindingFact<'_>, provenance: &Provenance) -> Provenance {
    Provenance { commit: one_line(&fact.value), ..provenance.clone() }
}

/// `Account: 1234`. What was sent is shown exactly as it is, and never leads anywhere.
fn item(fact: &FindingFact<'_>, provenance: &Provenance) -> Block {
    let value = cut(fact.value.trim(), LENGTH);
    let is_word = !value.contains(char::is_whitespace);
    let shown = match links::is_address(&value) && is_word {
        _ if fact.name == FindingFact::ATTACK => Inline::code(one_line(&value)),
        _ if fact.name == FindingFact::COMMIT => links::commit(&at_commit(fact, provenance)),
        true => Inline::foreign_link("open", &value),
        false if is_word => Inline::code(one_line(&value)),
        false => Inline::text(value),
    };
    Block::Paragraph(vec![Inline::text(format!("{}: ", fact.name)), shown])
}

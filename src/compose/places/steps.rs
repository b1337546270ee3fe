//! The steps of a code flow, and related places.

use super::snippet::LINE;
use crate::compose::{Provenance, count, cut, links};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::{FindingKind, FlowStep, Location};
use crate::model::survey::Exemplar;

/// The steps, unless none of them says more than where the finding is.
pub(super) fn news<'s>(steps: &'s [FlowStep<'s>], one: &Exemplar) -> Vec<&'s FlowStep<'s>> {
    let mut last: Option<&FlowStep<'_>> = None;
    let mut all: Vec<&FlowStep<'_>> = Vec::new();
    for step in steps {
        // a step that stays in the same place and says nothing else
        let stays = last.filter(|last| last.left_out == 0 && step.left_out == 0).is_some_and(|last| {
            spot(&last.location) == spot(&step.location)
                && (step.message.trim().is_empty() || step.message == last.message)
        });
        if !stays {
            all.push(step);
        }
        last = Some(step);
    }
    let here = |step: &&FlowStep<'_>| {
        spot(&step.location) == spot(&one.location)
            && (step.message.trim().is_empty() || step.message.trim() == one.detail.message.trim())
    };
    if all.iter().all(here) { Vec::new() } else { all }
}

/// What is shown of a place: its line, or a resource that is in no file.
fn spot<'l>(location: &'l Location<'_>) -> (&'l str, u32, Option<&'l str>) {
    let resource = location.logical.as_deref().filter(|_| location.path.is_empty());
    (&location.path, location.line, resource)
}

pub(super) fn steps(
    lead: &str,
    ordered: bool,
    steps: &[&FlowStep<'_>],
    kind: FindingKind,
    provenance: &Provenance,
) -> Vec<Block> {
    if steps.is_empty() {
        return vec![];
    }
    let item = |step: &FlowStep<'_>| {
        let logical = step.location.logical.as_deref().filter(|_| step.location.path.is_empty());
        let mut line = vec![match logical {
            Some(resource) => Inline::code(one_line(resource)),
            None => links::place(&step.location, kind, provenance),
        }];
        let message = one_line(&step.message);
        let message = without_node(&message);
        if !message.is_empty() {
            line.push(Inline::text(format!(" – {}", cut(message, LINE))));
        }
        vec![Block::Paragraph(line)]
    };
    let mut items: Vec<Vec<Block>> = Vec::new();
    for step in steps {
        items.push(item(step));
        if step.left_out > 0 {
            let more = if ordered {
                count(step.left_out, "further step")
            } else {
                format!("and {} more", step.left_out)
            };
            items.push(vec![Block::text(more)]);
        }
    }
    vec![Block::text(lead), Block::List { ordered, items }]
}

/// What CodeQL calls an expression, without the class of its node: `ControlFlowNode for request`.
fn without_node(message: &str) -> &str {
    const CLASSES: [&str; 3] = ["ControlFlowNode for ", "GSSA Variable ", "SSA variable "];
    CLASSES.iter().find_map(|class| message.strip_prefix(class)).unwrap_or(message)
}

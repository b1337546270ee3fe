//! The brake on mass resolving: a scan that silently failed must not close everything.

use super::How;
use super::decision::Decision;
use crate::model::record::Record;
use crate::model::scan::{Problem, Scope};
use crate::model::slice::{SliceId, holds_nothing};
use crate::model::ticket::Key;

/// How many tickets a run may resolve, however few its scopes have.
const FEW: usize = 10;

/// How many of those that are held back are named.
const NAMED: usize = 30;

/// Why none is resolved: more than [`FEW`] would be, and more than half of what a scope has reported here.
pub(super) fn brake(decision: &Decision<'_>) -> Option<Problem> {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let endings = decision.plan.endings.iter().filter(|ending| ending.how == How::Resolved);
    let (keys, resolved): (Vec<&Key>, Vec<&Record>) = endings
        .filter_map(|ending| snapshot.ticket(ending.ticket.id))
        .filter_map(|ticket| Some((&ticket.key, ticket.record.as_ref()?)))
        .unzip();
    if input.mass_resolve || resolved.len() <= FEW {
        return None;
    }
    let open = snapshot.tickets().filter(|ticket| ticket.is_open() && decision.is_ours(ticket));
    let open: Vec<&Record> = open.filter_map(|ticket| ticket.record.as_ref()).collect();
    let of = |records: &[&Record], scope: &Scope| {
        let id = SliceId::of(scope, &input.run.place);
        let held = |record: &&&Record| record.slices.get(&id).is_some_and(|digest| !holds_nothing(digest));
        records.iter().filter(held).count()
    };
    let scope = decision.proof.scopes().find(|scope| of(&resolved, scope) * 2 > of(&open, scope))?;
    let mut named: Vec<String> = keys.iter().take(NAMED).map(ToString::to_string).collect();
    if keys.len() > NAMED {
        named.push(format!("and {} more", keys.len() - NAMED));
    }
    let message = format!(
        "{} tickets would be resolved, more than half of what {} has reported there, so none is: {}",
        resolved.len(),
        scope.scanner,
        named.join(", ")
    );
    let hint =
        "See whether the scan was whole. If all that is fixed indeed, run it with `--allow-mass-resolve`.";
    Some(Problem::new(input.run.place.to_string(), message).hint(hint))
}

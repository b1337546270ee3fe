//! The brake on mass resolving: a scan that silently failed must not close everything.

use std::collections::BTreeSet;

use super::How;
use super::decision::Decision;
use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::scan::{Problem, Scope};
use crate::model::slice::{SliceId, holds_nothing};
use crate::model::ticket::Key;

/// How many tickets a run may resolve, however few its scopes have.
const FEW: usize = 10;

/// How many of those that are held back are named.
const NAMED: usize = 30;

/// Why none is resolved: more than [`FEW`] would be, and more than half of what a scope has reported here.
pub(super) fn brake(decision: &Decision<'_>) -> Option<Problem> {
    let place = &decision.input.run.place;
    let brake = Brake {
        place: place.to_string(),
        there: " there",
        hint: "See whether the scan was whole. If all that is fixed indeed, run it with `--allow-mass-resolve`.",
        held: &|record, scope| holds(record, scope, place),
    };
    brake.on(decision, decision.proof.scopes())
}

/// The same where pull requests were closed that these scopes looked at: more than half of what a scope has
/// reported anywhere.
pub(super) fn brake_closed(decision: &Decision<'_>, scopes: &BTreeSet<&Scope>) -> Option<Problem> {
    let brake = Brake {
        place: "closed pull requests".to_owned(),
        there: "",
        hint: "If these pull requests were given up indeed, run `casefile refresh --allow-mass-resolve`.",
        held: &|record, scope| record.life.stands.iter().any(|place| holds(record, scope, place)),
    };
    brake.on(decision, scopes.iter().copied())
}

fn holds(record: &Record, scope: &Scope, place: &Place) -> bool {
    record.slices.get(&SliceId::of(scope, place)).is_some_and(|digest| !holds_nothing(digest))
}

/// What is held against each other, and how it is said.
struct Brake<'a> {
    place: String,
    there: &'static str,
    hint: &'static str,
    /// Whether a scope has reported a ticket's findings.
    held: &'a dyn Fn(&Record, &Scope) -> bool,
}

impl Brake<'_> {
    fn on<'s>(
        &self,
        decision: &Decision<'_>,
        scopes: impl IntoIterator<Item = &'s Scope>,
    ) -> Option<Problem> {
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
            records.iter().filter(|record| (self.held)(record, scope)).count()
        };
        let scope = scopes.into_iter().find(|scope| of(&resolved, scope) * 2 > of(&open, scope))?;
        let mut named: Vec<String> = keys.iter().take(NAMED).map(ToString::to_string).collect();
        if keys.len() > NAMED {
            named.push(format!("and {} more", keys.len() - NAMED));
        }
        let message = format!(
            "{} tickets would be resolved, more than half of what {} has reported{}, so none is: {}",
            resolved.len(),
            scope.scanner,
            self.there,
            named.join(", ")
        );
        Some(Problem::new(self.place.clone(), message).hint(self.hint))
    }
}

//! The mass-resolve guard: a scan that failed without saying so must not close everything.

use std::collections::BTreeSet;

use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::scan::{Problem, Scope};
use crate::model::slice::SliceId;
use crate::model::ticket::Ticket;
use crate::plan::planner::{FEW, Planner};
use crate::plan::types::ending::How;

/// How many of the tickets that are held back are named.
const NAMED: usize = 30;

/// Why none is resolved: more than [`FEW`] would be, and more than half of what a scope has reported here.
pub(crate) fn guard(decision: &Planner<'_>) -> Option<Problem> {
    let place = &decision.input.run.place;
    let guarded = GuardedScopes {
        place: place.to_string(),
        there: " there",
        hint: "Check whether the scan was complete. If everything has really been fixed, run casefile again with \
               `--allow-mass-resolve`.",
        held: &|ticket, record, scope| holds(decision, ticket, record, scope, place),
    };
    guarded.on(decision, decision.proof.scopes(), false)
}

/// The same for closed pull requests that these scopes scanned: more than half of what a scope had reported anywhere by
/// the time the newest of them was filed.
pub(crate) fn guard_closed(decision: &Planner<'_>, scopes: &BTreeSet<&Scope>) -> Option<Problem> {
    let guarded = GuardedScopes {
        place: "closed pull requests".to_owned(),
        there: "",
        hint: "If these pull requests were really abandoned, run `casefile refresh --allow-mass-resolve`.",
        held: &|ticket, record, scope| {
            record.life.stands.iter().any(|place| holds(decision, ticket, record, scope, place))
        },
    };
    // nothing marks what was filed between two refreshes, so it is recognised by the ticket's number
    guarded.on(decision, scopes.iter().copied(), true)
}

fn holds(decision: &Planner<'_>, ticket: &Ticket, record: &Record, scope: &Scope, place: &Place) -> bool {
    let digest = decision.snapshot.digest(ticket, record, &SliceId::of(scope, place));
    digest.is_some_and(|digest| !digest.is_empty())
}

/// What is compared, and how it is reported.
struct GuardedScopes<'a> {
    place: String,
    there: &'static str,
    hint: &'static str,
    /// Whether a scope has reported a ticket's findings.
    held: &'a dyn Fn(&Ticket, &Record, &Scope) -> bool,
}

/// A ticket with its record.
type Recorded<'t> = (&'t Ticket, &'t Record);

impl GuardedScopes<'_> {
    /// `older`: whether tickets that are newer than all those that would be resolved are ignored.
    fn on<'s>(
        &self,
        decision: &Planner<'_>,
        scopes: impl IntoIterator<Item = &'s Scope>,
        older: bool,
    ) -> Option<Problem> {
        let (input, snapshot) = (decision.input, decision.snapshot);
        let endings = decision.plan.endings.iter().filter(|ending| ending.how == How::Resolved);
        let ended = endings.filter_map(|ending| snapshot.ticket(ending.ticket.id));
        let resolved: Vec<Recorded<'_>> = ended.filter_map(recorded).collect();
        if input.mass_resolve || resolved.len() <= FEW {
            return None;
        }
        let open = snapshot.tickets().filter(|ticket| ticket.is_open() && decision.is_ours(ticket));
        let newest = resolved.iter().map(|(ticket, _)| ticket.id.id).max().filter(|_| older);
        let open = open.filter(|ticket| newest.is_none_or(|newest| ticket.id.id <= newest));
        let open: Vec<Recorded<'_>> = open.filter_map(recorded).collect();
        let scope = scopes.into_iter().find(|scope| self.is_mass(&resolved, &open, scope))?;
        let keys = resolved.iter().map(|(ticket, _)| ticket.key.to_string());
        let mut named: Vec<String> = keys.take(NAMED).collect();
        if resolved.len() > NAMED {
            named.push(format!("and {} more", resolved.len() - NAMED));
        }
        let message = format!(
            "{0} tickets would be resolved ({1}), which is more than half of the tickets{3} with findings \
             from {2}, so none was resolved",
            resolved.len(),
            named.join(", "),
            scope.scanner,
            self.there,
        );
        Some(Problem::new(self.place.clone(), message).hint(self.hint))
    }

    /// Whether these are more than a few, and more than half of what a scope held: now, or before any of the runs that
    /// were held back. What such a run files, or adds a scope to, is often the same under another name, and must not
    /// outweigh it the next time.
    fn is_mass(&self, resolved: &[Recorded<'_>], open: &[Recorded<'_>], scope: &Scope) -> bool {
        let marks: BTreeSet<u64> = open.iter().filter_map(|(_, record)| record.life.beside).collect();
        marks.into_iter().chain([u64::MAX]).any(|mark| {
            let before = |of: &[Recorded<'_>]| {
                let early = of.iter().filter(|(_, record)| record.life.beside.is_none_or(|it| it < mark));
                let (all, held): (Vec<_>, Vec<_>) =
                    early.partition::<Vec<&Recorded<'_>>, _>(|(ticket, record)| {
                        !(self.held)(ticket, record, scope)
                    });
                (all.len() + held.len(), held.len())
            };
            let ((count, gone), (_, held)) = (before(resolved), before(open));
            count > FEW && gone * 2 > held
        })
    }
}

fn recorded(ticket: &Ticket) -> Option<Recorded<'_>> {
    Some((ticket, ticket.record.as_ref()?))
}

//! Liveness (`docs/life.md`): where a ticket's findings are still present.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::slice::{Slice, SliceId};
use crate::model::ticket::Ticket;
use crate::plan::planner::Planner;
use crate::plan::types::snapshot::BranchTip;

/// After how many days without a report a scope no longer counts.
const SILENT_DAYS: i64 = 30;

/// How many places one run asks GitHub about; the others are assumed to be unchanged.
const PLACES: usize = 30;

/// Whether findings are present anywhere that counts: on a tracked branch that exists, or in an open pull request.
/// `None`: more must be known first.
pub(crate) fn is_live(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    after: &BTreeMap<SliceId, Slice>,
) -> Option<bool> {
    let unread = record.slices.iter().any(|(id, digest)| !after.contains_key(id) && !digest.is_empty());
    let silent = retired(decision, record);
    let retired =
        |id: &SliceId, slice: &Slice| silent.contains(id) && is_of_scope_that_did_not_run(decision, slice);
    let held = after.iter().filter(|(id, slice)| !slice.kept.0.is_empty() && !retired(id, slice));
    let places: BTreeSet<&Place> = held.map(|(_, slice)| &slice.place).collect();
    let unread = unread || decision.snapshot.has_unreadable(ticket.id.id, after);
    if unread || places.contains(&decision.input.run.place) {
        return Some(true);
    }
    // the ticket may have slices that the record does not list
    if !has_read_all(decision, ticket) {
        return None;
    }
    any_counts(decision, places)
}

/// Whether all slices of a ticket were read, or its record is trusted for now.
pub(crate) fn has_read_all(decision: &mut Planner<'_>, ticket: &Ticket) -> bool {
    if decision.believes_records {
        decision.used_unread_record |= !decision.snapshot.all_slices.contains_key(&ticket.id.id);
        return true;
    }
    decision.needs.all_slices(decision.snapshot, ticket)
}

/// Whether any of these places counts.
pub(crate) fn any_counts<'p>(
    decision: &mut Planner<'_>,
    places: impl IntoIterator<Item = &'p Place>,
) -> Option<bool> {
    let branches = &decision.input.config.branches;
    let counting = places.into_iter().filter(|place| match place {
        Place::Branch(name) => branches.allows(name).is_some(),
        Place::PullRequest(_) => true,
    });
    let mut open = false;
    for (index, place) in counting.enumerate() {
        if index >= PLACES {
            return Some(true);
        }
        match head(decision, place) {
            Some(BranchTip::Gone) => {}
            Some(_) => return Some(true),
            None => open = true,
        }
    }
    (!open).then_some(false)
}

/// Whether a slice is about this place and about a scanner that ran in this run, but about a scope that did not.
pub(crate) fn is_of_scope_that_did_not_run(decision: &Planner<'_>, slice: &Slice) -> bool {
    let ran = |scope: &Scope| scope.scanner == slice.scope.scanner && *scope != slice.scope;
    slice.place == decision.input.run.place && decision.proof.scopes().any(ran)
}

/// The slices that were noted as silent so long ago that they are retired.
pub(crate) fn retired<'r>(decision: &Planner<'_>, record: &'r Record) -> BTreeSet<&'r SliceId> {
    let today = decision.input.run.today();
    let over = record.life.silent.iter().filter(|(_, since)| is_over(**since, today));
    over.map(|(id, _)| id).collect()
}

/// Whether casefile has not written to a ticket for so long that a scope that holds it may no longer run. A scope that
/// runs and finds no change writes nothing, so it is first noted as silent. If it runs again, it removes the note; if
/// it does not for the same number of days, it is retired.
pub(crate) fn may_be_silent(decision: &Planner<'_>, record: &Record) -> bool {
    record.life.touched.is_some_and(|touched| is_over(touched, decision.input.run.today()))
}

/// What GitHub says about a place, if it was asked.
pub(crate) fn head<'a>(decision: &mut Planner<'a>, place: &Place) -> Option<&'a BranchTip> {
    decision.needs.head(decision.snapshot, place)
}

fn is_over(since: Date, today: Date) -> bool {
    since.checked_add(SILENT_DAYS.days()).is_ok_and(|until| today >= until)
}

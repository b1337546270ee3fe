//! What is done to a ticket whose findings are gone: it is partially resolved, resolved or closed.

use crate::compose::comments;
use crate::config::CommentEvent;
use crate::document::Document;
use crate::model::finding::FindingKind;
use crate::model::record::{Record, State};
use crate::model::repository::Place;
use crate::model::slice::Slice;
use crate::model::ticket::Ticket;
use crate::model::write::{Edit, Ref};
use crate::plan::planner::Planner;
use crate::plan::presence::difference::Difference;
use crate::plan::presence::liveness::{is_of_scope_that_did_not_run, may_be_silent};
use crate::plan::resolve::flapping::report_flapping;
use crate::plan::resolve::{flapping, skipped};
use crate::plan::tickets::ownership::record_of;
use crate::plan::tickets::records::{add_life, next_of};
use crate::plan::tickets::steps::move_alone;

pub(crate) use crate::plan::tickets::steps::owed_state;
use crate::plan::tickets::steps::owes_moves_alone;
use crate::plan::tickets::steps::steps;
use crate::plan::tickets::transitions;
use crate::plan::types::ending::{Ending, How};
use crate::plan::types::plan::{Step, Work};

/// Why findings left.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cause<'a> {
    /// A scan says so.
    Scanned,
    /// The only pull requests that had them, by number, were closed without being merged.
    Abandoned(&'a [u64]),
}

/// Some findings left this place, and others remain: here in another scope, or elsewhere.
pub(crate) fn partially_resolve(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    difference: &Difference,
    cause: Cause<'_>,
) {
    let gone = difference.gone_everywhere();
    let wanted = gone > 0 && decision.jira.comments.contains(&CommentEvent::Gone);
    let provenance = decision.input.provenance();
    // the findings that are left cannot be listed from their fingerprints, so the description stays
    let comment = wanted.then(|| match cause {
        Cause::Scanned => comments::partly_resolved(gone, &provenance),
        Cause::Abandoned(pulls) => comments::partly_abandoned(gone, pulls, &provenance),
    });
    write(
        decision,
        ticket,
        difference.changed.clone(),
        next_of(decision.input, ticket, record),
        comment,
        owed_state(record),
    );
    end_with(decision, ticket, difference, How::PartiallyResolved);
}

/// A scope that holds the last findings here may no longer run: this is noted, once.
pub(crate) fn note_silence(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    difference: &Difference,
) {
    if !may_be_silent(decision, record) {
        return;
    }
    let held = difference.after.iter().filter(|(_, slice)| !slice.kept.0.is_empty());
    let silent = held.filter(|(id, slice)| {
        is_of_scope_that_did_not_run(decision, slice) && !record.life.silent.contains_key(id)
    });
    let silent: Vec<_> = silent.map(|(id, _)| id.clone()).collect();
    if silent.is_empty() {
        return;
    }
    let mut next = next_of(decision.input, ticket, record);
    next.life.silent.extend(silent.into_iter().map(|id| (id, decision.input.run.today())));
    let go = owed_state(&next);
    write(decision, ticket, Vec::new(), next, None, go);
}

/// The last findings are gone from everything that counts.
pub(crate) fn end(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    difference: &Difference,
    cause: Cause<'_>,
) {
    let input = decision.input;
    let today = input.run.today();
    let has_aside = |slice: &Slice| !slice.skipped.0.is_empty();
    let closed = !difference.skipped.is_empty()
        || (difference.gone.is_empty() && difference.after.values().any(has_aside));
    let state = if closed { State::Closed } else { State::Resolved };
    let secret = !closed && record.life.kinds.contains(&FindingKind::Secret);
    let is_news = record.last_reported != Some(state);
    if is_news
        && !closed
        && !secret
        && let Some(flapping) = flapping::flapping(&record.resolved, today)
    {
        return report_flapping(decision, ticket, &flapping, "resolve it yourself if its findings are fixed");
    }
    let mut next = next_of(input, ticket, record);
    next.last_reported = Some(state);
    next.remediation.clear();
    next.life.silent.clear();
    if is_news && !closed {
        let left = difference.after.values().flat_map(|slice| &slice.kept.0).map(|entry| entry.fingerprint);
        flapping::note(&mut next, left.chain(difference.gone.iter().copied()).collect(), today);
    }
    let owes = owed_state(record) == Some(state);
    let go = if secret { None } else { transitions::go_from(input.config, ticket, state) };
    let go = go.filter(|_| is_news || owes);
    let wants_gone = decision.jira.comments.contains(&CommentEvent::Gone);
    let provenance = input.provenance();
    let comment = match (state, cause) {
        _ if !is_news => None,
        (State::Closed, _) => go.is_some().then(|| {
            let reasons = skipped::reasons(input.survey, input.config, &difference.skipped);
            comments::skipped(&reasons, &provenance)
        }),
        _ if !wants_gone => None,
        (_, Cause::Scanned) if secret => Some(comments::rotate(&provenance)),
        (_, Cause::Scanned) => Some(comments::resolved(&provenance)),
        (_, Cause::Abandoned(pulls)) if secret => Some(comments::rotate_abandoned(pulls, &provenance)),
        (_, Cause::Abandoned(pulls)) => Some(comments::abandoned(pulls, &provenance)),
    };
    // what liveness no longer counts does not come back by itself
    let mut slices = difference.changed.clone();
    for slice in difference.after.values().filter(|slice| !slice.kept.0.is_empty()) {
        let mut slice = slice.clone();
        (slice.kept.0, slice.severity, slice.facts, slice.truncated) = (Vec::new(), None, 0, false);
        slices.retain(|changed| changed.id() != slice.id());
        slices.push(slice);
    }
    write(decision, ticket, slices, next, comment, go.map(|_| state));
    let how = match state {
        State::Resolved if is_news && !secret => How::Resolved,
        State::Closed if is_news => How::Closed,
        _ => How::PartiallyResolved,
    };
    end_with(decision, ticket, difference, how);
}

/// What is gone from a ticket that is done: only recorded. A done ticket may not accept edits.
pub(crate) fn note_gone(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    difference: &Difference,
    stands: bool,
) {
    let input = decision.input;
    let mut next = next_of(input, ticket, record);
    if !stands {
        next.last_reported = Some(State::Resolved);
    }
    let slices = difference.changed.clone();
    add_life(input, &mut next, &slices, decision.snapshot.slices_of(ticket.id.id));
    let edit = Edit { slices, record: Some(next), ..Edit::default() };
    let steps = vec![Step::Note(Box::new(edit))];
    decision.plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps });
    end_with(decision, ticket, difference, How::PartiallyResolved);
}

/// Makes the moves that earlier runs owe to open tickets on which this plan does nothing else: the record was written,
/// but the move was not made. According to the record, it is still wanted. Only a branch's run resolves or closes
/// tickets.
pub(crate) fn plan_owed_moves(decision: &mut Planner<'_>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    if input.run.untrusted.is_some() {
        return;
    }
    let open: Vec<&Ticket> =
        snapshot.tickets().filter(|ticket| ticket.is_open() && decision.is_ours(ticket)).collect();
    for ticket in open {
        let ends = input.run.writes() && matches!(input.run.place, Place::Branch(_));
        let may = |state| ends || matches!(state, State::Open | State::InProgress);
        let record = record_of(ticket, input.site).filter(|record| owed_state(record).is_some_and(may));
        let Some(record) = record.filter(|_| ticket.has_any(&input.run.repository.labels())) else {
            continue;
        };
        let on = Ref::Known(ticket.id.clone());
        let mut works = decision.plan.works.iter().chain(&decision.plan.merges);
        if works.all(|work| work.on != on) {
            owed(decision, ticket, record);
        }
    }
}

/// What an earlier run still owes to the ticket.
pub(crate) fn owed(decision: &mut Planner<'_>, ticket: &Ticket, record: &Record) {
    let input = decision.input;
    if let Some(state) = owed_state(record).filter(|state| matches!(state, State::Resolved | State::Closed)) {
        let ending = Ending { ticket: ticket.id.clone(), findings: Vec::new(), how: How::Owed(state) };
        decision.plan.endings.push(ending);
    }
    if let Some(work) = move_alone(input, ticket, record) {
        return decision.plan.works.push(work);
    }
    // a move that is all that is owed, and no longer wanted, is dropped
    let go = owed_state(record).filter(|_| !owes_moves_alone(record));
    let next = next_of(input, ticket, record);
    write(decision, ticket, Vec::new(), next, None, go);
}

/// One edit of a ticket with these slices and this record.
pub(crate) fn write(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    slices: Vec<Slice>,
    mut next: Record,
    comment: Option<Document>,
    go: Option<State>,
) {
    let input = decision.input;
    add_life(input, &mut next, &slices, decision.snapshot.slices_of(ticket.id.id));
    let edit = Edit { slices, comment: comment.map(input.fit), ..Edit::default() };
    let steps = steps(input.config, edit, next, go);
    decision.plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps });
}

fn end_with(decision: &mut Planner<'_>, ticket: &Ticket, difference: &Difference, how: How) {
    let findings = difference.gone.union(&difference.skipped).copied().collect();
    decision.plan.endings.push(Ending { ticket: ticket.id.clone(), findings, how });
}

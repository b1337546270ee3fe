//! Tickets that this run's scopes once reported and that no finding of this run belongs to.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, State};
use crate::model::repository::Place;
use crate::model::run::Run;
use crate::model::slice::SliceId;
use crate::model::survey::Group;
use crate::model::ticket::Ticket;
use crate::plan::observed::observation;
use crate::plan::observed::observation::Observation;
use crate::plan::planner::Planner;
use crate::plan::presence::difference::difference;
use crate::plan::presence::gone::is_at_tip;
use crate::plan::presence::liveness::{any_counts, has_read_all, is_live, may_be_silent, retired};
use crate::plan::resolve::resolved;
use crate::plan::resolve::resolved::Cause;
use crate::plan::tickets::ownership::{is_accepted, record_of};

/// For how many days after casefile's last write a record is not trusted when it says that other jobs have a ticket's
/// findings.
const DOUBTFUL_DAYS: i64 = 7;

/// Decides about every open ticket that is not tracked by any group of this run.
pub(crate) fn decide_missing(decision: &mut Planner<'_>) {
    if !decision.input.run.writes() {
        return;
    }
    let snapshot = decision.snapshot;
    let groups = decision.input.survey.groups.iter();
    let groups: HashMap<Fingerprint, &Group> =
        groups.flat_map(|group| own_names(group).map(move |name| (*name, group))).collect();
    let proves = proves_on_branch(decision);
    for ticket in snapshot.tickets() {
        let loose = !decision.tracked.contains(&ticket.id.id) && decision.is_ours(ticket);
        let Some(record) = record_of(ticket, decision.input.site).filter(|_| loose) else { continue };
        let group = ticket.all_names().iter().find_map(|name| groups.get(name)).copied();
        if ticket.is_open() {
            decide_missing_ticket(decision, ticket, record, group);
        } else if proves && !is_over(record) && !is_accepted(decision.input, ticket) {
            note_missing_from_done(decision, ticket, record, group);
        }
    }
}

/// Whether this run can prove that something is gone from a branch.
pub(crate) fn proves_on_branch(decision: &Planner<'_>) -> bool {
    may_prove_on_branch(decision.input.run) && decision.proof.scopes().next().is_some()
}

/// The same before anything is known of the reports' findings.
pub(crate) fn may_prove_on_branch(run: &Run) -> bool {
    matches!(run.place, Place::Branch(_)) && run.writes()
}

/// A ticket that a person closed, and whose findings are proven gone only now: noted so that it is known when they come
/// back. The ticket is done, so nothing is posted or moved.
fn note_missing_from_done(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    group: Option<&Group>,
) {
    let observations = observations_of(decision, ticket, record, group);
    let same = observation::known(&observations, decision.snapshot, ticket, record);
    if observations.is_empty() || same || !decision.needs.slices(decision.snapshot, ticket) {
        return;
    }
    let difference = difference(decision, ticket, &observations);
    if difference.gone.is_empty() {
        return;
    }
    if let Some(stands) = is_live(decision, ticket, record, &difference.after) {
        resolved::note_gone(decision, ticket, record, &difference, stands);
    }
}

/// What this run saw of a ticket that no finding belongs to; `group`: the one whose label it carries.
fn observations_of(
    decision: &Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    group: Option<&Group>,
) -> Vec<Observation> {
    let has = |id: &SliceId| decision.snapshot.digest(ticket, record, id).is_some();
    let mut observations =
        group.map_or_else(Vec::new, |group| observation::observe(decision.input, group, &[]));
    observations.retain(|observation| has(&observation.slice.id()));
    observation::complete(decision.input, &decision.proof, has, &mut observations);
    observations
}

/// `group`: the one whose label the ticket carries; its findings are skipped, or belong to another ticket.
pub(crate) fn decide_missing_ticket(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    group: Option<&Group>,
) {
    let observations = observations_of(decision, ticket, record, group);
    if observations.is_empty() {
        return;
    }
    let same = observation::known(&observations, decision.snapshot, ticket, record);
    if same && !record.pending.is_empty() {
        return resolved::owed(decision, ticket, record);
    }
    if same && !may_have_left(decision, record, &observations) {
        return;
    }
    if !decision.needs.slices(decision.snapshot, ticket) {
        return;
    }
    let difference = difference(decision, ticket, &observations);
    let Some(stands) = is_live(decision, ticket, record, &difference.after) else { return };
    // the ticket must not have slices that its record does not list with findings that would be reported as gone
    if difference.gone_everywhere() > 0 && !has_read_all(decision, ticket) {
        return;
    }
    match (stands, difference.loses()) {
        (true, true) => resolved::partially_resolve(decision, ticket, record, &difference, Cause::Scanned),
        (true, false) => resolved::note_silence(decision, ticket, record, &difference),
        (false, loses) if loses || same => {
            resolved::end(decision, ticket, record, &difference, Cause::Scanned);
        }
        (false, _) => {}
    }
}

/// Whether a ticket whose findings left this place before may have left the others in the meantime: a branch was
/// deleted, or a scope no longer runs.
fn may_have_left(decision: &mut Planner<'_>, record: &Record, observations: &[Observation]) -> bool {
    let Place::Branch(_) = decision.input.run.place else { return false };
    let nothing = observations.iter().all(|observation| observation.slice.digest().is_empty());
    let here = record.life.stands.contains(&decision.input.run.place);
    let silent = here && (may_be_silent(decision, record) || !retired(decision, record).is_empty());
    let looks_further = silent || may_be_outdated(decision, record, observations);
    if is_over(record) || !nothing || (here && !looks_further) || is_at_tip(decision) != Some(true) {
        return false;
    }
    here || any_counts(decision, &record.life.stands) == Some(false)
}

/// Whether a record may say that others have a ticket's findings here although they no longer do: jobs that lost them
/// at the same time each wrote what they had read about the others. That shows in what the record says about this run's
/// own slices, unless this run was the last to write; in that case, checking for some days after a write is enough.
fn may_be_outdated(decision: &Planner<'_>, record: &Record, observations: &[Observation]) -> bool {
    let listed = |observation: &Observation| record.slices.get(&observation.slice.id());
    let wrong =
        observations.iter().any(|observation| listed(observation).is_none_or(|digest| !digest.is_empty()));
    let lately = |touched: Date| {
        touched.checked_add(DOUBTFUL_DAYS.days()).is_ok_and(|until| decision.input.run.today() <= until)
    };
    wrong || record.life.touched.is_some_and(lately)
}

/// The names that lead only to a group's own ticket.
fn own_names(group: &Group) -> impl Iterator<Item = &Fingerprint> {
    group.names.iter().filter(|name| !group.loose.contains(name))
}

/// Whether the findings were reported as gone or skipped.
fn is_over(record: &Record) -> bool {
    matches!(record.last_reported, Some(State::Resolved | State::Closed))
}

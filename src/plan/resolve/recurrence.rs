//! A finding is present although its ticket is done, and nobody accepted it.

use jiff::ToSpan;

use crate::compose::comments;
use crate::config::{CommentEvent, RecurrenceAction};
use crate::model::record::State;
use crate::model::repository::Place;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Category, Ticket};
use crate::model::write::{Edit, Ref};
use crate::plan::create::proposals::propose;
use crate::plan::observed::observation;
use crate::plan::planner::Planner;
use crate::plan::presence::difference::difference;
use crate::plan::presence::gone::is_at_tip;
use crate::plan::resolve::flapping;
use crate::plan::resolve::flapping::{Flapping, report_flapping};
use crate::plan::tickets::ownership::record_of;
use crate::plan::tickets::{records, transitions};
use crate::plan::types::outcome::GroupAction;
use crate::plan::types::plan::{Step, Work};

/// Findings and what becomes of them.
pub(crate) type DecidedParts = Vec<(Vec<Sighting>, GroupAction)>;

/// What is done: if the findings were proven gone in between, the configured action; if they never were, one comment,
/// and the action after the grace period. Findings that the done ticket never held are new. `None`: more must be known
/// first.
pub(crate) fn recur<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    rest: &[Sighting],
    done: &'a Ticket,
) -> Option<DecidedParts> {
    let input = decision.input;
    let recurrence = &input.config.recurrence;
    let record = record_of(done, input.site);
    let gone =
        record.is_some_and(|record| matches!(record.last_reported, Some(State::Resolved | State::Closed)));
    if gone && is_old_news(decision) {
        return Some(vec![(rest.to_vec(), GroupAction::Tracked(done.id.clone()))]);
    }
    let (new, held) = if gone { (Vec::new(), rest.to_vec()) } else { news(decision, group, rest, done)? };
    // the new ticket would be resolved and followed by another, on and on
    let flapping =
        record.filter(|_| gone).and_then(|record| flapping::flapping(&record.resolved, input.run.today()));
    let grace = i64::from(recurrence.grace_days).days();
    let since = record.and_then(|record| record.recurred);
    let over = since
        .or_else(|| (recurrence.grace_days == 0).then(|| input.run.today()))
        .is_some_and(|since| since.checked_add(grace).is_ok_and(|until| input.run.today() >= until));
    match recurrence.action {
        RecurrenceAction::Refile if let Some(flapping) = flapping => {
            Some(frozen(decision, group, rest, done, &flapping))
        }
        RecurrenceAction::Refile if gone || over => {
            let action = propose(decision, group, rest, Some(done));
            Some(vec![(rest.to_vec(), action)])
        }
        RecurrenceAction::Reopen if gone || over || !new.is_empty() => {
            reopen(decision, group, rest, done)?;
            Some(vec![(rest.to_vec(), GroupAction::Reopen(done.id.clone()))])
        }
        _ => {
            let mut parts = Vec::new();
            if !held.is_empty() {
                if since.is_none() {
                    comment_on(decision, group, done);
                }
                parts.push((held, GroupAction::Recurred(done.id.clone())));
            }
            if !new.is_empty() {
                let action = propose(decision, group, &new, Some(done));
                parts.push((new, action));
            }
            Some(parts)
        }
    }
}

/// Findings that flap are left alone, and those that were never on the ticket are new.
fn frozen<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    rest: &[Sighting],
    done: &'a Ticket,
    flapping: &Flapping,
) -> DecidedParts {
    let record = record_of(done, decision.input.site);
    let known = record.map(|record| &record.life.flapped).filter(|known| !known.is_empty());
    let is_known = |one: &Sighting| known.is_none_or(|known| known.iter().any(|id| one.is(*id)));
    let (back, new): (Vec<_>, Vec<_>) = rest.iter().copied().partition(is_known);
    let mut parts = Vec::new();
    if !back.is_empty() {
        let what = "no new ticket is created; reopen this one yourself if the finding is real";
        report_flapping(decision, done, flapping, what);
        parts.push((back, GroupAction::Tracked(done.id.clone())));
    }
    if !new.is_empty() {
        let action = propose(decision, group, &new, Some(done));
        parts.push((new, action));
    }
    parts
}

/// The findings that no slice of the ticket holds, and the others; `None`: the slices must be read first. A ticket that
/// lost its slices is taken to hold them all.
fn news(
    decision: &mut Planner<'_>,
    group: &Group,
    rest: &[Sighting],
    done: &Ticket,
) -> Option<(Vec<Sighting>, Vec<Sighting>)> {
    if !decision.needs.slices(decision.snapshot, done) {
        return None;
    }
    let mut slices = decision.snapshot.slices_of(done.id.id).peekable();
    if slices.peek().is_none() || slices.any(|(_, slice)| slice.truncated) {
        return Some((Vec::new(), rest.to_vec()));
    }
    let observations = observation::observe(decision.input, group, rest);
    let difference = difference(decision, done, &observations);
    if !difference.added.is_empty() && !decision.needs.all_slices(decision.snapshot, done) {
        return None;
    }
    Some(rest.iter().copied().partition(|one| difference.added.contains(&one.id())))
}

/// One comment, on the day on which the finding was first seen again.
fn comment_on(decision: &mut Planner<'_>, group: &Group, done: &Ticket) {
    let input = decision.input;
    let mut record = records::next_record(decision.input, decision.snapshot, group, done);
    record.recurred = Some(input.run.today());
    let is_begun = record_of(done, input.site).is_none();
    if is_begun {
        decision.plan.begun.insert(done.id.clone());
    }
    let wanted = !is_begun && decision.jira.comments.contains(&CommentEvent::Recurred);
    let days = input.config.recurrence.grace_days;
    let then = match input.config.recurrence.action {
        RecurrenceAction::Refile => comments::RecurrenceOutlook::Refile { days },
        RecurrenceAction::Reopen => comments::RecurrenceOutlook::Reopen { days },
        RecurrenceAction::Comment => comments::RecurrenceOutlook::Nothing,
    };
    let provenance = input.provenance();
    let comment =
        wanted.then(|| comments::recurred(group, input.survey, &provenance, &done.status.name, then));
    let comment = comment.map(input.fit);
    let edit = Edit { comment, record: Some(record), ..Edit::default() };
    let steps = vec![Step::Edit(Box::new(edit))];
    decision.plan.works.push(Work { on: Ref::Known(done.id.clone()), steps });
}

/// Whether an older commit was run again: its findings say nothing about what was fixed since.
fn is_old_news(decision: &mut Planner<'_>) -> bool {
    matches!(decision.input.run.place, Place::Branch(_)) && is_at_tip(decision) == Some(false)
}

/// Reopens the ticket, and records what is present now. `None`: more must be known first.
fn reopen(decision: &mut Planner<'_>, group: &Group, rest: &[Sighting], done: &Ticket) -> Option<()> {
    let input = decision.input;
    if !decision.needs.slices(decision.snapshot, done) {
        return None;
    }
    let observations = observation::observe(input, group, rest);
    let slices = difference(decision, done, &observations).changed;
    let mut record = records::next_record(decision.input, decision.snapshot, group, done);
    record.recurred = None;
    record.last_reported = Some(State::Open);
    record.pending.clear();
    records::add_life(input, &mut record, &slices, decision.snapshot.slices_of(done.id.id));
    let go =
        transitions::go(input.config, State::Open).unwrap_or_else(|| transitions::anywhere(Category::New));
    let comment = Some((input.fit)(comments::reopened(group, input.survey, &input.provenance())));
    let edit = Edit { comment, slices, record: Some(record), ..Edit::default() };
    // A done ticket may be closed to edits, so it is opened first.
    let steps = vec![Step::Go(go), Step::Edit(Box::new(edit))];
    decision.plan.works.push(Work { on: Ref::Known(done.id.clone()), steps });
    Some(())
}

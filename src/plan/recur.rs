//! A finding is there although its ticket is done, and nobody accepted it.

use jiff::ToSpan;

use super::decision::Decision;
use super::ours::record_of;
use super::{Step, Verdict, Work, edit};
use crate::compose::comments;
use crate::config::{CommentEvent, RecurrenceAction};
use crate::model::record::State;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Category, Ticket};
use crate::model::write::{Edit, Move, Ref, Target};

/// What is done: where the finding was proven gone in between, the configured action; where it never
/// was, one comment, and the action after the days of grace.
pub(super) fn recur(
    decision: &mut Decision<'_>,
    group: &Group,
    rest: &[Sighting],
    done: &Ticket,
) -> Option<Verdict> {
    let input = decision.input;
    let recurrence = &input.config.recurrence;
    let record = record_of(done, input.site);
    let gone = match record.and_then(|record| record.told) {
        Some(State::Resolved) => true,
        _ => was_gone(decision, rest, done)?,
    };
    let grace = i64::from(recurrence.grace_days).days();
    let since = record.and_then(|record| record.recurred);
    let over = since
        .or_else(|| (recurrence.grace_days == 0).then(|| input.run.today()))
        .is_some_and(|since| since.checked_add(grace).is_ok_and(|until| input.run.today() >= until));
    if !(gone || over) {
        if since.is_none() {
            tell(decision, group, done);
        }
        return Some(Verdict::Recurred(done.id.clone()));
    }
    match recurrence.action {
        RecurrenceAction::Refile => decision.create(group, rest, Some(done)),
        RecurrenceAction::Reopen => {
            reopen(decision, group, done);
            Some(Verdict::Reopen(done.id.clone()))
        }
        RecurrenceAction::Comment => {
            if since.is_none() {
                tell(decision, group, done);
            }
            Some(Verdict::Recurred(done.id.clone()))
        }
    }
}

/// Whether the ticket's slices say that none of the findings was there when it was last looked for;
/// `None`: they must be read first.
fn was_gone(decision: &mut Decision<'_>, rest: &[Sighting], done: &Ticket) -> Option<bool> {
    if !decision.needs.slices(decision.snapshot, done) {
        return None;
    }
    let mut slices = decision.snapshot.slices_of(done.id.id).peekable();
    let read = slices.peek().is_some();
    let holds = |entry: &crate::model::slice::Entry| rest.iter().any(|one| one.is(entry.fingerprint));
    Some(read && !slices.any(|(_, slice)| slice.truncated || slice.kept.0.iter().any(holds)))
}

/// One comment, on the day on which it was first seen again.
fn tell(decision: &mut Decision<'_>, group: &Group, done: &Ticket) {
    let input = decision.input;
    let mut record = edit::next_record(decision, group, done);
    record.recurred = Some(input.run.today());
    let wanted = decision.jira.comments.contains(&CommentEvent::Recurred);
    let days = input.config.recurrence.grace_days;
    let then = match input.config.recurrence.action {
        RecurrenceAction::Refile => comments::Next::Refile { days },
        RecurrenceAction::Reopen => comments::Next::Reopen { days },
        RecurrenceAction::Comment => comments::Next::Nothing,
    };
    let provenance = input.run.provenance();
    let comment =
        wanted.then(|| comments::recurred(group, input.survey, &provenance, &done.status.name, then));
    let comment = comment.map(input.fit);
    let edit = Edit { comment, record: Some(record), ..Edit::default() };
    let steps = vec![Step::Edit(Box::new(edit))];
    decision.plan.works.push(Work { on: Ref::Known(done.id.clone()), steps });
}

fn reopen(decision: &mut Decision<'_>, group: &Group, done: &Ticket) {
    let input = decision.input;
    let mut record = edit::next_record(decision, group, done);
    record.recurred = None;
    record.told = Some(State::Open);
    let target = match input.config.states.target(State::Open) {
        Some(target) => Target::Status(target.status.clone()),
        None => Target::Any(Category::New),
    };
    let go = Move { to: target, resolution: None, fields: Vec::new() };
    let comment = Some((input.fit)(comments::reopened(group, input.survey, &input.run.provenance())));
    let edit = Edit { comment, record: Some(record), ..Edit::default() };
    // A done ticket may be closed to edits, so it is opened first.
    let steps = vec![Step::Go(go), Step::Edit(Box::new(edit))];
    decision.plan.works.push(Work { on: Ref::Known(done.id.clone()), steps });
}

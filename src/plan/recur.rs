//! A finding is there although its ticket is done, and nobody accepted it.

use jiff::ToSpan;

use super::decision::Decision;
use super::ours::record_of;
use super::{Step, Verdict, Work, edit, slices};
use crate::compose::comments;
use crate::config::{CommentEvent, RecurrenceAction};
use crate::model::record::State;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Category, Ticket};
use crate::model::write::{Edit, Move, Ref, Target};

/// Findings and what becomes of them.
pub(super) type Parts = Vec<(Vec<Sighting>, Verdict)>;

/// What is done: where findings were proven gone in between, the configured action; where they never
/// were, one comment, and the action after the days of grace. What the done ticket never held is new.
/// `None`: more must be known first.
pub(super) fn recur(
    decision: &mut Decision<'_>,
    group: &Group,
    rest: &[Sighting],
    done: &Ticket,
) -> Option<Parts> {
    let input = decision.input;
    let recurrence = &input.config.recurrence;
    let record = record_of(done, input.site);
    let gone = record.is_some_and(|record| record.told == Some(State::Resolved));
    let (new, held) = if gone { (Vec::new(), rest.to_vec()) } else { news(decision, group, rest, done)? };
    let grace = i64::from(recurrence.grace_days).days();
    let since = record.and_then(|record| record.recurred);
    let over = since
        .or_else(|| (recurrence.grace_days == 0).then(|| input.run.today()))
        .is_some_and(|since| since.checked_add(grace).is_ok_and(|until| input.run.today() >= until));
    match recurrence.action {
        RecurrenceAction::Refile if gone || over => {
            let verdict = decision.create(group, rest, Some(done))?;
            Some(vec![(rest.to_vec(), verdict)])
        }
        RecurrenceAction::Reopen if gone || over || !new.is_empty() => {
            reopen(decision, group, done);
            Some(vec![(rest.to_vec(), Verdict::Reopen(done.id.clone()))])
        }
        _ => {
            let mut parts = Vec::new();
            if !held.is_empty() {
                if since.is_none() {
                    tell(decision, group, done);
                }
                parts.push((held, Verdict::Recurred(done.id.clone())));
            }
            if !new.is_empty() {
                let verdict = decision.create(group, &new, Some(done))?;
                parts.push((new, verdict));
            }
            Some(parts)
        }
    }
}

/// The findings that no slice of the ticket holds, and the others; `None`: they must be read first.
/// A ticket that lost its slices holds them all.
fn news(
    decision: &mut Decision<'_>,
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
    let looks = slices::looks(decision.input, group, rest);
    let difference = slices::difference(decision.snapshot, done, &looks);
    Some(rest.iter().copied().partition(|one| difference.added.contains(&one.id())))
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

//! Steps on single tickets: each ticket's in their order, several tickets at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use futures_util::stream;

use super::{Outcomes, Stop};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::record::LinkKind;
use crate::model::scan::Problem;
use crate::model::ticket::TicketId;
use crate::model::write::{Attachment, Edit, Move, Ref};
use crate::plan::{Step, Work};
use crate::tracker::Write;

/// How many tickets are worked on at once: well below what Jira lets one account do.
const AT_ONCE: usize = 4;

/// Does the work; a step that fails leaves those after it to the next run.
pub(super) async fn work<T: Write>(
    tracker: &T,
    works: &[Work],
    stop: &Stop,
    progress: &(dyn Fn(usize) + Sync),
    outcomes: &mut Outcomes,
) {
    let done = AtomicUsize::new(0);
    let made = &outcomes.made;
    let resolve = |on: &Ref| match on {
        Ref::Known(id) => Some(id.clone()),
        Ref::New(group) => made.get(group).map(|made| made.id.clone()),
    };
    // A ticket that was not made is reported already.
    let resolved = works.iter().filter_map(|work| Some((resolve(&work.on)?, work)));
    let one = |(id, work): (TicketId, &'_ Work)| {
        let (done, resolve) = (&done, &resolve);
        let steps = work.steps.clone();
        async move {
            let mut problems = Vec::new();
            let mut result = Ok(());
            for step in &steps {
                if let Some(over) = stop.over() {
                    result = Err(over);
                    break;
                }
                result = match step {
                    Step::Edit(edit) => do_edit(tracker, &id, edit, &mut problems).await,
                    Step::Link(kind, to) => match resolve(to) {
                        Some(to) => do_link(tracker, &id, *kind, &to, &mut problems).await,
                        None => Ok(()),
                    },
                    Step::Go(to) => tracker.go(&id, to).await,
                    Step::Note(edit) => do_note(tracker, &id, edit, &mut problems).await,
                    Step::Unmark(labels, slices) => tracker.unmark(&id, labels, slices).await,
                    Step::Try(to, edit) => do_try(tracker, &id, to, edit, &mut problems).await,
                    Step::Attach(file) => do_attach(tracker, &id, file, &mut problems).await,
                    Step::Remote(link) => {
                        let what = || format!("the link to {}", link.url);
                        optional(tracker.remote(&id, link).await, &id, what, &mut problems)
                    }
                    Step::Unremote(link) => {
                        let what = || format!("taking off the link {link}");
                        optional(tracker.unremote(&id, link).await, &id, what, &mut problems)
                    }
                };
                if result.is_err() {
                    break;
                }
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            (id, result, problems)
        }
    };
    let results: Vec<_> = stream::iter(resolved).map(one).buffer_unordered(AT_ONCE).collect().await;
    for (id, result, problems) in results {
        outcomes.problems.extend(problems);
        if let Err(failure) = result {
            outcomes.undone.insert(id, failure);
        }
    }
}

/// Links two tickets.
async fn do_link<T: Write>(
    tracker: &T,
    id: &TicketId,
    kind: LinkKind,
    to: &TicketId,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    optional(tracker.link(id, kind, to).await, id, || format!("the link to ticket {}", to.id), problems)
}

/// Attaches a file. Where it is not known whether it is there it is not sent again, or it would be there
/// twice.
async fn do_attach<T: Write>(
    tracker: &T,
    id: &TicketId,
    file: &Attachment,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let what = || format!("the attachment {}", file.name);
    match tracker.attach(id, file).await {
        Err(failure) if failure.is_ambiguous() => {
            problems.push(left_out(id, &what(), &failure));
            Ok(())
        }
        ended => optional(ended, id, what, problems),
    }
}

/// Links and files are a help to people: one that is refused costs a warning and nothing else, or every
/// later run would stop at it again.
fn optional(
    ended: Result<(), Failure>,
    id: &TicketId,
    what: impl FnOnce() -> String,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    match ended {
        Err(failure @ (Failure::Refused { .. } | Failure::Gone | Failure::Scope(_))) => {
            problems.push(left_out(id, &what(), &failure));
            Ok(())
        }
        other => other,
    }
}

fn left_out(id: &TicketId, what: &str, failure: &Failure) -> Problem {
    Problem::new(format!("ticket {}", id.id), format!("{what} was left out: {failure}"))
}

/// Moves a ticket if its workflow lets it, and strikes that off. A move that is refused is said, once, and
/// costs nothing else; a ticket that takes no edit where it is now keeps the note.
async fn do_try<T: Write>(
    tracker: &T,
    id: &TicketId,
    to: &Move,
    edit: &Edit,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let mut moved = tracker.go(id, to).await;
    if matches!(&moved, Err(Failure::Refused { fields, .. }) if !fields.is_empty()) {
        // what its screen does not take so is left out
        let bare = Move { fields: Vec::new(), resolution: None, ..to.clone() };
        let refused = std::mem::replace(&mut moved, tracker.go(id, &bare).await);
        if let (Err(why), Ok(())) = (refused, &moved) {
            let message = format!("it was moved to {} without the fields of the transition: {why}", to.to);
            problems.push(Problem::new(format!("ticket {}", id.id), message).foreign());
        }
    }
    match moved {
        Ok(()) => {}
        Err(failure @ (Failure::Refused { .. } | Failure::Scope(_))) => {
            let message = format!("it was not moved to {}: {failure}", to.to);
            let hint = "Move it by hand, or let `states` name a status that its workflow leads to.";
            problems.push(Problem::new(format!("ticket {}", id.id), message).hint(hint).foreign());
        }
        Err(failure) => return Err(failure),
    }
    do_note(tracker, id, edit, problems).await
}

/// An edit that a done ticket may refuse.
async fn do_note<T: Write>(
    tracker: &T,
    id: &TicketId,
    edit: &Edit,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    match do_edit(tracker, id, edit, problems).await {
        Err(Failure::Refused { .. } | Failure::Scope(_)) => Ok(()),
        other => other,
    }
}

/// Sends an edit; after an ambiguous answer the record's revision tells whether it landed, and
/// fields that the tracker refuses are left out.
async fn do_edit<T: Write>(
    tracker: &T,
    id: &TicketId,
    edit: &Edit,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let mut edit = edit.clone();
    let mut again = true;
    loop {
        let failure = match tracker.edit(id, &edit).await {
            Ok(()) => return Ok(()),
            Err(failure) => failure,
        };
        match &failure {
            Failure::Refused { fields, .. } => {
                let before = edit.fields.len();
                edit.fields.retain(|field| !fields.contains_key(&field.id));
                if let Some(record) = &mut edit.record {
                    fields.keys().for_each(|field| record.wrote.forget(field));
                }
                if edit.fields.len() == before {
                    return Err(failure);
                }
                problems.extend(fields.iter().map(|(field, why)| {
                    let place = format!("ticket {}, field {field}", id.id);
                    Problem::new(place, format!("left out, because Jira refused it: {why}")).foreign()
                }));
            }
            ambiguous if ambiguous.is_ambiguous() && again => match landed(tracker, id, &edit).await {
                Some(true) => return Ok(()),
                Some(false) => again = false,
                None => return Err(failure),
            },
            _ => return Err(failure),
        }
    }
}

/// Whether the edit's revision is on the ticket; `None`: it cannot be told.
async fn landed<T: Write>(tracker: &T, id: &TicketId, edit: &Edit) -> Option<bool> {
    let wanted = edit.record.as_ref()?.revision;
    let Ok(Answer::Tickets(tickets)) = tracker.answer(&Ask::Ids(vec![id.id])).await else { return None };
    Some(tickets.first()?.record.as_ref()?.revision >= wanted)
}

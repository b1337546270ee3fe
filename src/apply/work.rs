//! Steps on single tickets: each ticket's in their order, several tickets at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use futures_util::stream;

use super::{Outcomes, Stop};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::record::LinkKind;
use crate::model::scan::Problem;
use crate::model::ticket::{Key, TicketId};
use crate::model::write::{Attachment, Edit, Move, Ref};
use crate::plan::{Step, Work};
use crate::tracker::Write;

/// How many tickets are worked on at once: well below what Jira lets one account do.
const AT_ONCE: usize = 4;

/// A ticket that is worked on, and what people know it by.
#[derive(Clone)]
struct On {
    id: TicketId,
    name: String,
}

/// A file that was left out.
struct Unattached {
    on: String,
    file: String,
    why: String,
}

/// Does the work; a step that fails leaves those after it to the next run. `keys`: what tickets are called
/// that were there before.
pub(super) async fn work<T: Write>(
    tracker: &T,
    works: &[Work],
    keys: &BTreeMap<u64, Key>,
    stop: &Stop,
    progress: &(dyn Fn(usize) + Sync),
    outcomes: &mut Outcomes,
) {
    let done = AtomicUsize::new(0);
    let made = &outcomes.made;
    let resolve = |on: &Ref| match on {
        Ref::Known(id) => {
            let name = keys.get(&id.id).map_or_else(|| format!("ticket {}", id.id), ToString::to_string);
            Some(On { id: id.clone(), name })
        }
        Ref::New(group) => made.get(group).map(|made| On { id: made.id.clone(), name: made.key.to_string() }),
    };
    // A ticket that was not made is reported already.
    let resolved = works.iter().filter_map(|work| Some((resolve(&work.on)?, work)));
    let one = |(on, work): (On, &'_ Work)| {
        let (done, resolve) = (&done, &resolve);
        let steps = work.steps.clone();
        async move {
            let (mut problems, mut unattached) = (Vec::new(), Vec::new());
            let mut result = Ok(());
            for step in &steps {
                if let Some(over) = stop.over() {
                    result = Err(over);
                    break;
                }
                result = match step {
                    Step::Edit(edit) => do_edit(tracker, &on, edit, &mut problems).await,
                    Step::Link(kind, to) => match resolve(to) {
                        Some(to) => do_link(tracker, &on, *kind, &to, &mut problems).await,
                        None => Ok(()),
                    },
                    Step::Go(to) => tracker.go(&on.id, to).await,
                    Step::Note(edit) => do_note(tracker, &on, edit, &mut problems).await,
                    Step::Unmark(labels, slices) => tracker.unmark(&on.id, labels, slices).await,
                    Step::Try(to, edit) => do_try(tracker, &on, to, edit, &mut problems).await,
                    Step::Attach(file) => do_attach(tracker, &on, file, &mut unattached).await,
                    Step::Remote(link) => {
                        let what = || format!("the link to {}", link.url);
                        optional(tracker.remote(&on.id, link).await, &on, what, &mut problems)
                    }
                    Step::Unremote(link) => {
                        let what = || format!("taking off the link {link}");
                        optional(tracker.unremote(&on.id, link).await, &on, what, &mut problems)
                    }
                };
                if result.is_err() {
                    break;
                }
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            (on.id, result, problems, unattached)
        }
    };
    let results: Vec<_> = stream::iter(resolved).map(one).buffer_unordered(AT_ONCE).collect().await;
    let mut unattached = Vec::new();
    for (id, result, problems, files) in results {
        outcomes.problems.extend(problems);
        unattached.extend(files);
        if let Err(failure) = result {
            outcomes.undone.insert(id, failure);
        }
    }
    outcomes.problems.extend(without_files(unattached));
}

/// One problem a reason, however many files it left out.
fn without_files(mut files: Vec<Unattached>) -> Vec<Problem> {
    // tickets are worked on side by side, in any order
    files.sort_by(|one, other| {
        (one.on.len(), &one.on, &one.file).cmp(&(other.on.len(), &other.on, &other.file))
    });
    let mut reasons: Vec<(Unattached, usize)> = Vec::new();
    for file in files {
        match reasons.iter_mut().find(|(first, _)| first.why == file.why) {
            Some((_, more)) => *more += 1,
            None => reasons.push((file, 0)),
        }
    }
    let told = |(Unattached { on, file, why }, more)| match more {
        0 => Problem::new(on, format!("the attachment {file} was left out: {why}")),
        more => Problem::new(
            on,
            format!("the attachment {file} was left out, and {more} more of this run: {why}"),
        ),
    };
    reasons.into_iter().map(told).collect()
}

/// Links two tickets.
async fn do_link<T: Write>(
    tracker: &T,
    on: &On,
    kind: LinkKind,
    to: &On,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    optional(tracker.link(&on.id, kind, &to.id).await, on, || format!("the link to {}", to.name), problems)
}

/// Attaches a file. Where it is not known whether it is there it is not sent again, or it would be there
/// twice.
async fn do_attach<T: Write>(
    tracker: &T,
    on: &On,
    file: &Attachment,
    unattached: &mut Vec<Unattached>,
) -> Result<(), Failure> {
    match tracker.attach(&on.id, file).await {
        Err(failure) if failure.is_ambiguous() || is_refusal(&failure) => {
            let (on, file) = (on.name.clone(), file.name.clone());
            unattached.push(Unattached { on, file, why: failure.to_string() });
            Ok(())
        }
        ended => ended,
    }
}

/// Links and files are a help to people: one that is refused costs a warning and nothing else, or every
/// later run would stop at it again.
fn optional(
    ended: Result<(), Failure>,
    on: &On,
    what: impl FnOnce() -> String,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    match ended {
        Err(failure) if is_refusal(&failure) => {
            let message = format!("{} was left out: {failure}", what());
            problems.push(Problem::new(on.name.as_str(), message));
            Ok(())
        }
        other => other,
    }
}

fn is_refusal(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { .. } | Failure::Gone | Failure::Scope(_))
}

/// Moves a ticket if its workflow lets it, and strikes that off. A move that is refused is said, once, and
/// costs nothing else; a ticket that takes no edit where it is now keeps the note.
async fn do_try<T: Write>(
    tracker: &T,
    on: &On,
    to: &Move,
    edit: &Edit,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let mut moved = tracker.go(&on.id, to).await;
    if matches!(&moved, Err(Failure::Refused { fields, .. }) if !fields.is_empty()) {
        // what its screen does not take so is left out
        let bare = Move { fields: Vec::new(), resolution: None, ..to.clone() };
        let refused = std::mem::replace(&mut moved, tracker.go(&on.id, &bare).await);
        if let (Err(why), Ok(())) = (refused, &moved) {
            let message = format!("it was moved to {} without the fields of the transition: {why}", to.to);
            problems.push(Problem::new(on.name.as_str(), message).foreign());
        }
    }
    match moved {
        Ok(()) => {}
        Err(failure @ (Failure::Refused { .. } | Failure::Scope(_))) => {
            let message = format!("it was not moved to {}: {failure}", to.to);
            let hint = "Move it by hand, or let `states` name a status that its workflow leads to.";
            problems.push(Problem::new(on.name.as_str(), message).hint(hint).foreign());
        }
        Err(failure) => return Err(failure),
    }
    do_note(tracker, on, edit, problems).await
}

/// An edit that a done ticket may refuse.
async fn do_note<T: Write>(
    tracker: &T,
    on: &On,
    edit: &Edit,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    match do_edit(tracker, on, edit, problems).await {
        Err(Failure::Refused { .. } | Failure::Scope(_)) => Ok(()),
        other => other,
    }
}

/// Sends an edit; after an ambiguous answer the record's revision tells whether it landed, and
/// fields that the tracker refuses are left out.
async fn do_edit<T: Write>(
    tracker: &T,
    on: &On,
    edit: &Edit,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let mut edit = edit.clone();
    let mut again = true;
    loop {
        let failure = match tracker.edit(&on.id, &edit).await {
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
                    let place = format!("{}, field {field}", on.name);
                    Problem::new(place, format!("left out, because Jira refused it: {why}")).foreign()
                }));
            }
            ambiguous if ambiguous.is_ambiguous() && again => match landed(tracker, &on.id, &edit).await {
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

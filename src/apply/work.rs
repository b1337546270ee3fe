//! Steps on individual tickets: each ticket's in order, several tickets at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, stream};

use super::edit::{self, Edited};
use super::left_out::{self, LeftOut};
use super::limits::AT_ONCE;
use super::moves;
use super::outcomes::Outcomes;
use super::subject::Subject;
use crate::http::Stop;
use crate::model::answer::Failure;
use crate::model::record::LinkKind;
use crate::model::scan::Problem;
use crate::model::ticket::TicketKey;
use crate::model::write::{Attachment, Edit, Move, Ref};
use crate::plan::{Step, Work};
use crate::tracker::Write;

/// The result of the work on one ticket.
struct WorkResult {
    on: Subject,
    result: Result<(), Failure>,
    problems: Vec<Problem>,
    left_out: Vec<LeftOut>,
    /// Why nothing of it could be changed.
    unedited: Option<Failure>,
    /// Whether its workflow did not allow the move.
    unmoved: bool,
    /// An edit that the ticket did not accept where it was: it may accept it where it is moved to.
    withheld: Option<Edit>,
}

/// Does the work; if a step fails, those after it are left for the next run. `keys`: the keys of tickets that existed
/// before.
pub(super) async fn work<T: Write>(
    tracker: &T,
    works: &[Work],
    keys: &BTreeMap<u64, TicketKey>,
    stop: &Stop,
    progress: &(dyn Fn(usize) + Sync),
    outcomes: &mut Outcomes,
) {
    let done = AtomicUsize::new(0);
    let made = &outcomes.made;
    let resolve = |on: &Ref| match on {
        Ref::Known(id) => {
            let name = keys.get(&id.id).map_or_else(|| format!("ticket {}", id.id), ToString::to_string);
            Some(Subject { id: id.clone(), name })
        }
        Ref::New(group) => {
            made.get(group).map(|made| Subject { id: made.id.clone(), name: made.key.to_string() })
        }
    };
    // A ticket that was not created has been reported already.
    let resolved = works.iter().filter_map(|work| Some((resolve(&work.on)?, work)));
    let one = |(on, work): (Subject, &'_ Work)| {
        let (done, resolve) = (&done, &resolve);
        let steps = work.steps.clone();
        async move {
            let mut one = WorkResult::new(on);
            for step in &steps {
                if let Some(over) = stop.over() {
                    one.result = Err(over);
                    break;
                }
                if !one.step(tracker, step, resolve).await {
                    break;
                }
            }
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            one
        }
    };
    let results: Vec<_> = stream::iter(resolved).map(one).buffer_unordered(AT_ONCE).collect().await;
    let mut left_out = Vec::new();
    for one in results {
        let id = one.on.id;
        outcomes.problems.extend(one.problems);
        left_out.extend(one.left_out);
        outcomes.unedited.extend(one.unedited.map(|failure| (id.clone(), failure)));
        outcomes.unmoved.extend(one.unmoved.then(|| id.clone()));
        outcomes.undone.extend(one.result.err().map(|failure| (id, failure)));
    }
    outcomes.problems.extend(left_out::problems(left_out));
}

impl WorkResult {
    fn new(on: Subject) -> WorkResult {
        WorkResult {
            on,
            result: Ok(()),
            problems: Vec::new(),
            left_out: Vec::new(),
            unedited: None,
            unmoved: false,
            withheld: None,
        }
    }

    /// Does one step; `false`: those after it are skipped.
    async fn step<T: Write>(
        &mut self,
        tracker: &T,
        step: &Step,
        resolve: &impl Fn(&Ref) -> Option<Subject>,
    ) -> bool {
        let on = &self.on;
        self.result = match step {
            Step::Edit(edit) => self.edit(tracker, edit).await,
            Step::Note(edit) => self.note(tracker, edit).await,
            Step::Link(kind, to) => match resolve(to) {
                Some(to) => do_link(tracker, on, *kind, &to, &mut self.problems).await,
                None => Ok(()),
            },
            Step::Go(to) => match moves::go(tracker, on, to, &mut self.problems, &mut self.left_out).await {
                Ok(moved) => {
                    self.unmoved |= !moved;
                    // the next steps would say that it was moved
                    if !moved {
                        return false;
                    }
                    Ok(())
                }
                Err(failure) => Err(failure),
            },
            Step::Try(to, edit) => self.try_to_move(tracker, to, edit).await,
            Step::Unmark(labels, slices) => tracker.unmark(&on.id, labels, slices).await,
            Step::Attach(file) => do_attach(tracker, on, file, &mut self.left_out).await,
            Step::Remote(link) => {
                let what = || format!("the link to {} was not added", link.url);
                optional(tracker.remote(&on.id, link).await, on, what, &mut self.problems)
            }
            Step::Unremote(link) => {
                let what = || format!("the link {link} was not removed");
                optional(tracker.unremote(&on.id, link).await, on, what, &mut self.problems)
            }
        };
        self.result.is_ok()
    }

    /// Sends an edit. If nothing of the ticket can be changed, this is reported, and the steps after it go on: moving a
    /// ticket needs other permissions.
    async fn edit<T: Write>(&mut self, tracker: &T, edit: &Edit) -> Result<(), Failure> {
        if let Edited::Closed(failure) = edit::send(tracker, &self.on, edit, &mut self.left_out).await? {
            if self.unedited.is_none() {
                self.left_out.push(closed(&self.on, &failure));
            }
            self.withheld = Some(edit.clone());
            self.unedited = Some(failure);
        }
        Ok(())
    }

    /// Sends an edit that a done ticket may refuse.
    async fn note<T: Write>(&mut self, tracker: &T, edit: &Edit) -> Result<(), Failure> {
        edit::send(tracker, &self.on, edit, &mut self.left_out).await.map(drop)
    }

    /// Moves the ticket if its workflow allows that, and notes that it is done; otherwise, the move remains pending. A
    /// ticket that does not accept edits where it is now keeps the note. What it did not accept where it was, it may
    /// accept after the move.
    async fn try_to_move<T: Write>(&mut self, tracker: &T, to: &Move, settled: &Edit) -> Result<(), Failure> {
        if !moves::go(tracker, &self.on, to, &mut self.problems, &mut self.left_out).await? {
            self.unmoved = true;
            return Ok(());
        }
        let edit = match self.withheld.take() {
            Some(withheld) => Edit { record: settled.record.clone(), ..withheld },
            None => settled.clone(),
        };
        self.note(tracker, &edit).await
    }
}

/// A ticket that accepts no edits is reported only by the run: a comment would be added again and again.
fn closed(on: &Subject, failure: &Failure) -> LeftOut {
    let hint = "The ticket is still tracked. Grant the account the Edit Issues permission in the ticket's \
                project, or check whether the ticket's status allows edits (`jira.issue.editable`). \
                casefile writes the updates once the ticket can be edited.";
    let what = "none of the ticket's fields can be changed";
    LeftOut {
        on: on.name.clone(),
        field: None,
        what: what.to_owned(),
        kind: what.to_owned(),
        why: failure.to_string(),
        hint: hint.to_owned(),
        foreign: true,
    }
}

/// Links two tickets.
async fn do_link<T: Write>(
    tracker: &T,
    on: &Subject,
    kind: LinkKind,
    to: &Subject,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    let what = || format!("the link to {} was not added", to.name);
    optional(tracker.link(&on.id, kind, &to.id).await, on, what, problems)
}

/// Attaches a file. If it is not known whether it arrived, it is not sent again, or it might be there twice.
async fn do_attach<T: Write>(
    tracker: &T,
    on: &Subject,
    file: &Attachment,
    left_out: &mut Vec<LeftOut>,
) -> Result<(), Failure> {
    match tracker.attach(&on.id, file).await {
        Err(failure) if failure.is_ambiguous() || is_refusal(&failure) => {
            left_out.push(LeftOut {
                on: on.name.clone(),
                field: None,
                what: format!("the attachment {} was not added", file.name),
                kind: "attachment".to_owned(),
                why: failure.to_string(),
                hint: String::new(),
                foreign: false,
            });
            Ok(())
        }
        ended => ended,
    }
}

/// Links and files are a convenience for people: one that is refused costs a warning and nothing else, or every later
/// run would fail on it again.
fn optional(
    ended: Result<(), Failure>,
    on: &Subject,
    what: impl FnOnce() -> String,
    problems: &mut Vec<Problem>,
) -> Result<(), Failure> {
    match ended {
        Err(failure) if is_refusal(&failure) => {
            let message = format!("{}: {failure}", what());
            problems.push(Problem::new(on.name.as_str(), message));
            Ok(())
        }
        other => other,
    }
}

fn is_refusal(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { .. } | Failure::Gone | Failure::Scope(_))
}

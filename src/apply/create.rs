//! Creates tickets, in batches, each exactly once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures_util::stream::{self, StreamExt};

use super::limits::AT_ONCE;
use super::outcomes::Outcomes;
use super::refused::RefusedFields;
use super::{astray, kept, lost};
use crate::http::Stop;
use crate::model::answer::Failure;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::Ticket;
use crate::model::write::Draft;
use crate::plan::Plan;
use crate::tracker::{Made, Write};

/// How many tickets are tried one by one, each of them refused, before the rest are sent together.
const ALONE: usize = 5;

/// How many keys before the first new one are checked for tickets that another run has just created.
const LOOK_BACK: u64 = 50;

/// Creates the plan's tickets, most severe first. The first one in each project is created alone: what is created there
/// may be hidden from us, even if older tickets are not, because a rule is new or acts on some tickets only.
pub(super) async fn create<T: Write>(
    tracker: &T,
    plan: &Plan,
    halt: &Stop,
    progress: &(dyn Fn(usize) + Sync),
    outcomes: &mut Outcomes,
) {
    let mut queue: VecDeque<Draft> = plan.creates.iter().cloned().collect();
    let mut looked: BTreeSet<String> = BTreeSet::new();
    let mut refused = RefusedFields::default();
    let projects = plan.creates.iter().map(|draft| draft.project.as_str());
    let mut untried: BTreeMap<&str, usize> = projects.map(|one| (one, ALONE)).collect();
    while !queue.is_empty() {
        let mut batches = batches(&mut queue, tracker.batch(), &mut untried);
        batches.iter_mut().flatten().for_each(|draft| refused.leave_out(draft));
        if let Some(over) = halt.over() {
            fail(outcomes, batches.iter().flatten().chain(&queue), &over);
            return;
        }
        if let Some(end) = send(tracker, &batches, halt, &mut queue, &mut refused, outcomes).await {
            fail(outcomes, queue.iter(), &end);
            return;
        }
        for (project, made) in firsts(batches.iter().flatten(), outcomes) {
            if looked.insert(project.clone()) {
                untried.remove(project.as_str());
                look_back(tracker, plan, (&project, &made), outcomes, &mut queue).await;
            }
        }
        progress(outcomes.made.len() + outcomes.unfiled.len());
    }
}

/// The next drafts, in batches that are sent at the same time: only one batch, until a ticket of each project has been
/// created and checked.
fn batches(queue: &mut VecDeque<Draft>, size: usize, untried: &mut BTreeMap<&str, usize>) -> Vec<Vec<Draft>> {
    let mut batches = vec![batch(queue, size, untried)];
    while batches.len() < AT_ONCE && untried.is_empty() && !queue.is_empty() {
        batches.push(batch(queue, size, untried));
    }
    batches
}

/// The next drafts that are created together; in a project that was not tried yet, one alone.
fn batch(queue: &mut VecDeque<Draft>, size: usize, untried: &mut BTreeMap<&str, usize>) -> Vec<Draft> {
    let (mut batch, mut rest, mut alone) = (Vec::new(), VecDeque::new(), BTreeSet::new());
    for draft in queue.drain(..) {
        let is_second = untried.contains_key(draft.project.as_str()) && !alone.insert(draft.project.clone());
        if batch.len() < size && !is_second {
            batch.push(draft);
        } else {
            rest.push_back(draft);
        }
    }
    *queue = rest;
    // if each one is refused, nothing is created that could be hidden
    untried.retain(|project, left| {
        *left -= usize::from(alone.contains(*project));
        *left > 0
    });
    batch
}

/// The first ticket that was created in each project.
fn firsts<'d>(drafts: impl Iterator<Item = &'d Draft>, outcomes: &Outcomes) -> BTreeMap<String, Made> {
    let mut firsts: BTreeMap<String, Made> = BTreeMap::new();
    for draft in drafts {
        let Some(made) = outcomes.made.get(&draft.group) else { continue };
        let first = firsts.entry(draft.project.clone()).or_insert_with(|| made.clone());
        if made.id.id < first.id.id {
            *first = made.clone();
        }
    }
    firsts
}

/// Sends batches at the same time, and sorts out what became of each draft. Returns the failure that ends everything.
async fn send<T: Write>(
    tracker: &T,
    batches: &[Vec<Draft>],
    stop: &Stop,
    queue: &mut VecDeque<Draft>,
    refused: &mut RefusedFields,
    outcomes: &mut Outcomes,
) -> Option<Failure> {
    let mut lost = Vec::new();
    let mut again = Vec::new();
    let mut end = None;
    let sent = stream::iter(batches.iter().map(|batch| tracker.create(batch)));
    let results: Vec<_> = sent.buffered(AT_ONCE).collect().await;
    for (draft, result) in batches.iter().flatten().zip(results.into_iter().flatten()) {
        match result {
            Ok(made) => {
                outcomes.made.insert(draft.group, made);
            }
            Err(failure) if failure.is_ambiguous() => lost.push((draft, failure)),
            Err(failure) => match refused.learn(draft, &failure, &mut outcomes.problems) {
                Some(smaller) => again.push(smaller),
                None => {
                    if failure.is_final() {
                        end = Some(failure.clone());
                    }
                    outcomes.unfiled.insert(draft.group, failure);
                }
            },
        }
    }
    // the most severe stay first
    again.into_iter().rev().for_each(|draft| queue.push_front(draft));
    lost::look(tracker, &lost, stop, outcomes).await;
    end
}

/// Once per project: whether we see what we created by its key, which needs no index, with the labels that it was
/// given; and whether another run has just created some of what is still to be created. What cannot be found again
/// would be filed again and again, so in that case nothing more is filed there.
async fn look_back<T: Write>(
    tracker: &T,
    plan: &Plan,
    (project, made): (&str, &Made),
    outcomes: &mut Outcomes,
    queue: &mut VecDeque<Draft>,
) {
    let known = made.key.number().saturating_sub(LOOK_BACK + 1);
    let tickets = match tracker.newer(made.key.project(), Some(known)).await {
        Ok(tickets) => tickets,
        Err(failure) => {
            outcomes.unlooked = true;
            let message =
                format!("the ticket was created, but its visibility could not be checked: {failure}");
            outcomes.problems.push(Problem::new(made.key.to_string(), message).hint(failure.hint()));
            stop(project, &failure, outcomes, queue);
            return;
        }
    };
    let Some(sample) = tickets.iter().find(|ticket| ticket.id == made.id) else {
        outcomes.hidden.insert(made.id.clone());
        let message = format!("{} was created but is not visible to the account that created it", made.key);
        let hint = "Check the project's issue security scheme, any rules that set a security level, and the \
                    browse permission. This run files nothing more in that project.";
        outcomes.problems.push(Problem::new(made.key.to_string(), message).hint(hint));
        let why = format!("new tickets in {project} are not visible to the account that creates them");
        stop(project, &Failure::Withheld { why, hint: hint.to_owned() }, outcomes, queue);
        return;
    };
    outcomes.seen.insert(made.id.clone());
    kept::check(sample, outcomes);
    outcomes.samples.insert(project.to_owned(), sample.clone());
    if !kept::is_found_again(tracker, plan, sample).await {
        let why = format!(
            "new tickets in {project} lose casefile's labels, and casefile cannot find tickets without these \
             labels"
        );
        let hint = "Change the automation rule that sets or removes labels, so that casefile's labels stay."
            .to_owned();
        stop(project, &Failure::Withheld { why, hint }, outcomes, queue);
    }
    astray::restore(tracker, plan, (project, sample), &tickets, outcomes, queue).await;
    let own: BTreeSet<u64> = outcomes.made.values().map(|made| made.id.id).collect();
    let others: BTreeMap<Fingerprint, &Ticket> = tickets
        .iter()
        .filter(|ticket| ticket.is_open() && !own.contains(&ticket.id.id))
        .flat_map(|ticket| ticket.all_names().into_iter().map(move |name| (name, ticket)))
        .collect();
    queue.retain(|draft| {
        let found = draft.record.names.iter().find_map(|name| others.get(name));
        if let Some(&ticket) = found {
            outcomes.found.insert(draft.group, ticket.clone());
        }
        found.is_none()
    });
}

/// Files nothing more in a project.
fn stop(project: &str, why: &Failure, outcomes: &mut Outcomes, queue: &mut VecDeque<Draft>) {
    let stopped: Vec<Draft> = queue.iter().filter(|draft| draft.project == project).cloned().collect();
    queue.retain(|draft| draft.project != project);
    fail(outcomes, stopped.iter(), why);
}

fn fail<'d>(outcomes: &mut Outcomes, drafts: impl Iterator<Item = &'d Draft>, failure: &Failure) {
    outcomes.unfiled.extend(drafts.map(|draft| (draft.group, failure.clone())));
}

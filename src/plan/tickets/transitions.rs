//! A finding's state, as a status of the tracker. A status that a project does not have is reported once, before
//! anything is written, and no ticket is moved there.

use std::collections::BTreeMap;

use crate::config::{Config, StateTarget, States};
use crate::model::record::State;
use crate::model::scan::Problem;
use crate::model::ticket::{Category, Status, Ticket};
use crate::model::write::{Move, MoveTarget, TransitionField};
use crate::plan::types::plan::{Step, Work};
use crate::plan::types::snapshot::Snapshot;

/// The move to the status that stands for a state; `None`: no ticket is moved for that state.
pub(crate) fn go(config: &Config, state: State) -> Option<Move> {
    let target = config.states.target(state)?;
    Some(Move {
        to: MoveTarget::Status(target.status.clone()),
        resolution: target.resolution.clone(),
        fields: fields(&target.fields),
        state: Some(state),
    })
}

/// The same, unless the ticket is there already.
pub(crate) fn go_from(config: &Config, ticket: &Ticket, state: State) -> Option<Move> {
    go(config, state).filter(|_| !is_at(&config.states, &ticket.status, state))
}

/// Whether a status is the one that stands for a state.
pub(crate) fn is_at(states: &States, status: &Status, state: State) -> bool {
    states.state(&status.name, &status.id) == Some(state)
}

/// Whether a word in the configuration names this status: by name, ignoring case, or by id.
pub(crate) fn is(status: &Status, word: &str) -> bool {
    status.id == word || status.name.to_lowercase() == word.to_lowercase()
}

/// Jira's own statuses by their English names, which a site in another language does not have.
const OWN: [(&str, Category); 6] = [
    ("to do", Category::New),
    ("open", Category::New),
    ("in progress", Category::InProgress),
    ("done", Category::Done),
    ("resolved", Category::Done),
    ("closed", Category::Done),
];

/// The status that stands in for one of Jira's own, which has another name in a project in another language: the first
/// of its category that no other state names.
pub(crate) fn stand_in<'s>(states: &States, state: State, statuses: &'s [Status]) -> Option<&'s Status> {
    let target = states.target(state)?;
    if statuses.iter().any(|status| is(status, &target.status)) {
        return None;
    }
    let word = target.status.trim().to_lowercase();
    let (_, category) = OWN.iter().find(|(name, _)| *name == word)?;
    let other = |status: &Status| {
        states.targets.iter().any(|(one, target)| *one != state && is(status, &target.status))
    };
    statuses.iter().find(|status| status.category == *category && !other(status))
}

/// What is wrong with a state's status in a project that has these.
pub(crate) fn unknown(
    project: &str,
    state: State,
    target: &StateTarget,
    statuses: &[Status],
) -> Option<Problem> {
    if statuses.iter().any(|status| is(status, &target.status)) {
        return None;
    }
    let message = format!(
        "`states` names the status `{}` for `{}`, but there is no such status",
        target.status,
        state.name()
    );
    let names: Vec<&str> = statuses.iter().map(|status| status.name.as_str()).collect();
    let hint = format!(
        "The project's statuses are: {}. Until `states` names one of them, no ticket is moved for this state.",
        names.join(", ")
    );
    Some(Problem::new(format!("states of {project}"), message).hint(hint))
}

/// What stands in for a state's status in a project that is known not to have it; `None`: the project may have it.
pub(crate) fn instead<'s>(
    config: &Config,
    snapshot: &'s Snapshot,
    project: &str,
    state: State,
) -> Option<Option<&'s Status>> {
    let target = config.states.target(state)?;
    let statuses = snapshot.statuses.get(project)?;
    is_missing(snapshot, project, &target.status).then(|| stand_in(&config.states, state, statuses))
}

fn is_missing(snapshot: &Snapshot, project: &str, word: &str) -> bool {
    let statuses = snapshot.statuses.get(project).filter(|statuses| !statuses.is_empty());
    statuses.is_some_and(|statuses| !statuses.iter().any(|status| is(status, word)))
}

/// Redirects moves to a missing status to the one that stands in for it, and removes from the work on a ticket those
/// that none stands in for. These stay pending, because the workflow may be fixed.
pub(crate) fn redirect(config: &Config, snapshot: &Snapshot, project: &str, work: &mut Work) {
    let leads_nowhere =
        |to: &Move| matches!(&to.to, MoveTarget::Status(word) if is_missing(snapshot, project, word));
    for step in &mut work.steps {
        let (Step::Try(to, _) | Step::Go(to)) = step else { continue };
        let other = to.state.and_then(|state| instead(config, snapshot, project, state)).flatten();
        if let Some(status) = other.filter(|_| leads_nowhere(to)) {
            to.to = MoveTarget::Status(status.id.clone());
        }
    }
    work.steps.retain(|step| !matches!(step, Step::Try(to, _) if leads_nowhere(to)));
    for step in &mut work.steps {
        // a done ticket is reopened, whatever status that leads to
        if let Step::Go(to) = step
            && leads_nowhere(to)
        {
            *to = anywhere(Category::New);
        }
    }
}

/// The move to any status of this category.
pub(crate) fn anywhere(means: Category) -> Move {
    Move { to: MoveTarget::Any(means), resolution: None, fields: Vec::new(), state: None }
}

/// Fields of a transition's screen, which only the tracker sees.
fn fields(wanted: &BTreeMap<String, Vec<String>>) -> Vec<TransitionField> {
    wanted
        .iter()
        .map(|(field, texts)| TransitionField { field: field.clone(), texts: texts.clone() })
        .collect()
}

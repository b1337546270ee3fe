//! A finding's state, as a status of the tracker. A status that a project does not have is said once, before
//! anything is written, and no ticket is moved there.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::snapshot::Snapshot;
use super::{Step, Work};
use crate::config::{Config, StateTarget, States};
use crate::model::record::{Pending, State};
use crate::model::scan::Problem;
use crate::model::ticket::{Category, Status, Ticket};
use crate::model::write::{Given, Move, Ref, Target};

/// The move to the status that stands for a state; `None`: the state moves no ticket.
pub(super) fn go(config: &Config, state: State) -> Option<Move> {
    let target = config.states.target(state)?;
    Some(Move {
        to: Target::Status(target.status.clone()),
        resolution: target.resolution.clone(),
        fields: fields(&target.fields),
    })
}

/// The same, unless the ticket is there already.
pub(super) fn go_from(config: &Config, ticket: &Ticket, state: State) -> Option<Move> {
    go(config, state).filter(|_| !is_at(&config.states, &ticket.status, state))
}

/// Whether a status is the one that stands for a state.
pub(super) fn is_at(states: &States, status: &Status, state: State) -> bool {
    states.state(&status.name, &status.id) == Some(state)
}

/// Whether a word of the configuration names this status: by name, without regard to case, or by id.
pub(super) fn is(status: &Status, word: &str) -> bool {
    status.id == word || status.name.to_lowercase() == word.to_lowercase()
}

/// The key of `states`.
pub(super) fn key(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::InProgress => "in-progress",
        State::Resolved => "resolved",
        State::Closed => "closed",
    }
}

/// What is wrong with a state's status in a project that has these.
pub(super) fn unknown(
    project: &str,
    state: State,
    target: &StateTarget,
    statuses: &[Status],
) -> Option<Problem> {
    if statuses.iter().any(|status| is(status, &target.status)) {
        return None;
    }
    let message = format!("there is no status `{}`, which stands for {}", target.status, key(state));
    let names: Vec<&str> = statuses.iter().map(|status| status.name.as_str()).collect();
    let hint = format!(
        "Its statuses are: {}. Until `states` names one, no ticket is moved there.",
        names.join(", ")
    );
    Some(Problem::new(format!("states of {project}"), message).hint(hint))
}

/// Whether a project is known not to have the status that a state stands for.
pub(super) fn lacks(config: &Config, snapshot: &Snapshot, project: &str, state: State) -> bool {
    let target = config.states.target(state);
    target.is_some_and(|target| is_missing(snapshot, project, &target.status))
}

fn is_missing(snapshot: &Snapshot, project: &str, word: &str) -> bool {
    let statuses = snapshot.statuses.get(project).filter(|statuses| !statuses.is_empty());
    statuses.is_some_and(|statuses| !statuses.iter().any(|status| is(status, word)))
}

impl Decision<'_> {
    /// Holds the configured statuses against those of the projects in which this plan makes or moves tickets.
    pub(super) fn check_states(&mut self) {
        let targets = &self.input.config.states.targets;
        if targets.is_empty() || !self.needs.is_empty() {
            return;
        }
        let snapshot = self.snapshot;
        let project = |work: &Work| match &work.on {
            Ref::Known(id) => Some(snapshot.ticket(id.id)?.key.project().to_owned()),
            Ref::New(_) => None,
        };
        let moves = |step: &Step| matches!(step, Step::Go(_) | Step::Try(..));
        let moved = self.plan.works.iter().filter(|work| work.steps.iter().any(moves)).filter_map(project);
        let made = self.plan.creates.iter().map(|draft| draft.project.clone());
        let projects: BTreeSet<String> = moved.chain(made).collect();
        for project in projects {
            // where they could not be told, moving shows which are there
            let statuses = self.needs.statuses(snapshot, &project).unwrap_or_default();
            let known = targets.iter().filter(|_| !statuses.is_empty());
            let wrong = known.filter_map(|(state, target)| unknown(&project, *state, target, statuses));
            self.plan.problems.extend(wrong);
        }
        for work in &mut self.plan.works {
            if let Some(project) = project(work) {
                stay(work, |word| is_missing(snapshot, &project, word));
            }
        }
    }
}

/// Takes out of the work on a ticket what would move it to a status that is missing.
fn stay(work: &mut Work, is_missing: impl Fn(&str) -> bool) {
    let vain = |to: &Move| matches!(&to.to, Target::Status(word) if is_missing(word));
    let before = work.steps.len();
    work.steps.retain(|step| !matches!(step, Step::Try(to, _) if vain(to)));
    let owes_none = work.steps.len() < before;
    for step in &mut work.steps {
        match step {
            Step::Edit(edit) if owes_none => {
                let records = edit.record.iter_mut();
                records.for_each(|record| record.pending.retain(|owed| !matches!(owed, Pending::Go(_))));
            }
            // a done ticket is opened again wherever that leads to
            Step::Go(to) if vain(to) => *to = anywhere(Category::New),
            _ => {}
        }
    }
}

/// The move to any status that means this.
pub(super) fn anywhere(means: Category) -> Move {
    Move { to: Target::Any(means), resolution: None, fields: Vec::new() }
}

/// Fields of a transition's screen, which only the tracker sees.
fn fields(wanted: &BTreeMap<String, Vec<String>>) -> Vec<Given> {
    wanted.iter().map(|(field, texts)| Given { field: field.clone(), texts: texts.clone() }).collect()
}

//! The moves of a plan, checked against the statuses that projects have and against the number that one run retries.

use std::collections::BTreeSet;

use crate::model::write::Ref;
use crate::plan::planner::Planner;
use crate::plan::tickets::transitions::{redirect, stand_in, unknown};
use crate::plan::types::plan::{Step, Work};

/// How many earlier moves that could not be made one run tries again.
const MOVES: usize = 50;

/// Compares the configured statuses with those of the projects in which this plan creates or moves tickets.
pub(crate) fn check_states(decision: &mut Planner<'_>) {
    let targets = &decision.input.config.states.targets;
    if targets.is_empty() || !decision.needs.is_empty() {
        return;
    }
    let snapshot = decision.snapshot;
    let project = |work: &Work| match &work.on {
        Ref::Known(id) => Some(snapshot.ticket(id.id)?.key.project().to_owned()),
        Ref::New(_) => None,
    };
    let moves = |step: &Step| matches!(step, Step::Go(_) | Step::Try(..));
    let moved = decision.plan.works.iter().filter(|work| work.steps.iter().any(moves)).filter_map(project);
    let made = decision.plan.creates.iter().map(|draft| draft.project.clone());
    let projects: BTreeSet<String> = moved.chain(made).collect();
    for project in projects {
        // if they could not be read, the moves themselves show which exist
        let statuses = decision.needs.statuses(snapshot, &project).unwrap_or_default();
        let known = targets.iter().filter(|_| !statuses.is_empty());
        let known =
            known.filter(|(state, _)| stand_in(&decision.input.config.states, **state, statuses).is_none());
        let wrong = known.filter_map(|(state, target)| unknown(&project, *state, target, statuses));
        decision.plan.problems.extend(wrong);
    }
    for work in &mut decision.plan.works {
        if let Some(project) = project(work) {
            redirect(decision.input.config, snapshot, &project, work);
        }
    }
    decision.plan.works.retain(|work| !work.steps.is_empty());
}

/// Limits how many moves that earlier runs could not make are tried again, different ones each time: as long as a
/// workflow stays as it is, each costs two requests per run.
pub(crate) fn bound_moves(decision: &mut Planner<'_>) {
    let is_move = |work: &Work| matches!(work.steps.as_slice(), [Step::Try(..)]);
    let all = decision.plan.works.iter().filter(|work| is_move(work)).count();
    if all <= MOVES {
        return;
    }
    let minutes = decision.input.run.now.as_second().unsigned_abs() / 60;
    let first = usize::try_from(minutes).unwrap_or_default().wrapping_mul(MOVES) % all;
    let mut at = 0;
    decision.plan.works.retain(|work| {
        if !is_move(work) {
            return true;
        }
        at += 1;
        (at - 1 + all - first) % all < MOVES
    });
}

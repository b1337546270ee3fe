//! Whether the tickets of a pull request's findings can be filed once it is merged. As long as no ticket of the
//! repository is found, nothing else shows that the project's key is wrong or that the account lacks permissions, and the pull request
//! that sets casefile up is the place to say so.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fingerprint::Fingerprint;
use crate::model::survey::Group;
use crate::plan::fields::destination::check_permissions;
use crate::plan::planner::Planner;
use crate::plan::types::outcome::GroupAction;

/// Reports the projects in which the run of the base could file nothing.
pub(crate) fn check_projects(decision: &mut Planner<'_>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let base = input.pull_request_base().filter(|base| input.config.branches.allows(base).is_some());
    if base.is_none() || input.run.untrusted.is_some() || snapshot.tickets().next().is_some() {
        return;
    }
    let groups: BTreeMap<Fingerprint, &Group> =
        input.survey.groups.iter().map(|group| (group.name(), group)).collect();
    let waiting = |action: &GroupAction| matches!(action, GroupAction::BranchNotTracked(_));
    let outcomes = decision.plan.outcomes.iter().filter(|outcome| waiting(&outcome.action));
    let keys: BTreeSet<String> = outcomes
        .filter_map(|outcome| groups.get(&outcome.group))
        .map(|group| decision.target(group).project)
        .collect();
    for key in keys {
        let Some(project) = decision.needs.project(snapshot, &key) else { continue };
        if let Err(problem) = check_permissions(project) {
            decision.problem(problem);
        }
    }
}

//! Groups that need a ticket: the most severe get one, up to `max-new`, and the others wait.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::config::Create;
use crate::model::finding::ExclusionReason;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::plan::create::draft;
use crate::plan::create::remembered::{Recalled, recall};
use crate::plan::fields::note::report_notes;
use crate::plan::planner::Planner;
use crate::plan::types::input::Input;
use crate::plan::types::outcome::GroupAction;
use crate::plan::types::proposal::Proposal;

/// Proposes a ticket for some of a group's findings, or for those of them that the user selects. Its text is only
/// written once it is known that there is room for it, because of ten thousand proposals only a few are filed.
pub(crate) fn propose<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    rest: &[Sighting],
    old: Option<&'a Ticket>,
) -> GroupAction {
    let findings = selected(decision.input, group, rest);
    if findings.is_empty() {
        return GroupAction::Skipped(ExclusionReason::NotSelected, None);
    }
    decision.proposals.push(Proposal { group, findings, old });
    old.map_or(GroupAction::Create, |old| GroupAction::Refile(old.id.clone()))
}

/// Drafts the most severe of the new tickets, up to `max-new` and as long as there is time. What cannot be filed does
/// not count towards the limit.
pub(crate) fn draft_proposals<'a>(decision: &mut Planner<'a>) {
    let mut proposals = std::mem::take(&mut decision.proposals);
    let severity = |findings: &[Sighting]| findings.iter().map(|one| one.severity).max();
    // a proposal may have very many findings: they are looked through once, not with each comparison
    proposals.sort_by_cached_key(|one| (Reverse(severity(&one.findings)), one.group.name()));
    let mut left = decision.input.config.max_new;
    let (mut held, mut impossible) = (HashSet::new(), HashMap::new());
    for Proposal { group, findings, old } in proposals {
        if left == 0 || decision.input.time_limit.is_over() {
            held.insert(group.name());
            continue;
        }
        match recall(decision, group) {
            Recalled::File => {}
            Recalled::Unknown => {
                left -= 1;
                continue;
            }
            Recalled::Hidden(problem) => {
                decision.problem((*problem).clone());
                impossible.insert(group.name(), *problem);
                continue;
            }
        }
        match draft::draft(decision, group, &findings, old) {
            Ok(draft) => {
                left -= 1;
                decision.plan.creates.extend(draft);
            }
            Err(problem) => {
                decision.problem(problem.clone());
                impossible.insert(group.name(), problem);
            }
        }
    }
    let filed = |action: &GroupAction| matches!(action, GroupAction::Create | GroupAction::Refile(_));
    for outcome in decision.plan.outcomes.iter_mut().filter(|outcome| filed(&outcome.action)) {
        if let Some(problem) = impossible.get(&outcome.group) {
            outcome.action = GroupAction::Impossible(Box::new(problem.clone()));
        } else if held.contains(&outcome.group) {
            outcome.action = GroupAction::Deferred;
        }
    }
    report_notes(decision);
}

/// Why this run files nothing, if that is so.
pub(crate) fn not_allowed(input: &Input<'_>) -> Option<String> {
    let run = input.run;
    run.untrusted.clone().or_else(|| {
        let branch = &run.branch;
        run.pattern.is_none().then(|| format!("branch `{branch}` is not among the configured branches"))
    })
}

/// The findings that the user wants to file.
fn selected(input: &Input<'_>, group: &Group, rest: &[Sighting]) -> Vec<Sighting> {
    let all = input.only.is_empty() && input.config.create == Create::Auto;
    if all || group.names.iter().any(|name| input.only.contains(name)) {
        return rest.to_vec();
    }
    rest.iter().filter(|one| input.only.iter().any(|only| one.is(*only))).copied().collect()
}

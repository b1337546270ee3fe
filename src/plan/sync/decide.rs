//! The decision as a whole: the next question, or the plan.

use crate::model::answer::Ask;
use crate::model::record::Mode;
use crate::model::scan::Problem;
use crate::plan::create::proposals::draft_proposals;
use crate::plan::matching::accepted::{match_accepted, match_closed};
use crate::plan::matching::carry_over::carry_over;
use crate::plan::matching::edited::match_edited;
use crate::plan::observed::observation;
use crate::plan::planner::Planner;
use crate::plan::pull_request::base::note_findings_on_base;
use crate::plan::pull_request::failed_remediation::retract_failed;
use crate::plan::pull_request::project::check_projects;
use crate::plan::pull_request::remediation::plan_remediations;
use crate::plan::resolve::mass_resolve;
use crate::plan::resolve::missing::{decide_missing, may_prove_on_branch, proves_on_branch};
use crate::plan::resolve::resolved::plan_owed_moves;
use crate::plan::sync::alerts;
use crate::plan::sync::groups::decide_groups;
use crate::plan::tickets::assignments::Assignments;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::snapshot::Snapshot;
use crate::plan::update::labels::restore_labels;
use crate::plan::update::repository_labels::add_repository_labels;
use crate::plan::update::transitions::{bound_moves, check_states};

/// Returns the plan, or asks what it takes to make one. The same survey and answers always give the same plan.
pub fn next(input: &Input<'_>, snapshot: &Snapshot) -> Next {
    if snapshot.account.is_none() {
        return Next::Ask(Ask::Account);
    }
    if !snapshot.open_asked {
        return Next::Ask(Ask::Open {
            labels: input.run.repository.labels(),
            recent: input.recent.to_vec(),
            own: observation::own(input),
            done: may_prove_on_branch(input.run),
        });
    }
    // the first attempt trusts the records, so that no ticket is read completely if the mass-resolve guard then stops
    // the run
    let mut decision = Planner::believing(input, snapshot);
    decide_all(&mut decision);
    if needs_done_tickets(&decision) {
        return Next::Ask(Ask::Done { labels: input.run.repository.labels(), own: observation::own(input) });
    }
    if !decision.needs.is_empty() {
        return decision.finish();
    }
    if let Some(problem) = mass_resolve::guard(&decision) {
        decision = Planner::held_back(input, snapshot);
        decide_all(&mut decision);
        decision.plan.problems.push(problem);
    } else if decision.used_unread_record {
        decision = Planner::new(input, snapshot);
        decide_all(&mut decision);
    }
    decision.finish()
}

/// Whether done tickets are to be read, so that findings that are gone from them are noted there. A run that files has
/// enough to ask and leaves this to the next one, unless a done ticket may be the ticket of a finding that it would
/// file: in modes other than `type`, a moved finding has another name, and a person may have accepted it under the old
/// one.
fn needs_done_tickets(decision: &Planner<'_>) -> bool {
    let creates = &decision.plan.creates;
    let files = !creates.is_empty() && !decision.proof.guessed();
    let may_be_renamed = creates.iter().any(|draft| draft.record.mode != Mode::Type);
    let has_time = decision.needs.is_empty() && (!files || may_be_renamed);
    has_time && !decision.snapshot.done_asked && proves_on_branch(decision)
}

/// Decides about everything that the survey and the tracker hold. The order matters:
///
/// 1. Findings are assigned to the tickets that hold them, also under names that changed, because a group is only
///    what no other ticket holds.
/// 2. The groups are decided, each with the open tickets that stand for it. After this it is known which tickets are
///    tracked.
/// 3. The tickets that are left have lost their findings, unless these are only missing.
/// 4. Pull requests announce what they resolve and take back what they do not. That amends edits of steps 2 and 3.
/// 5. Moves that earlier runs owe are made on tickets that nothing else is written to.
/// 6. New tickets are drafted, most severe first: now all that want one are known.
/// 7. What is planned is held to its limits, and labels are added to edits that are made anyway.
fn decide_all(decision: &mut Planner<'_>) {
    assign_findings(decision);
    let carried_over = carry_over(decision);
    decide_groups(decision, &carried_over);
    decide_missing(decision);
    plan_remediations(decision);
    retract_failed(decision);
    plan_owed_moves(decision);
    note_findings_on_base(decision);
    check_projects(decision);
    draft_proposals(decision);
    bound_moves(decision);
    check_states(decision);
    restore_labels(decision);
    add_repository_labels(decision);
    alerts::follow(decision.input, decision.snapshot, &mut decision.plan);
    note_unknown_ids(decision);
}

/// Notes which ticket holds a finding although it is not the group's ticket: first according to the records, then by
/// recognising findings that were edited, accepted or closed under another name.
fn assign_findings(decision: &mut Planner<'_>) {
    let groups = &decision.input.survey.groups;
    let some_changed =
        groups.iter().any(|group| group.kept().next().is_some() && !decision.is_unchanged(group));
    decision.assignments =
        Assignments::of(decision.input, decision.snapshot, some_changed, &mut decision.needs);
    match_edited(decision);
    match_accepted(decision);
    match_closed(decision);
}

/// Reports each ID of `--only` that nothing in the reports has.
fn note_unknown_ids(decision: &mut Planner<'_>) {
    let input = decision.input;
    for id in input.only {
        if !input.survey.groups.iter().any(|group| group.knows(*id)) {
            let problem = Problem::new(format!("--only {id}"), "no finding or group has this ID");
            decision.plan.problems.push(problem.hint("`casefile plan` prints the current IDs"));
        }
    }
}

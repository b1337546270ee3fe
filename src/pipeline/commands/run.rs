//! `casefile run`: read, plan, file, settle, annotate.

use std::collections::BTreeSet;

use crate::apply::apply;
use crate::error;
use crate::export::Item;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::Group;
use crate::pipeline::annotate::{lookup, section, section_builder};
use crate::pipeline::job::Job;
use crate::pipeline::outcome::made::made;
use crate::pipeline::outcome::result::{CommandOutcome, RunResult};
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::stages::changed_files::changed_files;
use crate::pipeline::stages::{
    alerts, baseline, dedupe, empty_tracker, initial_transition, last_look, learn, only, routes, survey,
};
use crate::plan::{GroupAction, GroupOutcome};
use crate::tracker::Write;

/// Files what the reports say, each finding once, and annotates the pull request.
///
/// # Errors
/// The configured baseline cannot be read, or nothing that the user named exists; nothing was written.
pub(crate) async fn run<T: Write>(tracker: &T, mut job: Job<'_>) -> error::Result<CommandOutcome> {
    let stale = lookup::find(&mut job).await;
    let job = Job { run: stale.as_ref().unwrap_or(job.run), ..job };
    let changed = changed_files(&job).await;
    let survey = survey::survey(&job, &changed).await;
    only::check(&job, &survey)?;
    let survey = routes::route(&job, baseline::hold(&job, survey)?);
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    let (mut plan, mut snapshot) = match learn::learn(tracker, &job, &input).await {
        Ok(learnt) => learnt,
        Err(failure) => return Ok(CommandOutcome::unread(tracker, &job, survey, &failure)),
    };
    job.watch.stage("filing tickets");
    // what is written from here on is also reported, even if the run ends in the meantime
    job.stop.close();
    let progress = |done, of| job.watch.progress(done, of);
    let mut outcomes = apply(tracker, &plan, &job.stop, &progress).await;
    initial_transition::move_new(tracker, &job, &input, &snapshot, &plan, &mut outcomes).await;
    dedupe::dedupe(tracker, &job, &input, &mut snapshot, &plan, &mut outcomes).await;
    last_look::finish(tracker, &job, &input, &mut snapshot, &mut plan, &mut outcomes).await;
    let before = learn::again(tracker, &plan, &mut snapshot).await;
    let unchanged = alerts::change(&job, &plan, &mut outcomes).await;

    let known = RunContext::planned(tracker, &job, &survey, &plan, &snapshot).done(&outcomes, &before);
    let mut result = RunResult::of(&known);
    result.alerts = alerts::changed(&plan, Some(&unchanged));
    let annotation_failed = section::annotate(&known, &mut result).await;
    let section = section_builder::preview(&known);
    let unfiled = unfiled(&known);
    Ok(CommandOutcome {
        result,
        survey,
        section,
        unfiled,
        undrafted: 0,
        is_plan: false,
        made: made(&plan, &outcomes),
        unmoved: outcomes.unmoved.len(),
        failed: outcomes.failed()
            || !plan.unlabelled.is_empty()
            || annotation_failed
            || !unchanged.is_empty(),
    })
}

/// The tickets that could not be created, with everything that they would have said: those that the tracker did not
/// accept, and those that could not even be drafted.
fn unfiled<T>(known: &RunContext<'_, T>) -> Vec<Item> {
    let RunContext { job, survey, plan, snapshot, .. } = *known;
    let refused = |group: &Fingerprint| known.outcomes.is_some_and(|one| one.unfiled.contains_key(group));
    let drafts = plan.creates.iter().filter(|draft| refused(&draft.group));
    let mut items: Vec<Item> = drafts.map(|draft| empty_tracker::item(draft, snapshot)).collect();
    let impossible = |outcome: &&GroupOutcome| matches!(outcome.action, GroupAction::Impossible(_));
    let impossible: BTreeSet<Fingerprint> =
        plan.outcomes.iter().filter(impossible).map(|outcome| outcome.group).collect();
    let groups: Vec<Group> =
        survey.groups.iter().filter(|group| impossible.contains(&group.name())).cloned().collect();
    if !groups.is_empty() {
        items.extend(empty_tracker::items(job, &survey.with_groups(groups)).0);
    }
    items
}

//! `casefile run`: read, plan, file, settle, annotate.

use super::known::Known;
use super::result::{Outcome, Result};
use super::{Job, alerts, annotate, baseline, begin, learn, page, routes, settle, survey};
use crate::apply::apply;
use crate::error;
use crate::tracker::Write;

/// Files what the reports say, each finding once, and tells the pull request.
///
/// # Errors
/// The configured baseline cannot be read; nothing was written.
pub async fn run<T: Write>(tracker: &T, job: Job<'_>) -> error::Result<Outcome> {
    let changed = annotate::changed_files(&job).await;
    let survey = routes::route(&job, baseline::hold(&job, survey(&job, &changed).await)?);
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    let (plan, mut snapshot) = match learn::learn(tracker, &job, &input).await {
        Ok(learnt) => learnt,
        Err(failure) => return Ok(Outcome::unread(tracker, &job, survey, &failure)),
    };
    job.watch.stage("filing tickets");
    let progress = |done, of| job.watch.progress(done, of);
    let mut outcomes = apply(tracker, &plan, &job.stop, &progress).await;
    begin::begin(tracker, &job, &input, &plan, &mut outcomes).await;
    settle::settle(tracker, &job, &input, &mut snapshot, &plan, &mut outcomes).await;
    let before = learn::again(tracker, &plan, &mut snapshot).await;
    let unchanged = alerts::change(&job, &plan, &mut outcomes).await;

    let done = Some(&outcomes);
    let known = Known {
        tracker,
        job: &job,
        survey: &survey,
        plan: &plan,
        snapshot: &snapshot,
        outcomes: done,
        before: &before,
    };
    let mut result = Result::of(&known);
    result.alerts = alerts::told(&plan, Some(&unchanged));
    let untold = annotate::annotate(&known, &mut result).await;
    let section = page::preview(&known);
    let unfiled = plan.creates.into_iter().filter(|draft| outcomes.unfiled.contains_key(&draft.group));
    Ok(Outcome {
        result,
        survey,
        section,
        unfiled: unfiled.map(Into::into).collect(),
        is_plan: false,
        made: outcomes.made.values().map(|made| made.id.id).collect(),
        failed: outcomes.failed() || untold || !unchanged.is_empty(),
    })
}

//! `casefile run`: read, plan, file, settle, annotate.

use super::result::{Outcome, Result};
use super::{Job, annotate, learn, settle, survey};
use crate::apply::apply;
use crate::tracker::Write;

/// Files what the reports say, each finding once, and tells the pull request.
pub async fn run<T: Write>(tracker: &T, mut job: Job<'_>) -> Outcome {
    let changed = annotate::changed_files(&mut job).await;
    let survey = survey(&job, changed.as_ref());
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    let (plan, mut snapshot) = match learn::learn(tracker, &job, &input).await {
        Ok(learnt) => learnt,
        Err(failure) => return Outcome::unread(&job, survey.clone(), &failure, tracker.requests()),
    };
    job.watch.stage("filing tickets");
    let progress = |done, of| job.watch.progress(done, of);
    let mut outcomes = apply(tracker, &plan, &job.stop, &progress).await;
    settle::settle(tracker, &job, &input, &mut snapshot, &plan, &mut outcomes).await;
    learn::again(tracker, &plan, &mut snapshot).await;
    let mut result = Result::of(&job, &survey, &plan, &snapshot, Some(&outcomes), &|key| tracker.page(key));
    let untold =
        annotate::annotate(tracker, &mut job, &survey, &plan, &snapshot, &outcomes, &mut result).await;
    result.requests.tracker = tracker.requests();
    let section = annotate::preview(tracker, &job, &survey, &plan, &snapshot, Some(&outcomes));
    let unfiled = plan.creates.into_iter().filter(|draft| outcomes.unfiled.contains_key(&draft.group));
    let unfiled = unfiled.map(Into::into).collect();
    let made = outcomes.made.values().map(|made| made.id.id).collect();
    Outcome { result, survey, section, unfiled, made, failed: outcomes.failed() || untold }
}

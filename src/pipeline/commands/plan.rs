//! `casefile plan`: the same as a run, without any write. It holds a tracker that can only be read.

use std::path::Path;

use crate::error;
use crate::pipeline::annotate::{lookup, section_builder};
use crate::pipeline::job::Job;
use crate::pipeline::outcome::result::{CommandOutcome, RunResult};
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::stages::changed_files::changed_files;
use crate::pipeline::stages::{alerts, baseline, learn, only, routes, survey};
use crate::tracker::Read;

/// Returns what a run would do, and what became of the baseline. `write_baseline`: where all findings are written as a
/// baseline; if it cannot be written (nor may it overwrite another program's file), the plan is still returned.
///
/// # Errors
/// Nothing that the user named exists, or the configured baseline cannot be read.
pub(crate) async fn plan<T: Read>(
    tracker: &T,
    mut job: Job<'_>,
    write_baseline: Option<&Path>,
) -> error::Result<(CommandOutcome, error::Result<()>)> {
    let stale = lookup::find(&mut job).await;
    let job = Job { run: stale.as_ref().unwrap_or(job.run), ..job };
    let changed = changed_files(&job).await;
    let survey = survey::survey(&job, &changed).await;
    only::check(&job, &survey)?;
    let mut survey = survey;
    let written = write_baseline.map_or(Ok(None), |path| baseline::write(&job.root, path, &survey));
    let written = written.map(|problem| survey.problems.extend(problem));
    let survey = routes::route(&job, baseline::hold(&job, survey)?);
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    let (plan, snapshot) = match learn::learn(tracker, &job, &input).await {
        Ok(learnt) => learnt,
        Err(failure) => return Ok((CommandOutcome::unread(tracker, &job, survey, &failure), written)),
    };
    let known = RunContext::planned(tracker, &job, &survey, &plan, &snapshot);
    let (mut result, section) = (RunResult::of(&known), section_builder::preview(&known));
    result.alerts = alerts::changed(&plan, None);
    let outcome = CommandOutcome {
        result,
        survey,
        section,
        unfiled: Vec::new(),
        undrafted: 0,
        is_plan: true,
        made: Vec::new(),
        unmoved: 0,
        failed: false,
    };
    Ok((outcome, written))
}

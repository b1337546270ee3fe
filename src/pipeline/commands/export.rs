//! `casefile export`: the tickets as files instead of filing them. No tracker is queried.

use crate::error;
use crate::pipeline::job::Job;
use crate::pipeline::outcome::result::{CommandOutcome, RunResult};
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::stages::changed_files::changed_files;
use crate::pipeline::stages::empty_tracker::Blank;
use crate::pipeline::stages::{baseline, routes, survey};

/// What the tickets would be if there were none yet; they are the outcome's unfiled ones.
///
/// # Errors
/// The configured baseline cannot be read.
pub(crate) async fn export(job: Job<'_>) -> error::Result<CommandOutcome> {
    let changed = changed_files(&job).await;
    let survey = routes::route(&job, baseline::hold(&job, survey::survey(&job, &changed).await)?);
    let blank = Blank::new(job.config);
    let blank_plan = blank.plan(&job, &survey);
    let known = RunContext::planned(&blank, &job, &survey, &blank_plan.plan, &blank_plan.snapshot);
    let result = RunResult::of(&known);
    let (unfiled, undrafted) = blank_plan.drafted();
    Ok(CommandOutcome {
        result,
        survey,
        section: String::new(),
        unfiled,
        undrafted,
        is_plan: true,
        made: Vec::new(),
        unmoved: 0,
        failed: false,
    })
}

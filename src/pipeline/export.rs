//! `casefile export`: the tickets as files instead of filing them. No tracker is asked.

use super::blank::{self, Blank};
use super::known::Known;
use super::result::{Outcome, Result};
use super::{Job, annotate, baseline, routes, survey};
use crate::error;

/// What the tickets would be if there were none yet; they are the outcome's unfiled ones.
///
/// # Errors
/// The configured baseline cannot be read.
pub async fn export(job: Job<'_>) -> error::Result<Outcome> {
    let changed = annotate::changed_files(&job).await;
    let survey = routes::route(&job, baseline::hold(&job, survey(&job, &changed).await)?);
    let blank = Blank::new(job.config);
    let (plan, snapshot) = blank.plan(&job, &survey);
    let known = Known::planned(&blank, &job, &survey, &plan, &snapshot);
    let result = Result::of(&known);
    let unfiled = plan.creates.iter().map(|draft| blank::item(draft, &snapshot)).collect();
    Ok(Outcome {
        result,
        survey,
        section: String::new(),
        unfiled,
        is_plan: true,
        made: Vec::new(),
        failed: false,
    })
}

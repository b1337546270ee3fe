//! `--only`: whether what it names exists.

use crate::error::{Error, Result};
use crate::model::survey::Survey;
use crate::pipeline::job::Job;
use crate::pipeline::stages::routes;

/// Ends the command if nothing that the user named exists: nothing would be filed, and it must not look as if anything
/// were. If only some of the names are unknown, this is a problem in the plan.
///
/// A report that could not be read may contain what is named, so in that case the report is reported as the problem.
///
/// # Errors
/// No name is known.
pub(crate) fn check(job: &Job<'_>, survey: &Survey) -> Result<()> {
    let readable = !survey.reports.is_empty() && survey.reports.iter().all(|report| !report.broken);
    if job.only.is_empty() || !readable {
        return Ok(());
    }
    let routed = routes::also(&survey.groups, &job.config.routes, &job.run.branch);
    let known = survey.groups.iter().chain(&routed);
    if known.into_iter().any(|group| job.only.iter().any(|id| group.knows(*id))) {
        return Ok(());
    }
    let named: Vec<String> = job.only.iter().map(|id| format!("`{id}`")).collect();
    let named = named.join(" or ");
    Err(Error::usage(format!(
        "`--only` matches nothing in the reports: no finding or group has the ID {named}"
    ))
    .hint("nothing was written; `casefile plan` prints the current IDs"))
}

//! The baseline: the findings from the day on which casefile was adopted.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::files::{self, Mark};
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::survey::Survey;
use crate::pipeline::job::Job;

/// The longest baseline that is read, in bytes: some 2,000,000 findings.
const LIMIT: u64 = 64 << 20;

/// The beginning of each baseline.
const BEGINS: &str = "{\n  \"version\": 1,\n  \"findings\": [";

#[derive(Serialize, Deserialize)]
struct Baseline {
    version: u32,
    findings: BTreeSet<Fingerprint>,
}

/// The survey, with those findings skipped that the configured baseline has under any of their anchors.
///
/// # Errors
/// The baseline is missing or broken: going on without it would let a flood of findings through.
pub(crate) fn hold(job: &Job<'_>, mut survey: Survey) -> Result<Survey> {
    let Some(name) = &job.config.baseline else { return Ok(survey) };
    let known = read(&job.root, Path::new(name)).map_err(|why| {
        Error::usage(format!("the baseline {name} cannot be read: {why}"))
            .hint("write it with `casefile plan --write-baseline FILE`, or remove `baseline`")
    })?;
    for group in &mut survey.groups {
        for sighting in group.sightings.iter_mut().filter(|one| one.skipped.is_none()) {
            if sighting.anchors.iter().flatten().any(|anchor| known.contains(anchor)) {
                sighting.skipped = Some(ExclusionReason::Baseline);
            }
        }
        group.weigh();
    }
    Ok(survey)
}

fn read(root: &Path, path: &Path) -> std::result::Result<BTreeSet<Fingerprint>, String> {
    let text = files::read(root, path, LIMIT).map_err(|error| error.to_string())?;
    // the parser's message could quote the file
    let broken = |_| "it is not in the format that casefile writes".to_owned();
    let baseline: Baseline = serde_json::from_slice(&text).map_err(broken)?;
    match baseline.version {
        1 => Ok(baseline.findings),
        other => Err(format!("version {other} is not supported")),
    }
}

/// Writes all findings that are not skipped, with all their anchors, as a baseline; returns what to report about it if
/// some reports could not be read.
pub(crate) fn write(root: &Path, path: &Path, survey: &Survey) -> Result<Option<Problem>> {
    let kept = || survey.groups.iter().flat_map(|group| group.kept());
    let findings = kept().flat_map(|sighting| sighting.anchors.iter().flatten().copied()).collect();
    let text = serde_json::to_string_pretty(&Baseline { version: 1, findings }).unwrap_or_default();
    let is_ours = |old: &[u8]| serde_json::from_slice::<Baseline>(old).is_ok();
    let mark = Mark { is_ours: &is_ours, begins: BEGINS };
    files::replace(root, path, LIMIT, &mark, (text + "\n").as_bytes())?;
    let findings = if kept().count() == 1 { "finding" } else { "findings" };
    tracing::info!("{} {findings} written to the baseline {}", kept().count(), path.display());
    let broken = survey.reports.iter().filter(|report| report.broken).count();
    let reports = if broken == 1 { "a report".to_owned() } else { format!("{broken} reports") };
    Ok((broken > 0).then(|| {
        let message = format!("it lacks the findings of {reports} that could not be read");
        Problem::new(path.display().to_string(), message).hint(
            "Make sure that every report can be read, and write the baseline again; otherwise, the \
             missing findings will be filed as tickets.",
        )
    }))
}

//! The baseline: the findings of the day on which casefile was adopted.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind, Result};
use crate::model::finding::Aside;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::survey::Survey;

/// The longest baseline that is read, in bytes: some 2,000,000 findings.
const LIMIT: u64 = 64 << 20;

#[derive(Serialize, Deserialize)]
struct Baseline {
    version: u32,
    findings: BTreeSet<Fingerprint>,
}

/// Reads a baseline; one that is missing or broken would let a flood through, so it is a problem.
pub(super) fn read(path: &Path) -> std::result::Result<BTreeSet<Fingerprint>, Problem> {
    let name = path.display().to_string();
    let problem = |why: String| {
        Problem::new(name.clone(), format!("the baseline cannot be read: {why}"))
            .hint("Write it with `casefile plan --write-baseline FILE`, or take `baseline` out.")
    };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| problem(error.to_string()))?;
    file.take(LIMIT).read_to_string(&mut text).map_err(|error| problem(error.to_string()))?;
    // the parser's own words may quote the file, whatever file that is
    let baseline: Baseline = serde_json::from_str(&text).map_err(|error| {
        problem(format!("it is no baseline (line {}, column {})", error.line(), error.column()))
    })?;
    match baseline.version {
        1 => Ok(baseline.findings),
        other => Err(problem(format!("version {other} is not known"))),
    }
}

/// Sets aside the findings that the baseline knows by any of their candidates.
pub(super) fn apply(survey: &mut Survey, known: &BTreeSet<Fingerprint>) {
    for group in &mut survey.groups {
        for sighting in group.sightings.iter_mut().filter(|one| one.aside.is_none()) {
            if sighting.anchors.iter().flatten().any(|anchor| known.contains(anchor)) {
                sighting.aside = Some(Aside::Baseline);
            }
        }
        group.weigh();
    }
}

/// Writes all findings that are not set aside, by all their candidates, as a baseline.
pub(super) fn write(path: &Path, survey: &Survey) -> Result<usize> {
    let kept = || survey.groups.iter().flat_map(|group| group.kept());
    let findings = kept().flat_map(|sighting| sighting.anchors.iter().flatten().copied()).collect();
    let text = serde_json::to_string_pretty(&Baseline { version: 1, findings }).unwrap_or_default();
    std::fs::write(path, text + "\n").map_err(|error| {
        Error::new(Kind::Machine, format!("the baseline {} cannot be written: {error}", path.display()))
    })?;
    Ok(kept().count())
}

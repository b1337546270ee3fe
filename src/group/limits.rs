//! How much a run takes in.

use hashbrown::HashMap;

use super::bucket::{GroupAccumulator, GroupKey};
use crate::model::record::Mode;
use crate::model::scan::Problem;

/// The maximum number of findings in one run: a million sightings and their paths fit into memory, and no person reads
/// more.
const MOST_FINDINGS: usize = 1_000_000;

/// The maximum number of groups in one run, each with findings that are kept whole.
const MOST_GROUPS: usize = 40_000;

/// How many more findings and groups there is room for.
pub(super) struct SurveyLimits {
    pub(super) findings: usize,
    pub(super) groups: usize,
}

impl Default for SurveyLimits {
    fn default() -> SurveyLimits {
        SurveyLimits { findings: MOST_FINDINGS, groups: MOST_GROUPS }
    }
}

impl SurveyLimits {
    /// How many groups there are so far.
    pub(super) fn taken(&self) -> usize {
        MOST_GROUPS.saturating_sub(self.groups)
    }

    /// Takes up room for one more finding, if there is any.
    pub(super) fn takes_finding(&mut self) -> bool {
        let left = self.findings.checked_sub(1);
        self.findings = left.unwrap_or(0);
        left.is_some()
    }

    /// Takes up room for a finding's group, of which it may be the first finding, if there is any.
    pub(super) fn takes_group(
        &mut self,
        key: &GroupKey,
        mode: Mode,
        groups: &HashMap<GroupKey, Box<GroupAccumulator>>,
    ) -> bool {
        let new = usize::from(mode == Mode::Vulnerability || !groups.contains_key(key));
        let left = self.groups.checked_sub(new);
        self.groups = left.unwrap_or(self.groups);
        left.is_some()
    }
}

/// What is reported about a report that holds more than there is room for.
pub(super) fn beyond(report: &str) -> Problem {
    let message = format!(
        "a run handles at most {MOST_FINDINGS} findings and {MOST_GROUPS} groups; the remaining findings \
         were left out"
    );
    Problem::new(report, message)
        .hint("Read fewer reports in one run, or set `group-by: type` to combine findings.")
}

/// The same for scans, such as the runs of a SARIF file. Their findings are filed.
pub(super) fn beyond_scans(report: &str, most: usize) -> Problem {
    let message = format!(
        "a run handles at most {most} scans; findings that are missing from the remaining \
         scans do not count as fixed"
    );
    Problem::new(report, message).hint("Read fewer reports in one run, or combine the runs of a SARIF file.")
}

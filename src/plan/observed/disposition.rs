//! What becomes of a finding that is not kept where it was.

use crate::model::finding::ExclusionReason;

/// What becomes of a finding that a slice holds and that this run does not keep there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Disposition {
    /// It is no longer present.
    Gone,
    /// It is present, but somebody decided that it is not a problem.
    Skipped,
    /// It is present, or nothing says that it is not.
    Stays,
}

/// What a sighting says about its finding. A finding below the minimum severity or in the baseline is still there, so
/// its ticket stays as it is.
pub(crate) fn disposition_of(skipped: Option<ExclusionReason>) -> Disposition {
    match skipped {
        Some(
            ExclusionReason::Suppressed
            | ExclusionReason::NotAffected
            | ExclusionReason::Withdrawn
            | ExclusionReason::Ignored,
        ) => Disposition::Skipped,
        Some(ExclusionReason::NotAFailure | ExclusionReason::Absent) => Disposition::Gone,
        None
        | Some(
            ExclusionReason::BelowMinimumSeverity
            | ExclusionReason::Baseline
            | ExclusionReason::Unchanged
            | ExclusionReason::Accepted
            | ExclusionReason::NotSelected
            | ExclusionReason::BranchNotTracked,
        ) => Disposition::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_decision_skips_a_finding_for_good() {
        let check = |skipped: &[ExclusionReason], expected| {
            skipped.iter().for_each(|one| assert_eq!(disposition_of(Some(*one)), expected))
        };
        assert_eq!(disposition_of(None), Disposition::Stays);
        check(
            &[
                ExclusionReason::Suppressed,
                ExclusionReason::Ignored,
                ExclusionReason::NotAffected,
                ExclusionReason::Withdrawn,
            ],
            Disposition::Skipped,
        );
        check(
            &[ExclusionReason::BelowMinimumSeverity, ExclusionReason::Baseline, ExclusionReason::Unchanged],
            Disposition::Stays,
        );
        check(&[ExclusionReason::Absent, ExclusionReason::NotAFailure], Disposition::Gone);
    }
}

//! What becomes of a finding that is not kept where it was.

use crate::model::finding::ExclusionReason;

/// What becomes of a finding that a slice holds and that this run does not keep there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Disposition {
    /// It is not there any more.
    Gone,
    /// It is there, and somebody decided that it is none.
    Aside,
    /// It is there, or nothing says that it is not.
    Stays,
}

/// What a sighting says of its finding. What is too mild, or was there on the day of the baseline, is
/// there all the same, so its ticket stays as it is.
pub(crate) fn disposition_of(skipped: Option<ExclusionReason>) -> Disposition {
    match skipped {
        Some(
            ExclusionReason::Suppressed
            | ExclusionReason::NotAffected
            | ExclusionReason::Withdrawn
            | ExclusionReason::Ignored,
        ) => Disposition::Aside,
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
    fn only_a_decision_sets_a_finding_aside_for_good() {
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
            Disposition::Aside,
        );
        check(
            &[ExclusionReason::BelowMinimumSeverity, ExclusionReason::Baseline, ExclusionReason::Unchanged],
            Disposition::Stays,
        );
        check(&[ExclusionReason::Absent, ExclusionReason::NotAFailure], Disposition::Gone);
    }
}

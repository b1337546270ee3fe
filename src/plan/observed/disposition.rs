//! What becomes of a finding that is not kept where it was.

use crate::model::finding::Aside;

/// What becomes of a finding that a slice holds and that this run does not keep there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lot {
    /// It is not there any more.
    Gone,
    /// It is there, and somebody decided that it is none.
    Aside,
    /// It is there, or nothing says that it is not.
    Stays,
}

/// What a sighting says of its finding. What is too mild, or was there on the day of the baseline, is
/// there all the same, so its ticket stays as it is.
pub(crate) fn lot(aside: Option<Aside>) -> Lot {
    match aside {
        Some(Aside::Suppressed | Aside::NotAffected | Aside::Withdrawn | Aside::Ignored) => Lot::Aside,
        Some(Aside::NotAFailure | Aside::Absent) => Lot::Gone,
        None
        | Some(
            Aside::BelowMinimumSeverity
            | Aside::Baseline
            | Aside::Unchanged
            | Aside::Accepted
            | Aside::NotSelected
            | Aside::NotAllowed,
        ) => Lot::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_decision_sets_a_finding_aside_for_good() {
        let check =
            |aside: &[Aside], expected| aside.iter().for_each(|one| assert_eq!(lot(Some(*one)), expected));
        assert_eq!(lot(None), Lot::Stays);
        check(&[Aside::Suppressed, Aside::Ignored, Aside::NotAffected, Aside::Withdrawn], Lot::Aside);
        check(&[Aside::BelowMinimumSeverity, Aside::Baseline, Aside::Unchanged], Lot::Stays);
        check(&[Aside::Absent, Aside::NotAFailure], Lot::Gone);
    }
}

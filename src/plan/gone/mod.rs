//! Gone needs proof (`docs/life.md`): what this run's scans say by what they do not report.

mod proof;

use std::collections::BTreeSet;

pub(super) use self::proof::{Proof, listed};
use super::decision::Decision;
use super::pair::pair;
use super::slices::Look;
use super::snapshot::Head;
use crate::model::finding::{Aside, Kind};
use crate::model::slice::{Entry, Slice};
use crate::model::ticket::Ticket;

/// What becomes of a finding that a slice holds and that this run does not keep there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lot {
    /// It is not there any more.
    Gone,
    /// It is there, and somebody decided that it is none.
    Aside,
    /// It is there, or nothing says that it is not.
    Stays,
}

/// What a sighting says of its finding. What is too mild, or was there on the day of the baseline, is
/// there all the same, so its ticket stays as it is.
pub(super) fn lot(aside: Option<Aside>) -> Lot {
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

impl Decision<'_> {
    /// Whether the run is on the newest commit of its place; `None`: it must be asked, or nobody knows.
    pub(super) fn is_at_tip(&mut self) -> Option<bool> {
        let run = self.input.run;
        match self.head(&run.place)? {
            Head::At(commit) => Some(commit.eq_ignore_ascii_case(&run.commit)),
            Head::Gone => Some(false),
            Head::Unknown => None,
        }
    }

    /// What becomes of the findings `left` of a ticket, which a slice holds and a look does not keep.
    pub(super) fn lots(
        &mut self,
        look: &Look,
        before: &Slice,
        left: &[Entry],
        kinds: &BTreeSet<Kind>,
        ticket: &Ticket,
    ) -> Vec<Lot> {
        let scope = &look.slice.scope;
        let stays = vec![Lot::Stays; left.len()];
        // what a full slice does not hold may still be there
        let full = before.truncated && look.fresh.is_empty();
        if full || !self.input.run.writes() {
            return stays;
        }
        let mut lots: Vec<Option<Lot>> =
            left.iter().map(|entry| self.proof.seen(scope, entry.fingerprint)).collect();
        // an edited line or a moved file may be set aside as well
        let lacking: Vec<usize> = (0..left.len()).filter(|&at| lots[at].is_none()).collect();
        let old: Vec<Entry> = lacking.iter().map(|&at| left[at]).collect();
        for (one, pair) in look.aside.iter().zip(pair(self.input.survey, &old, &look.aside)) {
            if let Some(at) = pair {
                lots[lacking[at]] = Some(lot(one.sighting.aside));
            }
        }
        let proven = |(entry, lot): (&Entry, Option<Lot>)| match lot {
            Some(Lot::Stays) => Lot::Stays,
            Some(Lot::Aside) => Lot::Aside,
            Some(Lot::Gone) | None if self.proof.looks_for(scope, entry, kinds) => Lot::Gone,
            _ => Lot::Stays,
        };
        let lots: Vec<Lot> = left.iter().zip(lots).map(proven).collect();
        let any = lots.iter().any(|lot| *lot != Lot::Stays);
        match any.then(|| self.is_at_tip()).flatten() {
            Some(true) => return lots,
            Some(false) => drop(self.plan.unproven.insert(ticket.id.clone())),
            None => {}
        }
        stays
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

//! Gone needs proof (`docs/life.md`): what can be concluded from what this run's scans do not report.

use std::collections::BTreeSet;

use crate::model::finding::FindingKind;
use crate::model::slice::{Entry, Slice};
use crate::model::ticket::Ticket;
use crate::plan::observed::disposition::{Disposition, disposition_of};
use crate::plan::observed::observation::Observation;
use crate::plan::observed::rematch::rematch;
use crate::plan::planner::Planner;
use crate::plan::presence::liveness::head;
use crate::plan::types::snapshot::BranchTip;

/// Whether the run is on the newest commit of its place; `None`: it must be asked, or nobody knows.
pub(crate) fn is_at_tip(decision: &mut Planner<'_>) -> Option<bool> {
    let run = decision.input.run;
    match head(decision, &run.place)? {
        BranchTip::At(commit) => Some(commit.eq_ignore_ascii_case(&run.commit)),
        BranchTip::Gone => Some(false),
        BranchTip::Unknown => None,
    }
}

/// What becomes of the findings `left` of a ticket: those that a slice holds and an observation does not.
pub(crate) fn dispositions(
    decision: &mut Planner<'_>,
    observation: &Observation,
    before: &Slice,
    left: &[Entry],
    kinds: &BTreeSet<FindingKind>,
    ticket: &Ticket,
) -> Vec<Disposition> {
    let scope = &observation.slice.scope;
    let stays = vec![Disposition::Stays; left.len()];
    // a finding that a full slice does not hold may still be present
    let full = before.truncated && observation.candidates.is_empty();
    if full || !decision.input.run.writes() {
        return stays;
    }
    let mut dispositions: Vec<Option<Disposition>> =
        left.iter().map(|entry| decision.proof.seen(scope, entry.fingerprint)).collect();
    // an edited line or a moved file may be skipped, too
    let lacking: Vec<usize> = (0..left.len()).filter(|&at| dispositions[at].is_none()).collect();
    let old: Vec<Entry> = lacking.iter().map(|&at| left[at]).collect();
    for (one, matched) in
        observation.skipped.iter().zip(rematch(decision.input.survey, &old, &observation.skipped))
    {
        if let Some(at) = matched {
            dispositions[lacking[at]] = Some(disposition_of(one.sighting.skipped));
        }
    }
    let proven = |(entry, disposition): (&Entry, Option<Disposition>)| match disposition {
        Some(Disposition::Stays) => Disposition::Stays,
        Some(Disposition::Skipped) => Disposition::Skipped,
        Some(Disposition::Gone) | None if decision.proof.looks_for(scope, entry, kinds) => Disposition::Gone,
        _ => Disposition::Stays,
    };
    let dispositions: Vec<Disposition> = left.iter().zip(dispositions).map(proven).collect();
    let any = dispositions.iter().any(|disposition| *disposition != Disposition::Stays);
    match any.then(|| is_at_tip(decision)).flatten() {
        Some(true) => return dispositions,
        Some(false) => drop(decision.plan.unproven.insert(ticket.id.clone())),
        None => {}
    }
    stays
}

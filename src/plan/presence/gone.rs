//! Gone needs proof (`docs/life.md`): what this run's scans say by what they do not report.

use crate::plan::observed::disposition::Lot;
use crate::plan::observed::disposition::lot;
use crate::plan::presence::liveness::head;
use std::collections::BTreeSet;

use crate::model::finding::Kind;
use crate::model::slice::{Entry, Slice};
use crate::model::ticket::Ticket;
use crate::plan::observed::observation::Look;
use crate::plan::observed::rematch::pair;
use crate::plan::planner::Decision;
use crate::plan::types::snapshot::Head;

/// Whether the run is on the newest commit of its place; `None`: it must be asked, or nobody knows.
pub(crate) fn is_at_tip(decision: &mut Decision<'_>) -> Option<bool> {
    let run = decision.input.run;
    match head(decision, &run.place)? {
        Head::At(commit) => Some(commit.eq_ignore_ascii_case(&run.commit)),
        Head::Gone => Some(false),
        Head::Unknown => None,
    }
}

/// What becomes of the findings `left` of a ticket, which a slice holds and a look does not keep.
pub(crate) fn dispositions(
    decision: &mut Decision<'_>,
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
    if full || !decision.input.run.writes() {
        return stays;
    }
    let mut lots: Vec<Option<Lot>> =
        left.iter().map(|entry| decision.proof.seen(scope, entry.fingerprint)).collect();
    // an edited line or a moved file may be set aside as well
    let lacking: Vec<usize> = (0..left.len()).filter(|&at| lots[at].is_none()).collect();
    let old: Vec<Entry> = lacking.iter().map(|&at| left[at]).collect();
    for (one, pair) in look.aside.iter().zip(pair(decision.input.survey, &old, &look.aside)) {
        if let Some(at) = pair {
            lots[lacking[at]] = Some(lot(one.sighting.aside));
        }
    }
    let proven = |(entry, lot): (&Entry, Option<Lot>)| match lot {
        Some(Lot::Stays) => Lot::Stays,
        Some(Lot::Aside) => Lot::Aside,
        Some(Lot::Gone) | None if decision.proof.looks_for(scope, entry, kinds) => Lot::Gone,
        _ => Lot::Stays,
    };
    let lots: Vec<Lot> = left.iter().zip(lots).map(proven).collect();
    let any = lots.iter().any(|lot| *lot != Lot::Stays);
    match any.then(|| is_at_tip(decision)).flatten() {
        Some(true) => return lots,
        Some(false) => drop(decision.plan.unproven.insert(ticket.id.clone())),
        None => {}
    }
    stays
}

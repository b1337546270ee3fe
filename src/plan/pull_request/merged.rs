//! Pull requests that were merged: findings that only they had now belong to their base, so that its next scan decides.

use std::collections::BTreeMap;

use crate::model::record::Record;
use crate::model::repository::Place;
use crate::model::slice::{Slice, SliceId};
use crate::model::ticket::Ticket;
use crate::plan::observed::observation::{bare, emptied};
use crate::plan::planner::Planner;
use crate::plan::resolve::resolved;
use crate::plan::tickets::records::next_of;
use crate::plan::types::ended::Ended;
use crate::plan::types::input::Input;

/// Whether only merged pull requests have a ticket's findings. If a scan of the base has seen them since, or anything
/// else has them, their place is known.
pub(crate) fn is_left(input: &Input<'_>, record: &Record, ended: &Ended) -> bool {
    let stands = &record.life.stands;
    !stands.is_empty() && stands.iter().all(|place| base(input, place, ended).is_some())
}

/// The tracked branch that a merged pull request went into.
fn base<'e>(input: &Input<'_>, place: &Place, ended: &'e Ended) -> Option<&'e String> {
    let Place::PullRequest(number) = place else { return None };
    ended.merged.get(number).filter(|base| input.config.branches.allows(base).is_some())
}

/// Moves the contents of the pull requests' slices to slices of their bases.
pub(crate) fn hand_over(decision: &mut Planner<'_>, ticket: &Ticket, record: &Record, ended: &Ended) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    if !decision.needs.slices(snapshot, ticket) {
        return;
    }
    let known: BTreeMap<&SliceId, &Slice> = snapshot.slices_of(ticket.id.id).collect();
    let mut changed: BTreeMap<SliceId, Slice> = BTreeMap::new();
    for slice in known.values().filter(|slice| !slice.kept.0.is_empty()) {
        let Some(base) = base(input, &slice.place, ended) else { continue };
        let place = Place::Branch(base.clone());
        let id = SliceId::of(&slice.scope, &place);
        let there = changed.entry(id.clone()).or_insert_with(|| match known.get(&id) {
            Some(there) => (*there).clone(),
            None => Slice { place, ..bare(slice) },
        });
        there.take_in(slice);
        changed.insert(slice.id(), emptied(slice));
    }
    if !changed.is_empty() {
        let next = next_of(input, ticket, record);
        resolved::write(decision, ticket, changed.into_values().collect(), next, None, None);
    }
}

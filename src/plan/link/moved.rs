//! What tickets hold about findings moves with them: the ticket that they are linked to has it from the start, so that
//! it learns what is fixed even before a scan has seen the link.

use std::collections::BTreeMap;

use crate::model::answer::Ask;
use crate::model::slice::{Slice, SliceId};
use crate::model::ticket::Ticket;
use crate::plan::link::chosen::{ChosenGroup, Which, anchors, chosen, worst};
use crate::plan::link::marks::{carries, own_record};
use crate::plan::observed::observation::bare;
use crate::plan::tickets::ownership::{is_guest, is_ours};
use crate::plan::types::input::Input;
use crate::plan::types::snapshot::Snapshot;

/// What must be read in addition to [`questions`](crate::plan::link::questions) before findings are linked to a ticket
/// or removed from it: what the ticket and the tickets that have the findings now hold. `None`: nothing.
pub fn held(input: &Input<'_>, snapshot: &Snapshot, ticket: &Ticket, which: &Which) -> Option<Ask> {
    let chosen = chosen(input, which).unwrap_or_default();
    let all = [ticket].into_iter().chain(sources(input, snapshot, ticket, &chosen));
    let unread = all.map(|ticket| (ticket.id.id, snapshot.unread(ticket))).filter(|(_, ids)| !ids.is_empty());
    let unread: BTreeMap<u64, Vec<SliceId>> = unread.collect();
    (!unread.is_empty()).then(|| Ask::Slices(unread.into_iter().collect()))
}

/// The other tickets that have some of these findings.
fn sources<'s>(
    input: &Input<'_>,
    snapshot: &'s Snapshot,
    ticket: &Ticket,
    chosen: &[ChosenGroup<'_>],
) -> impl Iterator<Item = &'s Ticket> {
    let anchors = anchors(chosen);
    snapshot.tickets().filter(move |other| {
        let linked = own_record(other, input.site).into_iter().flat_map(|record| &record.linked);
        other.id != ticket.id
            && other.is_open()
            && is_ours(other, snapshot, input.site)
            && !is_guest(input, other)
            && (chosen.iter().any(|part| carries(other, part.group))
                || linked.into_iter().any(|finding| anchors.contains(finding)))
    })
}

/// The ticket's slices once they include what others hold about these findings; only those that change. `whole`: the
/// findings are the ticket's one group.
pub(crate) fn taken(
    input: &Input<'_>,
    snapshot: &Snapshot,
    ticket: &Ticket,
    chosen: &[ChosenGroup<'_>],
    whole: bool,
) -> Vec<Slice> {
    if is_guest(input, ticket) {
        return Vec::new();
    }
    let anchors = anchors(chosen);
    let own: BTreeMap<&SliceId, &Slice> = snapshot.slices_of(ticket.id.id).collect();
    let mut changed: BTreeMap<SliceId, Slice> = BTreeMap::new();
    let slices = sources(input, snapshot, ticket, chosen).flat_map(|other| snapshot.slices_of(other.id.id));
    for (id, slice) in slices {
        let mut part = slice.clone();
        part.kept.0.retain(|entry| anchors.contains(&entry.fingerprint));
        if part.kept.0.is_empty() {
            continue;
        }
        let begun = || own.get(id).map_or_else(|| bare(slice), |there| (*there).clone());
        let there = changed.entry(id.clone()).or_insert_with(begun);
        // what is known about an advisory is only noted for whole groups
        part.facts = if whole { slice.facts } else { there.facts };
        part.severity = worst(chosen, &part.kept).or(slice.severity);
        there.take_in(&part);
    }
    changed.retain(|id, slice| own.get(id).is_none_or(|there| there.digest() != slice.digest()));
    changed.into_values().collect()
}

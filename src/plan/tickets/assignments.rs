//! Findings that a ticket holds although it is not their group's: a person linked them, they were grouped in another
//! mode when it was filed, or a person accepted them.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Ticket, TicketId};
use crate::plan::tickets::ownership::{is_accepted, is_guest, is_recorded, record_of};
use crate::plan::types::input::Input;
use crate::plan::types::needs::Needs;
use crate::plan::types::snapshot::Snapshot;

/// Which ticket holds a finding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Assignment {
    /// A person linked it there: that ticket is kept up to date about it.
    Linked(TicketId),
    /// It is tracked there, because it was filed in another mode of grouping.
    Tracked(TicketId),
    /// A person closed that ticket as accepted.
    Accepted(TicketId),
    /// casefile closed that ticket, because a report that knows the version skips it.
    Closed(TicketId),
}

/// Which tickets hold findings, by the route through which they got an additional ticket, if any: what becomes of one
/// ticket does not affect the other.
#[derive(Debug, Default)]
pub(crate) struct Assignments(HashMap<Option<String>, RouteAssignments>);

/// Findings by the ticket that holds them.
#[derive(Debug, Default)]
struct RouteAssignments {
    linked: HashMap<Fingerprint, TicketId>,
    /// Tickets that belong to another repository first: nothing about findings linked to them is noted there.
    shared: HashSet<u64>,
    other_mode: HashMap<(Mode, Fingerprint), TicketId>,
    accepted: HashMap<Fingerprint, TicketId>,
    closed: HashMap<Fingerprint, TicketId>,
    /// Groups whose accepted ticket does not say which findings it holds: all of them.
    accepted_groups: HashMap<Fingerprint, TicketId>,
}

impl Assignments {
    /// Reads what the known tickets hold. If `thorough` (some group is not simply unchanged), slices that are needed
    /// for this and have not been read yet are asked for.
    pub(crate) fn of(
        input: &Input<'_>,
        snapshot: &Snapshot,
        thorough: bool,
        needs: &mut Needs,
    ) -> Assignments {
        let mut all = Assignments::default();
        let modes: BTreeSet<Mode> = input.survey.groups.iter().map(|group| group.mode).collect();
        for ticket in snapshot.tickets().filter(|ticket| is_recorded(input, snapshot, ticket)) {
            let Some(record) = record_of(ticket, input.site) else { continue };
            let id = &ticket.id;
            let assignments = all.0.entry(record.route.clone()).or_default();
            if ticket.is_open() {
                if is_guest(input, ticket) {
                    assignments.shared.insert(id.id);
                }
                assignments.linked.extend(record.linked.iter().map(|finding| (*finding, id.clone())));
                let foreign_mode = modes.iter().any(|mode| *mode != record.mode);
                if foreign_mode && (thorough || snapshot.unread(ticket).is_empty()) {
                    needs.slices(snapshot, ticket);
                    for (_, slice) in snapshot.slices_of(id.id) {
                        let held = slice.kept.0.iter().map(|entry| (record.mode, entry.fingerprint));
                        assignments.other_mode.extend(held.map(|key| (key, id.clone())));
                    }
                }
            } else if is_accepted(input, ticket) {
                needs.slices(snapshot, ticket);
                let mut any = !record.linked.is_empty();
                assignments.accepted.extend(record.linked.iter().map(|finding| (*finding, id.clone())));
                for (_, slice) in snapshot.slices_of(id.id) {
                    any |= !slice.kept.0.is_empty() || !slice.skipped.0.is_empty();
                    let held = slice.kept.0.iter().chain(&slice.skipped.0).map(|entry| entry.fingerprint);
                    assignments.accepted.extend(held.map(|finding| (finding, id.clone())));
                }
                if !any {
                    assignments.accepted_groups.extend(record.names.iter().map(|name| (*name, id.clone())));
                }
            }
        }
        all
    }

    /// The ticket that holds a finding of a group, if it is not the group's own ticket.
    pub(crate) fn of_finding(&self, group: &Group, sighting: &Sighting) -> Option<Assignment> {
        let held = self.0.get(&group.route)?;
        let anchors = || sighting.anchors.iter().flatten();
        let accepted = anchors()
            .find_map(|anchor| held.accepted.get(anchor))
            .or_else(|| group.names.iter().find_map(|name| held.accepted_groups.get(name)));
        if let Some(id) = accepted {
            return Some(Assignment::Accepted(id.clone()));
        }
        if let Some(id) = held.closed.get(&sighting.id()) {
            return Some(Assignment::Closed(id.clone()));
        }
        let others = Mode::ALL.into_iter().filter(|mode| *mode != group.mode);
        let by_mode = || {
            others
                .flat_map(|mode| anchors().map(move |anchor| (mode, *anchor)))
                .find_map(|key| held.other_mode.get(&key))
        };
        if let Some(id) = anchors().find_map(|anchor| held.linked.get(anchor)) {
            let shared = held.shared.contains(&id.id);
            return Some(if shared {
                Assignment::Tracked(id.clone())
            } else {
                Assignment::Linked(id.clone())
            });
        }
        by_mode().map(|id| Assignment::Tracked(id.clone()))
    }

    /// Notes that a finding is one that was linked to a ticket, under everything that it may be known by.
    pub(crate) fn follow(&mut self, route: Option<&String>, sighting: &Sighting, ticket: &Ticket) {
        let held = self.0.entry(route.cloned()).or_default();
        for anchor in sighting.anchors.into_iter().flatten() {
            held.linked.entry(anchor).or_insert_with(|| ticket.id.clone());
        }
    }

    /// Notes that a finding is one that a person accepted, although its identity is different now.
    pub(crate) fn accept(&mut self, route: Option<&String>, finding: Fingerprint, ticket: &Ticket) {
        let held = self.0.entry(route.cloned()).or_default();
        held.accepted.entry(finding).or_insert_with(|| ticket.id.clone());
    }

    /// Notes that a finding without a version is one that was skipped with its version.
    pub(crate) fn close(&mut self, route: Option<&String>, finding: Fingerprint, ticket: &Ticket) {
        let held = self.0.entry(route.cloned()).or_default();
        held.closed.entry(finding).or_insert_with(|| ticket.id.clone());
    }

    /// Whether a person linked a finding to an open ticket other than this one, on the same route: then it no longer
    /// concerns this one.
    pub(crate) fn left(&self, route: Option<&String>, ticket: &Ticket, finding: Fingerprint) -> bool {
        let held = self.0.get(&route.cloned());
        held.and_then(|held| held.linked.get(&finding)).is_some_and(|id| *id != ticket.id)
    }
}

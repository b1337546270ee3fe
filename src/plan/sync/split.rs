//! A group's findings by the ticket that holds each of them.

use std::collections::{BTreeSet, HashMap};

use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::plan::observed::ticket_scope::TicketScope;
use crate::plan::planner::Planner;
use crate::plan::tickets::assignments::Assignment;

/// A group's findings by the ticket that holds each of them.
#[derive(Default)]
pub(crate) struct GroupSplit<'a> {
    /// Findings that a ticket other than the group's holds.
    pub(crate) assigned: Vec<(Assignment, Vec<Sighting>)>,
    /// The findings that are left to the group.
    pub(crate) own: Vec<Sighting>,
    /// The group's open tickets.
    open: Vec<&'a Ticket>,
    /// The one of them that is the group's ticket.
    pub(crate) main: Option<&'a Ticket>,
}

impl<'a> GroupSplit<'a> {
    /// Splits a group. This is repeated whenever it is needed, because keeping the findings of all groups at once would
    /// take as much memory as the survey.
    pub(crate) fn of(
        decision: &Planner<'a>,
        group: &Group,
        carried_over: &HashMap<Fingerprint, u64>,
    ) -> GroupSplit<'a> {
        let mut split = GroupSplit::default();
        split.sort_findings(decision, group);
        if !split.own.is_empty() {
            let carried_over = carried_over.get(&group.name()).and_then(|id| decision.snapshot.ticket(*id));
            let tickets = decision.candidates(group).chain(carried_over);
            split.open = tickets.filter(|ticket| ticket.is_open()).collect();
        }
        let recorded = split.open.iter().find(|ticket| decision.is_recorded(ticket));
        split.main = recorded.or(split.open.first()).copied();
        split
    }

    /// Assigns each finding to the ticket that holds it, or to the group's own. A finding is assigned as a whole,
    /// whichever of its sightings says so.
    fn sort_findings(&mut self, decision: &Planner<'a>, group: &Group) {
        let candidates: BTreeSet<u64> = decision.candidates(group).map(|ticket| ticket.id.id).collect();
        let mut assigned: HashMap<Fingerprint, Assignment> = HashMap::new();
        for sighting in group.kept() {
            if let Some(assignment) = decision.assignments.of_finding(group, sighting) {
                assigned.entry(sighting.id()).or_insert(assignment);
            }
        }
        for sighting in group.kept() {
            match assigned.get(&sighting.id()) {
                Some(assignment) if !is_to_any(assignment, &candidates) => {
                    self.assign(assignment, *sighting);
                }
                _ => self.own.push(*sighting),
            }
        }
    }

    fn assign(&mut self, to: &Assignment, sighting: Sighting) {
        match self.assigned.iter_mut().find(|(known, _)| known == to) {
            Some((_, sightings)) => sightings.push(sighting),
            None => self.assigned.push((to.clone(), vec![sighting])),
        }
    }

    /// The open tickets that have to be told about these findings, each once.
    pub(crate) fn tickets(&self) -> BTreeSet<u64> {
        let linked = self.assigned.iter().filter_map(|(assignment, _)| match assignment {
            Assignment::Linked(id) => Some(id.id),
            _ => None,
        });
        linked.chain(self.main.map(|main| main.id.id)).collect()
    }

    /// The part of the group that a ticket stands for.
    pub(crate) fn scope_of(self, group: &'a Group, id: u64) -> Option<TicketScope<'a>> {
        let is_linked = |to: &Assignment| matches!(to, Assignment::Linked(on) if on.id == id);
        let linked = self.assigned.into_iter().filter(|(assignment, _)| is_linked(assignment));
        let mut linked = linked.map(|(_, sightings)| sightings);
        if self.main.is_some_and(|main| main.id.id == id) {
            // a ticket that was carried over may hold findings that were linked to it
            let rest = self.own.into_iter().chain(linked.flatten()).collect();
            return Some(TicketScope { group, rest, open: self.open });
        }
        linked.next().map(|rest| TicketScope { group, rest, open: Vec::new() })
    }
}

/// Whether a finding is assigned to one of the group's own tickets, so that it belongs to the group anyway.
fn is_to_any(assignment: &Assignment, candidates: &BTreeSet<u64>) -> bool {
    match assignment {
        Assignment::Linked(id) | Assignment::Tracked(id) => candidates.contains(&id.id),
        Assignment::Accepted(_) | Assignment::Closed(_) => false,
    }
}

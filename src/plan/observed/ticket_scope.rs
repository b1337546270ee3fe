//! What one open ticket stands for in a run: usually one group; several if a person added their labels or findings to
//! it. All of it is one observation and one edit, so that none overwrites the other's slices.

use std::collections::BTreeSet;

use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::record::Record;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::plan::observed::observation;
use crate::plan::observed::observation::Observation;
use crate::plan::types::input::Input;

/// Findings of one group that a ticket stands for.
pub(crate) struct TicketScope<'a> {
    /// The group.
    pub(crate) group: &'a Group,
    /// The findings of the group that the ticket stands for.
    pub(crate) rest: Vec<Sighting>,
    /// The open tickets of the group; empty: a person linked the findings one by one, and the group does not belong to
    /// the ticket.
    pub(crate) open: Vec<&'a Ticket>,
}

impl TicketScope<'_> {
    /// Whether the ticket stands for the group, and not only for single findings.
    pub(crate) fn is_group(&self) -> bool {
        !self.open.is_empty()
    }

    /// Those of its findings that are among these.
    pub(crate) fn among(&self, some: &BTreeSet<Fingerprint>) -> Vec<Fingerprint> {
        let mut seen = BTreeSet::new();
        let ids = self.rest.iter().map(Sighting::id);
        ids.filter(|id| some.contains(id) && seen.insert(*id)).collect()
    }
}

/// The group that the ticket's own text is about: the first that it was known by, otherwise any that belongs to it.
pub(crate) fn main<'s, 'a>(
    ticket_scopes: &'s [TicketScope<'a>],
    record: Option<&Record>,
) -> Option<&'s TicketScope<'a>> {
    let groups = || ticket_scopes.iter().filter(|ticket_scope| ticket_scope.is_group());
    let first = record.and_then(|record| {
        record
            .names
            .iter()
            .find_map(|name| groups().find(|ticket_scope| ticket_scope.group.names.contains(name)))
    });
    first.or_else(|| groups().next())
}

/// What each scope of this run saw of everything that a ticket stands for.
pub(crate) fn observe(input: &Input<'_>, ticket_scopes: &[TicketScope<'_>]) -> Vec<Observation> {
    if let [one] = ticket_scopes
        && one.is_group()
    {
        return observation::observe(input, one.group, &one.rest);
    }
    let Some(first) = ticket_scopes.first() else { return Vec::new() };
    let groups = || ticket_scopes.iter().filter(|ticket_scope| ticket_scope.is_group());
    // if a group's findings were linked one by one, those that are skipped were not linked
    let skipped =
        groups().flat_map(|ticket_scope| &ticket_scope.group.sightings).filter(|one| one.skipped.is_some());
    let all = Group {
        names: first.group.names.clone(),
        loose: Vec::new(),
        route: first.group.route.clone(),
        common: first.group.common.clone(),
        kinds: BTreeSet::new(),
        scanners: Vec::new(),
        sightings: skipped.copied().collect(),
        exemplars: Vec::new(),
        ..*first.group
    };
    let there: Vec<Sighting> =
        ticket_scopes.iter().flat_map(|ticket_scope| &ticket_scope.rest).copied().collect();
    let mut observations = observation::observe(input, &all, &there);
    for observation in observations.iter_mut().filter(|observation| !observation.candidates.is_empty()) {
        let here = |one: &Sighting| {
            input
                .survey
                .scans
                .get(one.scan as usize)
                .is_some_and(|seen| seen.scope == observation.slice.scope)
        };
        let facts = groups()
            .filter(|ticket_scope| ticket_scope.rest.iter().any(here))
            .map(|ticket_scope| observation::facts(ticket_scope.group));
        let facts: BTreeSet<u32> = facts.filter(|facts| *facts != 0).collect();
        observation.slice.facts = match facts.first() {
            Some(facts_of_one) if facts.len() == 1 => *facts_of_one,
            None => 0,
            _ => {
                let recipe = Recipe::new("facts");
                facts.iter().fold(recipe, |recipe, one| recipe.number(u64::from(*one))).finish().short()
            }
        };
    }
    observations
}

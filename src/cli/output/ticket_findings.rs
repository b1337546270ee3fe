//! The findings of a ticket that a run saw.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use crate::compose::pointed::{self, PointedFinding};
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Group, Sighting, Survey};
use crate::pipeline::result::ResultTicket;

/// Finds the findings of tickets in what the reports say.
pub(super) struct TicketFindings<'a> {
    survey: &'a Survey,
    groups: BTreeMap<Fingerprint, &'a Group>,
}

impl<'a> TicketFindings<'a> {
    pub(super) fn of(survey: &'a Survey) -> TicketFindings<'a> {
        TicketFindings { survey, groups: survey.groups.iter().map(|group| (group.name(), group)).collect() }
    }

    /// The group of this name.
    pub(super) fn group(&self, name: Fingerprint) -> Option<&'a Group> {
        self.groups.get(&name).copied()
    }

    /// All of a ticket, each once, in the order of their places.
    pub(super) fn all(&self, ticket: &ResultTicket) -> Vec<&'a Sighting> {
        self.group(ticket.group).map_or(Vec::new(), |group| seen(group, &ticket.findings))
    }

    /// The place of one.
    pub(super) fn place(&self, one: &Sighting) -> String {
        pointed::place(self.survey.path(one), one.line)
    }

    /// How many different places several have.
    pub(super) fn count_places(&self, all: &[&Sighting]) -> usize {
        all.iter().map(|one| (self.survey.path(one), one.line)).collect::<HashSet<_>>().len()
    }

    /// The rule that several have in common, if it has an id.
    pub(super) fn common_rule(&self, all: &[&Sighting]) -> Option<&'a str> {
        let mut rules = all.iter().map(|one| self.survey.rule(one));
        let first = rules.next().filter(|rule| !rule.is_empty())?;
        rules.all(|rule| rule == first).then_some(first)
    }

    /// One of a ticket, as a line.
    pub(super) fn pointed(&self, ticket: &ResultTicket, one: &Sighting) -> Option<PointedFinding> {
        Some(PointedFinding::of(self.group(ticket.group)?, self.survey, one))
    }

    /// So many of a ticket, the worst first.
    pub(super) fn worst(&self, ticket: &ResultTicket, most: usize) -> Vec<PointedFinding> {
        let Some(group) = self.group(ticket.group) else { return Vec::new() };
        let mut sightings = seen(group, &ticket.findings);
        sightings.sort_by_key(|one| Reverse(one.severity));
        let pointed = |one: &Sighting| PointedFinding::of(group, self.survey, one);
        sightings.into_iter().take(most).map(pointed).collect()
    }
}

fn seen<'g>(group: &'g Group, ids: &[Fingerprint]) -> Vec<&'g Sighting> {
    let mut ids: HashSet<&Fingerprint> = ids.iter().collect();
    group.sightings.iter().filter(|one| ids.remove(&one.id())).collect()
}

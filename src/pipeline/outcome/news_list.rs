//! New findings by the tickets that they have or will have: one row each.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use crate::compose::ticket as compose;
use crate::model::code_place::{self, CodePlace, FurtherPlaces};
use crate::model::distinct::Distinct;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{NewGroup, NoTicket};
use crate::model::survey::{Group, Sighting, Survey};
use crate::pipeline::outcome::finding::NewGroupRow;
use crate::pipeline::outcome::news_item::NewsItem;
use crate::pipeline::outcome::run_context::RunContext;
use crate::plan::{GroupOutcome, part};
use crate::tracker::Read;

/// Findings counted, by the tickets that they have or will have.
#[derive(Default)]
pub(crate) struct NewsList<'a> {
    /// How many have no ticket, by reason.
    pub(crate) without_ticket: BTreeMap<NoTicket, usize>,
    /// How many tickets these will be, by reason.
    pub(crate) tickets: BTreeMap<NoTicket, usize>,
    /// How many reach `fail-on`.
    pub(crate) failing: usize,
    groups: Vec<NewsGroup<'a>>,
}

/// The findings of one ticket.
#[derive(Clone)]
pub(crate) struct NewsGroup<'a> {
    group: &'a Group,
    outcome: &'a GroupOutcome,
    /// The worst sighting.
    worst: &'a Sighting,
    path: &'a str,
    why: Option<NoTicket>,
    /// Whether one of them reaches `fail-on`.
    pub(crate) fails: bool,
    findings: Distinct,
    failing: Distinct,
    places: Distinct,
}

impl<'a> NewsList<'a> {
    /// Adds the findings of one ticket.
    pub(crate) fn add(&mut self, survey: &'a Survey, outcome: &'a GroupOutcome, items: &[NewsItem<'a>]) {
        let Some(worst) = items.iter().min_by_key(|item| item.order()) else { return };
        for why in items.iter().filter_map(|item| item.why) {
            *self.without_ticket.entry(why).or_default() += 1;
        }
        let why = items.iter().find_map(|item| item.why);
        if let Some(why) = why {
            *self.tickets.entry(why).or_default() += 1;
        }
        let digests = |wanted: fn(&NewsItem<'_>) -> bool| {
            let ids = items.iter().filter(|item| wanted(item)).map(|item| item.id().short());
            Distinct::known(ids.clone().count(), Distinct::of(ids).some().collect())
        };
        let failing = digests(|item| item.fails);
        self.failing += failing.count;
        let seen = items.iter().flat_map(|item| &item.sightings);
        let places = seen.map(|one| (survey.path(one), one.line)).filter(|(path, _)| !path.is_empty());
        self.groups.push(NewsGroup {
            group: worst.group,
            outcome,
            worst: worst.sightings[0],
            path: worst.path,
            why,
            fails: failing.count > 0,
            findings: digests(|item| item.why.is_some()),
            failing,
            places: Distinct::of(places.map(|(path, line)| code_place::digest(path, line))),
        });
    }

    /// How many findings without a ticket share it with one that reaches `fail-on`.
    pub(crate) fn beside_failing(&self) -> usize {
        self.groups.iter().filter(|group| group.fails).map(|group| group.findings.count).sum()
    }

    /// This many tickets' findings of those that are wanted: what reaches `fail-on` first, then the worst.
    pub(crate) fn worst(&self, count: usize, wanted: impl Fn(&NewsGroup<'a>) -> bool) -> Vec<NewsGroup<'a>> {
        let mut groups: Vec<&NewsGroup<'a>> = self.groups.iter().filter(|one| wanted(one)).collect();
        groups.sort_by_key(|one| {
            (!one.fails, Reverse(one.worst.severity), one.path, one.worst.line, one.group.name())
        });
        groups.into_iter().take(count).cloned().collect()
    }
}

impl<'a> NewsGroup<'a> {
    /// As a section remembers it.
    pub(crate) fn remembered<T: Read>(&self, known: &RunContext<'a, T>) -> NewGroup {
        let sightings: Vec<Sighting> = new_sightings(known, self.group, self.outcome).copied().collect();
        let (title, fix) = compose::short(&part(self.group, &sightings), known.survey);
        let is_file = known.survey.is_file(self.group, self.path);
        let commit = if is_file { known.job.run.commit.clone() } else { String::new() };
        let place = CodePlace { path: self.path.to_owned(), line: self.worst.line, commit };
        NewGroup {
            id: self.group.name(),
            title,
            fix,
            severity: self.worst.severity,
            further: FurtherPlaces::beside(&place, &self.places),
            place,
            ticket: known.ticket_of(self.outcome).cloned(),
            why: self.why,
            fails: self.fails,
            findings: self.findings.clone(),
            failing: self.failing.clone(),
        }
    }

    /// The same with the key of its ticket, if it has one.
    pub(crate) fn row<T: Read>(&self, known: &RunContext<'a, T>) -> NewGroupRow {
        let ticket = known
            .ticket(self.group, self.outcome)
            .filter(|_| self.why.is_none_or(|why| why == NoTicket::JoinsOnMerge));
        NewGroupRow { key: ticket.and_then(|ticket| ticket.key), group: self.remembered(known) }
    }
}

/// The sightings of a group that its ticket is or would be about, and that the base does not have.
pub(crate) fn new_sightings<'a, T: Read>(
    known: &RunContext<'a, T>,
    group: &'a Group,
    outcome: &'a GroupOutcome,
) -> impl Iterator<Item = &'a Sighting> {
    let (plan, ids): (_, HashSet<&Fingerprint>) = (known.plan, outcome.findings.iter().collect());
    group.kept().filter(move |one| ids.contains(&one.id()) && !plan.on_base.contains(&one.id()))
}

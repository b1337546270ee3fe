//! New findings one by one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::compose::pointed::PointedFinding;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{NewFindings, NoTicket};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};
use crate::pipeline::outcome::run_context::RunContext;
use crate::tracker::Read;

/// The worst of many findings.
#[derive(Default)]
pub(crate) struct WorstFindings<'a> {
    items: Vec<NewsItem<'a>>,
    /// How many have no ticket and do not reach `fail-on`.
    pub(crate) milder: usize,
}

/// A finding that is new, or that reaches `fail-on`.
#[derive(Clone)]
pub(crate) struct NewsItem<'a> {
    pub(crate) group: &'a Group,
    /// What made it known: the worst first.
    pub(crate) sightings: Vec<&'a Sighting>,
    pub(crate) path: &'a str,
    /// Why it has no ticket, if it has none.
    pub(crate) why: Option<NoTicket>,
    /// Whether it reaches `fail-on`.
    pub(crate) fails: bool,
}

impl<'a> WorstFindings<'a> {
    pub(crate) fn add(&mut self, item: NewsItem<'a>) {
        self.milder += usize::from(item.why.is_some() && !item.fails);
        self.items.push(item);
        if self.items.len() > 8 * NewFindings::LISTED {
            self.items = self.worst(2 * NewFindings::LISTED);
        }
    }

    /// This many of them, those that reach `fail-on` first, then the worst.
    pub(crate) fn worst(&self, count: usize) -> Vec<NewsItem<'a>> {
        let mut items: Vec<&NewsItem<'a>> = self.items.iter().collect();
        items.sort_by_key(|one| (!one.fails, one.order()));
        items.into_iter().take(count).cloned().collect()
    }
}

impl<'a> NewsItem<'a> {
    pub(crate) fn id(&self) -> Fingerprint {
        self.sightings[0].id()
    }

    /// The worst come first, and among equals the first by place.
    pub(crate) fn order(&self) -> (Reverse<Severity>, &'a str, u32, Fingerprint) {
        let worst = self.sightings[0];
        (Reverse(worst.severity), self.path, worst.line, self.id())
    }

    /// The same as only these scans saw it, if one of them did.
    pub(crate) fn seen_by(&self, scans: &BTreeSet<u32>) -> Option<NewsItem<'a>> {
        let sightings: Vec<&Sighting> =
            self.sightings.iter().copied().filter(|one| scans.contains(&one.scan)).collect();
        (!sightings.is_empty()).then(|| NewsItem { sightings, ..self.clone() })
    }

    /// The finding in one line.
    pub(crate) fn pointed<T: Read>(&self, known: &RunContext<'_, T>) -> PointedFinding {
        PointedFinding::of(self.group, known.survey, self.sightings[0])
    }
}

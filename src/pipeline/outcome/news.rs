//! What is new on the pull request: findings that its base does not have and that have no ticket, and why; and those
//! that reach `fail-on`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::config::Create;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{NewFindings, NoTicket};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::TicketId;
use crate::pipeline::outcome::news_item::{NewsItem, WorstFindings};
use crate::pipeline::outcome::news_list::{NewsList, new_sightings};
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::outcome::tally::kept_elsewhere;
use crate::plan::{GroupAction, GroupOutcome};
use crate::tracker::Read;

/// The new findings of a run.
#[derive(Default)]
pub(crate) struct News<'a> {
    /// The branch that files them when the pull request is merged.
    pub(crate) base: Option<String>,
    /// All of them, by their tickets.
    pub(crate) all: NewsList<'a>,
    /// All of them, one by one.
    pub(crate) findings: WorstFindings<'a>,
    /// Those of each scope, by its fingerprint.
    scopes: BTreeMap<Fingerprint, NewsList<'a>>,
}

impl<'a> News<'a> {
    /// What is new on the run's pull request; nothing if it has none.
    pub(crate) fn of<T: Read>(known: &RunContext<'a, T>) -> News<'a> {
        let RunContext { job, survey, plan, .. } = *known;
        let merge = job.annotator.as_ref().and_then(|annotator| annotator.merge());
        if job.run.pull_request.is_none() && merge.is_none() {
            return News::default();
        }
        let mut news = News { base: known.filing_base().map(str::to_owned), ..News::default() };
        let groups: BTreeMap<Fingerprint, &Group> =
            survey.groups.iter().map(|group| (group.name(), group)).collect();
        let elsewhere = kept_elsewhere(plan, &groups);
        for outcome in &plan.outcomes {
            if let Some(group) = groups.get(&outcome.group).filter(|group| group.route.is_none()) {
                news.add(known, group, outcome, &elsewhere);
            }
        }
        news
    }

    fn add<T: Read>(
        &mut self,
        known: &RunContext<'a, T>,
        group: &'a Group,
        outcome: &'a GroupOutcome,
        elsewhere: &BTreeSet<Fingerprint>,
    ) {
        let why = self.why(known, outcome);
        let limit = known.fail_on_limit(outcome);
        if why.is_none() && limit.is_none_or(|limit| group.severity < limit) {
            return;
        }
        let mut by_id: BTreeMap<Fingerprint, Vec<&Sighting>> = BTreeMap::new();
        new_sightings(known, group, outcome).for_each(|one| by_id.entry(one.id()).or_default().push(one));
        let mut items: Vec<NewsItem<'a>> = Vec::new();
        for (id, mut sightings) in by_id {
            sightings.sort_by_key(|one| Reverse(one.severity));
            let why = why.filter(|why| *why != NoTicket::NotSelected || !elsewhere.contains(&id));
            let fails = limit.is_some_and(|limit| sightings[0].severity >= limit);
            if why.is_some() || fails {
                let path = known.survey.path(sightings[0]);
                items.push(NewsItem { group, sightings, path, why, fails });
            }
        }
        self.all.add(known.survey, outcome, &items);
        let scans: BTreeSet<u32> =
            items.iter().flat_map(|item| &item.sightings).map(|one| one.scan).collect();
        let mut scopes: BTreeMap<Fingerprint, BTreeSet<u32>> = BTreeMap::new();
        for scan in scans {
            if let Some(seen) = known.survey.scans.get(scan as usize) {
                scopes.entry(seen.scope.fingerprint()).or_default().insert(scan);
            }
        }
        for (scope, scans) in scopes {
            let seen: Vec<NewsItem<'a>> = items.iter().filter_map(|item| item.seen_by(&scans)).collect();
            self.scopes.entry(scope).or_default().add(known.survey, outcome, &seen);
        }
        items.into_iter().for_each(|item| self.findings.add(item));
    }

    /// Why an outcome's findings have no ticket; nothing if they have one, or if they are not new.
    fn why<T: Read>(&self, known: &RunContext<'_, T>, outcome: &GroupOutcome) -> Option<NoTicket> {
        let is_manual = known.job.config.create == Create::Manual;
        let is_done = known.outcomes.is_some() && known.ticket_of(outcome).is_none();
        match outcome.action {
            GroupAction::BranchNotTracked(_) if is_manual => Some(NoTicket::NotSelected),
            GroupAction::BranchNotTracked(_) if self.base.is_some() => Some(NoTicket::OnMerge),
            GroupAction::BranchNotTracked(_) => Some(NoTicket::BranchNotTracked),
            GroupAction::Tracked(_) if self.base.is_some() && !known.job.run.writes() => {
                Some(NoTicket::JoinsOnMerge)
            }
            GroupAction::Deferred => Some(NoTicket::Deferred),
            GroupAction::Skipped(ExclusionReason::NotSelected, _) => Some(NoTicket::NotSelected),
            GroupAction::Impossible(_) if !known.plan.hidden.contains_key(&outcome.group) => {
                Some(NoTicket::Failed)
            }
            GroupAction::Create | GroupAction::Refile(_) if is_done => Some(NoTicket::Failed),
            _ => None,
        }
    }

    /// What the sections of the run's scans are to show, by the scope's fingerprint in hex.
    pub(crate) fn by_scope<T: Read>(&self, known: &RunContext<'a, T>) -> BTreeMap<String, NewFindings> {
        let new = |list: &NewsList<'a>| NewFindings {
            base: self.base.clone(),
            first: known.snapshot.tickets().next().is_none(),
            without_ticket: list.without_ticket.clone(),
            tickets: list.tickets.clone(),
            fail_on: known.job.config.fail_on.filter(|_| list.failing > 0),
            failing: list.failing,
            listed: list
                .worst(NewFindings::LISTED, |_| true)
                .iter()
                .map(|one| one.remembered(known))
                .collect(),
        };
        self.scopes.iter().map(|(scope, list)| (scope.to_string(), new(list))).collect()
    }
}

impl<'a, T: Read> RunContext<'a, T> {
    /// The branch that files the findings of the run's pull request when it is merged, if it is one that files any.
    pub(crate) fn filing_base(&self) -> Option<&'a str> {
        let job = self.job;
        let merge = job.annotator.as_ref().and_then(|annotator| annotator.merge());
        let own = job.run.pull_request.and(job.run.base.as_deref());
        let base = own.or(merge.map(|merge| merge.base.as_str()));
        base.filter(|base| job.config.branches.allows(base).is_some())
    }

    /// Whether findings of the run's pull request that have no ticket get one when it is merged.
    pub(crate) fn files_on_merge(&self) -> bool {
        self.job.config.create != Create::Manual && self.filing_base().is_some()
    }

    /// The `fail-on` severity on a pull request, if it applies to what becomes of a group.
    fn fail_on_limit(&self, outcome: &GroupOutcome) -> Option<Severity> {
        let is_skipped = matches!(outcome.action, GroupAction::Skipped(..));
        self.job.config.fail_on.filter(|_| self.job.run.pull_request.is_some() && !is_skipped)
    }

    /// The ticket that stands for an outcome's findings, if there is one by now.
    pub(crate) fn ticket_of(&self, outcome: &'a GroupOutcome) -> Option<&'a TicketId> {
        let outcomes = self.outcomes;
        let made = outcomes.and_then(|outcomes| outcomes.made.get(&outcome.group)).map(|made| &made.id);
        let found = outcomes.and_then(|outcomes| outcomes.found.get(&outcome.group)).map(|found| &found.id);
        made.or(found).or_else(|| match &outcome.action {
            GroupAction::Skipped(..) => None,
            action => action.ticket(),
        })
    }
}

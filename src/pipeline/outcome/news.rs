//! What is new on the pull request: findings that its base does not have and that have no ticket, and why; and those
//! that reach `fail-on`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::compose::pointed::PointedFinding;
use crate::config::Create;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{CodePlace, NewFinding, NewFindings, NoTicket};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::TicketId;
use crate::pipeline::outcome::run_context::RunContext;
use crate::pipeline::outcome::tally::kept_elsewhere;
use crate::plan::{GroupAction, GroupOutcome};
use crate::tracker::Read;

/// The new findings of a run.
#[derive(Default)]
pub(crate) struct News<'a> {
    /// The branch that files them when the pull request is merged.
    pub(crate) base: Option<String>,
    /// All of them.
    pub(crate) all: NewsList<'a>,
    /// Those of each scan, by the scan's index.
    scans: BTreeMap<u32, NewsList<'a>>,
}

/// Findings counted, the worst of them listed.
#[derive(Default)]
pub(crate) struct NewsList<'a> {
    /// How many have no ticket, by reason.
    pub(crate) without_ticket: BTreeMap<NoTicket, usize>,
    /// How many reach `fail-on`.
    failing: usize,
    /// How many have no ticket and do not reach `fail-on`.
    pub(crate) milder: usize,
    items: Vec<NewsItem<'a>>,
}

/// A finding that is new, or that reaches `fail-on`.
#[derive(Clone, Copy)]
pub(crate) struct NewsItem<'a> {
    group: &'a Group,
    /// The sighting that represents it: the worst.
    sighting: &'a Sighting,
    path: &'a str,
    ticket: Option<&'a TicketId>,
    /// Why it has no ticket, if it has none.
    pub(crate) why: Option<NoTicket>,
    /// Whether it reaches `fail-on`.
    pub(crate) fails: bool,
}

impl<'a> News<'a> {
    /// What is new on the run's pull request; nothing if it has none.
    pub(crate) fn of<T: Read>(known: &RunContext<'a, T>) -> News<'a> {
        let RunContext { job, survey, plan, .. } = *known;
        let merge = job.annotator.as_ref().and_then(|annotator| annotator.merge());
        if job.run.pull_request.is_none() && merge.is_none() {
            return News::default();
        }
        let own = job.run.pull_request.and(job.run.base.as_deref());
        let base = own.or(merge.map(|merge| merge.base.as_str()));
        let files = base.filter(|base| job.config.branches.allows(base).is_some());
        let mut news = News { base: files.map(str::to_owned), ..News::default() };
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
        let ticket = known.ticket_of(outcome);
        let ids: HashSet<&Fingerprint> = outcome.findings.iter().collect();
        let is_new = |id: &Fingerprint| ids.contains(id) && !known.plan.on_base.contains(id);
        let mut findings: BTreeMap<Fingerprint, Vec<&Sighting>> = BTreeMap::new();
        for one in group.kept().filter(|one| is_new(&one.id())) {
            findings.entry(one.id()).or_default().push(one);
        }
        for (id, mut sightings) in findings {
            sightings.sort_by_key(|one| Reverse(one.severity));
            let sighting = sightings[0];
            let why = why.filter(|why| *why != NoTicket::NotSelected || !elsewhere.contains(&id));
            let fails = limit.is_some_and(|limit| sighting.severity >= limit);
            if why.is_none() && !fails {
                continue;
            }
            let path = known.survey.path(sighting);
            let item = NewsItem { group, sighting, path, ticket, why, fails };
            self.all.add(item);
            for scan in sightings.iter().map(|one| one.scan).collect::<BTreeSet<_>>() {
                self.scans.entry(scan).or_default().add(item);
            }
        }
    }

    /// Why an outcome's findings have no ticket; nothing if they have one, or if they are not new.
    fn why<T: Read>(&self, known: &RunContext<'_, T>, outcome: &GroupOutcome) -> Option<NoTicket> {
        let is_manual = known.job.config.create == Create::Manual;
        let is_done = known.outcomes.is_some() && known.ticket_of(outcome).is_none();
        match outcome.action {
            GroupAction::BranchNotTracked(_) if is_manual => Some(NoTicket::NotSelected),
            GroupAction::BranchNotTracked(_) if self.base.is_some() => Some(NoTicket::OnMerge),
            GroupAction::BranchNotTracked(_) => Some(NoTicket::BranchNotTracked),
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
    pub(crate) fn by_scope<T: Read>(&self, known: &RunContext<'_, T>) -> BTreeMap<String, NewFindings> {
        let mut all: BTreeMap<String, NewFindings> = BTreeMap::new();
        for (scan, list) in &self.scans {
            let Some(seen) = known.survey.scans.get(*scan as usize) else { continue };
            let new = all.entry(seen.scope.fingerprint().to_string()).or_default();
            new.base.clone_from(&self.base);
            new.first = known.snapshot.tickets().next().is_none();
            new.failing += list.failing;
            new.fail_on = known.job.config.fail_on.filter(|_| new.failing > 0);
            for (why, count) in &list.without_ticket {
                *new.without_ticket.entry(*why).or_default() += count;
            }
            new.listed.extend(list.worst(NewFindings::LISTED).iter().map(|one| one.remembered(known)));
            new.listed.truncate(NewFindings::LISTED);
        }
        all
    }
}

impl<'a> NewsList<'a> {
    fn add(&mut self, item: NewsItem<'a>) {
        self.failing += usize::from(item.fails);
        self.milder += usize::from(item.why.is_some() && !item.fails);
        if let Some(why) = item.why {
            *self.without_ticket.entry(why).or_default() += 1;
        }
        self.items.push(item);
        if self.items.len() > 8 * NewFindings::LISTED {
            self.items = self.worst(2 * NewFindings::LISTED);
        }
    }

    /// This many of them, those that reach `fail-on` first, then the worst.
    pub(crate) fn worst(&self, count: usize) -> Vec<NewsItem<'a>> {
        let mut items = self.items.clone();
        items.sort_by_key(|one| {
            (!one.fails, Reverse(one.sighting.severity), one.path, one.sighting.line, one.sighting.id())
        });
        items.truncate(count);
        items
    }
}

impl NewsItem<'_> {
    /// The finding in one line.
    pub(crate) fn pointed<T: Read>(&self, known: &RunContext<'_, T>) -> PointedFinding {
        PointedFinding::of(self.group, known.survey, self.sighting)
    }

    fn remembered<T: Read>(&self, known: &RunContext<'_, T>) -> NewFinding {
        let pointed = self.pointed(known);
        let commit = if pointed.is_file { known.job.run.commit.clone() } else { String::new() };
        NewFinding {
            id: pointed.id,
            title: pointed.title,
            rule: pointed.rule,
            severity: pointed.severity,
            place: CodePlace { path: pointed.path, line: pointed.line, commit },
            ticket: self.ticket.cloned(),
            why: self.why,
            fails: self.fails,
        }
    }
}

impl<'a, T: Read> RunContext<'a, T> {
    /// The `fail-on` severity on a pull request, if it applies to what becomes of a group.
    fn fail_on_limit(&self, outcome: &GroupOutcome) -> Option<Severity> {
        let is_skipped = matches!(outcome.action, GroupAction::Skipped(..));
        self.job.config.fail_on.filter(|_| self.job.run.pull_request.is_some() && !is_skipped)
    }

    /// The ticket that stands for an outcome's findings, if there is one by now.
    fn ticket_of(&self, outcome: &'a GroupOutcome) -> Option<&'a TicketId> {
        let outcomes = self.outcomes;
        let made = outcomes.and_then(|outcomes| outcomes.made.get(&outcome.group)).map(|made| &made.id);
        let found = outcomes.and_then(|outcomes| outcomes.found.get(&outcome.group)).map(|found| &found.id);
        made.or(found).or_else(|| match &outcome.action {
            GroupAction::Skipped(..) => None,
            action => action.ticket(),
        })
    }
}

//! The decision, group by group (the table of DESIGN section 5).

use std::collections::BTreeSet;

use super::decision::Decision;
use super::gone::Proof;
use super::holdings::{Holding, Holdings};
use super::ours::is_accepted;
use super::recur::Parts;
use super::snapshot::Snapshot;
use super::{Input, Plan, Verdict, adopt, alerts, brake, draft, edit, recur, twins};
use crate::config::Create;
use crate::model::answer::Ask;
use crate::model::finding::Aside;
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::model::write::Ref;

/// What comes next: a question to the tracker, or the plan.
#[derive(Debug)]
pub enum Next {
    /// This must be known first, of the tracker.
    Ask(Ask),
    /// This must be known first, of the code's host: where these places are.
    Look(Vec<Place>),
    /// Nothing is missing.
    Plan(Box<Plan>),
}

/// Decides, or asks what it takes to decide. The same survey and answers always give the same plan.
pub fn next(input: &Input<'_>, snapshot: &Snapshot) -> Next {
    if snapshot.account.is_none() {
        return Next::Ask(Ask::Account);
    }
    if !snapshot.open_asked {
        let labels = input.run.repository.labels();
        return Next::Ask(Ask::Open { labels, recent: input.recent.to_vec() });
    }
    let mut decision = Decision::new(input, snapshot);
    decision.all();
    // a run that files has questions enough: the next one asks this
    let quiet = decision.needs.is_empty() && decision.plan.creates.is_empty();
    if quiet && !snapshot.done_asked && decision.proves_on_branch() {
        return Next::Ask(Ask::Done { labels: input.run.repository.labels() });
    }
    if decision.needs.is_empty()
        && let Some(problem) = brake::brake(&decision)
    {
        decision = Decision::new(input, snapshot);
        decision.proof = Proof::none(input);
        decision.all();
        decision.plan.problems.push(problem);
    }
    decision.done()
}

impl Decision<'_> {
    /// The plan, if nothing is missing for it.
    pub(super) fn done(self) -> Next {
        let Decision { needs, plan, snapshot, .. } = self;
        needs.first().unwrap_or_else(|| Next::Plan(Box::new(plan.naming(snapshot.tickets()))))
    }

    fn all(&mut self) {
        let groups = &self.input.survey.groups;
        let thorough = groups.iter().any(|group| group.kept().next().is_some() && !self.is_unchanged(group));
        let holdings = Holdings::of(self.input, self.snapshot, thorough, &mut self.needs);
        let adopted = adopt::adopt(self);
        for group in groups {
            self.group(group, &holdings, adopted.get(&group.name()).copied());
        }
        self.vanish();
        self.remedy();
        self.vain();
        self.base();
        self.limit();
        self.check_states();
        self.mark();
        alerts::follow(self.input, self.snapshot, &mut self.plan);
        for id in self.input.only {
            if !groups.iter().any(|group| group.knows(*id)) {
                let problem =
                    Problem::new(format!("--only {id}"), "no finding and no group has this identity");
                self.plan.problems.push(problem.hint("`casefile plan` prints those of today"));
            }
        }
    }

    fn group(&mut self, group: &Group, holdings: &Holdings, adopted: Option<u64>) {
        let mut rest = Vec::new();
        let mut held: Vec<(Holding, Vec<Sighting>)> = Vec::new();
        let own: BTreeSet<u64> = self.candidates(group).map(|ticket| ticket.id.id).collect();
        for sighting in group.kept() {
            match holdings.holding(group, sighting) {
                Some(Holding::Tracked(id)) if own.contains(&id.id) => rest.push(*sighting),
                Some(holding) => match held.iter_mut().find(|(known, _)| *known == holding) {
                    Some((_, sightings)) => sightings.push(*sighting),
                    None => held.push((holding, vec![*sighting])),
                },
                None => rest.push(*sighting),
            }
        }
        for (holding, sightings) in held {
            let verdict = match holding {
                Holding::Tracked(id) => Verdict::Tracked(id),
                Holding::Accepted(id) => Verdict::Aside(Aside::Accepted, Some(id)),
            };
            self.fate(group, &sightings, verdict);
        }
        if rest.is_empty() {
            return;
        }
        let open: Vec<&Ticket> = self
            .candidates(group)
            .chain(adopted.and_then(|id| self.snapshot.ticket(id)))
            .filter(|ticket| ticket.is_open())
            .collect();
        self.tracked.extend(open.iter().map(|ticket| ticket.id.id));
        let main = open.iter().find(|ticket| self.is_ours(ticket)).or(open.first()).copied();
        let parts = match main {
            Some(main) => twins::merge(self, group, main, &open)
                .and_then(|inheritance| edit::track(self, group, &rest, main, inheritance))
                .map(|verdict| vec![(rest, verdict)]),
            None => self.unfiled(group, rest),
        };
        for (sightings, verdict) in parts.into_iter().flatten() {
            self.fate(group, &sightings, verdict);
        }
    }

    /// A group without an open ticket.
    fn unfiled(&mut self, group: &Group, rest: Vec<Sighting>) -> Option<Parts> {
        if let Some(why) = not_allowed(self.input) {
            return Some(vec![(rest, Verdict::NotAllowed(why))]);
        }
        if !self.needs.labelled(self.snapshot, group) {
            return None;
        }
        let done = self
            .candidates(group)
            .filter(|ticket| !ticket.is_open() && self.is_ours(ticket))
            .filter(|ticket| !is_accepted(self.input, ticket))
            .last();
        match done {
            Some(done) => recur::recur(self, group, &rest, done),
            None => self.create(group, &rest, None).map(|verdict| vec![(rest, verdict)]),
        }
    }

    /// Files a group, or the part of it that the user names.
    pub(super) fn create(
        &mut self,
        group: &Group,
        rest: &[Sighting],
        old: Option<&Ticket>,
    ) -> Option<Verdict> {
        let chosen = selected(self.input, group, rest);
        if chosen.is_empty() {
            return Some(Verdict::Aside(Aside::NotSelected, None));
        }
        match draft::draft(self, group, &chosen, old) {
            Err(problem) => {
                self.problem(problem.clone());
                Some(Verdict::Impossible(problem))
            }
            Ok(None) => None,
            Ok(Some(draft)) => {
                self.drafts.push(draft);
                // ten thousand drafts would be most of a run's memory, and few of them are filed
                if self.drafts.len() > self.input.config.max_new.saturating_mul(2) {
                    self.shed();
                }
                Some(old.map_or(Verdict::Create, |old| Verdict::Refile(old.id.clone())))
            }
        }
    }

    /// Keeps the severest of the new tickets, up to `max-new`; the others wait.
    fn limit(&mut self) {
        self.shed();
        let held = std::mem::take(&mut self.held);
        for fate in self.plan.fates.iter_mut().filter(|fate| held.contains(&fate.group)) {
            if matches!(fate.verdict, Verdict::Create | Verdict::Refile(_)) {
                fate.verdict = Verdict::Held;
            }
        }
        self.plan.works.retain(|work| !matches!(&work.on, Ref::New(group) if held.contains(group)));
        self.plan.creates = std::mem::take(&mut self.drafts);
    }

    /// Puts the severest drafts first, and of the others keeps the groups alone.
    fn shed(&mut self) {
        self.drafts.sort_by_key(|draft| (std::cmp::Reverse(draft.record.severity), draft.group));
        let most = self.drafts.len().min(self.input.config.max_new);
        self.held.extend(self.drafts.drain(most..).map(|draft| draft.group));
    }
}

/// Why this run files nothing, if it does not.
pub(super) fn not_allowed(input: &Input<'_>) -> Option<String> {
    let run = input.run;
    run.untrusted.clone().or_else(|| {
        let branch = &run.branch;
        run.pattern.is_none().then(|| format!("branch `{branch}` is not among the configured branches"))
    })
}

/// The findings that the user wants filed.
fn selected(input: &Input<'_>, group: &Group, rest: &[Sighting]) -> Vec<Sighting> {
    let all = input.only.is_empty() && input.config.create == Create::Auto;
    if all || group.names.iter().any(|name| input.only.contains(name)) {
        return rest.to_vec();
    }
    rest.iter().filter(|one| input.only.iter().any(|only| one.is(*only))).copied().collect()
}

//! The decision, group by group (the table in `docs/architecture.md`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decision::Decision;
use super::holdings::{Holding, Holdings};
use super::ours::is_accepted;
use super::recur::Parts;
use super::share::Share;
use super::snapshot::Snapshot;
use super::twins::Inheritance;
use super::{Input, Plan, Verdict, adopt, alerts, brake, edit, propose, recur, slices, twins};
use crate::model::answer::Ask;
use crate::model::finding::Aside;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::model::slice::{Slice, SliceId};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Ticket, TicketId};

/// What comes next: a question to the tracker, or the plan.
#[derive(Debug)]
pub enum Next {
    /// This must be known first, of the tracker.
    Ask(Ask),
    /// This must be known first, of the code's host: where these places are.
    Look(Vec<Place>),
    /// This must be known first, of the code's host: what the pull request's section remembers.
    Recall,
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
        return Next::Ask(Ask::Open { labels, recent: input.recent.to_vec(), own: slices::own(input) });
    }
    // whether it would be held back is known before every ticket that would end is read whole
    let mut decision = Decision::trusting(input, snapshot);
    decision.all();
    // a run that files has questions enough: the next one asks this, unless done tickets may know better
    let files = !decision.plan.creates.is_empty() && !decision.proof.guessed();
    // in other modes than `type` what moved has another name, and a person may have accepted it under the old one
    let moved = decision.plan.creates.iter().any(|draft| draft.record.mode != Mode::Type);
    let quiet = decision.needs.is_empty() && (!files || moved);
    if quiet && !snapshot.done_asked && decision.proves_on_branch() {
        return Next::Ask(Ask::Done { labels: input.run.repository.labels(), own: slices::own(input) });
    }
    if !decision.needs.is_empty() {
        return decision.done();
    }
    if let Some(problem) = brake::brake(&decision) {
        decision = Decision::held_back(input, snapshot);
        decision.all();
        decision.plan.problems.push(problem);
    } else if decision.trusted {
        decision = Decision::new(input, snapshot);
        decision.all();
    }
    decision.done()
}

impl<'a> Decision<'a> {
    /// The plan, if nothing is missing for it.
    pub(super) fn done(self) -> Next {
        let Decision { needs, plan, snapshot, .. } = self;
        needs.first().unwrap_or_else(|| Next::Plan(Box::new(plan.naming(snapshot.tickets()))))
    }

    fn all(&mut self) {
        let groups: &'a [Group] = &self.input.survey.groups;
        let thorough = groups.iter().any(|group| group.kept().next().is_some() && !self.is_unchanged(group));
        self.holdings = Holdings::of(self.input, self.snapshot, thorough, &mut self.needs);
        self.follow_edited();
        self.follow_accepted();
        self.follow_closed();
        let adopted = adopt::adopt(self);
        let adopted = |group: &Group| adopted.get(&group.name()).copied();
        let mut members: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            for id in self.split(group, adopted(group)).tickets() {
                members.entry(id).or_default().push(at);
            }
        }
        let mut followed: HashMap<u64, HashMap<Fingerprint, Verdict>> = HashMap::new();
        for group in groups {
            let split = self.split(group, adopted(group));
            for id in split.tickets() {
                if followed.contains_key(&id) {
                    continue;
                }
                let shares = members.get(&id).into_iter().flatten().map(|at| &groups[*at]);
                let shares = shares.filter_map(|group| self.split(group, adopted(group)).share(group, id));
                let verdicts = self.follow(id, &shares.collect::<Vec<_>>());
                followed.insert(id, verdicts.unwrap_or_default());
            }
            self.group(group, split, &followed);
        }
        let mut leaving = Vec::new();
        // a twin that carries the labels of several groups gives way once
        self.plan.merges.retain(|work| {
            !leaving.contains(&work.on) && {
                leaving.push(work.on.clone());
                true
            }
        });
        self.vanish();
        self.remedy();
        self.vain();
        self.settle_debts();
        self.base();
        self.draft();
        self.bound_moves();
        self.check_states();
        self.relabel();
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

    /// Which findings of a group another ticket holds, and which are the group's.
    fn split(&self, group: &Group, adopted: Option<u64>) -> Split<'a> {
        let mut split = Split::default();
        let own: BTreeSet<u64> = self.candidates(group).map(|ticket| ticket.id.id).collect();
        // a finding is held as a whole, whichever of its sightings says so
        let mut held: HashMap<Fingerprint, Holding> = HashMap::new();
        for sighting in group.kept() {
            if let Some(holding) = self.holdings.holding(group, sighting) {
                held.entry(sighting.id()).or_insert(holding);
            }
        }
        for sighting in group.kept() {
            match held.get(&sighting.id()).cloned() {
                Some(Holding::Linked(id) | Holding::Tracked(id)) if own.contains(&id.id) => {
                    split.rest.push(*sighting);
                }
                Some(holding) => match split.held.iter_mut().find(|(known, _)| *known == holding) {
                    Some((_, sightings)) => sightings.push(*sighting),
                    None => split.held.push((holding, vec![*sighting])),
                },
                None => split.rest.push(*sighting),
            }
        }
        if !split.rest.is_empty() {
            let adopted = adopted.and_then(|id| self.snapshot.ticket(id));
            split.open = self.candidates(group).chain(adopted).filter(|ticket| ticket.is_open()).collect();
        }
        split.main =
            split.open.iter().find(|ticket| self.is_recorded(ticket)).or(split.open.first()).copied();
        split
    }

    /// What becomes of a ticket and of all that it stands for, by group; `None`: more must be known first.
    fn follow(&mut self, id: u64, shares: &[Share<'a>]) -> Option<HashMap<Fingerprint, Verdict>> {
        let ticket = self.snapshot.ticket(id)?;
        self.tracked.insert(id);
        self.tracked.extend(shares.iter().flat_map(|share| &share.open).map(|ticket| ticket.id.id));
        let mut inheritance = Inheritance::default();
        for share in shares.iter().filter(|share| share.is_group()) {
            let Inheritance { slices, linked } = twins::merge(self, share.group, ticket, &share.open)?;
            let known: BTreeSet<SliceId> = inheritance.slices.iter().map(Slice::id).collect();
            inheritance.slices.extend(slices.into_iter().filter(|slice| !known.contains(&slice.id())));
            let linked = linked.into_iter().filter(|twin| !inheritance.linked.contains(twin));
            let linked: Vec<TicketId> = linked.collect();
            inheritance.linked.extend(linked);
        }
        let verdicts = edit::track(self, shares, ticket, inheritance)?;
        Some(shares.iter().map(|share| share.group.name()).zip(verdicts).collect())
    }

    fn group(
        &mut self,
        group: &'a Group,
        split: Split<'_>,
        followed: &HashMap<u64, HashMap<Fingerprint, Verdict>>,
    ) {
        let verdict_at =
            |id: u64| followed.get(&id).and_then(|verdicts| verdicts.get(&group.name())).cloned();
        for (holding, sightings) in split.held {
            let verdict = match holding {
                Holding::Linked(id) => verdict_at(id.id).unwrap_or(Verdict::Tracked(id)),
                Holding::Tracked(id) => Verdict::Tracked(id),
                Holding::Accepted(id) => Verdict::Aside(Aside::Accepted, Some(id)),
                Holding::Closed(id) => Verdict::Aside(Aside::NotAffected, Some(id)),
            };
            self.fate(group, &sightings, verdict);
        }
        if split.rest.is_empty() {
            return;
        }
        let parts = match split.main {
            Some(main) => verdict_at(main.id.id).map(|verdict| vec![(split.rest, verdict)]),
            None => self.unfiled(group, split.rest),
        };
        for (sightings, verdict) in parts.into_iter().flatten() {
            self.fate(group, &sightings, verdict);
        }
    }

    /// A group without an open ticket.
    fn unfiled(&mut self, group: &'a Group, rest: Vec<Sighting>) -> Option<Parts> {
        if let Some(why) = propose::not_allowed(self.input) {
            return Some(vec![(rest, Verdict::NotAllowed(why))]);
        }
        if !self.needs.labelled(self.snapshot, group) {
            return None;
        }
        // what a job at another's side noted on an accepted ticket may not be listed there
        let accepted: Vec<&Ticket> = self
            .candidates(group)
            .filter(|ticket| !ticket.is_open() && self.is_ours(ticket) && is_accepted(self.input, ticket))
            .collect();
        let mut all_read = true;
        for ticket in accepted {
            all_read &= self.needs.all_slices(self.snapshot, ticket);
        }
        if !all_read {
            return None;
        }
        let done = self
            .candidates(group)
            .filter(|ticket| !ticket.is_open() && self.is_recorded(ticket))
            .filter(|ticket| !is_accepted(self.input, ticket))
            .last();
        match done {
            Some(done) => recur::recur(self, group, &rest, done),
            None => {
                let verdict = self.propose(group, &rest, None);
                Some(vec![(rest, verdict)])
            }
        }
    }
}

/// A group's findings by who holds them.
#[derive(Default)]
struct Split<'a> {
    held: Vec<(Holding, Vec<Sighting>)>,
    /// Those that are the group's own, with its open tickets and the one that is its ticket.
    rest: Vec<Sighting>,
    open: Vec<&'a Ticket>,
    main: Option<&'a Ticket>,
}

impl<'a> Split<'a> {
    /// The open tickets that are to know of these findings, each once.
    fn tickets(&self) -> BTreeSet<u64> {
        let linked = self.held.iter().filter_map(|(holding, _)| match holding {
            Holding::Linked(id) => Some(id.id),
            _ => None,
        });
        linked.chain(self.main.map(|main| main.id.id)).collect()
    }

    /// What of the group a ticket stands for.
    fn share(self, group: &'a Group, id: u64) -> Option<Share<'a>> {
        let on = |holding: &Holding| matches!(holding, Holding::Linked(on) if on.id == id);
        if self.main.is_some_and(|main| main.id.id == id) {
            // an adopted ticket may hold some that were linked there
            let linked = self.held.into_iter().filter(|(holding, _)| on(holding));
            let rest = self.rest.into_iter().chain(linked.flat_map(|(_, sightings)| sightings)).collect();
            return Some(Share { group, rest, open: self.open });
        }
        let (_, rest) = self.held.into_iter().find(|(holding, _)| on(holding))?;
        Some(Share { group, rest, open: Vec::new() })
    }
}

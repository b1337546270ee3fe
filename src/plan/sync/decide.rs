//! The decision, group by group (the table in `docs/architecture.md`).

use crate::plan::create::proposals::draft_proposals;
use crate::plan::create::proposals::propose;
use crate::plan::matching::accepted::match_accepted;
use crate::plan::matching::accepted::match_closed;
use crate::plan::matching::edited::match_edited;
use crate::plan::pull_request::base::note_findings_on_base;
use crate::plan::pull_request::failed_remediation::retract_failed;
use crate::plan::pull_request::remediation::plan_remediations;
use crate::plan::resolve::missing::decide_missing;
use crate::plan::resolve::missing::proves_on_branch;
use crate::plan::resolve::resolved::plan_owed_moves;
use crate::plan::types::next::Next;
use crate::plan::update::labels::restore_labels;
use crate::plan::update::repository_labels::add_repository_labels;
use crate::plan::update::transitions::bound_moves;
use crate::plan::update::transitions::check_states;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::answer::Ask;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::scan::Problem;
use crate::model::slice::{ScopeState, ScopeStateId};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Ticket, TicketId};
use crate::plan::create::proposals;
use crate::plan::matching::duplicates::Inheritance;
use crate::plan::matching::{carry_over, duplicates};
use crate::plan::observed::observation;
use crate::plan::observed::ticket_scope::TicketScope;
use crate::plan::planner::Planner;
use crate::plan::resolve::recurrence::DecidedParts;
use crate::plan::resolve::{mass_resolve, recurrence};
use crate::plan::sync::alerts;
use crate::plan::tickets::assignments::{Assignment, Assignments};
use crate::plan::tickets::ownership::is_accepted;
use crate::plan::types::input::Input;
use crate::plan::types::outcome::GroupAction;
use crate::plan::types::snapshot::Snapshot;
use crate::plan::update::tracking;

/// Decides, or asks what it takes to decide. The same survey and answers always give the same plan.
pub fn next(input: &Input<'_>, snapshot: &Snapshot) -> Next {
    if snapshot.account.is_none() {
        return Next::Ask(Ask::Account);
    }
    if !snapshot.open_asked {
        let labels = input.run.repository.labels();
        return Next::Ask(Ask::Open { labels, recent: input.recent.to_vec(), own: observation::own(input) });
    }
    // whether it would be held back is known before every ticket that would end is read whole
    let mut decision = Planner::trusting(input, snapshot);
    decide_all(&mut decision);
    // a run that files has questions enough: the next one asks this, unless done tickets may know better
    let files = !decision.plan.creates.is_empty() && !decision.proof.guessed();
    // in other modes than `type` what moved has another name, and a person may have accepted it under the old one
    let moved = decision.plan.creates.iter().any(|draft| draft.record.mode != Mode::Type);
    let quiet = decision.needs.is_empty() && (!files || moved);
    if quiet && !snapshot.done_asked && proves_on_branch(&decision) {
        return Next::Ask(Ask::Done { labels: input.run.repository.labels(), own: observation::own(input) });
    }
    if !decision.needs.is_empty() {
        return decision.finish();
    }
    if let Some(problem) = mass_resolve::brake(&decision) {
        decision = Planner::held_back(input, snapshot);
        decide_all(&mut decision);
        decision.plan.problems.push(problem);
    } else if decision.trusted {
        decision = Planner::new(input, snapshot);
        decide_all(&mut decision);
    }
    decision.finish()
}

fn decide_all<'a>(decision: &mut Planner<'a>) {
    let groups: &'a [Group] = &decision.input.survey.groups;
    let thorough = groups.iter().any(|group| group.kept().next().is_some() && !decision.is_unchanged(group));
    decision.holdings = Assignments::of(decision.input, decision.snapshot, thorough, &mut decision.needs);
    match_edited(decision);
    match_accepted(decision);
    match_closed(decision);
    let adopted = carry_over::adopt(decision);
    let adopted = |group: &Group| adopted.get(&group.name()).copied();
    let mut members: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        for id in split_group(decision, group, adopted(group)).tickets() {
            members.entry(id).or_default().push(at);
        }
    }
    let mut followed: HashMap<u64, HashMap<Fingerprint, GroupAction>> = HashMap::new();
    for group in groups {
        let split = split_group(decision, group, adopted(group));
        for id in split.tickets() {
            if followed.contains_key(&id) {
                continue;
            }
            let shares = members.get(&id).into_iter().flatten().map(|at| &groups[*at]);
            let shares =
                shares.filter_map(|group| split_group(decision, group, adopted(group)).share(group, id));
            let verdicts = track_ticket(decision, id, &shares.collect::<Vec<_>>());
            followed.insert(id, verdicts.unwrap_or_default());
        }
        decide_group(decision, group, split, &followed);
    }
    let mut leaving = Vec::new();
    // a twin that carries the labels of several groups gives way once
    decision.plan.merges.retain(|work| {
        !leaving.contains(&work.on) && {
            leaving.push(work.on.clone());
            true
        }
    });
    decide_missing(decision);
    plan_remediations(decision);
    retract_failed(decision);
    plan_owed_moves(decision);
    note_findings_on_base(decision);
    draft_proposals(decision);
    bound_moves(decision);
    check_states(decision);
    restore_labels(decision);
    add_repository_labels(decision);
    alerts::follow(decision.input, decision.snapshot, &mut decision.plan);
    for id in decision.input.only {
        if !groups.iter().any(|group| group.knows(*id)) {
            let problem = Problem::new(format!("--only {id}"), "no finding and no group has this identity");
            decision.plan.problems.push(problem.hint("`casefile plan` prints those of today"));
        }
    }
}

/// Which findings of a group another ticket holds, and which are the group's.
fn split_group<'a>(decision: &Planner<'a>, group: &Group, adopted: Option<u64>) -> Split<'a> {
    let mut split = Split::default();
    let own: BTreeSet<u64> = decision.candidates(group).map(|ticket| ticket.id.id).collect();
    // a finding is held as a whole, whichever of its sightings says so
    let mut held: HashMap<Fingerprint, Assignment> = HashMap::new();
    for sighting in group.kept() {
        if let Some(holding) = decision.holdings.holding(group, sighting) {
            held.entry(sighting.id()).or_insert(holding);
        }
    }
    for sighting in group.kept() {
        match held.get(&sighting.id()).cloned() {
            Some(Assignment::Linked(id) | Assignment::Tracked(id)) if own.contains(&id.id) => {
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
        let adopted = adopted.and_then(|id| decision.snapshot.ticket(id));
        split.open = decision.candidates(group).chain(adopted).filter(|ticket| ticket.is_open()).collect();
    }
    split.main =
        split.open.iter().find(|ticket| decision.is_recorded(ticket)).or(split.open.first()).copied();
    split
}

/// What becomes of a ticket and of all that it stands for, by group; `None`: more must be known first.
fn track_ticket<'a>(
    decision: &mut Planner<'a>,
    id: u64,
    shares: &[TicketScope<'a>],
) -> Option<HashMap<Fingerprint, GroupAction>> {
    let ticket = decision.snapshot.ticket(id)?;
    decision.tracked.insert(id);
    decision.tracked.extend(shares.iter().flat_map(|share| &share.open).map(|ticket| ticket.id.id));
    let mut inheritance = Inheritance::default();
    for share in shares.iter().filter(|share| share.is_group()) {
        let Inheritance { slices, linked } = duplicates::merge(decision, share.group, ticket, &share.open)?;
        let known: BTreeSet<ScopeStateId> = inheritance.slices.iter().map(ScopeState::id).collect();
        inheritance.slices.extend(slices.into_iter().filter(|slice| !known.contains(&slice.id())));
        let linked = linked.into_iter().filter(|twin| !inheritance.linked.contains(twin));
        let linked: Vec<TicketId> = linked.collect();
        inheritance.linked.extend(linked);
    }
    let verdicts = tracking::track(decision, shares, ticket, inheritance)?;
    Some(shares.iter().map(|share| share.group.name()).zip(verdicts).collect())
}

fn decide_group<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    split: Split<'_>,
    followed: &HashMap<u64, HashMap<Fingerprint, GroupAction>>,
) {
    let verdict_at = |id: u64| followed.get(&id).and_then(|verdicts| verdicts.get(&group.name())).cloned();
    for (holding, sightings) in split.held {
        let verdict = match holding {
            Assignment::Linked(id) => verdict_at(id.id).unwrap_or(GroupAction::Tracked(id)),
            Assignment::Tracked(id) => GroupAction::Tracked(id),
            Assignment::Accepted(id) => GroupAction::Aside(ExclusionReason::Accepted, Some(id)),
            Assignment::Closed(id) => GroupAction::Aside(ExclusionReason::NotAffected, Some(id)),
        };
        decision.fate(group, &sightings, verdict);
    }
    if split.rest.is_empty() {
        return;
    }
    let parts = match split.main {
        Some(main) => verdict_at(main.id.id).map(|verdict| vec![(split.rest, verdict)]),
        None => decide_without_open(decision, group, split.rest),
    };
    for (sightings, verdict) in parts.into_iter().flatten() {
        decision.fate(group, &sightings, verdict);
    }
}

/// A group without an open ticket.
fn decide_without_open<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    rest: Vec<Sighting>,
) -> Option<DecidedParts> {
    let why = proposals::not_allowed(decision.input);
    let not_tracked = |rest, why| Some(vec![(rest, GroupAction::BranchNotTracked(why))]);
    // a pull request is told what is new on it, and what a person accepted is not
    if let Some(why) = why.clone().filter(|_| decision.input.pull_request_base().is_none()) {
        return not_tracked(rest, why);
    }
    if !decision.needs.labelled(decision.snapshot, group) {
        return None;
    }
    // what a job at another's side noted on an accepted ticket may not be listed there
    let accepted: Vec<&Ticket> = decision
        .candidates(group)
        .filter(|ticket| !ticket.is_open() && decision.is_ours(ticket) && is_accepted(decision.input, ticket))
        .collect();
    let mut all_read = true;
    for ticket in accepted {
        all_read &= decision.needs.all_slices(decision.snapshot, ticket);
    }
    if !all_read {
        return None;
    }
    if let Some(why) = why {
        return not_tracked(rest, why);
    }
    let done = decision
        .candidates(group)
        .filter(|ticket| !ticket.is_open() && decision.is_recorded(ticket))
        .filter(|ticket| !is_accepted(decision.input, ticket))
        .last();
    match done {
        Some(done) => recurrence::recur(decision, group, &rest, done),
        None => {
            let verdict = propose(decision, group, &rest, None);
            Some(vec![(rest, verdict)])
        }
    }
}

/// A group's findings by who holds them.
#[derive(Default)]
struct Split<'a> {
    held: Vec<(Assignment, Vec<Sighting>)>,
    /// Those that are the group's own, with its open tickets and the one that is its ticket.
    rest: Vec<Sighting>,
    open: Vec<&'a Ticket>,
    main: Option<&'a Ticket>,
}

impl<'a> Split<'a> {
    /// The open tickets that are to know of these findings, each once.
    fn tickets(&self) -> BTreeSet<u64> {
        let linked = self.held.iter().filter_map(|(holding, _)| match holding {
            Assignment::Linked(id) => Some(id.id),
            _ => None,
        });
        linked.chain(self.main.map(|main| main.id.id)).collect()
    }

    /// What of the group a ticket stands for.
    fn share(self, group: &'a Group, id: u64) -> Option<TicketScope<'a>> {
        let on = |holding: &Assignment| matches!(holding, Assignment::Linked(on) if on.id == id);
        if self.main.is_some_and(|main| main.id.id == id) {
            // an adopted ticket may hold some that were linked there
            let linked = self.held.into_iter().filter(|(holding, _)| on(holding));
            let rest = self.rest.into_iter().chain(linked.flat_map(|(_, sightings)| sightings)).collect();
            return Some(TicketScope { group, rest, open: self.open });
        }
        let (_, rest) = self.held.into_iter().find(|(holding, _)| on(holding))?;
        Some(TicketScope { group, rest, open: Vec::new() })
    }
}

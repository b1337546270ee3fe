//! What becomes of each group, and of the open tickets that stand for groups (the table in `docs/architecture.md`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::slice::{Slice, SliceId};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Ticket, TicketId};
use crate::plan::create::proposals::{self, propose};
use crate::plan::matching::duplicates::{self, Inheritance};
use crate::plan::observed::ticket_scope::TicketScope;
use crate::plan::planner::Planner;
use crate::plan::resolve::recurrence::{self, DecidedParts};
use crate::plan::sync::split::GroupSplit;
use crate::plan::tickets::assignments::Assignment;
use crate::plan::tickets::ownership::is_accepted;
use crate::plan::types::outcome::GroupAction;
use crate::plan::update::tracking;

/// What becomes of a ticket's groups, by the group's name.
type TicketActions = HashMap<Fingerprint, GroupAction>;

/// Decides about every group and the open tickets that stand for groups. One ticket may stand for several groups,
/// because a person added their labels or their findings to it. It is then tracked once for all of them, when the first
/// of them is decided.
pub(crate) fn decide_groups<'a>(decision: &mut Planner<'a>, carried_over: &HashMap<Fingerprint, u64>) {
    let groups: &'a [Group] = &decision.input.survey.groups;
    let by_ticket = groups_by_ticket(decision, groups, carried_over);
    let mut tracked: HashMap<u64, TicketActions> = HashMap::new();
    for group in groups {
        let split = GroupSplit::of(decision, group, carried_over);
        for id in split.tickets() {
            if tracked.contains_key(&id) {
                continue;
            }
            let groups = by_ticket.get(&id).into_iter().flatten();
            let scopes =
                groups.filter_map(|group| GroupSplit::of(decision, group, carried_over).scope_of(group, id));
            let scopes: Vec<TicketScope<'_>> = scopes.collect();
            tracked.insert(id, track_ticket(decision, id, &scopes).unwrap_or_default());
        }
        decide_group(decision, group, split, &tracked);
    }
    close_each_duplicate_once(decision);
}

/// The groups that each open ticket stands for.
fn groups_by_ticket<'a>(
    decision: &Planner<'a>,
    groups: &'a [Group],
    carried_over: &HashMap<Fingerprint, u64>,
) -> BTreeMap<u64, Vec<&'a Group>> {
    let mut by_ticket: BTreeMap<u64, Vec<&Group>> = BTreeMap::new();
    for group in groups {
        for id in GroupSplit::of(decision, group, carried_over).tickets() {
            by_ticket.entry(id).or_default().push(group);
        }
    }
    by_ticket
}

/// What becomes of a ticket and of everything that it stands for, by group; `None`: more must be known first.
fn track_ticket<'a>(
    decision: &mut Planner<'a>,
    id: u64,
    scopes: &[TicketScope<'a>],
) -> Option<TicketActions> {
    let ticket = decision.snapshot.ticket(id)?;
    decision.tracked.insert(id);
    decision.tracked.extend(scopes.iter().flat_map(|scope| &scope.open).map(|ticket| ticket.id.id));
    let inheritance = inherit(decision, ticket, scopes)?;
    let actions = tracking::track(decision, scopes, ticket, inheritance)?;
    Some(scopes.iter().map(|scope| scope.group.name()).zip(actions).collect())
}

/// What a ticket takes over from the duplicates of all its groups, each slice and each link once; `None`: more must
/// be known first.
fn inherit<'a>(
    decision: &mut Planner<'a>,
    ticket: &'a Ticket,
    scopes: &[TicketScope<'a>],
) -> Option<Inheritance> {
    let mut all = Inheritance::default();
    for scope in scopes.iter().filter(|scope| scope.is_group()) {
        let Inheritance { slices, linked } = duplicates::merge(decision, scope.group, ticket, &scope.open)?;
        let known: BTreeSet<SliceId> = all.slices.iter().map(Slice::id).collect();
        all.slices.extend(slices.into_iter().filter(|slice| !known.contains(&slice.id())));
        let linked: Vec<TicketId> =
            linked.into_iter().filter(|duplicate| !all.linked.contains(duplicate)).collect();
        all.linked.extend(linked);
    }
    Some(all)
}

/// A duplicate that carries the labels of several groups is closed for the first of them.
fn close_each_duplicate_once(decision: &mut Planner<'_>) {
    let mut closing = Vec::new();
    decision.plan.merges.retain(|work| {
        let is_first = !closing.contains(&work.on);
        closing.push(work.on.clone());
        is_first
    });
}

/// Notes what becomes of a group's findings: those that other tickets hold, and its own.
fn decide_group<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    split: GroupSplit<'_>,
    tracked: &HashMap<u64, TicketActions>,
) {
    let action_at = |id: u64| tracked.get(&id).and_then(|actions| actions.get(&group.name())).cloned();
    for (assignment, sightings) in split.assigned {
        let action = match assignment {
            Assignment::Linked(id) => action_at(id.id).unwrap_or(GroupAction::Tracked(id)),
            Assignment::Tracked(id) => GroupAction::Tracked(id),
            Assignment::Accepted(id) => GroupAction::Skipped(ExclusionReason::Accepted, Some(id)),
            Assignment::Closed(id) => GroupAction::Skipped(ExclusionReason::NotAffected, Some(id)),
        };
        decision.note_outcome(group, &sightings, action);
    }
    if split.own.is_empty() {
        return;
    }
    let parts = match split.main {
        Some(main) => action_at(main.id.id).map(|action| vec![(split.own, action)]),
        None => decide_without_open(decision, group, split.own),
    };
    for (sightings, action) in parts.into_iter().flatten() {
        decision.note_outcome(group, &sightings, action);
    }
}

/// What becomes of the findings of a group without an open ticket; `None`: more must be known first.
fn decide_without_open<'a>(
    decision: &mut Planner<'a>,
    group: &'a Group,
    findings: Vec<Sighting>,
) -> Option<DecidedParts> {
    let not_allowed = proposals::not_allowed(decision.input);
    // what a person accepted is not new on a pull request, so the tickets are looked for even if nothing is filed there
    let needs_tickets = not_allowed.is_none() || decision.input.pull_request_base().is_some();
    if needs_tickets && !has_read_tickets(decision, group) {
        return None;
    }
    if let Some(why) = not_allowed {
        return Some(vec![(findings, GroupAction::BranchNotTracked(why))]);
    }
    match last_done(decision, group) {
        Some(done) => recurrence::recur(decision, group, &findings, done),
        None => {
            let action = propose(decision, group, &findings, None);
            Some(vec![(findings, action)])
        }
    }
}

/// Whether a group's tickets were looked for, and its accepted ones read completely: the list of slices in their
/// records may lack what a concurrent job noted there. What is missing is asked for.
fn has_read_tickets(decision: &mut Planner<'_>, group: &Group) -> bool {
    if !decision.needs.labelled(decision.snapshot, group) {
        return false;
    }
    let accepted: Vec<&Ticket> = decision
        .candidates(group)
        .filter(|ticket| !ticket.is_open() && decision.is_ours(ticket) && is_accepted(decision.input, ticket))
        .collect();
    let unread = accepted.into_iter().filter(|ticket| !decision.needs.all_slices(decision.snapshot, ticket));
    unread.count() == 0
}

/// The newest ticket of a group that is done without having been accepted.
fn last_done<'a>(decision: &Planner<'a>, group: &Group) -> Option<&'a Ticket> {
    let done = decision.candidates(group).filter(|ticket| !ticket.is_open() && decision.is_recorded(ticket));
    done.filter(|ticket| !is_accepted(decision.input, ticket)).last()
}

//! What the base of a pull request already has, according to tickets' records: the rest is new, and `fail-on` counts
//! it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Content, Record};
use crate::model::repository::Place;
use crate::model::slice::{Entry, SliceId};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::plan::observed::observation;
use crate::plan::observed::observation::Observation;
use crate::plan::observed::rematch::rematch_within;
use crate::plan::planner::Planner;
use crate::plan::tickets::ownership::record_of;
use crate::plan::types::outcome::{GroupAction, GroupOutcome};

/// Notes which findings the base has, for groups as severe as `fail-on`, for those that have no ticket, and for those to
/// whose tickets this run adds nothing. Slices are read only if the record's digests do not answer this.
pub(crate) fn note_findings_on_base(decision: &mut Planner<'_>) {
    let (input, mut on_base) = (decision.input, BTreeSet::new());
    let Some(base) = input.pull_request_base() else { return };
    let limit = input.config.fail_on.filter(|_| input.run.pull_request.is_some());
    let groups: BTreeMap<Fingerprint, &Group> =
        input.survey.groups.iter().map(|group| (group.name(), group)).collect();
    for outcome in std::mem::take(&mut decision.plan.outcomes) {
        let is_bad = |group: &&&Group| limit.is_some_and(|limit| group.severity >= limit);
        let is_new = match outcome.action {
            GroupAction::BranchNotTracked(_) => true,
            GroupAction::Tracked(_) => input.run.pull_request.is_some() && !input.run.writes(),
            _ => false,
        };
        if let Some(group) = groups.get(&outcome.group).filter(|group| is_new || is_bad(group)) {
            on_base.extend(findings_on_base(decision, group, &outcome, base));
        }
        decision.plan.outcomes.push(outcome);
    }
    decision.plan.on_base = on_base;
}

/// The findings of an outcome that the base has; empty if more must be known first.
fn findings_on_base(
    decision: &mut Planner<'_>,
    group: &Group,
    outcome: &GroupOutcome,
    base: &str,
) -> Vec<Fingerprint> {
    let ticket = match &outcome.action {
        GroupAction::Refile(old) => decision.snapshot.ticket(old.id),
        // nothing is filed from here, so done tickets were not asked for
        GroupAction::BranchNotTracked(_) if decision.needs.labelled(decision.snapshot, group) => {
            decision.candidates(group).last()
        }
        action => action.ticket().and_then(|id| decision.snapshot.ticket(id.id)),
    };
    let Some(ticket) = ticket else { return Vec::new() };
    let Some(record) = record_of(ticket, decision.input.site) else { return Vec::new() };
    let ids: BTreeSet<&Fingerprint> = outcome.findings.iter().collect();
    let there: Vec<Sighting> = group.kept().filter(|one| ids.contains(&one.id())).copied().collect();
    let observations = observation::observe(decision.input, group, &there);
    if has_all(record, &observations, base) {
        return outcome.findings.clone();
    }
    // nothing is recorded about a base that is not tracked, so what any branch has stands in for it
    let allowed = decision.input.config.branches.allows(base).is_some();
    let is_base = |place: &Place| match place {
        Place::Branch(name) => !allowed || name == base,
        Place::PullRequest(_) => false,
    };
    // a person who linked a finding knows about it, and a ticket that it is linked to has no slice of it
    let mut on_base: Vec<Fingerprint> = there
        .iter()
        .filter(|one| record.linked.iter().any(|linked| one.is(*linked)))
        .map(Sighting::id)
        .collect();
    let stands = &record.life.stands;
    if (stands.is_empty() || stands.iter().any(is_base)) && decision.needs.slices(decision.snapshot, ticket) {
        on_base.extend(recorded_on_base(decision, ticket, &observations, is_base));
    }
    on_base
}

/// What the ticket's slices of these places hold of it.
fn recorded_on_base(
    decision: &Planner<'_>,
    ticket: &Ticket,
    observations: &[Observation],
    is_base: impl Fn(&Place) -> bool,
) -> Vec<Fingerprint> {
    let slices = decision.snapshot.slices_of(ticket.id.id).map(|(_, slice)| slice);
    let (mut entries, mut more): (BTreeMap<Fingerprint, Entry>, bool) = (BTreeMap::new(), false);
    for slice in slices.filter(|slice| is_base(&slice.place)) {
        entries.extend(slice.kept.0.iter().map(|entry| (entry.fingerprint, *entry)));
        // as for resolving, absence from a full slice proves nothing
        more |= slice.truncated;
    }
    let old: Vec<Entry> = entries.into_values().collect();
    let content = record_of(ticket, decision.input.site).map_or(Content::Findings, Record::content);
    let known = observations.iter().flat_map(|observation| {
        observation.candidates.iter().zip(rematch_within(
            decision.input.survey,
            &old,
            &observation.candidates,
            content,
        ))
    });
    known.filter(|(_, matched)| more || matched.is_some()).map(|(one, _)| one.entry.fingerprint).collect()
}

/// Whether the digests say that the same scopes have seen exactly this on the base.
fn has_all(record: &Record, observations: &[Observation], base: &str) -> bool {
    let place = Place::Branch(base.to_owned());
    observations.iter().all(|observation| {
        let known = record.slices.get(&SliceId::of(&observation.slice.scope, &place));
        known.is_some_and(|known| known.has_same_findings(observation.slice.digest()))
    })
}

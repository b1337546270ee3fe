//! Remediation by pull request (`docs/life.md`): tickets that are resolved when it is merged.

use std::collections::BTreeSet;

use crate::compose::comments;
use crate::config::CommentEvent;
use crate::model::finding::FindingKind;
use crate::model::record::{Mode, Record, State};
use crate::model::repository::Place;
use crate::model::run::Merge;
use crate::model::scan::Scope;
use crate::model::slice::{Entry, Slice, SliceId};
use crate::model::survey::Sighting;
use crate::model::ticket::{Category, Ticket};
use crate::model::write::Remote;
use crate::plan::observed::disposition::Disposition;
use crate::plan::observed::observation;
use crate::plan::observed::rematch::{Candidate, rematch};
use crate::plan::planner::Planner;
use crate::plan::pull_request::retract::{PromiseChange, RetractReason, amend, global_ids, taken_back};
use crate::plan::tickets::ownership::record_of;
use crate::plan::tickets::transitions;
use crate::plan::types::plan::Step;
use crate::plan::types::remediation::Remediation;
use crate::plan::types::snapshot::Snapshot;

/// Finds the tickets of the base that the pull request would resolve, announces it there, and retracts what is no
/// longer true.
pub(crate) fn plan_remediations(decision: &mut Planner<'_>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let own = input.run.pull_request.zip(input.run.base.clone());
    let merge = own.map(|(number, base)| Merge { number, base }).or_else(|| input.merge.cloned());
    let Some(merge) = merge else { return };
    if input.config.branches.allows(&merge.base).is_none() {
        return retract_retargeted(decision, &merge);
    }
    let number = merge.number;
    let base = Place::Branch(merge.base.clone());
    for ticket in snapshot.tickets().filter(|ticket| ticket.is_open()) {
        let Some(record) = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket)) else {
            continue;
        };
        let announced = record.remediation.contains(&number);
        let scopes = if decision.tracked.contains(&ticket.id.id) {
            Vec::new()
        } else {
            match remediated_scopes(decision, ticket, record, &base, announced) {
                Some(scopes) => scopes,
                None => continue,
            }
        };
        let news = !scopes.is_empty() && !announced && input.run.untrusted.is_none();
        if news && !decision.needs.all_slices(snapshot, ticket) {
            continue;
        }
        let whole = !scopes.is_empty() && covers(&scopes, &base, snapshot, ticket);
        if !scopes.is_empty() {
            decision.plan.remediations.push(Remediation { ticket: ticket.id.clone(), scopes });
        }
        if input.run.untrusted.is_some() {
            continue;
        }
        if whole && !announced {
            announce(decision, ticket, record, &merge);
        } else if announced && !whole && decision.proof.scopes().next().is_some() {
            let change = taken_back(input, ticket, record, number, RetractReason::SeenAgain);
            change.into_iter().for_each(|change| amend(&mut decision.plan, input, ticket, record, change));
        }
    }
}

/// Retracts what the pull request announced before its base became a branch that is not tracked.
fn retract_retargeted(decision: &mut Planner<'_>, merge: &Merge) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    if input.run.untrusted.is_some() {
        return;
    }
    for ticket in snapshot.tickets().filter(|ticket| ticket.is_open()) {
        let record = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket));
        let why = RetractReason::Retargeted(&merge.base);
        let change =
            record.and_then(|record| Some((record, taken_back(input, ticket, record, merge.number, why)?)));
        if let Some((record, change)) = change {
            amend(&mut decision.plan, input, ticket, record, change);
        }
    }
}

/// The scopes of this run that have reported a ticket's findings on the base and do not report any of them here;
/// `None`: more must be known first.
fn remediated_scopes(
    decision: &mut Planner<'_>,
    ticket: &Ticket,
    record: &Record,
    base: &Place,
    announced: bool,
) -> Option<Vec<Scope>> {
    let here: BTreeSet<&Scope> = decision.input.survey.scans.iter().map(|seen| &seen.scope).collect();
    let on_base = |scope: &&Scope| {
        record.slices.get(&SliceId::of(scope, base)).is_some_and(|digest| !digest.is_empty())
    };
    let here: Vec<&Scope> = here.into_iter().filter(on_base).collect();
    if here.is_empty() || record.life.kinds.contains(&FindingKind::Secret) {
        return Some(Vec::new());
    }
    // what was announced stays as long as nothing is seen; in other modes, it may be seen under a new name
    if announced && record.mode == Mode::Type && record.linked.is_empty() {
        return Some(here.into_iter().cloned().collect());
    }
    if !decision.needs.slices(decision.snapshot, ticket) {
        return None;
    }
    let (snapshot, id) = (decision.snapshot, ticket.id.id);
    let lacks = |scope: &&Scope| {
        let name = SliceId::of(scope, base);
        let slice = snapshot.slices_of(id).find(|(id, _)| **id == name).map(|(_, slice)| slice);
        slice.is_some_and(|slice| lacks_all(decision, scope, slice, &record.life.kinds))
    };
    Some(here.into_iter().filter(lacks).cloned().collect())
}

/// Whether a scope of this run proves that it has nothing of what a slice holds.
fn lacks_all(decision: &Planner<'_>, scope: &Scope, slice: &Slice, kinds: &BTreeSet<FindingKind>) -> bool {
    let gone = |entry: &Entry| {
        let seen = decision.proof.seen(scope, entry.fingerprint);
        seen.is_none_or(|disposition| disposition == Disposition::Gone)
            && decision.proof.looks_for(scope, entry, kinds)
    };
    let entries = &slice.kept.0;
    !slice.truncated && entries.iter().all(gone) && !has_rematched(decision, scope, entries)
}

/// Whether findings without a ticket are some of these, edited or moved.
fn has_rematched(decision: &Planner<'_>, scope: &Scope, entries: &[Entry]) -> bool {
    let now = |entry: &Entry| decision.input.survey.rule_now(entry.rule);
    let rules: BTreeSet<u32> = entries.iter().map(now).collect();
    let groups = decision.input.survey.groups.iter();
    let unknown =
        groups.filter(|group| group.mode != Mode::Type && decision.candidates(group).next().is_none());
    let mut candidates: Vec<Candidate> = Vec::new();
    for group in unknown.filter(|group| group.kept().any(|one| rules.contains(&one.rule))) {
        let there: Vec<Sighting> = group.kept().copied().collect();
        let observations = observation::observe(decision.input, group, &there);
        candidates.extend(
            observations
                .into_iter()
                .filter(|observation| observation.slice.scope == *scope)
                .flat_map(|observation| observation.candidates),
        );
    }
    rematch(decision.input.survey, entries, &candidates).iter().any(Option::is_some)
}

/// Whether no scopes other than these hold the ticket's findings on the base. Slices that were not read belong to
/// tickets where this was announced before.
fn covers(scopes: &[Scope], base: &Place, snapshot: &Snapshot, ticket: &Ticket) -> bool {
    let ids: BTreeSet<SliceId> = scopes.iter().map(|scope| SliceId::of(scope, base)).collect();
    let mut others = snapshot.slices_of(ticket.id.id).filter(|(id, _)| !ids.contains(id));
    others.all(|(_, slice)| slice.place != *base || slice.kept.0.is_empty())
}

/// Announces on a ticket that the pull request would resolve it: with a link, one comment, and a state.
fn announce(decision: &mut Planner<'_>, ticket: &Ticket, record: &Record, merge: &Merge) {
    let (input, number) = (decision.input, merge.number);
    // a ticket that is being worked on stays where people moved it; only a move that casefile makes is recorded, and
    // later undone
    let begins =
        ticket.status.category == Category::New && matches!(record.last_reported, None | Some(State::Open));
    let go = transitions::go_from(input.config, ticket, State::InProgress).filter(|_| begins);
    let go = go.map(|_| State::InProgress);
    let wanted = decision.jira.comments.contains(&CommentEvent::Remediation);
    let comment = wanted.then(|| comments::remediation(&merge.base, &input.provenance())).map(input.fit);
    let repository = &input.run.repository;
    let link = |id| Remote {
        id,
        title: format!("{} #{number}", repository.name),
        url: format!("{}/pull/{number}", repository.url()),
        resolved: false,
    };
    let change = PromiseChange {
        remediation: record.remediation.iter().copied().chain([number]).collect(),
        last_reported: go.or(record.last_reported),
        comment,
        first: global_ids(repository, number).into_iter().take(1).map(link).map(Step::Remote).collect(),
        go,
    };
    amend(&mut decision.plan, input, ticket, record, change);
}

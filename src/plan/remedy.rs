//! Remediation by pull request (`docs/life.md`): tickets that are resolved when it is merged.

use std::collections::BTreeSet;

use super::decision::Decision;
use super::gone::Lot;
use super::ours::record_of;
use super::pair::{Fresh, pair};
use super::snapshot::Snapshot;
use super::withdraw::{Change, Withdrawn, global_ids, taken_back};
use super::{Step, slices, states};
use crate::compose::comments;
use crate::config::CommentEvent;
use crate::model::finding::Kind;
use crate::model::record::{Mode, Record, State};
use crate::model::repository::Place;
use crate::model::run::Merge;
use crate::model::scan::Scope;
use crate::model::slice::{Entry, Slice, SliceId, holds_nothing};
use crate::model::survey::Sighting;
use crate::model::ticket::{Category, Ticket, TicketId};
use crate::model::write::Remote;

/// A ticket whose findings a pull request no longer has.
#[derive(Debug, Clone, PartialEq)]
pub struct Remedy {
    /// Which.
    pub ticket: TicketId,
    /// The scopes that have reported them on the base, and do not here.
    pub scopes: Vec<Scope>,
}

impl Decision<'_> {
    /// Looks which tickets of the base the pull request would resolve, tells them, and takes back what is
    /// not so any more.
    pub(super) fn remedy(&mut self) {
        let (input, snapshot) = (self.input, self.snapshot);
        let own = input.run.pull_request.zip(input.run.base.clone());
        let merge = own.map(|(number, base)| Merge { number, base }).or_else(|| input.merge.cloned());
        let Some(merge) = merge else { return };
        if input.config.branches.allows(&merge.base).is_none() {
            return self.aim_elsewhere(&merge);
        }
        let number = merge.number;
        let base = Place::Branch(merge.base.clone());
        for ticket in snapshot.tickets().filter(|ticket| ticket.is_open()) {
            let Some(record) = record_of(ticket, input.site).filter(|_| self.is_ours(ticket)) else {
                continue;
            };
            let told = record.remediation.contains(&number);
            let scopes = if self.tracked.contains(&ticket.id.id) {
                Vec::new()
            } else {
                match self.remedied(ticket, record, &base, told) {
                    Some(scopes) => scopes,
                    None => continue,
                }
            };
            let news = !scopes.is_empty() && !told && input.run.untrusted.is_none();
            if news && !self.needs.all_slices(snapshot, ticket) {
                continue;
            }
            let whole = !scopes.is_empty() && covers(&scopes, &base, snapshot, ticket);
            if !scopes.is_empty() {
                self.plan.remedies.push(Remedy { ticket: ticket.id.clone(), scopes });
            }
            if input.run.untrusted.is_some() {
                continue;
            }
            if whole && !told {
                tell(self, ticket, record, &merge);
            } else if told && !whole && self.proof.scopes().next().is_some() {
                let change = taken_back(input, ticket, record, number, Withdrawn::SeenAgain);
                change.into_iter().for_each(|change| self.plan.amend(input, ticket, record, change));
            }
        }
    }

    /// Takes back what the pull request said before its base became a branch that is not allowed.
    fn aim_elsewhere(&mut self, merge: &Merge) {
        let (input, snapshot) = (self.input, self.snapshot);
        if input.run.untrusted.is_some() {
            return;
        }
        for ticket in snapshot.tickets().filter(|ticket| ticket.is_open()) {
            let record = record_of(ticket, input.site).filter(|_| self.is_ours(ticket));
            let why = Withdrawn::Retargeted(&merge.base);
            let change = record
                .and_then(|record| Some((record, taken_back(input, ticket, record, merge.number, why)?)));
            if let Some((record, change)) = change {
                self.plan.amend(input, ticket, record, change);
            }
        }
    }

    /// The scopes of this run that have reported a ticket's findings on the base and do not report any of
    /// them here; `None`: more must be known first.
    fn remedied(&mut self, ticket: &Ticket, record: &Record, base: &Place, told: bool) -> Option<Vec<Scope>> {
        let here: BTreeSet<&Scope> = self.input.survey.scans.iter().map(|seen| &seen.scope).collect();
        let on_base = |scope: &&Scope| {
            record.slices.get(&SliceId::of(scope, base)).is_some_and(|digest| !holds_nothing(digest))
        };
        let here: Vec<&Scope> = here.into_iter().filter(on_base).collect();
        if here.is_empty() || record.life.kinds.contains(&Kind::Secret) {
            return Some(Vec::new());
        }
        // what was told stays so as long as nothing is seen; in other modes it may be seen under a new name
        if told && record.mode == Mode::Type && record.linked.is_empty() {
            return Some(here.into_iter().cloned().collect());
        }
        if !self.needs.slices(self.snapshot, ticket) {
            return None;
        }
        let (snapshot, id) = (self.snapshot, ticket.id.id);
        let lacks = |scope: &&Scope| {
            let name = SliceId::of(scope, base);
            let slice = snapshot.slices_of(id).find(|(id, _)| **id == name).map(|(_, slice)| slice);
            slice.is_some_and(|slice| self.lacks(scope, slice, &record.life.kinds))
        };
        Some(here.into_iter().filter(lacks).cloned().collect())
    }

    /// Whether a scope of this run proves that it has nothing of what a slice holds.
    fn lacks(&self, scope: &Scope, slice: &Slice, kinds: &BTreeSet<Kind>) -> bool {
        let gone = |entry: &Entry| {
            let seen = self.proof.seen(scope, entry.fingerprint);
            seen.is_none_or(|lot| lot == Lot::Gone) && self.proof.looks_for(scope, entry, kinds)
        };
        let entries = &slice.kept.0;
        !slice.truncated && entries.iter().all(gone) && !self.has_again(scope, entries)
    }

    /// Whether findings without a ticket are some of these, edited or moved.
    fn has_again(&self, scope: &Scope, entries: &[Entry]) -> bool {
        let now = |entry: &Entry| self.input.survey.rule_now(entry.rule);
        let rules: BTreeSet<u32> = entries.iter().map(now).collect();
        let groups = self.input.survey.groups.iter();
        let unknown =
            groups.filter(|group| group.mode != Mode::Type && self.candidates(group).next().is_none());
        let mut fresh: Vec<Fresh> = Vec::new();
        for group in unknown.filter(|group| group.kept().any(|one| rules.contains(&one.rule))) {
            let there: Vec<Sighting> = group.kept().copied().collect();
            let looks = slices::looks(self.input, group, &there);
            fresh.extend(
                looks.into_iter().filter(|look| look.slice.scope == *scope).flat_map(|look| look.fresh),
            );
        }
        pair(self.input.survey, entries, &fresh).iter().any(Option::is_some)
    }
}

/// Whether these scopes are all that hold the ticket's findings on the base. Slices that were not read are
/// those of a ticket that was told already.
fn covers(scopes: &[Scope], base: &Place, snapshot: &Snapshot, ticket: &Ticket) -> bool {
    let ids: BTreeSet<SliceId> = scopes.iter().map(|scope| SliceId::of(scope, base)).collect();
    let mut others = snapshot.slices_of(ticket.id.id).filter(|(id, _)| !ids.contains(id));
    others.all(|(_, slice)| slice.place != *base || slice.kept.0.is_empty())
}

/// Tells a ticket that the pull request would resolve it: a link, one comment, and a state.
fn tell(decision: &mut Decision<'_>, ticket: &Ticket, record: &Record, merge: &Merge) {
    let (input, number) = (decision.input, merge.number);
    // work that has begun is where people have it; only what casefile moves itself is it told, and taken back
    let begins = ticket.status.category == Category::New && matches!(record.told, None | Some(State::Open));
    let go = states::go_from(input.config, ticket, State::InProgress).filter(|_| begins);
    let go = go.map(|_| State::InProgress);
    let wanted = decision.jira.comments.contains(&CommentEvent::Remediation);
    let comment = wanted.then(|| comments::remediation(&merge.base, &input.run.provenance())).map(input.fit);
    let repository = &input.run.repository;
    let link = |id| Remote {
        id,
        title: format!("{} #{number}", repository.name),
        url: format!("{}/pull/{number}", repository.url()),
        resolved: false,
    };
    let change = Change {
        remediation: record.remediation.iter().copied().chain([number]).collect(),
        told: go.or(record.told),
        comment,
        first: global_ids(repository, number).into_iter().take(1).map(link).map(Step::Remote).collect(),
        go,
    };
    decision.plan.amend(input, ticket, record, change);
}

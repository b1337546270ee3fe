//! A group whose name changed because its finding was edited or moved takes over the ticket that the finding left. In
//! mode `type` names do not change in this way, so nothing is looked for.

use std::collections::{BTreeSet, HashMap};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::slice::{Entry, Slice};
use crate::model::survey::Sighting;
use crate::plan::observed::observation;
use crate::plan::observed::rematch::{Candidate, rematch};
use crate::plan::planner::Planner;
use crate::plan::tickets::assignments::Assignment;
use crate::plan::tickets::ownership::record_of;

/// The tickets that groups without a ticket take over, by the group's name.
pub(crate) fn carry_over(decision: &mut Planner<'_>) -> HashMap<Fingerprint, u64> {
    let routes: BTreeSet<_> = decision.input.survey.groups.iter().map(|group| group.route.as_ref()).collect();
    routes.into_iter().flat_map(|route| carry_over_on(decision, route)).collect()
}

/// The same, among the additional tickets of one route, or among the findings' own tickets.
fn carry_over_on(decision: &mut Planner<'_>, route: Option<&String>) -> HashMap<Fingerprint, u64> {
    let input = decision.input;
    let mut candidates: Vec<(Fingerprint, Candidate)> = Vec::new();
    for group in input.survey.groups.iter().filter(|group| group.route.as_ref() == route) {
        if group.mode == Mode::Type || decision.candidates(group).next().is_some() {
            continue;
        }
        let linked = |one: &Sighting| {
            matches!(decision.assignments.of_finding(group, one), Some(Assignment::Linked(_)))
        };
        let there: Vec<Sighting> = group.kept().filter(|one| !linked(one)).copied().collect();
        let observations = observation::observe(input, group, &there);
        candidates.extend(
            observations
                .into_iter()
                .flat_map(|observation| observation.candidates)
                .map(|one| (group.name(), one)),
        );
    }
    let rules: BTreeSet<u32> = candidates.iter().map(|(_, one)| one.entry.rule).collect();
    if candidates.is_empty() {
        return HashMap::new();
    }

    let names: BTreeSet<Fingerprint> =
        input.survey.groups.iter().flat_map(|group| group.names.iter().copied()).collect();
    let mut old: Vec<(u64, Entry)> = Vec::new();
    for ticket in decision.snapshot.tickets() {
        let Some(record) = record_of(ticket, input.site) else { continue };
        let left = ticket.is_open()
            && decision.is_ours(ticket)
            && record.mode != Mode::Type
            && record.route.as_ref() == route
            && record.rules.iter().any(|rule| rules.contains(&input.survey.rule_now(*rule)))
            && !ticket.all_names().iter().any(|name| names.contains(name));
        if left {
            decision.needs.slices(decision.snapshot, ticket);
            let slices = decision.snapshot.slices_of(ticket.id.id);
            let here = slices.filter(|(_, slice)| {
                input.survey.scans.iter().any(|seen| seen.scope == slice.scope && seen.whole)
            });
            // what was linked finding by finding says nothing about a whole file, and nothing as long as it is still
            // present
            let stays = |entry: &Entry, slice: &Slice| {
                record.linked.contains(&entry.fingerprint)
                    && (decision.proof.seen(&slice.scope, entry.fingerprint).is_some()
                        || (record.mode == Mode::File && ticket.names().next().is_none()))
            };
            let entries = here.flat_map(|(_, slice)| slice.kept.0.iter().map(move |entry| (entry, slice)));
            let entries = entries.filter(|(entry, slice)| !stays(entry, slice));
            old.extend(entries.map(|(entry, _)| (ticket.id.id, *entry)));
        }
    }
    let entries: Vec<Entry> = old.iter().map(|(_, entry)| *entry).collect();
    let only: Vec<Candidate> = candidates.iter().map(|(_, one)| *one).collect();
    let mut carried_over: HashMap<Fingerprint, u64> = HashMap::new();
    let mut taken = BTreeSet::new();
    for ((name, _), matched) in candidates.iter().zip(rematch(input.survey, &entries, &only)) {
        if let Some(matched) = matched
            && !carried_over.contains_key(name)
            && taken.insert(old[matched].0)
        {
            carried_over.insert(*name, old[matched].0);
        }
    }
    carried_over
}

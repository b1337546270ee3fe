//! The findings that deserve separate attention: those that reached `fail-on`, the new ones of a pull request that have
//! no ticket, and those that are skipped.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::tickets::action;
use crate::cli::output::pointing;
use crate::compose::pointed::PointedFinding;
use crate::compose::section::TicketDetail;
use crate::document::Inline;
use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Group, Sighting};
use crate::page::FindingTable;
use crate::pipeline::finding::{NewcomerDocument, ReachingFinding};
use crate::pipeline::gate::FailOnGate;
use crate::pipeline::result::{CommandOutcome, ResultTicket, RunResult};

/// How many skipped findings are listed.
const SKIPPED: usize = 100;

/// What reached `fail-on`, with the tickets, if that may be shown.
pub(super) fn reaching(result: &RunResult, unfiled: &[ResultTicket], detail: TicketDetail) -> FindingTable {
    let without_key = result.tickets.iter().chain(unfiled).filter(|ticket| ticket.key.is_none());
    let of_ticket = |ticket: &'_ ResultTicket| {
        let action = action(ticket);
        ticket.findings.iter().map(|id| (*id, action)).collect::<Vec<_>>()
    };
    let actions: HashMap<Fingerprint, &str> = without_key.flat_map(of_ticket).collect();
    let note = |one: &ReachingFinding| match actions.get(&one.finding.id) {
        Some(action) if one.ticket.is_none() => Inline::text(*action),
        _ => pointing::ticket(one, result),
    };
    let gate = result.fail_on.as_ref().filter(|_| detail == TicketDetail::Full);
    FindingTable {
        id: "reached",
        heading: "Findings that reached fail-on",
        notes: "Ticket",
        rows: gate
            .iter()
            .flat_map(|gate| gate.reached())
            .map(|one| (one.finding.clone(), note(one)))
            .collect(),
        all: gate.map_or(0, FailOnGate::count),
    }
}

/// The pull request's new findings that have no ticket, with the reasons.
pub(super) fn new(result: &RunResult) -> FindingTable {
    let new = result.without_ticket.as_ref();
    let base = new.and_then(|new| new.base.as_deref());
    let row = |one: &NewcomerDocument| (one.finding.clone(), Inline::text(one.reason.describe(base)));
    FindingTable {
        id: "new",
        heading: "New findings without a ticket",
        notes: "Why",
        rows: new.iter().flat_map(|new| &new.findings).map(row).collect(),
        all: new.map_or(0, |new| new.count),
    }
}

/// The findings that are skipped, with the reasons; without those that are listed as new.
pub(super) fn skipped(outcome: &CommandOutcome) -> FindingTable {
    let (survey, result) = (&outcome.survey, &outcome.result);
    let new = result.without_ticket.iter().flat_map(|new| &new.findings);
    let listed: HashSet<Fingerprint> = new.map(|one| one.finding.id).collect();
    let mut all: Vec<(&Group, &Sighting, ExclusionReason)> = Vec::new();
    for group in survey.own() {
        let of_group = result.skipped_groups.get(&group.name()).copied();
        let reason = |one: &Sighting| one.skipped.or(of_group).filter(|_| !listed.contains(&one.id()));
        all.extend(group.sightings.iter().filter_map(|one| Some((group, one, reason(one)?))));
    }
    all.sort_by_key(|(_, one, _)| Reverse(one.severity));
    let row = |&(group, one, reason): &(&Group, &Sighting, ExclusionReason)| {
        let why = match survey.justifications.get(&one.id()) {
            Some(words) if !words.is_empty() => format!("{reason}: {words}"),
            _ => reason.to_string(),
        };
        (PointedFinding::of(group, survey, one), Inline::text(why))
    };
    let rows = all.iter().take(SKIPPED).map(row).collect();
    FindingTable { id: "skipped", heading: "Skipped findings", notes: "Why", rows, all: all.len() }
}

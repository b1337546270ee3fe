//! The tickets of a run, and what could not be filed.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::cli::output::rows::word;
use crate::cli::output::ticket_findings::TicketFindings;
use crate::compose::section::TicketDetail;
use crate::export::Item;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::Sighting;
use crate::page::RunTicket;
use crate::pipeline::gate::FailOnGate;
use crate::pipeline::result::{Action, CommandOutcome, ResultTicket, RunResult};

/// How many findings of a ticket are listed.
const LISTED: usize = 50;

/// What could not be filed and is not in the result, because the tracker could not be read: as tickets that do not
/// exist yet, each with the findings that it would have.
pub(super) fn unfiled(outcome: &CommandOutcome, seen: &TicketFindings<'_>) -> Vec<ResultTicket> {
    let named: HashSet<Fingerprint> = outcome.result.tickets.iter().map(|ticket| ticket.group).collect();
    let ticket = |item: &Item| {
        let ids = seen.group(item.group).map(|group| group.kept().map(Sighting::id).collect());
        ResultTicket {
            key: None,
            url: None,
            action: Action::Failed,
            group: item.group,
            findings: ids.unwrap_or_default(),
            summary: item.summary.clone(),
            severity: Some(item.severity),
            status: None,
            project: Some(item.project.clone()),
            due: None,
            resolved_on_merge: false,
        }
    };
    outcome.unfiled.iter().filter(|item| !named.contains(&item.group)).map(ticket).collect()
}

/// The tickets in the order of the other outputs, and then what could not be filed.
pub(super) fn rows(
    result: &RunResult,
    unfiled: &[ResultTicket],
    seen: &TicketFindings<'_>,
    detail: TicketDetail,
) -> Vec<RunTicket> {
    let gate = result.fail_on.as_ref().filter(|_| detail == TicketDetail::Full);
    let result = result.within(detail);
    let mut tickets: Vec<&ResultTicket> = result.tickets.iter().collect();
    tickets.sort_by_key(|ticket| (ticket.action, Reverse(ticket.severity)));
    tickets.extend(unfiled.iter().filter(|_| detail == TicketDetail::Full));
    tickets.into_iter().map(|ticket| row(ticket, seen, gate)).collect()
}

fn row(ticket: &ResultTicket, seen: &TicketFindings<'_>, gate: Option<&FailOnGate>) -> RunTicket {
    let findings = seen.worst(ticket, LISTED);
    RunTicket {
        key: ticket.key.clone(),
        url: ticket.url.clone().unwrap_or_default(),
        action: action(ticket),
        summary: ticket.summary.clone(),
        severity: ticket.severity,
        reached: gate.map(|gate| ticket.findings.iter().any(|id| gate.has(*id))),
        status: ticket.status.clone().unwrap_or_default(),
        project: ticket.project.clone().unwrap_or_default(),
        // the places of findings that are gone are not known
        more: if findings.is_empty() { 0 } else { ticket.findings.len().saturating_sub(findings.len()) },
        findings,
    }
}

/// What became of a ticket, in a word.
pub(super) fn action(ticket: &ResultTicket) -> &'static str {
    match (ticket.action, &ticket.key) {
        (Action::Failed, None) => "not filed",
        (action, _) => word(action),
    }
}

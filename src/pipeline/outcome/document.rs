//! The JSON result as it is written (`docs/contract.md`): with each finding taken from the survey, so that a million of
//! them are not copied first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::survey::{Group, ReadReport, Sighting, Survey};
use crate::pipeline::outcome::finding::{FindingDocument, WithoutTicket};
use crate::pipeline::outcome::gate::FailOnGate;
use crate::pipeline::outcome::result::{Branch, Findings, RunResult};
use crate::pipeline::outcome::ticket::{PullRequest, Requests, ResultTicket};
use crate::pipeline::stages::alerts::ChangedAlert;

/// The JSON result, version 1.
#[derive(Serialize)]
pub(crate) struct ResultDocument<'a> {
    version: u32,
    branch: &'a Branch,
    reports: &'a [ReadReport],
    findings: &'a Findings,
    tickets: Vec<TicketDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without_ticket: Option<&'a WithoutTicket>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alerts: &'a [ChangedAlert],
    #[serde(skip_serializing_if = "Option::is_none")]
    pull_request: Option<&'a PullRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fail_on: Option<&'a FailOnGate>,
    problems: &'a [Problem],
    requests: &'a Requests,
}

#[derive(Serialize)]
struct TicketDocument<'a> {
    #[serde(flatten)]
    ticket: &'a ResultTicket,
    findings: TicketFindings<'a>,
}

struct TicketFindings<'a> {
    survey: &'a Survey,
    group: Option<&'a Group>,
    ids: &'a [Fingerprint],
}

impl<'a> ResultDocument<'a> {
    /// A result with the survey that it is about.
    pub(crate) fn of(result: &'a RunResult, survey: &'a Survey) -> ResultDocument<'a> {
        let groups: BTreeMap<Fingerprint, &Group> =
            survey.groups.iter().map(|group| (group.name(), group)).collect();
        let ticket = |ticket: &'a ResultTicket| {
            let group = groups.get(&ticket.group).copied();
            TicketDocument { ticket, findings: TicketFindings { survey, group, ids: &ticket.findings } }
        };
        ResultDocument {
            version: RunResult::VERSION,
            branch: &result.branch,
            reports: &result.reports,
            findings: &result.findings,
            tickets: result.tickets.iter().map(ticket).collect(),
            without_ticket: result.without_ticket.as_ref(),
            alerts: &result.alerts,
            pull_request: result.pull_request.as_ref(),
            fail_on: result.fail_on.as_ref(),
            problems: &result.problems,
            requests: &result.requests,
        }
    }
}

impl Serialize for TicketFindings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sightings = self.group.map_or(&[][..], |group| &group.sightings);
        let mut by_id: Vec<(Fingerprint, &Sighting)> =
            sightings.iter().map(|sighting| (sighting.id(), sighting)).collect();
        // a stable sort, so that among equals the first by place is used
        by_id.sort_by_key(|(id, sighting)| (*id, Reverse(sighting.severity)));
        let mut list = serializer.serialize_seq(Some(self.ids.len()))?;
        for id in self.ids {
            let at = by_id.partition_point(|(known, _)| known < id);
            let seen = by_id.get(at).filter(|(known, _)| known == id).map(|(_, sighting)| *sighting);
            list.serialize_element(&FindingDocument {
                id: *id,
                rule: seen.map_or("", |seen| self.survey.rule(seen)),
                path: seen.map_or("", |seen| self.survey.path(seen)),
                line: seen.map_or(0, |seen| seen.line),
                severity: seen.map(|seen| seen.severity),
                scanner: seen.map_or("", |seen| self.survey.scanner(seen)),
            })?;
        }
        list.end()
    }
}

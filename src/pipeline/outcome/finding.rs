//! Findings as results show them.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::compose::pointed::PointedFinding;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::{NewGroup, NoTicket, counted};
use crate::model::severity::Severity;

/// The findings that the pull request introduces and that have no ticket.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WithoutTicket {
    /// How many findings there are.
    pub count: usize,
    /// How many there are for each reason.
    pub reasons: BTreeMap<NoTicket, usize>,
    /// The worst of them; empty where everybody can read it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<NewcomerDocument>,
    /// How many tickets they will be, for each reason.
    #[serde(skip)]
    pub tickets: BTreeMap<NoTicket, usize>,
    /// How many of them do not reach `fail-on`.
    #[serde(skip)]
    pub milder: usize,
    /// How many of them share their ticket with one that reaches `fail-on`, or reach it themselves.
    #[serde(skip)]
    pub beside_failing: usize,
    /// The branch that files them when the pull request is merged, if there is one.
    #[serde(skip)]
    pub base: Option<String>,
}

/// A finding without a ticket.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewcomerDocument {
    /// The finding.
    #[serde(flatten, serialize_with = "pointed")]
    pub finding: PointedFinding,
    /// Why it has no ticket.
    pub reason: NoTicket,
    /// The name of its group.
    #[serde(skip)]
    pub group: Fingerprint,
    /// Whether it reaches `fail-on`, which also lists it.
    #[serde(skip)]
    pub fails: bool,
}

/// The findings of one ticket that the pull request introduces and that have no ticket yet, or reach `fail-on`.
#[derive(Debug, Clone)]
pub(crate) struct NewGroupRow {
    /// What is said about them.
    pub group: NewGroup,
    /// The key of their ticket, if they have one.
    pub key: Option<String>,
}

/// New findings by their tickets.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewGroups {
    /// The worst of those with a finding that reaches `fail-on`, and then the worst of the others.
    pub rows: Vec<NewGroupRow>,
    /// How many findings reach `fail-on`.
    pub failing: usize,
}

impl WithoutTicket {
    /// How many findings there are, and how many tickets they will be, or that they have none.
    pub(crate) fn heading(&self) -> String {
        let words = counted(self.count, self.tickets.values().sum(), self.reasons.keys().copied());
        let joins = self.reasons.contains_key(&NoTicket::JoinsOnMerge);
        if joins || self.count > 1 && self.becomes_tickets() {
            words
        } else {
            format!("{words} without a ticket")
        }
    }

    fn becomes_tickets(&self) -> bool {
        !self.tickets.is_empty() && self.reasons.keys().all(|why| why.becomes_ticket())
    }

    /// How many there are for each reason, one line each.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        let tickets = |why| self.tickets.get(why).copied().unwrap_or(0);
        self.reasons.iter().map(move |(why, count)| why.line(*count, tickets(why), self.base.as_deref()))
    }
}

/// A finding that reached `fail-on`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReachingFinding {
    /// The finding.
    #[serde(flatten, serialize_with = "pointed")]
    pub finding: PointedFinding,
    /// The key of its ticket, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// A finding; if this run did not see it, only its identity is known.
#[derive(Serialize)]
pub(crate) struct FindingDocument<'a> {
    pub(crate) id: Fingerprint,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) rule: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) path: &'a str,
    #[serde(skip_serializing_if = "is_no_line")]
    pub(crate) line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<Severity>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) scanner: &'a str,
}

/// A finding in the same form as under its ticket.
pub(crate) fn pointed<S: Serializer>(one: &PointedFinding, serializer: S) -> Result<S::Ok, S::Error> {
    FindingDocument {
        id: one.id,
        rule: &one.rule,
        path: &one.path,
        line: one.line,
        severity: Some(one.severity),
        scanner: &one.scanner,
    }
    .serialize(serializer)
}

fn is_no_line(line: &u32) -> bool {
    *line == 0
}

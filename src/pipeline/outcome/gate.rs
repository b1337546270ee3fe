//! What reached `fail-on`, so that a command ends with exit code 1.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use crate::compose::pointed::PointedFinding;
use crate::compose::section::TicketDetail;
use crate::config::Config;
use crate::model::fingerprint::Fingerprint;
use crate::model::new_finding::NewFindings;
use crate::model::run::Run;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting, Survey};
use crate::pipeline::outcome::finding::ReachingFinding;

/// How many tickets are named in a line.
const NAMED: usize = 10;

/// What reached `fail-on`: on a pull request, only findings that its base does not have.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FailOnGate {
    /// `fail-on` itself; omitted where everybody can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    /// How many findings have at least this severity.
    findings: usize,
    /// The keys of their tickets, as far as they have any; omitted where everybody can read it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    keys: BTreeSet<String>,
    /// The worst of them, so that people find them; omitted where everybody can read it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reached: Vec<ReachingFinding>,
    /// The findings that were counted: a report may list one more than once.
    #[serde(skip)]
    seen: HashSet<Fingerprint>,
}

impl FailOnGate {
    /// The gate of a configuration, which nothing has reached yet.
    pub(crate) fn of(config: &Config) -> Option<FailOnGate> {
        let severity = config.fail_on?;
        Some(FailOnGate {
            severity: Some(severity),
            findings: 0,
            keys: BTreeSet::new(),
            reached: Vec::new(),
            seen: HashSet::new(),
        })
    }

    /// Compares a finding with it, with the key of its ticket, if it has one.
    pub(crate) fn add(&mut self, finding: (&Group, &Survey, &Sighting), key: Option<&str>) {
        let (group, survey, one) = finding;
        if self.severity.is_none_or(|limit| one.severity < limit) {
            return;
        }
        self.findings += usize::from(self.seen.insert(one.id()));
        self.point((group, survey, one), key);
        if let Some(key) = key.filter(|key| !self.keys.contains(*key)) {
            self.keys.insert(key.to_owned());
        }
    }

    /// Remembers the worst, each once.
    fn point(&mut self, (group, survey, one): (&Group, &Survey, &Sighting), key: Option<&str>) {
        let is_full = self.reached.len() >= NewFindings::LISTED;
        let is_milder = |least: &ReachingFinding| least.finding.severity >= one.severity;
        let is_known = |known: &ReachingFinding| known.finding.id == one.id();
        if is_full && self.reached.last().is_some_and(is_milder) || self.reached.iter().any(is_known) {
            return;
        }
        let finding = PointedFinding::of(group, survey, one);
        let order = |one: &PointedFinding| (Reverse(one.severity), one.path.clone(), one.line);
        let at = self.reached.partition_point(|known| order(&known.finding) <= order(&finding));
        self.reached.insert(at, ReachingFinding { finding, ticket: key.map(str::to_owned) });
        self.reached.truncate(NewFindings::LISTED);
    }

    /// The worst of the findings that reached it.
    pub(crate) fn reached(&self) -> &[ReachingFinding] {
        &self.reached
    }

    /// Whether it was reached by this finding.
    pub(crate) fn has(&self, finding: Fingerprint) -> bool {
        self.seen.contains(&finding)
    }

    /// How many findings reached it.
    pub(crate) fn count(&self) -> usize {
        self.findings
    }

    /// Whether a finding reached it.
    pub(crate) fn is_reached(&self) -> bool {
        self.findings > 0
    }

    /// What reached it, in one line, as far as a place may show it; nothing if nothing did. `is_pull_request`: findings
    /// of the base do not count.
    pub(crate) fn line(&self, is_pull_request: bool, detail: TicketDetail) -> Option<String> {
        let mut line = self.counted(is_pull_request, detail)?;
        let FailOnGate { keys, .. } = self.within(detail);
        let mut keys: Vec<&String> = keys.iter().collect();
        // the numbers in keys have no leading zeros
        keys.sort_by_key(|key| (key.len(), *key));
        if !keys.is_empty() {
            let named: Vec<&str> = keys.iter().take(NAMED).map(|key| key.as_str()).collect();
            let left = keys.len() - named.len();
            let more = if left > 0 { format!(" and {left} more") } else { String::new() };
            line += &format!(": {}{more}", named.join(", "));
        }
        Some(line)
    }

    /// How many findings reached it, in one line.
    pub(crate) fn counted(&self, is_pull_request: bool, detail: TicketDetail) -> Option<String> {
        let FailOnGate { severity, findings, .. } = self.within(detail);
        let noun = if findings == 1 { "finding" } else { "findings" };
        let lacking = if is_pull_request { " that the base does not have" } else { "" };
        let bad = severity.map_or(String::new(), |severity| format!(": {}", severity.name()));
        (findings > 0).then(|| format!("fail-on{bad} was reached by {findings} {noun}{lacking}"))
    }

    /// The same as far as a place may show it: severities are not for everybody to see.
    #[must_use]
    pub(crate) fn within(&self, detail: TicketDetail) -> FailOnGate {
        match detail {
            TicketDetail::Full => FailOnGate {
                severity: self.severity,
                findings: self.findings,
                keys: self.keys.clone(),
                reached: self.reached.clone(),
                seen: HashSet::new(),
            },
            _ => FailOnGate {
                severity: None,
                findings: self.findings,
                keys: BTreeSet::new(),
                reached: Vec::new(),
                seen: HashSet::new(),
            },
        }
    }
}

/// What is reported if the tracker knows nothing about a pull request's base, so that `fail-on` counts nothing.
pub(crate) fn ungated(config: &Config, run: &Run) -> Option<Problem> {
    config.fail_on.filter(|_| run.pull_request.is_some())?;
    let message = "fail-on was not applied, because the findings on the base branch are not known";
    Some(Problem::new("tracker", message))
}

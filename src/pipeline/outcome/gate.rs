//! What reached `fail-on`, and so why a command ends with exit code 1.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::compose::section::TicketDetail;
use crate::config::Config;
use crate::model::run::Run;
use crate::model::scan::Problem;
use crate::model::severity::Severity;

/// How many tickets are named in a line.
const NAMED: usize = 10;

/// What reached `fail-on`: on a pull request only findings that its base lacks.
#[derive(Debug, Clone, Serialize)]
pub struct FailOnGate {
    /// `fail-on` itself; not told where everybody can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    /// How many findings are as bad as this, or worse.
    findings: usize,
    /// The keys of their tickets, as far as there are such; not told where everybody can read.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    keys: BTreeSet<String>,
}

impl FailOnGate {
    /// The gate of a configuration, which nothing has reached yet.
    pub(crate) fn of(config: &Config) -> Option<FailOnGate> {
        let severity = config.fail_on?;
        Some(FailOnGate { severity: Some(severity), findings: 0, keys: BTreeSet::new() })
    }

    /// Holds a finding against it, with the key of its ticket, where there is one.
    pub(crate) fn add(&mut self, severity: Severity, key: Option<&str>) {
        if self.severity.is_none_or(|limit| severity < limit) {
            return;
        }
        self.findings += 1;
        if let Some(key) = key.filter(|key| !self.keys.contains(*key)) {
            self.keys.insert(key.to_owned());
        }
    }

    /// Whether a finding reached it.
    pub fn is_reached(&self) -> bool {
        self.findings > 0
    }

    /// What reached it, in one line, as far as a place may tell it; nothing where nothing did. `is_pull_request`:
    /// what the base has did not count.
    pub fn told(&self, is_pull_request: bool, detail: TicketDetail) -> Option<String> {
        let FailOnGate { severity, findings, keys } = self.within(detail);
        let mut keys: Vec<&String> = keys.iter().collect();
        // the numbers of keys have no leading zeros
        keys.sort_by_key(|key| (key.len(), *key));
        let noun = if findings == 1 { "finding" } else { "findings" };
        let lacking = if is_pull_request { " that the base lacks" } else { "" };
        let bad = severity.map_or(String::new(), |severity| format!(": {}", severity.name()));
        let mut line = format!("fail-on{bad} was reached by {findings} {noun}{lacking}");
        if !keys.is_empty() {
            let named: Vec<&str> = keys.iter().take(NAMED).map(|key| key.as_str()).collect();
            let left = keys.len() - named.len();
            let more = if left > 0 { format!(" and {left} more") } else { String::new() };
            line += &format!(": {}{more}", named.join(", "));
        }
        (findings > 0).then_some(line)
    }

    /// The same as far as a place may tell it: how bad anything is, is not told everybody.
    #[must_use]
    pub(crate) fn within(&self, detail: TicketDetail) -> FailOnGate {
        match detail {
            TicketDetail::Full => self.clone(),
            _ => FailOnGate { severity: None, findings: self.findings, keys: BTreeSet::new() },
        }
    }
}

/// What is said where the tracker tells nothing of a pull request's base, so that `fail-on` counts nothing.
pub fn ungated(config: &Config, run: &Run) -> Option<Problem> {
    config.fail_on.filter(|_| run.pull_request.is_some())?;
    let message = "fail-on could not be held against the base: what that has is not known";
    Some(Problem::new("tracker", message))
}

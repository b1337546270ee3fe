//! The configuration file as serde sees it: every key of the documentation, none of them checked.
//! The JSON Schema is made from these types, so their comments are what an editor shows.

mod either;
mod jira;
mod serve;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use either::{OneOf, OneOrMany, ScalarText};
pub(super) use jira::{Computed, RawFieldValue, RawJira, RawOwner, RawRoute, RawStateTarget};
pub(super) use serve::{RawServe, RawSite};

use super::words::{
    Annotate, BranchSide, Create, DetailLevel, FindingScope, RecurrenceAction, Slack, TrackerKind,
};
use crate::model::finding::{Confidence, FindingKind};
use crate::model::record::Mode;
use crate::model::severity::Severity;

/// casefile: which reports are read, which findings become tickets, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "casefile configuration")]
pub(super) struct Raw {
    /// The scanners' reports: globs, or entries with more settings. The format is recognised by the content.
    /// `github:code-scanning`, `github:dependabot` and `github:secret-scanning` are GitHub's own
    /// alerts. Default: `**/*.sarif` and `**/*.sarif.json`.
    pub(super) reports: Option<OneOrMany<OneOf<String, RawReport>>>,
    /// The identities of the repository: its current name first, e.g. `github.com/acme/shop`, then its former names;
    /// also GitHub's ID as `host#4711`. Tickets under any of them are its own. At most 7.
    pub(super) repository: Option<OneOrMany<String>>,
    /// The branches whose findings become tickets, at most 50, in the pattern syntax of GitHub's
    /// `on.push.branches`. Default: all.
    pub(super) branches: Option<OneOrMany<String>>,
    /// Whether all findings become tickets (`auto`), or only those that `run --only` names.
    pub(super) create: Option<Create>,
    /// Less severe findings are skipped. Default: `low`.
    pub(super) minimum_severity: Option<Severity>,
    /// Overrides the scanners' severities: the first entry whose conditions are all met decides.
    pub(super) severities: Option<OneOrMany<RawSeverity>>,
    /// What one ticket stands for: a finding (`vulnerability`), a rule or advisory (`type`), a `file`, or a
    /// `package` with all its advisories. One word, or one for each kind. Default: `type`.
    pub(super) group_by: Option<OneOf<Mode, BTreeMap<FindingKind, Mode>>>,
    /// The prefix of each ticket's summary. Default: `[casefile]`.
    pub(super) summary_prefix: Option<String>,
    /// Minimum severity of a reported finding that fails the step. Default: none.
    pub(super) fail_on: Option<Severity>,
    /// At most this many new tickets per run, most severe first; the others are deferred. Default: 100.
    #[schemars(range(max = 10000))]
    pub(super) max_new: Option<u32>,
    /// A file that `plan --write-baseline` wrote: its findings are skipped.
    pub(super) baseline: Option<String>,
    /// Findings to skip: those that meet all conditions of an entry.
    pub(super) ignore: Option<OneOrMany<RawIgnore>>,
    /// Certificates (PEM) to trust in addition to the system's.
    pub(super) ca_file: Option<ScalarText>,
    /// The client certificate (PEM), where Jira's server asks for one (mTLS).
    pub(super) client_cert: Option<ScalarText>,
    /// The private key (PEM) of that certificate.
    pub(super) client_key: Option<ScalarText>,
    /// The proxy for requests to the tracker, without credentials.
    #[schemars(url)]
    pub(super) proxy: Option<String>,
    /// Where and how tickets are created in Jira.
    pub(super) jira: Option<RawJira>,
    /// Findings that are filed elsewhere. The first match wins, unless it says `continue: true`.
    pub(super) routes: Option<OneOrMany<RawRoute>>,
    /// How teams and people of CODEOWNERS are represented in Jira, e.g. `"@acme/payments"`.
    pub(super) owners: Option<BTreeMap<String, RawOwner>>,
    /// The Jira status for each state of a finding. Tickets are not moved for a state that is left out.
    pub(super) states: Option<RawStates>,
    /// What to do when a finding is detected although its ticket is done.
    pub(super) recurrence: Option<RawRecurrence>,
    /// How pull requests are handled.
    pub(super) pull_request: Option<RawPullRequest>,
    /// How `refresh` works.
    pub(super) refresh: Option<RawRefresh>,
    /// What is written back to GitHub.
    pub(super) github: Option<RawGithub>,
    /// Who is notified about runs.
    pub(super) notify: Option<RawNotify>,
    /// What `casefile serve` serves.
    pub(super) serve: Option<RawServe>,
    /// Where tickets are filed. Default: `jira` if there is a `jira` section, else `local`.
    pub(super) tracker: Option<TrackerKind>,
}

/// Reports with their settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Report")]
pub(super) struct RawReport {
    /// A glob from the repository's root, or one of GitHub's own alerts.
    pub(super) path: String,
    /// What the paths in the report are relative to, e.g. `services/a`. An absolute path is the checkout's location on
    /// another machine, e.g. `/data/scan/shop`: it is removed.
    pub(super) base: Option<String>,
    /// Distinguishes these scans from others of the same scanner.
    pub(super) category: Option<ScalarText>,
}

/// Conditions on a finding, all of which must be met. `*` in a name stands for any text, in a path for any text within
/// one folder, `**` for any folders.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Condition")]
pub(super) struct RawCondition {
    /// The rule's id, e.g. `CKV_AWS_*`.
    pub(super) rule: Option<OneOrMany<String>>,
    /// The file's path, e.g. `tests/**`.
    pub(super) path: Option<OneOrMany<String>>,
    /// The package's name or package URL, e.g. `lodash`, `pkg:npm/*`.
    pub(super) package: Option<OneOrMany<String>>,
    /// The advisory under any of its names, e.g. `CVE-2021-23337`.
    pub(super) advisory: Option<OneOrMany<String>>,
    /// The scanner's name, e.g. `Trivy`.
    pub(super) scanner: Option<OneOrMany<String>>,
    /// The kind of the finding.
    pub(super) kind: Option<OneOrMany<FindingKind>>,
    /// Exactly this severity, or one of these.
    pub(super) severity: Option<OneOrMany<Severity>>,
    /// Whether a fixed version of the package is known.
    pub(super) fixable: Option<bool>,
    /// At least this chance of exploitation within 30 days (EPSS), from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub(super) epss: Option<f64>,
    /// At least this CVSS base score, from 0 to 10.
    #[schemars(range(min = 0, max = 10))]
    pub(super) cvss: Option<f64>,
    /// Whether the report says that the flaw is known to be exploited.
    pub(super) exploited: Option<bool>,
    /// At least this confidence of the scanner.
    pub(super) confidence: Option<Confidence>,
    /// The scanned branch, in the pattern syntax of `branches`.
    pub(super) branch: Option<OneOrMany<String>>,
}

impl RawCondition {
    /// Whether no condition is set.
    pub(super) fn is_empty(&self) -> bool {
        let none = |list: &Option<OneOrMany<String>>| {
            list.as_ref().is_none_or(|OneOrMany(values)| values.is_empty())
        };
        [&self.rule, &self.path, &self.package, &self.advisory, &self.scanner, &self.branch]
            .into_iter()
            .all(none)
            && self.kind.as_ref().is_none_or(|OneOrMany(kinds)| kinds.is_empty())
            && self.severity.as_ref().is_none_or(|OneOrMany(severities)| severities.is_empty())
            && self.fixable.is_none()
            && self.epss.is_none()
            && self.cvss.is_none()
            && self.exploited.is_none()
            && self.confidence.is_none()
    }
}

/// Findings to skip.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Ignore")]
pub(super) struct RawIgnore {
    /// The rule's id, e.g. `CKV_AWS_*`.
    pub(super) rule: Option<OneOrMany<String>>,
    /// The file's path, e.g. `tests/**`.
    pub(super) path: Option<OneOrMany<String>>,
    /// The package's name or package URL, e.g. `lodash`, `pkg:npm/*`.
    pub(super) package: Option<OneOrMany<String>>,
    /// The advisory under any of its names, e.g. `CVE-2021-23337`.
    pub(super) advisory: Option<OneOrMany<String>>,
    /// The scanner's name, e.g. `Trivy`.
    pub(super) scanner: Option<OneOrMany<String>>,
    /// The kind of the finding.
    pub(super) kind: Option<OneOrMany<FindingKind>>,
    /// Exactly this severity, or one of these.
    pub(super) severity: Option<OneOrMany<Severity>>,
    /// Whether a fixed version of the package is known.
    pub(super) fixable: Option<bool>,
    /// At least this chance of exploitation within 30 days (EPSS), from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub(super) epss: Option<f64>,
    /// At least this CVSS base score, from 0 to 10.
    #[schemars(range(min = 0, max = 10))]
    pub(super) cvss: Option<f64>,
    /// Whether the report says that the flaw is known to be exploited.
    pub(super) exploited: Option<bool>,
    /// At least this confidence of the scanner.
    pub(super) confidence: Option<Confidence>,
    /// Why they are skipped.
    pub(super) reason: Option<ScalarText>,
    /// The last day on which the entry applies, e.g. `2027-01-31`. Default: no limit.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(super) until: Option<String>,
}

impl RawIgnore {
    /// The conditions of the entry.
    pub(super) fn condition(&mut self) -> RawCondition {
        RawCondition {
            rule: self.rule.take(),
            path: self.path.take(),
            package: self.package.take(),
            advisory: self.advisory.take(),
            scanner: self.scanner.take(),
            kind: self.kind.take(),
            severity: self.severity.take(),
            fixable: self.fixable.take(),
            epss: self.epss.take(),
            cvss: self.cvss.take(),
            exploited: self.exploited.take(),
            confidence: self.confidence.take(),
            branch: None,
        }
    }
}

/// A severity, and which findings have it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "SeverityRule")]
pub(super) struct RawSeverity {
    /// The severity of these findings.
    pub(super) severity: Severity,
    /// The rule's id, e.g. `CKV_AWS_*`.
    pub(super) rule: Option<OneOrMany<String>>,
    /// The file's path, e.g. `tests/**`.
    pub(super) path: Option<OneOrMany<String>>,
    /// The package's name or package URL, e.g. `lodash`, `pkg:npm/*`.
    pub(super) package: Option<OneOrMany<String>>,
    /// The advisory under any of its names, e.g. `CVE-2021-23337`.
    pub(super) advisory: Option<OneOrMany<String>>,
    /// The scanner's name, e.g. `Trivy`.
    pub(super) scanner: Option<OneOrMany<String>>,
    /// The kind of the finding.
    pub(super) kind: Option<OneOrMany<FindingKind>>,
    /// Whether a fixed version of the package is known.
    pub(super) fixable: Option<bool>,
    /// At least this chance of exploitation within 30 days (EPSS), from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    pub(super) epss: Option<f64>,
    /// At least this CVSS base score, from 0 to 10.
    #[schemars(range(min = 0, max = 10))]
    pub(super) cvss: Option<f64>,
    /// Whether the report says that the flaw is known to be exploited.
    pub(super) exploited: Option<bool>,
    /// At least this confidence of the scanner.
    pub(super) confidence: Option<Confidence>,
}

impl RawSeverity {
    /// The conditions of the entry.
    pub(super) fn condition(&mut self) -> RawCondition {
        RawCondition {
            rule: self.rule.take(),
            path: self.path.take(),
            package: self.package.take(),
            advisory: self.advisory.take(),
            scanner: self.scanner.take(),
            kind: self.kind.take(),
            severity: None,
            fixable: self.fixable.take(),
            epss: self.epss.take(),
            cvss: self.cvss.take(),
            exploited: self.exploited.take(),
            confidence: self.confidence.take(),
            branch: None,
        }
    }
}

/// The Jira status for each state of a finding, by name or id.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "States")]
pub(super) struct RawStates {
    /// The finding is present.
    pub(super) open: Option<OneOf<ScalarText, RawStateTarget>>,
    /// A pull request would resolve it.
    pub(super) in_progress: Option<OneOf<ScalarText, RawStateTarget>>,
    /// The finding is proven gone.
    pub(super) resolved: Option<OneOf<ScalarText, RawStateTarget>>,
    /// The finding is skipped everywhere.
    pub(super) closed: Option<OneOf<ScalarText, RawStateTarget>>,
}

/// What to do when a finding is detected although its ticket is done.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Recurrence")]
pub(super) struct RawRecurrence {
    /// Create a new ticket linked to the old one (`refile`), reopen the old one (`reopen`), or comment.
    pub(super) action: Option<RecurrenceAction>,
    /// For how many days a finding that never disappeared only gets a comment. Default: 7.
    #[schemars(range(max = 36500))]
    pub(super) grace_days: Option<u32>,
    /// Statuses and resolutions that mean that a person accepted the finding: it is not filed again.
    pub(super) accepted: Option<OneOrMany<ScalarText>>,
    /// For how many days an acceptance is valid. Default: no limit.
    #[schemars(range(min = 1, max = 36500))]
    pub(super) accepted_days: Option<u32>,
}

/// How pull requests are handled.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "PullRequest")]
pub(super) struct RawPullRequest {
    /// Where the pull request shows its tickets.
    pub(super) annotate: Option<Annotate>,
    /// Which branch of a pull request is matched against `branches`.
    pub(super) branch: Option<BranchSide>,
    /// Whether all findings count, or only those in files that the pull request changes.
    pub(super) scope: Option<FindingScope>,
    /// How much pull requests, logs and outputs reveal; `auto` is careful with public repositories.
    pub(super) detail: Option<DetailLevel>,
}

/// How `refresh` works.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Refresh")]
pub(super) struct RawRefresh {
    /// For how many days a pull request is updated after it was closed. Default: 7.
    #[schemars(range(max = 36500))]
    pub(super) closed_days: Option<u32>,
}

/// What is written back to GitHub.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Github")]
pub(super) struct RawGithub {
    /// Whether the alerts of accepted tickets are dismissed. Default: false.
    pub(super) dismiss_alerts: Option<bool>,
}

/// Who is notified about runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[serde(rename = "Notify")]
pub(super) struct RawNotify {
    /// When to notify Slack. The address is in `SLACK_WEBHOOK_URL`. Default: `failure`.
    pub(super) slack: Option<Slack>,
}

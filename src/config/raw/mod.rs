//! The configuration file as serde sees it: every key of the documentation, none of them checked.
//! The JSON Schema is made from these types, so their comments are what an editor shows.

mod either;
mod jira;
mod serve;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub(super) use either::{List, OneOf, Text};
pub(super) use jira::{Computed, FieldValue, Jira, Owner, Route, StateTarget};
pub(super) use serve::{Serve, Site};

use super::words::{
    Annotate, BranchSide, Create, Detail, FindingScope, RecurrenceAction, Slack, TrackerKind,
};
use crate::model::finding::Kind;
use crate::model::record::Mode;
use crate::model::severity::Severity;

/// casefile: which reports are read, which findings become tickets, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "casefile configuration")]
pub(super) struct Raw {
    /// The scanners' reports: globs, or entries that say more. The format is told from the content.
    /// `github:code-scanning`, `github:dependabot` and `github:secret-scanning` are GitHub's own
    /// alerts. Default: `**/*.sarif` and `**/*.sarif.json`.
    pub(super) reports: Option<List<OneOf<String, Report>>>,
    /// What the repository is known by, its present name first, e.g. `github.com/acme/shop`, then what it was
    /// called before; by GitHub's number as `host#4711`. Tickets of all these are its own. At most 7.
    pub(super) repository: Option<List<String>>,
    /// The branches whose findings become tickets, at most 50, in the pattern language of GitHub's
    /// `on.push.branches`. Default: all.
    pub(super) branches: Option<List<String>>,
    /// Whether all findings become tickets (`auto`), or those alone that `run --only` names.
    pub(super) create: Option<Create>,
    /// Findings below it are set aside. Default: `low`.
    pub(super) minimum_severity: Option<Severity>,
    /// What one ticket stands for: a finding (`vulnerability`), a rule or advisory (`type`), or a
    /// file. One word, or one for each kind. Default: `type`.
    pub(super) group_by: Option<OneOf<Mode, BTreeMap<Kind, Mode>>>,
    /// What the summary of each ticket begins with. Default: `[casefile]`.
    pub(super) summary_prefix: Option<String>,
    /// A finding of this severity or worse, not set aside, lets the run fail. Default: none does.
    pub(super) fail_on: Option<Severity>,
    /// The most new tickets of one run, severest first; the rest comes with the next. Default: 100.
    #[schemars(range(max = 10000))]
    pub(super) max_new: Option<u32>,
    /// A file that `plan --write-baseline` wrote: its findings are set aside.
    pub(super) baseline: Option<String>,
    /// Findings that are set aside: those that meet all conditions of an entry.
    pub(super) ignore: Option<List<Ignore>>,
    /// Certificates (PEM) that are trusted beside the system's.
    pub(super) ca_file: Option<Text>,
    /// The certificate (PEM) with which Jira's server is shown who calls, where it asks for one (mTLS).
    pub(super) client_cert: Option<Text>,
    /// The private key (PEM) of that certificate.
    pub(super) client_key: Option<Text>,
    /// The proxy through which the tracker is reached, without credentials.
    #[schemars(url)]
    pub(super) proxy: Option<String>,
    /// Where and how tickets are made in Jira.
    pub(super) jira: Option<Jira>,
    /// Findings that go elsewhere. The first match wins, unless it says `continue: true`.
    pub(super) routes: Option<List<Route>>,
    /// What teams and people of CODEOWNERS are in Jira, e.g. `"@acme/payments"`.
    pub(super) owners: Option<BTreeMap<String, Owner>>,
    /// The Jira status for each state of a finding. A state that is not here moves no ticket.
    pub(super) states: Option<States>,
    /// What is done when a finding is there although its ticket is done.
    pub(super) recurrence: Option<Recurrence>,
    /// How pull requests are treated.
    pub(super) pull_request: Option<PullRequest>,
    /// How `refresh` works.
    pub(super) refresh: Option<Refresh>,
    /// What is written back to GitHub.
    pub(super) github: Option<Github>,
    /// Who is told about runs.
    pub(super) notify: Option<Notify>,
    /// What `casefile serve` serves.
    pub(super) serve: Option<Serve>,
    /// Where tickets live. Default: `jira` if there is a `jira` section, else `local`.
    pub(super) tracker: Option<TrackerKind>,
}

/// Reports with what is known about them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Report {
    /// A glob from the repository's root, or one of GitHub's own alerts.
    pub(super) path: String,
    /// What the paths in the report are relative to, e.g. `services/a`. An absolute path is where another machine
    /// had the checkout, e.g. `/data/scan/shop`: it is taken off.
    pub(super) base: Option<String>,
    /// Sets these scans apart from others of the same scanner.
    pub(super) category: Option<Text>,
}

/// What a finding must be; all conditions must hold. `*` in a name stands for any text, in a path
/// for any within one folder, `**` for any folders.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Condition {
    /// The rule's id, e.g. `CKV_AWS_*`.
    pub(super) rule: Option<List<String>>,
    /// The file's path, e.g. `tests/**`.
    pub(super) path: Option<List<String>>,
    /// The package's name or package URL, e.g. `lodash`, `pkg:npm/*`.
    pub(super) package: Option<List<String>>,
    /// The advisory under any of its names, e.g. `CVE-2021-23337`.
    pub(super) advisory: Option<List<String>>,
    /// The scanner's name, e.g. `Trivy`.
    pub(super) scanner: Option<List<String>>,
    /// The kind of the finding.
    pub(super) kind: Option<List<Kind>>,
    /// Exactly this severity, or one of these.
    pub(super) severity: Option<List<Severity>>,
    /// Whether a version of the package without the fault is known.
    pub(super) fixable: Option<bool>,
    /// The scanned branch, in the pattern language of `branches`.
    pub(super) branch: Option<List<String>>,
}

impl Condition {
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        let none = |list: &Option<List<String>>| list.as_ref().is_none_or(|List(values)| values.is_empty());
        [&self.rule, &self.path, &self.package, &self.advisory, &self.scanner, &self.branch]
            .into_iter()
            .all(none)
            && self.kind.as_ref().is_none_or(|List(kinds)| kinds.is_empty())
            && self.severity.as_ref().is_none_or(|List(severities)| severities.is_empty())
            && self.fixable.is_none()
    }
}

/// Findings that are set aside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Ignore {
    /// The rule's id, e.g. `CKV_AWS_*`.
    pub(super) rule: Option<List<String>>,
    /// The file's path, e.g. `tests/**`.
    pub(super) path: Option<List<String>>,
    /// The package's name or package URL, e.g. `lodash`, `pkg:npm/*`.
    pub(super) package: Option<List<String>>,
    /// The advisory under any of its names, e.g. `CVE-2021-23337`.
    pub(super) advisory: Option<List<String>>,
    /// The scanner's name, e.g. `Trivy`.
    pub(super) scanner: Option<List<String>>,
    /// The kind of the finding.
    pub(super) kind: Option<List<Kind>>,
    /// Exactly this severity, or one of these.
    pub(super) severity: Option<List<Severity>>,
    /// Whether a version of the package without the fault is known.
    pub(super) fixable: Option<bool>,
    /// Why.
    pub(super) reason: Option<Text>,
    /// The last day on which the entry holds, e.g. `2027-01-31`. Default: it holds for ever.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(super) until: Option<String>,
}

impl Ignore {
    /// The conditions of the entry.
    pub(super) fn condition(&mut self) -> Condition {
        Condition {
            rule: self.rule.take(),
            path: self.path.take(),
            package: self.package.take(),
            advisory: self.advisory.take(),
            scanner: self.scanner.take(),
            kind: self.kind.take(),
            severity: self.severity.take(),
            fixable: self.fixable.take(),
            branch: None,
        }
    }
}

/// The Jira status for each state of a finding, by name or id.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct States {
    /// It is there.
    pub(super) open: Option<OneOf<Text, StateTarget>>,
    /// A pull request would resolve it.
    pub(super) in_progress: Option<OneOf<Text, StateTarget>>,
    /// It is proven gone.
    pub(super) resolved: Option<OneOf<Text, StateTarget>>,
    /// It is set aside everywhere.
    pub(super) closed: Option<OneOf<Text, StateTarget>>,
}

/// What is done when a finding is there although its ticket is done.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Recurrence {
    /// A new ticket linked to the old (`refile`), the old one opened again (`reopen`), or a comment.
    pub(super) action: Option<RecurrenceAction>,
    /// For how many days a finding that never went away gets a comment alone. Default: 7.
    #[schemars(range(max = 36500))]
    pub(super) grace_days: Option<u32>,
    /// Statuses and resolutions that mean that a person accepted the finding: it is not filed again.
    pub(super) accepted: Option<List<Text>>,
    /// For how many days an acceptance holds. Default: for ever.
    #[schemars(range(min = 1, max = 36500))]
    pub(super) accepted_days: Option<u32>,
}

/// How pull requests are treated.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PullRequest {
    /// Where the pull request shows its tickets.
    pub(super) annotate: Option<Annotate>,
    /// Which branch of a pull request is held against `branches`.
    pub(super) branch: Option<BranchSide>,
    /// Whether all findings count, or those alone in files that the pull request changes.
    pub(super) scope: Option<FindingScope>,
    /// How much GitHub's pages, logs and outputs tell; `auto` is careful with public repositories.
    pub(super) detail: Option<Detail>,
}

/// How `refresh` works.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Refresh {
    /// For how many days after closing a pull request is still kept up to date. Default: 7.
    #[schemars(range(max = 36500))]
    pub(super) closed_days: Option<u32>,
}

/// What is written back to GitHub.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Github {
    /// Whether the alerts of accepted tickets are dismissed. Default: false.
    pub(super) dismiss_alerts: Option<bool>,
}

/// Who is told about runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Notify {
    /// When Slack is told. The address is in `SLACK_WEBHOOK_URL`. Default: `failure`.
    pub(super) slack: Option<Slack>,
}

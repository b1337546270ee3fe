//! The configuration as the rest of casefile uses it: checked, with its defaults filled in.

use std::collections::BTreeMap;

use ipnet::IpNet;
use jiff::civil::Date;
use url::Url;

use super::branch::Branches;
use super::glob::Glob;
use super::jira::{JiraConfig, OwnerTarget, Route};
use super::words::{
    Annotate, BranchSide, Create, Deployment, DetailLevel, FindingScope, RecurrenceAction, Slack, TrackerKind,
};
use crate::model::auth_method::AuthMethod;
use crate::model::finding::{Confidence, FindingKind};
use crate::model::record::{Mode, State};
use crate::model::repository::Repository;
use crate::model::severity::Severity;

/// Everything that the configuration file says, or its defaults. The command line overrides parts of it with flags and
/// the environment, so its fields are public.
#[derive(Debug, Clone)]
pub struct Config {
    /// What is read.
    pub reports: Vec<ReportEntry>,
    /// The repository by its current name, then its other and former identities: tickets under all of these are its
    /// own.
    pub repository: Vec<Repository>,
    /// The branches whose findings become tickets.
    pub branches: Branches,
    /// Which findings become tickets.
    pub create: Create,
    /// Less severe findings are skipped.
    pub minimum_severity: Severity,
    /// Severities that override the scanners', in the order in which they are tried.
    pub severities: Vec<SeverityRule>,
    /// What one ticket stands for.
    pub group_by: GroupBy,
    /// The beginning of each summary; may be empty.
    pub summary_prefix: String,
    /// The minimum severity of a finding that fails the run.
    pub fail_on: Option<Severity>,
    /// The maximum number of new tickets in one run.
    pub max_new: usize,
    /// The baseline's path from the repository's root.
    pub baseline: Option<String>,
    /// What is skipped.
    pub ignore: Vec<Ignore>,
    /// A file of certificates (PEM) that are trusted in addition to the system's.
    pub ca_file: Option<String>,
    /// The client certificate, if Jira's server asks for one.
    pub client_cert: Option<String>,
    /// The private key of that certificate.
    pub client_key: Option<String>,
    /// The contents of the files that these keys name, by name, if those in the checkout do not count.
    pub default_files: BTreeMap<String, Vec<u8>>,
    /// The proxy to the tracker.
    pub proxy: Option<Url>,
    /// Jira, if it is configured.
    pub jira: Option<JiraConfig>,
    /// In the order in which they are tried.
    pub routes: Vec<Route>,
    /// By the name that CODEOWNERS uses.
    pub owners: BTreeMap<String, OwnerTarget>,
    /// The tracker's status for each state.
    pub states: States,
    /// What to do with findings whose ticket is done.
    pub recurrence: Recurrence,
    /// How pull requests are handled.
    pub pull_request: PullRequestConfig,
    /// How `refresh` works.
    pub refresh: Refresh,
    /// What is written back to GitHub.
    pub github: Github,
    /// Who is notified about runs.
    pub notify: Notify,
    /// What `serve` serves.
    pub serve: ServeConfig,
    /// Where tickets are stored.
    pub tracker: TrackerKind,
    /// Whether the tracker was set explicitly and not inferred.
    pub is_tracker_named: bool,
}

impl Default for Config {
    /// The defaults without a configuration file.
    fn default() -> Self {
        Config {
            reports: ["**/*.sarif", "**/*.sarif.json"].map(ReportEntry::glob).into(),
            repository: Vec::new(),
            branches: Branches::default(),
            create: Create::default(),
            minimum_severity: Severity::Low,
            severities: Vec::new(),
            group_by: GroupBy::default(),
            summary_prefix: "[casefile]".to_owned(),
            fail_on: None,
            max_new: 100,
            baseline: None,
            ignore: Vec::new(),
            ca_file: None,
            client_cert: None,
            client_key: None,
            default_files: BTreeMap::new(),
            proxy: None,
            jira: None,
            routes: Vec::new(),
            owners: BTreeMap::new(),
            states: States::default(),
            recurrence: Recurrence::default(),
            pull_request: PullRequestConfig::default(),
            refresh: Refresh::default(),
            github: Github::default(),
            notify: Notify::default(),
            serve: ServeConfig::default(),
            tracker: TrackerKind::Local,
            is_tracker_named: false,
        }
    }
}

/// Reports with what is known about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEntry {
    /// A glob from the repository's root, or `github:` and a kind of GitHub's alerts.
    pub path: String,
    /// What the paths in the report are relative to, without a `/` at its end: a folder of the repository, or an
    /// absolute path, which is where another machine had the checkout.
    pub base: Option<String>,
    /// What distinguishes these scans from others of the same scanner.
    pub category: Option<String>,
}

impl ReportEntry {
    /// A glob without further settings.
    pub fn glob(path: impl Into<String>) -> ReportEntry {
        ReportEntry { path: path.into(), base: None, category: None }
    }
}

/// What one ticket stands for, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupBy {
    /// For kinds that are not listed.
    pub default: Mode,
    /// For kinds that are listed.
    pub kinds: BTreeMap<FindingKind, Mode>,
}

impl GroupBy {
    /// How findings of a kind are grouped.
    pub fn mode(&self, kind: FindingKind) -> Mode {
        self.kinds.get(&kind).copied().unwrap_or(self.default)
    }
}

/// What a finding must be: all conditions that are set have to be met, each by any of its values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Condition {
    /// The rule's id.
    pub rule: Vec<Glob>,
    /// The location's path.
    pub path: Vec<Glob>,
    /// The package's name or package URL.
    pub package: Vec<Glob>,
    /// The advisory under any of its names.
    pub advisory: Vec<Glob>,
    /// The scanner's name.
    pub scanner: Vec<Glob>,
    /// The finding's kind.
    pub kind: Vec<FindingKind>,
    /// The finding's severity.
    pub severity: Vec<Severity>,
    /// Whether a fixed version of the package is known.
    pub fixable: Option<bool>,
    /// The minimum chance of exploitation.
    pub epss: Option<f64>,
    /// The minimum base score.
    pub cvss: Option<f64>,
    /// Whether it is known to be exploited.
    pub exploited: Option<bool>,
    /// The minimum confidence of the scanner.
    pub confidence: Option<Confidence>,
    /// The scanned branch; only routes use it.
    pub branch: Branches,
}

/// A severity that overrides the scanner's.
#[derive(Debug, Clone, PartialEq)]
pub struct SeverityRule {
    /// The findings that it applies to.
    pub when: Condition,
    /// The severity.
    pub severity: Severity,
}

/// Findings that are skipped.
#[derive(Debug, Clone, PartialEq)]
pub struct Ignore {
    /// The findings that it applies to.
    pub when: Condition,
    /// Why.
    pub reason: Option<String>,
    /// The last day on which the entry applies.
    pub until: Option<Date>,
    /// Where the entry is: file, line and column.
    pub place: String,
}

/// The tracker's status for each state of a finding; for a state without one, no ticket is moved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct States {
    /// By state.
    pub targets: BTreeMap<State, StateTarget>,
}

impl States {
    /// The status of a ticket whose findings are in this state.
    pub fn target(&self, state: State) -> Option<&StateTarget> {
        self.targets.get(&state)
    }

    /// The state that a status stands for, by the status's name (ignoring case) or id.
    pub fn state(&self, name: &str, id: &str) -> Option<State> {
        let is = |target: &StateTarget| target.status == id || same_word(&target.status, name);
        self.targets.iter().find(|(_, target)| is(target)).map(|(state, _)| *state)
    }
}

/// A status with what its transition sets.
#[derive(Debug, Clone, PartialEq)]
pub struct StateTarget {
    /// By name or id.
    pub status: String,
    /// By name; set if the transition's screen accepts one.
    pub resolution: Option<String>,
    /// Other fields by name or id with their values; set if the transition's screen accepts them.
    pub fields: BTreeMap<String, Vec<String>>,
}

/// What to do when a finding is present although its ticket is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// What is done after the grace period.
    pub action: RecurrenceAction,
    /// For how many days a finding that never went away only gets a comment.
    pub grace_days: u32,
    /// Statuses and resolutions that mean that a person accepted the finding.
    pub accepted: Vec<String>,
    /// For how many days an acceptance is valid; `None`: for ever.
    pub accepted_days: Option<u32>,
}

impl Recurrence {
    /// Whether a status or resolution means that a person accepted the finding, ignoring case.
    pub fn accepts(&self, name: &str) -> bool {
        self.accepted.iter().any(|accepted| same_word(accepted, name))
    }
}

impl Default for Recurrence {
    fn default() -> Self {
        let accepted = ["Won't Do", "Won't Fix", "False Positive", "Risk Accepted"];
        Recurrence {
            action: RecurrenceAction::default(),
            grace_days: 7,
            accepted: accepted.map(str::to_owned).into(),
            accepted_days: None,
        }
    }
}

/// How pull requests are handled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PullRequestConfig {
    /// Where the pull request shows its tickets.
    pub annotate: Annotate,
    /// Which branch is matched against `branches`.
    pub branch: BranchSide,
    /// Which findings count.
    pub scope: FindingScope,
    /// How much is shown on GitHub.
    pub detail: DetailLevel,
}

/// How `refresh` works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refresh {
    /// For how many days a pull request is kept up to date after it was closed.
    pub closed_days: u32,
}

impl Default for Refresh {
    fn default() -> Self {
        Refresh { closed_days: 7 }
    }
}

/// What is written back to GitHub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Github {
    /// Whether the alerts of accepted tickets are dismissed.
    pub dismiss_alerts: bool,
}

/// Who is notified about runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notify {
    /// When Slack is notified.
    pub slack: Slack,
}

/// What `serve` serves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServeConfig {
    /// The repositories as `host/owner/name`; empty: [`Config::repository`].
    pub repositories: Vec<Repository>,
    /// Jira sites in addition to [`Config::jira`], by name.
    pub sites: BTreeMap<String, SiteConfig>,
}

/// A further Jira site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteConfig {
    /// The site; `None`: it comes from the environment.
    pub url: Option<Url>,
    /// Cloud or Data Center; `None`: inferred from the address.
    pub deployment: Option<Deployment>,
    /// The authentication method; `None`: inferred from the credentials that are set.
    pub auth: Option<AuthMethod>,
    /// Private networks that the address may resolve to.
    pub allow_networks: Vec<IpNet>,
    /// The projects whose tickets a dynamic webhook is registered for.
    pub projects: Vec<String>,
}

fn same_word(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

//! Tickets, the pull request and the requests, as results show them.

use jiff::civil::Date;
use serde::Serialize;

use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;

/// What became of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// In a plan only.
    Create,
    /// A ticket was created.
    Created,
    /// In a plan only.
    Refile,
    /// A ticket was created, linked to a done one.
    Refiled,
    /// In a plan only.
    Reopen,
    /// A done ticket was reopened.
    Reopened,
    /// In a plan only.
    Resolve,
    /// All its findings are proven gone.
    Resolved,
    /// In a plan only: all its findings are proven gone, and there is no status for that. Other programs see it as
    /// resolved.
    #[serde(rename = "resolve")]
    Leave,
    /// All its findings are proven gone, and it was not moved.
    #[serde(rename = "resolved")]
    Gone,
    /// In a plan only: all its findings are skipped. Other programs see it as an update.
    #[serde(rename = "update")]
    Close,
    /// All its findings are skipped.
    #[serde(rename = "updated")]
    Closed,
    /// In a plan only.
    Update,
    /// A ticket was changed.
    Updated,
    /// Nothing was to be done.
    Tracked,
    /// Beyond a limit: left for the next run.
    Deferred,
    /// In a plan only: nobody selected it, and `create: manual` or `--only` files only what is selected.
    NotSelected,
    /// It failed.
    Failed,
}

/// A ticket with its findings.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ResultTicket {
    /// Its key; a ticket that does not exist yet has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What became of it.
    pub action: Action,
    /// The group's first name.
    pub group: Fingerprint,
    /// Its findings that this run saw; the document says more about each.
    #[serde(skip)]
    pub findings: Vec<Fingerprint>,
    /// Its summary, on one line.
    pub summary: String,
    /// The highest severity among them; omitted where everybody can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The status's name, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The project's key, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The due date, if it is known.
    #[serde(skip)]
    pub due: Option<Date>,
    /// Whether the pull request resolves it when it is merged.
    #[serde(skip)]
    pub resolved_on_merge: bool,
}

/// The pull request.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether its section is up to date.
    pub annotated: bool,
    /// Whether that took a write.
    #[serde(skip)]
    pub written: bool,
}

/// How many requests were sent.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Requests {
    /// To the tracker.
    pub tracker: u64,
    /// To GitHub.
    pub github: u64,
}

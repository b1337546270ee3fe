//! Tickets, the pull request and the requests, as results show them.

use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;
use serde::Serialize;

/// What became of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Action {
    /// A plan's word.
    Create,
    /// A ticket was made.
    Created,
    /// A plan's word.
    Refile,
    /// A ticket was made, linked to a done one.
    Refiled,
    /// A plan's word.
    Reopen,
    /// A done ticket was opened again.
    Reopened,
    /// A plan's word.
    Resolve,
    /// All its findings are proven gone.
    Resolved,
    /// A plan's word: all its findings are proven gone, and no status stands for that. To other programs it is
    /// resolved.
    #[serde(rename = "resolve")]
    Leave,
    /// All its findings are proven gone, and it was not moved.
    #[serde(rename = "resolved")]
    Gone,
    /// A plan's word: all its findings are skipped. To other programs that is an update.
    #[serde(rename = "update")]
    Close,
    /// All its findings are skipped.
    #[serde(rename = "updated")]
    Closed,
    /// A plan's word.
    Update,
    /// A ticket was changed.
    Updated,
    /// Nothing was to be done.
    Tracked,
    /// Beyond a limit: the next run's.
    Deferred,
    /// A plan's word: nobody named it, and `create: manual` or `--only` files only what is named.
    NotSelected,
    /// It did not work.
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
    /// Its findings that this run saw; the document says more of each.
    #[serde(skip)]
    pub findings: Vec<Fingerprint>,
    /// One line.
    pub summary: String,
    /// The worst of them; left out where everybody can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The status's name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The project's key, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
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

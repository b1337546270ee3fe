//! Findings that a pull request introduces and that have no ticket, as its section remembers them.

use std::collections::BTreeMap;
use std::ops::Not;

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::severity::Severity;
use super::ticket::TicketId;

/// The new findings of one scan on a pull request: those without a ticket, and those that reach `fail-on`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewFindings {
    /// The branch that files them when the pull request is merged, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether no ticket of the repository was found, so that nothing is known about what the base already has.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub first: bool,
    /// How many have no ticket, by the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub without_ticket: BTreeMap<NoTicket, usize>,
    /// `fail-on`, if it is set; omitted if the repository is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<Severity>,
    /// How many reach `fail-on`.
    #[serde(default, skip_serializing_if = "is_none")]
    pub failing: usize,
    /// The worst of them; omitted if the repository is public.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<NewFinding>,
}

impl NewFindings {
    /// How many of them the section remembers and results list.
    pub const LISTED: usize = 50;

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.without_ticket.is_empty() && self.failing == 0
    }
}

/// A finding that a pull request introduces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewFinding {
    /// Its identity.
    pub id: Fingerprint,
    /// What is wrong, on one line.
    pub title: String,
    /// The rule's or the advisory's id; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// Its severity.
    pub severity: Severity,
    /// Where it is.
    #[serde(flatten)]
    pub place: CodePlace,
    /// The ticket that stands for it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Why it has no ticket, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<NoTicket>,
    /// Whether it reaches `fail-on`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails: bool,
}

/// A place in the code, as a section remembers it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CodePlace {
    /// The file, manifest or image; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The first line; 0: none.
    #[serde(default, skip_serializing_if = "is_no_line")]
    pub line: u32,
    /// The commit at which the line is there; empty if no page shows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub commit: String,
}

impl CodePlace {
    /// Whether both are the same line of the same file, on whatever commit.
    pub fn is(&self, other: &CodePlace) -> bool {
        (&self.path, self.line) == (&other.path, other.line)
            && self.commit.is_empty() == other.commit.is_empty()
    }
}

/// Why a finding has no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoTicket {
    /// It is filed by the branch that the pull request is merged into.
    OnMerge,
    /// Neither its branch nor the one that it is merged into is among the configured branches.
    BranchNotTracked,
    /// There are more new tickets than `max-new`.
    Deferred,
    /// `create: manual`, or `--only` names others.
    NotSelected,
    /// It could not be filed.
    Failed,
}

impl NoTicket {
    /// The reason in plain words, for tables of Markdown as well as for terminals. `base`: the branch that files it.
    pub fn describe(self, base: Option<&str>) -> String {
        match (self, base) {
            (NoTicket::OnMerge, Some(base)) => format!("filed when merged into {base}"),
            (NoTicket::OnMerge, None) => "filed when merged".to_owned(),
            (NoTicket::BranchNotTracked, _) => {
                "not filed: the branch is not among the configured branches".to_owned()
            }
            (NoTicket::Deferred, _) => "deferred: more than max-new".to_owned(),
            (NoTicket::NotSelected, _) => "not filed: not named by --only".to_owned(),
            (NoTicket::Failed, _) => "could not be filed".to_owned(),
        }
    }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

fn is_no_line(line: &u32) -> bool {
    *line == 0
}

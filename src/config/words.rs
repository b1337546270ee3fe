//! The words that configuration keys accept.

use schemars::JsonSchema;
use serde::Deserialize;

/// Which findings become tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Create {
    /// All that are not skipped.
    #[default]
    Auto,
    /// Only those that `run --only` names; the others are still tracked and shown.
    Manual,
}

/// Where tickets are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TrackerKind {
    /// In Jira.
    Jira,
    /// In a folder of Markdown files.
    Local,
}

/// The kind of Jira at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Deployment {
    /// Jira Cloud.
    Cloud,
    /// Jira Data Center, self-hosted.
    DataCenter,
}

/// A part of a ticket's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[serde(rename = "Section")]
pub enum TicketSection {
    /// What is wrong.
    What,
    /// Severity, scores, weaknesses, scanner and rule, as a table.
    Facts,
    /// Each occurrence with its place.
    Where,
    /// How to fix it.
    Fix,
    /// Repository, branch, commit and workflow run.
    Provenance,
}

impl TicketSection {
    /// All parts in reading order.
    pub const ALL: [TicketSection; 5] = [
        TicketSection::What,
        TicketSection::Facts,
        TicketSection::Where,
        TicketSection::Fix,
        TicketSection::Provenance,
    ];
}

/// An event that becomes a comment on the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CommentEvent {
    /// A finding joined the ticket.
    Added,
    /// A finding is gone.
    Gone,
    /// A pull request would resolve it.
    Remediation,
    /// The finding is present although the ticket is done.
    Recurred,
}

impl CommentEvent {
    /// All events.
    pub const ALL: [CommentEvent; 4] =
        [CommentEvent::Added, CommentEvent::Gone, CommentEvent::Remediation, CommentEvent::Recurred];
}

/// A file that is attached to the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Attach {
    /// Every occurrence as a row.
    Csv,
    /// The ticket's results, for a viewer.
    Sarif,
}

/// What to do when a finding is present although its ticket is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecurrenceAction {
    /// A new ticket, linked to the old one.
    #[default]
    Refile,
    /// The old ticket is opened again.
    Reopen,
    /// Only a comment on the old ticket.
    Comment,
}

/// Where the pull request shows its tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Annotate {
    /// In its description.
    #[default]
    Description,
    /// In a comment.
    Comment,
    /// In both.
    Both,
    /// Nowhere.
    None,
}

/// Which branch of a pull request is matched against `branches`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BranchSide {
    /// The branch that it comes from.
    #[default]
    Head,
    /// The branch that it is merged into.
    Base,
}

/// Which findings of a pull request's run count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingScope {
    /// All.
    #[default]
    All,
    /// Those in files that the pull request changes.
    Changed,
}

/// How much about findings is shown on GitHub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[serde(rename = "Detail")]
pub enum DetailLevel {
    /// Everything in a private repository, only keys in a public one.
    #[default]
    Auto,
    /// Everything.
    Full,
    /// Only keys, links, statuses and counts.
    Keys,
}

/// When Slack is notified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Slack {
    /// When a run fails.
    #[default]
    Failure,
    /// After each run.
    Always,
    /// Never.
    Never,
}

//! What becomes of each group.

use crate::model::finding::ExclusionReason;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::TicketId;

/// What becomes of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupOutcome {
    /// Its first name.
    pub group: Fingerprint,
    /// The findings of the group that this is about.
    pub findings: Vec<Fingerprint>,
    /// What happens.
    pub action: GroupAction,
}

/// What happens to a group, or to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupAction {
    /// A ticket will be created.
    Create,
    /// A ticket will be created, linked to a done one.
    Refile(TicketId),
    /// A ticket exists, and it is up to date.
    Tracked(TicketId),
    /// A ticket exists and is changed.
    Update(TicketId),
    /// A done ticket is reopened.
    Reopen(TicketId),
    /// A done ticket gets a comment, or had one and is in its grace period.
    Recurred(TicketId),
    /// Skipped for this reason, and the ticket by which it was accepted, if any.
    Skipped(ExclusionReason, Option<TicketId>),
    /// Beyond `max-new`: left for the next run.
    Deferred,
    /// Why the branch, or the origin of the code, does not allow filing.
    BranchNotTracked(String),
    /// Why it cannot be filed.
    Impossible(Box<Problem>),
}

impl GroupAction {
    /// The ticket that stands for the findings, if there is one.
    pub fn ticket(&self) -> Option<&TicketId> {
        match self {
            GroupAction::Tracked(id)
            | GroupAction::Update(id)
            | GroupAction::Reopen(id)
            | GroupAction::Recurred(id) => Some(id),
            GroupAction::Skipped(_, id) => id.as_ref(),
            _ => None,
        }
    }
}

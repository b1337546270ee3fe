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
    /// Its findings that this is about.
    pub findings: Vec<Fingerprint>,
    /// What happens.
    pub action: GroupAction,
}

/// What happens to a group, or to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupAction {
    /// A ticket will be made.
    Create,
    /// A ticket will be made, linked to a done one.
    Refile(TicketId),
    /// A ticket exists, and it is up to date.
    Tracked(TicketId),
    /// A ticket exists and is changed.
    Update(TicketId),
    /// A done ticket is opened again.
    Reopen(TicketId),
    /// A done ticket gets a comment, or had one and has its days of grace.
    Recurred(TicketId),
    /// Skipped for this reason, and by which ticket it was accepted, if by one.
    Skipped(ExclusionReason, Option<TicketId>),
    /// Beyond `max-new`: the next run's.
    Deferred,
    /// The branch, or whose code it is, does not allow filing: why.
    BranchNotTracked(String),
    /// It cannot be filed: why.
    Impossible(Box<Problem>),
}

impl GroupAction {
    /// The ticket that stands for the findings, where there is one.
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

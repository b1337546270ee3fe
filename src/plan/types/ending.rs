//! Tickets whose findings are gone.

use crate::model::fingerprint::Fingerprint;
use crate::model::record::State;
use crate::model::ticket::TicketId;

/// A ticket that findings left.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// Which.
    pub ticket: TicketId,
    /// The findings that left it in this run.
    pub findings: Vec<Fingerprint>,
    /// What that means for it.
    pub how: How,
}

/// What it means for a ticket that findings left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It stays as it is, but for what it holds and says.
    PartiallyResolved,
    /// All are gone.
    Resolved,
    /// All are skipped.
    Closed,
    /// They left it before, and it is still to be moved to the status that stands for this.
    Owed(State),
}

//! Tickets whose findings are gone.

use crate::model::fingerprint::Fingerprint;
use crate::model::record::State;
use crate::model::ticket::TicketId;

/// A ticket whose findings are gone.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// Which.
    pub ticket: TicketId,
    /// The findings that are gone from it in this run.
    pub findings: Vec<Fingerprint>,
    /// What that means for it.
    pub how: How,
}

/// What it means for a ticket that findings are gone from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It stays as it is, but for what it holds and says.
    PartiallyResolved,
    /// All are gone.
    Resolved,
    /// All are skipped.
    Closed,
    /// They were gone before, and it has yet to be moved to the status for this.
    Owed(State),
}

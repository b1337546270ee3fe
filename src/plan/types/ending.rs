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
    /// It stays as it is, except for its findings and its text.
    PartiallyResolved,
    /// All are gone.
    Resolved,
    /// All are skipped.
    Closed,
    /// They were already gone, and the ticket has yet to be moved to the status for this state.
    Owed(State),
}

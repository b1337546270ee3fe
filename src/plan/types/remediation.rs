//! Tickets that a pull request would resolve.

use crate::model::scan::Scope;
use crate::model::ticket::TicketId;

/// A ticket whose findings a pull request no longer has.
#[derive(Debug, Clone, PartialEq)]
pub struct Remediation {
    /// Which.
    pub ticket: TicketId,
    /// The scopes that have reported them on the base, and do not report them here.
    pub scopes: Vec<Scope>,
}

//! How casefile identifies a ticket.

use serde::{Deserialize, Serialize};

/// A ticket, identified by its site and the tracker's own id, which stays the same when the ticket is moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TicketId {
    /// The tracker's host and context path, e.g. `acme.atlassian.net`; `local` for the folder.
    pub site: String,
    /// Jira's numeric id; rises with time.
    pub id: u64,
}

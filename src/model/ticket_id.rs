//! How a ticket is known to casefile.

use serde::{Deserialize, Serialize};

/// A ticket, known by its site and the tracker's own id, which a move does not change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TicketId {
    /// The tracker's host and context path, e.g. `acme.atlassian.net`; `local` for the folder.
    pub site: String,
    /// Jira's numeric id; rises with time.
    pub id: u64,
}

//! The ticket that steps are carried out on, for messages.

use crate::model::ticket::TicketId;

/// A ticket that is worked on, and what people know it as.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) id: TicketId,
    pub(super) name: String,
}

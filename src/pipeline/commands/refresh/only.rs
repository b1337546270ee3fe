//! Which pull requests are refreshed.

use crate::model::ticket::TicketKey;

/// Which pull requests are refreshed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Only<'a> {
    /// All.
    All,
    /// Those that show one of these tickets, by the tracker's id.
    Tickets(&'a [u64]),
    /// Those that show one of these tickets, by key.
    Keys(&'a [TicketKey]),
}

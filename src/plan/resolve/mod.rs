//! Tickets whose findings are gone, or came back.

pub(crate) mod flapping;
pub(crate) mod mass_resolve;
pub(crate) mod missing;
pub(crate) mod recurrence;
pub(crate) mod resolved;
mod skipped;

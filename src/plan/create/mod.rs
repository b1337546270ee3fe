//! Groups without a ticket: which of them get one, and what it says.

pub(crate) mod attachments;
pub(crate) mod draft;
pub(crate) mod initial_transition;
pub(crate) mod proposals;
pub(crate) mod remembered;

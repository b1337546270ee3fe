//! Tickets that stay open: what is written to them.

pub(crate) mod announcement;
pub(crate) mod labels;
pub(crate) mod repository_labels;
pub(crate) mod tracking;
pub(crate) mod transitions;

//! Checks for everything that would make a run fail, before any ticket is filed.

pub(crate) mod statuses;
pub(crate) mod targets;
pub(crate) mod trial;

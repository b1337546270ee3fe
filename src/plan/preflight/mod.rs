//! What a run would stumble over, found before any ticket is filed.

pub(crate) mod statuses;
pub(crate) mod targets;
pub(crate) mod trial;

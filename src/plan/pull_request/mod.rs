//! What a pull request announces on tickets, and what it leaves behind when it is closed.

pub(crate) mod base;
pub(crate) mod closed;
pub(crate) mod failed_remediation;
pub(crate) mod merged;
pub(crate) mod project;
pub(crate) mod remediation;
pub(crate) mod retract;

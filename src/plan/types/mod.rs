//! What a plan is made from and what it consists of: plain data, and no decisions.

pub(crate) mod ended;
pub(crate) mod ending;
pub(crate) mod field_note;
pub(crate) mod input;
pub(crate) mod needs;
pub(crate) mod next;
pub(crate) mod outcome;
pub(crate) mod plan;
pub(crate) mod proposal;
pub(crate) mod remediation;
pub(crate) mod snapshot;

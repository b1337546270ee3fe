//! What is known about a ticket before anything is decided about it: whose it is, which findings it holds, and what its
//! next record says.

pub(crate) mod assignments;
pub(crate) mod labels;
pub(crate) mod linked;
pub(crate) mod names;
pub(crate) mod ownership;
pub(crate) mod records;
pub(crate) mod steps;
pub(crate) mod transitions;

//! What came of a command.

pub mod gate;
pub(crate) mod made;
pub mod result;
pub(crate) mod run_context;
pub(crate) mod tally;
pub(crate) mod ticket;

//! What came of a command.

pub mod document;
pub mod finding;
pub mod gate;
pub(crate) mod made;
pub(crate) mod news;
pub mod result;
pub(crate) mod run_context;
pub(crate) mod tally;
pub(crate) mod ticket;

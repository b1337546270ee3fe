//! The result of a command.

pub(crate) mod document;
pub(crate) mod finding;
pub(crate) mod gate;
pub(crate) mod made;
pub(crate) mod news;
pub(crate) mod news_item;
pub(crate) mod news_list;
pub(crate) mod result;
pub(crate) mod run_context;
pub(crate) mod tally;
pub(crate) mod ticket;

//! The decision as a whole, and what is decided after it has been carried out.

pub(crate) mod alerts;
pub(crate) mod decide;
pub(crate) mod dedupe;
mod groups;
pub(crate) mod last_look;
mod split;

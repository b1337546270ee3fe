//! The fields of tickets, from the configuration and what a project's create screen accepts.
//!
//! A value that the screen does not accept is left out with a warning; if the field is required, nothing is filed
//! there.

pub(crate) mod destination;
pub(crate) mod due;
pub(crate) mod fill;
pub(crate) mod filler;
pub(crate) mod further;
pub(crate) mod note;
pub(crate) mod priority;
#[cfg(test)]
mod tests;

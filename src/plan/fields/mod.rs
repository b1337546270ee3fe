//! The fields of tickets, from what the configuration says and what a project's create screen takes.
//!
//! A value that the screen does not take is left out with a warning; where the field is required,
//! nothing is filed there.

pub(crate) mod destination;
pub(crate) mod due;
pub(crate) mod fill;
pub(crate) mod filler;
pub(crate) mod further;
pub(crate) mod note;
pub(crate) mod priority;
#[cfg(test)]
mod tests;

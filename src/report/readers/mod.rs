//! One file or folder per format, by what its tools look for.

pub(crate) mod alert;
pub(crate) mod code;
pub(crate) mod dependency;
pub(crate) mod infrastructure;
pub(crate) mod secret;
pub(crate) mod vex;
pub(crate) mod web;

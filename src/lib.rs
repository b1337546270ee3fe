//! casefile.
pub mod compose;
pub mod document;
pub mod error;
pub mod model;
pub mod report;
pub mod tracker;

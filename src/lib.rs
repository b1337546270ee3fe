//! casefile.
pub mod document;
pub mod error;
pub mod group;
pub mod model;
pub mod report;
pub mod tracker;

//! casefile.
pub mod document;
pub mod error;
pub mod http;
pub mod model;
pub mod report;
pub mod tracker;

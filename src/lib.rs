//! casefile.
pub mod apply;
pub mod cli;
pub mod compose;
pub mod config;
pub mod document;
pub mod error;
pub mod export;
pub mod github;
pub mod group;
pub mod http;
pub mod model;
pub mod pipeline;
pub mod plan;
pub mod policy;
pub mod report;
pub mod tracker;

//! GitHub: what the run is about, pull requests, and the ways in which a step speaks to its runner.

pub mod alerts;
pub mod app;
pub mod branches;
pub mod client;
pub mod commands;
mod comments;
mod contents;
pub mod context;
pub mod failure;
mod link;
pub mod list;
pub mod outputs;
pub mod pulls;
pub mod rewrite;
pub mod settings;

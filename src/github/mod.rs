//! GitHub: what the run is for, pull requests, and how a step communicates with its runner.

pub(crate) mod alerts;
pub(crate) mod app;
pub(crate) mod branches;
pub(crate) mod client;
pub(crate) mod commands;
mod comments;
mod contents;
pub(crate) mod context;
pub(crate) mod failure;
mod link;
pub(crate) mod list;
pub(crate) mod outputs;
pub(crate) mod pulls;
pub(crate) mod rewrite;
pub(crate) mod settings;

//! From a binary to a release, and from a release to a binary on a runner: a dry run of all parts of the workflows
//! `release` and `publish` and of the action that one Linux machine can run.

mod action;
#[path = "../../../packaging/extras/mod.rs"]
mod extras;
mod inputs;
mod package;
mod recipes;
mod release;
mod server;
mod workflow;

//! Everything that is tested from outside the crate; one binary, so that it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod advisories;
mod arrows;
mod cloud;
mod contract;
mod corpus;
mod data_center;
mod dependencies;
mod documents;
mod drafts;
mod equivalents;

mod growth;
mod help;
mod hostile;
mod init;
#[cfg(target_os = "linux")]
mod install;
mod local;
mod names;
mod pages;
mod readme;
mod rig;
mod scenarios;
mod security;
mod severities;
#[path = "../simulator/lib.rs"]
mod simulator;
#[path = "simulator.rs"]
mod simulator_itself;
mod site;
mod specs;
mod threads;
mod tickets;
mod tls;
mod trust;
mod words;

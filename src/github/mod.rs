//! GitHub: what the run is about, pull requests, and the ways in which a step speaks to its runner.

pub mod context;

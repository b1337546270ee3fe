//! Everything that is tested from outside the crate; one binary, so that it links once.

#[path = "../simulator/lib.rs"]
mod simulator;
#[path = "simulator.rs"]
mod simulator_itself;

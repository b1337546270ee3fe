//! Everything that is tested from outside the crate; one binary, so that it links once.

#[path = "../simulator/lib.rs"]
mod simulator;
#[cfg(test)]
#[path = "simulator.rs"]
mod simulator_itself;

//! Which findings are kept, and where they go: pure decisions over the configuration.

pub mod branch;

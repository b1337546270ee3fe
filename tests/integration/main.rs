//! Everything that is tested from outside the crate; one binary, so that it links once.

mod contract;
mod drafts;
mod local;

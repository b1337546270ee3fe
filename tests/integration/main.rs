//! Everything that is tested from outside the crate; one binary, so that it links once.

mod corpus;

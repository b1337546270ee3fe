//! The words: what a ticket, a comment and a pull request's section say.

pub mod section;

//! One command a file.

pub mod disconnect;
pub mod doctor;
pub(crate) mod export;
pub(crate) mod link;
pub(crate) mod plan;
pub mod refresh;
pub(crate) mod report;
pub(crate) mod run;

//! Findings and tickets that belong together although their names differ.

pub(crate) mod accepted;
pub(crate) mod carry_over;
pub(crate) mod duplicates;
pub(crate) mod edited;

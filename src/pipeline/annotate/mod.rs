//! The pull request's section: which pull request it is, what the section says, and how it is written.

pub(crate) mod lookup;
pub(crate) mod post;
pub(crate) mod section;
pub(crate) mod section_builder;
pub(crate) mod shown;

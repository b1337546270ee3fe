//! Statements on whether an advisory matters.

pub(crate) mod csaf;
pub(crate) mod openvex;

//! Alerts of the code's host.

pub(crate) mod github;

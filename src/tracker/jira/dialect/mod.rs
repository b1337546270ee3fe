//! How to talk to one kind of Jira: it shapes requests and reads nothing from the network. Pure.
//!
//! What both kinds share is provided here; a dialect adds the root of its API, the form of rich text and of people, and
//! how several issues are read at once.

mod cloud;
mod common;
mod data_center;
#[cfg(test)]
mod tests;

pub(super) use self::cloud::Cloud;
pub(super) use self::common::{Call, Dialect, IssueParts, PERMISSIONS, Search};
pub(super) use self::data_center::DataCenter;

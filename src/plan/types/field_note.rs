//! Values that fields do not accept.

use crate::model::fingerprint::Fingerprint;

/// A value of a group's findings that is left out.
#[derive(Debug)]
pub(crate) struct RejectedValue {
    /// The group that the ticket is for.
    pub(crate) group: Fingerprint,
    /// The key in the configuration.
    pub(crate) key: String,
    /// The field, as messages name it.
    pub(crate) field: String,
    /// What is wrong with the value, and what comes of it.
    pub(crate) why: String,
    pub(crate) end: &'static str,
    pub(crate) hint: String,
    /// Whether the value comes from a report, rather than being casefile's own words.
    pub(crate) foreign: bool,
}

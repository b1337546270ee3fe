//! The webhooks of the Jira site. The simulator sends none by itself: a test does, when it wants to.

use jiff::Timestamp;

/// What the site knows of webhooks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) all: Vec<Hook>,
    /// Whether the account has "Administer Jira".
    pub(crate) may: bool,
}

/// A webhook that was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hook {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) events: Vec<String>,
    pub(crate) secret: Option<String>,
    /// The JQL that chooses its issues.
    pub(crate) filter: String,
    /// When a dynamic one ends.
    pub(crate) until: Option<Timestamp>,
}

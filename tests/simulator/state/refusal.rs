//! A refusal as Jira words it: messages, and errors by field.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Why a request is not done; nothing has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) messages: Vec<String>,
    pub(crate) errors: BTreeMap<String, String>,
    /// What the service does not say, for the journal.
    pub(crate) note: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, messages: vec![message.into()], ..Self::default() }
    }

    /// A 400 that blames one field.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        let mut refusal = Self { status: 400, ..Self::default() };
        refusal.blame(field, message);
        refusal
    }

    /// What Jira says of an issue that is not there or not to be seen.
    pub(crate) fn no_issue() -> Self {
        Self::new(404, "Issue does not exist or you do not have permission to see it.")
    }

    pub(crate) fn blame(&mut self, field: &str, message: impl Into<String>) {
        self.status = 400;
        self.errors.insert(field.to_owned(), message.into());
    }

    pub(crate) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.errors.is_empty()
    }

    /// The error collection, as both Jiras write it.
    pub(crate) fn to_json(&self) -> Value {
        json!({"errorMessages": self.messages, "errors": self.errors})
    }
}

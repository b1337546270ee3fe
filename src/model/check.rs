//! What was found about one part of the setup, before any ticket is filed.

use serde::Serialize;

use super::scan::Problem;

/// The state of a part of the setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// Something will be left out, or nothing will be filed from here; the rest works.
    Warning,
    /// Tickets cannot be filed.
    Failed,
}

/// What was found about one part of the setup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which part, e.g. `fields of SEC`.
    pub name: String,
    /// Its state.
    pub state: Health,
    /// What was found, in one or two sentences.
    pub message: String,
    /// What to do; empty if there is nothing to do.
    pub hint: String,
}

impl Check {
    /// A part without advice.
    pub fn new(name: impl Into<String>, state: Health, message: impl Into<String>) -> Check {
        Check { name: name.into(), state, message: message.into(), hint: String::new() }
    }

    /// A part that is as it should be.
    pub fn ok(name: impl Into<String>, message: impl Into<String>) -> Check {
        Check::new(name, Health::Ok, message)
    }

    /// A part that mostly works.
    pub fn warning(name: impl Into<String>, message: impl Into<String>) -> Check {
        Check::new(name, Health::Warning, message)
    }

    /// A part that does not work.
    pub fn failed(name: impl Into<String>, message: impl Into<String>) -> Check {
        Check::new(name, Health::Failed, message)
    }

    /// What a run would report about it.
    pub fn of(name: impl Into<String>, state: Health, problem: &Problem) -> Check {
        let message = format!("{}: {}", problem.place, problem.message);
        Check::new(name, state, message).hint(problem.hint.as_str())
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Check {
        self.hint = hint.into();
        self
    }
}

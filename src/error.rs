//! The one error that reaches a person: what failed, and what to do about it.
//!
//! A kind has one exit code; the hint is attached where the failure is known.

use std::fmt;

/// What went wrong, by what the caller of the binary can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The arguments or the configuration are wrong; nothing was written.
    Usage,
    /// A report could not be read.
    Report,
    /// The tracker or GitHub refused or could not be reached.
    Remote,
    /// The machine did not allow us to read or write one of our own files.
    Machine,
}

impl ErrorClass {
    /// The exit code (`docs/commands.md`).
    pub fn exit_code(self) -> u8 {
        match self {
            ErrorClass::Usage => 2,
            ErrorClass::Report => 3,
            ErrorClass::Remote | ErrorClass::Machine => 4,
        }
    }
}

/// One of several things that are wrong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, e.g. `casefile.yml:3:11`.
    pub place: String,
    /// What is wrong, on one line.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
}

/// A failure that ends a command.
#[derive(Debug, Clone, thiserror::Error)]
pub struct Error {
    kind: ErrorClass,
    message: String,
    hint: Option<String>,
    faults: Vec<Fault>,
}

impl Error {
    /// An error that says what failed and where, in one plain sentence.
    pub fn new(kind: ErrorClass, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None, faults: Vec::new() }
    }

    /// Wrong arguments or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(ErrorClass::Usage, message)
    }

    /// The tracker or GitHub refused, or could not be reached.
    pub fn remote(message: impl Into<String>) -> Self {
        Error::new(ErrorClass::Remote, message)
    }

    /// The same error with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, consisting of these.
    #[must_use]
    pub fn of(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// What it consists of, if that is more than its message says.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// What the caller can do about it, as a class.
    pub fn kind(&self) -> ErrorClass {
        self.kind
    }

    /// What to do, if that is known.
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for (index, Fault { place, message, hint }) in self.faults.iter().enumerate() {
            let colon = if index == 0 { ":" } else { "" };
            let hint = if hint.is_empty() { String::new() } else { format!(" ({hint})") };
            write!(f, "{colon}\n  {place}: {message}{hint}")?;
        }
        Ok(())
    }
}

/// The result of anything that can end a command.
pub type Result<T> = std::result::Result<T, Error>;

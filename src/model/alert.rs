//! GitHub's own alerts: what a finding that was read from one keeps of it, and what a run changes.

use std::borrow::Cow;
use std::fmt;

/// The beginning of the comment on a dismissal by casefile. Such a dismissal repeats what the ticket says, so it does
/// not skip anything by itself, and only such a dismissal is undone.
pub const MARK: &str = "casefile: ";

/// A GitHub feature that creates alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// What scanners uploaded as SARIF.
    CodeScanning,
    /// Vulnerable packages.
    Dependabot,
    /// Credentials in the history.
    SecretScanning,
}

impl Feed {
    /// All of them.
    pub const ALL: [Feed; 3] = [Feed::CodeScanning, Feed::Dependabot, Feed::SecretScanning];

    /// GitHub's word, which is also used in its addresses.
    pub fn name(self) -> &'static str {
        match self {
            Feed::CodeScanning => "code-scanning",
            Feed::Dependabot => "dependabot",
            Feed::SecretScanning => "secret-scanning",
        }
    }

    /// The feed that an entry of `reports` refers to: `github:` and its name.
    pub fn of_entry(entry: &str) -> Option<Feed> {
        let name = entry.strip_prefix("github:")?;
        Feed::ALL.into_iter().find(|feed| feed.name() == name)
    }
}

/// Identifies an alert of a repository: each feed has its own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId {
    /// The feed that created it.
    pub feed: Feed,
    /// Its number, from 1.
    pub number: u64,
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let feed = match self.feed {
            Feed::Dependabot => "Dependabot",
            feed => feed.name(),
        };
        write!(f, "{feed} alert #{}", self.number)
    }
}

/// The state of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// What it reports is still present.
    Open,
    /// A person, or a rule of theirs, dismissed it.
    Dismissed,
    /// casefile dismissed it, because its ticket was accepted.
    Echoed,
    /// What it reports is gone.
    Gone,
}

/// An alert that a finding was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert<'r> {
    /// Which.
    pub id: AlertId,
    /// Its page.
    pub url: Option<Cow<'r, str>>,
    /// Its state.
    pub state: AlertState,
    /// Why it was dismissed, in GitHub's word and the person's; may be empty.
    pub why: Cow<'r, str>,
    /// Whether GitHub itself listed it in this run: a file may be old, or belong to another repository.
    pub live: bool,
}

/// A change of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertChange {
    /// Which.
    pub alert: AlertId,
    /// What it becomes.
    pub to: AlertTo,
    /// The key of the ticket that it follows, if it is known.
    pub ticket: Option<String>,
}

/// The new state of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertTo {
    /// Dismissed.
    Dismissed {
        /// One of the reasons that the feed accepts.
        reason: &'static str,
        /// Why, beginning with [`MARK`]; at most 280 characters.
        comment: String,
    },
    /// Open again.
    Open,
}

//! One scanner's run as reported, and what could not be read.

use serde::{Deserialize, Serialize};

use super::fingerprint::{Fingerprint, Recipe};

/// A stream of scans that replace each other.
///
/// A finding is gone only when the scope that reported it ran again without it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Workflow and job with the values of its matrix, or what `--scope` says.
    pub job: String,
    /// The scanner's name.
    pub scanner: String,
    /// `automationDetails.id` up to its last `/`, the configuration's category, or the report's path without what
    /// changes in it from run to run.
    pub category: String,
}

impl Scope {
    /// Names the scope in records and in the section.
    pub fn fingerprint(&self) -> Fingerprint {
        Recipe::new("scope").value(&self.job).value(&self.scanner).value(&self.category).finish()
    }
}

/// How many files of a scan can be [`Unread`]: if there are more, nothing can be concluded from the scan at all.
pub const UNREAD: usize = 500;

/// A file that a scanner could not scan, or not completely: a finding that is missing there is not gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// As in findings.
    pub path: String,
    /// What the scanner says about it.
    pub why: String,
}

/// One scanner's run as reported. Its reader passes it on after its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The scanner's name.
    pub scanner: String,
    /// Its version, if the report has it.
    pub version: Option<String>,
    /// What distinguishes this scan from others of the same scanner, if the report says it.
    pub category: Option<String>,
    /// Whether the scanner says that it succeeded; `None`: it does not say.
    pub success: Option<bool>,
    /// Why it failed, in its own words; empty: it does not say.
    pub reason: String,
    /// Files that it could not scan although it succeeded otherwise, at most [`UNREAD`].
    pub unread: Vec<Unread>,
    /// Whether the report has a place for findings at all: SARIF without `results` is a list of
    /// rules, not a clean scan (3.14.23).
    pub has_results: bool,
    /// The commit that was scanned, if the report has it.
    pub commit: Option<String>,
    /// The ids of the rules that the report lists; empty: it lists none.
    pub rules: Vec<String>,
    /// Whether these are all the rules that the scanner checks. Otherwise, they may be only those that found something.
    pub lists_all: bool,
    /// What was scanned, by the names that the report gives it: package URL, reference, name.
    pub products: Vec<String>,
}

impl Scan {
    /// A scan from a report with a place for findings, by a scanner that says no more about it.
    pub fn new(scanner: &str) -> Scan {
        Scan {
            scanner: scanner.to_owned(),
            version: None,
            category: None,
            success: None,
            reason: String::new(),
            unread: Vec::new(),
            has_results: true,
            commit: None,
            rules: Vec::new(),
            lists_all: false,
            products: Vec::new(),
        }
    }
}

/// Entries of a report that are not findings. They are counted and named, so that nothing seems lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotFinding {
    /// A package's license, or one that a policy forbids.
    License,
    /// A package that its authors call deprecated.
    Deprecation,
    /// A component of a bill of materials.
    Component,
    /// A check that found nothing wrong.
    PassedCheck,
    /// A check that the scanner leaves to people.
    ManualCheck,
}

impl NotFinding {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            NotFinding::License => "license",
            NotFinding::Deprecation => "deprecation",
            NotFinding::Component => "component",
            NotFinding::PassedCheck => "passed check",
            NotFinding::ManualCheck => "manual check",
        }
    }

    /// Whether it is the result of a check: an entry of the list of findings that was understood.
    pub fn is_check(self) -> bool {
        matches!(self, NotFinding::PassedCheck | NotFinding::ManualCheck)
    }
}

/// Something that could not be read, refused or done: what, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file with its position, the ticket's key, the field.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// Whether it may contain words from a report or from the tracker, which not everybody may see.
    #[serde(skip)]
    pub foreign: bool,
}

impl Problem {
    /// A problem without advice.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { place: place.into(), message: message.into(), hint: String::new(), foreign: false }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = hint.into();
        self
    }

    /// The same, marked as possibly containing words from a report or from the tracker.
    #[must_use]
    pub fn foreign(mut self) -> Problem {
        self.foreign = true;
        self
    }
}

//! Where findings go as they are read.

use crate::model::finding::{Exclusion, Finding, Statement};
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::{NotFinding, Problem, Scan};
use crate::model::severity::Severity;

/// Receives what a reader finds, in the order of the report.
///
/// A long report is read on several threads. What can be done with a finding before its turn comes is the work of a
/// [`Preparer`], of which each thread has its own; the sink itself is called by one thread at a time.
pub trait Sink: Send {
    /// A finding; it belongs to the scan that is given next.
    fn finding(&mut self, finding: Finding<'_>);

    /// What a VEX document says about an advisory. It applies wherever the advisory was found. A sink that only needs
    /// findings need not implement it.
    fn statement(&mut self, _: Statement) {}

    /// Closes the scan whose findings and problems came before.
    fn scan(&mut self, scan: Scan);

    /// An element that could not be read. Its neighbours are still read; its scan is not complete.
    fn problem(&mut self, problem: Problem);

    /// This many entries of the report are not findings. A sink that only needs findings need not count them.
    fn not_findings(&mut self, _: NotFinding, _: usize) {}

    /// The document ends, and another one begins at this byte of the report. Only the code that opens reports needs to
    /// know.
    fn follows(&mut self, _: u64) {}

    /// Creates what does the work that can be done before the turn of a finding comes.
    fn preparer<'p>(&self) -> Box<dyn Preparer + 'p>
    where
        Self: 'p,
    {
        Box::new(AsItIs)
    }

    /// The same as [`Sink::finding`], for one that has been prepared.
    fn prepared(&mut self, prepared: Prepared<'_>) {
        self.finding(prepared.finding);
    }
}

/// Prepares findings on its own thread, whatever their order.
pub trait Preparer: Send {
    /// The finding with what was computed for it.
    fn prepare<'r>(&mut self, finding: Finding<'r>) -> Prepared<'r>;
}

/// A finding with what a [`Preparer`] computed for it.
pub struct Prepared<'r> {
    /// The finding itself.
    pub finding: Finding<'r>,
    /// Its identity and what becomes of it; `None`: nothing was computed.
    pub assessment: Option<Assessment>,
}

/// A finding's identity and what becomes of it, as far as the finding itself shows.
#[derive(Debug, Clone, Copy)]
pub struct Assessment {
    /// Its severity according to the configuration.
    pub severity: Severity,
    /// Why it is not filed, if it is not.
    pub exclusion: Option<Exclusion>,
    /// For a rule's finding: its anchors and the hash of its text, without the checkout's line.
    pub anchors: Option<FindingAnchors>,
}

/// What identifies a rule's finding.
#[derive(Debug, Clone, Copy)]
pub struct FindingAnchors {
    /// The scanner's stable fingerprint, the flagged line's text, the start line.
    pub anchors: [Option<Fingerprint>; 3],
    /// The text by itself, hashed; 0: unknown.
    pub text: u32,
}

/// Prepares nothing.
struct AsItIs;

impl Preparer for AsItIs {
    fn prepare<'r>(&mut self, finding: Finding<'r>) -> Prepared<'r> {
        Prepared { finding, assessment: None }
    }
}

/// Ignores everything: for examining a report without its findings.
pub(crate) struct Nobody;

impl Sink for Nobody {
    fn finding(&mut self, _: Finding<'_>) {}
    fn scan(&mut self, _: Scan) {}
    fn problem(&mut self, _: Problem) {}
}

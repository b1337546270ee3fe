//! Where findings go as they are read.

use crate::model::finding::{Finding, Statement};
use crate::model::scan::{NotFinding, Problem, Scan};

/// Takes what a reader finds, in the order of the report.
pub trait Sink {
    /// A finding; it belongs to the scan that is given next.
    fn finding(&mut self, finding: Finding<'_>);

    /// What a VEX document says of an advisory. It holds wherever the advisory was found. Who looks at
    /// findings alone need not take it.
    fn statement(&mut self, _: Statement) {}

    /// Closes the scan whose findings and problems came before.
    fn scan(&mut self, scan: Scan);

    /// An element that could not be read. Its neighbours still come; its scan is not whole.
    fn problem(&mut self, problem: Problem);

    /// So many things of the report are no findings. Who looks at findings alone need not count them.
    fn not_findings(&mut self, _: NotFinding, _: usize) {}

    /// The document ends, and at this byte of the report more begins. Only who opens reports need know.
    fn follows(&mut self, _: u64) {}
}

/// Takes nothing: for a look at a report that tells no findings.
pub(crate) struct Nobody;

impl Sink for Nobody {
    fn finding(&mut self, _: Finding<'_>) {}
    fn scan(&mut self, _: Scan) {}
    fn problem(&mut self, _: Problem) {}
}

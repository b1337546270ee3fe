//! Bytes to findings, scans and problems: one file a format, all of one shape.

use crate::model::finding::Finding;
use crate::model::scan::{Problem, Scan};

pub mod advisory;
pub mod checkout;
pub mod each;
pub mod files;
pub mod formats;
pub mod kind;
pub mod lenient;
mod mend;
pub mod path;
mod sarif;
pub mod source;
pub mod weakness;
mod window;

/// Takes what a reader finds, in the order of the report.
pub trait Sink {
    /// A finding; it belongs to the scan that is given next.
    fn finding(&mut self, finding: Finding<'_>);

    /// Closes the scan whose findings and problems came before.
    fn scan(&mut self, scan: Scan);

    /// An element that could not be read. Its neighbours still come; its scan is not whole.
    fn problem(&mut self, problem: Problem);
}

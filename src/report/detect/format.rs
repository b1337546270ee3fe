//! A report format: how it is recognised, and what reads it.

use crate::model::finding::FindingKind;
use crate::model::scan::Problem;
use crate::report::detect::outline::Outline;
use crate::report::parse::source::ReportSource;
use crate::report::sink::Sink;

/// A report format that casefile reads.
pub struct Format {
    /// The name in output and documentation.
    pub name: &'static str,
    /// The tools that write it.
    pub scanners: &'static str,
    /// How it is distinguished from others, in words.
    pub recognised: &'static str,
    /// The kinds of findings that it can contain.
    pub kinds: &'static [FindingKind],
    pub(crate) recognise: fn(&Outline) -> bool,
    /// Reads a report as one of this format, whether or not it is recognised as such.
    pub read: fn(&ReportSource, &mut dyn Sink) -> Result<(), Problem>,
}

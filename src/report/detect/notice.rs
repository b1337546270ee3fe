//! The notice that `safety check` of version 3 prints before and after its report, in a frame of `+====+`, even if its
//! output is redirected to a file.

use std::io::Read;

use crate::report::parse::source::ReportSource;

/// How much is examined, in bytes: the notice has some thousand.
const LOOK: u64 = 8 << 10;

/// The length of the notice at the beginning of a report, in bytes, up to the JSON; `None`: there is none.
pub(crate) fn before(source: &ReportSource) -> Option<u64> {
    let head = head(source)?;
    let json = head.find("\n{").or_else(|| head.find("\n["))? + 1;
    Some(json as u64)
}

/// Whether there is nothing but a notice.
pub(crate) fn is_all(source: &ReportSource) -> bool {
    head(source).is_some_and(|head| (head.len() as u64) < LOOK && !head.contains(['{', '[']))
}

/// The beginning of a report that begins with a notice.
fn head(source: &ReportSource) -> Option<String> {
    let mut head = Vec::new();
    // what fails here also fails when the report is read, and is reported there
    source.open().ok()?.take(LOOK).read_to_end(&mut head).ok()?;
    let head = String::from_utf8_lossy(&head).into_owned();
    (head.trim_start().starts_with("+==") && head.contains("DEPRECATED")).then_some(head)
}

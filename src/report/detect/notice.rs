//! The notice that `safety check` of version 3 prints before and after its report, in a frame of `+====+`, also where
//! its output is redirected into a file.

use std::io::Read;

use crate::report::parse::source::ReportSource;

/// How much is looked at, in bytes: the notice has some thousand.
const LOOK: u64 = 8 << 10;

/// How many bytes the notice takes that a report begins with, up to the JSON; `None`: it begins with none.
pub(crate) fn before(source: &ReportSource) -> Option<u64> {
    let head = head(source)?;
    let json = head.find("\n{").or_else(|| head.find("\n["))? + 1;
    Some(json as u64)
}

/// Whether a notice is all that there is.
pub(crate) fn is_all(source: &ReportSource) -> bool {
    head(source).is_some_and(|head| (head.len() as u64) < LOOK && !head.contains(['{', '[']))
}

/// The beginning of a report that begins with a notice.
fn head(source: &ReportSource) -> Option<String> {
    let mut head = Vec::new();
    // what fails here fails in the main reading, and is reported there
    source.open().ok()?.take(LOOK).read_to_end(&mut head).ok()?;
    let head = String::from_utf8_lossy(&head).into_owned();
    (head.trim_start().starts_with("+==") && head.contains("DEPRECATED")).then_some(head)
}

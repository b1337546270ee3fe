//! What a scanner says it could not scan: reported once, with a count and the first one.

use crate::model::scan::Problem;

use crate::report::parse::source::ReportSource;
use crate::report::sink::Sink;

/// The failures of one scan.
#[derive(Default)]
pub(crate) struct Failures {
    count: usize,
    first: String,
}

impl Failures {
    /// Notes that something could not be scanned, and why.
    pub(crate) fn note(&mut self, what: &str, why: &str) {
        self.count += 1;
        if self.count == 1 {
            let separator = if what.is_empty() || why.is_empty() { "" } else { ": " };
            self.first = format!("{what:.200}{separator}{:.300}", first_line(why));
        }
    }

    /// Reports them to the sink. `Some(false)`: the scan failed.
    pub(crate) fn emit(&self, scanner: &str, source: &ReportSource, sink: &mut dyn Sink) -> Option<bool> {
        let count = match self.count {
            0 => return None,
            1 => String::new(),
            more => format!("; the first of {more} failures"),
        };
        let message = format!("{scanner} did not scan everything{count}: {}", self.first);
        sink.problem(
            Problem::new(&source.name, message)
                .hint("its findings are read, but no finding counts as gone; see the scanner's own log")
                .foreign(),
        );
        Some(false)
    }
}

/// The first line that is not blank.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

//! What Safety ignores by default.

use std::collections::BTreeMap;

use crate::model::scan::{Problem, Scan, UNREAD, Unread};
use crate::report::parse::source::ReportSource;
use crate::report::shared::path;
use crate::report::sink::Sink;

/// What to do about it.
const HINT: &str = "pin the versions, or set `ignore-unpinned-requirements: False` under `security` in Safety's policy \
                    file";

/// The vulnerabilities of packages in any version, which Safety ignores unless it is told otherwise. Nobody decided that
/// they do not matter, and nobody knows whether they do.
#[derive(Default)]
pub(super) struct SafetyUnpinned {
    /// How many there are in each file that asks for such packages.
    files: BTreeMap<String, usize>,
    /// How many are of no known file.
    elsewhere: usize,
}

impl SafetyUnpinned {
    /// Notes one in a file.
    pub(super) fn note(&mut self, file: &str, source: &ReportSource) {
        if let Some(count) = self.files.get_mut(file) {
            *count += 1;
        } else if self.files.len() < UNREAD && path::is_one_file(file, file, source) {
            self.files.insert(file.to_owned(), 1);
        } else {
            self.elsewhere += 1;
        }
    }

    /// Reports them: what is missing in these files is not gone. If one of the files is not known, nothing is.
    pub(super) fn emit(self, scan: &mut Scan, source: &ReportSource, sink: &mut dyn Sink) {
        if self.elsewhere > 0 {
            let message = format!("Safety {}", ignores(self.elsewhere));
            sink.problem(Problem::new(&source.name, message).hint(HINT));
            scan.success = Some(false);
        }
        let unread = |(path, count)| Unread { path, why: format!("it {}; {HINT}", ignores(count)) };
        scan.unread.extend(self.files.into_iter().map(unread));
    }
}

fn ignores(count: usize) -> String {
    match count {
        1 => "ignored 1 vulnerability in a package whose version is not pinned".to_owned(),
        more => format!("ignored {more} vulnerabilities in packages whose versions are not pinned"),
    }
}

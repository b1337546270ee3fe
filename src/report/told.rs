//! What a reader tells, as lines to compare: one for each finding, problem and scan.

use std::fmt::Write;

use super::Sink;
use super::formats::{Format, Outline};
use super::source::Source;
use crate::model::finding::{Finding, Subject};
use crate::model::scan::{Problem, Scan};

/// Checks that a report is recognised as this format, and what its reader tells.
pub(super) fn check(format: &Format, report: &str, expected: &[&str]) {
    let source = Source::bytes("r", report.as_bytes());
    assert!((format.recognise)(&Outline::of(&source).unwrap()), "no {}: {report}", format.name);
    let mut told = Told::default();
    if let Err(problem) = (format.read)(&source, &mut told) {
        told.0.push(format!("error {}", problem.message));
    }
    assert_eq!(told.0, expected, "{report}");
}

#[derive(Default)]
struct Told(Vec<String>);

impl Sink for Told {
    fn finding(&mut self, finding: Finding<'_>) {
        self.0.push(line(&finding));
    }

    fn scan(&mut self, scan: Scan) {
        let mut line = format!("scan {}", scan.scanner);
        for part in [&scan.version, &scan.commit].into_iter().flatten() {
            let _ = write!(line, " {part}");
        }
        for (said, part) in
            [(scan.success == Some(false), "failed"), (!scan.has_results, "without a place for results")]
        {
            if said {
                let _ = write!(line, " {part}");
            }
        }
        self.0.push(line);
    }

    fn problem(&mut self, problem: Problem) {
        let place = problem.place.split(" (byte ").next().unwrap_or_default();
        self.0.push(format!("problem {place}: {}", problem.message));
    }
}

/// Kind, severity, what is wrong with what, where, and why it is set aside.
fn line(finding: &Finding<'_>) -> String {
    let mut line = format!("{} {}", finding.kind, finding.severity);
    match &finding.subject {
        Subject::Rule => {
            let _ = write!(line, " {}: {}", finding.rule.id, finding.detail.message);
        }
        Subject::Advisory(advisory, package) => {
            let names: Vec<&str> =
                [&advisory.id].into_iter().chain(&advisory.aliases).map(String::as_str).collect();
            let _ = write!(line, " {} {}", names.join("="), package.purl);
            for (word, texts, between) in [("fixed", &package.fixed, ","), ("via", &package.path, ">")] {
                if !texts.is_empty() {
                    let _ = write!(line, " {word} {}", texts.join(between));
                }
            }
            for (said, word) in [(advisory.withdrawn, "withdrawn"), (advisory.exploited, "exploited")] {
                if said {
                    let _ = write!(line, " {word}");
                }
            }
        }
    }
    if !finding.location.path.is_empty() {
        let _ = write!(line, " at {}", finding.location.path);
    }
    if finding.location.line > 0 {
        let _ = write!(line, ":{}", finding.location.line);
    }
    if let Some(aside) = finding.aside {
        let _ = write!(line, " {aside}");
    }
    line
}

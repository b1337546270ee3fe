//! What is read from SARIF, and from what is almost SARIF.

use crate::model::finding::Subject;
use crate::model::scan::Scan;
use crate::report::readers::code::sarif::*;

mod broken;
mod results;
mod scans;

/// Records each event as a line, with what `show` says about a finding.
struct Told(Vec<String>, fn(&Finding<'_>) -> String);

impl Sink for Told {
    fn finding(&mut self, finding: Finding<'_>) {
        self.0.push((self.1)(&finding));
    }

    fn scan(&mut self, scan: Scan) {
        self.0.push(format!("scan {}", scan.scanner));
    }

    fn problem(&mut self, problem: Problem) {
        self.0.push(format!("problem {}: {}", problem.place, problem.message));
    }

    fn not_findings(&mut self, what: NotFinding, count: usize) {
        self.0.push(format!("{count} {}", what.name()));
    }
}

fn recorded(report: &str, show: fn(&Finding<'_>) -> String) -> Vec<String> {
    let mut recorded = Told(Vec::new(), show);
    if let Err(problem) = read(&ReportSource::bytes("r", report.as_bytes()), &mut recorded) {
        recorded.0.push(format!("error {}: {}", problem.place, problem.message));
    }
    recorded.0
}

fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
    assert_eq!(recorded(report, show), expected, "{report}");
}

/// Checks one run of a scanner `s` that has these rules and results.
fn check_results(rules: &str, results: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
    let report = format!(
        r#"{{"runs":[{{"tool":{{"driver":{{"name":"s","rules":[{rules}]}}}},"results":[{results}]}}]}}"#
    );
    check(&report, show, &[expected, &["scan s"]].concat());
}

fn place(finding: &Finding<'_>) -> String {
    format!("{} {}:{}", finding.rule.id, finding.location.path, finding.location.line)
}

fn words(finding: &Finding<'_>) -> String {
    finding.detail.message.to_string()
}

fn worth(finding: &Finding<'_>) -> String {
    let skipped = finding.skipped.map_or(String::new(), |skipped| format!(" {skipped}"));
    format!("{}{skipped}", finding.severity)
}

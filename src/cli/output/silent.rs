//! Reports that have no place for findings: that they tell none is no proof that there are none, so each is named.

use crate::cli::output::words::counted;
use crate::document::visible::one_line;
use crate::model::survey::{ReadReport, Survey};

/// How many of them are named.
const NAMED: usize = 20;

/// One line a report.
pub(crate) fn lines(survey: &Survey) -> Vec<String> {
    let all = survey.reports.iter().enumerate();
    let mut lines: Vec<String> = all.filter_map(|(index, report)| line(survey, index, report)).collect();
    if lines.len() > NAMED {
        let more = lines.len() - NAMED;
        lines.truncate(NAMED);
        lines.push(format!("… and {more} more without findings to read"));
    }
    lines
}

fn line(survey: &Survey, index: usize, report: &ReadReport) -> Option<String> {
    let has_place = survey.scans.iter().any(|seen| seen.report == index && seen.scan.has_results);
    if has_place || report.findings + report.problems > 0 || report.broken {
        return None;
    }
    let what = match (report.format.as_str(), report.statements) {
        ("", _) => return None,
        ("sarif", _) => "SARIF without results, its rules alone: no findings to read".to_owned(),
        ("cyclonedx", 0) => {
            "CycloneDX, a list of components without vulnerabilities: no findings to read".to_owned()
        }
        (format, 0) => format!("{format}, without a place for findings: none to read"),
        (format, count) => format!("{format}, {}, no findings", counted(count, "statement")),
    };
    Some(format!("{}: {what}", one_line(&report.path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scan::{Scan, Scope};
    use crate::model::survey::ScopedScan;

    fn check(format: &str, statements: usize, has_results: Option<bool>, expected: &[&str]) {
        let report = ReadReport {
            path: "a.json".into(),
            format: format.into(),
            scanner: String::new(),
            findings: 0,
            problems: 0,
            statements,
            whole: true,
            broken: false,
        };
        let scope = Scope { job: String::new(), scanner: String::new(), category: String::new() };
        let seen = |has_results| ScopedScan {
            scan: Scan { has_results, ..Scan::new("x") },
            scope,
            report: 0,
            whole: true,
        };
        let scans = has_results.map(seen).into_iter().collect();
        let survey = Survey { reports: vec![report], scans, ..Survey::default() };
        assert_eq!(lines(&survey), expected);
    }

    #[test]
    fn what_has_no_place_for_findings_is_named() {
        let parts = "a.json: CycloneDX, a list of components without vulnerabilities: no findings to read";
        check("cyclonedx", 0, Some(false), &[parts]);
        check(
            "sarif",
            0,
            Some(false),
            &["a.json: SARIF without results, its rules alone: no findings to read"],
        );
        check("openvex", 2, None, &["a.json: openvex, 2 statements, no findings"]);
        check("openvex", 1, None, &["a.json: openvex, 1 statement, no findings"]);
        check("trivy", 0, Some(true), &[]);
        check("", 0, None, &[]);
    }
}

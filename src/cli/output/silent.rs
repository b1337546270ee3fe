//! Reports that have no place for findings: that they have none does not prove that there are none, so each is named.
//! Also entries of reports that are not findings, so that nothing seems lost.

use crate::cli::output::words::counted;
use crate::document::visible::one_line;
use crate::model::scan::NotFinding;
use crate::model::survey::{ReadReport, Survey};
use crate::report::detect::FORMATS;

/// How many of them are named.
const NAMED: usize = 20;

/// One line per report.
pub(crate) fn lines(survey: &Survey) -> Vec<String> {
    let all = survey.reports.iter().enumerate();
    let mut lines: Vec<String> = all
        .flat_map(|(index, report)| line(survey, index, report).into_iter().chain(others(report)))
        .collect();
    if lines.len() > NAMED {
        let more = lines.len() - NAMED;
        lines.truncate(NAMED);
        lines.push(format!("… and {} like these", counted(more, "more line")));
    }
    lines
}

fn line(survey: &Survey, index: usize, report: &ReadReport) -> Option<String> {
    let mut scans = survey.scans.iter().filter(|seen| seen.report == index).peekable();
    let has_scans = scans.peek().is_some();
    let has_place = scans.any(|seen| seen.scan.has_results);
    if has_place || report.findings + report.problems > 0 || report.broken {
        return None;
    }
    let what = match (report.format.as_str(), report.statements) {
        ("", _) => return None,
        ("sarif", _) if !has_scans => "SARIF without runs: no findings to read".to_owned(),
        ("sarif", _) => "SARIF with rules but no results: no findings to read".to_owned(),
        ("cyclonedx", 0) => {
            let components = report.not_findings.get(&NotFinding::Component).copied().unwrap_or(0);
            let components = counted(components, NotFinding::Component.name());
            format!(
                "CycloneDX with {components} and no vulnerability data: scan this SBOM with Grype or OSV-Scanner, and give casefile the resulting report"
            )
        }
        (format, 0) if has_findings(format) => {
            format!("{format} without a list of findings: check whether the scan ran to completion")
        }
        (format, 0) => format!("{format} without statements: nothing to read"),
        (format, count) => format!("{format} with {} and no findings", counted(count, "statement")),
    };
    Some(format!("{}: {what}", one_line(&report.path)))
}

/// Whether reports of a format contain findings, and not only statements about them.
fn has_findings(format: &str) -> bool {
    FORMATS.iter().any(|known| known.name == format && !known.kinds.is_empty())
}

/// What the report contains besides findings: `12 licenses`.
fn others(report: &ReadReport) -> Option<String> {
    let listed = report.not_findings.iter().filter(|(what, _)| **what != NotFinding::Component);
    let listed: Vec<String> = listed.map(|(what, count)| counted(*count, what.name())).collect();
    if listed.is_empty() {
        return None;
    }
    let are = if listed.len() == 1 && listed[0].starts_with("1 ") {
        "is not a finding"
    } else {
        "are not findings"
    };
    Some(format!("{}: {} {are}", one_line(&report.path), listed.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_finding_is_counted_and_named() {
        let check = |counts: &[(NotFinding, usize)], expected: &[&str]| {
            let not_findings = counts.iter().copied().collect();
            let report = ReadReport {
                path: "a.json".into(),
                format: "trivy".into(),
                not_findings,
                findings: 1,
                ..ReadReport::default()
            };
            let survey = Survey { reports: vec![report], ..Survey::default() };
            assert_eq!(lines(&survey), expected);
        };
        check(&[(NotFinding::License, 12)], &["a.json: 12 licenses are not findings"]);
        check(&[(NotFinding::Deprecation, 1)], &["a.json: 1 deprecation is not a finding"]);
        check(
            &[(NotFinding::PassedCheck, 731), (NotFinding::ManualCheck, 1)],
            &["a.json: 731 passed checks and 1 manual check are not findings"],
        );
        check(&[], &[]);
    }
    use crate::model::scan::{Scan, Scope};
    use crate::model::survey::ScopedScan;

    fn check(format: &str, statements: usize, has_results: Option<bool>, expected: &[&str]) {
        let report = ReadReport {
            path: "a.json".into(),
            format: format.into(),
            statements,
            whole: true,
            ..ReadReport::default()
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
        let parts = "a.json: CycloneDX with 0 components and no vulnerability data: scan this SBOM with Grype or OSV-Scanner, and give casefile the resulting report";
        check("cyclonedx", 0, Some(false), &[parts]);
        check("sarif", 0, Some(false), &["a.json: SARIF with rules but no results: no findings to read"]);
        check("sarif", 0, None, &["a.json: SARIF without runs: no findings to read"]);
        check("openvex", 2, None, &["a.json: openvex with 2 statements and no findings"]);
        check("openvex", 1, None, &["a.json: openvex with 1 statement and no findings"]);
        check("openvex", 0, None, &["a.json: openvex without statements: nothing to read"]);
        let cut = "a.json: gosec without a list of findings: check whether the scan ran to completion";
        check("gosec", 0, Some(false), &[cut]);
        check("trivy", 0, Some(true), &[]);
        check("", 0, None, &[]);
    }
}

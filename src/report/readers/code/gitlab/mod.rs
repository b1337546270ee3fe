//! GitLab's security reports: SAST, dependency, container and secret detection (schemas 2 to 15).
//!
//! The scanner and its type may come after the findings, so the report is opened twice.

use std::sync::Arc;

use crate::model::finding::FindingKind;
use crate::model::scan::{Problem, Scan};

use crate::report::detect::format::Format;
use crate::report::detect::outline::{Outline, ReportShape};
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::sink::{Nobody, Sink};

mod finding;
mod wire;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "gitlab",
    scanners: "GitLab's analyzers (SAST, dependency scanning, container scanning, secret detection)",
    recognised: "a JSON object with `version`, `vulnerabilities`, and at least one of `scan`, \
                 `remediations` and `identifiers`",
    kinds: &[
        FindingKind::Code,
        FindingKind::Dependency,
        FindingKind::Infrastructure,
        FindingKind::Container,
        FindingKind::Secret,
    ],
    recognise,
    read,
};

fn recognise(outline: &Outline) -> bool {
    let own = || {
        outline.has("scan")
            || outline.has("remediations")
            || outline.has("dependency_files")
            || outline.head.contains("\"identifiers\"")
    };
    outline.shape == ReportShape::Object && outline.has("version") && outline.has("vulnerabilities") && own()
}

/// What `scan` says.
#[derive(Default)]
struct GitlabContext {
    scanner: Arc<str>,
    version: Option<String>,
    category: String,
    success: Option<bool>,
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let mut context = GitlabContext::default();
    let mut nobody = Nobody;
    // what fails here also fails in the second reading, and is reported there
    let _ = Json::new(&source.name, source.open()?, &mut nobody).each_entry(|json, key| {
        if key == "scan" {
            json.value::<wire::GitlabRun<'_>, _>(|run, _| {
                run.get().map(|run| context = GitlabContext::of(run))
            })?;
        }
        Ok(())
    });
    let mut has_results = false;
    let nowhere = wire::GitlabPlace::default();
    let mut json = Json::new(&source.name, source.open()?, sink);
    let end = json.each_entry(|json, key| {
        if key != "vulnerabilities" {
            return Ok(());
        }
        has_results = json.peek()? == Some(b'[');
        json.each_element(|json| {
            json.object::<wire::GitlabVulnerability<'_>>("vulnerability", |one, sink| {
                sink.finding(finding::finding(&context, one, one.location.get().unwrap_or(&nowhere), source));
            })
        })
    });
    let name = Some(&*context.scanner).filter(|name| !name.is_empty()).unwrap_or("GitLab");
    if context.success == Some(false) {
        sink.problem(
            Problem::new(&source.name, format!("{name} says that its scan failed"))
                .hint("see the scanner's output in its job log"),
        );
    }
    sink.scan(Scan {
        version: context.version.clone(),
        category: source.category.clone(),
        success: context.success,
        has_results,
        ..Scan::new(name)
    });
    end
}

impl GitlabContext {
    fn of(run: &wire::GitlabRun<'_>) -> GitlabContext {
        let scanner = run.scanner.get();
        GitlabContext {
            scanner: scanner.and_then(wire::Scanner::called).unwrap_or_default().into(),
            version: scanner.and_then(|scanner| scanner.version.owned()),
            category: run.r#type.to_string(),
            success: match run.messages.objects().any(|message| &*message.level == "fatal") {
                true => Some(false),
                false => run.status.some().map(|status| status != "failure"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FORMAT;
    use crate::report::shared::recorded::check_lines;

    const SCAN: &str =
        r#""scan":{"type":"sast","status":"success","scanner":{"id":"s","name":"Scan","version":"1.2"}}"#;

    #[test]
    fn code_is_told_by_its_rule() {
        check_lines(
            &FORMAT,
            &format!(
                r#"{{"version":"15.0.0","vulnerabilities":[
                {{"id":"x","name":"Bad call","message":"eval() here","description":"Do not.","severity":"High","location":{{"file":"a.py","start_line":3}},
                 "identifiers":[{{"type":"cwe","name":"CWE-95","value":"95"}},{{"type":"rule","name":"Rule B1","value":"B1"}}],
                 "flags":[{{"type":"flagged-as-likely-false-positive"}}]}},
                {{"name":"Key","message":"the key is hunter2","severity":"Unknown","scanner":{{"name":"Gitleaks"}},"location":{{"file":"b"}},
                 "identifiers":[{{"type":"g","name":"Rule Key","value":"some key"}}]}}, 5],"remediations":[],{SCAN}}}"#
            ),
            &[
                "code high B1: eval() here at a.py:3 suppressed",
                "secret medium Rule Key: Key at b",
                "problem is not a vulnerability and was skipped",
                "scan Scan 1.2",
            ],
        );
    }

    #[test]
    fn a_fatal_message_is_a_failure() {
        let check = |level: &str, expected: &[&str]| {
            let report = format!(
                r#"{{"version":"15.0.0","vulnerabilities":[],"scan":{{"status":"success","scanner":{{"name":"S"}},"messages":[{{"level":"{level}","value":"x"}}]}}}}"#
            );
            check_lines(&FORMAT, &report, expected);
        };
        check("warn", &["scan S"]);
        check("fatal", &["problem S says that its scan failed", "scan S failed"]);
    }

    #[test]
    fn packages_are_told_by_their_advisories() {
        let vulnerability = |place: &str, solution: &str| {
            format!(
                r#"{{"version":"15.0.0","scan":{{"type":"","status":"failure","scanner":{{"name":"S"}}}},"vulnerabilities":[
                {{"name":"Bad","severity":"Critical","solution":"{solution}","location":{{{place},"dependency":{{"package":{{"name":"left"}},"version":"1.0"}}}},
                "identifiers":[{{"type":"ghsa","name":"GHSA-aaaa-bbbb-cccc","value":"GHSA-aaaa-bbbb-cccc"}},{{"type":"cve","name":"CVE-2020-1","value":"CVE-2020-1"}}]}}]}}"#
            )
        };
        let end = ["problem S says that its scan failed", "scan S failed"];
        check_lines(
            &FORMAT,
            &vulnerability(r#""file":"x/package-lock.json""#, "Upgrade to version 1.1 or above."),
            &[
                "dependency critical CVE-2020-1=GHSA-aaaa-bbbb-cccc pkg:npm/left@1.0 fixed 1.1 at x/package-lock.json",
                end[0],
                end[1],
            ],
        );
        check_lines(
            &FORMAT,
            &vulnerability(
                r#""image":"r/shop:1","operating_system":"debian:12""#,
                "Upgrade left from 1.0 to 1.0-2.",
            ),
            &[
                "container critical CVE-2020-1=GHSA-aaaa-bbbb-cccc pkg:deb/left@1.0 fixed 1.0-2 at r/shop:1",
                end[0],
                end[1],
            ],
        );
    }
}

//! A report that was read in some format and produced nothing, although it has members whose names suggest findings: it
//! may come from another tool, and then it does not prove that there are no findings.

use crate::model::scan::Problem;
use crate::report::parse::json::Json;
use crate::report::parse::source::ReportSource;
use crate::report::sink::Nobody;

/// Names for findings, in lower case and without `_` and `-`: parts of a member's name.
const NAMES: &[&str] = &[
    "advisories",
    "alerts",
    "defects",
    "failedchecks",
    "findings",
    "flaws",
    "issues",
    "leaks",
    "matches",
    "misconfigurations",
    "threats",
    "violations",
    "vulnerabilit",
    "vulns",
    "weaknesses",
];

/// Parts of names that mean that these are not findings.
const EXCUSED: &[&str] = &["ignored", "suppressed", "excluded", "filtered", "passed", "skipped"];

/// How deeply such members can be nested.
const DEPTH: usize = 12;

/// How many bytes of a member show what it contains.
const START: usize = 4096;

/// The first member with a name that suggests findings and that is not empty.
pub(crate) fn member(source: &ReportSource) -> Option<String> {
    let mut found = None;
    let mut nobody = Nobody;
    let mut json = Json::new(&source.name, source.open().ok()?, &mut nobody);
    // what cannot be read was reported when the report was read
    let _ = look(&mut json, 0, &mut found);
    found
}

fn look(json: &mut Json<'_>, depth: usize, found: &mut Option<String>) -> Result<(), Problem> {
    if found.is_some() || depth > DEPTH {
        return Ok(());
    }
    match json.peek()? {
        Some(b'{') => json.each_entry(|json, key| {
            let name: String = key.to_lowercase().replace(['_', '-'], "");
            if EXCUSED.iter().any(|word| name.starts_with(word)) {
                return Ok(());
            }
            if found.is_none()
                && NAMES.iter().any(|part| name.contains(part))
                && holds_objects(json.start(START))
            {
                *found = Some(key.chars().take(60).collect());
            }
            look(json, depth + 1, found)
        }),
        Some(b'[') => json.each_element(|json| look(json, depth + 1, found)),
        _ => Ok(()),
    }
}

/// Whether a value is a list of objects, or an object of objects; `start`: its beginning. Licences are not findings.
fn holds_objects(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    let mut rest = text.trim_start();
    if text.to_ascii_lowercase().contains("\"license\"") {
        return false;
    }
    if let Some(entries) = rest.strip_prefix('{') {
        let value = entries.trim_start().strip_prefix('"').and_then(|key| key.split_once('"'));
        let value = value.and_then(|(_, value)| value.trim_start().strip_prefix(':'));
        return value.is_some_and(|value| value.trim_start().starts_with('{'));
    }
    while let Some(inner) = rest.strip_prefix('[') {
        rest = inner.trim_start();
    }
    rest.starts_with('{')
}

/// What is reported about such a report.
pub(crate) fn problem(source: &ReportSource, format: &str, member: &str) -> Problem {
    let message = format!(
        "looks like {format}, but nothing in its `{member}` could be read, so it does not count as a clean \
         scan"
    );
    Problem::new(&source.name, message).hint("it may be another tool's report: have that tool write SARIF")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_like_findings_is_found() {
        let check = |report: &str, expected: Option<&str>| {
            let source = ReportSource::bytes("r", report.as_bytes());
            assert_eq!(member(&source).as_deref(), expected, "{report}");
        };
        check(
            r#"{"results":[{"name":"x","packages":[{"name":"bash"}],"vulnerabilities":[{"id":"CVE-1"}]}]}"#,
            Some("vulnerabilities"),
        );
        check(r#"[{"target":"x","Issues":[ {"id":1}]}]"#, Some("Issues"));
        check(r#"{"a":{"failed_checks":[[{"id":1}]]}}"#, Some("failed_checks"));
        check(r#"{"vulnerabilities": {"lodash": {"via":["other"]}}}"#, Some("vulnerabilities"));
        check(r#"{"vulnerabilities":[],"findings":null,"issues":{},"matches":3}"#, None);
        check(
            r#"{"metadata":{"vulnerabilities":{"high":0}},"vulnerabilities":{"found":false,"list":[]}}"#,
            None,
        );
        check(r#"{"ignoredMatches":[{"id":1}],"suppressedVulnerabilities":[{}]}"#, None);
        check(r#"{"vulnerabilities":[{"license":"GPL","type":"license"}]}"#, None);
        check(r#"{"violations":[{"type":"License"}]}"#, None);
        check("not JSON", None);
    }
}

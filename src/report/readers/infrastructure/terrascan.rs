//! Terrascan's JSON (infrastructure as code).

use std::borrow::Cow;

use crate::model::finding::{ExclusionReason, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{LenientText, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{path, words};
use crate::report::sink::{Nobody, Sink};

/// The format. Passed rules are no findings; skipped violations are suppressed.
pub(crate) const FORMAT: Format = Format {
    name: "terrascan",
    scanners: "Terrascan",
    recognised: "a JSON object whose `results` have `violations` and either `scan_summary` or a `rule_name`",
    kinds: &[FindingKind::Infrastructure, FindingKind::Secret],
    recognise: |outline| {
        let inside = |key: &str| outline.head.contains(key);
        outline.shape == ReportShape::Object
            && outline.has("results")
            && (inside("\"violations\"") && (inside("\"scan_summary\"") || inside("\"rule_name\""))
                // what precedes them may be longer than the examined part
                || inside("\"scan_errors\"") && inside("\"iac_type\"") && inside("\"errMsg\"")
                || inside("\"passed_rules\"") && inside("\"rule_name\""))
    },
    read,
};

objects! { "snake_case"
    struct Violation {
        rule_name: LenientText<'a>,
        description: LenientText<'a>,
        rule_id: LenientText<'a>,
        severity: LenientText<'a>,
        category: LenientText<'a>,
        resource_name: LenientText<'a>,
        resource_type: LenientText<'a>,
        file: LenientText<'a>,
        line: Number,
    }

    struct TerrascanFailure {
        iac_type: LenientText<'a>,
        #[serde(rename = "errMsg")]
        message: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    let folder = folder(source).unwrap_or_default();
    tool::read(source, sink, "terrascan", |json, tool| {
        json.each_entry(|json, key| {
            if key != "results" {
                return Ok(());
            }
            json.each_entry(|json, key| match key {
                "scan_errors" => json.each_element(|json| {
                    tool.one::<TerrascanFailure<'_>>(json, |tool, failure, _| {
                        // it tries every type, and says which of them do not occur
                        let message = &failure.message;
                        let absent = message.contains("not found") || message.contains(" has no ");
                        if !absent && !message.starts_with("no ") {
                            tool.failed(&failure.iac_type, &failure.message);
                        }
                    })
                }),
                "violations" | "skipped_violations" => {
                    let skipped = (key == "skipped_violations").then_some(ExclusionReason::Suppressed);
                    tool.results::<Violation<'_>>(json, |tool, violation, sink| {
                        sink.finding(finding(tool, &folder, violation, skipped));
                    })
                }
                _ => Ok(()),
            })
        })
    })
}

/// What was scanned: file names are relative to it, and it comes after them in the report.
fn folder(source: &ReportSource) -> Option<String> {
    let mut found = None;
    let mut nobody = Nobody;
    let mut json = Json::new(&source.name, source.open().ok()?, &mut nobody);
    // what fails here also fails when the report is read, and is reported there
    let _ = json.each_entry(|json, key| match key {
        "results" => json.each_entry(|json, key| match key {
            "scan_summary" => json.each_entry(|json, key| {
                if key == "file/folder" {
                    found = Some(json.word()?);
                }
                Ok(())
            }),
            _ => Ok(()),
        }),
        _ => Ok(()),
    });
    found
}

fn finding<'r>(
    tool: &mut ToolScan<'_>,
    folder: &str,
    violation: &'r Violation<'r>,
    skipped: Option<ExclusionReason>,
) -> Finding<'r> {
    let rule = tool.rule(&violation.rule_id, || Rule {
        name: tool::sentence(&violation.description).to_owned(),
        description: (&*violation.description).into(),
        tags: [&violation.rule_name, &violation.category].into_iter().filter_map(|tag| tag.owned()).collect(),
        ..Rule::default()
    });
    let severity = words::severity(&violation.severity);
    let line = violation.line.position();
    let mut location = tool::place("", line, line, 0);
    location.path = whole(tool.source, folder, &violation.file);
    location.logical = match (violation.resource_type.some(), violation.resource_name.some()) {
        (Some(kind), Some(name)) => Some(Cow::Owned(format!("{kind}.{name}"))),
        (kind, name) => kind.or(name).map(Cow::Borrowed),
    };
    tool.finding(Hit {
        message: Cow::Borrowed(&violation.description),
        skipped,
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

/// A file's path including the folder that was scanned, unless that is on another machine.
fn whole<'r>(source: &ReportSource, folder: &str, file: &'r str) -> Cow<'r, str> {
    if folder.is_empty() || file.is_empty() || file.starts_with('/') {
        return Cow::Borrowed(file);
    }
    // a single file can be scanned, too
    let alone = folder == file || folder.ends_with(&format!("/{file}"));
    let whole = if alone { folder.to_owned() } else { format!("{folder}/{file}") };
    let foreign = path::is_foreign(&path::of_path(Cow::Borrowed(&whole), source));
    if foreign { Cow::Borrowed(file) } else { Cow::Owned(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(folder: &str, rest: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        let report = format!(
            r#"{{"results":{{{rest},"scan_summary":{{"file/folder":"{folder}","iac_type":"all"}}}}}}"#
        );
        recorded::check("terrascan", &report, show, expected);
    }

    const VIOLATION: &str = r#"{"rule_name":"notPublic","description":"Ensure it is not public. Ever","rule_id":"AC_GCP_1","severity":"HIGH",
        "category":"Security","resource_name":"main","resource_type":"google_container_cluster","file":"cluster.tf","plan_root":"./","line":52}"#;

    #[test]
    fn errors_may_be_longer_than_the_look_and_what_is_not_there_is_no_failure() {
        let error = r#"{"iac_type":"terraform","directory":"/w","errMsg":"directory '/w/x' has no terraform config files"},"#;
        let errors = error.repeat(1_000);
        let report = format!(
            r#"{{"results":{{"scan_errors":[{}],"violations":[{{"rule_name":"r","rule_id":"AC_1","severity":"HIGH","file":"a.tf","line":3}}],"scan_summary":{{}}}}}}"#,
            errors.trim_end_matches(',')
        );
        assert!(report.len() > 64 << 10);
        recorded::check(
            "terrascan",
            &report,
            recorded::place,
            &["infrastructure AC_1 a.tf:3", "scan terrascan"],
        );
    }

    #[test]
    fn a_violation_is_a_finding() {
        let violations = format!(r#""violations":[{VIOLATION}],"skipped_violations":[{VIOLATION}]"#);
        let at = |path: &str| {
            format!("infrastructure AC_GCP_1 high {path}:52-52:0 in google_container_cluster.main")
        };
        let check_at = |folder, path| {
            let at = at(path);
            check(folder, &violations, lines, &[&at, &format!("{at}, suppressed"), "scan terrascan"]);
        };
        check_at(".", "cluster.tf");
        check_at("infra", "infra/cluster.tf");
        check_at("/github/workspace/infra", "infra/cluster.tf");
        check_at("/home/else/infra", "cluster.tf");
        check_at("infra/cluster.tf", "infra/cluster.tf");
        let violations = format!(r#""violations":[{VIOLATION}]"#);
        check(
            ".",
            &violations,
            words,
            &["Ensure it is not public. Ever | None at 0 | None None", "scan terrascan"],
        );
        check(
            ".",
            &violations,
            rule,
            &[
                r#"AC_GCP_1 | Ensure it is not public | Ensure it is not public. Ever | None | None | [] [] ["notPublic", "Security"]"#,
                "scan terrascan",
            ],
        );
    }

    #[test]
    fn only_what_failed_is_not_clean() {
        check(
            ".",
            r#""scan_errors":[{"iac_type":"helm","errMsg":"no helm charts found in directory x"},
            {"iac_type":"terraform","errMsg":"failed to parse a.tf"}],"violations":null"#,
            lines,
            &[
                "problem terrascan did not scan everything: terraform: failed to parse a.tf",
                "scan terrascan failed",
            ],
        );
    }
}

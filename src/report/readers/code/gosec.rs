//! gosec's JSON (Go).

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::json::Json;
use crate::report::parse::lenient::{Flag, LenientList, LenientText, Maybe, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{weakness, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "gosec",
    scanners: "gosec",
    recognised: "a JSON object with `Issues` and at least one of `Golang errors`, `GosecVersion` and `Stats`",
    kinds: &[FindingKind::Code, FindingKind::Secret],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("Issues")
            && ["Golang errors", "GosecVersion", "Stats"].iter().any(|key| outline.has(key))
    },
    read,
};

objects! { "snake_case"
    struct GosecIssue {
        severity: LenientText<'a>,
        confidence: LenientText<'a>,
        cwe: Maybe<GosecWeakness<'a>>,
        rule_id: LenientText<'a>,
        details: LenientText<'a>,
        file: LenientText<'a>,
        code: LenientText<'a>,
        /// A line, or the first and the last with a dash.
        line: LenientText<'a>,
        column: LenientText<'a>,
        nosec: Flag,
        suppressions: LenientList<Maybe<GosecSuppression<'a>>>,
    }

    struct GosecWeakness {
        #[serde(alias = "ID")]
        id: LenientText<'a>,
        #[serde(alias = "URL")]
        url: LenientText<'a>,
    }

    struct GosecSuppression {
        kind: LenientText<'a>,
    }

    struct GosecFailure {
        error: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "gosec", |json, tool| {
        json.each_entry(|json, key| match key {
            "Golang errors" => failures(tool, json),
            "GosecVersion" => tool.version(json),
            "Issues" => tool.results::<GosecIssue<'_>>(json, |tool, issue, sink| {
                sink.finding(finding(tool, issue));
            }),
            _ => Ok(()),
        })
    })
}

/// Files that could not be compiled, each with its errors.
fn failures(tool: &mut ToolScan<'_>, json: &mut Json<'_>) -> Result<(), Problem> {
    json.each_entry(|json, file| {
        json.each_element(|json| {
            tool.one::<GosecFailure<'_>>(json, |tool, failure, _| {
                tool.failed(file, &failure.error);
            })
        })
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, issue: &'r GosecIssue<'r>) -> Finding<'r> {
    let rule = tool.rule(&issue.rule_id, || Rule {
        name: tool::sentence(&issue.details).to_owned(),
        description: (&*issue.details).into(),
        help_uri: issue.cwe.get().and_then(|cwe| cwe.url.owned()),
        cwe: issue.cwe.get().into_iter().flat_map(|cwe| weakness::cwe_field(&cwe.id)).collect(),
        ..Rule::default()
    });
    let (first, last) = issue.line.split_once('-').unwrap_or((&issue.line, ""));
    let line = first.trim().parse().unwrap_or(0);
    let end_line = last.trim().parse().unwrap_or(line);
    let lines: Vec<(u32, &str)> = tool::numbered(&issue.code).collect();
    let inside = lines.iter().filter(|(number, _)| (line..=end_line).contains(number));
    let flagged = inside.map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
    // old versions only give the flagged code
    let (code, from) = match lines.first() {
        Some((number, _)) => (lines.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n"), *number),
        None => (issue.code.to_string(), line),
    };
    let text = if lines.is_empty() { Cow::Borrowed(&*issue.code) } else { Cow::Owned(flagged) };
    let suppressed = issue.nosec.0 == Some(true)
        || issue.suppressions.objects().any(|suppression| !suppression.kind.is_empty());
    let location = tool::place(&issue.file, line, end_line, issue.column.trim().parse().unwrap_or(0));
    let severity = words::severity(&issue.severity);
    tool.finding(Hit {
        message: Cow::Borrowed(&issue.details),
        snippet: Some((Cow::Owned(code), from)),
        anchors: Anchors { stable: None, text: Some(text), ..Anchors::default() },
        skipped: suppressed.then_some(ExclusionReason::Suppressed),
        confidence: words::confidence(&issue.confidence),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        recorded::check("gosec", report, show, expected);
    }

    fn one(issue: &str) -> String {
        format!(r#"{{"Golang errors":{{}},"Issues":[{issue}],"Stats":{{}},"GosecVersion":"2.1"}}"#)
    }

    #[test]
    fn an_issue_is_a_finding() {
        let issue = one(
            r#"{"severity":"MEDIUM","cwe":{"id":"22","url":"https://cwe/22"},"rule_id":"G304","details":"Inclusion via variable",
            "file":"/github/workspace/cmd/a.go","code":"41: \n42: \tf(\n43: \t\tp)\n44: }\n","line":"42-43","column":"2"}"#,
        );
        check(&issue, lines, &["code G304 medium cmd/a.go:42-43:2", "scan gosec 2.1"]);
        check(
            &issue,
            words,
            &[
                r#"Inclusion via variable | Some("\n\tf(\n\t\tp)\n}") at 41 | None Some("\tf(\n\t\tp)")"#,
                "scan gosec 2.1",
            ],
        );
        check(
            &issue,
            rule,
            &[
                r#"G304 | Inclusion via variable | Inclusion via variable | None | Some("https://cwe/22") | [22] [] []"#,
                "scan gosec 2.1",
            ],
        );
    }

    #[test]
    fn old_and_odd_issues_are_findings() {
        let check = |issue: &str, show, expected| check(&one(issue), show, &[expected, "scan gosec 2.1"]);
        check(
            r#"{"details":"TLS","file":"a.go","line":9,"code":"x := 1"}"#,
            words,
            r#"TLS | Some("x := 1") at 9 | None Some("x := 1")"#,
        );
        let first = r#"{"Issues":[{"rule_id":"G1","line":"9"}],"Stats":{"files":1}}"#;
        recorded::check("gosec", first, lines, &["code G1 info :9-9:0", "scan gosec"]);
        check(r#"{"rule_id":"G1","line":9,"nosec":true}"#, lines, "code G1 info :9-9:0, suppressed");
        check(
            r#"{"rule_id":"G1","suppressions":[{"kind":"inSource"}]}"#,
            lines,
            "code G1 info :0-0:0, suppressed",
        );
        check(
            r#"{"rule_id":"G101","details":"Potential hardcoded credentials","code":"1: p := \"hunter2\"","line":"1"}"#,
            words,
            "Potential hardcoded credentials | None at 0 | None None",
        );
    }

    #[test]
    fn what_does_not_compile_is_not_clean() {
        check(
            r#"{"Golang errors":{"a.go":[{"line":1,"column":2,"error":"no package"}]},"Issues":null,"GosecVersion":"dev"}"#,
            lines,
            &["problem gosec did not scan everything: a.go: no package", "scan gosec dev failed"],
        );
    }
}

//! Bandit's JSON (Python).

use std::borrow::Cow;

use crate::model::finding::{Anchors, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{weakness, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "bandit",
    scanners: "Bandit",
    recognised: "a JSON object with `generated_at`, and `metrics` that contain `CONFIDENCE` counts",
    kinds: &[FindingKind::Code, FindingKind::Secret],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("generated_at")
            && outline.has("metrics")
            && (outline.head.contains("\"CONFIDENCE.") || outline.has("results"))
    },
    read,
};

objects! { "snake_case"
    struct BanditIssue {
        code: LenientText<'a>,
        filename: LenientText<'a>,
        issue_severity: LenientText<'a>,
        issue_confidence: LenientText<'a>,
        issue_text: LenientText<'a>,
        issue_cwe: Maybe<BanditWeakness<'a>>,
        line_number: Number,
        line_range: LenientList<Number>,
        col_offset: Number,
        more_info: LenientText<'a>,
        test_id: LenientText<'a>,
        test_name: LenientText<'a>,
    }

    struct BanditWeakness {
        id: LenientText<'a>,
    }

    /// A file that could not be parsed.
    struct BanditFailure {
        filename: LenientText<'a>,
        reason: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Bandit", |json, tool| {
        json.each_entry(|json, key| match key {
            "errors" => json.each_element(|json| {
                tool.one::<BanditFailure<'_>>(json, |tool, failure, _| {
                    tool.unread(&failure.filename, &failure.reason);
                })
            }),
            "results" => tool.results::<BanditIssue<'_>>(json, |tool, issue, sink| {
                sink.finding(finding(tool, issue));
            }),
            _ => Ok(()),
        })
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, issue: &'r BanditIssue<'r>) -> Finding<'r> {
    let rule = tool.rule(&issue.test_id, || Rule {
        name: issue.test_name.to_string(),
        help_uri: issue.more_info.owned(),
        cwe: issue.issue_cwe.get().into_iter().flat_map(|cwe| weakness::cwe_field(&cwe.id)).collect(),
        ..Rule::default()
    });
    // Bandit's SARIF counts from the first line of the range
    let range = issue.line_range.iter().map(|line| line.position()).filter(|line| *line > 0);
    let line = range.clone().min().unwrap_or_else(|| issue.line_number.position());
    let column = issue.col_offset.0.map_or(0, |_| issue.col_offset.position() + 1);
    let location = tool::place(&issue.filename, line, range.max().unwrap_or(line), column);
    let severity = words::severity(&issue.issue_severity);
    let lines: Vec<(u32, &str)> = tool::numbered(&issue.code).collect();
    let flagged = lines.iter().find(|(number, _)| *number == line).map(|(_, text)| *text);
    let first = lines.first().map_or(0, |(number, _)| *number);
    let snippet = lines.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n");
    tool.finding(Hit {
        message: Cow::Borrowed(&issue.issue_text),
        snippet: Some((Cow::Owned(snippet), first)),
        anchors: Anchors { stable: None, text: flagged.map(Cow::Borrowed), ..Anchors::default() },
        confidence: words::confidence(&issue.issue_confidence),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(rest: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        let report = format!(r#"{{"generated_at":"x","metrics":{{}},{rest}}}"#);
        recorded::check("bandit", &report, show, expected);
    }

    const ISSUE: &str = r#"{"code":"3 import os\n4 os.system(\n5     x)\n","col_offset":0,"filename":"./a/b.py",
        "issue_cwe":{"id":78,"link":"l"},"issue_severity":"HIGH","issue_text":"Shell.","line_number":5,
        "line_range":[4,5],"more_info":"https://b/602","test_id":"B602","test_name":"shell"}"#;

    #[test]
    fn an_issue_is_a_finding() {
        let results = format!(r#""errors":[],"results":[{ISSUE}]"#);
        check(&results, lines, &["code B602 high a/b.py:4-5:1", "scan Bandit"]);
        check(
            &results,
            words,
            &[
                "Shell. | Some(\"import os\\nos.system(\\n    x)\") at 3 | None Some(\"os.system(\")",
                "scan Bandit",
            ],
        );
        check(
            &results,
            rule,
            &["B602 | shell |  | None | Some(\"https://b/602\") | [78] [] []", "scan Bandit"],
        );
    }

    #[test]
    fn a_password_stays_where_it_is() {
        // Bandit before 1.7.3 does not name weaknesses
        let issue = r#"{"code":"1 P = 'hunter2'\n","filename":"a.py","issue_severity":"LOW","line_number":1,
            "issue_text":"Possible hardcoded password: 'hunter2'","test_id":"B105","test_name":"hardcoded_password_string"}"#;
        let results = format!(r#""results":[{issue}]"#);
        check(&results, words, &["hardcoded_password_string | None at 0 | None None", "scan Bandit"]);
        check(&results, lines, &["secret B105 low a.py:1-1:0", "scan Bandit"]);
    }

    #[test]
    fn what_could_not_be_parsed_is_not_clean() {
        check(
            r#""errors":[{"filename":"x.py","reason":"syntax error"},{"filename":"y.py","reason":"z"}],"results":[]"#,
            lines,
            &["scan Bandit without x.py: syntax error without y.py: z"],
        );
        check(
            r#""results":[7,null,{}]"#,
            lines,
            &["problem is not a result and was skipped", "code  info :0-0:0", "scan Bandit"],
        );
    }
}

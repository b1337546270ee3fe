//! Brakeman's JSON (Ruby on Rails).

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, Finding, FindingKind, Rule};
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
    name: "brakeman",
    scanners: "Brakeman",
    recognised: "a JSON object with `scan_info` and `warnings`",
    kinds: &[FindingKind::Code, FindingKind::Secret],
    recognise: |outline| {
        outline.shape == ReportShape::Object && outline.has("scan_info") && outline.has("warnings")
    },
    read,
};

objects! { "snake_case"
    struct Warning {
        warning_type: LenientText<'a>,
        warning_code: Number,
        fingerprint: LenientText<'a>,
        check_name: LenientText<'a>,
        message: LenientText<'a>,
        file: LenientText<'a>,
        line: Number,
        link: LenientText<'a>,
        /// The flagged expression as Brakeman parsed it, not as it is in the file.
        code: LenientText<'a>,
        location: Maybe<BrakemanPlace<'a>>,
        confidence: LenientText<'a>,
        cwe_id: LenientList<LenientText<'a>>,
    }

    struct BrakemanPlace {
        class: LenientText<'a>,
        method: LenientText<'a>,
        template: LenientText<'a>,
        model: LenientText<'a>,
    }

    struct BrakemanFailure {
        error: LenientText<'a>,
        location: LenientText<'a>,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "Brakeman", |json, tool| {
        json.each_entry(|json, key| match key {
            "scan_info" => json.each_entry(|json, key| {
                if key == "brakeman_version" {
                    tool.version(json)?;
                }
                Ok(())
            }),
            "errors" => json.each_element(|json| {
                tool.one::<BrakemanFailure<'_>>(json, |tool, failure, _| {
                    tool.failed(&failure.location, &failure.error);
                })
            }),
            "warnings" | "ignored_warnings" => {
                let skipped = (key == "ignored_warnings").then_some(ExclusionReason::Suppressed);
                tool.results::<Warning<'_>>(json, |tool, warning, sink| {
                    sink.finding(finding(tool, warning, skipped));
                })
            }
            _ => Ok(()),
        })
    })
}

fn finding<'r>(
    tool: &mut ToolScan<'_>,
    warning: &'r Warning<'r>,
    skipped: Option<ExclusionReason>,
) -> Finding<'r> {
    // the name that Brakeman's SARIF uses
    let id = format!("BRAKE{:04}", warning.warning_code.position());
    let rule = tool.rule(&id, || Rule {
        name: warning.warning_type.to_string(),
        help_uri: warning.link.owned(),
        cwe: warning.cwe_id.iter().flat_map(|id| weakness::cwe_field(id)).collect(),
        tags: warning.check_name.owned().into_iter().collect(),
        ..Rule::default()
    });
    // its confidence determines the severity, as in its SARIF; it states none
    let severity = match &*warning.confidence {
        "High" => Severity::High,
        "Weak" => Severity::Low,
        _ => Severity::Medium,
    };
    let line = warning.line.position();
    let mut location = tool::place(&warning.file, line, line, 0);
    location.logical = warning.location.get().and_then(|place| {
        let class = [&place.class, &place.template, &place.model].into_iter().find_map(|name| name.some())?;
        Some(match place.method.some() {
            Some(method) => Cow::Owned(format!("{class}#{method}")),
            None => Cow::Borrowed(class),
        })
    });
    tool.finding(Hit {
        message: Cow::Borrowed(&warning.message),
        snippet: warning.code.some().map(|code| (Cow::Borrowed(code), line)),
        anchors: Anchors {
            stable: warning.fingerprint.some().map(|value| Cow::Owned(format!("fingerprint:{value}"))),
            text: None,
            ..Anchors::default()
        },
        skipped,
        assumed: true,
        confidence: words::confidence(&warning.confidence),
        ..Hit::new(rule, severity, location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(rest: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        let report = format!(r#"{{"scan_info":{{"brakeman_version":"6.1"}},{rest}}}"#);
        recorded::check("brakeman", &report, show, expected);
    }

    const WARNING: &str = r#"{"warning_type":"SQL Injection","warning_code":0,"fingerprint":"ab12","check_name":"SQL",
        "message":"Possible SQL injection","file":"app/models/a.rb","line":5,"link":"https://b/sql","code":"where(x)",
        "location":{"type":"method","class":"A","method":"b"},"confidence":"High","cwe_id":[89]}"#;

    #[test]
    fn a_warning_is_a_finding() {
        let warnings = format!(r#""warnings":[{WARNING}],"ignored_warnings":[{WARNING}],"errors":[]"#);
        let at = "code BRAKE0000 high app/models/a.rb:5-5:0 in A#b";
        check(&warnings, lines, &[at, &format!("{at}, suppressed"), "scan Brakeman 6.1"]);
        let warnings = format!(r#""warnings":[{WARNING}]"#);
        check(
            &warnings,
            words,
            &[
                r#"Possible SQL injection | Some("where(x)") at 5 | Some("fingerprint:ab12") None"#,
                "scan Brakeman 6.1",
            ],
        );
        check(
            &warnings,
            rule,
            &[
                r#"BRAKE0000 | SQL Injection |  | None | Some("https://b/sql") | [89] [] ["SQL"]"#,
                "scan Brakeman 6.1",
            ],
        );
    }

    #[test]
    fn a_password_stays_where_it_is() {
        check(
            r#""warnings":[{"warning_code":9,"warning_type":"Basic Auth","message":"m","line":null,"confidence":"Weak",
            "code":"http_basic_authenticate_with(:password => \"hunter2\")"}]"#,
            words,
            &["Basic Auth | None at 0 | None None", "scan Brakeman 6.1"],
        );
    }

    #[test]
    fn what_could_not_be_parsed_is_not_clean() {
        check(
            r#""warnings":[],"errors":[{"error":"parse error","location":"app/x.rb:3"}]"#,
            lines,
            &[
                "problem Brakeman did not scan everything: app/x.rb:3: parse error",
                "scan Brakeman 6.1 failed",
            ],
        );
    }
}

//! detect-secrets' JSON, which also serves as its baseline.
//!
//! Its hash of a secret is never read: a short secret can be guessed from it.

use std::borrow::Cow;

use crate::model::finding::{Anchors, ExclusionReason, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{Flag, LenientText, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::path;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::sink::Sink;

/// The format. What a person marked as not a secret in `detect-secrets audit` is suppressed.
pub(crate) const FORMAT: Format = Format {
    name: "detect-secrets",
    scanners: "detect-secrets",
    recognised: "a JSON object with `plugins_used` and either `results` or `filters_used`",
    kinds: &[FindingKind::Secret],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && outline.has("plugins_used")
            && (outline.has("results") || outline.has("filters_used"))
    },
    read,
};

objects! { "snake_case"
    struct DetectSecretsFound {
        #[serde(rename = "type")]
        kind: LenientText<'a>,
        filename: LenientText<'a>,
        is_secret: Flag,
        is_verified: Flag,
        line_number: Number,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "detect-secrets", |json, tool| {
        json.each_entry(|json, key| match key {
            "version" => tool.version(json),
            "results" => {
                tool.has_results = true;
                if json.peek()? != Some(b'{') {
                    let problem =
                        json.problem("is not an object that lists findings by file, and was skipped");
                    json.sink().problem(problem);
                    return json.skip();
                }
                json.each_entry(|json, file| {
                    // each of its findings may include it
                    let file = &*path::bounded(Cow::Borrowed(file));
                    tool.results::<DetectSecretsFound<'_>>(json, |tool, found, sink| {
                        sink.finding(finding(tool, file, found));
                    })
                })
            }
            _ => Ok(()),
        })
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, file: &'r str, found: &'r DetectSecretsFound<'r>) -> Finding<'r> {
    let rule = tool.rule(&found.kind, || Rule { name: found.kind.to_string(), ..Rule::default() });
    // one that was tried and works
    let severity = if found.is_verified.0 == Some(true) { Severity::Critical } else { Severity::High };
    let line = found.line_number.position();
    let location = tool::place(found.filename.some().unwrap_or(file), line, line, 0);
    tool.finding(Hit {
        anchors: Anchors::withheld(),
        skipped: (found.is_secret.0 == Some(false)).then_some(ExclusionReason::Suppressed),
        assumed: true,
        ..Hit::new(rule, severity, location)
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_of_another_type_are_no_clean_scan() {
        for results in ["[]", "null", "7", r#"[{"type":"x","line_number":1}]"#] {
            let report = format!(r#"{{"plugins_used":[],"results":{results}}}"#);
            let passed = "problem is not an object that lists findings by file, and was skipped";
            recorded::check("detect-secrets", &report, lines, &[passed, "scan detect-secrets"]);
        }
    }

    use crate::report::shared::recorded::{self, lines, words};

    #[test]
    fn a_result_is_a_finding_without_its_hash() {
        let report = r#"{"version":"1.5","plugins_used":[{"name":"AWSKeyDetector"}],"results":{"a.env":[
            {"type":"AWS Access Key","filename":"a.env","hashed_secret":"bd56","is_verified":true,"line_number":7},
            {"type":"Secret Keyword","hashed_secret":"5358","is_verified":false,"line_number":9,"is_secret":true},
            {"type":"Secret Keyword","hashed_secret":"5359","line_number":11,"is_secret":false}],"b":[]},"generated_at":"x"}"#;
        let check = |show, expected: &[&str]| recorded::check("detect-secrets", report, show, expected);
        check(
            lines,
            &[
                "secret AWS Access Key critical a.env:7-7:0",
                "secret Secret Keyword high a.env:9-9:0",
                "secret Secret Keyword high a.env:11-11:0, suppressed",
                "scan detect-secrets 1.5",
            ],
        );
        let keyword = "Secret Keyword | None at 0 | None None";
        check(
            words,
            &["AWS Access Key | None at 0 | None None", keyword, keyword, "scan detect-secrets 1.5"],
        );
    }
}

//! tfsec's JSON (Terraform).

use std::borrow::Cow;

use crate::model::finding::{ExclusionReason, Finding, FindingKind, Help, Rule};
use crate::model::scan::{NotFinding, Problem};
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{Flag, LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::words;
use crate::report::sink::Sink;

/// The format. Passed checks are no findings.
pub(crate) const FORMAT: Format = Format {
    name: "tfsec",
    scanners: "tfsec",
    recognised: "a JSON object whose `results` are null or a list of objects with `rule_id`, \
                 `rule_description` and `location`",
    kinds: &[FindingKind::Infrastructure, FindingKind::Secret],
    recognise: |outline| {
        let inside = || ["\"rule_id\"", "\"rule_description\"", "\"location\""];
        outline.shape == ReportShape::Object
            && outline.has("results")
            && (inside().into_iter().all(|key| outline.head.contains(key))
                || outline.is(r#"{"results":null}"#))
    },
    read,
};

objects! { "snake_case"
    struct TfsecFound {
        rule_id: LenientText<'a>,
        long_id: LenientText<'a>,
        rule_description: LenientText<'a>,
        rule_provider: LenientText<'a>,
        link: LenientText<'a>,
        links: LenientList<LenientText<'a>>,
        location: Maybe<TfsecPlace<'a>>,
        description: LenientText<'a>,
        impact: LenientText<'a>,
        resolution: LenientText<'a>,
        severity: LenientText<'a>,
        resource: LenientText<'a>,
        /// 0 is failed, 1 passed, 2 ignored; old versions write words.
        status: LenientText<'a>,
        passed: Flag,
    }

    struct TfsecPlace {
        filename: LenientText<'a>,
        start_line: Number,
        end_line: Number,
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "tfsec", |json, tool| {
        json.each_entry(|json, key| match key {
            "results" => tool.results::<TfsecFound<'_>>(json, |tool, found, sink| {
                match found.passed.0 == Some(true) || matches!(&*found.status, "1" | "passed") {
                    true => tool.not_finding(NotFinding::PassedCheck),
                    false => sink.finding(finding(tool, found)),
                }
            }),
            _ => Ok(()),
        })
    })
}

fn finding<'r>(tool: &mut ToolScan<'_>, found: &'r TfsecFound<'r>) -> Finding<'r> {
    let rule = tool.rule(found.long_id.some().unwrap_or(&found.rule_id), || Rule {
        name: found.rule_description.to_string(),
        description: [&found.rule_description, &found.impact]
            .into_iter()
            .filter_map(|text| text.some())
            .collect::<Vec<_>>()
            .join("\n")
            .into(),
        help: found.resolution.owned().map_or(Help::None, |text| Help::Text(text.into())),
        help_uri: found.link.owned().or_else(|| found.links.iter().find_map(|link| link.owned())),
        tags: found.rule_provider.owned().into_iter().collect(),
        ..Rule::default()
    });
    let severity = words::severity(&found.severity);
    let mut location = found.location.get().map_or_else(Default::default, |place| {
        tool::place(&place.filename, place.start_line.position(), place.end_line.position(), 0)
    });
    location.logical = found.resource.some().map(Cow::Borrowed);
    tool.finding(Hit {
        message: Cow::Borrowed(&found.description),
        skipped: matches!(&*found.status, "2" | "ignored").then_some(ExclusionReason::Suppressed),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        recorded::check("tfsec", report, show, expected);
    }

    fn found(status: &str) -> String {
        format!(
            r#"{{"rule_id":"AVD-AWS-0089","long_id":"aws-s3-logging","rule_description":"Log access","rule_provider":"aws","rule_service":"s3",
            "impact":"No way to trace","resolution":"Add a block","links":["https://l/1","https://l/2"],"description":"Bucket has no logging",
            "severity":"MEDIUM","status":{status},"resource":"aws_s3_bucket.a","location":{{"filename":"/github/workspace/infra/a.tf","start_line":3,"end_line":5}}}}"#
        )
    }

    #[test]
    fn a_result_is_a_finding() {
        let report = format!(r#"{{"results":[{},{},{}]}}"#, found("0"), found("1"), found("2"));
        let at = "infrastructure aws-s3-logging medium infra/a.tf:3-5:0 in aws_s3_bucket.a";
        check(&report, lines, &[at, &format!("{at}, suppressed"), "1 passed check", "scan tfsec"]);
        let report = format!(r#"{{"results":[{}]}}"#, found("\"failed\""));
        check(&report, words, &["Bucket has no logging | None at 0 | None None", "scan tfsec"]);
        check(
            &report,
            rule,
            &[
                r#"aws-s3-logging | Log access | Log access
No way to trace | Text("Add a block") | Some("https://l/1") | [] [] ["aws"]"#,
                "scan tfsec",
            ],
        );
    }

    #[test]
    fn nothing_is_clean() {
        check("{\n\t\"results\": null\n}\n", lines, &["scan tfsec"]);
    }
}

//! tfsec's JSON (Terraform).

use std::borrow::Cow;

use crate::model::finding::{Aside, Finding, Help, Kind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::{Format, Shape};
use crate::report::parse::lenient::{Flag, List, Maybe, Number, Text, objects};
use crate::report::parse::source::Source;
use crate::report::shared::tool::{self, Hit, Tool};
use crate::report::shared::words;
use crate::report::sink::Sink;

/// The format. Passed checks are no findings.
pub(crate) const FORMAT: Format = Format {
    name: "tfsec",
    scanners: "tfsec",
    recognised: "a JSON object with nothing but `results`, which is null or has a `rule_description` and `location`",
    kinds: &[Kind::Infrastructure, Kind::Secret],
    recognise: |outline| {
        let inside = || ["\"rule_id\"", "\"rule_description\"", "\"location\""];
        outline.shape == Shape::Object
            && outline.has("results")
            && (inside().into_iter().all(|key| outline.head.contains(key))
                || outline.is(r#"{"results":null}"#))
    },
    read,
};

objects! { "snake_case"
    struct Found {
        rule_id: Text<'a>,
        long_id: Text<'a>,
        rule_description: Text<'a>,
        rule_provider: Text<'a>,
        link: Text<'a>,
        links: List<Text<'a>>,
        location: Maybe<Place<'a>>,
        description: Text<'a>,
        impact: Text<'a>,
        resolution: Text<'a>,
        severity: Text<'a>,
        resource: Text<'a>,
        /// 0 is failed, 1 passed, 2 ignored; old versions write words.
        status: Text<'a>,
        passed: Flag,
    }

    struct Place {
        filename: Text<'a>,
        start_line: Number,
        end_line: Number,
    }
}

fn read(source: &Source, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "tfsec", |json, tool| {
        json.each_entry(|json, key| match key {
            "results" => tool.results::<Found<'_>>(json, |tool, found, sink| {
                if found.passed.0 != Some(true) && !matches!(&*found.status, "1" | "passed") {
                    sink.finding(finding(tool, found));
                }
            }),
            _ => Ok(()),
        })
    })
}

fn finding<'r>(tool: &mut Tool<'_>, found: &'r Found<'r>) -> Finding<'r> {
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
    let severity = words::severity(&found.severity).unwrap_or(Severity::Info);
    let mut location = found.location.get().map_or_else(Default::default, |place| {
        tool::place(&place.filename, place.start_line.position(), place.end_line.position(), 0)
    });
    location.logical = found.resource.some().map(Cow::Borrowed);
    tool.finding(Hit {
        message: Cow::Borrowed(&found.description),
        aside: matches!(&*found.status, "2" | "ignored").then_some(Aside::Suppressed),
        ..Hit::new(rule, severity, location)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::told::{self, lines, rule, words};

    fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        told::check("tfsec", report, show, expected);
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
        check(&report, lines, &[at, &format!("{at}, suppressed"), "scan tfsec"]);
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

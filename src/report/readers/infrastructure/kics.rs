//! KICS's JSON (infrastructure as code).

use std::borrow::Cow;

use crate::model::finding::{Anchors, Finding, FindingKind, Rule};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, SeenRule, ToolScan};
use crate::report::shared::{path, weakness, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "kics",
    scanners: "KICS",
    recognised: "a JSON object with `queries_total` and `queries`, or with `kics_version`",
    kinds: &[FindingKind::Infrastructure, FindingKind::Secret],
    recognise: |outline| {
        outline.shape == ReportShape::Object
            && (outline.has("kics_version") || outline.has("queries_total") && outline.has("files_scanned"))
    },
    read,
};

objects! { "snake_case"
    /// A rule with its findings.
    struct Query {
        query_name: LenientText<'a>,
        query_id: LenientText<'a>,
        query_url: LenientText<'a>,
        severity: LenientText<'a>,
        platform: LenientText<'a>,
        category: LenientText<'a>,
        description: LenientText<'a>,
        cwe: LenientText<'a>,
        files: LenientList<Maybe<KicsFile<'a>>>,
    }

    struct KicsFile {
        file_name: LenientText<'a>,
        similarity_id: LenientText<'a>,
        line: Number,
        resource_type: LenientText<'a>,
        resource_name: LenientText<'a>,
        search_key: LenientText<'a>,
        expected_value: LenientText<'a>,
        actual_value: LenientText<'a>,
    }
}

/// Counts of what KICS could not do.
const FAILURES: &[(&str, &str)] = &[
    ("files_failed_to_scan", "files that could not be scanned"),
    ("queries_failed_to_execute", "queries that could not be executed"),
];

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    tool::read(source, sink, "KICS", |json, tool| {
        json.each_entry(|json, key| {
            if let Some((_, what)) = FAILURES.iter().find(|(own, _)| *own == key) {
                let count = json.word()?;
                if !matches!(&*count, "" | "0") {
                    tool.failed(&format!("{what}: {count}"), "");
                }
                return Ok(());
            }
            match key {
                "kics_version" => tool.version(json),
                "queries" => tool.results::<Query<'_>>(json, |tool, query, sink| {
                    let rule = tool.rule(&query.query_id, || rule(query));
                    let severity = words::severity(&query.severity);
                    // it only lists a query that found something
                    if query.files.0.is_empty() {
                        let message =
                            "a query lists no files, although KICS reports only queries with findings";
                        sink.problem(Problem::new(&tool.source.name, message));
                    }
                    for _ in 0..query.files.strays() {
                        let message =
                            "an entry in a query's list of files does not describe a file and was skipped";
                        sink.problem(Problem::new(&tool.source.name, message));
                    }
                    for file in query.files.objects() {
                        sink.finding(finding(tool, rule.clone(), severity, file));
                    }
                }),
                _ => Ok(()),
            }
        })
    })
}

fn rule(query: &Query<'_>) -> Rule {
    let mut tags: Vec<String> =
        [&query.platform, &query.category].into_iter().filter_map(|tag| tag.owned()).collect();
    if query.query_name.starts_with("Passwords And Secrets") {
        tags.push("secret".to_owned());
    }
    Rule {
        name: query.query_name.to_string(),
        description: (&*query.description).into(),
        help_uri: query.query_url.owned(),
        cwe: weakness::cwe_field(&query.cwe).collect(),
        tags,
        ..Rule::default()
    }
}

fn finding<'r>(
    tool: &ToolScan<'_>,
    rule: SeenRule,
    severity: Option<Severity>,
    file: &'r KicsFile<'r>,
) -> Finding<'r> {
    // its SARIF gives line 1 for the file as a whole
    let line = file.line.position().max(1);
    let mut location = tool::place(path::of_kics(&file.file_name), line, line, 0);
    location.logical = match (file.resource_type.some(), file.resource_name.some()) {
        (Some(kind), Some(name)) => Some(Cow::Owned(format!("{kind}.{name}"))),
        // the key may quote its value
        _ if rule.kind == FindingKind::Secret => None,
        _ => file.search_key.some().map(Cow::Borrowed),
    };
    let message = match (file.actual_value.some(), file.expected_value.some()) {
        (Some(actual), Some(expected)) => Cow::Owned(format!("{actual}. Expected: {expected}")),
        (actual, expected) => Cow::Borrowed(actual.or(expected).unwrap_or_default()),
    };
    tool.finding(Hit {
        message,
        anchors: Anchors {
            stable: file.similarity_id.some().map(|id| Cow::Owned(format!("SimilarityID:{id}"))),
            withheld: rule.kind == FindingKind::Secret,
            quotes_none: states_only(&file.actual_value) && states_only(&file.expected_value),
            ..Anchors::default()
        },
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    })
}

/// Whether a value is only said to be there or not, or to be true or false, so that it quotes no credential:
/// `'automountServiceAccountToken' is undefined`.
fn states_only(text: &str) -> bool {
    const STATES: &[&str] = &[
        "undefined",
        "defined",
        "not defined",
        "null",
        "not null",
        "missing",
        "empty",
        "set",
        "not set",
        "set to true",
        "set to false",
        "true",
        "false",
        "undefined or null",
    ];
    let text = text.trim().trim_end_matches('.');
    let verbs = [" is ", " should be ", " are ", " and ", " or "];
    let end = verbs.iter().filter_map(|verb| text.rfind(verb).map(|at| at + verb.len())).max();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "'_.-[]{}= ".contains(c);
    text.is_empty() || end.is_some_and(|end| STATES.contains(&&text[end..])) && text.chars().all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    #[test]
    fn what_is_only_there_or_not_quotes_nothing() {
        let check = |text: &str, expected: bool| assert_eq!(states_only(text), expected, "{text}");
        check("'spec.automountServiceAccountToken' is undefined", true);
        check("'spec.automountServiceAccountToken' should be defined and set to false", true);
        check("metadata.name={{example}}.spec.token is set to true", true);
        check("'password' is set to 'hunter2'", false);
        check("'password' is hunter2", false);
        check("'token: hunter2' is undefined", false);
        check("", true);
    }

    fn check(rest: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        let report = format!(r#"{{"kics_version":"v2.0","files_scanned":1,"queries_total":9,{rest}}}"#);
        recorded::check("kics", &report, show, expected);
    }

    const QUERY: &str = r#"{"query_name":"Bucket open","query_id":"7af4","query_url":"https://q","severity":"HIGH","platform":"Terraform",
        "cwe":"284","category":"Access Control","description":"No open buckets","files":[
        {"file_name":"../../infra/s3.tf","similarity_id":"da14","line":36,"search_key":"bucket[x].acl","expected_value":"private","actual_value":"It is public"},
        {"file_name":"../../path/b.tf","line":-1,"resource_type":"aws_s3_bucket","resource_name":"logs"}]}"#;

    #[test]
    fn a_file_of_a_query_is_a_finding() {
        let queries = format!(r#""files_failed_to_scan":0,"queries":[{QUERY}]"#);
        check(
            &queries,
            lines,
            &[
                "infrastructure 7af4 high ../../infra/s3.tf:36-36:0 in bucket[x].acl",
                "infrastructure 7af4 high b.tf:1-1:0 in aws_s3_bucket.logs",
                "scan KICS v2.0",
            ],
        );
        check(
            &queries,
            words,
            &[
                r#"It is public. Expected: private | None at 0 | Some("SimilarityID:da14") None"#,
                "No open buckets | None at 0 | None None",
                "scan KICS v2.0",
            ],
        );
        let recorded = r#"7af4 | Bucket open | No open buckets | None | Some("https://q") | [284] [] ["Terraform", "Access Control"]"#;
        check(&queries, rule, &[recorded, recorded, "scan KICS v2.0"]);
    }

    #[test]
    fn a_password_stays_where_it_is() {
        let query = r#""queries":[{"query_name":"Passwords And Secrets - Generic Password","query_id":"487f","severity":"HIGH","description":"A password",
            "files":[{"file_name":"a.tf","line":3,"search_key":"password=hunter2","actual_value":"hunter2"}]}]"#;
        check(query, lines, &["secret 487f high a.tf:3-3:0", "scan KICS v2.0"]);
        check(query, words, &["A password | None at 0 | None None", "scan KICS v2.0"]);
    }

    #[test]
    fn what_failed_is_not_clean() {
        check(
            r#""files_failed_to_scan":2,"queries_failed_to_execute":0,"queries":[]"#,
            lines,
            &[
                "problem KICS did not scan everything: files that could not be scanned: 2",
                "scan KICS v2.0 failed",
            ],
        );
    }
}

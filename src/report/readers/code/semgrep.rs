//! Semgrep's JSON.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::model::finding::{
    Advisory, Anchors, ExclusionReason, Finding, FindingKind, FlowStep, Help, Location, Package, Rule,
    Subject,
};
use crate::model::scan::Problem;
use crate::model::severity::Severity;

use crate::report::detect::format::Format;
use crate::report::detect::outline::ReportShape;
use crate::report::parse::lenient::{AnyValue, Flag, LenientList, LenientText, Maybe, Number, objects};
use crate::report::parse::source::ReportSource;
use crate::report::shared::tool::{self, Hit, ToolScan};
use crate::report::shared::{advisory, path, purl, weakness, words};
use crate::report::sink::Sink;

/// The format.
pub(crate) const FORMAT: Format = Format {
    name: "semgrep",
    scanners: "Semgrep, Opengrep",
    recognised: "a JSON object with `results` that have a `check_id`; or with `results`, `errors` and \
                 `paths`; or with `version`, `errors` and `paths`",
    kinds: &[FindingKind::Code, FindingKind::Secret, FindingKind::Dependency],
    recognise: |outline| {
        let found = outline.has("results")
            && (outline.head.contains("\"check_id\"") && !outline.has("check_type")
                || outline.has("errors") && outline.has("paths"));
        // it failed before it could list results
        let failed = ["version", "errors", "paths"].iter().all(|key| outline.has(key));
        outline.shape == ReportShape::Object && (found || failed)
    },
    read,
};

/// Stands for what only users who are logged in can see.
const WITHHELD: &str = "requires login";

objects! { "snake_case"
    struct SemgrepFound {
        check_id: LenientText<'a>,
        path: LenientText<'a>,
        start: SemgrepPoint,
        end: SemgrepPoint,
        extra: Maybe<SemgrepExtra<'a>>,
    }

    struct SemgrepExtra {
        message: LenientText<'a>,
        severity: LenientText<'a>,
        metadata: Maybe<SemgrepMetadata<'a>>,
        fingerprint: LenientText<'a>,
        lines: LenientText<'a>,
        is_ignored: Flag,
        dataflow_trace: Maybe<Trace<'a>>,
        sca_info: Maybe<Sca<'a>>,
    }

    struct SemgrepMetadata {
        confidence: LenientText<'a>,
        cwe: LenientList<LenientText<'a>>,
        owasp: LenientList<LenientText<'a>>,
        references: LenientList<LenientText<'a>>,
        source: LenientText<'a>,
        shortlink: LenientText<'a>,
        technology: LenientList<LenientText<'a>>,
        vulnerability_class: LenientList<LenientText<'a>>,
        #[serde(rename = "sca-vuln-database-identifier")]
        advisory: LenientText<'a>,
    }

    struct Trace {
        taint_source: AnyValue,
        intermediate_vars: LenientList<Maybe<SemgrepVariable<'a>>>,
        taint_sink: AnyValue,
    }

    struct SemgrepVariable {
        location: Maybe<Span<'a>>,
        content: LenientText<'a>,
    }

    struct Span {
        path: LenientText<'a>,
        start: SemgrepPoint,
    }

    /// A package that Supply Chain finds.
    struct Sca {
        dependency_match: Maybe<SemgrepMatch<'a>>,
    }

    struct SemgrepMatch {
        found_dependency: Maybe<SemgrepDependency<'a>>,
        lockfile: LenientText<'a>,
    }

    struct SemgrepDependency {
        package: LenientText<'a>,
        version: LenientText<'a>,
        ecosystem: LenientText<'a>,
    }

    struct SemgrepFailure {
        level: LenientText<'a>,
        path: LenientText<'a>,
        message: LenientText<'a>,
        short_msg: LenientText<'a>,
        long_msg: LenientText<'a>,
    }
}

/// Line and column; anything but an object counts as none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SemgrepPoint {
    line: u32,
    col: u32,
}

impl<'de> Deserialize<'de> for SemgrepPoint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<SemgrepPoint, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Numbers {
            line: Number,
            col: Number,
        }
        let numbers = Maybe::<Numbers>::deserialize(deserializer)?.0.unwrap_or_default();
        Ok(SemgrepPoint { line: numbers.line.position(), col: numbers.col.position() })
    }
}

fn read(source: &ReportSource, sink: &mut dyn Sink) -> Result<(), Problem> {
    // the engine follows the results, and its SARIF names the scanner after it
    let engine = tool::word(source, "engine_requested");
    let pro = engine.as_deref() == Some("PRO");
    let scanner = if pro { "Semgrep PRO" } else { "Semgrep OSS" };
    tool::read(source, sink, scanner, |json, tool| {
        json.each_entry(|json, key| match key {
            "version" => tool.version(json),
            "errors" => json.each_element(|json| {
                tool.one::<SemgrepFailure<'_>>(json, |tool, failure, _| {
                    let texts = [&failure.message, &failure.long_msg, &failure.short_msg];
                    let why = texts.into_iter().find_map(|text| text.some()).unwrap_or_default();
                    match &*failure.level {
                        // what timed out, ran out of memory or was parsed in part; the other engine follows data from
                        // file to file
                        "warn" | "warning" if !pro => tool.unread(&failure.path, why),
                        "error" | "warn" | "warning" => tool.failed(&failure.path, why),
                        _ => {}
                    }
                })
            }),
            "results" => tool.results::<SemgrepFound<'_>>(json, |tool, found, sink| {
                sink.finding(finding(tool, found));
            }),
            _ => Ok(()),
        })?;
        if !tool.has_results {
            tool.failed("", "its report has no `results`");
        }
        Ok(())
    })
}

/// The severity that a rule's word stands for: its documentation calls `INFO` low. njsscan's rules use the same words.
pub(crate) fn severity(word: &str) -> Option<Severity> {
    match word {
        "INFO" => Some(Severity::Low),
        word => words::severity(word),
    }
}

fn finding<'r>(tool: &mut ToolScan<'_>, found: &'r SemgrepFound<'r>) -> Finding<'r> {
    let extra = found.extra.get();
    let rule = tool.rule(&found.check_id, || rule(&found.check_id, extra));
    let location = tool::place(&found.path, found.start.line, found.end.line, found.start.col);
    let Some(extra) = extra else { return tool.finding(Hit::new(rule, Severity::Info, location)) };
    let lines = extra.lines.some().filter(|lines| *lines != WITHHELD);
    let severity = severity(&extra.severity);
    let mut finding = tool.finding(Hit {
        message: Cow::Borrowed(&extra.message),
        snippet: lines.map(|lines| (Cow::Borrowed(lines), found.start.line)),
        flow: extra.dataflow_trace.get().map(flow).unwrap_or_default(),
        anchors: Anchors {
            // as in its SARIF, even if it is withheld: its repetition shows that it does not identify anything
            stable: extra.fingerprint.some().map(|value| Cow::Owned(format!("matchBasedId/v1:{value}"))),
            text: lines.map(Cow::Borrowed),
            ..Anchors::default()
        },
        skipped: (extra.is_ignored.0 == Some(true)).then_some(ExclusionReason::Suppressed),
        confidence: extra.metadata.get().and_then(|metadata| words::confidence(&metadata.confidence)),
        assumed: severity.is_none(),
        ..Hit::new(rule, severity.unwrap_or(Severity::Info), location)
    });
    if let Some((advisory, package, lockfile)) = dependency(extra) {
        finding.kind = FindingKind::Dependency;
        finding.subject = Subject::Advisory(Arc::new(advisory), package);
        if let Some(lockfile) = lockfile {
            finding.location = tool::place("", 0, 0, 0);
            finding.location.path = path::of_path(Cow::Borrowed(lockfile), tool.source);
        }
    }
    finding
}

fn rule(id: &str, extra: Option<&SemgrepExtra<'_>>) -> Rule {
    // The report has the message only as filled in for one place. It may quote a secret there, so the rule is named
    // after the last part of its id.
    let name = id.rsplit('.').next().unwrap_or_default().replace(['-', '_'], " ");
    let Some(metadata) = extra.and_then(|extra| extra.metadata.get()) else {
        return Rule { name, ..Rule::default() };
    };
    let references: Vec<&str> = metadata.references.iter().filter_map(|text| text.some()).collect();
    Rule {
        name,
        help: match references.is_empty() {
            true => Help::None,
            false => Help::Text(format!("References:\n{}", references.join("\n")).into()),
        },
        help_uri: metadata.source.owned().or_else(|| metadata.shortlink.owned()),
        cwe: metadata.cwe.iter().flat_map(|text| weakness::cwe_field(text)).collect(),
        owasp: metadata.owasp.iter().filter_map(|text| weakness::owasp_field(text)).collect(),
        tags: metadata
            .technology
            .iter()
            .chain(metadata.vulnerability_class.iter())
            .filter_map(|tag| tag.owned())
            .collect(),
        ..Rule::default()
    }
}

/// The advisory that a Supply Chain rule stands for, the package, and the lock file that names it.
fn dependency<'r>(extra: &'r SemgrepExtra<'r>) -> Option<(Advisory, Package<'r>, Option<&'r str>)> {
    let id = advisory::id(&extra.metadata.get()?.advisory)?;
    let found = extra.sca_info.get()?.dependency_match.get()?;
    let package = found.found_dependency.get()?;
    let (name, version) = (&*package.package, &*package.version);
    let purl = purl::of(purl::ecosystem(&package.ecosystem), name, version);
    let package =
        Package { purl: purl.into(), name: name.into(), version: version.into(), ..Package::default() };
    Some((Advisory { id: id.to_owned(), ..Advisory::default() }, package, found.lockfile.some()))
}

/// The path of the data from its source over variables to its sink.
fn flow<'r>(trace: &'r Trace<'r>) -> Vec<FlowStep<'r>> {
    let variables = trace.intermediate_vars.objects().filter_map(|variable| {
        let span = variable.location.get()?;
        let location = tool::place(&span.path, span.start.line, 0, span.start.col);
        Some(FlowStep::new(location, Cow::Borrowed(&variable.content)))
    });
    let source = end(&trace.taint_source.0).into_iter();
    source.chain(variables).chain(end(&trace.taint_sink.0)).collect()
}

/// An end of a trace: `["CliLoc", [place, text]]`, or the calls that lead there around it.
fn end(value: &Value) -> Option<FlowStep<'_>> {
    let list = value.as_array()?;
    let Some(at) = list.iter().position(|one| one.get("path").is_some()) else {
        return list.iter().find_map(end);
    };
    let number = |key| list[at].pointer(key).and_then(Value::as_u64);
    let number = |key| number(key).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    let path = list[at].get("path").and_then(Value::as_str).unwrap_or_default();
    let text = list.get(at + 1).and_then(Value::as_str).unwrap_or_default();
    let location: Location<'_> = tool::place(path, number("/start/line"), 0, number("/start/col"));
    Some(FlowStep::new(location, Cow::Borrowed(text)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_report_without_results_is_no_clean_scan() {
        recorded::check(
            "semgrep",
            r#"{"version":"1.50","errors":[],"paths":{"scanned":[]}}"#,
            recorded::lines,
            &[
                "problem Semgrep OSS did not scan everything: its report has no `results`",
                "scan Semgrep OSS 1.50 failed without results",
            ],
        );
    }

    use super::*;
    use crate::report::shared::recorded::{self, lines, rule, words};

    fn check(results: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
        let report =
            format!(r#"{{"version":"1.9","results":[{results}],"errors":[],"paths":{{"scanned":[]}}}}"#);
        recorded::check("semgrep", &report, show, &[expected, &["scan Semgrep OSS 1.9"]].concat());
    }

    const FOUND: &str = r#"{"check_id":"a.b.shell-true","path":"./src/a.py","start":{"line":3,"col":5,"offset":9},"end":{"line":4,"col":2},
        "extra":{"message":"Shell of x. Bad.","severity":"ERROR","fingerprint":"f00_0","lines":"  call(\n    x)",
        "metadata":{"cwe":"CWE-78: OS","owasp":["A03:2021 - Injection"],"references":["https://r"],"shortlink":"https://s","technology":["python"]},
        "dataflow_trace":{"taint_source":["CliLoc",[{"path":"src/b.py","start":{"line":1,"col":2}},"argv"]],
        "intermediate_vars":[{"location":{"path":"src/a.py","start":{"line":2,"col":1}},"content":"x"}],
        "taint_sink":["CliCall",[[{"path":"src/a.py","start":{"line":3,"col":9}},"call(x)"],[],["CliLoc",[{"path":"c.py"},"y"]]]]}}}"#;

    #[test]
    fn a_result_is_a_finding() {
        check(FOUND, lines, &["code a.b.shell-true high src/a.py:3-4:5"]);
        check(
            FOUND,
            words,
            &[
                r#"Shell of x. Bad. | Some("  call(\n    x)") at 3 | Some("matchBasedId/v1:f00_0") Some("  call(\n    x)")"#,
            ],
        );
        check(
            FOUND,
            rule,
            &[
                r#"a.b.shell-true | shell true |  | Text("References:\nhttps://r") | Some("https://s") | [78] ["A03:2021"] ["python"]"#,
            ],
        );
        let flow: fn(&Finding<'_>) -> String = |finding| {
            let step = |step: &FlowStep<'_>| {
                format!("{}:{} {}", step.location.path, step.location.line, step.message)
            };
            finding.detail.flow.iter().map(step).collect::<Vec<_>>().join(", ")
        };
        check(FOUND, flow, &["src/b.py:1 argv, src/a.py:2 x, src/a.py:3 call(x)"]);
    }

    #[test]
    fn what_is_withheld_is_no_text() {
        let found = r#"{"check_id":"r","path":"a","start":{"line":1},"extra":{"message":"m","severity":"INFO","fingerprint":"requires login",
            "lines":"requires login","is_ignored":true}}"#;
        check(found, words, &[r#"m | None at 0 | Some("matchBasedId/v1:requires login") None"#]);
        check(found, lines, &["code r low a:1-0:0, suppressed"]);
        check(r#"{"check_id":"r","path":"a","start":7,"extra":"x"}"#, lines, &["code r info a:0-0:0"]);
    }

    #[test]
    fn a_key_stays_where_it_is() {
        check(
            r#"{"check_id":"x.aws-key","extra":{"message":"Found hunter2","lines":"k = 'hunter2'","metadata":{"cwe":["CWE-798: Hard"]}}}"#,
            words,
            &["aws key | None at 0 | None None"],
        );
    }

    #[test]
    fn supply_chain_rules_are_advisories() {
        let subject: fn(&Finding<'_>) -> String = |finding| match &finding.subject {
            Subject::Advisory(advisory, package) => {
                format!("{} {} {} {}", finding.kind, advisory.id, package.purl, finding.location.path)
            }
            Subject::Rule => "rule".to_owned(),
        };
        check(
            r#"{"check_id":"ssc-1","path":"a.py","extra":{"metadata":{"sca-vuln-database-identifier":"CVE-2023-1"},"sca_info":{
            "reachable":true,"dependency_match":{"lockfile":"poetry.lock","found_dependency":{"package":"Grpc_IO","version":"1.2","ecosystem":"pypi"}}}}}"#,
            subject,
            &["dependency CVE-2023-1 pkg:pypi/grpc-io@1.2 poetry.lock"],
        );
    }

    #[test]
    fn the_engine_names_the_scanner_and_errors_are_told() {
        recorded::check(
            "semgrep",
            r#"{"results":[],"errors":[{"level":"info","path":"a"},{"level":"warn","type":"Timeout","path":"b.py","message":"Timeout"}],"paths":{},"engine_requested":"PRO"}"#,
            lines,
            &["problem Semgrep PRO did not scan everything: b.py: Timeout", "scan Semgrep PRO failed"],
        );
        recorded::check(
            "semgrep",
            r#"{"results":[],"errors":[{"level":"warn","path":"./b.py","message":"Timeout when running r on b.py:\n "},
            {"level":"warn","path":"b.py","message":"Timeout when running s on b.py:\n "}],"paths":{}}"#,
            lines,
            &["scan Semgrep OSS without b.py: Timeout when running r on b.py:"],
        );
        recorded::check(
            "semgrep",
            r#"{"results":[],"errors":[{"level":"error","message":"bad rule"}],"paths":{}}"#,
            lines,
            &["problem Semgrep OSS did not scan everything: bad rule", "scan Semgrep OSS failed"],
        );
    }
}

//! How fast SARIF is read: about 100 MB as CodeQL writes it, 100,000 results of 500 rules.
//!
//! `cargo bench --bench reader` prints the best MB/s of the reader, on one core, into a sink that only counts.

use std::time::Instant;

use casefile::model::finding::Finding;
use casefile::model::scan::{Problem, Scan};
use casefile::report::Sink;
use casefile::report::detect;
use casefile::report::source::ReportSource;

const RULES: usize = 500;
const RESULTS: usize = 100_000;
const ROUNDS: usize = 5;

#[derive(Default)]
struct Count {
    findings: usize,
    scans: usize,
    problems: usize,
}

impl Sink for Count {
    fn finding(&mut self, finding: Finding<'_>) {
        self.findings += usize::from(!finding.location.path.is_empty());
    }

    fn scan(&mut self, _: Scan) {
        self.scans += 1;
    }

    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    println!("{RESULTS} results, {RULES} rules");
    for (name, order) in
        [("as CodeQL writes it", Order::ToolFirst), ("results before the tool", Order::ResultsFirst)]
    {
        let text = report(order);
        let megabytes = text.len() as f64 / 1e6;
        let source = ReportSource::bytes("codeql.sarif", text.into_bytes());
        let mut best = f64::INFINITY;
        for _ in 0..ROUNDS {
            let mut count = Count::default();
            let start = Instant::now();
            let read = detect::read(&source, &mut count);
            best = best.min(start.elapsed().as_secs_f64());
            assert!(read.is_ok() && (count.findings, count.scans, count.problems) == (RESULTS, 1, 0));
        }
        println!("{name}: {megabytes:.0} MB, {:.0} MB/s", megabytes / best);
    }
}

/// Which comes first: some scanners write a run's members in order of their names.
#[derive(PartialEq)]
enum Order {
    ToolFirst,
    ResultsFirst,
}

/// Pretty-printed as CodeQL does it: tool, artifacts, results with regions and fingerprints, some with
/// related locations and a code flow.
fn report(order: Order) -> String {
    let rules: Vec<_> = (0..RULES).map(rule).collect();
    let artifacts: Vec<_> = (0..2000)
        .map(|at| serde_json::json!({"location": {"uri": path(at), "uriBaseId": "%SRCROOT%", "index": at}}))
        .collect();
    let driver = serde_json::json!({"name": "CodeQL", "organization": "GitHub", "semanticVersion": "2.20.1", "rules": rules});
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let context = format!(
        "\"tool\": {{\"driver\": {}}},\n\"artifacts\": {}",
        pretty(&driver),
        pretty(&artifacts.into())
    );
    let results: Vec<String> = (0..RESULTS).map(|at| pretty(&result(at))).collect();
    let results = format!("\"results\": [\n{}\n]", results.join(",\n"));
    let members = if order == Order::ToolFirst { [context, results] } else { [results, context] };
    format!(
        "{{\n\"version\": \"2.1.0\",\n\"runs\": [{{\n{},\n\"columnKind\": \"utf16CodeUnits\"}}]}}\n",
        members.join(",\n")
    )
}

fn path(at: usize) -> String {
    format!("services/module{:03}/src/main/handlers/file{:04}.js", at % 100, at)
}

fn rule(at: usize) -> serde_json::Value {
    serde_json::json!({
        "id": format!("js/rule-{at}"), "name": format!("js/rule-{at}"),
        "shortDescription": {"text": format!("Rule number {at}")},
        "fullDescription": {"text": "Using unvalidated input where it matters may let an attacker do what was not meant."},
        "defaultConfiguration": {"enabled": true, "level": "warning"},
        "help": {"text": "# Help\n".repeat(40), "markdown": "# Help\n".repeat(40)},
        "properties": {"tags": ["security", "external/cwe/cwe-079"], "precision": "high", "security-severity": "7.8"},
    })
}

fn place(at: usize, id: bool) -> serde_json::Value {
    let file = at % 2000;
    let mut place = serde_json::json!({"physicalLocation": {
        "artifactLocation": {"uri": path(file), "uriBaseId": "%SRCROOT%", "index": file},
        "region": {"startLine": at % 900 + 1, "startColumn": 7, "endLine": at % 900 + 1, "endColumn": 40},
    }});
    if id {
        place["id"] = 1.into();
        place["message"] = serde_json::json!({"text": "user-provided value"});
    }
    place
}

fn result(at: usize) -> serde_json::Value {
    let rule = at % RULES;
    let mut result = serde_json::json!({
        "ruleId": format!("js/rule-{rule}"), "ruleIndex": rule,
        "message": {"text": "This expression depends on a [user-provided value](1), which is not checked."},
        "locations": [place(at, false)],
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{:016x}:1", at as u64 * 0x9e37_79b9_7f4a_7c15),
            "primaryLocationStartColumnFingerprint": "4",
        },
    });
    if at.is_multiple_of(8) {
        let steps: Vec<_> =
            (0..2).map(|step| serde_json::json!({"location": place(at + step, true)})).collect();
        result["codeFlows"] = serde_json::json!([{"threadFlows": [{"locations": steps}]}]);
        result["relatedLocations"] = serde_json::json!([place(at, true)]);
    }
    result
}

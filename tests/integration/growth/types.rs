//! A list that is of another type is no clean scan, in whatever format it stands.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use casefile::model::finding::{Finding, Statement};
use casefile::model::scan::{Problem, Scan};
use casefile::report::Sink;
use casefile::report::detect;
use casefile::report::source::ReportSource;

/// How deep lists and objects are looked for.
const DEPTH: usize = 8;

/// What a report tells.
#[derive(Default)]
struct Heard {
    findings: usize,
    problems: usize,
    /// Whether a scan says that it looked, and that it found nothing else.
    clean: bool,
}

impl Sink for Heard {
    fn finding(&mut self, _: Finding<'_>) {
        self.findings += 1;
    }

    fn statement(&mut self, _: Statement) {
        self.findings += 1;
    }

    fn scan(&mut self, scan: Scan) {
        self.clean |= scan.has_results && scan.success != Some(false);
    }

    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
}

/// What a report of these documents, one line each, tells.
fn heard(report: &[Value]) -> Option<(&'static str, Heard)> {
    let mut heard = Heard::default();
    let text: Vec<String> = report.iter().map(ToString::to_string).collect();
    let source = ReportSource::bytes("r", text.join("\n").into_bytes());
    let done = detect::read(&source, &mut heard).ok()?;
    heard.problems += usize::from(done.cut.is_some());
    Some((done.format.name, heard))
}

/// The places of all lists and objects but the whole, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    if at.matches('/').count() > DEPTH {
        return;
    }
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    if !at.is_empty() && (value.is_object() || value.is_array()) {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| places(member, &below(key), found));
        }
        Value::Array(elements) => {
            elements.iter().take(1).for_each(|first| places(first, &below("0"), found));
        }
        _ => {}
    }
}

/// What may stand in place of a list or an object: other types, and the same in something that is none of its own.
fn others(value: &Value) -> Vec<Value> {
    let mut all = vec![json!(5), json!("x"), json!(true), json!([5, "x"]), json!([[value]])];
    match value {
        Value::Array(_) => all.extend([json!({"a": value}), json!({"0": value[0]})]),
        _ => all.extend([json!([[[value]]]), json!({"a": value})]),
    }
    all
}

/// The reports that grow, each with one element of every list; most are one document.
fn reports() -> Vec<(String, Vec<Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/growth");
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains(".xml.") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().replace('#', "1");
        let documents = match name.contains(".lines.") {
            true => serde_json::from_str(&text).unwrap(),
            false => vec![serde_json::from_str(&text).unwrap()],
        };
        all.push((name, documents));
    }
    all
}

/// The report with each list and object of each document replaced in each way, and what that is.
fn bent(report: &[Value]) -> Vec<(String, Vec<Value>)> {
    let mut all = Vec::new();
    for (line, document) in report.iter().enumerate() {
        let mut found = Vec::new();
        places(document, "", &mut found);
        for place in found {
            for other in others(document.pointer(&place).unwrap()) {
                let shown: String = other.to_string().chars().take(60).collect();
                let mut bent = report.to_vec();
                *bent[line].pointer_mut(&place).unwrap() = other;
                all.push((format!("{line}: {place} as {shown}"), bent));
            }
        }
    }
    all
}

#[test]
fn a_list_of_another_type_is_no_clean_scan() {
    let mut bad = Vec::new();
    let mut tried = 0;
    for (name, report) in reports() {
        let Some((format, whole)) = heard(&report) else { continue };
        for (what, bent) in bent(&report) {
            let Some((told, now)) = heard(&bent) else { continue };
            tried += 1;
            let lost = now.findings == 0 && whole.findings > 0;
            if told == format && lost && now.clean && now.problems == 0 {
                bad.push(format!("{name}: {what}"));
            }
        }
    }
    assert!(tried > 2_000, "only {tried} reports were tried");
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad.join("\n"));
}

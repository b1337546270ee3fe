//! A list that is of another type is no clean scan, in whatever format it stands.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use casefile::model::finding::{Finding, Statement};
use casefile::model::scan::{Problem, Scan};
use casefile::report::Sink;
use casefile::report::detect;
use casefile::report::source::ReportSource;

/// How deep lists are looked for: those that findings stand in lie near the root.
const DEPTH: usize = 5;

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

fn heard(report: &Value) -> Option<(&'static str, Heard)> {
    let mut heard = Heard::default();
    let source = ReportSource::bytes("r", report.to_string().into_bytes());
    let done = detect::read(&source, &mut heard).ok()?;
    heard.problems += usize::from(done.cut.is_some());
    Some((done.format.name, heard))
}

/// The places of all lists, as JSON pointers.
fn lists(value: &Value, at: &str, found: &mut Vec<String>) {
    if at.matches('/').count() > DEPTH {
        return;
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                lists(member, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(elements) => {
            if !at.is_empty() {
                found.push(at.to_owned());
            }
            if let Some(first) = elements.first() {
                lists(first, &format!("{at}/0"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_list_of_another_type_is_no_clean_scan() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/growth");
    let mut bad = Vec::new();
    let mut tried = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.contains(".lines.") || name.contains(".xml.") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap().replace('#', "1");
        let report: Value = serde_json::from_str(&text).unwrap();
        let Some((format, whole)) = heard(&report) else { continue };
        let mut places = Vec::new();
        lists(&report, "", &mut places);
        for place in places {
            for other in [json!(5), json!("x"), json!(true)] {
                let mut bent = report.clone();
                *bent.pointer_mut(&place).unwrap() = other.clone();
                let Some((told, now)) = heard(&bent) else { continue };
                tried += 1;
                let lost = now.findings == 0 && whole.findings > 0;
                if told == format && lost && now.clean && now.problems == 0 {
                    bad.push(format!("{name}: {place} as {other}"));
                }
            }
        }
    }
    assert!(tried > 300, "only {tried} reports were tried");
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad.join("\n"));
}

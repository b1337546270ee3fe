//! The readers on real reports, where the folder with them exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use casefile::model::finding::{Finding, FindingKind, Statement};
use casefile::model::scan::{Problem, Scan};
use casefile::report::Sink;
use casefile::report::detect;
use casefile::report::source::ReportSource;
use serde_json::Value;

/// What the tests look at of each finding.
#[derive(Debug)]
struct Row {
    rule: String,
    path: String,
    line: u32,
    message: String,
    /// Whether what the scanner says is withheld.
    withheld: bool,
}

#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    scans: Vec<Scan>,
    problems: Vec<Problem>,
}

impl Sink for Rows {
    fn finding(&mut self, finding: Finding<'_>) {
        self.rows.push(Row {
            rule: finding.rule.id.clone(),
            path: finding.location.path.to_string(),
            line: finding.location.line,
            message: finding.detail.message.to_string(),
            withheld: finding.kind == FindingKind::Secret || finding.anchors.withheld,
        });
    }

    fn scan(&mut self, scan: Scan) {
        self.scans.push(scan);
    }

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// The files of the corpus's SARIF part.
fn corpus() -> Vec<PathBuf> {
    files("../shared/corpus/sarif")
}

/// The files of a folder; none, said aloud, where it does not exist.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there is no {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The documents of a report, read whole by serde_json; `None`: it is not JSON.
fn documents(bytes: &[u8]) -> Option<Vec<Value>> {
    let units =
        |of: fn([u8; 2]) -> u16| bytes.chunks_exact(2).map(|two| of([two[0], two[1]])).collect::<Vec<_>>();
    let text = match bytes {
        [0xff, 0xfe, ..] => String::from_utf16(&units(u16::from_le_bytes)).ok()?,
        [0xfe, 0xff, ..] => String::from_utf16(&units(u16::from_be_bytes)).ok()?,
        _ => String::from_utf8(bytes.to_vec()).ok()?,
    };
    let text = text.trim_start_matches('\u{feff}');
    serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>().ok()
}

fn results(document: &Value) -> impl Iterator<Item = &Value> {
    let runs = document["runs"].as_array().into_iter().flatten();
    runs.flat_map(|run| run["results"].as_array().into_iter().flatten())
}

#[test]
fn every_result_of_every_report_is_read() {
    for file in corpus() {
        let name = file.display();
        let documents = documents(&std::fs::read(&file).unwrap());
        let mut rows = Rows::default();
        let read = detect::read(&ReportSource::file(&file), &mut rows);
        let Some(documents) =
            documents.filter(|documents| documents.iter().any(|one| one["runs"].is_array()))
        else {
            let problem = read.err().unwrap_or_else(|| panic!("{name} is no SARIF, and was read as such"));
            assert!(!problem.message.is_empty());
            continue;
        };
        let read = read.and_then(|done| done.cut.map_or(Ok(done.format.name), Err));
        assert_eq!(read, Ok("sarif"), "{name}");
        let empty = |run: &Value| !run["results"].is_array();
        let empty = documents.iter().flat_map(|one| one["runs"].as_array()).flatten().any(empty);
        let recorded: Vec<&str> = rows.problems.iter().map(|problem| problem.message.as_str()).collect();
        let nothing = ["says nothing about findings (no `results`)"];
        assert_eq!(recorded, if empty { &nothing[..] } else { &[] }, "{name}");
        assert_eq!(rows.rows.len(), documents.iter().flat_map(results).count(), "{name}");
        let runs = documents.iter().map(|one| one["runs"].as_array().map_or(0, Vec::len));
        assert_eq!(rows.scans.len(), runs.sum::<usize>(), "{name}");
    }
}

/// The tables beside this file: path, format (`-`: refused; `failed`: the report says so itself), number of findings, counted by other means.
#[test]
fn the_tables_of_findings_hold() {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/corpus");
    let corpus: BTreeSet<String> = files("../shared/corpus/sca").iter().map(|file| name(file)).collect();
    if corpus.is_empty() {
        return;
    }
    let mut wrong = Vec::new();
    for table in std::fs::read_dir(tables).unwrap().flatten() {
        for row in std::fs::read_to_string(table.path()).unwrap().lines() {
            let [path, format, findings] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
            assert!(corpus.contains(path), "{path} is not in the corpus");
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/sca").join(path);
            let mut rows = Rows::default();
            let read = detect::read(&ReportSource::file(&file), &mut rows);
            let (recorded, cut) = read.map_or(("-", None), |done| (done.format.name, done.cut));
            let problems: Vec<&Problem> = cut.iter().chain(&rows.problems).collect();
            let failed = if problems.is_empty() { "" } else { " failed" };
            if (format!("{recorded}{failed}"), rows.rows.len().to_string())
                != (format.into(), findings.into())
            {
                wrong.push(format!("{row}: {recorded}{failed}, {} findings {problems:?}", rows.rows.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[test]
fn what_the_reference_reader_accepts_is_read_the_same() {
    let files = corpus();
    let mut compared = 0;
    for file in &files {
        let Ok(reference) =
            serde_json::from_slice::<serde_sarif::sarif::Sarif>(&std::fs::read(file).unwrap())
        else {
            continue;
        };
        let mut rows = Rows::default();
        detect::read(&ReportSource::file(file), &mut rows).unwrap();
        let results = reference.runs.iter().flat_map(|run| run.results.iter().flatten());
        for (result, row) in results.zip(&rows.rows) {
            compared += 1;
            same(result, row);
        }
    }
    assert!(files.is_empty() || compared > 500, "only {compared} results were compared");
}

fn same(result: &serde_sarif::sarif::Result, row: &Row) {
    if let Some(rule) = &result.rule_id {
        assert!(*rule == row.rule || rule.starts_with(&format!("{}/", row.rule)), "{rule} {row:?}");
    }
    let location =
        result.locations.iter().flatten().next().and_then(|location| location.physical_location.as_ref());
    if let Some(region) = location.and_then(|physical| physical.region.as_ref()) {
        assert_eq!(region.start_line.unwrap_or(0), i64::from(row.line), "{row:?}");
    }
    // neither escaped nor resolved
    let uri = location.and_then(|physical| physical.artifact_location.as_ref()?.uri.as_ref());
    if let Some(uri) = uri.filter(|uri| !uri.contains([':', '%']) && !uri.starts_with(['/', '.'])) {
        assert_eq!(uri.replace("/./", "/"), row.path, "{row:?}");
    }
    let plain = result.message.arguments.is_none() && !row.withheld;
    if let Some(text) = result.message.text.as_ref().filter(|text| plain && !text.contains("](")) {
        assert_eq!(*text, row.message, "{row:?}");
    }
}

/// All that a report tells, in no order.
#[derive(Default)]
struct Words(Vec<String>);

impl Sink for Words {
    fn finding(&mut self, finding: Finding<'_>) {
        self.0.push(format!("{finding:?}"));
    }

    fn statement(&mut self, statement: Statement) {
        self.0.push(format!("{statement:?}"));
    }

    fn scan(&mut self, scan: Scan) {
        self.0.push(format!("{scan:?}"));
    }

    fn problem(&mut self, problem: Problem) {
        self.0.push(problem.message);
    }
}

/// A report's format, and all that it tells.
fn recorded(bytes: Vec<u8>) -> (&'static str, Vec<String>) {
    let mut words = Words::default();
    let read = detect::read(&ReportSource::bytes("r", bytes), &mut words);
    words.0.sort();
    (read.map_or("-", |done| done.format.name), words.0)
}

/// A value with the members of each object sorted, or turned around.
fn write(value: &Value, turn: bool, text: &mut String) {
    match value {
        Value::Array(list) => {
            text.push('[');
            for (index, value) in list.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write(value, turn, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by(|a, b| if turn { b.0.cmp(a.0) } else { a.0.cmp(b.0) });
            text.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write(value, turn, text);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

/// A report whose members are sorted, or turned around, at every depth, tells the same.
#[test]
fn the_order_of_members_does_not_matter() {
    let mut wrong = Vec::new();
    let own = ["fixtures/reports", "fixtures/reports/other", "fixtures/reports/failed"];
    for file in own.into_iter().chain(["../shared/corpus/sca", "../shared/corpus/sarif"]).flat_map(files) {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let documents = documents(&bytes).filter(|documents| !documents.is_empty());
        let Some(documents) = documents else { continue };
        let [sorted, turned] = [false, true].map(|turn| {
            let mut text = String::new();
            for document in &documents {
                write(document, turn, &mut text);
                text.push('\n');
            }
            recorded(text.into_bytes())
        });
        let expected = recorded(bytes);
        for (order, found) in [("sorted", sorted), ("turned around", turned)] {
            if found != expected {
                let more = found.1.iter().find(|word| !expected.1.contains(word));
                let less = expected.1.iter().find(|word| !found.1.contains(word));
                let counts = (found.0, found.1.len(), expected.0, expected.1.len());
                wrong.push(format!("{} {order}: {counts:?}\n  {more:?}\n  {less:?}", name(&file)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! `fixtures/hostile`: each report through the readers, held to the table of its README.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use casefile::model::finding::Finding;
use casefile::model::scan::{Problem, Scan};
use casefile::report::source::ReportSource;
use casefile::report::{Sink, detect};
use flate2::{Compression, write::GzEncoder};

use super::harness::{Place, fixtures};

/// When a report is taken to hang: in a build without optimization, on a busy machine, in a process that masks the
/// credentials of all other tests as well.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a reader gave.
#[derive(Default)]
struct Count {
    findings: usize,
    /// Of elements, and of the report as a whole.
    problems: usize,
    /// Of results alone.
    lost: usize,
    said: Vec<String>,
}

impl Sink for Count {
    fn finding(&mut self, finding: Finding<'_>) {
        assert!(!finding.rule.id.contains('\n'));
        self.findings += 1;
    }

    fn scan(&mut self, _: Scan) {}

    fn problem(&mut self, problem: Problem) {
        assert!(!problem.place.is_empty() && !problem.message.is_empty(), "{problem:?}");
        self.problems += 1;
        self.lost += usize::from(problem.place.contains("result"));
        if self.said.len() < 20 {
            self.said.push(format!("{}: {}", problem.place, problem.message));
        }
    }
}

/// What a line of the table expects; `results` is `None` for an error.
struct Row {
    file: String,
    results: Option<RangeInclusive<usize>>,
    problems: RangeInclusive<usize>,
}

fn rows() -> Vec<Row> {
    let range = |cell: &str| {
        let (from, to) = cell.split_once("..").unwrap_or((cell, cell));
        from.parse().unwrap()..=to.parse().unwrap()
    };
    let readme = fs::read_to_string(fixtures().join("README.md")).unwrap();
    let cells = readme.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = cells.map(|line| line.split(" | ").map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|cells| cells.len() >= 4 && cells[0].contains('.'))
        .map(|cells| Row {
            file: cells[0].to_owned(),
            results: (cells[1] != "error").then(|| range(cells[1])),
            problems: range(cells[2]),
        })
        .collect()
}

impl Row {
    /// What is not as the table says: every result is a finding or a problem, and there are as many
    /// problems as it says.
    fn wrong(&self, source: &ReportSource) -> Option<String> {
        let mut count = Count::default();
        let begun = Instant::now();
        let outcome = detect::read(source, &mut count).map(|done| (done.format.name, done.cut));
        assert!(begun.elapsed() < PATIENCE, "{}: {:?}", self.file, begun.elapsed());
        let ended = outcome.as_ref().map_or(true, |(_, cut)| cut.is_some());
        let problems = count.problems + usize::from(ended);
        let right = match &self.results {
            None => outcome.is_err() && count.findings + count.problems == 0,
            Some(results) => {
                let seen = count.findings + count.lost;
                self.problems.contains(&problems)
                    && seen >= *results.start()
                    && count.findings <= *results.end()
            }
        };
        let Count { findings, lost, said, .. } = count;
        let told = || {
            format!(
                "{}: {findings} findings, {lost} lost, {problems} problems: {said:?} {outcome:?}",
                self.file
            )
        };
        (!right).then(told)
    }
}

#[test]
fn every_hostile_report_is_what_the_table_says() {
    let rows = rows();
    let named: BTreeSet<_> = rows.iter().map(|row| row.file.clone()).collect();
    let reports =
        fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let reports: BTreeSet<_> = reports.filter(|name| name.contains(".sarif")).collect();
    assert!(reports.is_subset(&named), "not in the table: {:?}", reports.difference(&named));
    let wrong = rows.iter().filter(|row| reports.contains(&row.file));
    let wrong: Vec<_> =
        wrong.filter_map(|row| row.wrong(&ReportSource::file(fixtures().join(&row.file)))).collect();
    assert_eq!(wrong, [""; 0], "{}", wrong.join("\n"));
}

/// The reports that `make.py --large` writes, by name; smaller where size adds nothing but time.
fn large(name: &str) -> Vec<u8> {
    let report = |results: &str| {
        format!(
            r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "x"}}}}, "results": [{results}]}}]}}"#
        )
    };
    let neighbour = r#"{"ruleId": "n", "message": {"text": "neighbour"}}"#;
    let between = |middle: &str| report(&format!("{neighbour}, {middle}, {neighbour}")).into_bytes();
    let result = |text: &str| format!(r#"{{"ruleId": "r", "message": {{"text": "{text}"}}}}"#);
    match name {
        "deep.sarif" => {
            let (open, close) = (r#"{"a":"#.repeat(500_000), "}".repeat(500_000));
            let lists = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
            between(&format!(r#"{{"ruleId": "r", "properties": {open}{lists}{close}}}"#))
        }
        "deep-top.sarif" => "[".repeat(5_000_000).into_bytes(),
        "long-line.sarif" => between(&result(&"x".repeat(1_000_000))),
        "long-value.sarif" => between(&result(&"y".repeat(50_000_000))),
        "many-nulls.sarif" => report(&vec!["null"; 1_000_000].join(", ")).into_bytes(),
        "blanks.sarif" => [" ".repeat(50_000_000), report(neighbour)].concat().into_bytes(),
        "bomb.sarif.gz" => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::best());
            let whole = String::from_utf8(between(&result("@"))).unwrap();
            let (before, behind) = whole.split_once('@').unwrap();
            packed.write_all(before.as_bytes()).unwrap();
            (0..100).for_each(|_| packed.write_all(&[b'A'; 1_000_000]).unwrap());
            packed.write_all(behind.as_bytes()).unwrap();
            packed.finish().unwrap()
        }
        other => panic!("the table names {other}, which nobody makes"),
    }
}

#[test]
fn reports_that_ask_for_a_lot_do_not_get_it() {
    let rows = rows().into_iter().filter(|row| !fixtures().join(&row.file).exists());
    let wrong: Vec<_> =
        rows.filter_map(|row| row.wrong(&ReportSource::bytes(row.file.as_str(), large(&row.file)))).collect();
    assert_eq!(wrong, [""; 0], "{}", wrong.join("\n"));
}

#[test]
fn a_hundred_thousand_tiny_results_are_counted() {
    let results = vec![r#"{"ruleId":"r"}"#; 100_000].join(",");
    let text = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"x"}}}},"results":[{results}]}}]}}"#
    );
    let mut count = Count::default();
    detect::read(&ReportSource::bytes("tiny.sarif", text.into_bytes()), &mut count).map(|_| ()).unwrap();
    assert_eq!((count.findings, count.problems), (100_000, 0));
}

#[test]
fn all_hostile_reports_side_by_side_are_filed() {
    let place = Place::new();
    for row in rows().iter().filter(|row| fixtures().join(&row.file).exists()) {
        place.fixture(&row.file);
    }
    place.configure("group-by: vulnerability\nmax-new: 1000");
    place.write(
        "casefile.yml",
        fs::read_to_string(place.root().join("casefile.yml")).unwrap().replace("*.sarif", "*.sarif*"),
    );
    let ran = place.pull_request(&["run", "--format", "json"]);
    ran.ends_with(3);
    let result = ran.json();
    let errors =
        rows().iter().filter(|row| row.results.is_none() && fixtures().join(&row.file).exists()).count();
    let broken = result["reports"].as_array().unwrap().iter().filter(|one| one["format"] == "").count();
    assert!(broken >= errors, "{broken} of {errors}");
    let actions: BTreeSet<_> =
        result["tickets"].as_array().unwrap().iter().map(|one| one["action"].to_string()).collect();
    assert_eq!(actions, BTreeSet::from(["\"created\"".to_owned()]), "{}", result["problems"]);
    place.sim.clear_journal();
    place.pull_request(&["run"]).ends_with(3);
    assert_eq!(place.sim.writes().len(), 0);
}

#[test]
fn problems_beyond_number_are_counted() {
    let place = Place::new();
    let nulls = vec!["null"; 10_000].join(",");
    let run = |results: &str| format!(r#"{{"tool":{{"driver":{{"name":"x"}}}},"results":[{results}]}}"#);
    place.write("nulls.sarif", format!(r#"{{"version":"2.1.0","runs":[{},{}"#, run(&nulls), run("7")));
    place.write("one.sarif", format!(r#"{{"version":"2.1.0","runs":[{}]}}"#, run("7")));
    let ran = place.pull_request(&["run", "--format", "json"]);
    ran.ends_with(3);
    let result = ran.json();
    assert_eq!(result["reports"][0]["problems"], 10_002);
    let problems = result["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 20 + 1 + 1 + 1, "{result}");
    assert!(problems[21]["message"].to_string().contains("is cut off"), "{result}");
    assert_eq!(problems[20]["message"], "this report has further elements that could not be read (9981)");
}

//! Every format with everything that a report of it may list, each text of it at length, and each member once more.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use casefile::model::finding::{Finding, Statement};
use casefile::model::scan::{Problem, Scan};
use casefile::report::Sink;
use casefile::report::detect::{self, FORMATS};
use casefile::report::source::{Halt, ReportSource};

use super::cost::{bends, cost, survey};
use super::seed::{Growth, Seed};
use super::{MEMORY, is_measured_elsewhere};

/// How large reports are that list a lot, in bytes: at four times the size with which it begins.
const LISTS: usize = if cfg!(debug_assertions) { 1 << 19 } else { 1 << 23 };

/// How long a text is beside lists, in bytes, and by how much longer it becomes: longer than what is kept of any name,
/// path or sentence.
const TEXT: usize = 1 << 16;

/// How many elements the lists have then.
const ELEMENTS: usize = 200;

/// How many times its length that may cost, in bytes of memory: buffers that grow cost some of it. What each element
/// copies whole costs at least as many times as there are elements.
const TIMES: u64 = 120;

/// Counts what is told.
#[derive(Default)]
struct Told {
    findings: usize,
    statements: usize,
    problems: Vec<Problem>,
}

impl Sink for Told {
    fn finding(&mut self, _: Finding<'_>) {
        self.findings += 1;
    }

    fn statement(&mut self, _: Statement) {
        self.statements += 1;
    }

    fn scan(&mut self, _: Scan) {}

    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

/// How many elements each list has in a report of about so many bytes.
fn elements(seed: &Seed, grown: &dyn Fn(usize) -> Growth, bytes: usize) -> usize {
    let length = |lists| seed.grown(grown(lists)).len();
    let each = (length(20) - length(10)) / 10;
    (bytes / each.max(1)).clamp(1, bytes)
}

/// The formats with which the second and the third part begin.
const PARTS: [&str; 2] = ["cyclonedx", "github-code-scanning"];

/// The seeds of a third of the formats, in the order in which these are tried: tests share them among each other.
fn seeds(part: usize) -> Vec<Seed> {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let at = |name: &&str| names.iter().position(|own| own == name).unwrap();
    let begins = |part: usize| match part {
        0 => 0,
        part => PARTS.get(part - 1).map_or(names.len(), at),
    };
    let names = &names[begins(part)..begins(part + 1)];
    let mut seeds = Seed::all();
    seeds.retain(|seed| names.contains(&format(seed)));
    seeds
}

/// The format of a seed's report.
fn format(seed: &Seed) -> &str {
    seed.name.split('+').next().unwrap_or_default()
}

/// Looks at all lists of the reports, with elements that differ, with elements of one name, and with members that are
/// there again and again.
fn check_lists(seeds: &[Seed]) {
    let mut bad = Vec::new();
    for seed in seeds {
        for (what, same, members) in [("lists", false, 0), ("one name", true, 0), ("members", false, 1)] {
            let grown = |lists| Growth { lists, same, members: members * lists, ..Growth::NONE };
            let size = elements(seed, &grown, LISTS / 4);
            let name = format!("{}: {what}", seed.name);
            bad.extend(bends(&name, &|size| seed.grown(grown(size)), size));
        }
    }
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad.join("\n"));
}

/// Looks at each text of the reports, while all lists are long.
fn check_texts(seeds: &[Seed]) {
    let mut bad = Vec::new();
    for seed in seeds {
        let lists = Growth { lists: ELEMENTS, ..Growth::NONE };
        for (at, text) in seed.texts().iter().enumerate() {
            let of = |bytes| cost(&[seed.grown(Growth { text: Some((at, bytes)), ..lists })]).bytes;
            let times = of(2 * TEXT).saturating_sub(of(TEXT)) / TEXT as u64;
            if times > TIMES {
                bad.push(format!("{}: `{text}` (the text {at}) costs {times} times its length", seed.name));
            }
        }
    }
    assert!(bad.is_empty(), "{}:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn every_format_has_a_seed_that_tells_something() {
    let mut named = BTreeSet::new();
    for seed in Seed::all() {
        for growth in [Growth::NONE, Growth { lists: 3, ..Growth::NONE }] {
            let source = ReportSource::bytes("r", seed.grown(growth).into_bytes());
            let mut told = Told::default();
            let done =
                detect::read(&source, &mut told).unwrap_or_else(|error| panic!("{}: {error:?}", seed.name));
            assert_eq!((done.format.name, done.cut), (format(&seed), None), "{}", seed.name);
            let silent = matches!(&*seed.name, "empty-list" | "npm-audit+error");
            assert_eq!(told.findings + told.statements == 0, silent, "{}: {:?}", seed.name, told.problems);
            let passed = told.problems.iter().find(|problem| problem.message.contains("was skipped"));
            assert_eq!(passed, None, "{}", seed.name);
        }
        named.insert(format(&seed).to_owned());
    }
    let all = FORMATS.iter().map(|format| format.name.to_owned()).collect();
    assert_eq!(named, all, "each format of `FORMATS` has a report in fixtures/growth, see CONTRIBUTING.md");
}

/// How much memory reading may take for each byte of a report: 256 MiB for 100 MiB; and what it may take however small
/// the report is.
const MEMORY_EACH: f64 = 2.56;
const MEMORY_ANY: usize = 48 << 20;

/// The same of OpenVEX, where each of a statement's products may have each of its parts, up to a number of pairs.
const MEMORY_PAIRS: usize = 160 << 20;

#[test]
fn memory_stays_in_proportion_whatever_a_report_lists() {
    if is_measured_elsewhere("every::memory_stays_in_proportion_whatever_a_report_lists") {
        return;
    }
    let mut bad = Vec::new();
    for seed in Seed::all() {
        let grown = |lists| Growth { lists, ..Growth::NONE };
        let report = [seed.grown(grown(elements(&seed, &grown, LISTS)))];
        let (before, peak) = (MEMORY.allocated(), MEMORY.max_allocated());
        drop(survey(&report, None));
        let most = MEMORY.max_allocated();
        // the most so far counts where it is this report's
        let taken = if most > peak { most - before } else { 0 };
        // the test holds the report a second time, where a run reads a file
        let any = if format(&seed) == "openvex" { MEMORY_PAIRS } else { MEMORY_ANY };
        let allowed = (MEMORY_EACH + 1.0) * report[0].len() as f64 + any as f64;
        if taken as f64 > allowed {
            bad.push(format!("{}: {} bytes take {taken}", seed.name, report[0].len()));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// How often a reader may still ask for more of a report once it was told to stop: once in each of its passes.
const ASKS: usize = 16;

/// How many bytes of a report a reader has in memory at most where its elements are small, and reads to their end.
const WINDOW: usize = 512 << 10;

#[test]
fn every_reader_stops_where_it_is_told_to() {
    for seed in Seed::all() {
        let grown = |lists| Growth { lists, ..Growth::NONE };
        let report = seed.grown(grown(elements(&seed, &grown, 2 * WINDOW)));
        // how often it asks in all, so that each part of the reading is interrupted
        let (asks, whole) = halted(&report, usize::MAX);
        assert_eq!(whole.cut, None, "{}", seed.name);
        for part in 0..4 {
            let at = part * asks / 4;
            let (all, told) = halted(&report, at);
            let said = told.cut.as_deref().unwrap_or_default();
            assert!(said.contains("told to stop"), "{}: halted at {at} of {asks}: {said}", seed.name);
            assert!(all - at <= ASKS, "{}: asked {} times more at {at} of {asks}", seed.name, all - at);
        }
    }
}

/// What came of a reading that was halted.
struct Halted {
    cut: Option<String>,
}

/// Reads a report and says stop from so many questions on: how many were asked.
fn halted(report: &str, at: usize) -> (usize, Halted) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let halt =
        Halt::when(move || (count.fetch_add(1, Ordering::Relaxed) >= at).then(|| "told to stop".to_owned()));
    let source = ReportSource::bytes("r", report.as_bytes()).until(&halt);
    let mut told = Told::default();
    let cut = match detect::read(&source, &mut told) {
        Ok(done) => done.cut,
        Err(problem) => Some(problem),
    };
    (asked.load(Ordering::Relaxed), Halted { cut: cut.map(|problem| problem.message) })
}

#[test]
fn lists_of_scanners_of_code() {
    if is_measured_elsewhere("every::lists_of_scanners_of_code") {
        return;
    }
    check_lists(&seeds(0));
}

#[test]
fn lists_of_scanners_of_packages() {
    if is_measured_elsewhere("every::lists_of_scanners_of_packages") {
        return;
    }
    check_lists(&seeds(1));
}

#[test]
fn lists_of_services_and_statements() {
    if is_measured_elsewhere("every::lists_of_services_and_statements") {
        return;
    }
    check_lists(&seeds(2));
}

#[test]
#[ignore = "takes minutes: run it by name"]
fn texts_of_scanners_of_code() {
    if is_measured_elsewhere("every::texts_of_scanners_of_code") {
        return;
    }
    check_texts(&seeds(0));
}

#[test]
#[ignore = "takes minutes: run it by name"]
fn texts_of_scanners_of_packages() {
    if is_measured_elsewhere("every::texts_of_scanners_of_packages") {
        return;
    }
    check_texts(&seeds(1));
}

#[test]
#[ignore = "takes minutes: run it by name"]
fn texts_of_services_and_statements() {
    if is_measured_elsewhere("every::texts_of_services_and_statements") {
        return;
    }
    check_texts(&seeds(2));
}

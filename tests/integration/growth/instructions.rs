//! How many instructions a plan over a small report of each format takes, compared with a list: a change that makes a
//! reader slower is seen on any machine, however busy. The counts are those of the test build, which needs no other one;
//! they say how two versions compare, not how fast either is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use super::list;
use super::seed::{Growth, Seed};
use super::shapes::sarif;

/// How large each report is, in bytes.
const SIZE: usize = 50_000;

/// By how many per cent a count may differ: another processor or another compiler uses other instructions.
const TOLERANCE: u64 = 20;

/// How many groups the plan is about that is counted as a whole.
const GROUPS: usize = 200;

/// The counts, in thousands.
type Counts = BTreeMap<String, u64>;

fn list_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/growth/instructions.txt")
}

/// A report of each format, and one of many groups, by their names.
fn reports() -> Vec<(String, String)> {
    let grown = |seed: &Seed, lists| seed.grown(Growth { lists, ..Growth::NONE });
    let sized = |seed: Seed| {
        let each = (grown(&seed, 20).len() - grown(&seed, 10).len()) / 10;
        let report = grown(&seed, (SIZE / each.max(1)).clamp(1, SIZE));
        (seed.name, report)
    };
    let groups = list(GROUPS, |at| {
        format!(r#"{{"ruleId":"r{at}","level":"error","message":{{"text":"message {at}"}}}}"#)
    });
    let mut all: Vec<(String, String)> = Seed::all().into_iter().map(sized).collect();
    all.push((format!("(a plan of {GROUPS} groups)"), sarif("", "", "", &groups)));
    all
}

/// How many thousands of instructions a plan over a report takes; `None`: valgrind is not installed.
fn count(report: &str) -> Option<u64> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("report"), report).unwrap();
    let configuration = "repository: github.com/acme/shop\ntracker: local\nbranches: [main]\nreports: [report]\nmax-new: 1000\n";
    fs::write(folder.path().join("casefile.yml"), configuration).unwrap();
    let counted = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(env!("CARGO_BIN_EXE_casefile"))
        .args(["plan", "--branch=main", "--quiet", "--no-progress", "--format=json"])
        .current_dir(folder.path())
        .env_clear()
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&counted.stderr);
    let refs = said.lines().find_map(|line| line.split_once(" refs:")).map(|(_, refs)| refs.replace(',', ""));
    let refs: u64 = refs.unwrap_or_default().trim().parse().unwrap_or_else(|_| panic!("{said}"));
    Some(refs / 1_000)
}

fn read(list: &str) -> Counts {
    let line = |line: &str| {
        let (name, count) = line.rsplit_once(' ')?;
        Some((name.trim().to_owned(), count.parse().ok()?))
    };
    list.lines().filter_map(line).collect()
}

#[test]
#[ignore = "takes minutes, and needs valgrind: bash .ci/run instructions"]
#[expect(clippy::disallowed_methods, reason = "the variable is these tests' own")]
fn counts_stay_as_they_are() {
    let waiting = Mutex::new(reports());
    let counts = Mutex::new(Counts::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap().pop();
                    let Some((name, report)) = next else { break };
                    let count = count(&report).expect("valgrind is installed");
                    counts.lock().unwrap().insert(name, count);
                }
            });
        }
    });
    let counts = counts.into_inner().unwrap();
    let text = counts.iter().fold(String::new(), |mut text, (name, count)| {
        let _ = writeln!(text, "{name:<40} {count:>9}");
        text
    });
    println!("{text}");
    if std::env::var_os("CASEFILE_UPDATES_DOCS").is_some() {
        return fs::write(list_path(), text).unwrap();
    }
    let known = read(&fs::read_to_string(list_path()).unwrap_or_default());
    let differs = |(name, count): (&String, &u64)| match known.get(name) {
        Some(known) if known.abs_diff(*count) * 100 <= known * TOLERANCE => None,
        Some(known) => Some(format!("{name}: {count} thousand instructions, not {known}")),
        None => Some(format!("{name}: {count} thousand instructions, which are not in the list")),
    };
    let differing: Vec<String> = counts.iter().filter_map(differs).collect();
    assert!(
        differing.is_empty(),
        "{differing:#?}\nIf the change is worth it, CASEFILE_UPDATES_DOCS=1 with this test writes the list anew."
    );
}

#[test]
fn a_list_is_read_as_it_is_written() {
    let counts = read("a b        12\nc           3\n\nbroken\n");
    assert_eq!(counts, Counts::from([("a b".to_owned(), 12), ("c".to_owned(), 3)]));
}

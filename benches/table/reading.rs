//! The whole `plan` over large reports: SARIF as CodeQL writes it, a report of each family, and many small files.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use seed::{Growth, Seed};

use crate::{Taken, best, casefile, head, row, shown, taken};

#[allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "tests ask more of it, and may panic")]
#[path = "../../tests/integration/growth/seed.rs"]
mod seed;

/// The formats that stand for their family: static analysis, dependencies, images, infrastructure, secrets.
const FAMILIES: &[&str] = &[
    "bandit",
    "semgrep",
    "npm-audit",
    "osv-scanner",
    "cyclonedx",
    "cyclonedx+extension",
    "snyk",
    "trivy",
    "grype",
    "checkov",
    "gitleaks",
];

/// How large a family's report is, in bytes.
const FAMILY: usize = 10 << 20;

/// How large the report of each format is whose memory is looked at, in bytes.
const FORMAT: usize = 100 << 20;

/// How many small files there are.
const FILES: usize = 1_000;

const COLUMNS: &[&str] = &["report", "size", "time", "speed", "memory", "target", "reading the bytes alone"];

pub(crate) fn table() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    configure(root);
    head("Reading: the whole `plan`", COLUMNS);
    large(root, 10, 10_000, "60 ms, 24 MB");
    large(root, 100, 100_000, "400 ms, 64 MB");
    let seeds = Seed::all();
    for name in FAMILIES {
        let seed = seeds.iter().find(|seed| seed.name == *name).expect("a seed of the format");
        measure(root, name, &[&grown(seed, FAMILY, root)], "");
    }
    let small = root.join("small");
    fs::create_dir(&small).expect("a folder");
    let report = seeds.iter().find(|seed| seed.name == "sarif").expect("a seed of the format");
    let text = report.grown(Growth { lists: 20, ..Growth::NONE });
    for at in 0..FILES {
        fs::write(small.join(format!("r{at}.sarif")), &text).expect("a report");
    }
    measure(root, &format!("{FILES} small files of SARIF"), &[&small.join("*.sarif")], "");
}

/// A report of 100 MB of every format: what a report lists must not decide how much memory a runner needs.
pub(crate) fn formats() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    configure(folder.path());
    head("Reading: a report of 100 MB of each format", COLUMNS);
    for seed in Seed::all() {
        measure(folder.path(), &seed.name, &[&grown(&seed, FORMAT, folder.path())], "256 MB");
    }
}

/// A report of about so many bytes, with all that a format lists.
fn grown(seed: &Seed, bytes: usize, root: &Path) -> PathBuf {
    let grown = |lists| seed.grown(Growth { lists, ..Growth::NONE });
    let each = (grown(20).len() - grown(10).len()) / 10;
    let path = root.join("report");
    fs::write(&path, grown((bytes / each.max(1)).min(bytes))).expect("the report");
    path
}

/// A report of 1 GB with a million results, which takes its time to write.
pub(crate) fn huge() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    configure(folder.path());
    head("Reading: the whole `plan`", COLUMNS);
    large(folder.path(), 1_000, 1_000_000, "4 s, 96 MB");
}

fn configure(root: &Path) {
    fs::write(root.join("casefile.yml"), "repository: github.com/acme/shop\nbranches: []\n")
        .expect("the configuration");
}

/// SARIF of so many megabytes with so many results in 500 groups, and what other tools take for it.
fn large(root: &Path, megabytes: usize, results: usize, target: &str) {
    let path = root.join("large.sarif");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/large.py");
    let written = Command::new("python3")
        .arg(script)
        .arg(&path)
        .args(["--results", &results.to_string(), "--size-mb", &megabytes.to_string()])
        .stdout(Stdio::null())
        .status();
    if !written.is_ok_and(|status| status.success()) {
        println!("SARIF of {megabytes} MB is left out: python3 is not installed");
        return;
    }
    measure(root, &format!("SARIF, {results} results"), &[&path], target);
    for (tool, words) in [("jq", &["length"][..]), ("sarif", &["summary"][..])] {
        let mut command = Command::new(tool);
        command.args(words).arg(&path).stdout(Stdio::null()).stderr(Stdio::null());
        // what is not installed is not compared
        if Command::new(tool).arg("--version").stdout(Stdio::null()).status().is_ok() {
            let one = taken(&mut command);
            row(&[&format!("the same by `{tool}`"), "", &shown(one.time), "", &one.megabytes(), "", ""]);
        }
    }
}

fn measure(root: &Path, name: &str, reports: &[&Path], target: &str) {
    let bytes: u64 = reports.iter().map(|path| size(path)).sum();
    let mut command = casefile(root);
    command.args(["plan", "--branch=main", "--quiet", "--no-progress", "--max-new=1000", "--format=json"]);
    command.args(reports.iter().map(|path| format!("--reports={}", path.display())));
    let Taken { time, .. } = best(3, || taken(&mut command));
    let whole = best(1, || taken(&mut command));
    let megabytes = bytes as f64 / 1e6;
    row(&[
        name,
        &format!("{megabytes:.1} MB"),
        &shown(time),
        &format!("{:.0} MB/s", megabytes / time.as_secs_f64()),
        &whole.megabytes(),
        target,
        &shown(alone(reports)),
    ]);
}

/// The files that a path with a wildcard at its end means.
fn files(path: &Path) -> Vec<PathBuf> {
    match path.to_string_lossy().contains('*') {
        true => fs::read_dir(path.parent().expect("a folder"))
            .expect("the folder")
            .flatten()
            .map(|entry| entry.path())
            .collect(),
        false => vec![path.to_owned()],
    }
}

fn size(path: &Path) -> u64 {
    files(path).iter().map(|file| fs::metadata(file).expect("a report").len()).sum()
}

/// How long it takes to read the bytes and do nothing.
fn alone(reports: &[&Path]) -> Duration {
    let begin = Instant::now();
    let mut buffer = vec![0; 1 << 18];
    for file in reports.iter().flat_map(|path| files(path)) {
        let mut input = fs::File::open(file).expect("a report");
        while input.read(&mut buffer).expect("a report") > 0 {}
    }
    begin.elapsed()
}

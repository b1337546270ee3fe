//! The whole `plan` over 100 MB of SARIF, 100,000 results in 500 groups: time and peak memory.
//!
//! `cargo bench --bench plan`. The target is 64 MB resident (`CONTRIBUTING.md`). `cargo bench --bench plan -- FILE...`
//! plans these reports instead, e.g. what `fixtures/large_packages.py` writes: 200 MB of them have a target of 128 MB.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark may stop and print")]

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const RESULTS: usize = 100_000;
const GROUPS: usize = 500;

fn main() {
    let named: Vec<PathBuf> =
        std::env::args().skip(1).filter(|one| !one.starts_with('-')).map(Into::into).collect();
    if named.is_empty() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let large = folder.path().join("large.sarif");
        report(&large);
        println!("{RESULTS} results, {GROUPS} groups");
        measure(&large);
    }
    named.iter().for_each(|report| measure(report));
}

/// Plans what a report says, and tells time and peak memory.
fn measure(report: &Path) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("casefile.yml"), "repository: github.com/acme/shop\nbranches: []\n")
        .expect("the configuration");
    let begin = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_casefile"))
        .args([
            "plan",
            "--branch=main",
            "--quiet",
            "--no-progress",
            "--max-new=1000",
            "--format=json",
            "--reports",
        ])
        .arg(fs::canonicalize(report).expect("the report"))
        .current_dir(folder.path())
        .env_clear()
        .stdout(Stdio::null())
        .spawn()
        .expect("casefile");
    let (peak, well) = watch(child);
    let time = begin.elapsed();
    assert!(well, "casefile failed");
    let size = fs::metadata(report).expect("the report").len() as f64 / 1e6;
    let speed = size / time.as_secs_f64();
    println!("{}: {size:.1} MB, {time:.2?} ({speed:.0} MB/s)", report.display());
    match peak {
        Some(kilobytes) => println!("peak resident memory: {:.1} MB", kilobytes as f64 / 1024.0),
        None => println!("peak resident memory: not measured, there is no /proc here"),
    }
}

/// Waits for the process; its peak resident memory in kB, as Linux accounts for it, and whether it ended
/// well.
fn watch(mut child: Child) -> (Option<u64>, bool) {
    let mut peak = None;
    loop {
        if let Some(status) = child.try_wait().expect("casefile") {
            return (peak, status.success());
        }
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).or(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Writes a report in CodeQL's shape, pretty-printed.
fn report(path: &Path) {
    let mut out = BufWriter::new(fs::File::create(path).expect("the report"));
    let rules: Vec<_> = (0..GROUPS)
        .map(|n| {
            serde_json::json!({
                "id": format!("js/rule-{n}"),
                "shortDescription": {"text": format!("Uncontrolled data used in sink {n}")},
                "help": {"markdown": "Validate the input.\n\n```js\nsafe(input)\n```\n".repeat(8)},
                "properties": {"security-severity": "7.8", "tags": ["security", "external/cwe/cwe-079"]},
            })
        })
        .collect();
    let tool = serde_json::json!({"driver": {"name": "CodeQL", "version": "2.20.0", "rules": rules}});
    write!(out, "{{\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{tool:#},\"results\":[").expect("the report");
    for n in 0..RESULTS {
        let comma = if n == 0 { "" } else { ",\n" };
        write!(out, "{comma}{:#}", result(n)).expect("the report");
    }
    out.write_all(b"]}]}").expect("the report");
    out.flush().expect("the report");
}

fn result(n: usize) -> serde_json::Value {
    let line = n % 997 + 1;
    let region = serde_json::json!({"startLine": line, "startColumn": 9, "endColumn": 40,
        "snippet": {"text": format!("    res.send(render(template, req.query.value{n}));")}});
    let around = "    const template = load(req.params.name);\n".repeat(9);
    serde_json::json!({
        "ruleId": format!("js/rule-{}", n % GROUPS),
        "ruleIndex": n % GROUPS,
        "message": {"text": format!("This value depends on a user-provided value {n}.")},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": format!("src/module{}/handler{}.js", n % 60, n % 1900)},
            "region": region,
            "contextRegion": {"startLine": line, "endLine": line + 8, "snippet": {"text": around}},
        }}],
        "partialFingerprints": {"primaryLocationLineHash": format!("{:016x}:1", n as u64 * 0x9e37_79b9_7f4a_7c15)},
    })
}

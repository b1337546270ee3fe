//! Reports that ask for a lot do not get it: every list, text and join that a report controls, at a size, at twice
//! that, and at four times. What is allocated is counted, and how often more of the report is asked for; neither grows
//! by more than the report does. Memory in all stays within limits that do not depend on the report.
//!
//! [`every`] has all formats, each with all that it may list; [`shapes`] has what was once found. The counts are the
//! process's, so each of these tests has one of its own.

use std::alloc::System;
use std::fmt::Write as _;
use std::process::Command;

use cap::Cap;

use cost::{SLACK, grows, survey};
use shapes::{SHAPES, npm, npm_package, osv, sarif};

mod cost;
mod every;
mod instructions;
mod seed;
mod shapes;
mod types;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Set in the process that measures.
const MEASURES: &str = "CASEFILE_MEASURES";

/// Measures in a process of its own, because what other tests of this one allocate meanwhile would count as well. Says
/// whether that was done; else this is that process.
#[expect(clippy::disallowed_methods, reason = "the variable is these tests' own")]
fn is_measured_elsewhere(test: &str) -> bool {
    if std::env::var_os(MEASURES).is_some() {
        return false;
    }
    let own = format!("growth::{test}");
    let measured = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &own, "--nocapture", "--include-ignored"])
        .env(MEASURES, "1")
        .output()
        .unwrap();
    assert!(measured.status.success(), "{}", String::from_utf8_lossy(&measured.stderr));
    assert!(String::from_utf8_lossy(&measured.stdout).contains("1 passed"), "it was measured");
    true
}

fn list(count: usize, element: impl Fn(usize) -> String) -> String {
    let mut all = String::new();
    for at in 0..count {
        if at > 0 {
            all.push(',');
        }
        all.push_str(&element(at));
    }
    all
}

#[test]
fn work_grows_with_the_report_and_no_faster() {
    if is_measured_elsewhere("work_grows_with_the_report_and_no_faster") {
        return;
    }
    let bad: Vec<String> = SHAPES
        .iter()
        .filter_map(|(name, shapes, size)| {
            grows(name, &|size| shapes.iter().map(|shape| shape(size)).collect(), *size)
        })
        .collect();
    assert!(bad.is_empty(), "{} of {}:\n{}", bad.len(), SHAPES.len(), bad.join("\n"));
}

#[test]
fn the_counts_tell_a_join_of_two_lists_from_one_list() {
    if is_measured_elsewhere("the_counts_tell_a_join_of_two_lists_from_one_list") {
        return;
    }
    let mut found = 0;
    let mut last = 0;
    for size in [300, 1_200] {
        let before = MEMORY.total_allocated();
        let joined: Vec<Vec<u8>> = (0..size).map(|_| vec![0_u8; size * 20]).collect();
        assert_eq!(joined.len(), size);
        let now = (MEMORY.total_allocated() - before) as u64;
        found = now / last.max(1);
        last = now;
    }
    assert!(found > 2 * SLACK * 3, "sixteen times as much: {found}");
}

/// How much memory a report may take beyond itself, in bytes.
const MEMORY_LIMIT: usize = 256 << 20;

#[test]
fn memory_stays_bounded_whatever_a_report_lists() {
    if is_measured_elsewhere("memory_stays_bounded_whatever_a_report_lists") {
        return;
    }
    let many = |element: &str, bytes: usize| {
        let mut text = String::with_capacity(bytes + element.len());
        while text.len() < bytes {
            let _ = write!(text, "{}{element}", if text.is_empty() { "" } else { "," });
        }
        text
    };
    let large = 3 << 20;
    let reports = [
        ("rules", sarif(&many("{}", large), "", "", "")),
        ("rules with ids", sarif(&list(large / 20, |at| format!(r#"{{"id":"R{at:07}"}}"#)), "", "", "")),
        ("extensions", sarif("", &many("{}", large), "", "")),
        ("artifacts", sarif("", "", &format!(r#","artifacts":[{}]"#, many("{}", large)), "")),
        ("runs", format!(r#"{{"version":"2.1.0","runs":[{}]}}"#, many(r#"{"results":[]}"#, large))),
        (
            "one result",
            sarif("", "", "", &format!(r#"{{"ruleId":"R","locations":[{}]}}"#, many("{}", large - 1_000))),
        ),
        (
            "osv",
            osv(&format!(
                r#"{{"package":{{"name":"p"}},"vulnerabilities":[{}]}}"#,
                many(r#"{"id":"a"}"#, large - 1_000)
            )),
        ),
        ("npm", npm(&npm_package("p", true, &many("\"a\"", large - 1_000)))),
    ];
    for (name, report) in reports {
        // what the report itself takes is the file's
        let reports = [report];
        let before = MEMORY.allocated();
        let peak = MEMORY.max_allocated();
        drop(survey(&reports, None));
        let most = MEMORY.max_allocated();
        // the most so far counts where it is this report's
        let taken = if most > peak { most - before } else { 0 };
        assert!(taken < MEMORY_LIMIT, "{name}: {} MiB", taken >> 20);
    }
}

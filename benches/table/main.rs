//! One table of what casefile's speed promises rest on: reading, requests, size. `cargo bench` prints it; a word behind
//! `--` chooses a part: `cargo bench -- reading`, `formats` (100 MB of each format), `huge` (a report of 1 GB), `requests`,
//! `size`.
//!
//! Beside each figure stands its target (`CONTRIBUTING.md`) and what it is held against: how long it takes to read the
//! bytes and do nothing, or how long the requests take that cannot be spared. Nothing here fails because a machine is slow.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark may stop and print")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod reading;
mod requests;
mod size;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wants = |part: &str| {
        words.is_empty() && !["formats", "huge"].contains(&part) || words.iter().any(|word| word == part)
    };
    if wants("size") {
        size::table();
    }
    if wants("reading") {
        reading::table();
    }
    if wants("formats") {
        reading::formats();
    }
    if wants("huge") {
        reading::huge();
    }
    if wants("requests") {
        requests::table();
    }
}

/// What a process took.
#[derive(Clone, Copy)]
struct Taken {
    time: Duration,
    /// Its peak resident memory in kB; `None`: there is no /proc here.
    memory: Option<u64>,
}

impl Taken {
    /// Its memory for people.
    fn megabytes(self) -> String {
        self.memory.map_or("?".to_owned(), |kilobytes| format!("{:.0} MB", kilobytes as f64 / 1024.0))
    }
}

/// The binary that is measured, in a folder and without any variable of this process.
fn casefile(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casefile"));
    command.current_dir(folder).env_clear().stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The best of several runs: what the machine did beside it counts least.
fn best(times: usize, mut run: impl FnMut() -> Taken) -> Taken {
    let runs = (0..times).map(|_| run());
    runs.min_by_key(|taken| taken.time).expect("at least one run")
}

/// Runs a command to its end.
fn taken(command: &mut Command) -> Taken {
    let begin = Instant::now();
    let mut child = command.spawn().expect("the command");
    let memory = watch(&mut child);
    let time = begin.elapsed();
    let status = child.wait().expect("the command");
    // 3: a report lists more than a run takes in, or says that its scanner failed
    assert!(status.code().is_some_and(|code| [0, 1, 3].contains(&code)), "{command:?}: {status}");
    Taken { time, memory }
}

/// Waits for a process to end; its peak resident memory in kB, as Linux accounts for it.
fn watch(child: &mut Child) -> Option<u64> {
    let path = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait().expect("the command").is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).or(peak);
        std::thread::sleep(Duration::from_millis(1));
    }
    peak
}

/// A time for people.
fn shown(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

/// A row of a Markdown table.
fn row(cells: &[&str]) {
    println!("| {} |", cells.join(" | "));
}

/// The head of a Markdown table, under a title.
fn head(title: &str, cells: &[&str]) {
    println!("\n{title}\n");
    row(cells);
    println!("|{}", "---|".repeat(cells.len()));
}

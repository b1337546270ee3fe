//! A report that repeats a part of itself, at a size and at four times that: what reading it costs grows no faster.
//!
//! The part stands between the bytes 1 and 2 (without them: all of it), and the bytes 3 and 4 in it stand for the
//! number of the repetition and for the next one, so that elements name themselves and each other. Bytes of memory
//! are counted, all that are ever taken; the processor's time is that of this thread.

use std::alloc::System;
use std::fs;

use cap::Cap;
use casefile::group::{Rules, SurveyBuilder};
use casefile::model::fingerprint::Fingerprint;
use casefile::model::record::Mode;
use casefile::report::detect;
use casefile::report::source::ReportSource;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// How often the part is repeated at first, and then four times as often.
const TIMES: usize = 300;

/// The longest input: what it becomes has to be read in a moment.
const LONGEST: usize = 2_000;

/// By how much more than the report its costs may grow; a join of two lists grows by four times more.
const SLACK: u64 = 2;

/// What costs less than this is not told from noise: bytes, and nanoseconds under the sanitizer.
const LEAST: (u64, u64) = (8 << 20, 100_000_000);

/// What a repeated part costs grows by no more than the report.
pub fn check(bytes: &[u8]) {
    let Some(input) = bytes.get(..bytes.len().min(LONGEST)) else { return };
    let (small, large) = (repeated(input, TIMES), repeated(input, 4 * TIMES));
    let (one, many) = (cost(&small), cost(&large));
    let allowed = SLACK * (large.len() as u64).div_ceil(small.len().max(1) as u64).max(1);
    assert!(many.0 <= allowed * one.0.max(LEAST.0), "memory: {one:?} becomes {many:?}");
    let slow = |nanoseconds: u64| nanoseconds > allowed * one.1.max(LEAST.1);
    assert!(!slow(many.1) || !slow(cost(&large).1), "time: {one:?} becomes {many:?}");
}

/// The report with its part so many times.
fn repeated(input: &[u8], times: usize) -> Vec<u8> {
    let begin = input.iter().position(|byte| *byte == 1).map_or(0, |at| at + 1);
    let end = input.iter().skip(begin).position(|byte| *byte == 2).map_or(input.len(), |at| begin + at);
    let mut made = input[..begin].to_vec();
    for number in 0..times {
        for byte in &input[begin..end] {
            match byte {
                3 => made.extend(number.to_string().bytes()),
                4 => made.extend((number + 1).to_string().bytes()),
                byte => made.push(*byte),
            }
        }
    }
    // a comma that the repetition left at the end of a list is none
    if made.last() == Some(&b',') {
        made.pop();
    }
    made.extend(input.get(end..).unwrap_or_default());
    made.retain(|byte| !matches!(byte, 1 | 2));
    made
}

/// The memory that is taken, and the time.
fn cost(report: &[u8]) -> (u64, u64) {
    let (bytes, begun) = (MEMORY.total_allocated(), processor());
    let mut line = |_: &str, _: u32| None;
    let mut gatherer = SurveyBuilder::new(Rules {
        repository: vec![Fingerprint([7; 10])],
        job: "job".to_owned(),
        mode: &|_| Mode::Type,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut line,
    });
    let source = ReportSource::bytes("r", report);
    gatherer.begin(&source.name, None);
    match detect::read(&source, &mut gatherer) {
        Ok(done) => gatherer.end(done.format.name, done.cut),
        Err(problem) => gatherer.end("", Some(problem)),
    }
    drop(gatherer.survey());
    ((MEMORY.total_allocated() - bytes) as u64, processor() - begun)
}

/// The processor's time of this thread so far, in nanoseconds.
fn processor() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

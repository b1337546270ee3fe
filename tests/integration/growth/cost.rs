//! What reading costs, and whether it grows by more than the report does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use casefile::group::{Rules, SurveyBuilder};
use casefile::model::fingerprint::Recipe;
use casefile::model::record::Mode;
use casefile::model::survey::Survey;
use casefile::report::detect;
use casefile::report::source::{Halt, ReportSource};

use super::MEMORY;

/// By how much more than the report its costs may grow. A join of two lists grows by sixteen times where the report
/// grows by four.
pub(super) const SLACK: u64 = 2;

/// By how much more of memory the second half of a report may cost than the first half.
const MARGIN: f64 = 1.4;

/// What costs less than this does not matter: buffers that are taken once, and the last piece of a report.
const LEAST: Cost = Cost { bytes: 1 << 20, reads: 64 };

/// What reading reports costs. Both are counted, so that a busy machine changes nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// All the memory that was ever taken, in bytes.
    pub(super) bytes: u64,
    /// How often more of a report was asked for.
    pub(super) reads: u64,
}

/// What the reports say, read until something halts it.
pub(super) fn survey(reports: &[String], halt: Option<&Halt>) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("growth").finish()],
        job: "ci".into(),
        mode: &|_| Mode::Type,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut |_, _| None,
    };
    let mut gatherer = SurveyBuilder::new(rules);
    for (index, report) in reports.iter().enumerate() {
        let mut source = ReportSource::bytes(format!("r{index}"), report.as_bytes());
        if let Some(halt) = halt {
            source = source.until(halt);
        }
        gatherer.begin(&source.name, None);
        match detect::read(&source, &mut gatherer) {
            Ok(done) => gatherer.end(done.format.name, done.cut),
            Err(problem) => gatherer.end("", Some(problem)),
        }
    }
    gatherer.survey()
}

/// Reads reports and counts.
pub(super) fn cost(reports: &[String]) -> Cost {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = asked.clone();
    let count = Halt::when(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        None
    });
    let bytes = MEMORY.total_allocated();
    let survey = survey(reports, Some(&count));
    let cost =
        Cost { bytes: (MEMORY.total_allocated() - bytes) as u64, reads: asked.load(Ordering::Relaxed) };
    drop(survey);
    cost
}

/// What grows by more than the reports of a size do, if anything does: at the size, at twice and at four times that.
pub(super) fn grows(name: &str, reports: &dyn Fn(usize) -> Vec<String>, size: usize) -> Option<String> {
    let at = |size: usize| {
        let reports = reports(size);
        (reports.iter().map(String::len).sum::<usize>() as u64, cost(&reports))
    };
    let (small, one) = at(size);
    [2, 4].into_iter().find_map(|times| {
        let (large, many) = at(times * size);
        let exceeds = |one: u64, many: u64, least: u64| many > SLACK * large.div_ceil(small) * one.max(least);
        let grew = exceeds(one.bytes, many.bytes, LEAST.bytes) || exceeds(one.reads, many.reads, LEAST.reads);
        grew.then(|| format!("{name}: {small} bytes cost {one:?}, {large} bytes {many:?}"))
    })
}

/// The same, more exactly: what the report's second half costs more than its first half did, or its second quarter,
/// where lists double twice and take their room in the same steps.
pub(super) fn bends(name: &str, report: &dyn Fn(usize) -> String, size: usize) -> Option<String> {
    let at = |size: usize| {
        let report = [report(size)];
        (report[0].len() as f64, cost(&report))
    };
    let all = [at(size), at(2 * size), at(4 * size)];
    let [small, half, large] = all.map(|(length, _)| length);
    let exceeds = |count: fn(&Cost) -> u64| {
        let [one, two, four] = all.map(|(_, cost)| count(&cost) as f64);
        let even = f64::max((two - one) / (half - small), two / half) * (large - half);
        four - two > MARGIN * even + count(&LEAST) as f64
    };
    let costs = || all.map(|(length, cost)| format!("{length} bytes cost {cost:?}")).join(", ");
    (exceeds(|cost| cost.bytes) || exceeds(|cost| cost.reads)).then(|| format!("{name}: {}", costs()))
}

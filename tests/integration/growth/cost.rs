//! What reading costs, and whether it grows by more than the report does.

use std::fs;

use casefile::group::{Rules, SurveyBuilder};
use casefile::model::fingerprint::Recipe;
use casefile::model::record::Mode;
use casefile::model::survey::Survey;
use casefile::report::detect;
use casefile::report::source::ReportSource;

use super::MEMORY;

/// By how much more than the report its costs may grow. A join of two lists grows by sixteen times where the report
/// grows by four.
pub(super) const SLACK: u64 = 2;

/// By how much more of memory the second half of a report may cost than the first half.
const MARGIN: f64 = 1.4;

/// What costs less than this is not told from noise: bytes, and nanoseconds.
const LEAST: Cost = Cost { bytes: 1 << 20, nanoseconds: 40_000_000 };

/// What reading reports costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// All the memory that was ever taken, in bytes.
    pub(super) bytes: u64,
    /// The processor's time.
    pub(super) nanoseconds: u64,
}

/// What the reports say.
pub(super) fn survey(reports: &[String]) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("growth").finish()],
        job: "ci".into(),
        mode: &|_| Mode::Type,
        judge: &|_| None,
        line: &mut |_, _| None,
    };
    let mut gatherer = SurveyBuilder::new(rules);
    for (index, report) in reports.iter().enumerate() {
        let source = ReportSource::bytes(format!("r{index}"), report.as_bytes());
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
    let (bytes, begun) = (MEMORY.total_allocated(), processor());
    let survey = survey(reports);
    let cost = Cost { bytes: (MEMORY.total_allocated() - bytes) as u64, nanoseconds: processor() - begun };
    drop(survey);
    cost
}

/// The processor's time of this thread so far, in nanoseconds; always 0 where the system does not say.
fn processor() -> u64 {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

/// What grows by more than the reports of a size do, if anything does: at the size, at twice and at four times that.
pub(super) fn grows(name: &str, reports: &dyn Fn(usize) -> Vec<String>, size: usize) -> Option<String> {
    let length = |reports: &[String]| reports.iter().map(String::len).sum::<usize>() as u64;
    let at = |size: usize| {
        let reports = reports(size);
        (length(&reports), cost(&reports))
    };
    let (largest, most) = at(4 * size);
    let small = length(&reports(size));
    let bound = |large: u64, least: u64| SLACK * large.div_ceil(small) * least;
    if most.bytes <= bound(largest, LEAST.bytes) && most.nanoseconds <= bound(largest, LEAST.nanoseconds) {
        return None;
    }
    let (_, one) = at(size);
    let tell = |large: u64, many: Cost| {
        let bytes = many.bytes > bound(large, one.bytes.max(LEAST.bytes));
        let slow = many.nanoseconds > bound(large, one.nanoseconds.max(LEAST.nanoseconds));
        (bytes, slow)
    };
    for times in [2, 4] {
        let (large, many) = at(times * size);
        let (bytes, slow) = tell(large, many);
        // read twice before it is believed: others use the processor's caches as well
        if bytes || (slow && tell(large, at(times * size).1).1) {
            return Some(format!("{name}: {small} bytes cost {one:?}, {large} bytes {many:?}"));
        }
    }
    None
}

/// The same, more exactly, of memory: what the report's second half costs more than its first half, where lists double
/// twice and take their room in the same steps. Of time no more than before.
pub(super) fn bends(name: &str, report: &dyn Fn(usize) -> String, size: usize) -> Option<String> {
    let at = |size: usize| {
        let report = [report(size)];
        (report[0].len() as f64, cost(&report))
    };
    let all = [at(size), at(2 * size), at(4 * size)];
    let [one, two, four] = all.map(|(_, cost)| cost.bytes as f64);
    let [small, half, large] = all.map(|(length, _)| length);
    let even = (two - one) / (half - small) * (large - half);
    let bytes = four - two > MARGIN * even.max(0.0) + LEAST.bytes as f64;
    let [first, .., last] = all.map(|(_, cost)| cost.nanoseconds as f64);
    let allowed = SLACK as f64 * large / small * first.max(LEAST.nanoseconds as f64);
    let slow = last > allowed && at(4 * size).1.nanoseconds as f64 > allowed;
    let costs = all.map(|(length, cost)| format!("{length} bytes cost {cost:?}"));
    (bytes || slow).then(|| format!("{name}: {}", costs.join(", ")))
}

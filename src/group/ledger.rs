//! The statistics of each report and each scan, counted while they are read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{category, identity, limits};
use crate::document::visible::one_line;
use crate::model::fingerprint::Recipe;
use crate::model::scan::{NotFinding, Problem, Scan, Scope, Unread};
use crate::model::survey::{ReadReport, ScopedScan};

/// How many problems of one report are reported one by one; the others are counted.
const PROBLEMS_SHOWN: usize = 20;

/// How many scanners of one report are named.
const NAMED: usize = 20;

/// How long the name of a scanner, scan or job may be, in characters: a record has to have room for three, and for
/// findings.
const LONGEST_NAME: usize = 200;

/// How many scans a run keeps; the others prove nothing.
const MOST_SCANS: usize = 10_000;

/// How many rules these may list.
const MOST_RULES: usize = 200_000;

/// How many names of what was scanned are kept for each scan.
const MOST_PRODUCTS: usize = 20;

/// The results of the reports so far.
pub(super) struct ReportStatistics {
    pub(super) reports: Vec<ReadReport>,
    pub(super) scans: Vec<ScopedScan>,
    pub(super) problems: Vec<Problem>,
    /// Workflow and job with the values of its matrix, or what `--scope` says.
    job: String,
    /// The categories of the run's reports, by their paths, as far as they were named.
    categories: HashMap<String, String>,
    /// The scanners of the current report.
    scanners: HashSet<String>,
    /// How many problems the current report has, including those beyond [`PROBLEMS_SHOWN`].
    recorded: usize,
    /// How many rules the scans list.
    rules: usize,
    open: OpenReport,
}

/// The report and the scan that are being read.
#[derive(Default)]
struct OpenReport {
    category: Option<String>,
    scanner: Option<Arc<str>>,
    findings: usize,
    problems: usize,
    /// Whether it holds more than there is room for.
    beyond: bool,
}

impl ReportStatistics {
    /// Statistics before anything has been read.
    pub(super) fn new(job: &str) -> ReportStatistics {
        ReportStatistics {
            reports: Vec::new(),
            scans: Vec::new(),
            problems: Vec::new(),
            job: job.to_owned(),
            categories: HashMap::new(),
            scanners: HashSet::new(),
            recorded: 0,
            rules: 0,
            open: OpenReport::default(),
        }
    }

    /// Announces all reports of the run, so that those whose names differ only by a number stay apart.
    pub(super) fn expect<'p>(&mut self, paths: impl IntoIterator<Item = &'p str>) {
        self.categories = category::categories(paths);
    }

    /// Starts a report. `category` is the one that the configuration sets for it.
    pub(super) fn begin(&mut self, path: &str, category: Option<String>) {
        self.open = OpenReport { category, ..OpenReport::default() };
        self.recorded = 0;
        self.scanners.clear();
        self.reports.push(ReadReport { path: path.to_owned(), whole: true, ..ReadReport::default() });
    }

    /// Ends a report that could not even be opened. The problem is not in the report's own words.
    pub(super) fn missing(&mut self, problem: Problem) {
        self.problems.push(problem);
        if let Some(report) = self.reports.last_mut() {
            report.problems += 1;
            report.whole = false;
            report.broken = true;
        }
    }

    /// Ends a report in a format (empty: an unknown one); with what ended the reading before the report's end, if
    /// anything did. In that case, nothing in it counts as complete.
    pub(super) fn end(&mut self, format: &str, cut: Option<Problem>) {
        let unreported = self.recorded.saturating_sub(PROBLEMS_SHOWN);
        if unreported > 0
            && let Some(report) = self.reports.last()
        {
            let message = format!("this report has further elements that could not be read ({unreported})");
            self.problems.push(Problem::new(report.path.as_str(), message).foreign());
        }
        if let Some(problem) = &cut {
            // what ended the reading is reported in any case
            self.recorded = 0;
            self.problem(problem.clone());
        }
        if self.open.findings > 0 {
            // The reader stopped before it could close its scan.
            let scanner = self.open.scanner.clone();
            self.scan(Scan::new(scanner.as_deref().unwrap_or_default()));
        }
        let problems = std::mem::take(&mut self.open.problems);
        let broken = cut.is_some() || problems > 0;
        let index = self.reports.len().saturating_sub(1);
        for seen in self.scans.iter_mut().rev().take_while(|seen| seen.report == index) {
            seen.whole &= !broken;
        }
        if let Some(report) = self.reports.last_mut() {
            report.problems += problems;
            report.whole &= !broken;
            report.broken |= broken;
            format.clone_into(&mut report.format);
        }
    }

    /// The path of the current report, as it was named.
    pub(super) fn path(&self) -> &str {
        self.reports.last().map_or("", |report| &report.path)
    }

    /// The number of the current scan.
    pub(super) fn at(&self) -> u32 {
        u32::try_from(self.scans.len()).unwrap_or(u32::MAX)
    }

    /// Counts a finding of the current scan.
    pub(super) fn found(&mut self, scanner: &Arc<str>) {
        self.open.findings += 1;
        if self.open.scanner.as_ref().is_none_or(|known| known != scanner) {
            self.open.scanner = Some(scanner.clone());
        }
    }

    /// Counts a VEX statement.
    pub(super) fn stated(&mut self) {
        if let Some(report) = self.reports.last_mut() {
            report.statements += 1;
        }
    }

    /// Counts entries that are not findings.
    pub(super) fn not_findings(&mut self, what: NotFinding, count: usize) {
        if let Some(report) = self.reports.last_mut().filter(|_| count > 0) {
            *report.not_findings.entry(what).or_default() += count;
        }
    }

    /// A finding that there is no room for is a counted problem of its report, which then does not prove that anything
    /// is gone.
    pub(super) fn refuse(&mut self) {
        self.exceed(limits::beyond);
    }

    fn exceed(&mut self, problem: impl Fn(&str) -> Problem) {
        self.open.problems += 1;
        if !std::mem::replace(&mut self.open.beyond, true) {
            self.problems.extend(self.reports.last_mut().map(|report| {
                report.broken = true;
                problem(&report.path)
            }));
        }
    }

    /// Reports a problem, unless many problems of this report have been reported already.
    fn emit(&mut self, problem: Problem) {
        self.recorded += 1;
        if self.recorded <= PROBLEMS_SHOWN {
            self.problems.push(problem.foreign());
        }
    }

    /// Ends a scan: the findings and problems since the last one belong to it.
    pub(super) fn scan(&mut self, mut scan: Scan) {
        if self.scans.len() == MOST_SCANS {
            if let Some(report) = self.reports.last_mut() {
                report.findings += std::mem::take(&mut self.open.findings);
            }
            return self.exceed(|report| limits::beyond_scans(report, MOST_SCANS));
        }
        self.rules += scan.rules.len();
        if self.rules > MOST_RULES {
            // a list that is not kept proves nothing
            (scan.rules, scan.lists_all) = (Vec::new(), false);
        }
        scan.products.truncate(MOST_PRODUCTS);
        scan.scanner = bounded(scan.scanner);
        scan.version = scan.version.map(bounded);
        let open = OpenReport { category: self.open.category.clone(), ..OpenReport::default() };
        let OpenReport { findings, problems, .. } = std::mem::replace(&mut self.open, open);
        let failed = scan.success == Some(false);
        let whole = problems == 0 && !failed && scan.has_results;
        let index = self.reports.len().saturating_sub(1);
        let mut path = String::new();
        if let Some(report) = self.reports.last_mut() {
            report.findings += findings;
            report.problems += problems;
            report.whole &= problems == 0 && !failed && scan.unread.is_empty();
            // some reports do not name their scanner
            if !scan.scanner.is_empty() && self.scanners.insert(scan.scanner.clone()) {
                match self.scanners.len() {
                    1 => report.scanner.clone_from(&scan.scanner),
                    2..=NAMED => report.scanner.extend([", ", &scan.scanner]),
                    more if more == NAMED + 1 => report.scanner.push_str(", …"),
                    _ => {}
                }
            }
            path.clone_from(&report.path);
        }
        if failed && problems == 0 {
            // if the report says why, its reader has already reported and counted it
            if let Some(report) = self.reports.last_mut() {
                report.problems += 1;
            }
            let separator = if scan.reason.is_empty() { "" } else { ": " };
            let reason = one_line(&scan.reason);
            let message = format!(
                "{} says that its scan failed, completely or in part{separator}{reason:.300}",
                scan.scanner
            );
            self.emit(Problem::new(path.as_str(), message).hint(
                "see the scanner's log; the findings in this report are filed, and findings that are missing \
                 from the report do not count as gone",
            ));
        }
        if let Some(first) = scan.unread.first() {
            if let Some(report) = self.reports.last_mut() {
                report.problems += scan.unread.len();
            }
            self.emit(unread(&path, &scan.scanner, first, scan.unread.len()));
        }
        let given = scan.category.clone().or_else(|| self.open.category.clone());
        let category = given.or_else(|| self.categories.get(&path).cloned());
        let category = category.unwrap_or_else(|| category::category(&path));
        let scope = Scope {
            job: bounded(self.job.clone()),
            scanner: identity::scanner(&scan.scanner),
            category: bounded(category),
        };
        self.scans.push(ScopedScan { scan, scope, report: index, whole });
    }

    /// Counts findings that there was no time to group, each by the number of its scan. These scans then do not prove
    /// that anything is gone.
    pub(super) fn left_out(&mut self, scans: impl Iterator<Item = u32>) {
        let mut count = 0;
        for scan in scans {
            count += 1;
            let report = self.scans.get(scan as usize).and_then(|seen| self.reports.get_mut(seen.report));
            if let Some(report) = report {
                report.findings = report.findings.saturating_sub(1);
                report.problems += 1;
            }
        }
        if count > 0 {
            self.scans.iter_mut().for_each(|seen| seen.whole = false);
            self.reports.iter_mut().for_each(|report| (report.whole, report.broken) = (false, true));
            let what = if count == 1 { "finding was" } else { "findings were" };
            let message =
                format!("{count} {what} left out because the time limit was reached during grouping");
            let hint = "Raise `--time-limit`, or read fewer reports in one run.";
            self.problems.push(Problem::new("reports", message).hint(hint));
        }
    }

    /// Counts a problem of the current scan, and reports it.
    pub(super) fn problem(&mut self, problem: Problem) {
        self.open.problems += 1;
        self.emit(problem);
    }
}

/// Reports that a scanner could not scan some files, of which this is the first.
fn unread(report: &str, scanner: &str, first: &Unread, count: usize) -> Problem {
    let separator = if first.why.is_empty() { "" } else { ": " };
    let first = format!("{}{separator}{}", one_line(&first.path), one_line(&first.why).trim_end_matches(':'));
    let files = match count {
        1 => first,
        many => format!("{many} files; the first is {first}"),
    };
    Problem::new(report, format!("{scanner} did not fully scan {files}")).hint(
        "its findings are read, but findings in a file that it did not fully scan never count as gone; \
         see the scanner's log",
    )
}

/// A name of a scanner, a scan or a job, which is used as it is in records and results. One that is too long for that
/// is cut, and gets a hash that distinguishes it from others.
fn bounded(name: String) -> String {
    if name.chars().nth(LONGEST_NAME).is_none() {
        return name;
    }
    let start: String = name.chars().take(LONGEST_NAME).collect();
    format!("{start}… {}", Recipe::new("name").value(&name).finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::tests::gathered;
    use crate::model::record::Mode;
    use crate::report::Sink;

    #[test]
    fn files_that_a_scanner_could_not_look_at_are_told_and_counted_and_the_rest_is_whole() {
        let check = |files: &[&str], expected: &str| {
            let unread = |path: &&str| Unread { path: (*path).to_owned(), why: "odd".to_owned() };
            let scan = Scan { unread: files.iter().map(unread).collect(), ..Scan::new("Bandit") };
            let survey = gathered(Mode::Type, |gatherer| gatherer.scan(scan));
            let report = &survey.reports[0];
            assert_eq!((report.problems, report.whole, report.broken), (files.len(), false, false));
            assert_eq!((survey.problems[0].message.as_str(), survey.scans[0].whole), (expected, true));
        };
        check(&["x.py"], "Bandit did not fully scan x.py: odd");
        check(&["x.py", "y.py"], "Bandit did not fully scan 2 files; the first is x.py: odd");
    }
}

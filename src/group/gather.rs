//! Takes findings from the readers and keeps a sighting of each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::bucket::{Bucket, Key, Waiting};
use super::depth::{Depth, Words};
use super::identity;
use super::room::{self, Room};
use crate::document::visible::one_line;
use crate::model::finding::{Advisory, Aside, Finding, Kind, Location, Package, Statement, Subject};
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::record::Mode;
use crate::model::scan::{Problem, Scan, Scope, Unread};
use crate::model::survey::{Report, Seen, Sighting};
use crate::report::Sink;

/// How many problems of one report are told one by one; the others are counted.
const TOLD: usize = 20;

/// How many scanners of one report are named.
const NAMED: usize = 20;

/// How long a scanner's, scan's or job's name may be, in characters: a record has to have room for
/// three, and for findings.
const LONGEST_NAME: usize = 200;

/// What the gatherer needs to know beside the findings.
pub struct Rules<'a> {
    /// The repository's identities, its own first: part of every group's names.
    pub repository: Vec<Fingerprint>,
    /// Workflow and job with its matrix index, or what `--scope` says.
    pub job: String,
    /// How findings of a kind are put together.
    pub mode: &'a dyn Fn(Kind) -> Mode,
    /// Why the policy sets a finding aside, if it does.
    pub judge: &'a dyn Fn(&Finding<'_>) -> Option<Aside>,
    /// The flagged line as the checkout has it, where the report has none.
    pub line: &'a mut dyn FnMut(&str, u32) -> Option<String>,
}

/// Collects what the reports say; [`Gatherer::survey`] makes the survey of it.
pub struct Gatherer<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) buckets: HashMap<Key, Box<Bucket>>,
    pub(super) advisories: HashMap<String, Arc<Advisory>>,
    pub(super) statements: Vec<Statement>,
    pub(super) texts: Texts,
    words: Words,
    pub(super) reports: Vec<Report>,
    pub(super) scans: Vec<Seen>,
    pub(super) problems: Vec<Problem>,
    /// The scanners of the report at hand.
    scanners: HashSet<String>,
    /// How many problems the report at hand has, also those beyond [`TOLD`].
    told: usize,
    /// How many findings and groups there may still be.
    room: Room,
    open: Open,
}

/// The report and the scan that are being read.
#[derive(Default)]
struct Open {
    category: Option<String>,
    scanner: Option<Arc<str>>,
    findings: usize,
    problems: usize,
    /// Whether it holds more than there is room for.
    beyond: bool,
}

/// Texts that many sightings share, each kept once.
#[derive(Default)]
pub(super) struct Texts {
    index: HashMap<Arc<str>, u32>,
    pub(super) all: Vec<Arc<str>>,
}

impl Texts {
    /// The text's number.
    fn index(&mut self, text: &str) -> u32 {
        if let Some(&index) = self.index.get(text) {
            return index;
        }
        let shared: Arc<str> = text.into();
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.index.insert(shared.clone(), index);
        self.all.push(shared);
        index
    }
}

impl<'a> Gatherer<'a> {
    /// A gatherer that has seen nothing.
    pub fn new(rules: Rules<'a>) -> Gatherer<'a> {
        Gatherer {
            rules,
            buckets: HashMap::new(),
            advisories: HashMap::new(),
            statements: Vec::new(),
            texts: Texts::default(),
            words: Words::new(Depth::of(0)),
            reports: Vec::new(),
            scans: Vec::new(),
            problems: Vec::new(),
            scanners: HashSet::new(),
            told: 0,
            room: Room::default(),
            open: Open::default(),
        }
    }

    /// Starts a report. `category` is the one that the configuration gives it.
    pub fn begin(&mut self, path: &str, category: Option<String>) {
        self.open = Open { category, ..Open::default() };
        self.told = 0;
        self.scanners.clear();
        self.reports.push(Report {
            path: path.to_owned(),
            format: String::new(),
            scanner: String::new(),
            findings: 0,
            problems: 0,
            statements: 0,
            whole: true,
            broken: false,
        });
    }

    /// Ends a report that could not even be had. Nothing of what is said about it are its own words.
    pub fn missing(&mut self, problem: Problem) {
        self.problems.push(problem);
        if let Some(report) = self.reports.last_mut() {
            report.problems += 1;
            report.whole = false;
            report.broken = true;
        }
    }

    /// Ends a report of a format (empty: none that is known); with what ended the reading before the
    /// report's end, if anything did. Then nothing in it is whole.
    pub fn end(&mut self, format: &str, cut: Option<Problem>) {
        let untold = self.told.saturating_sub(TOLD);
        if untold > 0
            && let Some(report) = self.reports.last()
        {
            let message = format!("{untold} more of its elements could not be read");
            self.problems.push(Problem::new(report.path.as_str(), message).foreign());
        }
        if let Some(problem) = &cut {
            // what ended the reading is told in any case
            self.told = 0;
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
        for seen in self.scans.iter_mut().filter(|seen| seen.report == index) {
            seen.whole &= !broken;
        }
        if let Some(report) = self.reports.last_mut() {
            report.problems += problems;
            report.whole &= !broken;
            report.broken |= broken;
            format.clone_into(&mut report.format);
        }
    }

    /// A finding that there is no room for is a counted problem of its report, of which nothing is proven
    /// gone then.
    fn refuse(&mut self) {
        self.open.problems += 1;
        if !std::mem::replace(&mut self.open.beyond, true) {
            self.problems.extend(self.reports.last_mut().map(|report| {
                report.broken = true;
                room::beyond(&report.path)
            }));
        }
    }

    /// Tells a problem, unless many of this report are told already.
    fn tell(&mut self, problem: Problem) {
        self.told += 1;
        if self.told <= TOLD {
            self.problems.push(problem.foreign());
        }
    }

    fn advisory(&mut self, advisory: &Arc<Advisory>) -> String {
        let name = super::advisory::normal(&advisory.id);
        match self.advisories.get_mut(&name) {
            Some(known) => super::advisory::learn(known, advisory),
            None => {
                self.advisories.insert(name.clone(), advisory.clone());
            }
        }
        name
    }
}

impl Sink for Gatherer<'_> {
    fn finding(&mut self, finding: Finding<'_>) {
        if let Subject::Advisory(advisory, package) = &finding.subject
            && advisory.id.trim().is_empty()
        {
            return self.problem(nameless(package, &finding.location, self.reports.last()));
        }
        if !self.room.takes_finding() {
            return self.refuse();
        }
        if self.open.scanner.as_ref().is_none_or(|known| *known != finding.scanner) {
            self.open.scanner = Some(finding.scanner.clone());
        }
        let mode = (self.rules.mode)(finding.kind);
        let withdrawn = matches!(&finding.subject, Subject::Advisory(advisory, _) if advisory.withdrawn);
        let aside =
            finding.aside.or(withdrawn.then_some(Aside::Withdrawn)).or_else(|| (self.rules.judge)(&finding));
        let mut sighting = Sighting {
            anchors: [None; 3],
            rule: 0,
            text: 0,
            path: self.texts.index(&finding.location.path),
            line: finding.location.line,
            scan: u32::try_from(self.scans.len()).unwrap_or(u32::MAX),
            severity: finding.severity,
            aside,
        };
        let (key, waiting) = match &finding.subject {
            Subject::Advisory(advisory, package) => {
                let name = self.advisory(advisory);
                let manifest = match mode {
                    Mode::Type => "",
                    _ => identity::path(&finding.location.path),
                };
                let excuse = finding.detail.excuse.as_deref().unwrap_or_default();
                let waiting =
                    Waiting { purl: self.texts.index(&package.purl), excuse: self.texts.index(excuse) };
                (Key::Advisory { name, manifest: manifest.to_owned() }, Some(waiting))
            }
            Subject::Rule => {
                let line = match (finding.anchors.text.is_none(), finding.location.line) {
                    // an alert may be of an older commit than the checkout's
                    _ if finding.detail.alert.is_some() => None,
                    (true, line) if line > 0 && finding.kind != Kind::Secret => {
                        (self.rules.line)(&finding.location.path, line)
                    }
                    _ => None,
                };
                sighting.anchors = identity::anchors(&finding, line.as_deref());
                sighting.rule = identity::rule_alone(&finding);
                sighting.text = identity::text_alone(&finding, line.as_deref());
                let scanner = identity::scanner(&finding.scanner);
                let key = match mode {
                    Mode::File => Key::File { scanner, path: finding.location.path.to_string() },
                    _ => Key::Rule { scanner, rule: identity::rule(&finding).into_owned() },
                };
                (key, None)
            }
        };
        if !self.room.takes_group(&key, mode, &self.buckets) {
            return self.refuse();
        }
        self.open.findings += 1;
        let depth = Depth::of(self.room.taken());
        if depth != self.words.depth {
            self.words = Words::new(depth);
            self.buckets.values_mut().for_each(|bucket| bucket.lessen(&mut self.words));
        }
        self.buckets
            .entry(key)
            .or_insert_with(|| Box::new(Bucket::new(mode, &finding, &mut self.words)))
            .add(&finding, sighting, waiting, &mut self.words);
    }

    fn statement(&mut self, statement: Statement) {
        if let Some(report) = self.reports.last_mut() {
            report.statements += 1;
        }
        self.statements.push(statement);
    }

    fn scan(&mut self, mut scan: Scan) {
        scan.scanner = bounded(scan.scanner);
        scan.version = scan.version.map(bounded);
        let open = Open { category: self.open.category.clone(), ..Open::default() };
        let Open { findings, problems, .. } = std::mem::replace(&mut self.open, open);
        let failed = scan.success == Some(false);
        let whole = problems == 0 && !failed && scan.has_results;
        let index = self.reports.len().saturating_sub(1);
        let mut path = String::new();
        if let Some(report) = self.reports.last_mut() {
            report.findings += findings;
            report.problems += problems;
            report.whole &= problems == 0 && !failed && scan.unread.is_empty();
            // some reports do not say whose they are
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
            // where the report says why, its reader has told and counted it
            if let Some(report) = self.reports.last_mut() {
                report.problems += 1;
            }
            let message = format!("{} says that it failed, wholly or in part", scan.scanner);
            self.tell(Problem::new(path.as_str(), message).hint(
                "see its log; what the report has is filed, and nothing counts as gone because it is not there",
            ));
        }
        if let Some(first) = scan.unread.first() {
            if let Some(report) = self.reports.last_mut() {
                report.problems += scan.unread.len();
            }
            self.tell(unread(&path, &scan.scanner, first, scan.unread.len()));
        }
        let category = scan.category.clone().or_else(|| self.open.category.clone()).unwrap_or(path);
        let scope = Scope {
            job: bounded(self.rules.job.clone()),
            scanner: identity::scanner(&scan.scanner),
            category: bounded(category),
        };
        self.scans.push(Seen { scan, scope, report: index, whole });
    }

    fn problem(&mut self, problem: Problem) {
        self.open.problems += 1;
        self.tell(problem);
    }
}

/// An advisory without a name is known by nothing: what is told of it cannot be told from others.
fn nameless(package: &Package<'_>, location: &Location<'_>, report: Option<&Report>) -> Problem {
    let mut message = "an advisory".to_owned();
    if !package.name.is_empty() {
        message.push_str(&format!(" on {}", one_line(&package.name)));
    }
    if !location.path.is_empty() {
        message.push_str(&format!(" in {}", one_line(&location.path)));
    }
    message.push_str(" has no id: it is passed over");
    Problem::new(report.map_or("", |report| report.path.as_str()), message)
}

/// A scanner could not look at some files, of which this is the first.
fn unread(report: &str, scanner: &str, first: &Unread, count: usize) -> Problem {
    let separator = if first.why.is_empty() { "" } else { ": " };
    let first = format!("{}{separator}{}", one_line(&first.path), one_line(&first.why).trim_end_matches(':'));
    let files = match count {
        1 => first,
        many => format!("{many} files; the first is {first}"),
    };
    Problem::new(report, format!("{scanner} could not look at all of {files}"))
        .hint("what it did find is read, and nothing there counts as gone; see the scanner's own log")
}

/// A name of a scanner, a scan or a job, which goes into records and results as it is. One that is too
/// long for that keeps its beginning, and a hash that tells it from others.
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
    use crate::group::tests::{finding, gathered};

    fn check(room: Room, mode: Mode, lines: &[&str], kept: usize) {
        let survey = gathered(mode, |gatherer| {
            gatherer.room = room;
            lines.iter().for_each(|line| gatherer.finding(finding(line)));
        });
        let report = &survey.reports[0];
        assert_eq!((survey.read(), report.findings, report.problems), (kept, kept, lines.len() - kept));
        let beyond = kept < lines.len();
        assert_eq!((report.broken, survey.problems.len()), (beyond, usize::from(beyond)));
    }

    #[test]
    fn files_that_a_scanner_could_not_look_at_are_told_and_counted_and_the_rest_is_whole() {
        let check = |files: &[&str], expected: &str| {
            let rules = Rules {
                repository: vec![Fingerprint([0; 10])],
                job: String::new(),
                mode: &|_| Mode::Type,
                judge: &|_| None,
                line: &mut |_, _| None,
            };
            let mut gatherer = Gatherer::new(rules);
            gatherer.begin("a.json", None);
            let unread = |path: &&str| Unread { path: (*path).to_owned(), why: "odd".to_owned() };
            gatherer.scan(Scan { unread: files.iter().map(unread).collect(), ..Scan::new("Bandit") });
            gatherer.end("test", None);
            let survey = gatherer.survey();
            let report = &survey.reports[0];
            assert_eq!((report.problems, report.whole, report.broken), (files.len(), false, false));
            assert_eq!((survey.problems[0].message.as_str(), survey.scans[0].whole), (expected, true));
        };
        check(&["x.py"], "Bandit could not look at all of x.py: odd");
        check(&["x.py", "y.py"], "Bandit could not look at all of 2 files; the first is x.py: odd");
    }

    #[test]
    fn what_a_run_takes_is_bounded_and_the_rest_counted() {
        let lines = ["A a.py:1", "A a.py:2", "B a.py:3", "A b.py:4"];
        let room = |findings, groups| Room { findings, groups };
        check(room(4, 2), Mode::Type, &lines, 4);
        check(room(3, 2), Mode::Type, &lines, 3);
        check(room(4, 1), Mode::Type, &lines, 3);
        check(room(4, 3), Mode::Vulnerability, &lines, 3);
    }
}

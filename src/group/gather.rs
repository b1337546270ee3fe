//! Takes findings from the readers and keeps a sighting of each.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hashbrown::HashMap as FastMap;

use super::advisory::{AdvisoryFactsByReport, NameBudget};
use super::assess::{self, Assessor, Judge, Weigh};
use super::bucket::{GroupAccumulator, GroupKey, Waiting};
use super::identity;
use super::ledger::ReportStatistics;
use super::limits::SurveyLimits;
use super::retention::{Retention, RuleTexts};
use super::rule_identity::{RuleIdentities, RuleIdentity};
use crate::document::visible::one_line;
use crate::model::finding::{
    Advisory, Exclusion, Finding, FindingKind, Location, Package, Statement, Subject,
};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Mode;
use crate::model::scan::{NotFinding, Problem, Scan};
use crate::model::survey::Sighting;
use crate::report::{FindingAnchors, Prepared, Preparer, Sink};

/// How many statements from VEX documents a run accepts.
const MOST_STATEMENTS: usize = 100_000;

/// How many different rules a run's results can name.
pub(super) const MOST_RULES: usize = 100_000;

/// How much of a rule's id is shown, in bytes.
const LONGEST_RULE: usize = 200;

/// How many bytes of paths, package URLs and justifications a run keeps.
const MOST_TEXT: usize = 96 << 20;

/// How much of the reason why a report calls something not affected is kept, in bytes.
const LONGEST_JUSTIFICATION: usize = 2_000;

/// What the gatherer needs to know besides the findings.
pub struct Rules<'a> {
    /// The repository's identities, its own first: part of every group's names.
    pub repository: Vec<Fingerprint>,
    /// Workflow and job with the values of its matrix, or what `--scope` says.
    pub job: String,
    /// How findings of a kind are grouped.
    pub mode: &'a (dyn Fn(FindingKind) -> Mode + Sync),
    /// A finding's severity according to the configuration; otherwise the scanner's own is used.
    pub severity: Weigh<'a>,
    /// Why the policy skips a finding, if it does.
    pub judge: Judge<'a>,
    /// The flagged line as it is in the checkout, if the report does not have it.
    pub line: &'a mut (dyn FnMut(&str, u32) -> Option<String> + Send),
}

/// Collects what the reports say; [`SurveyBuilder::survey`] turns it into the survey.
pub struct SurveyBuilder<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) buckets: FastMap<GroupKey, Box<GroupAccumulator>>,
    pub(super) advisories: HashMap<String, AdvisoryFactsByReport>,
    pub(super) statements: Vec<Statement>,
    pub(super) texts: Interner,
    /// The ids of rules, by what sightings have of them.
    pub(super) rule_ids: HashMap<u32, Arc<str>>,
    /// Former ids of rules, hashed, and the present ones.
    pub(super) renamed: BTreeMap<u32, u32>,
    identities: RuleIdentities,
    words: RuleTexts,
    pub(super) ledger: ReportStatistics,
    /// How many more findings and groups there is room for.
    limits: SurveyLimits,
    /// How many more names of advisories there is room for.
    names: NameBudget,
    /// Whether names were left out.
    lacks_names: bool,
    /// Whether the run is out of time.
    pub(super) over: Box<dyn Fn() -> bool + Send + 'a>,
}

/// Strings that many sightings share, each kept once.
#[derive(Default)]
pub(super) struct Interner {
    index: FastMap<Arc<str>, u32>,
    /// How many bytes they take.
    bytes: usize,
    pub(super) all: Vec<Arc<str>>,
}

impl Interner {
    /// The number of a string.
    fn index(&mut self, text: &str) -> u32 {
        if let Some(&index) = self.index.get(text) {
            return index;
        }
        let shared: Arc<str> = text.into();
        self.bytes += text.len();
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.index.insert(shared.clone(), index);
        self.all.push(shared);
        index
    }
}

impl<'a> SurveyBuilder<'a> {
    /// A gatherer without any findings yet.
    pub fn new(rules: Rules<'a>) -> SurveyBuilder<'a> {
        SurveyBuilder {
            ledger: ReportStatistics::new(&rules.job),
            rules,
            buckets: FastMap::new(),
            advisories: HashMap::new(),
            statements: Vec::new(),
            texts: Interner::default(),
            rule_ids: HashMap::new(),
            renamed: BTreeMap::new(),
            identities: RuleIdentities::default(),
            words: RuleTexts::new(Retention::of(0)),
            limits: SurveyLimits::default(),
            names: NameBudget::default(),
            lacks_names: false,
            over: Box::new(|| false),
        }
    }

    /// Leaves out what is not grouped by the time the run is over.
    pub fn until(&mut self, over: impl Fn() -> bool + Send + 'a) {
        self.over = Box::new(over);
    }

    /// Announces all reports of the run, so that those whose names differ only by a number stay apart.
    pub fn expect<'p>(&mut self, paths: impl IntoIterator<Item = &'p str>) {
        self.ledger.expect(paths);
    }

    /// Starts a report. `category` is the one that the configuration sets for it.
    pub fn begin(&mut self, path: &str, category: Option<String>) {
        self.ledger.begin(path, category);
    }

    /// Ends a report that could not even be opened. The problem is not in the report's own words.
    pub fn missing(&mut self, problem: Problem) {
        self.ledger.missing(problem);
    }

    /// Ends a report in a format (empty: an unknown one); with what ended the reading before the report's end, if
    /// anything did. In that case, nothing in it counts as complete.
    pub fn end(&mut self, format: &str, cut: Option<Problem>) {
        self.ledger.end(format, cut);
    }

    /// What is kept of a finding, except for its anchors.
    fn sighting(&mut self, finding: &Finding<'_>, skipped: Option<Exclusion>) -> Sighting {
        // a line already says where it is
        let logical = finding.location.logical.as_deref().filter(|_| finding.location.line == 0);
        Sighting {
            anchors: [None; 3],
            rule: 0,
            text: 0,
            path: self.texts.index(&finding.location.path),
            line: finding.location.line,
            logical: self.texts.index(logical.unwrap_or_default()),
            scan: self.ledger.at(),
            severity: finding.severity,
            skipped: skipped.map(|skipped| skipped.reason),
            ignored_by: skipped.map_or(0, |skipped| skipped.entry),
        }
    }

    /// Records an advisory. The anchors of its finding are computed once all names of the advisory are known.
    fn learn(&mut self, advisory: &Arc<Advisory>, package: &Package<'_>, finding: &Finding<'_>) -> Waiting {
        let name = super::advisory::normal(&advisory.id);
        match self.advisories.get_mut(&name) {
            Some(known) => known.learn(advisory, &mut self.names),
            None => {
                let facts = AdvisoryFactsByReport::new(advisory, &mut self.names);
                self.advisories.insert(name, facts);
            }
        }
        self.note_names();
        let justification = finding.detail.justification.as_deref().unwrap_or_default();
        let justification = &justification[..justification.floor_char_boundary(LONGEST_JUSTIFICATION)];
        Waiting { purl: self.texts.index(&package.purl), justification: self.texts.index(justification) }
    }

    /// Reports that names were left out, once.
    fn note_names(&mut self) {
        if self.names.left_out() && !std::mem::replace(&mut self.lacks_names, true) {
            let message =
                "the reports list too many aliases of advisories; the remaining aliases were left out";
            let problem = Problem::new(self.ledger.path(), message).hint(
                "An advisory with several names may be filed as several tickets. \
                 Read fewer reports in one run.",
            );
            self.ledger.problem(problem);
        }
    }

    /// Computes the anchors of a rule's finding.
    fn know(
        &mut self,
        sighting: &mut Sighting,
        finding: &Finding<'_>,
        rule: &RuleIdentity,
        known: Option<FindingAnchors>,
    ) {
        let mut known = known.unwrap_or_else(|| assess::anchors(finding, rule));
        if assess::wants_line(finding)
            && let Some(line) = (self.rules.line)(&finding.location.path, finding.location.line)
        {
            known = assess::with_line(known, finding, rule, &line);
        }
        sighting.anchors = known.anchors;
        sighting.rule = rule.hash;
        sighting.text = known.text;
        if self.rule_ids.len() < MOST_RULES {
            let id = identity::rule_id(&finding.rule).unwrap_or_default();
            let id = || id[..id.floor_char_boundary(LONGEST_RULE)].into();
            self.rule_ids.entry(sighting.rule).or_insert_with(id);
        }
        for former in &finding.rule.former {
            self.renamed.insert(identity::rule_hash(&finding.scanner, former), sighting.rule);
        }
    }
}

impl Sink for SurveyBuilder<'_> {
    fn finding(&mut self, finding: Finding<'_>) {
        self.prepared(Prepared { finding, assessment: None });
    }

    fn preparer<'p>(&self) -> Box<dyn Preparer + 'p>
    where
        Self: 'p,
    {
        Box::new(Assessor::new(self.rules.severity, self.rules.judge))
    }

    fn prepared(&mut self, prepared: Prepared<'_>) {
        let Prepared { mut finding, assessment } = prepared;
        let (severity, judge) = (self.rules.severity, self.rules.judge);
        let assessment = assessment.unwrap_or_else(|| assess::by_rules(&mut finding, severity, judge));
        finding.severity = assessment.severity;
        if let Subject::Advisory(advisory, package) = &finding.subject
            && advisory.id.trim().is_empty()
        {
            return self.problem(nameless(package, &finding.location, self.ledger.path()));
        }
        if self.texts.bytes > MOST_TEXT || !self.limits.takes_finding() {
            return self.ledger.refuse();
        }
        let mode = match ((self.rules.mode)(finding.kind), &finding.subject) {
            (Mode::Package, Subject::Rule) => Mode::Type,
            // packages without a name are not one package
            (Mode::Package, Subject::Advisory(_, package)) if !package.is_known() => Mode::Type,
            (mode, _) => mode,
        };
        let rule = self.identities.of(&finding);
        let key = GroupKey::of(&finding, &rule, mode);
        if !self.limits.takes_group(&key, mode, &self.buckets) {
            return self.ledger.refuse();
        }
        let mut sighting = self.sighting(&finding, assessment.exclusion);
        let waiting = match &finding.subject {
            Subject::Advisory(advisory, package) => Some(self.learn(advisory, package, &finding)),
            Subject::Rule => {
                self.know(&mut sighting, &finding, &rule, assessment.anchors);
                None
            }
        };
        self.ledger.found(&finding.scanner);
        let retention = Retention::of(self.limits.taken());
        if retention != self.words.retention {
            self.words = RuleTexts::new(retention);
            self.buckets.values_mut().for_each(|bucket| bucket.keep_less(&mut self.words));
        }
        self.buckets
            .entry(key)
            .or_insert_with(|| Box::new(GroupAccumulator::new(mode, &finding, &mut self.words)))
            .add(&finding, sighting, waiting, &mut self.words);
    }

    fn statement(&mut self, mut statement: Statement) {
        if self.statements.len() == MOST_STATEMENTS {
            return self.ledger.refuse();
        }
        // the statements of a vulnerability share its names
        let last = self.statements.last().map(|last| &last.aliases);
        let shared = last.is_some_and(|last| Arc::ptr_eq(last, &statement.aliases));
        if !shared && !statement.aliases.iter().all(|name| self.names.takes(name)) {
            statement.aliases = Arc::from([]);
            self.note_names();
        }
        self.ledger.stated();
        self.statements.push(statement);
    }

    fn not_findings(&mut self, what: NotFinding, count: usize) {
        self.ledger.not_findings(what, count);
    }

    fn scan(&mut self, scan: Scan) {
        self.ledger.scan(scan);
    }

    fn problem(&mut self, problem: Problem) {
        self.ledger.problem(problem);
    }
}

/// An advisory without a name has no identity: what is said about it cannot be distinguished from others.
fn nameless(package: &Package<'_>, location: &Location<'_>, report: &str) -> Problem {
    let mut message = "an advisory".to_owned();
    if !package.name.is_empty() {
        message.push_str(&format!(" on {}", one_line(&package.name)));
    }
    if !location.path.is_empty() {
        message.push_str(&format!(" in {}", one_line(&location.path)));
    }
    message.push_str(" has no ID and was skipped");
    Problem::new(report, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::tests::{finding, gathered};

    fn check(limits: SurveyLimits, mode: Mode, lines: &[&str], kept: usize) {
        let survey = gathered(mode, |gatherer| {
            gatherer.limits = limits;
            lines.iter().for_each(|line| gatherer.finding(finding(line)));
        });
        let report = &survey.reports[0];
        assert_eq!((survey.read(), report.findings, report.problems), (kept, kept, lines.len() - kept));
        let beyond = kept < lines.len();
        assert_eq!((report.broken, survey.problems.len()), (beyond, usize::from(beyond)));
    }

    #[test]
    fn what_a_run_takes_is_bounded_and_the_rest_counted() {
        let lines = ["A a.py:1", "A a.py:2", "B a.py:3", "A b.py:4"];
        let limits = |findings, groups| SurveyLimits { findings, groups };
        check(limits(4, 2), Mode::Type, &lines, 4);
        check(limits(3, 2), Mode::Type, &lines, 3);
        check(limits(4, 1), Mode::Type, &lines, 3);
        check(limits(4, 3), Mode::Vulnerability, &lines, 3);
    }
}

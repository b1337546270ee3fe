//! Any bytes as a report: read as what they are recognised as, and as each format of a family.

use std::collections::BTreeSet;

use casefile::group::{Rules, SurveyBuilder};
use casefile::model::finding::{Finding, FindingKind, Statement, Subject};
use casefile::model::fingerprint::Fingerprint;
use casefile::model::record::Mode;
use casefile::model::scan::{Problem, Scan};
use casefile::model::survey::Survey;
use casefile::report::Sink;
use casefile::report::detect::{self, FORMATS, Format};
use casefile::report::source::ReportSource;

/// No reader panics, and what the readers tell is what findings are by their own documentation.
pub fn check(names: &[&str], bytes: &[u8]) {
    let source = ReportSource::bytes("r", bytes);
    for name in names {
        let format = FORMATS.iter().find(|format| format.name == *name).expect("a known format");
        let once = survey(&[&source], Mode::Type, &mut |source, sink| forced(format, source, sink));
        assert_eq!(once.reports.len(), 1);
    }
    let mode = [Mode::Vulnerability, Mode::Type, Mode::File][bytes.len() % 3];
    let read = |sources: &[&ReportSource]| {
        survey(sources, mode, &mut |source, sink| match detect::read(source, sink) {
            Ok(done) => (done.format.name, done.cut),
            Err(problem) => ("", Some(problem)),
        })
    };
    let once = read(&[&source]);
    let names = |survey: &Survey| survey.groups.iter().map(|group| group.name()).collect::<BTreeSet<_>>();
    assert_eq!(names(&once).len(), once.groups.len(), "two groups of one name");
    if once.read() > 0 {
        assert!(read(&[&source]) == once, "another reading says something else");
        let twice = read(&[&source, &source]);
        assert_eq!(twice.read(), once.read() * 2);
        assert_eq!(names(&twice), names(&once), "the same report again makes other groups");
    }
}

fn forced(format: &Format, source: &ReportSource, sink: &mut dyn Sink) -> (&'static str, Option<Problem>) {
    (format.name, (format.read)(source, sink).err())
}

type Read<'r> = dyn FnMut(&ReportSource, &mut dyn Sink) -> (&'static str, Option<Problem>) + 'r;

/// What the sources say; all that was told is in it.
fn survey(sources: &[&ReportSource], mode: Mode, read: &mut Read<'_>) -> Survey {
    let mode = |_| mode;
    let mut line = |_: &str, _| None;
    let mut gatherer = SurveyBuilder::new(Rules {
        repository: vec![Fingerprint([7; 10])],
        job: "job".to_owned(),
        mode: &mode,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut line,
    });
    let (mut findings, mut skipped) = (0, 0);
    for source in sources {
        gatherer.begin(&source.name, None);
        let mut watched = Watched { gatherer: &mut gatherer, findings: 0, skipped: 0 };
        let (name, cut) = read(source, &mut watched);
        findings += watched.findings;
        skipped += watched.skipped;
        if let Some(problem) = &cut {
            assert!(!problem.message.is_empty());
        }
        gatherer.end(name, cut);
    }
    let survey = gatherer.survey();
    assert_eq!(survey.read(), findings, "a finding is lost, or there twice");
    assert_eq!(survey.reports.iter().map(|report| report.findings).sum::<usize>(), findings);
    assert!(survey.skipped().values().sum::<usize>() >= skipped, "what the report skips is filed");
    survey
}

/// Holds each finding against what its type promises.
struct Watched<'w, 'g> {
    gatherer: &'w mut SurveyBuilder<'g>,
    findings: usize,
    skipped: usize,
}

impl Sink for Watched<'_, '_> {
    fn finding(&mut self, finding: Finding<'_>) {
        // an advisory without an id is passed over, as a counted problem
        let named =
            !matches!(&finding.subject, Subject::Advisory(advisory, _) if advisory.id.trim().is_empty());
        self.findings += usize::from(named);
        self.skipped += usize::from(named && finding.skipped.is_some());
        assert!(!finding.rule.name.contains('\n'), "a name of several lines: {:?}", finding.rule.name);
        assert!(finding.rule.cwe.is_sorted(), "{:?}", finding.rule.cwe);
        if finding.kind == FindingKind::Secret {
            assert!(finding.detail.snippet.is_none(), "a secret is shown");
            assert!(finding.anchors.text.is_none(), "a secret enters a hash");
        }
        if let Subject::Advisory(advisory, package) = &finding.subject {
            assert!(package.purl.starts_with("pkg:"), "{}", package.purl);
            if let Some(cvss) = &advisory.cvss {
                assert!((0.0..=10.0).contains(&cvss.score), "{}", cvss.score);
            }
            assert!(advisory.epss.is_none_or(|chance| (0.0..=1.0).contains(&chance)));
        }
        self.gatherer.finding(finding);
    }

    fn statement(&mut self, statement: Statement) {
        assert!(statement.product.as_deref().is_none_or(|product| product.starts_with("pkg:")));
        self.gatherer.statement(statement);
    }

    fn scan(&mut self, scan: Scan) {
        self.gatherer.scan(scan);
    }

    fn problem(&mut self, problem: Problem) {
        assert!(!problem.message.is_empty());
        self.gatherer.problem(problem);
    }
}

//! Reports say the same on one thread and on many: findings, scans and problems, in the same order.

use std::path::{Path, PathBuf};

use casefile::group::{Rules, SurveyBuilder};
use casefile::model::finding::{ExclusionReason, Finding, Statement};
use casefile::model::fingerprint::Recipe;
use casefile::model::record::Mode;
use casefile::model::scan::{NotFinding, Problem, Scan};
use casefile::model::survey::Survey;
use casefile::report::Sink;
use casefile::report::detect;
use casefile::report::source::ReportSource;
use proptest::prelude::*;

/// All that a report tells, in its order.
#[derive(Default, PartialEq, Debug)]
struct Told(Vec<String>);

impl Sink for Told {
    fn finding(&mut self, finding: Finding<'_>) {
        self.0.push(format!("{finding:?}"));
    }

    fn statement(&mut self, statement: Statement) {
        self.0.push(format!("{statement:?}"));
    }

    fn scan(&mut self, scan: Scan) {
        self.0.push(format!("{scan:?}"));
    }

    fn problem(&mut self, problem: Problem) {
        self.0.push(format!("{problem:?}"));
    }

    fn not_findings(&mut self, what: NotFinding, count: usize) {
        self.0.push(format!("{what:?} {count}"));
    }
}

fn told(source: &ReportSource, threads: usize) -> Told {
    let mut source = source.clone();
    source.threads = threads;
    let mut told = Told::default();
    match detect::read(&source, &mut told) {
        Ok(done) => told.0.push(format!("{} {:?}", done.format.name, done.cut)),
        Err(problem) => told.0.push(format!("unread: {problem:?}")),
    }
    told
}

/// What becomes of a report that is grouped by rule.
fn surveyed(source: &ReportSource, threads: usize) -> Survey {
    let mut source = source.clone();
    source.threads = threads;
    let mut line = |path: &str, line: u32| Some(format!("{path} {}", line / 2));
    let mut builder = SurveyBuilder::new(Rules {
        repository: vec![Recipe::new("test").finish()],
        job: String::new(),
        mode: &|_| Mode::Type,
        severity: &|finding| finding.severity,
        judge: &|finding| (finding.location.line % 7 == 0).then(|| ExclusionReason::Ignored.into()),
        line: &mut line,
    });
    builder.begin(&source.name, None);
    match detect::read(&source, &mut builder) {
        Ok(done) => builder.end(done.format.name, done.cut),
        Err(problem) => builder.end("", Some(problem)),
    }
    builder.survey()
}

/// Nothing in a report shows how many threads read it.
fn check(source: &ReportSource) {
    let alone = told(source, 1);
    for threads in [2, 8] {
        let many = told(source, threads);
        for (at, (one, other)) in alone.0.iter().zip(&many.0).enumerate() {
            let [one_begins, other_begins] = [one, other].map(|told| told.get(..200).unwrap_or(told));
            let name = &source.name;
            assert!(one == other, "{name}: {at} on {threads} threads\n{one_begins}\n{other_begins}");
        }
        assert_eq!(alone.0.len(), many.0.len(), "{} on {threads} threads", source.name);
        assert!(surveyed(source, 1) == surveyed(source, threads), "{} on {threads} threads", source.name);
    }
}

/// The files below a folder, which need not be there.
fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => below(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}

#[test]
fn real_reports_say_the_same_on_any_number_of_threads() {
    let mut files = Vec::new();
    for folder in ["fixtures/reports", "fixtures/hostile", "../shared/corpus"] {
        below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    assert!(files.len() > 50, "{}", files.len());
    files.into_iter().for_each(|file| check(&ReportSource::file(file)));
}

/// What may stand in the list of a run's results.
#[derive(Debug, Clone)]
enum Element {
    /// A result of a rule, of so many bytes more.
    Result(usize, usize),
    /// One that refers to an artifact, or to a base, which comes before or behind the results.
    Artifact(usize),
    Based(usize),
    /// One with a taxon of a taxonomy.
    Taxon(usize),
    /// One of a rule that the report does not describe.
    Unlisted(usize),
    /// No result, no object, no JSON.
    Odd(usize),
}

fn element(one: &Element) -> String {
    let place = r#""locations":[{"physicalLocation":{"artifactLocation":"#;
    match one {
        Element::Result(rule, more) => {
            let text = "x".repeat(*more);
            let uri = format!(r#"{{"uri":"src/a{rule}.c"}},"region":{{"startLine":{}}}}}}}]"#, more + 1);
            format!(r#"{{"ruleId":"R{}","message":{{"text":"{rule} {text}"}},{place}{uri}}}"#, rule % 5)
        }
        Element::Artifact(at) => {
            format!(r#"{{"ruleId":"R1","message":{{"text":"a"}},{place}{{"index":{}}}}}}}]}}"#, at % 3)
        }
        Element::Based(at) => format!(
            r#"{{"ruleId":"R2","message":{{"text":"b"}},{place}{{"uri":"b{at}.c","uriBaseId":"ROOT"}}}}}}]}}"#
        ),
        Element::Taxon(at) => format!(
            r#"{{"ruleId":"R3","message":{{"text":"t"}},"taxa":[{{"index":{},"toolComponent":{{"name":"CWE","index":0}}}}]}}"#,
            at % 2
        ),
        Element::Unlisted(at) => format!(r#"{{"ruleId":"U{at}","message":{{"text":"u \u00e4\n"}}}}"#),
        Element::Odd(at) => {
            let odd =
                ["{}", "7", "null", r#"{"ruleId":"R1","message":{"text":"a" "b"}}"#, "[{}]", "{]}", "{,}"];
            odd[at % odd.len()].to_owned()
        }
    }
}

fn report(elements: &[Element], first: bool, cut: usize) -> String {
    let members = r#""artifacts":[{"location":{"uri":"x/0.c"}},{"location":{"uri":"x/1.c"}}],
        "originalUriBaseIds":{"ROOT":{"uri":"file:///w/"}},
        "taxonomies":[{"name":"CWE","taxa":[{"id":"79"},{"id":"89"}]}],
        "properties":{"imageName":"shop"}"#;
    let rules: Vec<String> =
        (0..5).map(|n| format!(r#"{{"id":"R{n}","name":"Rule{n}","help":{{"text":"help {n}"}}}}"#)).collect();
    let tool = format!(r#""tool":{{"driver":{{"name":"T","rules":[{}]}}}}"#, rules.join(","));
    let results: Vec<String> = elements.iter().map(element).collect();
    let results = format!("\"results\":[{}]", results.join(" ,\n"));
    let run = match first {
        true => format!("{tool},{members},{results}"),
        false => format!("{tool},{results},{members}"),
    };
    let whole = format!(r#"{{"version":"2.1.0","runs":[{{{run}}}]}}"#);
    whole[..whole.floor_char_boundary(whole.len() - cut.min(whole.len() / 2))].to_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Long lists with oddities anywhere, references that lead forward, and files that are cut off.
    #[test]
    fn any_report_says_the_same_on_any_number_of_threads(
        elements in prop::collection::vec(prop_oneof![
            400 => (0..50usize, 100..2_000usize).prop_map(|(rule, more)| Element::Result(rule, more)),
            1 => (0..9usize).prop_map(Element::Artifact),
            1 => (0..9usize).prop_map(Element::Based),
            1 => (0..9usize).prop_map(Element::Taxon),
            1 => (0..9usize).prop_map(Element::Unlisted),
            1 => (0..9usize).prop_map(Element::Odd),
        ], 300..1_200),
        first in any::<bool>(),
        cut in prop_oneof![3 => Just(0usize), 1 => 1..200_000usize],
    ) {
        check(&ReportSource::bytes("r.sarif", report(&elements, first, cut).into_bytes()));
    }
}

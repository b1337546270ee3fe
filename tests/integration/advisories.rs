//! Several scanners over one project: an advisory is one ticket, however each scanner calls it.

use std::collections::{BTreeMap, BTreeSet};

use casefile::group::{Rules, SurveyBuilder};
use casefile::model::finding::ExclusionReason;
use casefile::model::fingerprint::{Fingerprint, Recipe};
use casefile::model::record::Mode;
use casefile::model::survey::{Exemplar, Group, Sighting, Survey};
use casefile::report::detect;
use casefile::report::source::ReportSource;

/// Calls the flaw by its CVE, and the other by a GHSA id that nobody else knows.
const TRIVY: &str = r#"{"SchemaVersion":2,"ArtifactName":".","ArtifactType":"filesystem","Results":[{"Target":"package-lock.json","Class":"lang-pkgs","Type":"npm","Vulnerabilities":[
    {"VulnerabilityID":"CVE-2021-23337","PkgID":"lodash@4.17.20","PkgName":"lodash","InstalledVersion":"4.17.20","FixedVersion":"4.17.21","Severity":"HIGH","Title":"Command injection"},
    {"VulnerabilityID":"CVE-2020-28500","PkgID":"lodash@4.17.20","PkgName":"lodash","InstalledVersion":"4.17.20","FixedVersion":"4.17.21","Severity":"MEDIUM","Title":"Slow expression"}]}]}"#;

/// Calls both by their GHSA ids, with the CVE as a relative.
const GRYPE: &str = r#"{"matches":[
    {"vulnerability":{"id":"GHSA-35jh-r3h4-6jhm","severity":"High"},"relatedVulnerabilities":[{"id":"CVE-2021-23337"}],"matchDetails":[],
     "artifact":{"name":"lodash","version":"4.17.20","type":"npm","purl":"pkg:npm/lodash@4.17.20","locations":[{"path":"/package-lock.json"}]}},
    {"vulnerability":{"id":"GHSA-29mw-wpgm-hmr9","severity":"Medium"},"relatedVulnerabilities":[{"id":"CVE-2020-28500"}],"matchDetails":[],
     "artifact":{"name":"lodash","version":"4.17.20","type":"npm","purl":"pkg:npm/lodash@4.17.20","locations":[{"path":"/package-lock.json"}]}}],
    "source":{"type":"directory","target":"."}}"#;

const OSV: &str = r#"{"results":[{"source":{"path":"package-lock.json","type":"lockfile"},"packages":[{"package":{"name":"lodash","version":"4.17.20","ecosystem":"npm"},
    "vulnerabilities":[{"id":"GHSA-29mw-wpgm-hmr9","aliases":["CVE-2020-28500"],"summary":"Slow expression"},{"id":"GHSA-35jh-r3h4-6jhm","aliases":["CVE-2021-23337"],"summary":"Command injection"}],
    "groups":[{"ids":["GHSA-29mw-wpgm-hmr9"],"aliases":["CVE-2020-28500","GHSA-29mw-wpgm-hmr9"]},{"ids":["GHSA-35jh-r3h4-6jhm"],"aliases":["CVE-2021-23337","GHSA-35jh-r3h4-6jhm"]}]}]}]}"#;

/// Knows GHSA ids alone, and no version.
const NPM: &str = r#"{"auditReportVersion":2,"vulnerabilities":{"lodash":{"name":"lodash","severity":"high","isDirect":true,"via":[
    {"source":1106913,"name":"lodash","dependency":"lodash","title":"Command Injection in lodash","url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","severity":"high","cwe":["CWE-77"],"cvss":{"score":7.2,"vectorString":null},"range":"<4.17.21"},
    {"source":1106914,"name":"lodash","dependency":"lodash","title":"ReDoS in lodash","url":"https://github.com/advisories/GHSA-29mw-wpgm-hmr9","severity":"moderate","range":"<4.17.21"}],
    "effects":[],"range":"<=4.17.20","nodes":["node_modules/lodash"],"fixAvailable":true}},"metadata":{"vulnerabilities":{"total":1}}}"#;

const VEX: &str = r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[
    {"vulnerability":{"name":"CVE-2020-28500"},"products":[{"@id":"pkg:npm/lodash"}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}]}"#;

fn survey(reports: &[&str]) -> Survey {
    survey_in(Mode::Type, reports)
}

fn survey_in(mode: Mode, reports: &[&str]) -> Survey {
    let mode = |_| mode;
    let mut no_line = |_: &str, _: u32| None;
    let mut gatherer = SurveyBuilder::new(Rules {
        repository: vec![Recipe::new("test").finish()],
        job: "ci".into(),
        mode: &mode,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut no_line,
    });
    for (index, report) in reports.iter().enumerate() {
        let name = format!("{index}.json");
        gatherer.begin(&name, None);
        let done = detect::read(&ReportSource::bytes(name, report.as_bytes()), &mut gatherer).unwrap();
        gatherer.end(done.format.name, done.cut);
    }
    gatherer.survey()
}

/// All orders of these.
fn orders<'r>(reports: &[&'r str]) -> Vec<Vec<&'r str>> {
    let Some((first, rest)) = reports.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for order in orders(rest) {
        for at in 0..=order.len() {
            let mut order = order.clone();
            order.insert(at, *first);
            all.push(order);
        }
    }
    all
}

#[test]
fn an_advisory_is_one_ticket_whatever_the_order() {
    let reports = [TRIVY, GRYPE, OSV, NPM];
    for (mode, tickets, ids_each) in [(Mode::Type, 2, 1), (Mode::Vulnerability, 2, 1), (Mode::File, 1, 2)] {
        let expected = survey_in(mode, &reports);
        let scanners: Vec<Vec<&str>> =
            expected.groups.iter().map(|group| group.scanners.iter().map(|name| &**name).collect()).collect();
        assert_eq!(scanners, vec![["Grype", "OSV-Scanner", "Trivy", "npm audit"]; tickets], "{mode:?}");
        assert_eq!((expected.read(), expected.problems.len()), (8, 0));
        let ids = |group: &Group| group.kept().map(Sighting::id).collect::<BTreeSet<_>>().len();
        assert_eq!(expected.groups.iter().map(ids).collect::<Vec<_>>(), vec![ids_each; tickets], "{mode:?}");
        for order in orders(&reports) {
            assert_eq!(shown(&survey_in(mode, &order)), shown(&expected), "{mode:?}");
        }
    }
}

/// What a ticket says and is known by: names, the findings' identities, and what is kept whole of each.
fn shown(survey: &Survey) -> Vec<(Vec<Fingerprint>, BTreeSet<Fingerprint>, &[Exemplar])> {
    let ids = |group: &Group| group.kept().map(Sighting::id).collect();
    survey.groups.iter().map(|group| (group.names.clone(), ids(group), &*group.exemplars)).collect()
}

/// Whoever comes along or stays away: the ticket is found again by one of its names, and what two scanners know the
/// version of is the same finding with or without the others.
#[test]
fn a_ticket_is_found_whichever_of_the_reports_came() {
    let all = [TRIVY, GRYPE, OSV, NPM];
    let some = |mask: usize| -> Vec<&str> {
        all.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, report)| *report).collect()
    };
    for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
        let whole = survey_in(mode, &all);
        for mask in 1..16 {
            let part = survey_in(mode, &some(mask));
            for group in &part.groups {
                let same = whole.groups.iter().filter(|one| one.names.contains(&group.name()));
                assert_eq!(same.count(), 1, "{mode:?} {mask:04b}");
            }
            // OSV-Scanner and Grype name both ids, so that all are one; Trivy and npm alone have no name in common
            let lonely = mask == 0b1001;
            assert_eq!(
                part.groups.len(),
                whole.groups.len() * if lonely && mode != Mode::File { 2 } else { 1 }
            );
        }
    }
}

#[test]
fn what_one_scanner_alone_knows_is_shown() {
    let survey = survey_in(Mode::Vulnerability, &[NPM, OSV, GRYPE, TRIVY]);
    let [one] = &*survey.groups[0].exemplars else { panic!("{:?}", survey.groups[0].exemplars) };
    let package = one.package.as_ref().unwrap();
    assert_eq!((&*package.version, &*package.fixed), ("4.17.20", &["4.17.21".into()][..]));
    assert_eq!(package.path, ["lodash"]);
    assert!(!one.rule.name.is_empty());
}

#[test]
fn a_vex_document_speaks_to_every_scanner() {
    for order in orders(&[TRIVY, GRYPE, OSV, VEX]) {
        let found = survey(&order);
        assert_eq!(found.skipped(), BTreeMap::from([(ExclusionReason::NotAffected, 3)]));
        let words = "not_affected, vulnerable_code_not_in_execute_path".to_owned();
        assert_eq!(found.not_affected(), BTreeMap::from([(words, 3)]));
        assert_eq!(found.groups.iter().filter(|group| group.kept().next().is_some()).count(), 1);
    }
}

#[test]
fn one_scan_in_two_formats_is_the_same_tickets() {
    // SARIF has a suppressed result, which Semgrep's own JSON leaves out
    let sarif = include_str!("../../fixtures/reports/semgrep.sarif");
    let json = include_str!("../../fixtures/reports/other/semgrep.json");
    let kept = |reports: &[&str]| {
        let survey = survey_in(Mode::Vulnerability, reports);
        let groups = survey.groups.iter().filter(|group| group.kept().next().is_some());
        groups.map(|group| group.name()).collect::<Vec<_>>()
    };
    assert_eq!(kept(&[sarif]).len(), 10);
    assert_eq!(kept(&[sarif, json]), kept(&[sarif]));
    assert_eq!(kept(&[json]), kept(&[sarif]));
}

//! Handmade groups, like those that the earlier stages produce.

use std::sync::Arc;

use super::Provenance;
use crate::model::finding::{
    Advisory, Cvss, FindingDetail, FindingKind, FlowStep, Help, Introducer, Location, Package, Rule,
};
use crate::model::fingerprint::{Fingerprint, Recipe};
use crate::model::record::Mode;
use crate::model::repository::Repository;
use crate::model::severity::Severity;
use crate::model::survey::{Common, Exemplar, Group, Sighting, Survey};

pub(super) fn provenance() -> Provenance {
    Provenance {
        repository: Repository {
            host: "github.com".into(),
            id: Some(1),
            name: "acme/shop".into(),
            also: Vec::new(),
        },
        branch: "main".into(),
        commit: "c0ffee".into(),
        run_url: Some("https://github.com/acme/shop/actions/runs/7".into()),
        pull_request: None,
        branches: std::collections::BTreeMap::new(),
        untracked: Arc::default(),
    }
}

pub(super) fn location(path: &str, line: u32) -> Location<'static> {
    Location { path: path.to_owned().into(), line, ..Location::default() }
}

pub(super) fn id(number: u64) -> Fingerprint {
    Recipe::new("sample").number(number).finish()
}

fn exemplar(number: u64, rule: &Arc<Rule>, scanner: &str, location: Location<'static>) -> Exemplar {
    Exemplar {
        id: id(number),
        rule: Arc::clone(rule),
        scanner: scanner.into(),
        severity: Severity::High,
        location,
        package: None,
        advisory: None,
        detail: FindingDetail::default(),
    }
}

/// A group with these exemplars and `more` further sightings, and the survey that has their paths.
fn group(common: Common, kind: FindingKind, exemplars: Vec<Exemplar>, more: u64) -> (Group, Survey) {
    let mut survey = Survey::default();
    let sighting = |survey: &mut Survey, id, path: &str, line| {
        survey.paths.push(path.into());
        Sighting {
            rule: 0,
            anchors: [Some(id), None, None],
            text: 0,
            path: survey.paths.len() as u32 - 1,
            line,
            logical: u32::MAX,
            scan: 0,
            severity: Severity::High,
            skipped: None,
            ignored_by: 0,
        }
    };
    let mut sightings: Vec<Sighting> = exemplars
        .iter()
        .map(|one| sighting(&mut survey, one.id, &one.location.path, one.location.line))
        .collect();
    for number in 0..more {
        sightings.push(sighting(&mut survey, id(1_000 + number), &format!("src/more{number}.py"), 7));
    }
    let group = Group {
        loose: Vec::new(),
        names: vec![id(0)],
        mode: Mode::Type,
        route: None,
        common,
        kind,
        kinds: [kind].into(),
        severity: Severity::High,
        scanners: exemplars.iter().take(1).map(|one| Arc::clone(&one.scanner)).collect(),
        sightings,
        exemplars,
    };
    (group, survey)
}

/// Bandit's B602 at two places that are shown in full, and at `more` others.
pub(super) fn code(more: u64) -> (Group, Survey) {
    let rule = Arc::new(Rule {
        id: "B602".into(),
        name: "subprocess_popen_with_shell_equals_true".into(),
        description: "Starting a process through a shell lets whoever controls the command run other \
                      commands."
            .into(),
        help: Help::Markdown(
            "# Fix\nPass a **list**, without `shell=True`:\n\n```python\nsubprocess.run([\"ls\", path])\n```\n\
             [Details](https://bandit.readthedocs.io/)"
                .into(),
        ),
        help_uri: Some("https://bandit.readthedocs.io/en/latest/plugins/b602.html".into()),
        cwe: vec![78],
        owasp: vec!["A03:2021".into()],
        ..Rule::default()
    });
    let mut one = exemplar(
        1,
        &rule,
        "Bandit",
        Location { end_line: 12, logical: Some("deploy.run".into()), ..location("src/deploy.py", 10) },
    );
    one.detail = FindingDetail {
        message: "subprocess call with shell=True identified, security issue.".into(),
        snippet: Some("def run(cmd):\n    subprocess.call(cmd, shell=True)\n".into()),
        snippet_line: 9,
        flow: vec![
            FlowStep::new(location("src/web.py", 3), "`cmd` comes from the request".into()),
            FlowStep::new(location("src/deploy.py", 10), "".into()),
        ],
        ..FindingDetail::default()
    };
    let mut two = exemplar(2, &rule, "Bandit", location("src/old tool.py", 4));
    two.detail.message = one.detail.message.clone();
    group(Common::Rule(rule), FindingKind::Code, vec![one, two], more)
}

/// One advisory on lodash, in two manifests.
pub(super) fn dependency() -> (Group, Survey) {
    let rule = Arc::new(Rule {
        id: "CVE-2021-23337".into(),
        name: "CVE-2021-23337: Command injection in lodash".into(),
        description: "Versions before 4.17.21 run code that a template contains.".into(),
        ..Rule::default()
    });
    let package = |path: &[&str]| Package {
        purl: "pkg:npm/lodash@4.17.20".into(),
        name: "lodash".into(),
        version: "4.17.20".into(),
        fixed: vec!["4.17.21".into()],
        unfixed: false,
        outlook: None,
        path: path.iter().map(|&name| name.to_owned().into()).collect(),
        introduced_by: match path {
            [first, _, ..] => vec![Introducer { name: (*first).to_owned().into(), ..Introducer::default() }],
            _ => Vec::new(),
        },
    };
    let advisory = Advisory {
        id: "CVE-2021-23337".into(),
        aliases: vec!["GHSA-35jh-r3h4-6jhm".into()],
        cvss: Some(Cvss { score: 7.2, vector: Some("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H".into()) }),
        epss: Some(0.0123),
        exploited: true,
        withdrawn: false,
    };
    let mut one = exemplar(1, &rule, "Grype", location("package-lock.json", 0));
    one.package = Some(package(&["webpack", "lodash"]));
    let mut two = exemplar(2, &rule, "Grype", location("web/package-lock.json", 0));
    two.package = Some(package(&[]));
    group(Common::Advisory(Arc::new(advisory)), FindingKind::Dependency, vec![one, two], 0)
}

/// Two advisories on lodash, grouped by package, the worst first.
pub(super) fn package() -> (Group, Survey) {
    let (mut group, mut survey) = dependency();
    group.mode = Mode::Package;
    group.common = Common::Package("pkg:npm/lodash".into());
    let advisory = |id: &str| Arc::new(Advisory { id: id.into(), ..Advisory::default() });
    let [one, two] = group.exemplars.as_mut_slice() else { return (group, survey) };
    one.advisory = Some(advisory("CVE-2021-23337"));
    one.severity = Severity::Critical;
    two.advisory = Some(advisory("CVE-2020-8203"));
    two.location = one.location.clone();
    two.package.clone_from(&one.package);
    two.rule = Arc::new(Rule {
        id: "CVE-2020-8203".into(),
        name: "Prototype pollution in lodash".into(),
        help: Help::Text("Upgrade lodash to 4.17.21.".into()),
        ..Rule::default()
    });
    if let Some(package) = two.package.as_mut() {
        package.fixed = vec!["4.17.21".into()];
    }
    group.severity = Severity::Critical;
    for (number, sighting) in (0..).zip(&mut group.sightings) {
        sighting.rule = number;
    }
    survey.paths = survey.paths.iter().map(|_| "package-lock.json".into()).collect();
    (group, survey)
}

/// A credential whose report forgot to mask it.
pub(super) fn secret() -> (Group, Survey) {
    let rule =
        Arc::new(Rule { id: "aws-access-key".into(), name: "AWS Access Key".into(), ..Rule::default() });
    let mut one = exemplar(1, &rule, "gitleaks", location("auth.py", 2));
    one.detail.message = "found AKIAHUNTER2".into();
    one.detail.snippet = Some("KEY = 'AKIAHUNTER2'".into());
    one.detail.related = vec![FlowStep::new(location("b.py", 1), "AKIAHUNTER2".into())];
    group(Common::Rule(rule), FindingKind::Secret, vec![one], 0)
}

/// All findings of one scanner in one file.
pub(super) fn file() -> (Group, Survey) {
    let (mut group, survey) = code(0);
    let other = Arc::new(Rule { id: "B105".into(), name: "Hard-coded password".into(), ..Rule::default() });
    group.mode = Mode::File;
    group.common = Common::File("src/deploy.py".into());
    group.exemplars[1].rule = other;
    group.exemplars[1].severity = Severity::Low;
    (group, survey)
}

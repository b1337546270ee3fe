//! What becomes one group, and what stays the same finding.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Rules, SurveyBuilder};
use crate::model::alert::{Alert, AlertId, AlertState, Feed};
use crate::model::finding::{
    Advisory, Anchors, ExclusionReason, Finding, FindingDetail, FindingKind, Location, Package, Rule,
    Statement, Subject,
};
use crate::model::fingerprint::Recipe;
use crate::model::record::Mode;
use crate::model::scan::{Problem, Scan};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting, Survey};
use crate::report::Sink;

/// `rule path:line stable text`, with `-` for none; `ID=ALIAS,… purl manifest` for an advisory; of an alert
/// `[dismissed] #number` at the end.
pub(super) fn finding(line: &str) -> Finding<'static> {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let given = |at: usize| words.get(at).filter(|word| *word != "-").cloned();
    let mut finding = Finding {
        kind: FindingKind::Code,
        scanner: "Bandit".into(),
        rule: Arc::new(Rule { id: words[0].clone(), ..Rule::default() }),
        severity: Severity::High,
        subject: Subject::Rule,
        location: Location::default(),
        anchors: Anchors::default(),
        detail: FindingDetail::default(),
        aside: None,
    };
    if let Some(number) = words.last().and_then(|word| word.strip_prefix('#')) {
        let id = AlertId { feed: Feed::CodeScanning, number: number.parse().unwrap() };
        let state =
            if words.contains(&"dismissed".to_owned()) { AlertState::Dismissed } else { AlertState::Open };
        finding.aside = (state == AlertState::Dismissed).then_some(ExclusionReason::Suppressed);
        finding.anchors.stable = Some(format!("github-alert:{number}").into());
        finding.detail.alert =
            Some(Box::new(Alert { id, url: None, state, why: "because".into(), live: true }));
    }
    if let Some((id, aliases)) = words[0].split_once('=') {
        let aliases = aliases.split(',').filter(|alias| !alias.is_empty()).map(str::to_owned).collect();
        let advisory = Advisory { id: id.into(), aliases, ..Advisory::default() };
        let package = Package { purl: words[1].clone().into(), ..Package::default() };
        finding.kind = FindingKind::Dependency;
        finding.subject = Subject::Advisory(Arc::new(advisory), package);
        finding.location.path = words[2].clone().into();
        return finding;
    }
    if let Some(id) = words[0].strip_prefix('-') {
        finding.rule = Arc::new(Rule { id: id.into(), ..Rule::default() });
        finding.aside = Some(ExclusionReason::Suppressed);
    }
    let (path, number) = words[1].split_once(':').unwrap();
    finding.location.path = path.to_owned().into();
    finding.location.line = number.parse().unwrap();
    if finding.detail.alert.is_none() {
        finding.anchors.stable = given(2).map(Into::into);
        finding.anchors.text = given(3).map(Into::into);
    }
    finding
}

/// `ID=ALIAS,… purl justification`, with `-` for any product.
fn statement(line: &str) -> Statement {
    let words: Vec<&str> = line.split(' ').collect();
    let (id, aliases) = words[0].split_once('=').unwrap();
    Statement {
        advisory: id.into(),
        aliases: aliases.split(',').filter(|alias| !alias.is_empty()).map(Into::into).collect(),
        product: Some(words[1]).filter(|product| *product != "-").map(Into::into),
        within: None,
        justification: words[2].into(),
        ..Statement::default()
    }
}

/// The survey of reports, one a slice, read in the given order.
fn survey(mode: Mode, reports: &[&[&str]]) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("test").finish()],
        job: "ci".into(),
        mode: &|_| mode,
        severity: &|finding| finding.severity,
        judge: &|finding| finding.rule.id.starts_with('!').then(|| ExclusionReason::Ignored.into()),
        line: &mut |_, _| None,
    };
    let mut gatherer = SurveyBuilder::new(rules);
    for (index, report) in reports.iter().enumerate() {
        gatherer.begin(&format!("{index}.sarif"), None);
        for line in *report {
            match line.strip_prefix("vex ") {
                Some(line) => gatherer.statement(statement(line)),
                None => gatherer.finding(finding(line)),
            }
        }
        gatherer.scan(Scan { category: Some("c".into()), ..Scan::new("Bandit") });
        gatherer.end("sarif", None);
    }
    gatherer.survey()
}

fn sizes(mode: Mode, reports: &[&[&str]]) -> Vec<usize> {
    let mut sizes: Vec<_> = survey(mode, reports).groups.iter().map(|group| group.sightings.len()).collect();
    sizes.sort_unstable();
    sizes
}

/// What one report gives that `fill` tells, with no policy at all.
pub(super) fn gathered(mode: Mode, fill: impl FnOnce(&mut SurveyBuilder<'_>)) -> Survey {
    let rules = Rules {
        repository: vec![Recipe::new("test").finish()],
        job: String::new(),
        mode: &|_| mode,
        severity: &|finding| finding.severity,
        judge: &|_| None,
        line: &mut |_, _| None,
    };
    let mut gatherer = SurveyBuilder::new(rules);
    gatherer.begin("a.json", None);
    fill(&mut gatherer);
    gatherer.end("test", None);
    gatherer.survey()
}

#[test]
fn a_package_is_one_group_with_all_its_advisories() {
    let one: &[&str] =
        &["CVE-1= pkg:npm/a@1 lock", "CVE-2=GHSA-2 pkg:npm/a@2 web/lock", "CVE-1= pkg:npm/b@1 lock"];
    // another scanner calls the second one otherwise, and knows no version
    let other: &[&str] = &["GHSA-2= pkg:npm/a web/lock"];
    for reports in [&[one, other][..], &[other, one]] {
        let survey = survey(Mode::Package, reports);
        let sizes: BTreeSet<usize> = survey.groups.iter().map(|group| group.sightings.len()).collect();
        assert_eq!(sizes, [1, 3].into());
        let group = survey.groups.iter().find(|group| group.sightings.len() == 3).unwrap();
        let ids: BTreeSet<&str> =
            group.exemplars.iter().filter_map(|one| Some(one.advisory.as_ref()?.id.as_str())).collect();
        assert_eq!(ids, ["CVE-1", "CVE-2"].into());
        let rules: BTreeSet<u32> = group.sightings.iter().map(|one| one.rule).collect();
        assert_eq!(rules.len(), 2, "as many as there are advisories");
    }
}

#[test]
fn a_package_of_an_image_is_one_group_within_it() {
    let image = |line: &str| Finding { kind: FindingKind::Container, ..finding(line) };
    let survey = gathered(Mode::Package, |gatherer| {
        gatherer.finding(image("CVE-1= pkg:deb/a@1 shop:1.2"));
        gatherer.finding(image("CVE-2= pkg:deb/a@1 shop:1.3"));
        gatherer.finding(image("CVE-1= pkg:deb/a@1 other:1"));
    });
    let mut sizes: Vec<usize> = survey.groups.iter().map(|group| group.sightings.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2]);
}

#[test]
fn each_mode_has_its_groups() {
    let reports: &[&[&str]] =
        &[&["A x:1 - a", "A x:2 - b", "A y:1 - a", "B x:3 - c", "CVE-1= pkg:npm/a@1 lock"]];
    assert_eq!(sizes(Mode::Type, reports), [1, 1, 3]);
    assert_eq!(sizes(Mode::File, reports), [1, 1, 3]);
    assert_eq!(sizes(Mode::Vulnerability, reports), [1, 1, 1, 1, 1]);
    assert_eq!(sizes(Mode::Package, reports), [1, 1, 3]);
}

#[test]
fn one_advisory_is_one_group_whatever_it_is_called() {
    let a: &[&str] = &["CVE-1=GHSA-x pkg:npm/a@1 lock"];
    let b: &[&str] = &["GHSA-x= pkg:npm/a@1 lock", "PYSEC-1=GHSA-X pkg:npm/a@1 lock"];
    for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
        assert_eq!(sizes(mode, &[a, b]), [3], "{mode:?}");
        let ids = |reports: &[&[&str]]| {
            survey(mode, reports).groups[0].sightings.iter().map(Sighting::id).collect::<BTreeSet<_>>()
        };
        assert_eq!(ids(&[a, b]).len(), 1);
        assert_eq!(ids(&[a, b]), ids(&[b, a]));
    }
}

/// Findings, each with its version and whether it is set aside, of an audit and a scanner's report.
#[test]
fn an_audit_without_versions_tells_of_the_scanners_findings() {
    let check = |reports: &[&[&str]], findings: usize, kept: usize| {
        for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
            for reports in [reports.to_vec(), reports.iter().rev().copied().collect()] {
                let survey = survey(mode, &reports);
                let of = |kept: bool| {
                    let all = survey.groups.iter().flat_map(|group| &group.sightings);
                    all.filter(|one| !kept || one.aside.is_none())
                        .map(Sighting::id)
                        .collect::<BTreeSet<_>>()
                        .len()
                };
                assert_eq!((of(false), of(true)), (findings, kept), "{mode:?} {reports:?}");
            }
        }
    };
    let audit: &[&str] = &["GHSA-x= pkg:npm/a lock"];
    check(&[audit, &["CVE-1=GHSA-x pkg:npm/a@1 lock"]], 1, 1);
    check(&[audit, &["CVE-1=GHSA-x pkg:npm/a@1 lock", "CVE-1=GHSA-x pkg:npm/a@2 lock"]], 2, 2);
    // another manifest, package or advisory is another finding
    check(&[audit, &["GHSA-x= pkg:npm/a@1 b/lock"]], 2, 2);
    check(&[audit, &["GHSA-x= pkg:npm/b@1 lock"]], 2, 2);
    check(&[audit, &["GHSA-y= pkg:npm/a@1 lock"]], 2, 2);
    check(&[&["GHSA-x= pkg:npm/%40b/a lock"], &["GHSA-x= pkg:npm/%40b/a@1 lock"]], 1, 1);
    // what is said of the version holds for the audit, unless another version is left
    check(&[audit, &["GHSA-x= pkg:npm/a@1 lock", "vex GHSA-x= pkg:npm/a@1 why"]], 1, 0);
    let two = &["GHSA-x= pkg:npm/a@1 lock", "GHSA-x= pkg:npm/a@2 lock", "vex GHSA-x= pkg:npm/a@1 why"];
    check(&[audit, two], 2, 1);
}

#[test]
fn a_ticket_that_an_audit_filed_alone_is_found_when_a_scanner_comes() {
    let audit: &[&str] = &["GHSA-x= pkg:npm/a lock"];
    let alone = survey(Mode::Vulnerability, &[audit]);
    let both = survey(Mode::Vulnerability, &[&["CVE-1=GHSA-x pkg:npm/a@1 lock"], audit]);
    assert!(both.groups[0].names.contains(&alone.groups[0].name()), "{:?}", both.groups);
    assert_eq!(both.groups.len(), 1);
}

#[test]
fn of_two_versions_one_leads_to_the_ticket_that_an_audit_filed_alone() {
    let alone = survey(Mode::Vulnerability, &[&["GHSA-x= pkg:npm/a lock"]]);
    let two: &[&str] = &["CVE-1=GHSA-x pkg:npm/a@1 lock", "CVE-1=GHSA-x pkg:npm/a@2 lock"];
    for reports in [vec![two], vec![&["GHSA-x= pkg:npm/a lock"], two]] {
        let survey = survey(Mode::Vulnerability, &reports);
        let name = alone.groups[0].name();
        let known: Vec<&Group> = survey.groups.iter().filter(|group| group.names.contains(&name)).collect();
        assert_eq!((survey.groups.len(), known.len()), (2, 1), "{reports:?}");
        assert!(known[0].loose.contains(&name), "its own names go first");
    }
}

#[test]
fn a_rule_is_known_by_its_former_ids() {
    let renamed = |id: &str, former: &[&str]| {
        let mut one = finding(&format!("{id} x:1 - a"));
        let former = former.iter().map(|id| (*id).to_owned()).collect();
        one.rule = Arc::new(Rule { former, ..(*one.rule).clone() });
        one
    };
    let names = |all: Vec<Finding<'static>>| {
        let survey = gathered(Mode::Type, |gatherer| all.into_iter().for_each(|one| gatherer.finding(one)));
        (survey.groups.iter().map(|group| group.names.clone()).collect::<Vec<_>>(), survey.renamed.len())
    };
    let (old, none) = names(vec![renamed("A", &[])]);
    let (new, some) = names(vec![renamed("B", &["A", "C"])]);
    assert_eq!((none, some), (0, 2));
    assert!(new[0].contains(&old[0][0]) && new[0][0] != old[0][0]);
    // a report that uses both ids has two rules
    let (both, one) = names(vec![renamed("A", &[]), renamed("B", &["A", "C"])]);
    assert_eq!((both.len(), one), (2, 1));
    assert_eq!(both.iter().filter(|names| names.contains(&old[0][0])).count(), 1);
}

#[test]
fn a_ticket_filed_under_an_alias_is_found_when_the_cve_is_known() {
    let before = survey(Mode::Type, &[&["GHSA-x= pkg:npm/a@1 lock"]]);
    let after = survey(Mode::Type, &[&["GHSA-x=CVE-1 pkg:npm/a@1 lock"]]);
    assert!(after.groups[0].names.contains(&before.groups[0].name()));
}

#[test]
fn the_order_of_reports_and_results_changes_nothing() {
    let one: &[&str] = &["A x:1 s1 a", "A x:9 s2 b", "CVE-1= pkg:npm/a@1 lock"];
    let two: &[&str] = &["B y:1 - a", "CVE-1=GHSA-x pkg:npm/b@2 lock"];
    let reversed: Vec<&str> = one.iter().rev().copied().collect();
    for mode in [Mode::Type, Mode::File, Mode::Vulnerability] {
        let names = |reports: &[&[&str]]| {
            let survey = survey(mode, reports);
            survey.groups.into_iter().map(|group| (group.names, group.exemplars)).collect::<Vec<_>>()
        };
        assert_eq!(names(&[one, two]), names(&[two, &reversed]), "{mode:?}");
    }
}

#[test]
fn moved_lines_keep_their_identity() {
    let ids = |lines: &[&str]| {
        let survey = survey(Mode::Vulnerability, &[lines]);
        survey.groups.iter().map(Group::name).collect::<BTreeSet<_>>()
    };
    assert_eq!(ids(&["A x:1 s a", "A x:2 - b"]), ids(&["A x:11 s a", "A x:12 - b"]));
    assert_ne!(ids(&["A x:1 s a"]), ids(&["A x:1 t a"]));
}

#[test]
fn a_value_given_to_several_lines_is_no_identity_alone() {
    let lines: &[&str] = &["A x:1 login same", "A x:5 login same", "A x:9 login same"];
    assert_eq!(sizes(Mode::Vulnerability, &[lines]), [1, 1, 1]);
    let shifted: &[&str] = &["A x:11 login same", "A x:15 login same", "A x:19 login same"];
    let ids =
        |lines| survey(Mode::Type, &[lines]).groups[0].sightings.iter().map(Sighting::id).collect::<Vec<_>>();
    assert_eq!(ids(lines), ids(shifted));
}

#[test]
fn what_is_suppressed_in_the_code_shifts_no_ordinal() {
    // a rule that starts with `-` is told as suppressed
    let kept = |lines: &[&str]| {
        let survey = survey(Mode::Type, &[lines]);
        survey.groups.iter().flat_map(Group::kept).map(Sighting::id).collect::<BTreeSet<_>>()
    };
    let without = kept(&["A x:5 login a", "A x:9 login a"]);
    assert_eq!(kept(&["-A x:1 login a", "A x:5 login a", "A x:9 login a"]), without);
    assert_eq!(kept(&["A x:5 login a", "-A x:7 login a", "A x:9 login a"]), without);
    let all = |lines: &[&str]| survey(Mode::Type, &[lines]).groups[0].sightings.len();
    assert_eq!(all(&["-A x:1 login a", "-A x:2 login a", "A x:5 login a"]), 3);
}

#[test]
fn one_line_flagged_twice_gives_two_tickets_that_share_no_name() {
    let survey = survey(Mode::Vulnerability, &[&["A x:1 s a", "A x:1 t a"]]);
    let names: Vec<_> = survey.groups.iter().flat_map(|group| &group.names).collect();
    assert_eq!((survey.groups.len(), names.len()), (2, 2));
}

#[test]
fn a_scan_that_knows_less_meets_one_that_knows_more() {
    assert_eq!(sizes(Mode::Vulnerability, &[&["A x:1 s a"], &["A x:1 - a"], &["A x:1 - -"]]), [3]);
}

#[test]
fn what_is_set_aside_is_counted_and_not_shown() {
    let survey = survey(Mode::File, &[&["!A x:1 - a", "B x:2 - b"]]);
    assert_eq!(survey.read(), 2);
    assert_eq!(survey.aside(), BTreeMap::from([(ExclusionReason::Ignored, 1)]));
    assert_eq!(survey.groups[0].exemplars.len(), 1);
}

#[test]
fn a_vex_statement_sets_aside_wherever_it_came_from() {
    let found: &[&str] = &["GHSA-x= pkg:npm/a@1 lock", "CVE-2= pkg:npm/b@1 lock", "GHSA-x= pkg:npm/c@1 lock"];
    // an alias that only the statement knows joins it with the finding
    let said: &[&str] = &["vex CVE-1=GHSA-x pkg:npm/a not_reachable"];
    let check = |reports: &[&[&str]]| {
        for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
            let survey = survey(mode, reports);
            assert_eq!(survey.aside(), BTreeMap::from([(ExclusionReason::NotAffected, 1)]), "{mode:?}");
            let kept = survey.groups.iter().flat_map(|group| &group.exemplars).count();
            assert_eq!(kept, 2, "{mode:?}");
            assert_eq!(survey.justifications.values().collect::<Vec<_>>(), ["not_reachable"]);
        }
    };
    check(&[found, said]);
    check(&[said, found]);
    assert_eq!(survey(Mode::Type, &[found, &["vex CVE-3= - x"]]).aside(), BTreeMap::new());
    assert_eq!(
        survey(Mode::Type, &[found, &["vex GHSA-X= - x"]]).aside(),
        BTreeMap::from([(ExclusionReason::NotAffected, 2)])
    );
}

#[test]
fn an_alert_is_the_finding_that_a_report_has_at_its_place() {
    let check = |report: &[&str], alerts: &[&str], expected: &[&[u64]]| {
        for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
            let forth = survey(mode, &[report, alerts]);
            let back = survey(mode, &[alerts, report]);
            assert_eq!(forth.alerts, back.alerts, "{mode:?}");
            let alone = survey(mode, &[report]);
            assert_eq!(forth.groups.len(), alone.groups.len().max(1), "{mode:?}: {report:?} {alerts:?}");
            let ids = alone.groups.iter().flat_map(|group| &group.sightings).map(Sighting::id);
            let of = |id| {
                forth.alerts.get(&id).map_or(vec![], |all| all.iter().map(|one| one.id.number).collect())
            };
            let mut told: Vec<Vec<u64>> = ids.map(of).collect();
            told.sort();
            assert_eq!(told, expected, "{mode:?}: {report:?} {alerts:?}");
            let alert_names = survey(mode, &[alerts]).groups.into_iter().flat_map(|group| group.names);
            let names: BTreeSet<_> = forth.groups.into_iter().flat_map(|group| group.names).collect();
            assert!(
                alert_names.into_iter().all(|name| names.contains(&name)),
                "it is found by its alert alone"
            );
        }
    };
    for known in ["f1 a", "f1 -", "- a", "- -"] {
        check(&[&format!("A x:1 {known}")], &["A x:1 #7"], &[&[7]]);
    }
    check(&["A x:1 f1", "A x:1 f2"], &["A x:1 #7", "A x:1 #8"], &[&[7], &[8]]);
    check(&["CVE-1=GHSA-x pkg:npm/a@1 lock"], &["GHSA-x=CVE-1 pkg:npm/a lock #7"], &[&[7]]);
}

#[test]
fn what_is_dismissed_is_set_aside_in_reports_too() {
    let check = |report: &str, alert: &str, expected: usize| {
        let survey = survey(Mode::Type, &[&[report], &[alert]]);
        assert_eq!(survey.aside().get(&ExclusionReason::Suppressed), Some(&expected), "{report} {alert}");
        assert_eq!(survey.justifications.values().collect::<Vec<_>>(), ["because"]);
    };
    check("A x:1 f1 a", "A x:1 dismissed #7", 2);
    check("A x:2 f1 a", "A x:1 dismissed #7", 1);
    check("CVE-1= pkg:npm/a@1 lock", "CVE-1= pkg:npm/a lock dismissed #7", 2);
    check("CVE-1= pkg:npm/a@1 other", "CVE-1= pkg:npm/a lock dismissed #7", 1);
}

#[test]
fn advisories_without_a_name_are_passed_over_each_a_problem_that_says_where() {
    let survey =
        survey(Mode::Type, &[&["= pkg:npm/a@1 lock", "CVE-1= pkg:npm/a@1 lock"], &["= pkg:npm/b@1 other"]]);
    assert_eq!((survey.groups.len(), survey.read()), (1, 1));
    let problems: Vec<_> = survey.problems.iter().map(|one| (&*one.place, &*one.message)).collect();
    let expected = [
        ("0.sarif", "an advisory in lock has no id: it is passed over"),
        ("1.sarif", "an advisory in other has no id: it is passed over"),
    ];
    assert_eq!(problems, expected);
    let counts: Vec<_> = survey.reports.iter().map(|one| (one.findings, one.problems, one.whole)).collect();
    assert_eq!(counts, [(1, 1, false), (0, 1, false)]);
}

#[test]
fn a_scan_that_failed_is_one_counted_problem_whoever_tells_it() {
    let check = |told: bool| {
        let survey = gathered(Mode::Type, |gatherer| {
            if told {
                gatherer.problem(Problem::new("a.json", "the registry did not answer"));
            }
            gatherer.scan(Scan { success: Some(false), ..Scan::new("yarn") });
            gatherer.scan(Scan::new("cargo-deny"));
        });
        let report = &survey.reports[0];
        assert_eq!((report.problems, survey.problems.len(), report.whole), (1, 1, false), "{told}");
        assert_eq!((report.broken, survey.scans[1].whole), (false, true), "{told}");
    };
    check(true);
    check(false);
}

#[test]
fn a_finding_keeps_its_own_reports_words() {
    let all = [("a", Some("its own")), ("b", None), ("c", Some("x")), ("c", Some("y")), ("c", Some("x"))];
    let survey = gathered(Mode::Type, |gatherer| {
        for (name, words) in all {
            let mut one = finding(&format!("CVE-1= pkg:npm/{name}@1 a.lock"));
            one.aside = Some(ExclusionReason::NotAffected);
            one.detail.excuse = words.map(Into::into);
            gatherer.finding(one);
        }
        gatherer.statement(statement("CVE-1= - another's"));
        gatherer.scan(Scan::new("s"));
    });
    let told = survey.not_affected();
    assert_eq!(
        told.into_iter().collect::<Vec<_>>(),
        [("another's".to_owned(), 1), ("its own".to_owned(), 1), ("x; y".to_owned(), 3)]
    );
}

#[test]
fn of_very_many_groups_less_is_kept_whatever_the_order() {
    let mut lines: Vec<String> = (0..6).map(|n| format!("R x:{n} - t{n}")).collect();
    lines.extend((0..5_000).map(|n| format!("R{n} y:1 - t")));
    let kept = |lines: &[String]| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let groups = survey(Mode::Type, &[&lines]).groups;
        let kept = groups.into_iter().map(|group| (group.name(), group.exemplars, group.sightings.len()));
        kept.collect::<Vec<_>>()
    };
    let forth = kept(&lines);
    lines.reverse();
    assert_eq!(forth, kept(&lines));
    let counts: Vec<_> =
        forth.iter().map(|(_, kept, all)| (kept.len(), *all)).filter(|one| one.1 > 1).collect();
    assert_eq!(counts, [(3, 6)]);
    assert_eq!(kept(&lines[1..]).iter().map(|(_, kept, _)| kept.len()).max(), Some(6));
}

#[test]
fn a_report_of_very_many_scanners_names_the_first() {
    let survey = gathered(Mode::Type, |gatherer| {
        let numbers = (0..30).map(|number| number / 2).chain(15..25);
        numbers.for_each(|number| gatherer.scan(Scan::new(&format!("s{number}"))));
    });
    let named = &survey.reports[0].scanner;
    assert!(named.starts_with("s0, s1, s2") && named.ends_with("s18, s19, …"), "{named}");
}

//! What is read but not reported.

use super::*;

#[test]
fn what_is_set_aside_is_counted_and_not_shown() {
    let survey = survey(Mode::File, &[&["!A x:1 - a", "B x:2 - b"]]);
    assert_eq!(survey.read(), 2);
    assert_eq!(survey.skipped(), BTreeMap::from([(ExclusionReason::Ignored, 1)]));
    assert_eq!(survey.groups[0].exemplars.len(), 1);
}

#[test]
fn a_vex_statement_skips_wherever_it_came_from() {
    let found: &[&str] = &["GHSA-x= pkg:npm/a@1 lock", "CVE-2= pkg:npm/b@1 lock", "GHSA-x= pkg:npm/c@1 lock"];
    // an alias that only the statement knows connects it with the finding
    let said: &[&str] = &["vex CVE-1=GHSA-x pkg:npm/a not_reachable"];
    let check = |reports: &[&[&str]]| {
        for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
            let survey = survey(mode, reports);
            assert_eq!(survey.skipped(), BTreeMap::from([(ExclusionReason::NotAffected, 1)]), "{mode:?}");
            let kept = survey.groups.iter().flat_map(|group| &group.exemplars).count();
            assert_eq!(kept, 2, "{mode:?}");
            assert_eq!(survey.justifications.values().collect::<Vec<_>>(), ["not_reachable"]);
        }
    };
    check(&[found, said]);
    check(&[said, found]);
    assert_eq!(survey(Mode::Type, &[found, &["vex CVE-3= - x"]]).skipped(), BTreeMap::new());
    assert_eq!(
        survey(Mode::Type, &[found, &["vex GHSA-X= - x"]]).skipped(),
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
            let mut recorded: Vec<Vec<u64>> = ids.map(of).collect();
            recorded.sort();
            assert_eq!(recorded, expected, "{mode:?}: {report:?} {alerts:?}");
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
        assert_eq!(survey.skipped().get(&ExclusionReason::Suppressed), Some(&expected), "{report} {alert}");
        assert_eq!(survey.justifications.values().collect::<Vec<_>>(), ["because"]);
    };
    check("A x:1 f1 a", "A x:1 dismissed #7", 2);
    check("A x:2 f1 a", "A x:1 dismissed #7", 1);
    check("CVE-1= pkg:npm/a@1 lock", "CVE-1= pkg:npm/a lock dismissed #7", 2);
    check("CVE-1= pkg:npm/a@1 other", "CVE-1= pkg:npm/a lock dismissed #7", 1);
}

#[test]
fn advisories_without_a_name_are_skipped_each_a_problem_that_says_where() {
    let survey =
        survey(Mode::Type, &[&["= pkg:npm/a@1 lock", "CVE-1= pkg:npm/a@1 lock"], &["= pkg:npm/b@1 other"]]);
    assert_eq!((survey.groups.len(), survey.read()), (1, 1));
    let problems: Vec<_> = survey.problems.iter().map(|one| (&*one.place, &*one.message)).collect();
    let expected = [
        ("0.sarif", "an advisory in lock has no ID and was skipped"),
        ("1.sarif", "an advisory in other has no ID and was skipped"),
    ];
    assert_eq!(problems, expected);
    let counts: Vec<_> = survey.reports.iter().map(|one| (one.findings, one.problems, one.whole)).collect();
    assert_eq!(counts, [(1, 1, false), (0, 1, false)]);
}

#[test]
fn a_scan_that_failed_is_one_counted_problem_whoever_tells_it() {
    let check = |recorded: bool| {
        let survey = gathered(Mode::Type, |gatherer| {
            if recorded {
                gatherer.problem(Problem::new("a.json", "the registry did not answer"));
            }
            gatherer.scan(Scan { success: Some(false), ..Scan::new("yarn") });
            gatherer.scan(Scan::new("cargo-deny"));
        });
        let report = &survey.reports[0];
        assert_eq!((report.problems, survey.problems.len(), report.whole), (1, 1, false), "{recorded}");
        assert_eq!((report.broken, survey.scans[1].whole), (false, true), "{recorded}");
    };
    check(true);
    check(false);
}

//! Which findings stay the same.

use super::*;

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
fn what_is_suppressed_in_the_code_shifts_no_index() {
    // a rule that starts with `-` is marked as suppressed
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

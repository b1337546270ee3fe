//! Large numbers of groups and scanners.

use super::*;

#[test]
fn a_finding_keeps_its_own_reports_words() {
    let all = [("a", Some("its own")), ("b", None), ("c", Some("x")), ("c", Some("y")), ("c", Some("x"))];
    let survey = gathered(Mode::Type, |gatherer| {
        for (name, words) in all {
            let mut one = finding(&format!("CVE-1= pkg:npm/{name}@1 a.lock"));
            one.skipped = Some(ExclusionReason::NotAffected);
            one.detail.justification = words.map(Into::into);
            gatherer.finding(one);
        }
        gatherer.statement(statement("CVE-1= - another's"));
        gatherer.scan(Scan::new("s"));
    });
    let recorded = survey.not_affected();
    assert_eq!(
        recorded.into_iter().collect::<Vec<_>>(),
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

#[test]
fn what_is_not_grouped_in_time_is_counted_and_nothing_is_proven_gone() {
    let survey = gathered(Mode::Type, |gatherer| {
        for rule in ["A", "B", "C"] {
            gatherer.finding(finding(&format!("{rule} a.py:1")));
        }
        gatherer.scan(Scan::new("Bandit"));
        let looks = std::cell::Cell::new(0);
        gatherer.until(move || looks.replace(looks.get() + 1) == 2);
    });
    assert_eq!(survey.groups.len(), 2);
    let report = &survey.reports[0];
    assert_eq!((report.findings, report.problems, report.whole, report.broken), (2, 1, false, true));
    assert!(!survey.scans[0].whole);
    let told = "1 finding was left out because the time limit was reached during grouping";
    assert_eq!(survey.problems[0].message, told);
}

#[test]
fn very_many_aliases_are_left_out_and_said() {
    let survey = gathered(Mode::Vulnerability, |gatherer| {
        for at in 0..2_600 {
            let mut one = finding(&format!("A-{at}= pkg:npm/a@1 lock"));
            if let Subject::Advisory(advisory, _) = &mut one.subject {
                Arc::make_mut(advisory).aliases = (0..100).map(|alias| format!("X-{at}-{alias}")).collect();
            }
            gatherer.finding(one);
        }
    });
    assert_eq!(survey.groups.len(), 2_600);
    let said: Vec<&str> = survey.problems.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        said,
        ["the reports list too many aliases of advisories; the remaining aliases were left out"]
    );
}

#[test]
fn very_many_scans_prove_nothing_and_it_is_said() {
    let survey = gathered(Mode::Type, |gatherer| {
        for number in 0..10_002 {
            gatherer.finding(finding(&format!("R{} a.py:1", number % 2)));
            gatherer.scan(Scan::new("s"));
        }
    });
    assert_eq!((survey.scans.len(), survey.reports[0].findings), (10_000, 10_002));
    let said: Vec<&str> = survey.problems.iter().map(|one| one.message.as_str()).collect();
    let expected = "a run handles at most 10000 scans; findings that are missing from the \
                    remaining scans do not count as fixed";
    assert_eq!(said, [expected]);
}

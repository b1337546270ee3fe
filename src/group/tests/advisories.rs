//! Packages and advisories: what belongs to one group, under whatever name.

use super::*;

#[test]
fn a_package_is_one_group_with_all_its_advisories() {
    let one: &[&str] =
        &["CVE-1= pkg:npm/a@1 lock", "CVE-2=GHSA-2 pkg:npm/a@2 web/lock", "CVE-1= pkg:npm/b@1 lock"];
    // another scanner has a different name for the second one, and knows no version
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
fn packages_without_a_name_are_not_one_package() {
    let unnamed: &[&str] = &["CVE-1= pkg:generic/unknown lock", "CVE-2= pkg:generic/unknown lock"];
    let survey = survey(Mode::Package, &[unnamed]);
    let modes: Vec<Mode> = survey.groups.iter().map(|group| group.mode).collect();
    assert_eq!(modes, [Mode::Type; 2]);
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

/// The findings, each with its version and whether it is skipped, of an audit and a scanner's report.
#[test]
fn an_audit_without_versions_tells_of_the_scanners_findings() {
    let check = |reports: &[&[&str]], findings: usize, kept: usize| {
        for mode in [Mode::Type, Mode::Vulnerability, Mode::File] {
            for reports in [reports.to_vec(), reports.iter().rev().copied().collect()] {
                let survey = survey(mode, &reports);
                let of = |kept: bool| {
                    let all = survey.groups.iter().flat_map(|group| &group.sightings);
                    all.filter(|one| !kept || one.skipped.is_none())
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
    // another manifest, package or advisory makes another finding
    check(&[audit, &["GHSA-x= pkg:npm/a@1 b/lock"]], 2, 2);
    check(&[audit, &["GHSA-x= pkg:npm/b@1 lock"]], 2, 2);
    check(&[audit, &["GHSA-y= pkg:npm/a@1 lock"]], 2, 2);
    check(&[&["GHSA-x= pkg:npm/%40b/a lock"], &["GHSA-x= pkg:npm/%40b/a@1 lock"]], 1, 1);
    // what is said about the version applies to the audit, unless another version is left
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
fn a_ticket_filed_under_an_alias_is_found_when_the_cve_is_known() {
    let before = survey(Mode::Type, &[&["GHSA-x= pkg:npm/a@1 lock"]]);
    let after = survey(Mode::Type, &[&["GHSA-x=CVE-1 pkg:npm/a@1 lock"]]);
    assert!(after.groups[0].names.contains(&before.groups[0].name()));
}

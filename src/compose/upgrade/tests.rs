//! Which version is advised.

use super::super::samples;
use super::*;
use crate::model::finding::Introducer;

#[test]
fn what_to_update_is_said_where_the_title_does_not() {
    let (group, _) = samples::dependency();
    assert_eq!(fix(&group), "Update lodash 4.17.20 → 4.17.21");
    let file = Group { common: Common::File("package-lock.json".into()), ..group.clone() };
    assert_eq!(fix(&file), "Update lodash 4.17.20 → 4.17.21");
    assert_eq!(fix(&samples::package().0), "");
    let with = |change: &dyn Fn(&mut crate::model::finding::Package<'static>)| {
        let mut group = group.clone();
        group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()).for_each(change);
        fix(&group)
    };
    assert_eq!(with(&|package| package.fixed.clear()), "");
    assert_eq!(
        with(&|package| {
            package.fixed.clear();
            package.unfixed = true;
        }),
        "No fixed version yet"
    );
    let mut two = group.clone();
    let mut other = two.exemplars[0].clone();
    let package = other.package.as_mut().unwrap();
    (package.name, package.purl) = ("zlib".into(), "pkg:npm/zlib".into());
    two.exemplars.push(other);
    assert_eq!(fix(&two), "Update lodash 4.17.20 → 4.17.21 and 1 more package");
    assert_eq!(fix(&samples::code(0).0), "");
}

#[test]
fn the_dependency_that_brings_in_all_packages_is_known() {
    let check = |targets: [&[(&'static str, &'static str)]; 2], expected: Option<(&str, &str)>| {
        let (mut group, _) = samples::dependency();
        let packages = group.exemplars.iter_mut().filter_map(|one| one.package.as_mut());
        for (package, own) in packages.zip(targets) {
            let named = |&(name, to): &(&'static str, &'static str)| Introducer {
                name: name.into(),
                update_to: to.into(),
                is_major: false,
            };
            package.introduced_by = own.iter().map(named).collect();
        }
        let found = introducer(&group);
        assert_eq!(found.as_ref().map(|(name, to)| (name.as_str(), to.as_str())), expected);
    };
    check([&[("a", "1.9")], &[("a", "1.10")]], Some(("a", "1.10")));
    check([&[("a", "1.9")], &[("b", "1.10")]], None);
    check([&[("a", "1.9")], &[("a", "")]], None);
    check([&[("a", "1.9")], &[]], None);
    check([&[("a", "1.9"), ("b", "2")], &[("a", "1.9")]], None);
}

#[test]
fn the_lowest_version_fixes_all() {
    let check = |installed: &str, flaws: &[&[&str]], expected: Option<&str>| {
        let flaws: Vec<Vec<&str>> = flaws.iter().map(|flaw| flaw.to_vec()).collect();
        assert_eq!(lowest(installed, &flaws), expected, "{installed} {flaws:?}");
    };
    check("3.2.1", &[&["2.2.28", "3.2.13", "4.0.4"], &["3.2.25"]], Some("3.2.25"));
    // one release line has no fix for the second flaw; the next one has fixes for both
    check("3.2.1", &[&["3.2.13", "4.0.4"], &["4.0.2"]], Some("4.0.4"));
    check("4.17.20", &[&["4.17.21"]], Some("4.17.21"));
    check("", &[&["1.0", "2.0"]], Some("2.0"));
    check("4.0", &[&["4.1rc1", "4.1"], &["4.1rc1"]], Some("4.1"));
    check("4.0", &[&["4.1rc1"]], Some("4.1rc1"));
    check("4.1b1", &[&["4.1rc1", "4.1"]], Some("4.1rc1"));
    check("4.0b1", &[&["4.1rc1", "4.1"]], Some("4.1"));
    check("", &[&["3.0.0", "4.0.0-rc1"]], Some("3.0.0"));
    check("1", &[], None);
    check("1.1.1k-1", &[&["1.1.1n-0+deb11u3"], &["1.1.1n-0+deb11u5"]], Some("1.1.1n-0+deb11u5"));
}

/// `name installed ID=fixed,…` of each exemplar; the upgrades as `installed,… → to (advisories)`.
fn check_package(known: &[&str], expected: &[&str]) {
    let (mut group, _) = crate::compose::samples::package();
    let sample = group.exemplars[0].clone();
    group.exemplars = Vec::new();
    for one in known {
        let words: Vec<&str> = one.split(' ').collect();
        let (id, fixed) = words[1].split_once('=').unwrap();
        let mut one = sample.clone();
        one.advisory = Some(std::sync::Arc::new(crate::model::finding::Advisory {
            id: id.to_owned(),
            ..Default::default()
        }));
        let package = one.package.as_mut().unwrap();
        package.version = words[0].trim_matches('-').to_owned().into();
        package.fixed =
            fixed.split(',').filter(|fix| !fix.is_empty()).map(|fix| fix.to_owned().into()).collect();
        group.exemplars.push(one);
    }
    let shown = |upgrade: &Upgrade| {
        let to = upgrade.to.as_deref().unwrap_or("?");
        format!("{} → {to} ({})", upgrade.installed.join(","), upgrade.advisories.len())
    };
    assert_eq!(upgrades(&group).iter().map(shown).collect::<Vec<_>>(), expected, "{known:?}");
}

#[test]
fn installed_versions_of_one_series_are_updated_together() {
    check_package(&["4.17.4 CVE-1=4.17.12", "4.17.15 CVE-2=4.17.21"], &["4.17.4,4.17.15 → 4.17.21 (2)"]);
    check_package(
        &["0.6.10 CVE-1=0.6.14", "1.6.0 CVE-1=1.6.1"],
        &["0.6.10 → 0.6.14 (1)", "1.6.0 → 1.6.1 (1)"],
    );
    check_package(&["0.5.1 CVE-1=0.5.2", "0.6.1 CVE-1=0.6.2"], &["0.5.1 → 0.5.2 (1)", "0.6.1 → 0.6.2 (1)"]);
}

#[test]
fn an_unknown_version_is_the_installed_one_if_there_is_only_one() {
    check_package(&["- CVE-1=", "1.25.8 CVE-2="], &["1.25.8 → ? (2)"]);
    check_package(&["- CVE-1=2", "1.0 CVE-2=1.5", "1.1 CVE-2=1.5"], &[" → 2 (1)", "1.0,1.1 → 1.5 (1)"]);
}

#[test]
fn an_older_version_is_not_advised() {
    check_package(&["17.0.10+7 CVE-1=1.2.3"], &["17.0.10+7 → ? (1)"]);
    check_package(&["3.0.0 CVE-1=1.2.9,2.4.1"], &["3.0.0 → ? (1)"]);
    check_package(&["1.5 CVE-1=1.2.5,1.3.2,1.6.0"], &["1.5 → 1.6.0 (1)"]);
    check_package(&["v8.74.0 CVE-1=6.20.42,7.30.6,8.75.0"], &["v8.74.0 → 8.75.0 (1)"]);
    check_package(&["4.8.0 CVE-1=5.14.2,4.8.1"], &["4.8.0 → 4.8.1 (1)"]);
    check_package(&["1.0-1 CVE-1=1:1.1-1"], &["1.0-1 → 1:1.1-1 (1)"]);
    check_package(&["1.2-r0 CVE-1=1.2"], &["1.2-r0 → 1.2 (1)"]);
    check_package(&["latest CVE-1=1.2"], &["latest → 1.2 (1)"]);
}

#[test]
fn the_title_names_all_release_series_if_none_is_known_to_be_installed() {
    let check = |advisories: &[&str], expected: &str| {
        let advisories: BTreeMap<String, Fixes> = advisories
            .iter()
            .enumerate()
            .map(|(number, fixed)| {
                let fixed = fixed.split(',').map(str::to_owned).collect();
                (format!("CVE-{number}"), Fixes { fixed, ..Fixes::default() })
            })
            .collect();
        assert_eq!(phrase("a", &[upgrade("a", "", &advisories, "", None)]), expected);
    };
    check(&["1.1.4,2.1.1"], "Update a to 1.1.4 or 2.1.1");
    check(&["1.10.1,1.9.4,2.1.1"], "Update a to 1.9.4, 1.10.1 or 2.1.1");
    check(&["1.1.4,2.1.1", "1.1.5,2.1.1"], "Update a to 1.1.5 or 2.1.1");
    check(&["1.1.4,2.1.1", "2.1.2"], "Update a to 2.1.2");
    check(&["3.0.0rc1,3.0.0"], "Update a to 3.0.0");
}

#[test]
fn a_release_for_other_users_is_not_advised() {
    check_package(&["29.0-jre CVE-1=30.0-android,30.0-jre"], &["29.0-jre → 30.0-jre (1)"]);
    check_package(&["29.0-android CVE-1=30.0-android,30.0-jre"], &["29.0-android → 30.0-android (1)"]);
    check_package(&["22.0 CVE-1=30.0-android,30.0-jre"], &["22.0 → 30.0-jre (1)"]);
    check_package(
        &["22.0 CVE-1=30.0-android,30.0-jre", "29.0-jre CVE-1=30.0-android,30.0-jre"],
        &["22.0,29.0-jre → 30.0-jre (1)"],
    );
}

#[test]
fn what_a_version_fixes_is_told_by_lines_of_releases() {
    let check = |version, fixed: &[&str], expected| assert_eq!(covers(version, fixed), expected, "{version}");
    check("3.2.13", &["2.2.28", "3.2.13", "4.0.4"], true);
    check("3.2.14", &["2.2.28", "3.2.13", "4.0.4"], true);
    check("3.1.0", &["2.2.28", "3.2.13"], false);
    check("4.0.2", &["3.2.13", "4.0.4"], false);
    check("5.0", &["3.2.13", "4.0.4"], true);
    check("1.0", &["1.1"], false);
    check("1.0", &[], false);
}

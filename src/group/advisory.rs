//! Alias classes: an advisory is one, however each scanner calls it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::finding::Advisory;

/// All names of one advisory, the best known first.
pub(super) type Class = Vec<String>;

/// Joins names that any report of the run calls aliases, transitively, but never two CVEs.
///
/// OSV: aliases are symmetric and transitive. Two CVEs in one class are an editor's mistake; the
/// names are joined in order, so that the outcome does not depend on the order of the reports.
///
/// Each item is a name and the others that a report gives with it.
pub(super) fn classes<'a>(
    named: impl Iterator<Item = (&'a String, &'a Vec<String>)>,
) -> HashMap<String, Class> {
    let mut edges = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (name, aliases) in named {
        let id = normal(name);
        for alias in aliases.iter().map(|alias| normal(alias)).filter(|alias| !alias.is_empty()) {
            edges.insert(if id < alias { (id.clone(), alias) } else { (alias, id.clone()) });
        }
        names.insert(id);
    }
    names.extend(edges.iter().flat_map(|(a, b)| [a.clone(), b.clone()]));

    let mut class_of: HashMap<String, usize> = names.iter().cloned().zip(0..).collect();
    let mut classes: Vec<Class> = names.into_iter().map(|name| vec![name]).collect();
    for (a, b) in edges {
        let (into, from) = (class_of[&a], class_of[&b]);
        let has_cve = |class: usize| classes[class].iter().any(|name| is_cve(name));
        if into == from || (has_cve(into) && has_cve(from)) {
            continue;
        }
        let moved = std::mem::take(&mut classes[from]);
        for name in &moved {
            class_of.insert(name.clone(), into);
        }
        classes[into].extend(moved);
    }
    for class in &mut classes {
        class.sort_by_key(|name| (rank(name), name.clone()));
    }
    class_of.into_iter().map(|(name, class)| (name, classes[class].clone())).collect()
}

/// Adds what one report knows of an advisory to what others said: the worst, and all names.
pub(super) fn learn(known: &mut Arc<Advisory>, other: &Advisory) {
    if **known == *other {
        return;
    }
    let known = Arc::make_mut(known);
    for alias in &other.aliases {
        if !known.aliases.contains(alias) {
            known.aliases.push(alias.clone());
        }
    }
    let rank = |advisory: &Advisory| advisory.cvss.as_ref().map(|cvss| (cvss.score, cvss.vector.clone()));
    if rank(other) > rank(known) {
        known.cvss.clone_from(&other.cvss);
    }
    if other.epss > known.epss {
        known.epss = other.epss;
    }
    known.exploited |= other.exploited;
    known.withdrawn &= other.withdrawn;
}

/// A name as it is compared: capitals do not count.
pub(super) fn normal(name: &str) -> String {
    name.trim().to_uppercase()
}

/// A name as it is shown: GitHub writes its own in lower case behind the prefix.
pub(super) fn shown(name: &str) -> String {
    match name.strip_prefix("GHSA-") {
        Some(rest) => format!("GHSA-{}", rest.to_lowercase()),
        None => name.to_owned(),
    }
}

fn is_cve(name: &str) -> bool {
    name.starts_with("CVE-")
}

fn rank(name: &str) -> usize {
    const KNOWN: [&str; 7] = ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "OSV-", "SNYK-"];
    KNOWN.iter().position(|prefix| name.starts_with(prefix)).unwrap_or(KNOWN.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reports: &[(&str, &[&str])], expected: &[&[&str]]) {
        let advisories: Vec<Advisory> = reports
            .iter()
            .map(|(id, aliases)| Advisory {
                id: (*id).into(),
                aliases: aliases.iter().map(|&alias| alias.into()).collect(),
                ..Advisory::default()
            })
            .collect();
        for order in [advisories.clone(), advisories.into_iter().rev().collect()] {
            let found: BTreeSet<Class> =
                classes(order.iter().map(|one| (&one.id, &one.aliases))).into_values().collect();
            let expected: BTreeSet<Class> =
                expected.iter().map(|class| class.iter().map(|&name| name.into()).collect()).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn aliases_are_symmetric_and_transitive() {
        check(
            &[("GHSA-a", &["CVE-1"]), ("PYSEC-7", &["GHSA-A"]), ("CVE-2", &[])],
            &[&["CVE-1", "GHSA-A", "PYSEC-7"], &["CVE-2"]],
        );
    }

    #[test]
    fn two_cves_are_never_one() {
        check(
            &[("GHSA-a", &["CVE-1", "CVE-2"]), ("GHSA-b", &["CVE-2"])],
            &[&["CVE-1", "GHSA-A"], &["CVE-2", "GHSA-B"]],
        );
    }
}

//! What JFrog's SARIF says in its own way: a result's message names the direct dependency, and the rule names the package
//! that is vulnerable and how the dependency leads to it.

use std::borrow::Cow;

use crate::report::readers::code::sarif::wire;
use crate::report::shared::{advisory, graph, words};

/// How many steps of a path are read: every result of a rule repeats it.
const MOST_STEPS: usize = 20;

/// How much of a step's name is read, in bytes.
const LONGEST_STEP: usize = 200;

/// Whether a message is about this advisory in JFrog's form: `[CVE-2020-8203] lodash 4.17.15`. What follows the advisory is
/// the direct dependency, or a layer of an image.
pub(crate) fn names_direct_dependency(message: &str, advisory: &str) -> bool {
    message
        .strip_prefix('[')
        .and_then(|rest| rest.strip_prefix(advisory))
        .is_some_and(|rest| rest.starts_with("] "))
}

/// Name and version in a text of JFrog's form; the watch that was violated may follow them.
pub(crate) fn package(text: &str) -> Option<(&str, &str)> {
    let (id, rest) = text.strip_prefix('[')?.split_once("] ")?;
    advisory::id(id.trim())?;
    let (name, version) = without_watch(rest.lines().next()?.trim()).split_once(' ')?;
    let is_version = version.starts_with(|c: char| c.is_ascii_digit() || c == 'v') && !version.contains(' ');
    is_version.then_some((name, version))
}

/// A package's name without the distribution before it: `debian:bookworm:libssl3`, `debian/bookworm/libssl3`.
pub(crate) fn name(whole: &str) -> &str {
    const DISTRIBUTIONS: [&str; 3] = ["alpine", "debian", "ubuntu"];
    let mut parts = whole.splitn(3, [':', '/']);
    let is_known = parts.next().is_some_and(|first| DISTRIBUTIONS.contains(&first));
    parts.nth(1).filter(|name| is_known && !name.is_empty()).unwrap_or(whole)
}

/// The names of the packages from the direct dependency to the vulnerable one, on the first of a rule's paths. Their own
/// first step is what was scanned.
pub(crate) fn path(properties: &wire::SarifProperties<'_>) -> Vec<String> {
    paths(properties).next().map_or(Vec::new(), |path| path.into_iter().map(Cow::into_owned).collect())
}

/// The direct dependencies at the beginning of all its paths; empty if one path is the package alone.
pub(crate) fn introducers(properties: &wire::SarifProperties<'_>) -> Vec<String> {
    graph::introduced_by(paths(properties)).into_iter().map(|one| one.name.into_owned()).collect()
}

fn paths<'p>(properties: &'p wire::SarifProperties<'_>) -> impl Iterator<Item = Vec<Cow<'p, str>>> {
    let is_layer = |name: &str| name.starts_with("sha256:") || name.starts_with("sha256__");
    properties.impact_paths.iter().map(move |path| {
        let steps = path.objects().skip(1).take(MOST_STEPS).filter_map(|step| step.name.some());
        let names = steps.filter(|name| !is_layer(name));
        names.map(|name| Cow::Borrowed(words::start(name, LONGEST_STEP))).collect()
    })
}

/// A rule's short description without the labels around it: `[Security Violation] Weak random (my-watch)`.
pub(crate) fn unlabelled(text: &str) -> &str {
    match text.strip_prefix("[Security Violation] ") {
        Some(rest) => without_watch(rest),
        None => text.strip_prefix("[Secret in Binary found] ").unwrap_or(text),
    }
}

/// The text without a last word in parentheses.
fn without_watch(text: &str) -> &str {
    let head = text.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
    head.filter(|(_, watch)| !watch.contains(char::is_whitespace)).map_or(text, |(head, _)| head.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_behind_the_advisory() {
        let check =
            |text: &str, expected: Option<(&str, &str)>| assert_eq!(package(text), expected, "{text}");
        check("[CVE-2020-8203] lodash 4.17.15", Some(("lodash", "4.17.15")));
        check("[XRAY-1] @a/b 1.0 (my-watch)", Some(("@a/b", "1.0")));
        check("[CVE-2020-8203] sha256__9e.tar ", None);
        check("[note] see above", None);
        assert_eq!(name("debian:bookworm:libssl3"), "libssl3");
        assert_eq!(name("org.debian:a:b"), "org.debian:a:b");
        assert!(names_direct_dependency("[CVE-1-1] jake 10.8.7", "CVE-1-1"));
        assert!(!names_direct_dependency("[CVE-1-12] jake 10.8.7", "CVE-1-1"));
    }

    #[test]
    fn a_package_comes_with_what_all_its_paths_begin_with() {
        let check = |paths: &str, expected: &[&str]| {
            let text = format!(r#"{{"impactPaths":[{paths}]}}"#);
            let properties: wire::SarifProperties<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!(introducers(&properties), expected, "{paths}");
        };
        let path = |names: &[&str]| {
            let steps: Vec<String> = names.iter().map(|name| format!(r#"{{"name":"{name}"}}"#)).collect();
            format!("[{}]", steps.join(","))
        };
        let (a, b) = (path(&["app", "a", "x"]), path(&["app", "b", "c", "x"]));
        check(&format!("{a},{b}"), &["a", "b"]);
        // it is a direct dependency as well
        check(&format!("{a},{}", path(&["app", "x"])), &[]);
        check("", &[]);
    }

    #[test]
    fn labels_are_no_part_of_a_description() {
        let check = |text: &str, expected: &str| assert_eq!(unlabelled(text), expected, "{text}");
        check("[Security Violation] [CVE-1-1] lodash 4.17.0 (security-watch)", "[CVE-1-1] lodash 4.17.0");
        check("[Security Violation] Weak random (in the browser)", "Weak random (in the browser)");
        check("[Secret in Binary found] Keys", "Keys");
        check("Overflow (CWE-120)", "Overflow (CWE-120)");
    }
}

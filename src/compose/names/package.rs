//! Titles of findings in packages: the packages stand first, and the title does not repeat them.

use std::collections::BTreeSet;

use super::readable::capital;
use crate::document::visible::one_line;
use crate::model::finding::Package;
use crate::model::survey::Exemplar;

pub(super) fn packages(exemplars: &[Exemplar]) -> impl Iterator<Item = &Package<'static>> {
    exemplars.iter().filter_map(|one| one.package.as_ref()).filter(|package| !package.name.is_empty())
}

pub(super) fn with_packages(title: &str, exemplars: &[Exemplar], with_version: bool) -> String {
    let named = |package: &Package<'static>| match (with_version, one_line(&package.version)) {
        (true, version) if !version.is_empty() => format!("{} {version}", one_line(&package.name)),
        _ => one_line(&package.name),
    };
    let names: BTreeSet<String> = packages(exemplars).map(named).collect();
    let names: Vec<String> = names.into_iter().collect();
    let list = match names.as_slice() {
        [] => return title.to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one}, {two}"),
        [one, two, others @ ..] => format!("{one}, {two} and {} more", others.len()),
    };
    let mut title = title.to_owned();
    for package in packages(exemplars) {
        title = without_package(&title, &one_line(&package.name));
    }
    format!("{list}: {title}")
}

/// The title without the package before and after it, however often: `glob: glob: … in glob`.
pub(crate) fn without_package(title: &str, package: &str) -> String {
    let short = package.rsplit(['/', ':']).next().unwrap_or(package);
    let mut rest = title;
    loop {
        let before = rest.len();
        for name in [package, short] {
            let bare = rest.trim_start_matches(['[', '`', '"']);
            let behind = bare.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name));
            if let Some(behind) = behind.map(|start| &bare[start.len()..]) {
                let behind = behind.trim_start_matches([']', '`', '"']);
                let more = behind.strip_prefix(": ").or_else(|| behind.strip_prefix(" - "));
                let more = more.or_else(|| predicate(behind));
                rest = more.map(str::trim_start).filter(|more| !more.is_empty()).unwrap_or(rest);
            }
            for joint in [" in ", " in the ", " of "] {
                let head = rest.strip_suffix(name).and_then(|head| head.strip_suffix(joint));
                rest = head.filter(|head| head.contains(' ')).unwrap_or(rest);
            }
        }
        if rest.len() == before {
            return if rest.len() == title.len() { rest.to_owned() } else { capital(rest) };
        }
    }
}

/// What is wrong with the package that stands before it: `is vulnerable to …`.
fn predicate(text: &str) -> Option<&str> {
    let text = text.strip_prefix(' ')?;
    if is_vulnerability(text) {
        return Some(text);
    }
    let text = text.strip_prefix("is ").unwrap_or(text);
    ["vulnerable to ", "susceptible to ", "affected by "]
        .iter()
        .any(|start| text.starts_with(start))
        .then_some(text)
}

/// Whether it says which vulnerability the package before it has, without a verb: `ReDoS vulnerability`.
fn is_vulnerability(text: &str) -> bool {
    const OTHER: [&str; 18] = [
        "and", "are", "before", "can", "contains", "could", "from", "had", "has", "in", "is", "may",
        "package", "prior", "through", "version", "versions", "was",
    ];
    let mut words: Vec<&str> = text.split(' ').collect();
    let last = words.pop().unwrap_or_default();
    matches!(last, "vulnerability" | "vulnerabilities" | "Vulnerability")
        && text.starts_with(char::is_alphabetic)
        && !words.is_empty()
        && !words.iter().any(|word| OTHER.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;

    #[test]
    fn the_package_is_not_said_twice() {
        let (group, _) = samples::dependency();
        let check = |title: &str, expected: &str| {
            assert_eq!(with_packages(title, &group.exemplars, false), expected);
        };
        check("Lodash: a fault", "lodash: A fault");
        check("lodash: lodash: a fault", "lodash: A fault");
        check("[lodash]: a fault in lodash", "lodash: A fault");
        check("é fault", "lodash: é fault");
        check("lodash vulnerable to injection", "lodash: Vulnerable to injection");
        check("lodash is vulnerable to injection", "lodash: Vulnerable to injection");
        check("lodash is slow", "lodash: lodash is slow");
        check("lodash ReDoS vulnerability", "lodash: ReDoS vulnerability");
        check("lodash template injection vulnerability", "lodash: Template injection vulnerability");
        check("lodash has a vulnerability", "lodash: lodash has a vulnerability");
        check("lodash", "lodash: lodash");
    }
}

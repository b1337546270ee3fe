//! Where a dependency comes from, and how certain it is which product it is.

use std::borrow::Cow;

use crate::model::finding::FindingFact;
use crate::report::shared::words;

use super::wire::{DependencyCheckDependency, Identified};

/// How many projects, and how many packages that bring a dependency in, are named.
const MOST: usize = 5;

/// What brings the dependency in, and which product it was taken for if that is in doubt.
pub(super) fn facts(dependency: &DependencyCheckDependency<'_>) -> Vec<FindingFact<'static>> {
    let including = dependency.included_by.objects().flat_map(|one| one.reference.iter());
    let including = including.filter_map(|one| one.some()).map(|one| one.strip_prefix("pkg:").unwrap_or(one));
    let projects = dependency.project_references.iter().filter_map(|one| one.some());
    let doubtful = products(dependency).filter(|one| is_low(one)).map(|one| &*one.id);
    let listed = |name, all: Vec<Cow<'_, str>>| {
        let value = Cow::Owned(all.join(", "));
        (!all.is_empty()).then_some(FindingFact { name, value })
    };
    let short = |all: &mut dyn Iterator<Item = &str>| -> Vec<Cow<'static, str>> {
        all.take(MOST).map(|text| Cow::Owned(words::name(text).into_owned())).collect()
    };
    let all = [
        listed("Included by", short(&mut including.into_iter())),
        listed("Project", short(&mut projects.into_iter())),
        listed("Taken for, with low confidence", short(&mut doubtful.into_iter())),
    ];
    all.into_iter().flatten().collect()
}

/// Whether the scanner is not certain that the dependency is the product whose vulnerabilities it lists.
pub(super) fn doubted(dependency: &DependencyCheckDependency<'_>) -> bool {
    let mut all = products(dependency).peekable();
    all.peek().is_some() && all.all(is_low)
}

/// The CPEs of the products that it was recognised as.
fn products<'r>(dependency: &'r DependencyCheckDependency<'r>) -> impl Iterator<Item = &'r Identified<'r>> {
    let xml = dependency.identifiers.get().into_iter();
    dependency.vulnerability_ids.objects().chain(xml.flat_map(|all| all.vulnerability_ids.objects()))
}

fn is_low(product: &Identified<'_>) -> bool {
    product.confidence.eq_ignore_ascii_case("low")
}

/// The name and the version in a file's name: `locator-1.0.3.jar`.
pub(super) fn versioned(file: &str) -> Option<(&str, &str)> {
    let (stem, extension) = file.rsplit_once('.')?;
    let is_archive = ["jar", "war", "ear", "aar", "zip", "nupkg", "gem", "whl", "tgz"].contains(&extension);
    let begins = |(at, _): &(usize, &str)| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    let (at, _) = stem.match_indices('-').find(begins).filter(|_| is_archive)?;
    let (name, version) = (&stem[..at], &stem[at + 1..]);
    (!name.is_empty() && version.contains('.')).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_name_has_a_name_and_a_version() {
        let check = |file, expected| assert_eq!(versioned(file), expected, "{file}");
        check("org.a.b-locator-1.0.3.jar", Some(("org.a.b-locator", "1.0.3")));
        check("commons-io-2.4-sources.jar", Some(("commons-io", "2.4-sources")));
        check("log4j.jar", None);
        check("-1.0.jar", None);
        check("package-lock-1.0.json", None);
        check("", None);
    }
}

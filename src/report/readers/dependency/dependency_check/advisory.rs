//! What Dependency-Check's sources say about an advisory: its names, its title, and the versions without the flaw.

use std::borrow::Cow;

use crate::model::finding::{FindingFact, Package};
use crate::report::shared::audit::{endless, ends};
use crate::report::shared::{advisory, flaw, words};

use super::software::DependencyCheckSoftware;
use super::wire::DependencyCheckVulnerability;

/// The versions of the package without the flaw, and whether the source says that there is none. `doubted`: the scanner
/// is not certain that it is the product that the source means.
pub(super) fn fixed<'r>(
    found: &'r DependencyCheckVulnerability<'_>,
    package: &Package<'_>,
    doubted: bool,
) -> (Vec<Cow<'r, str>>, bool) {
    let all = &found.vulnerable_software;
    if let Some(range) = all.iter().find_map(DependencyCheckSoftware::range) {
        let fixed = ends(&range).into_iter().take(flaw::MOST_FIXED);
        return (fixed.map(|version| Cow::Owned(version.into_owned())).collect(), endless(&range));
    }
    // what else it lists is often other products, which have other versions; so is what the package was taken for, if
    // it has another name, as a part of a product does
    let is_matched = all.iter().any(|one| one.matched);
    let own =
        all.iter().filter(|one| !doubted && (one.matched || !is_matched) && one.is_product(&package.name));
    let mut versions: Vec<&str> = own.map(|one| &*one.end).filter(|end| !end.is_empty()).collect();
    versions.sort_unstable();
    versions.dedup();
    (versions.into_iter().take(flaw::MOST_FIXED).map(Cow::Borrowed).collect(), false)
}

/// From which version on another product is not affected, for a package that was taken for it: the package may have
/// other versions, so that this is no advice.
pub(super) fn unaffected(
    found: &DependencyCheckVulnerability<'_>,
    package: &Package<'_>,
    doubted: bool,
) -> Option<FindingFact<'static>> {
    let all = found.vulnerable_software.iter().filter(|one| one.matched && !one.end.is_empty());
    let others = all.filter(|one| one.range().is_none() && (doubted || !one.is_product(&package.name)));
    let mut ends: Vec<String> =
        others.map(|one| format!("{} of {}", words::name(&one.end), words::name(&one.product()))).collect();
    ends.sort_unstable();
    ends.dedup();
    ends.truncate(flaw::MOST_FIXED);
    let value = format!("from version {} on, according to the CPE", ends.join(" or "));
    (!ends.is_empty()).then(|| FindingFact { name: "Not affected", value: value.into() })
}

/// The advisory's names, its source's own first. A source whose names are sentences has numbers or addresses beside
/// them.
pub(super) fn names(found: &DependencyCheckVulnerability<'_>, package: &Package<'_>) -> Vec<String> {
    let own = match &*found.source {
        "OSSINDEX" => ossindex(found).map(|(uuid, _)| uuid),
        "RETIREJS" => {
            let mut numbers = found.references.objects().filter(|one| &*one.source == "retid");
            numbers.find_map(|one| one.name.some())
        }
        _ => None,
    };
    let own = own.filter(|_| is_sentence(&found.name)).unwrap_or(&found.name);
    let mut names = vec![flaw::name(&found.source, own, &package.name)];
    if &*found.source == "NPM" {
        names.extend(aliases(found));
    }
    names
}

/// The other names of npm's advisory, by the pages to which it leads: GitHub's copy of it, and its CVE. With several
/// CVEs, it is about more than one of them.
fn aliases(found: &DependencyCheckVulnerability<'_>) -> Vec<String> {
    const PAGE: &str = "https://github.com/advisories/";
    let mut names: Vec<String> = Vec::new();
    for pages in found.references.objects().map(|one| &*one.name) {
        let github = pages.match_indices(PAGE).filter_map(|(at, _)| advisory::id(&pages[at + PAGE.len()..]));
        names.extend(github.map(str::to_owned));
        names.extend(advisory::ids(pages).filter(|id| id.starts_with("CVE-")).map(str::to_owned));
    }
    names.sort_unstable();
    names.dedup();
    let only = |family: &str| names.iter().filter(|name| name.starts_with(family)).count() == 1;
    let (has_cve, has_github) = (only("CVE-"), only("GHSA-"));
    names.retain(|name| if name.starts_with("CVE-") { has_cve } else { has_github });
    names
}

/// Where to read more: the page of what has no page by its name.
pub(super) fn page(found: &DependencyCheckVulnerability<'_>) -> Option<String> {
    if !is_sentence(&found.name) {
        return None;
    }
    let first = || found.references.objects().find_map(|one| one.url.some());
    // what follows is about this version of the scanner
    let ossindex = ossindex(found).map(|(_, page)| page.split('?').next().unwrap_or_default());
    let page = ossindex.or_else(first).map(str::trim).filter(|page| page.len() <= flaw::URL_LIMIT);
    page.map(str::to_owned)
}

/// The id and the page of OSS Index's own advisory.
fn ossindex<'r>(found: &'r DependencyCheckVulnerability<'_>) -> Option<(&'r str, &'r str)> {
    let pages = found.references.objects().map(|one| one.url.trim());
    pages.filter(|page| page.starts_with("https://ossindex.sonatype.org/")).find_map(|page| {
        let id = page.split('?').next()?.rsplit('/').next()?;
        let is_random = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        is_random.then_some((id, page))
    })
}

/// A title: npm's advisories have one as the source of their references, and others are named by it.
pub(super) fn title(found: &DependencyCheckVulnerability<'_>) -> String {
    let npm = found.references.objects().find_map(|one| {
        let (number, title) = one.source.strip_prefix("Advisory ")?.split_once(": ")?;
        (number == &*found.name && !title.is_empty()).then(|| words::line(title))
    });
    let named = || is_sentence(&found.name).then(|| without_weakness(&words::line(&found.name)).to_owned());
    npm.or_else(named).unwrap_or_else(|| flaw::sentence(&found.description))
}

/// Whether what should be an id is what people read: `Prototype pollution`.
fn is_sentence(name: &str) -> bool {
    name.trim().contains(char::is_whitespace)
}

/// The name without the number of the weakness before it, which has its own place: `CWE-506: Embedded Malicious Code`.
fn without_weakness(name: &str) -> &str {
    let behind = name.strip_prefix("CWE-").and_then(|rest| rest.split_once(": "));
    behind
        .filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(name, |(_, rest)| rest)
}

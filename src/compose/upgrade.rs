//! Which version to upgrade a package to: the lowest one that fixes all advisories on the installed one.

use std::collections::{BTreeMap, BTreeSet};

use super::{count, names};
use crate::document::visible::one_line;
use crate::model::finding::{FindingFact, FindingKind, FixOutlook};
use crate::model::survey::{Common, Exemplar, Group};
use crate::model::version;

/// What can be done about one package.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Upgrade {
    /// The name that people use.
    pub(super) name: String,
    /// The installed versions to which this applies, in order; empty: the reports name none.
    pub(super) installed: Vec<String>,
    /// The lowest version that fixes everything for which a fixed version is named; `None`: none is named.
    pub(super) to: Option<String>,
    /// If the installed version is unknown: the versions that fix everything, one per release series, if there are several.
    pub(super) lines: Vec<String>,
    /// The versions that are named as fixed, if all of them are older than the installed one or the same: none is advised.
    pub(super) older: Vec<String>,
    /// All versions that fix any of it.
    pub(super) known: Vec<String>,
    /// The advisories for which no fixed version is named, or that this version does not fix.
    pub(super) left: Vec<String>,
    /// Whether a report says that there is no fixed version for what is left.
    pub(super) unfixed: bool,
    /// What reports say about a fix of what is left, with the advisories.
    pub(super) outlooks: BTreeMap<FixOutlook, Vec<String>>,
    /// Whether it is a package of a distribution.
    pub(super) is_system: bool,
    /// Whether the vendor's own answer is shown.
    pub(super) is_answered: bool,
    /// Whether a pre-release is named that fixes some of what is left.
    pub(super) early: bool,
    /// The advisories that it is about.
    pub(super) advisories: BTreeSet<String>,
}

/// What is known about one advisory in one installed version.
#[derive(Default)]
struct Fixes {
    fixed: BTreeSet<String>,
    unfixed: bool,
    outlook: Option<FixOutlook>,
    is_answered: bool,
}

/// What is known about a package (by its name and its URL without a version) in each installed version (empty: unknown),
/// for each advisory.
type KnownFixes<'g> = BTreeMap<(String, &'g str), BTreeMap<String, BTreeMap<String, Fixes>>>;

/// The packages of a group, ordered by name, each once for all installed versions with the same solution.
pub(super) fn upgrades(group: &Group) -> Vec<Upgrade> {
    let mut packages: KnownFixes<'_> = BTreeMap::new();
    for one in &group.exemplars {
        let Some(package) = one.package.as_ref().filter(|package| !package.name.is_empty()) else { continue };
        let bare = package.purl.rsplit_once('@').map_or(&*package.purl, |(bare, _)| bare);
        let versions = packages.entry((one_line(&package.name), bare)).or_default();
        let advisories = versions.entry(one_line(&package.version)).or_default();
        let fixes = advisories.entry(advisory(one)).or_default();
        fixes.unfixed |= package.unfixed;
        fixes.outlook = fixes.outlook.max(package.outlook);
        fixes.is_answered |= one.detail.facts.iter().any(is_answer);
        fixes.fixed.extend(package.fixed.iter().map(|version| one_line(version)));
    }
    let mut upgrades: Vec<Upgrade> = Vec::new();
    for ((name, bare), mut versions) in packages {
        name_unknown(&mut versions);
        // only distributions say such things, and older reports have no URL that names one
        let kinds = ["pkg:alpm/", "pkg:apk/", "pkg:deb/", "pkg:rpm/"];
        let in_image = group.kind == FindingKind::Container && bare.starts_with("pkg:generic/");
        let is_system = in_image || kinds.iter().any(|kind| bare.starts_with(kind));
        for upgrade in of_package(&name, &versions) {
            let upgrade = Upgrade { is_system, ..upgrade };
            let is_same = |known: &&mut Upgrade| {
                known.name == upgrade.name
                    && known.to == upgrade.to
                    && known.left == upgrade.left
                    && known.older == upgrade.older
            };
            match upgrades.iter_mut().find(is_same) {
                Some(known) => {
                    known.installed.extend(upgrade.installed);
                    known.advisories.extend(upgrade.advisories);
                }
                None => upgrades.push(upgrade),
            }
        }
    }
    for upgrade in &mut upgrades {
        upgrade.installed.sort_by(|a, b| version::compare(a, b).then_with(|| a.cmp(b)));
        upgrade.installed.dedup();
    }
    upgrades
}

/// `Update django 3.2.1 → 3.2.25`: one package's name with what can be done about it; without a fixed version, the name
/// with what is installed.
pub(super) fn phrase(name: &str, upgrades: &[Upgrade]) -> String {
    let mut installed: Vec<&str> =
        upgrades.iter().flat_map(|one| &one.installed).map(String::as_str).collect();
    installed.dedup();
    let to: BTreeSet<&str> = upgrades.iter().filter_map(|one| one.to.as_deref()).collect();
    let lines = upgrades.iter().find(|one| one.to.is_some()).map_or(&[][..], |one| &one.lines);
    let from = match installed.as_slice() {
        [one] => format!(" {one}"),
        [one, two] => format!(" {one} and {two}"),
        _ => String::new(),
    };
    let to: Vec<&str> = to.into_iter().collect();
    match to.as_slice() {
        [] => format!("{name}{from}"),
        [_] if lines.len() > 1 => format!("Update {name} to {}", alternatives(lines)),
        [one] if from.is_empty() => format!("Update {name} to {one}"),
        [one] => format!("Update {name}{from} → {one}"),
        all => format!("Update {name} to {}", all.join(" and ")),
    }
}

impl Upgrade {
    /// What is said about a fix, if there is none for any of it and the same is said of all.
    pub(super) fn outlook(&self) -> Option<FixOutlook> {
        let (outlook, ids) = self.outlooks.iter().next().filter(|_| self.outlooks.len() == 1)?;
        (self.to.is_none() && ids.len() == self.left.len()).then_some(*outlook)
    }

    /// Whether no version is advised, and it is said why there is none, or the vendor answers.
    pub(super) fn is_settled(&self) -> bool {
        let known: usize = self.outlooks.values().map(Vec::len).sum();
        self.to.is_none() && (!self.older.is_empty() || self.is_answered || known == self.left.len())
    }
}

/// What a title says if no version is advised: `no fix yet`, `will not be fixed`; empty: reports do not say.
pub(super) fn prospect(upgrades: &[Upgrade]) -> &'static str {
    let Some(first) = upgrades.first() else { return "" };
    if upgrades.iter().all(|one| one.unfixed) {
        return "no fix yet";
    }
    match first.outlook().filter(|outlook| upgrades.iter().all(|one| one.outlook() == Some(*outlook))) {
        Some(FixOutlook::WillNotFix) => "will not be fixed",
        Some(FixOutlook::Unmaintained) if first.is_system => "end of life",
        Some(FixOutlook::Unmaintained) => "unmaintained",
        Some(FixOutlook::Deferred) => "fix deferred",
        None => "",
    }
}

/// Whether this is what the vendor says about the product.
pub(super) fn is_answer(fact: &FindingFact<'_>) -> bool {
    [FindingFact::STATEMENT, FindingFact::RESPONSE, FindingFact::ANALYSIS].contains(&fact.name)
}

/// `1.2, 2.3 or 3.4`.
pub(super) fn alternatives(versions: &[String]) -> String {
    match versions {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// What to update because of a group whose title does not say it: it is about an advisory or a manifest. Empty if no
/// report names a fixed version.
pub(super) fn fix(group: &Group) -> String {
    if matches!(group.common, Common::Package(_)) {
        return String::new();
    }
    let upgrades = upgrades(group);
    let fixed: Vec<&Upgrade> = upgrades.iter().filter(|one| one.to.is_some()).collect();
    let Some(first) = fixed.first() else {
        if let Some((name, to)) = introducer(group) {
            return format!("Update {name} to {to}");
        }
        return names::capital(match prospect(&upgrades) {
            "no fix yet" => "no fixed version yet",
            other => other,
        });
    };
    let own: Vec<Upgrade> =
        fixed.iter().filter(|one| one.name == first.name).map(|&one| one.clone()).collect();
    let others = fixed.iter().map(|one| &one.name).collect::<BTreeSet<_>>().len() - 1;
    let more = if others == 0 { String::new() } else { format!(" and {}", count(others, "more package")) };
    phrase(&first.name, &own) + &more
}

/// The only direct dependency that brings in the group's packages, and the version to update it to: the highest that any
/// finding needs. `None`: there are several, or no report names the version.
pub(super) fn introducer(group: &Group) -> Option<(String, String)> {
    let mut target: Option<(String, String)> = None;
    for package in group.exemplars.iter().filter_map(|one| one.package.as_ref()) {
        let [one] = package.introduced_by.as_slice() else { return None };
        let (name, to) = (one_line(&one.name), one_line(&one.update_to));
        match &mut target {
            _ if to.is_empty() => return None,
            None => target = Some((name, to)),
            Some((known, _)) if *known != name => return None,
            Some((_, highest)) if version::compare(&to, highest).is_gt() => *highest = to,
            Some(_) => {}
        }
    }
    target
}

/// What is said of an unknown version is about the installed one if there is only one: a report may name it with some of
/// the advisories alone.
fn name_unknown(versions: &mut BTreeMap<String, BTreeMap<String, Fixes>>) {
    if versions.len() != 2 {
        return;
    }
    let Some(unknown) = versions.remove("") else { return };
    for known in versions.values_mut() {
        for (id, fixes) in &unknown {
            let own = known.entry(id.clone()).or_default();
            own.unfixed |= fixes.unfixed;
            own.outlook = own.outlook.max(fixes.outlook);
            own.is_answered |= fixes.is_answered;
            own.fixed.extend(fixes.fixed.iter().cloned());
        }
    }
}

/// The upgrade of each installed version. Those in one release series go to the same version: what is known about one of
/// them may well be true of the others.
fn of_package(name: &str, versions: &BTreeMap<String, BTreeMap<String, Fixes>>) -> Vec<Upgrade> {
    let flavour = versions.keys().map(|version| flavour(version)).find(|one| !one.is_empty());
    let upgrades: Vec<Upgrade> = versions
        .iter()
        .map(|(installed, advisories)| {
            upgrade(name, installed, advisories, flavour.unwrap_or_default(), None)
        })
        .collect();
    let highest = |installed: &str| {
        let targets = upgrades.iter().filter_map(|upgrade| upgrade.to.as_deref());
        let in_series = targets.filter(|to| !installed.is_empty() && is_one_series(installed, to));
        in_series.max_by(|a, b| version::compare(a, b))
    };
    let raised = versions.iter().zip(&upgrades).map(|((installed, advisories), own)| {
        let higher =
            highest(installed).filter(|to| own.to.as_deref().is_some_and(|own| is_one_series(own, to)));
        let raised =
            higher.map(|to| upgrade(name, installed, advisories, flavour.unwrap_or_default(), Some(to)));
        // it must not leave more
        raised.filter(|raised| raised.left.len() <= own.left.len()).unwrap_or_else(|| own.clone())
    });
    raised.collect()
}

/// Whether two versions are in one release series: they share the first number, or the first two if that is 0.
fn is_one_series(one: &str, other: &str) -> bool {
    version::common(one, other) > usize::from(version::common(one, "0") == 1)
}

/// For whom a version is, if a release has several: `jre` of `30.0-jre`.
fn flavour(version: &str) -> &str {
    let suffix = version.rsplit_once('-').map_or("", |(_, suffix)| suffix);
    if suffix.len() > 2 && suffix.bytes().all(|byte| byte.is_ascii_alphabetic()) { suffix } else { "" }
}

/// What an exemplar's advisory is called.
pub(super) fn advisory(one: &Exemplar) -> String {
    let known = one.advisory.as_ref().map(|advisory| advisory.id.as_str()).filter(|id| !id.is_empty());
    one_line(known.unwrap_or(&one.rule.id))
}

/// The upgrade of one installed version: to a version that is already chosen, or to the lowest.
fn upgrade(
    name: &str,
    installed: &str,
    advisories: &BTreeMap<String, Fixes>,
    flavour: &str,
    chosen: Option<&str>,
) -> Upgrade {
    // what is fixed in an older version, and found nevertheless, is not fixed by a later one
    let flaws: Vec<Vec<&str>> = advisories
        .values()
        .map(|fixes| fixes.above(installed))
        .filter(|versions| !versions.is_empty())
        .map(|mut versions| {
            versions.sort_by(|a, b| version::compare(a, b).then_with(|| a.cmp(b)));
            versions
        })
        .collect();
    let to = chosen.or_else(|| of_flavour(lowest(installed, &flaws)?, flavour, &flaws));
    let stays = |fixes: &Fixes| to.is_none_or(|to| !covers(to, &fixes.above(installed)));
    let mut older: Vec<String> = advisories.values().flat_map(|fixes| fixes.fixed.iter().cloned()).collect();
    older.retain(|_| flaws.is_empty());
    older.sort_by(|a, b| version::compare(a, b).then_with(|| a.cmp(b)));
    older.dedup();
    let left: Vec<(&String, &Fixes)> = advisories.iter().filter(|(_, fixes)| stays(fixes)).collect();
    let mut outlooks: BTreeMap<FixOutlook, Vec<String>> = BTreeMap::new();
    let mut open: Vec<&Fixes> = Vec::new();
    for (id, fixes) in &left {
        match fixes.outlook.filter(|_| fixes.fixed.is_empty()) {
            Some(outlook) => outlooks.entry(outlook).or_default().push((*id).clone()),
            None => open.push(fixes),
        }
    }
    Upgrade {
        name: name.to_owned(),
        installed: Some(installed.to_owned()).filter(|version| !version.is_empty()).into_iter().collect(),
        to: to.map(str::to_owned),
        lines: if installed.is_empty() { lines(&flaws) } else { Vec::new() },
        older,
        known: advisories.values().flat_map(|fixes| fixes.fixed.iter().cloned()).collect(),
        unfixed: !open.is_empty() && open.iter().all(|fixes| fixes.unfixed && fixes.fixed.is_empty()),
        outlooks,
        is_system: false,
        is_answered: left.iter().any(|(_, fixes)| fixes.is_answered),
        early: left.iter().any(|(_, fixes)| fixes.above(installed).into_iter().any(version::is_pre_release)),
        left: left.into_iter().map(|(id, _)| id.clone()).collect(),
        advisories: advisories.keys().cloned().collect(),
    }
}

impl Fixes {
    /// The fixed versions to which the installed one (empty: unknown) can be updated.
    fn above(&self, installed: &str) -> Vec<&str> {
        let all = self.fixed.iter().map(String::as_str);
        all.filter(|version| !version::is_not_later(version, installed)).collect()
    }
}

/// The versions that fix every flaw, one per release series; empty: there is only one.
fn lines(flaws: &[Vec<&str>]) -> Vec<String> {
    let all = advisable("", flaws);
    let fixing = all.into_iter().filter(|version| flaws.iter().all(|flaw| covers(version, flaw)));
    let mut lines: Vec<String> = Vec::new();
    for version in fixing {
        let is_later = |known: &String| version::common(known, version) > 1;
        if flaws.len() == 1 || !lines.iter().any(is_later) {
            lines.push(version.to_owned());
        }
    }
    if lines.len() > 1 { lines } else { Vec::new() }
}

/// All versions that fix something, in order; pre-releases only if the installed version is one of the same release, or if
/// nothing else is named.
fn advisable<'v>(installed: &str, flaws: &[Vec<&'v str>]) -> Vec<&'v str> {
    let mut all: Vec<&str> = flaws.iter().flatten().copied().collect();
    all.sort_by(|a, b| version::compare(a, b).then_with(|| a.cmp(b)));
    all.dedup();
    let is_usual = |version: &str| {
        !version::is_pre_release(version)
            || version::is_pre_release(installed) && version::is_same_release(version, installed)
    };
    if all.iter().any(|version| is_usual(version)) {
        all.retain(|version| is_usual(version));
    }
    all
}

/// The lowest version that fixes every flaw; each flaw is given by the versions that fix it, one per release series, all of
/// them above the installed one. If none fixes all, or it is not known which series is installed, the highest.
fn lowest<'v>(installed: &str, flaws: &[Vec<&'v str>]) -> Option<&'v str> {
    let candidates = advisable(installed, flaws);
    let fixes_all = |version: &&&str| !installed.is_empty() && flaws.iter().all(|flaw| covers(version, flaw));
    candidates.iter().find(fixes_all).or(candidates.last()).copied()
}

/// The same release for the same users as the installed one, if the release has several versions: Guava's `30.0-jre`
/// beside `30.0-android`.
fn of_flavour<'v>(version: &'v str, installed: &str, flaws: &[Vec<&'v str>]) -> Option<&'v str> {
    let wanted = if installed.is_empty() { "jre" } else { installed };
    let own = flavour(version);
    let base = version.strip_suffix(own).filter(|_| !own.is_empty());
    let is_wanted = |other: &&str| base.is_some_and(|base| other.strip_suffix(wanted) == Some(base));
    flaws.iter().flatten().copied().find(is_wanted).or(Some(version))
}

/// Whether a version is free of a flaw that these versions fix: it is one of them, later than all of them, or later
/// than one in its own release series rather than in the next one.
fn covers(version: &str, fixed: &[&str]) -> bool {
    let mut earlier: Option<&str> = None;
    let mut later: Option<&str> = None;
    for fix in fixed {
        if version::compare(fix, version).is_le() {
            earlier = earlier.filter(|known| version::compare(known, fix).is_gt()).or(Some(fix));
        } else {
            later = later.filter(|known| version::compare(known, fix).is_lt()).or(Some(fix));
        }
    }
    match (earlier, later) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(earlier), Some(later)) => {
            version::compare(earlier, version).is_eq()
                || version::common(earlier, version) > version::common(later, version)
        }
    }
}

#[cfg(test)]
mod tests;

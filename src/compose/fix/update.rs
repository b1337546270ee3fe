//! Sentences on which version of a package to update to.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::upgrade::{self, Upgrade};
use crate::compose::{count, either, names};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::{FixOutlook, Help, Introducer, Package, Rule};
use crate::model::survey::Group;
use crate::model::version;

/// What to update, and for what no version can be advised. `is_described`: descriptions that are shown name fixed versions.
pub(super) fn sentences(upgrades: &[Upgrade], is_described: bool) -> Vec<Block> {
    let mut blocks: Vec<Block> = upgrades.iter().flat_map(update).collect();
    blocks.extend(upgrades.iter().filter(|one| !one.older.is_empty()).map(only_older));
    blocks.extend(without_outlook(upgrades));
    let upgrades: Vec<Upgrade> = upgrades.iter().filter(|one| !one.is_settled()).cloned().collect();
    let upgrades = upgrades.as_slice();
    if is_described {
        let unnamed = upgrades.iter().filter(|one| one.to.is_none() && !one.unfixed);
        let names: BTreeSet<&str> = unnamed.map(|one| one.name.as_str()).collect();
        blocks.extend(to_described_version(&names));
    }
    blocks.extend([true, false].into_iter().filter_map(|unfixed| {
        let is_one = |one: &&Upgrade| one.unfixed == unfixed && (unfixed || !is_described);
        let mut names: Vec<(&str, String)> = Vec::new();
        for name in upgrades.iter().filter(is_one).filter_map(|one| unadvised(one, upgrades)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        without_fix(&names, unfixed)
    }));
    blocks
}

/// A package of which all versions that are named as fixed are older than the installed one.
fn only_older(upgrade: &Upgrade) -> Block {
    let is_older =
        |version: &String| upgrade.installed.iter().all(|own| version::compare(version, own).is_lt());
    let are = either(upgrade.older.len(), "is", "are");
    let than = if upgrade.older.iter().all(is_older) { "older" } else { "not newer" };
    Block::Paragraph(vec![
        Inline::text("For "),
        Inline::code(upgrade.name.clone()),
        Inline::text(format!(
            ", the report names only {} as fixed, which {are} {than} than the installed {}.",
            listed(&upgrade.older),
            listed(&upgrade.installed)
        )),
    ])
}

/// Packages for which there will be no fix, or not soon, in one sentence for each reason.
fn without_outlook(upgrades: &[Upgrade]) -> Vec<Block> {
    let mut named: BTreeMap<(FixOutlook, bool), Vec<String>> = BTreeMap::new();
    for one in upgrades.iter().filter(|one| one.older.is_empty()) {
        let Some(outlook) = one.outlook() else { continue };
        let names = named.entry((outlook, one.is_system)).or_default();
        if !names.contains(&one.name) {
            names.push(one.name.clone());
        }
    }
    let sentence = |((outlook, is_system), names): ((FixOutlook, bool), Vec<String>)| {
        let (it, is) = (either(names.len(), "it", "them"), either(names.len(), "is", "are"));
        let (before, after) = match (outlook, is_system) {
            (FixOutlook::WillNotFix, true) => (
                "The distribution will not fix this in ",
                ": move to a newer base image, or accept the risk.".to_owned(),
            ),
            (FixOutlook::WillNotFix, false) => {
                ("", format!(" will not be fixed: replace {it}, or accept the risk."))
            }
            (FixOutlook::Unmaintained, true) => (
                "The distribution no longer maintains this release: there will be no fix of ",
                ". Move to a newer base image, or accept the risk.".to_owned(),
            ),
            (FixOutlook::Unmaintained, false) => {
                ("", format!(" {is} no longer maintained: replace {it}, or accept the risk."))
            }
            (FixOutlook::Deferred, true) => ("The distribution has deferred a fix of ", ".".to_owned()),
            (FixOutlook::Deferred, false) => ("A fix of ", " has been deferred.".to_owned()),
        };
        let mut line = vec![Inline::text(before)];
        line.retain(|_| !before.is_empty());
        line.extend(codes(&names));
        line.push(Inline::text(after));
        Block::Paragraph(line)
    };
    named.into_iter().map(sentence).collect()
}

/// What is said of some of the advisories alone: `CVE-2024-1 will not be fixed.`
fn prospects(upgrade: &Upgrade) -> Vec<Block> {
    if upgrade.outlook().is_some() {
        return Vec::new();
    }
    let sentence = |(outlook, ids): (&FixOutlook, &Vec<String>)| {
        let ids = listed(&called(ids));
        Block::text(match (outlook, upgrade.is_system) {
            (FixOutlook::WillNotFix, _) => format!("{ids} will not be fixed."),
            (FixOutlook::Unmaintained, true) => {
                format!("{ids} will not be fixed: the distribution no longer maintains this release.")
            }
            (FixOutlook::Unmaintained, false) => {
                format!("{ids} will not be fixed: it is no longer maintained.")
            }
            (FixOutlook::Deferred, _) => format!("A fix of {ids} has been deferred."),
        })
    };
    upgrade.outlooks.iter().map(sentence).collect()
}

/// What to do about Go's standard library, which is no package that can be updated by itself.
pub(super) fn toolchain(group: &Group) -> Option<Block> {
    let is_standard = |package: &&Package<'_>| {
        let name = package.purl.split('@').next().unwrap_or_default();
        ["pkg:golang/stdlib", "pkg:golang/std"].contains(&name)
    };
    let package = group.exemplars.iter().filter_map(|one| one.package.as_ref()).find(is_standard)?;
    Some(Block::Paragraph(vec![
        Inline::code(&*package.name),
        Inline::text(" is Go's standard library: update the Go toolchain that builds the project."),
    ]))
}

/// Whether a help text names a package.
fn speaks_of(help: &Help, name: &str) -> bool {
    let (Help::Text(text) | Help::Markdown(text)) = help else { return false };
    text.contains(&format!("`{name}`"))
}

/// Packages that can be updated to a version that only the description names.
fn to_described_version(names: &BTreeSet<&str>) -> Option<Block> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut line = vec![Inline::text("Update ")];
    line.extend(codes(&names));
    line.push(Inline::text(" to a fixed version that the advisory names."));
    (!names.is_empty()).then_some(Block::Paragraph(line))
}

/// The direct dependencies through which packages come in: they are what people can update. Those about which the help of
/// one of these rules says something are left out.
pub(super) fn brought_in(group: &Group, upgrades: &[Upgrade], rules: &[&Rule]) -> Vec<Block> {
    const PARAGRAPHS: usize = 5;
    // `None`: the package can be updated by itself, or nobody knows
    let mut packages: BTreeMap<String, Option<BTreeMap<String, Target>>> = BTreeMap::new();
    for package in group.exemplars.iter().filter_map(|one| one.package.as_ref()) {
        let direct = packages.entry(one_line(&package.name)).or_insert_with(|| Some(BTreeMap::new()));
        match direct.as_mut().filter(|_| !package.introduced_by.is_empty()) {
            Some(known) => package.introduced_by.iter().for_each(|one| target(known, one)),
            None => *direct = None,
        }
    }
    let mut by_direct: BTreeMap<BTreeMap<String, Target>, Vec<String>> = BTreeMap::new();
    for (name, direct) in packages {
        if let Some(direct) = direct {
            by_direct.entry(direct).or_default().push(name);
        }
    }
    // if there is nothing to update to, neither is there a version that brings it in
    let is_hopeless = |name: &String| {
        let mut own = upgrades.iter().filter(|one| one.name == *name).peekable();
        own.peek().is_some() && own.all(|one| one.to.is_none() && (one.unfixed || one.is_settled()))
    };
    by_direct.retain(|direct, names| {
        direct.values().any(|(to, _)| !to.is_empty()) || {
            names.retain(|name| !is_hopeless(name));
            !names.is_empty()
        }
    });
    by_direct
        .retain(|direct, _| !direct.keys().all(|name| rules.iter().any(|rule| speaks_of(&rule.help, name))));
    by_direct.into_iter().take(PARAGRAPHS).map(|(direct, names)| comes_with(&direct, &names)).collect()
}

/// The version of a direct dependency that brings in fixed versions (empty: unknown), and whether it is a major change.
type Target = (String, bool);

/// Adds what is known about a direct dependency: the highest version that any finding needs.
fn target(known: &mut BTreeMap<String, Target>, one: &Introducer<'_>) {
    let new = (one_line(&one.update_to), one.is_major);
    let target = known.entry(one_line(&one.name)).or_default();
    if target.0.is_empty() || version::compare(&new.0, &target.0).is_gt() {
        *target = new;
    }
}

/// `a comes with b: update b to 2.0.`
fn comes_with(direct: &BTreeMap<String, Target>, names: &[String]) -> Block {
    let introducers: Vec<String> = direct.keys().cloned().collect();
    let mut line = codes(names);
    line.push(Inline::text(if names.len() == 1 { " comes with " } else { " come with " }));
    line.extend(codes(&introducers));
    let targets: Vec<(&String, &Target)> = direct.iter().filter(|(_, (to, _))| !to.is_empty()).collect();
    if targets.len() < direct.len() {
        let those = if direct.len() == 1 { "that" } else { "those" };
        line.push(Inline::text(format!(", so you may have to update {those} instead")));
    }
    for (at, (name, (to, is_major))) in targets.iter().take(NAMES_SHOWN).enumerate() {
        let before = match at {
            0 if targets.len() < direct.len() => ": ",
            0 => ": update ",
            _ if at + 1 == targets.len() => " and ",
            _ => ", ",
        };
        line.push(Inline::text(before));
        line.push(Inline::code((*name).clone()));
        line.push(Inline::text(" to "));
        line.push(Inline::strong(to.clone()));
        line.extend(is_major.then(|| Inline::text(" (a major version change)")));
    }
    line.push(Inline::text("."));
    Block::Paragraph(line)
}

/// How many names or versions are listed.
const NAMES_SHOWN: usize = 8;

/// Names as code: `a, b and c`; only the first ones if there are many.
fn codes(names: &[String]) -> Vec<Inline> {
    let shown = names.len().min(NAMES_SHOWN);
    let more = names.len() - shown;
    let mut line = Vec::new();
    for (at, name) in names.iter().take(shown).enumerate() {
        let is_last = at + 1 == shown && more == 0;
        line.extend((at > 0).then(|| Inline::text(if is_last { " and " } else { ", " })));
        line.push(Inline::code(name.clone()));
    }
    line.extend((more > 0).then(|| Inline::text(format!(" and {more} more"))));
    line
}

/// The version of a package to update to, and what that leaves.
fn update(upgrade: &Upgrade) -> Vec<Block> {
    let name = || Inline::code(upgrade.name.clone());
    let from = match upgrade.installed.as_slice() {
        [] => String::new(),
        installed => format!(" from {}", listed(installed)),
    };
    let fixed = upgrade.advisories.len().saturating_sub(upgrade.left.len());
    let fixes = if fixed > 1 { format!(", which fixes {fixed} advisories") } else { String::new() };
    let mut blocks = Vec::new();
    match (&upgrade.to, upgrade.lines.as_slice()) {
        (None, _) => {}
        (Some(_), lines @ [_, _, ..]) => blocks.push(Block::Paragraph(vec![
            Inline::text("Update "),
            name(),
            Inline::text(format!(
                " to {}, or to a later version in the same release series{fixes}.",
                upgrade::alternatives(lines)
            )),
        ])),
        (Some(to), _) => blocks.push(Block::Paragraph(vec![
            Inline::text("Update "),
            name(),
            Inline::text(format!("{from} to ")),
            Inline::strong(to.clone()),
            Inline::text(format!(" or later{fixes}.")),
        ])),
    }
    let has_outlook = |id: &&String| upgrade.outlooks.values().any(|ids| ids.contains(id));
    let left: Vec<String> = upgrade.left.iter().filter(|id| !has_outlook(id)).cloned().collect();
    blocks.extend(prospects(upgrade));
    if let (false, Some(_)) = (left.is_empty(), &upgrade.to) {
        let ids = listed(&called(&left));
        let words = match upgrade.unfixed {
            true => format!("No fixed version is known for {ids}."),
            false if upgrade.early => format!("The report names only a pre-release that also fixes {ids}."),
            false => format!("The report does not name a version that also fixes {ids}."),
        };
        blocks.push(Block::text(words));
    }
    blocks
}

/// A package for which no version can be advised: its name, and the installed versions of which that is true, if others
/// of the ticket's upgrades advise one for the rest.
fn unadvised<'u>(upgrade: &'u Upgrade, all: &[Upgrade]) -> Option<(&'u str, String)> {
    if upgrade.to.is_some() {
        return None;
    }
    let advised: Vec<&Upgrade> =
        all.iter().filter(|one| one.name == upgrade.name && one.to.is_some()).collect();
    if advised.is_empty() {
        return Some((&upgrade.name, String::new()));
    }
    let known: BTreeSet<&String> = advised.iter().flat_map(|one| &one.installed).collect();
    let others: Vec<String> =
        upgrade.installed.iter().filter(|version| !known.contains(version)).cloned().collect();
    (!others.is_empty()).then(|| (&*upgrade.name, format!(" {}", listed(&others))))
}

/// Packages for which no version can be advised, in one sentence. `unfixed`: it is known that there is none.
fn without_fix(packages: &[(&str, String)], unfixed: bool) -> Option<Block> {
    let (last, others) = packages.split_last()?;
    let mut line = vec![Inline::text(match unfixed {
        true => "No fixed version of ",
        false => "The report does not name a fixed version of ",
    })];
    for (at, (name, versions)) in others.iter().enumerate() {
        line.push(Inline::code(*name));
        line.push(Inline::text(format!("{versions}{}", if at + 1 < others.len() { ", " } else { " and " })));
    }
    let (name, versions) = last;
    line.push(Inline::code(*name));
    line.push(Inline::text(format!("{versions}{}", if unfixed { " is known." } else { "." })));
    Some(Block::Paragraph(line))
}

/// Advisories by their ids. Those that have a sentence instead are counted: it would be read as a part of the one around
/// it.
fn called(advisories: &[String]) -> Vec<String> {
    let mut ids: Vec<String> = advisories.iter().filter(|id| names::is_id(id)).cloned().collect();
    let others = advisories.len() - ids.len();
    if others > 0 {
        ids.push(count(others, if ids.is_empty() { "advisory" } else { "other advisory" }));
    }
    ids
}

/// `a, b and c`; only the first ones if there are many.
fn listed(all: &[String]) -> String {
    const VERSIONS_SHOWN: usize = 12;
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if all.len() <= VERSIONS_SHOWN => format!("{} and {last}", first.join(", ")),
        all => format!("{} and {} more", all[..VERSIONS_SHOWN].join(", "), all.len() - VERSIONS_SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::samples;

    #[test]
    fn what_brings_a_package_in_can_be_updated() {
        let check = |paths: [&[&'static str]; 2], expected: &str| {
            let (mut group, _) = samples::dependency();
            for (package, path) in
                group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()).zip(paths)
            {
                let named = |&name: &&'static str| Introducer { name: name.into(), ..Introducer::default() };
                package.introduced_by = path.iter().map(named).collect();
            }
            let text =
                crate::document::plain::render(&crate::document::Document::of(brought_in(&group, &[], &[])));
            assert_eq!(text.trim(), expected);
        };
        check([&["jake"], &["jake"]], "lodash comes with jake, so you may have to update that instead.");
        check([&["b"], &["a"]], "lodash comes with a and b, so you may have to update those instead.");
        check([&["jake"], &[]], "");
    }

    #[test]
    fn the_version_of_what_brings_a_package_in_is_said() {
        let check = |targets: [(&'static str, &'static str, bool); 2], expected: &str| {
            let (mut group, _) = samples::dependency();
            let packages = group.exemplars.iter_mut().filter_map(|one| one.package.as_mut());
            for (package, (name, update_to, is_major)) in packages.zip(targets) {
                let (name, update_to) = (name.into(), update_to.into());
                package.introduced_by = vec![Introducer { name, update_to, is_major }];
            }
            let text =
                crate::document::plain::render(&crate::document::Document::of(brought_in(&group, &[], &[])));
            assert_eq!(text.trim(), expected);
        };
        check(
            [("vercel", "32.3.0", true), ("vercel", "", false)],
            "lodash comes with vercel: update vercel to 32.3.0 (a major version change).",
        );
        check(
            [("a", "1.2", false), ("b", "2.0", false)],
            "lodash comes with a and b: update a to 1.2 and b to 2.0.",
        );
        check([("a", "1.9", false), ("a", "1.10", false)], "lodash comes with a: update a to 1.10.");
        check(
            [("a", "1.2", false), ("b", "", false)],
            "lodash comes with a and b, so you may have to update those instead: a to 1.2.",
        );
    }

    #[test]
    fn without_any_fix_nothing_is_to_be_updated_instead() {
        let check = |unfixed: bool, update_to: &'static str, expected: &str| {
            let (mut group, _) = samples::dependency();
            for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
                let introducer =
                    Introducer { name: "b".into(), update_to: update_to.into(), is_major: false };
                (package.fixed, package.unfixed) = (Vec::new(), unfixed);
                package.introduced_by = vec![introducer];
            }
            let upgrades = upgrade::upgrades(&group);
            let blocks = brought_in(&group, &upgrades, &[]);
            assert_eq!(
                crate::document::plain::render(&crate::document::Document::of(blocks)).trim(),
                expected
            );
        };
        check(true, "", "");
        check(true, "2.0", "lodash comes with b: update b to 2.0.");
        check(false, "", "lodash comes with b, so you may have to update that instead.");
    }

    #[test]
    fn what_the_report_advises_about_a_dependency_is_not_guessed_as_well() {
        let check = |help: Help, expected: bool| {
            let (mut group, _) = samples::dependency();
            for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
                package.introduced_by = vec![Introducer { name: "express".into(), ..Introducer::default() }];
            }
            let rule = Rule { help, ..Rule::default() };
            assert_eq!(brought_in(&group, &[], &[&rule]).is_empty(), expected);
        };
        check(
            Help::Markdown("`lodash` is brought in by `express`: upgrade `express` to 4.15.5.".into()),
            true,
        );
        check(Help::Markdown("Upgrade `lodash`.".into()), false);
        check(Help::None, false);
    }

    #[test]
    fn a_package_without_a_name_is_not_spoken_of() {
        let (mut group, _) = samples::dependency();
        let updates = |group: &Group| sentences(&upgrade::upgrades(group), false);
        assert!(!updates(&group).is_empty());
        for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
            package.name = String::new().into();
        }
        assert_eq!(updates(&group), []);
    }
}

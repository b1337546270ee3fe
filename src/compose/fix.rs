//! How to fix it: the rule's own help, and the versions without the flaw.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::distinct_rules;
use super::names::{self, is_secret};
use super::upgrade::{self, Upgrade};
use super::{count, cut, extract, links};
use crate::document::visible::one_line;
use crate::document::{Block, Inline, parse, plain};
use crate::model::finding::{Help, Package, Rule};
use crate::model::survey::{Common, Group};

/// How many characters of a rule's help are shown.
const HELP: usize = 4_000;

/// How many characters of it are read.
const READ: usize = 8_000;

/// What to do; nothing if neither the report nor the kind of finding says.
pub(super) fn blocks(group: &Group) -> Vec<Block> {
    let upgrades = upgrade::upgrades(group);
    let rules = distinct_rules(group);
    // where advisories are listed, their descriptions are not shown
    let shown = !matches!(group.common, Common::Package(_) | Common::File(_));
    let is_described = shown && rules.iter().any(|rule| names_a_fix(&rule.description));
    let mut blocks: Vec<Block> = upgrades.iter().flat_map(update).collect();
    if is_described {
        let unnamed = upgrades.iter().filter(|one| one.to.is_none() && !one.unfixed);
        let names: BTreeSet<&str> = unnamed.map(|one| one.name.as_str()).collect();
        blocks.extend(to_described_version(&names));
    }
    blocks.extend([true, false].into_iter().filter_map(|unfixed| {
        let is_one = |one: &&Upgrade| one.unfixed == unfixed && (unfixed || !is_described);
        let names = upgrades.iter().filter(is_one).filter_map(|one| unadvised(one, &upgrades));
        without_fix(&names.collect::<Vec<_>>(), unfixed)
    }));
    blocks.extend(brought_in(group));
    let is_standard = |package: &&Package<'_>| {
        let name = package.purl.split('@').next().unwrap_or_default();
        ["pkg:golang/stdlib", "pkg:golang/std"].contains(&name)
    };
    if let Some(package) = group.exemplars.iter().filter_map(|one| one.package.as_ref()).find(is_standard) {
        blocks.push(Block::Paragraph(vec![
            Inline::code(&*package.name),
            Inline::text(" is Go's standard library: update the Go toolchain that builds the project."),
        ]));
    }
    // if one upgrade fixes all, what else each advisory says is on the page that the list links to
    let fixes_all = upgrades.iter().all(|upgrade| upgrade.to.is_some() && upgrade.left.is_empty());
    if matches!(group.common, Common::Package(_)) && fixes_all && !blocks.is_empty() {
        return blocks;
    }
    if rules.iter().any(|rule| is_secret(group.kind, rule)) {
        let on_the_web = group.worst().is_some_and(|one| links::is_address(&one.location.path));
        blocks.push(Block::text(if on_the_web {
            "Change the credential on every system that accepts it, and disable accounts that come with a default \
             password."
        } else {
            "First revoke the credential and create a new one: anybody with a copy of the repository has \
             the old one, and it remains in the history even after it is removed from the code. Then put \
             the new one into a secret store."
        }));
    }
    let several = rules.len() > 1 && matches!(group.common, Common::File(_));
    // the list of several advisories has their pages
    let listed = rules.len() > 1 && matches!(group.common, Common::Package(_));
    let mut pages = BTreeSet::new();
    for rule in rules {
        // under its own heading, each says where to read more; otherwise, a page is named only once
        let named = several || rule.help_uri.as_deref().is_none_or(|page| pages.insert(page));
        let mut help = help(rule, if several { 4 } else { 3 });
        help.retain(|block| !only_updates(block, &upgrades) && !only_denies(block, &upgrades));
        let page =
            page(rule).filter(|page| named && !listed && !help.iter().any(|block| leads_to(block, page)));
        help.extend(page.map(|page| Block::Paragraph(vec![page])));
        if help.is_empty() {
            continue;
        }
        if several {
            blocks.push(Block::Heading(3, vec![Inline::text(names::rule(rule, None, false))]));
        }
        blocks.extend(help);
    }
    blocks
}

/// Whether a description says in which version the flaw is fixed: `The flaw was corrected in smallvec 0.6.14`.
fn names_a_fix(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "fixed in",
        "patched in",
        "corrected in",
        "resolved in",
        "addressed in",
        "upgrade to",
        "update to",
        "fixed by version",
    ];
    const NEAR: usize = 60;
    let lower = text.to_lowercase();
    let is_version = |word: &str| {
        let word = word.trim_start_matches(['v', '(', '`', '*']);
        word.starts_with(|c: char| c.is_ascii_digit()) && word.trim_end_matches(['.', ',']).contains('.')
    };
    WORDS.iter().any(|words| {
        lower.match_indices(words).any(|(at, _)| {
            let behind: String = lower[at + words.len()..].chars().take(NEAR).collect();
            let sentence = behind.split(". ").next().unwrap_or_default();
            sentence.split_whitespace().any(is_version)
        })
    })
}

/// Packages that can be updated to a version that only the description names.
fn to_described_version(names: &BTreeSet<&str>) -> Option<Block> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut line = vec![Inline::text("Update ")];
    line.extend(codes(&names));
    line.push(Inline::text(" to a fixed version that the advisory names."));
    (!names.is_empty()).then_some(Block::Paragraph(line))
}

/// The direct dependencies through which packages come in: they are what people can update.
fn brought_in(group: &Group) -> Vec<Block> {
    const PARAGRAPHS: usize = 5;
    // `None`: the package can be updated by itself, or nobody knows
    let mut packages: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
    for package in group.exemplars.iter().filter_map(|one| one.package.as_ref()) {
        let direct = packages.entry(one_line(&package.name)).or_insert_with(|| Some(BTreeSet::new()));
        match (package.path.as_slice(), direct.as_mut()) {
            ([first, _, ..], Some(known)) => {
                known.insert(one_line(first));
            }
            _ => *direct = None,
        }
    }
    let mut by_direct: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for (name, direct) in packages {
        if let Some(direct) = direct {
            by_direct.entry(direct).or_default().push(name);
        }
    }
    let paragraph = |(direct, names): (BTreeSet<String>, Vec<String>)| {
        let direct: Vec<String> = direct.into_iter().collect();
        let mut line = codes(&names);
        line.push(Inline::text(if names.len() == 1 { " comes with " } else { " come with " }));
        line.extend(codes(&direct));
        let those = if direct.len() == 1 { "that" } else { "those" };
        line.push(Inline::text(format!(", so you may have to update {those} instead.")));
        Block::Paragraph(line)
    };
    by_direct.into_iter().take(PARAGRAPHS).map(paragraph).collect()
}

/// Names as code: `a, b and c`; only the first ones if there are many.
fn codes(names: &[String]) -> Vec<Inline> {
    const NAMES_SHOWN: usize = 8;
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
    let fixed = upgrade.advisories.saturating_sub(upgrade.left.len());
    let fixes = if fixed > 1 { format!(", which fixes {fixed} advisories") } else { String::new() };
    let mut blocks = Vec::new();
    match (&upgrade.to, upgrade.lines.as_slice()) {
        (None, _) => {}
        (Some(_), [first @ .., last]) if !first.is_empty() => blocks.push(Block::Paragraph(vec![
            Inline::text("Update "),
            name(),
            Inline::text(format!(
                " to {} or {last}, or to a later version in the same release series.",
                first.join(", ")
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
    if let (true, Some(_)) = (!upgrade.left.is_empty(), &upgrade.to) {
        let ids = listed(&called(&upgrade.left));
        let words = match upgrade.unfixed {
            true => format!("No fixed version is known for {ids}."),
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
    const NAMES_SHOWN: usize = 12;
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if all.len() <= NAMES_SHOWN => format!("{} and {last}", first.join(", ")),
        all => format!("{} and {} more", all[..NAMES_SHOWN].join(", "), all.len() - NAMES_SHOWN),
    }
}

/// Whether a part of a help text says no more than which version to update to, which has been said already.
fn only_updates(block: &Block, upgrades: &[Upgrade]) -> bool {
    let Block::Paragraph(line) = block else { return false };
    let text = plain::inline(line);
    let lower = text.trim().to_lowercase();
    let begins = ["upgrade ", "update ", "please upgrade ", "please update "]
        .iter()
        .any(|word| lower.starts_with(word));
    if !begins || text.len() > 300 || upgrades.iter().all(|upgrade| upgrade.to.is_none()) {
        return false;
    }
    let edges = |c: char| !c.is_alphanumeric() && c != '*';
    let versions = text.split([' ', ',']).map(|word| word.trim_matches(edges));
    let known = |version: &str| {
        let is = |known: &String| known.trim_start_matches('v') == version.trim_start_matches('v');
        upgrades
            .iter()
            .any(|upgrade| upgrade.to.iter().chain(&upgrade.known).chain(&upgrade.installed).any(is))
    };
    versions.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).all(known)
}

/// Whether a part of a help text only says that there is no fixed version, which has been said already (Snyk).
fn only_denies(block: &Block, upgrades: &[Upgrade]) -> bool {
    let Block::Paragraph(line) = block else { return false };
    let text = plain::inline(line).trim().to_lowercase();
    let begins = ["there is no fixed version", "no fix is available", "no fixed version", "no fix available"]
        .iter()
        .any(|word| text.starts_with(word));
    begins
        && text.len() < 120
        && !text.trim_end_matches('.').contains(". ")
        && upgrades.iter().any(|one| one.to.is_none())
}

/// Whether a part of a help text already has this link.
fn leads_to(block: &Block, page: &Inline) -> bool {
    let Inline::Link(page) = page else { return false };
    let in_line = |line: &[Inline]| {
        line.iter().any(|inline| matches!(inline, Inline::Link(link) if link.to() == page.to()))
    };
    match block {
        Block::Paragraph(line) | Block::Heading(_, line) => in_line(line),
        Block::List { items, .. } => {
            items.iter().flatten().any(|block| leads_to(block, &Inline::Link(page.clone())))
        }
        Block::Quote(inner) => inner.iter().any(|block| leads_to(block, &Inline::Link(page.clone()))),
        Block::Table { head, rows } => head.iter().chain(rows.iter().flatten()).any(|cell| in_line(cell)),
        Block::Code { .. } => false,
    }
}

/// The help text with its highest heading at level `top`.
fn help(rule: &Rule, top: u8) -> Vec<Block> {
    let blocks = match &rule.help {
        Help::None => vec![],
        help if only_address(help).is_some() => vec![],
        // Semgrep repeats the pattern of its messages
        Help::Text(text) if text.trim() == rule.description.trim() => vec![],
        Help::Text(text) => parse::described(&cut(text, READ), false),
        Help::Markdown(text) => parse::markdown(&cut(text, READ)),
    };
    extract::beginning(blocks, HELP, top)
}

/// Where to read more.
fn page(rule: &Rule) -> Option<Inline> {
    let page = rule.help_uri.as_deref().or_else(|| only_address(&rule.help))?;
    let Inline::Link(link) = Inline::link("", page) else { return None };
    if links::is_front_page(link.to()) {
        return None;
    }
    // readers see where the link leads before they follow it
    let text = format!("More on {}", link.to().host_str().unwrap_or_default());
    Some(Inline::link(text, page))
}

/// The address that is the whole help text (Dockle).
fn only_address(help: &Help) -> Option<&str> {
    let (Help::Text(text) | Help::Markdown(text)) = help else { return None };
    let text = text.trim();
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    (is_address && !text.contains(char::is_whitespace)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_page_is_named_once() {
        let (mut group, _) = samples::dependency();
        let mut rule = (*group.exemplars[0].rule).clone();
        rule.help_uri = Some("https://a.example/x".into());
        for (number, one) in group.exemplars.iter_mut().enumerate() {
            rule.id = number.to_string();
            one.rule = std::sync::Arc::new(rule.clone());
        }
        assert!(group.exemplars.len() > 1);
        let text = crate::document::markdown::render(&crate::document::Document::of(blocks(&group)));
        assert_eq!(text.matches("More").count(), 1, "{text}");
    }

    #[test]
    fn a_page_that_the_help_links_to_is_not_named_again() {
        let check = |help: Help, page: Option<&str>, expected: &str| {
            let (mut group, _) = samples::code(0);
            let mut rule = (*group.exemplars[0].rule).clone();
            (rule.help, rule.help_uri) = (help, page.map(str::to_owned));
            group.common = Common::Rule(std::sync::Arc::new(rule));
            let text = crate::document::markdown::render(&crate::document::Document::of(blocks(&group)));
            assert_eq!(text.trim(), expected);
        };
        let page = "https://a.example/x";
        let help = "See [the page](https://a.example/x).";
        check(Help::Markdown(help.into()), Some(page), help);
        check(
            Help::Markdown(help.into()),
            Some("https://b.example/rules"),
            &format!("{help}\n\n[More on b.example](https://b.example/rules)"),
        );
        // the scanner's own page says nothing about the rule
        check(Help::Markdown(help.into()), Some("https://b.example"), help);
        check(Help::Markdown(help.into()), Some("https://github.com/anchore/grype"), help);
        check(Help::Text(page.into()), None, "[More on a.example](https://a.example/x)");
        check(Help::Text(page.into()), Some(page), "[More on a.example](https://a.example/x)");
    }

    #[test]
    fn one_upgrade_is_advised_for_all_advisories_and_said_once() {
        let (group, _) = samples::package();
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert_eq!(
            text.trim(),
            "Update lodash from 4.17.20 to 4.17.21 or later, which fixes 2 advisories.\n\
             lodash comes with webpack, so you may have to update that instead."
        );
    }

    #[test]
    fn an_upgrade_is_not_said_again_with_the_installed_version() {
        let (mut group, _) = samples::dependency();
        for one in &mut group.exemplars {
            let help = Help::Text("Upgrade lodash from 4.17.20 to 4.17.21".into());
            one.rule = std::sync::Arc::new(Rule { help, ..(*one.rule).clone() });
        }
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert_eq!(text.trim(), "Update lodash from 4.17.20 to 4.17.21 or later.");
    }

    #[test]
    fn what_is_known_is_said() {
        let check = |fixed: &[&'static str], unfixed: bool, expected: &str| {
            let (mut group, _) = samples::dependency();
            for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
                package.fixed = fixed.iter().map(|&version| version.into()).collect();
                package.unfixed = unfixed;
            }
            let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
            assert_eq!(text.trim(), expected);
        };
        check(&["4.17.21"], false, "Update lodash from 4.17.20 to 4.17.21 or later.");
        check(&["3.10.2", "4.17.21", "5.0.1"], false, "Update lodash from 4.17.20 to 4.17.21 or later.");
        check(&[], true, "No fixed version of lodash is known.");
        check(&[], false, "The report does not name a fixed version of lodash.");
    }

    #[test]
    fn packages_without_a_fixed_version_are_one_sentence() {
        let (mut group, _) = samples::dependency();
        for (one, name) in group.exemplars.iter_mut().zip(["nss", "nss-util"]) {
            let Some(package) = one.package.as_mut() else { continue };
            (package.name, package.purl) = (name.into(), format!("pkg:rpm/{name}@3.44").into());
            (package.fixed, package.unfixed, package.path) = (Vec::new(), true, Vec::new());
        }
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert_eq!(text.trim(), "No fixed version of nss and nss-util is known.");
    }

    #[test]
    fn what_brings_a_package_in_can_be_updated() {
        let check = |paths: [&[&'static str]; 2], expected: &str| {
            let (mut group, _) = samples::dependency();
            for (package, path) in
                group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()).zip(paths)
            {
                package.path = path.iter().map(|&step| step.into()).collect();
            }
            let text = crate::document::plain::render(&crate::document::Document::of(brought_in(&group)));
            assert_eq!(text.trim(), expected);
        };
        check(
            [&["jake", "lodash"], &["jake", "a", "lodash"]],
            "lodash comes with jake, so you may have to update that instead.",
        );
        check(
            [&["b", "lodash"], &["a", "lodash"]],
            "lodash comes with a and b, so you may have to update those instead.",
        );
        check([&["jake", "lodash"], &["lodash"]], "");
        check([&["jake", "lodash"], &[]], "");
    }

    #[test]
    fn versions_that_only_the_description_names_are_pointed_to_once() {
        let (mut group, _) = samples::dependency();
        for (one, name) in group.exemplars.iter_mut().zip(["libssl1.1", "openssl"]) {
            let rule = Rule { description: "Fixed in OpenSSL 1.1.1l.".into(), ..(*one.rule).clone() };
            one.rule = std::sync::Arc::new(rule);
            let Some(package) = one.package.as_mut() else { continue };
            (package.name, package.purl, package.fixed) =
                (name.into(), format!("pkg:apk/{name}@1").into(), Vec::new());
            package.path = Vec::new();
        }
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert_eq!(text.trim(), "Update libssl1.1 and openssl to a fixed version that the advisory names.");
    }

    #[test]
    fn a_credential_of_a_live_service_is_changed_there() {
        let (mut group, _) = samples::secret();
        group.exemplars[0].location = samples::location("https://shop.example/login", 0);
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert!(text.starts_with("Change the credential on every system"), "{text}");
        assert!(!text.contains("repository"), "{text}");
        group.exemplars[0].location = samples::location("httpd/login.py", 3);
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert!(text.starts_with("First revoke the credential"), "{text}");
    }

    #[test]
    fn a_fix_in_the_description_is_pointed_to() {
        let check = |text: &str, expected: bool| assert_eq!(names_a_fix(text), expected, "{text}");
        check("The flaw was corrected in smallvec 0.6.14 and 1.6.1, by more space.", true);
        check("It is fixed in version `1.2.3`.", true);
        check("Users should upgrade to v2.0.1.", true);
        check("It is fixed in the next release. Version 1.2.3 is affected.", false);
        check("A buffer is too small in 1.2.3.", false);
    }

    #[test]
    fn what_is_not_known_of_one_version_is_not_said_of_another() {
        let check = |version: &'static str, expected: &str| {
            let (mut group, _) = samples::dependency();
            let package = group.exemplars[1].package.as_mut().unwrap();
            (package.version, package.fixed) = (version.into(), Vec::new());
            let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
            assert_eq!(text.trim().replace('\n', " "), expected);
        };
        let update = "Update lodash from 4.17.20 to 4.17.21 or later.";
        check("3.1.0", &format!("{update} The report does not name a fixed version of lodash 3.1.0."));
        check("", update);
    }

    #[test]
    fn a_package_without_a_name_is_not_spoken_of() {
        let (mut group, _) = samples::dependency();
        let updates = |group: &Group| upgrade::upgrades(group).iter().flat_map(update).collect::<Vec<_>>();
        assert!(!updates(&group).is_empty());
        for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
            package.name = String::new().into();
        }
        assert_eq!(updates(&group), []);
    }
}

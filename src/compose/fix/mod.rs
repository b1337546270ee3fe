//! How to fix it: the rule's own help, and the versions without the flaw.

use std::collections::BTreeSet;

mod help;
mod update;
mod vendor;

use super::facts::distinct_rules;
use super::names::{self, is_secret};
use super::upgrade::Upgrade;
use super::{links, upgrade};
use crate::document::{Block, Inline, plain};
use crate::model::survey::{Common, Group};

/// What to do; nothing if neither the report nor the kind of finding says.
pub(super) fn blocks(group: &Group) -> Vec<Block> {
    let upgrades = upgrade::upgrades(group);
    let rules = distinct_rules(group);
    // where advisories are listed, their descriptions are not shown
    let shown = !matches!(group.common, Common::Package(_) | Common::File(_));
    let is_described = shown && rules.iter().any(|rule| names_a_fix(&rule.description));
    // where the dependency that brings a package in can be updated, the package itself need not have a fixed version
    let instead = upgrade::introducer(group).is_some();
    let advised: Vec<Upgrade> =
        upgrades.iter().filter(|upgrade| !instead || upgrade.to.is_some()).cloned().collect();
    let mut blocks = update::sentences(&advised, is_described);
    // if one upgrade fixes all, what else each advisory says is on the page that the list links to
    let fixes_all = upgrades.iter().all(|upgrade| upgrade.to.is_some() && upgrade.left.is_empty());
    if matches!(group.common, Common::Package(_)) && fixes_all && !blocks.is_empty() {
        blocks.extend(update::brought_in(group, &upgrades, &[]));
        blocks.extend(update::toolchain(group));
        return blocks;
    }
    blocks.extend(vendor::said(group));
    blocks.extend(update::brought_in(group, &upgrades, &rules));
    blocks.extend(update::toolchain(group));
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
        let mut help = help::help(rule, if several { 4 } else { 3 });
        help.retain(|block| !help::only_updates(block, &upgrades) && !help::only_denies(block, &upgrades));
        let page = help::page(rule)
            .filter(|page| named && !listed && !help.iter().any(|block| help::leads_to(block, page)));
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

/// Whether this only says where to read more.
pub(super) fn only_references(blocks: &[Block]) -> bool {
    let mut introduced = false;
    blocks.iter().all(|block| match block {
        Block::Paragraph(line) if matches!(line.as_slice(), [Inline::Link(_)]) => true,
        Block::Paragraph(line) => {
            introduced = plain::inline(line).trim_start().starts_with("References:");
            introduced
        }
        Block::List { .. } => introduced,
        _ => false,
    })
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

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::model::finding::{FixOutlook, Help, Rule};

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
    fn older_versions_in_a_help_text_are_not_advised() {
        let check = |fixed: &[&'static str], help: &str, expected: &str| {
            let (mut group, _) = samples::dependency();
            for one in &mut group.exemplars {
                let rule = Rule { help: Help::Text(help.into()), ..(*one.rule).clone() };
                one.rule = std::sync::Arc::new(rule);
                let Some(package) = one.package.as_mut() else { continue };
                package.fixed = fixed.iter().map(|&version| version.into()).collect();
            }
            let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
            assert_eq!(text.trim(), expected);
        };
        check(
            &["3.1.0", "4.17.21"],
            "Upgrade lodash to 3.1.0, 4.17.21",
            "Update lodash from 4.17.20 to 4.17.21 or later.",
        );
        check(
            &["3.1.0"],
            "Upgrade lodash to version 3.1.0 or above.",
            "For lodash, the report names only 3.1.0 as fixed, which is older than the installed 4.17.20.",
        );
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
        check(
            &["1.2.3"],
            false,
            "For lodash, the report names only 1.2.3 as fixed, which is older than the installed 4.17.20.",
        );
        check(
            &["1.2.3", "4.17.20"],
            true,
            "For lodash, the report names only 1.2.3 and 4.17.20 as fixed, which are not newer than the installed 4.17.20.",
        );
        check(&[], true, "No fixed version of lodash is known.");
        check(&[], false, "The report does not name a fixed version of lodash.");
    }

    #[test]
    fn what_will_not_be_fixed_is_said() {
        let check = |purl: &'static str, outlook: [Option<FixOutlook>; 2], expected: &str| {
            let (mut group, _) = samples::package();
            for (one, outlook) in group.exemplars.iter_mut().zip(outlook) {
                let Some(package) = one.package.as_mut() else { continue };
                (package.name, package.version, package.purl) = ("bash".into(), "5.1".into(), purl.into());
                (package.fixed, package.unfixed, package.outlook) = (Vec::new(), true, outlook);
                package.introduced_by = Vec::new();
                one.rule = std::sync::Arc::new(Rule { help: Help::None, ..(*one.rule).clone() });
            }
            let upgrades = upgrade::upgrades(&group);
            let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
            let said = format!("{}: {}", upgrade::prospect(&upgrades), text.trim().replace('\n', " "));
            assert_eq!(said, expected);
        };
        let (deb, npm) = ("pkg:deb/debian/bash@5.1", "pkg:npm/bash@5.1");
        let both = |outlook| [Some(outlook); 2];
        check(
            deb,
            both(FixOutlook::WillNotFix),
            "will not be fixed: The distribution will not fix this in bash: move to a newer base image, or accept the \
             risk.",
        );
        check(
            npm,
            both(FixOutlook::WillNotFix),
            "will not be fixed: bash will not be fixed: replace it, or accept the risk.",
        );
        check(
            deb,
            both(FixOutlook::Unmaintained),
            "end of life: The distribution no longer maintains this release: there will be no fix of bash. Move to a \
             newer base image, or accept the risk.",
        );
        check(
            npm,
            both(FixOutlook::Unmaintained),
            "unmaintained: bash is no longer maintained: replace it, or accept the risk.",
        );
        check(deb, both(FixOutlook::Deferred), "fix deferred: The distribution has deferred a fix of bash.");
        check(
            deb,
            [Some(FixOutlook::WillNotFix), None],
            "no fix yet: CVE-2021-23337 will not be fixed. No fixed version of bash is known.",
        );
        check(deb, [None, None], "no fix yet: No fixed version of bash is known.");
    }

    #[test]
    fn packages_without_a_fixed_version_are_one_sentence() {
        let (mut group, _) = samples::dependency();
        for (one, name) in group.exemplars.iter_mut().zip(["nss", "nss-util"]) {
            let Some(package) = one.package.as_mut() else { continue };
            (package.name, package.purl) = (name.into(), format!("pkg:rpm/{name}@3.44").into());
            (package.fixed, package.unfixed, package.introduced_by) = (Vec::new(), true, Vec::new());
        }
        let text = crate::document::plain::render(&crate::document::Document::of(blocks(&group)));
        assert_eq!(text.trim(), "No fixed version of nss and nss-util is known.");
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
            package.introduced_by = Vec::new();
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
}

//! How to fix it: the rule's own help, and the versions without the fault.

use std::collections::{BTreeMap, BTreeSet};

use super::cut;
use super::facts::distinct_rules;
use super::names::{self, is_secret};
use crate::document::visible::one_line;
use crate::document::{Block, Inline, parse};
use crate::model::finding::{Help, Rule};
use crate::model::survey::{Common, Group};

/// How many characters of a rule's help are shown.
const HELP: usize = 8_000;

/// What to do; nothing where neither the report nor the kind of finding says.
pub(super) fn blocks(group: &Group) -> Vec<Block> {
    let mut blocks = updates(group);
    let rules = distinct_rules(group);
    if rules.iter().any(|rule| is_secret(group.kind, rule)) {
        blocks.push(Block::text(
            "Revoke the credential and make a new one first: whoever has a copy of the repository has it, and it \
             stays in the history when it is taken out of the code. Then keep it in a secret store.",
        ));
    }
    let several = rules.len() > 1 && matches!(group.common, Common::File(_));
    let mut pages = BTreeSet::new();
    for rule in rules {
        // below a heading of its own each says where to read more; else one page is named once
        let named = several || rule.help_uri.as_deref().is_none_or(|page| pages.insert(page));
        let help = help(rule, if several { 4 } else { 3 }, named);
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

/// One line a package: to which version.
fn updates(group: &Group) -> Vec<Block> {
    let mut fixed: BTreeMap<String, (Vec<String>, bool)> = BTreeMap::new();
    let packages = group.exemplars.iter().filter_map(|one| one.package.as_ref());
    for package in packages.filter(|package| !package.name.is_empty()) {
        let (versions, unfixed) = fixed.entry(one_line(&package.name)).or_default();
        *unfixed |= package.unfixed;
        for version in package.fixed.iter().map(|version| one_line(version)) {
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
    }
    let line = |(name, (versions, unfixed)): (String, (Vec<String>, bool))| {
        let name = Inline::code(name);
        Block::Paragraph(match versions.as_slice() {
            [] if unfixed => vec![Inline::text("No fixed version of "), name, Inline::text(" is known.")],
            [] => vec![Inline::text("The report names no fixed version of "), name, Inline::text(".")],
            [one] => vec![Inline::text("Update "), name, Inline::text(format!(" to {one} or later."))],
            all => vec![
                Inline::text("Update "),
                name,
                Inline::text(format!(" to one of these, or later in its line: {}.", all.join(", "))),
            ],
        })
    };
    fixed.into_iter().map(line).collect()
}

/// The help with its highest heading at level `top`, and where to read more if that is asked for.
fn help(rule: &Rule, top: u8, with_page: bool) -> Vec<Block> {
    let mut blocks = match &rule.help {
        Help::None => vec![],
        Help::Text(text) => parse::text(&cut(text, HELP)),
        Help::Markdown(text) => parse::markdown(&cut(text, HELP)),
    };
    let level = |block: &Block| if let Block::Heading(level, _) = block { Some(*level) } else { None };
    let highest = blocks.iter().filter_map(level).min().unwrap_or(1);
    for block in &mut blocks {
        if let Block::Heading(level, _) = block {
            *level = *level - highest + top;
        }
    }
    if let Some(page) = rule.help_uri.as_deref().filter(|_| with_page)
        && let Inline::Link(link) = Inline::link("", page)
    {
        // who reads it sees where it leads before they go there
        let text = format!("Read more on {}", link.to().host_str().unwrap_or_default());
        blocks.push(Block::Paragraph(vec![Inline::link(text, page)]));
    }
    blocks
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
        assert_eq!(text.matches("Read more").count(), 1, "{text}");
    }

    #[test]
    fn a_package_without_a_name_is_not_spoken_of() {
        let (mut group, _) = samples::dependency();
        assert!(!updates(&group).is_empty());
        for package in group.exemplars.iter_mut().filter_map(|one| one.package.as_mut()) {
            package.name = String::new().into();
        }
        assert_eq!(updates(&group), []);
    }
}

//! How to fix it: the rule's own help, and the versions without the fault.

use std::collections::BTreeMap;

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
    for rule in rules {
        let help = help(rule, if several { 4 } else { 3 });
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
    let mut fixed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let packages = group.exemplars.iter().filter_map(|one| one.package.as_ref());
    for package in packages.filter(|package| !package.name.is_empty()) {
        let versions = fixed.entry(one_line(&package.name)).or_default();
        for version in package.fixed.iter().map(|version| one_line(version)) {
            if !versions.contains(&version) {
                versions.push(version);
            }
        }
    }
    let line = |(name, versions): (String, Vec<String>)| {
        let name = Inline::code(name);
        Block::Paragraph(match versions.as_slice() {
            [] => vec![Inline::text("No fixed version of "), name, Inline::text(" is known yet.")],
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

/// The help with its highest heading at level `top`, and where to read more.
fn help(rule: &Rule, top: u8) -> Vec<Block> {
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
    if let Some(page) = rule.help_uri.as_deref()
        && let link @ Inline::Link(_) = Inline::link("Read more", page)
    {
        blocks.push(Block::Paragraph(vec![link]));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

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

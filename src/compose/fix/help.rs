//! What is shown of a rule's own help.

use crate::compose::boilerplate::left_out;
use crate::compose::upgrade::Upgrade;
use crate::compose::{cut, extract, links};
use crate::document::{Block, Inline, parse, plain};
use crate::model::finding::{Help, Rule};

/// How many characters of a rule's help are shown.
const HELP: usize = 4_000;

/// How many characters of it are read.
const READ: usize = 8_000;

/// Whether a part of a help text says no more than which version to update to, which has been said already.
pub(super) fn only_updates(block: &Block, upgrades: &[Upgrade]) -> bool {
    let Block::Paragraph(line) = block else { return false };
    let text = plain::inline(line);
    let lower = text.trim().to_lowercase();
    let begins = ["upgrade ", "update ", "please upgrade ", "please update "]
        .iter()
        .any(|word| lower.starts_with(word));
    if !begins || text.len() > 300 || upgrades.iter().all(|one| one.to.is_none() && one.older.is_empty()) {
        return false;
    }
    let edges = |c: char| !c.is_alphanumeric() && c != '*';
    let versions = text.split([' ', ',']).map(|word| word.trim_matches(edges));
    let known = |version: &str| {
        let is = |known: &String| known.trim_start_matches('v') == version.trim_start_matches('v');
        upgrades.iter().any(|upgrade| {
            upgrade.to.iter().chain(&upgrade.known).chain(&upgrade.older).chain(&upgrade.installed).any(is)
        })
    };
    versions.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).all(known)
}

/// Whether a part of a help text only says that there is no fixed version, which has been said already (Snyk).
pub(super) fn only_denies(block: &Block, upgrades: &[Upgrade]) -> bool {
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
pub(super) fn leads_to(block: &Block, page: &Inline) -> bool {
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
pub(super) fn help(rule: &Rule, top: u8) -> Vec<Block> {
    let blocks = match &rule.help {
        Help::None => vec![],
        help if only_address(help).is_some() => vec![],
        Help::Text(text) => parse::described(&cut(&left_out(beyond(text, &rule.description)), READ), false),
        Help::Markdown(text) => parse::markdown(&cut(&left_out(beyond(text, &rule.description)), READ)),
    };
    extract::beginning(blocks, HELP, top)
}

/// What a help text says after the description: Semgrep begins it with the pattern of its messages.
fn beyond<'h>(help: &'h str, description: &str) -> &'h str {
    let description = description.trim();
    let rest = help.trim().strip_prefix(description).filter(|_| !description.is_empty());
    rest.filter(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])).unwrap_or(help)
}

/// Where to read more.
pub(super) fn page(rule: &Rule) -> Option<Inline> {
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

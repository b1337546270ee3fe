//! The help text of an advisory's rule, which may hold what is wrong as well as what to do.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::finding::{Help, Rule};
use crate::report::shared::fix_table;

/// What OSV-Scanner folds its details under.
const SUMMARY: &str = "<summary>Details</summary>";

/// Moves what is wrong from the rule's help to its description.
pub(crate) fn part(rule: &mut Rule) {
    let (overview, remediation, is_markdown) = match &rule.help {
        // Snyk, OSV-Scanner
        Help::Markdown(text) => match text.split_once("## Remediation") {
            Some((overview, remediation)) => {
                let overview = overview.replace(SUMMARY, "");
                let overview = cleaned(&overview);
                let is_framed = overview.lines().next().is_some_and(is_link);
                // OSV-Scanner's own description says the same without the frame
                let own = is_framed && rule.description.len() > 2 * rule.name.len();
                let text = if own { Cow::Borrowed(&*rule.description) } else { unframed(overview) };
                (text.into_owned(), remediation.trim(), true)
            }
            None => return,
        },
        // govulncheck's help only describes the flaw
        Help::Text(text) if !names_a_remedy(text) => (text.trim().to_owned(), "", false),
        Help::Text(_) | Help::None => return,
    };
    if overview.is_empty() || overview.len() < rule.description.len() && !is_markdown {
        return;
    }
    let help = match remediation {
        "" => Help::None,
        // the table is read; what surrounds it explains how to ignore the advisory
        text if !fix_table::versions(text).is_empty() => Help::None,
        text => Help::Markdown(text.into()),
    };
    (rule.description, rule.is_markdown) = (Arc::from(overview), is_markdown);
    rule.help = help;
}

/// Moves the essay about a weakness from the help of Snyk Code's rules to their description.
pub(crate) fn part_essay(rule: &mut Rule) {
    const PRACTICES: &str = "## Best practices for prevention";
    let Help::Markdown(text) = &rule.help else { return };
    let Some(essay) = text.trim_start().strip_prefix("## Details") else { return };
    let (details, practices) = essay.split_once(PRACTICES).unwrap_or((essay, ""));
    let (details, practices) = (details.trim(), practices.trim());
    if details.len() < rule.description.len() {
        return;
    }
    let help = if practices.is_empty() { Help::None } else { Help::Markdown(Arc::from(practices)) };
    (rule.description, rule.is_markdown, rule.help) = (Arc::from(details), true, help);
}

/// Whether a line only links to an advisory, perhaps as a heading.
fn is_link(line: &str) -> bool {
    let line = line.trim_start_matches('#').trim();
    line.starts_with('[') && line.ends_with(')') && line.matches("](").count() == 1
}

/// The text without a heading that only links to the advisory, and without the quotation that all of it is
/// (OSV-Scanner).
fn unframed(text: &str) -> Cow<'_, str> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let others = || rest.lines().any(|line| line.starts_with('#') && is_link(line));
    let body = match !rest.trim().is_empty() && is_link(first) && !others() {
        true => rest.trim(),
        false => text,
    };
    if body.is_empty() || !body.lines().all(|line| line.is_empty() || line.starts_with('>')) {
        return Cow::Borrowed(body);
    }
    let bare = body.lines().map(|line| line.strip_prefix('>').unwrap_or(line));
    Cow::Owned(bare.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n"))
}

/// The overview without its title, and without what the ticket's table of packages says.
fn cleaned(overview: &str) -> &str {
    let mut text = overview.trim().trim_start_matches('#').trim_start();
    for title in ["Overview", "NVD Description"] {
        text = text.strip_prefix(title).map_or(text, str::trim_start);
    }
    if text.starts_with("**Your dependency is vulnerable to ") {
        text = text.split_once("\n\n").map_or("", |(_, rest)| rest);
    }
    let end = text.find("### Affected Packages").unwrap_or(text.len());
    text[..end].trim_end().trim_end_matches("---").trim()
}

/// Whether a text says what to do, or names a version to update to.
fn names_a_remedy(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["fix", "upgrad", "updat", "patch", "remed", "mitig"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(help: Help, description: &str) -> Rule {
        let mut rule = Rule { help, description: description.into(), ..Rule::default() };
        part(&mut rule);
        rule
    }

    #[test]
    fn what_is_wrong_is_told_from_what_to_do() {
        let check = |text: &str, description: &str, help: Help| {
            let rule = parted(Help::Markdown(text.into()), "short");
            assert_eq!((&*rule.description, rule.help), (description, help), "{text}");
        };
        check(
            "## NVD Description\nBad.\n## Remediation\nUpgrade.",
            "Bad.",
            Help::Markdown("Upgrade.".into()),
        );
        check("## Overview\n## Remediation\nUpgrade.", "short", {
            Help::Markdown("## Overview\n## Remediation\nUpgrade.".into())
        });
        check("Only this.", "short", Help::Markdown("Only this.".into()));
    }

    #[test]
    fn a_table_of_fixed_versions_needs_no_words_around_it() {
        let rule = parted(
            Help::Markdown(
                "**Your dependency is vulnerable to [CVE-1](https://a)**\n(Also published as: [x](https://b), ).\n\n\
                 ## [GHSA-1](https://c)\n\nBad.\n\n---\n\n### Affected Packages\n\n| Package Name |\n\n## Remediation\n\n\
                 To fix these.\n\n| Package Name | Fixed Version |\n| --- | --- |\n| a | 1.5 |\n\nOr ignore them.\n"
                    .into(),
            ),
            "",
        );
        assert_eq!((&*rule.description, rule.help), ("Bad.", Help::None));
    }

    #[test]
    fn a_quotation_under_a_link_is_the_description() {
        let check = |text: &str, expected: &str| assert_eq!(unframed(text), expected, "{text}");
        check("[RUSTSEC-1](https://a)\n\n> Bad.\n>\n> ### More\n> Worse.", "Bad.\n\n### More\nWorse.");
        check("> Bad.\nWorse.", "> Bad.\nWorse.");
        let two = "[A-1](https://a)\n\n> Bad.\n\n### [B-1](https://b)\n\n> Bad.";
        check(two, two);
    }

    #[test]
    fn an_essay_about_a_weakness_is_no_fix() {
        let help = "## Details\n\nAn attacker can.\n\n## Best practices for prevention\n* Do not.";
        let mut rule = Rule { help: Help::Markdown(help.into()), ..Rule::default() };
        part_essay(&mut rule);
        assert_eq!((&*rule.description, rule.help), ("An attacker can.", Help::Markdown("* Do not.".into())));
        let help = Help::Markdown("## Details\n\nAn attacker can.".into());
        let mut rule = Rule { help, ..Rule::default() };
        part_essay(&mut rule);
        assert_eq!((&*rule.description, rule.help), ("An attacker can.", Help::None));
    }

    #[test]
    fn a_help_text_without_a_remedy_describes_the_flaw() {
        let rule = parted(Help::Text("The target can be a link. It then leads out.".into()), "A race in os");
        assert_eq!(&*rule.description, "The target can be a link. It then leads out.");
        assert_eq!(rule.help, Help::None);
        let rule = parted(Help::Text("Update to 1.2, which has no race.".into()), "A race");
        assert_eq!(
            (&*rule.description, rule.help),
            ("A race", Help::Text("Update to 1.2, which has no race.".into()))
        );
    }
}

//! A ticket's summary and description.

use std::collections::BTreeSet;

use super::names::{self, is_secret};
pub use super::title::{SUMMARY_LIMIT, short, summary, tell_apart};
use super::{Provenance, advisories, count, cut, extract, facts, fix, links, once, places, title};
use crate::config::TicketSection;
use crate::document::visible::one_line;
use crate::document::{Block, Document, DocumentPart, Inline, parse, plain};
use crate::model::finding::Rule;
use crate::model::fingerprint::Fingerprint;
use crate::model::survey::{Common, Group, Survey};
use crate::model::ticket::token;

/// How many names of a group appear on its ticket.
const NAMES: usize = 8;

/// How many characters of a rule's description are shown: what to do follows it.
const DESCRIPTION: usize = 1_500;

/// How many characters of it are read.
const READ: usize = 8_000;

/// What people read on the ticket; the requested sections, in this order.
///
/// `elsewhere` is what other scans and places see of the same ticket: a place and its number of findings.
pub fn description(
    group: &Group,
    survey: &Survey,
    provenance: &Provenance,
    sections: &[TicketSection],
    elsewhere: &[(String, usize)],
) -> Document {
    let mut parts = Vec::new();
    let mut add = |name, weight, heading: Option<&str>, mut blocks: Vec<Block>| {
        if let (Some(heading), false) = (heading, blocks.is_empty()) {
            blocks.insert(0, Block::Heading(2, vec![Inline::text(heading)]));
        }
        if !blocks.is_empty() {
            parts.push(DocumentPart { name, weight, blocks });
        }
    };
    for section in sections {
        match section {
            TicketSection::What => add("what it is", 250, None, what(group, survey, provenance)),
            TicketSection::Facts => add("facts", 240, None, vec![facts::table(group, survey.owners(group))]),
            TicketSection::Where => {
                let nowhere =
                    Provenance { branch: String::new(), branches: Default::default(), ..provenance.clone() };
                let own = if facts::is_on_branch(group) { provenance } else { &nowhere };
                let mut blocks = places::branches(own, elsewhere);
                blocks.extend(places::occurrences(group, provenance));
                add("where", 200, Some("Where"), blocks);
                add("further places", 100, None, places::further(group, survey, provenance));
            }
            TicketSection::Fix => {
                let blocks = fix::blocks(group);
                let heading = if fix::only_references(&blocks) { "Read more" } else { "How to fix it" };
                add(once::FIX, 150, Some(heading), blocks);
            }
            TicketSection::Provenance => {
                add(
                    "where this comes from",
                    220,
                    Some("Where this comes from"),
                    origin(group, survey, provenance),
                );
            }
        }
    }
    once::leave_out_what_was_said(&mut parts);
    Document { parts }
}

/// The words by which a text search finds a ticket whose labels are gone: one for each of these names.
pub fn reference(names: &[Fingerprint]) -> DocumentPart {
    let words: Vec<String> = names.iter().take(NAMES).copied().map(token).collect();
    let line = vec![Inline::Emphasis(format!("Reference: {}", words.join(" ")))];
    DocumentPart { name: "reference", weight: u8::MAX, blocks: vec![Block::Paragraph(line)] }
}

/// What is wrong, in the report's words.
fn what(group: &Group, survey: &Survey, provenance: &Provenance) -> Vec<Block> {
    let (rule, name) = match &group.common {
        Common::File(path) => {
            let number = count(group.kept().count(), "finding");
            let line = vec![
                Inline::text(format!("{number} by {} in ", facts::scanners(group))),
                Inline::code(one_line(path)),
                Inline::text("."),
            ];
            return std::iter::once(Block::Paragraph(line))
                .chain(places::rule_table(group, provenance))
                .chain(advisories::table(group))
                .collect();
        }
        Common::Package(_) => {
            return std::iter::once(advisories::headline(group)).chain(advisories::table(group)).collect();
        }
        Common::Rule(rule) => (Some(&**rule), names::group(group)),
        Common::Advisory(_) => (group.exemplars.first().map(|one| &*one.rule), names::group(group)),
    };
    let secret = rule.is_some_and(|rule| is_secret(group.kind, rule));
    // a description with Semgrep's variables is the pattern of the messages, which are shown at their places
    let is_pattern = |rule: &&Rule| {
        names::has_metavariable(&rule.description)
            && group.exemplars.iter().all(|one| !one.detail.message.trim().is_empty())
    };
    let mut described = rule.filter(|rule| secret || !is_pattern(rule)).map_or(Vec::new(), |rule| {
        let blocks = parse::described(&cut(rule.description.trim(), READ), rule.is_markdown);
        extract::beginning(blocks, DESCRIPTION, extract::TOP)
    });
    // what is wrong with a package, or with every place in the same words, is said once for all places
    let exemplar = group.exemplars.first().filter(|_| described.is_empty() && !secret);
    let message = exemplar.filter(|one| one.package.is_some() || is_cut_from_every_message(&name, group));
    let message = message.map_or(Vec::new(), |one| places::message(&one.detail));
    let first = described.iter().chain(&message).next().and_then(|block| match block {
        Block::Paragraph(line) => Some(plain::inline(line)),
        _ => None,
    });
    // what follows may begin with the same text, or consist of nothing else
    let bare = match &group.common {
        Common::Advisory(_) => name.split_once(": ").map_or(&*name, |(_, title)| title),
        _ => &name,
    };
    let bare = once::words(bare.trim_end_matches('…'));
    let begins = first.is_some_and(|first| once::words(&first).starts_with(&bare));
    let mut blocks = Vec::new();
    if !begins {
        // a description that is a part of the name adds nothing: `Github` of `Github credential`
        let said = format!("{} ", once::words(&name));
        let is_part = |text: &str| !text.is_empty() && said.starts_with(&format!("{text} "));
        let adds = |block: &Block| match block {
            Block::Paragraph(line) => !is_part(&once::words(&plain::inline(line))),
            _ => true,
        };
        described.retain(adds);
        // nor does a name that the summary has in full
        if !title::is_in_summary(group, survey, &name) {
            blocks.push(Block::Paragraph(vec![Inline::strong(name)]));
        }
    }
    blocks.extend(described);
    blocks.extend(message);
    if secret {
        blocks.push(Block::text("What was found is not shown here, because it may be a credential."));
    }
    blocks
}

/// Whether the name is the beginning of a longer message that is the same at every place.
fn is_cut_from_every_message(name: &str, group: &Group) -> bool {
    let begin = once::words(name.trim_end_matches('…'));
    let messages: BTreeSet<&str> = group.exemplars.iter().map(|one| &*one.detail.message).collect();
    let words = messages.first().map(|message| once::words(message)).unwrap_or_default();
    messages.len() == 1 && words.len() > begin.len() && words.starts_with(&begin)
}

/// Repository, branch, commit, run, and GitHub's own page for it.
fn origin(group: &Group, survey: &Survey, provenance: &Provenance) -> Vec<Block> {
    let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
    let mut add = |name: &str, value: Inline| rows.push(vec![vec![Inline::strong(name)], vec![value]]);
    if !provenance.repository.name.is_empty() {
        add("Repository", links::repository(provenance));
    }
    if !provenance.branch.is_empty() {
        add("Branch", links::branch(&provenance.branch, provenance));
    }
    if !provenance.commit.is_empty() {
        add("Commit", links::commit(provenance));
    }
    if let Some(number) = provenance.pull_request {
        add("Pull request", links::pull_request(number, provenance));
    }
    if let Some(run) = &provenance.run_url {
        add("Workflow run", Inline::link("log", run));
    }
    if let Some(scanner) = in_code_scanning(group, survey) {
        let one = group.exemplars.iter().find(|one| *one.scanner == *scanner);
        let rule = match (&group.common, one) {
            (Common::File(_), _) | (_, None) => "",
            (_, Some(one)) => one.rule.id.as_str(),
        };
        if let Some(view) = links::security_view(rule, scanner, provenance) {
            add("Code scanning", view);
        }
    }
    let promise = "Filed by casefile, which keeps this text up to date until somebody edits it; after that, \
                   updates are posted as comments";
    let promise = vec![Inline::Emphasis(promise.to_owned()), Inline::text(".")];
    vec![Block::Table { head: vec![], rows }, Block::Paragraph(promise)]
}

/// The scanner of those findings for which GitHub has alerts, namely those that the run read from there. Whether a
/// report was also uploaded is not known.
fn in_code_scanning<'s>(group: &Group, survey: &'s Survey) -> Option<&'s str> {
    let uploaded = survey.scans.iter().filter(|seen| {
        let report = survey.reports.get(seen.report);
        report.is_some_and(|report| report.format == "github-code-scanning")
    });
    let mut names = uploaded.map(|seen| seen.scan.scanner.as_str());
    names.find(|name| group.scanners.iter().any(|scanner| scanner.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::samples;
    use super::*;
    use crate::document::samples::hostile;
    use crate::document::shorten::units;
    use crate::document::{adf, fit, markdown, plain};
    use crate::model::finding::{FindingKind, Help, Rule};
    use crate::model::record::Mode;
    use crate::model::scan::{Scan, Scope};
    use crate::model::survey::{Exemplar, ReadReport, ScopedScan};

    fn whole(sample: &(Group, Survey)) -> Document {
        description(
            &sample.0,
            &sample.1,
            &samples::provenance(),
            &TicketSection::ALL,
            &[("release/1".into(), 2)],
        )
    }

    #[test]
    fn only_what_github_may_have_alerts_of_leads_there() {
        let check = |format: &str, expected: bool| {
            let (group, mut survey) = samples::code(1);
            survey.reports.push(ReadReport {
                path: "a".into(),
                format: format.into(),
                scanner: "Bandit".into(),
                findings: 1,
                whole: true,
                ..ReadReport::default()
            });
            let scope = Scope { job: String::new(), scanner: String::new(), category: String::new() };
            survey.scans.push(ScopedScan { scan: Scan::new("Bandit"), scope, report: 0, whole: true });
            let text = markdown::render(&whole(&(group, survey)));
            assert_eq!(text.contains("tool%3ABandit+rule%3AB602"), expected, "{format}: {text}");
        };
        check("sarif", false);
        check("github-code-scanning", true);
        check("grype", false);
        check("github-dependabot", false);
    }

    #[test]
    fn a_ticket_in_markdown() {
        let text = markdown::render(&whole(&samples::code(2)));
        println!("{text}");
        let blob = "https://github.com/acme/shop/blob/c0ffee/src";
        for expected in [
            "Starting a process through a shell",
            "| **Severity** | High |",
            "[CWE-78](https://cwe.mitre.org/data/definitions/78.html)",
            &format!("[src/deploy.py:10]({blob}/deploy.py#L10-L12) in `deploy.run`"),
            "```python\ndef run(cmd):\n    subprocess.call(cmd, shell=True)\n```",
            &format!("1. [src/web.py:3]({blob}/web.py#L3) – \\`cmd\\` comes from the request"),
            &format!("[src/old tool.py:4]({blob}/old%20tool.py#L4)"),
            "And in 2 more places:\n\n- [src/more0.py:7]",
            "On `main`. Other scans: 2 findings on `release/1`.",
            "### Fix\n\nPass a **list**, without `shell=True`:",
        ] {
            assert!(text.contains(expected), "{expected}\n\n{text}");
        }
        assert_eq!(text.matches("security issue").count(), 1, "the same message is said once");
    }

    #[test]
    fn a_package_in_markdown() {
        let text = markdown::render(&whole(&samples::dependency()));
        println!("{text}");
        for expected in [
            "| Package | Installed | Fixed in | Where | Dependency path |",
            "| lodash | 4.17.20 | 4.17.21 |",
            "webpack → lodash",
            "7.2 `CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H`",
            "1.2% chance",
            "known to be exploited",
            "Update `lodash` from 4.17.20 to **4.17.21** or later.",
            "https://github.com/advisories/GHSA-35jh-r3h4-6jhm",
        ] {
            assert!(text.contains(expected), "{expected}\n\n{text}");
        }
    }

    #[test]
    fn a_package_with_all_its_advisories_in_markdown() {
        let text = markdown::render(&whole(&samples::package()));
        println!("{text}");
        for expected in [
            "**lodash 4.17.20: 2 advisories, worst severity critical**",
            "| Critical | [CVE-2021-23337]",
            "| High | [CVE-2020-8203]",
            "Update `lodash` from 4.17.20 to **4.17.21** or later, which fixes 2 advisories.",
        ] {
            assert!(text.contains(expected), "{expected}\n\n{text}");
        }
        let at = |id: &str| text.find(id).unwrap_or(usize::MAX);
        assert!(at("CVE-2021-23337") < at("CVE-2020-8203"), "the worst comes first");
        assert_eq!(
            text.matches("package-lock.json:").count() + text.matches("package-lock.json]").count(),
            1
        );
    }

    #[test]
    fn a_file_in_markdown() {
        let text = markdown::render(&whole(&samples::file()));
        println!("{text}");
        for expected in ["2 findings by Bandit in `src/deploy.py`.", "| Hard-coded password | Low |"] {
            assert!(text.contains(expected), "{expected}\n\n{text}");
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let check = |sample: (Group, Survey)| {
            let text = plain::render(&whole(&sample)) + &summary(&sample.0, &sample.1, "");
            assert!(!text.contains("HUNTER2") && text.contains("revoke"), "{text}");
        };
        check(samples::secret());
        let (group, survey) = samples::secret();
        let rule = Arc::new(Rule { cwe: vec![798], ..Rule::default() });
        let mut exemplars = group.exemplars.clone();
        exemplars[0].rule = Arc::clone(&rule);
        check((Group { kind: FindingKind::Code, common: Common::Rule(rule), exemplars, ..group }, survey));
    }

    #[test]
    fn a_description_that_is_a_part_of_the_name_is_left_out() {
        let (mut group, survey) = samples::secret();
        let rule = Arc::new(Rule { id: "Github".into(), description: "Github".into(), ..Rule::default() });
        group.exemplars[0].rule = Arc::clone(&rule);
        group.common = Common::Rule(rule);
        let text = plain::render(&whole(&(group, survey)));
        // and so is a name that is the title
        assert!(text.starts_with("What was found"), "{text}");
    }

    #[test]
    fn references_alone_are_no_fix() {
        let check = |help: Help, expected: &str| {
            let (mut group, survey) = samples::code(0);
            let mut rule = (*group.exemplars[0].rule).clone();
            (rule.help, rule.help_uri) = (help, None);
            group.common = Common::Rule(Arc::new(rule));
            let text = markdown::render(&whole(&(group, survey)));
            let headings = ["## Read more", "## How to fix it"].map(|heading| text.contains(heading));
            assert_eq!(headings, [expected == "Read more", expected == "How to fix it"], "{text}");
        };
        let references = "References:\nhttps://a.example/x";
        check(Help::Text(references.into()), "Read more");
        check(Help::Text(format!("Use a list.\n\n{references}").into()), "How to fix it");
        check(Help::Markdown("- Use a list.".into()), "How to fix it");
        check(Help::None, "");
    }

    #[test]
    fn a_big_ticket_fits_and_says_what_is_missing() {
        let (mut group, survey) = samples::code(500);
        let one = group.exemplars[0].clone();
        group.exemplars = (1..12).map(|n| Exemplar { id: samples::id(n), ..one.clone() }).collect();
        for one in &mut group.exemplars {
            let own = one.id.to_string();
            one.detail.message = "m".repeat(1_000_000).into();
            one.detail.snippet = Some(format!("{own} {}", "s".repeat(1_000_000)).into());
        }
        let length = |document: &Document| adf::render(document).to_string().len();
        let (document, left_out) = fit::fit(&whole(&(group, survey)), 20_000, length);
        assert!((15_000..=20_000).contains(&length(&document)), "{}", length(&document));
        assert_eq!(left_out, ["the end of further places"]);
    }

    #[test]
    fn sections_are_chosen() {
        let (group, survey) = samples::code(1);
        let names = |sections: &[TicketSection]| {
            let document = description(&group, &survey, &samples::provenance(), sections, &[]);
            document.parts.iter().map(|part| part.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[TicketSection::Fix]), ["how to fix it"]);
        let all =
            ["what it is", "facts", "where", "further places", "how to fix it", "where this comes from"];
        assert_eq!(names(&TicketSection::ALL), all);
        assert_eq!(names(&[]), [""; 0]);
    }

    proptest! {
        #[test]
        fn a_summary_is_one_line_that_jira_takes(prefix in hostile(), name in hostile(), path in hostile()) {
            let (group, mut survey) = samples::code(0);
            let long = Rule { name: name.repeat(40), ..Rule::default() };
            survey.paths[0] = path.repeat(9).into();
            let group = Group { common: Common::Rule(Arc::new(long)), mode: Mode::Vulnerability, ..group };
            let summary = summary(&group, &survey, &prefix);
            prop_assert!(units(&summary) <= SUMMARY_LIMIT);
            let acting = summary.chars().any(|c| c.is_control() || c == '\u{202e}');
            prop_assert!(!acting);
            prop_assert!(!summary.is_empty());
        }
    }
}

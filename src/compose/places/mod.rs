//! Where: each exemplar in full, and the other findings as links.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter;

use super::boilerplate::left_out;
use super::names::{self, is_secret};
use super::{Provenance, count, cut, either, extract, frames, once, upgrade};
use crate::document::visible::one_line;
use crate::document::{Block, Inline, parse, plain};
use crate::model::finding::{FindingDetail, FlowStep, Location, Package};
use crate::model::survey::{Common, Exemplar, Group};

mod further_facts;
mod line;
mod listed;
mod snippet;
mod steps;
mod tables;

use further_facts::further_facts;
use line::headline;
pub(super) use listed::{further, listed, number};
use snippet::{language, snippet};
use steps::{news, steps};
use tables::package_table;
pub(super) use tables::rule_table;

/// How many characters of a message are shown.
const MESSAGE: usize = 2_000;
/// Stands for what is left out.
const WITHHELD: &str =
    "What the scanner says about this place is not shown here, because it may quote a credential.";
/// How many characters of a message are read.
const READ: usize = 8_000;

/// The branches, and what other scans see there: each element of `elsewhere` is a place with its number of findings.
pub(in crate::compose) fn branches(provenance: &Provenance, elsewhere: &[(String, usize)]) -> Vec<Block> {
    let mut line = Vec::new();
    let whole = provenance.branches.iter().filter(|(_, some)| some.is_none()).map(|(name, _)| name);
    let names = iter::once(&provenance.branch).chain(whole);
    for name in names.filter(|name| !name.is_empty()) {
        line.push(Inline::text(if line.is_empty() { "On " } else { ", " }));
        line.push(Inline::code(one_line(name)));
    }
    if !line.is_empty() {
        line.push(Inline::text("."));
    }
    for (name, some) in &provenance.branches {
        let Some(some) = some else { continue };
        let are = either(*some, "is", "are");
        line.extend([Inline::text(format!(" {some} of these {are} also on ")), Inline::code(one_line(name))]);
        line.push(Inline::text("."));
    }
    for (index, (place, number)) in elsewhere.iter().enumerate() {
        line.push(Inline::text(match (index, line.is_empty()) {
            (0, true) => "Other scans: ",
            (0, false) => " Other scans: ",
            _ => ", ",
        }));
        line.extend([
            Inline::text(format!(
                "{} {} ",
                count(*number, "finding"),
                if place.starts_with('#') { "in" } else { "on" }
            )),
            Inline::code(one_line(place)),
        ]);
    }
    if !elsewhere.is_empty() {
        line.push(Inline::text("."));
    }
    if line.is_empty() { vec![] } else { vec![Block::Paragraph(line)] }
}

/// The exemplars: packages as a table, others one after another.
pub(in crate::compose) fn occurrences(group: &Group, provenance: &Provenance) -> Vec<Block> {
    let mut blocks = Vec::new();
    let has_package = |one: &&Exemplar| one.package.as_ref().is_some_and(|package| !package.name.is_empty());
    let packages: Vec<(&Exemplar, &Package<'_>)> = group
        .exemplars
        .iter()
        .filter(has_package)
        .filter_map(|one| one.package.as_ref().map(|package| (one, package)))
        .collect();
    if !packages.is_empty() {
        blocks.push(package_table(&packages, group, provenance));
        blocks.extend(steps("Evidence:", false, &evidence(&packages), group.kind, provenance));
        // where several advisories are listed, nobody could tell which of them it is about
        if matches!(group.common, Common::Rule(_) | Common::Advisory(_)) {
            blocks.extend(further_facts(packages.iter().map(|(one, _)| *one), provenance));
        }
        blocks.extend(used(&packages, group, provenance));
    }
    let (mut said, mut withheld) = ("", false);
    let placed = alike_together(group).into_iter().filter(|one| !has_package(one));
    let (mut last, mut same): (Option<&Exemplar>, Vec<Vec<Inline>>) = (None, Vec::new());
    for (line, there) in by_place(placed, group, provenance) {
        if last.is_some_and(|last| there.iter().all(|one| repeats(one, last, group))) {
            same.push(line);
            continue;
        }
        blocks.extend(same_at(std::mem::take(&mut same)));
        last = there.last().copied();
        blocks.push(Block::Paragraph(line));
        let secrets = there.iter().copied().filter(|one| is_secret(group.kind, &one.rule));
        blocks.extend(further_facts::credential_facts(secrets, provenance));
        let (mut flows, mut more): (Vec<Vec<&FlowStep<'_>>>, Vec<Block>) = (Vec::new(), Vec::new());
        for one in there {
            if is_secret(group.kind, &one.rule) {
                // only where it is: what is said there may quote it
                let also: Vec<FlowStep<'_>> = one.detail.also.iter().map(silent).collect();
                let also = news(&also, one);
                blocks.extend(steps("Also at:", false, &also, group.kind, provenance));
                continue;
            }
            // if a scanner says the same everywhere, or as in the line above, it is shown once
            if *one.detail.message != *said && !is_headline(one, group) && !is_description(one, group) {
                blocks.extend(message(&one.detail));
                said = &one.detail.message;
            }
            if let Some(text) = one.detail.snippet.as_deref().filter(|text| !text.trim().is_empty()) {
                blocks.push(Block::Code { language: language(&one.location.path), text: snippet(text) });
            }
            if one.detail.withheld && !std::mem::replace(&mut withheld, true) {
                blocks.push(Block::text(WITHHELD));
            }
            let also = news(&one.detail.also, one);
            blocks.extend(further_facts([one].into_iter(), provenance));
            blocks.extend(steps("Also at:", false, &also, group.kind, provenance));
            flows.push(news(&one.detail.flow, one));
            let related = news(&one.detail.related, one);
            more.extend(steps("See also:", false, &related, group.kind, provenance));
            more.extend(named_tickets(&one.detail.work_items));
        }
        flows.retain(|flow| !flow.is_empty());
        // one is enough to understand how data gets there
        if let Some(flow) = flows.first() {
            let lead = match flows.len() {
                1 => "Data flow:".to_owned(),
                several => format!("Flow 1 of {several}:"),
            };
            blocks.extend(steps(&lead, true, flow, group.kind, provenance));
        }
        blocks.extend(more);
    }
    blocks.extend(same_at(same));
    blocks
}

/// Whether the report says the same of two places, and quotes the same code.
fn repeats(one: &Exemplar, last: &Exemplar, group: &Group) -> bool {
    let own = |one: &Exemplar| {
        let FindingDetail { flow, also, related, facts, work_items, withheld, .. } = &one.detail;
        let steps = [flow, also, related].into_iter().any(|steps| !steps.is_empty());
        steps || !facts.is_empty() || !work_items.is_empty() || *withheld
    };
    one.rule.id == last.rule.id
        && one.detail.message == last.detail.message
        && one.detail.snippet == last.detail.snippet
        && !is_secret(group.kind, &one.rule)
        && !own(one)
        && !own(last)
}

/// Further places of which the same is true.
fn same_at(places: Vec<Vec<Inline>>) -> Vec<Block> {
    match <[Vec<Inline>; 1]>::try_from(places) {
        Ok([place]) => {
            let lead = Inline::text("The same at ");
            vec![Block::Paragraph(std::iter::once(lead).chain(place).collect())]
        }
        Err(places) if places.is_empty() => Vec::new(),
        Err(places) => {
            let items = places.into_iter().map(|place| vec![Block::Paragraph(place)]).collect();
            vec![Block::text("The same at:"), Block::List { ordered: false, items }]
        }
    }
}

/// The exemplars in their order, but those of a rule with the same code one after another: the code is shown once, below
/// the first of them.
fn alike_together(group: &Group) -> Vec<&Exemplar> {
    let mut all: Vec<(usize, &Exemplar)> = group.exemplars.iter().enumerate().collect();
    if matches!(group.common, Common::Rule(_)) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (at, one) in &mut all {
            let code = one.detail.snippet.as_deref().map(str::trim).filter(|code| !code.is_empty());
            if let Some(code) = code {
                *at = *first.entry(code).or_insert(*at);
            }
        }
        all.sort_by_key(|(at, _)| *at);
    }
    all.into_iter().map(|(_, one)| one).collect()
}

/// The places from which the scanner infers whether the packages' flaws matter here, each once.
fn evidence<'e>(packages: &[(&'e Exemplar, &Package<'_>)]) -> Vec<&'e FlowStep<'static>> {
    let mut all: Vec<&FlowStep<'static>> = Vec::new();
    for (one, _) in packages.iter().filter(|(one, _)| one.detail.applicability.is_some()) {
        for step in &one.detail.related {
            if !all.contains(&step) {
                all.push(step);
            }
        }
    }
    all
}

/// The file and the line of a place.
fn silent<'s>(step: &'s FlowStep<'_>) -> FlowStep<'s> {
    let Location { path, line, end_line, column, logical: _ } = &step.location;
    let path = Cow::Borrowed(&**path);
    let location = Location { path, line: *line, end_line: *end_line, column: *column, logical: None };
    FlowStep::new(location, Cow::Borrowed(""))
}

/// Whether the message is the rule's description, or as much of it as is kept, with which the ticket begins.
fn is_description(one: &Exemplar, group: &Group) -> bool {
    let Common::Rule(rule) = &group.common else { return false };
    let said = once::words(&one.detail.message);
    !said.is_empty()
        && !names::has_metavariable(&rule.description)
        && once::words(&rule.description).starts_with(&said)
}

/// Whether and how the project uses the vulnerable parts of packages, and the calls that lead to one of them.
fn used(packages: &[(&Exemplar, &Package<'_>)], group: &Group, provenance: &Provenance) -> Vec<Block> {
    const NAMED: usize = 5;
    let mut usages: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    // a file's ticket lists packages of which some may be reachable
    let listed = packages.iter().filter(|_| !matches!(group.common, Common::File(_)));
    for (one, _) in listed {
        if let Some(usage) = one.detail.usage.as_deref() {
            usages.entry(usage).or_default().insert(upgrade::advisory(one));
        }
    }
    let several = usages.len() > 1;
    let said = |(usage, advisories): (&str, BTreeSet<String>)| {
        let more = advisories.len().saturating_sub(NAMED);
        let mut names: Vec<String> = advisories.into_iter().take(NAMED).collect();
        names.extend((more > 0).then(|| format!("{more} more")));
        Block::text(if several { format!("{}: {usage}", names.join(", ")) } else { usage.to_owned() })
    };
    let mut blocks: Vec<Block> = usages.into_iter().map(said).collect();
    let flow = packages.iter().map(|(one, _)| news(&one.detail.flow, one)).find(|flow| !flow.is_empty());
    blocks.extend(steps("Calls:", true, &flow.unwrap_or_default(), group.kind, provenance));
    blocks
}

/// Whether the message is the name that a file's ticket puts behind the place.
fn is_headline(one: &Exemplar, group: &Group) -> bool {
    let name = || names::rule(&one.rule, Some(&one.detail.message), true);
    matches!(group.common, Common::File(_)) && once::words(&one.detail.message) == once::words(&name())
}

/// The findings by the line that says where they are.
fn by_place<'e>(
    exemplars: impl Iterator<Item = &'e Exemplar>,
    group: &Group,
    provenance: &Provenance,
) -> Vec<(Vec<Inline>, Vec<&'e Exemplar>)> {
    let mut places: Vec<(Vec<Inline>, Vec<&Exemplar>)> = Vec::new();
    for one in exemplars {
        let line = headline(one, group, provenance);
        // a credential in several commits is in one place
        match places.iter_mut().find(|(known, _)| plain::inline(known) == plain::inline(&line)) {
            Some((_, there)) => there.push(one),
            None => places.push((line, vec![one])),
        }
    }
    places
}

/// What the scanner says, in the format in which it says it.
pub(in crate::compose) fn message(detail: &FindingDetail<'_>) -> Vec<Block> {
    let said = |text: &str| parse::described(&frames::fenced(&cut(&left_out(text), READ)), false);
    let blocks = match &detail.markdown {
        Some(markdown) => {
            // a stack trace does not say what is wrong (Mayhem)
            let is_said = once::words(markdown).contains(&once::words(&detail.message));
            let mut blocks = if is_said { Vec::new() } else { said(&detail.message) };
            blocks.extend(parse::markdown(&frames::fenced(&cut(markdown, READ))));
            blocks
        }
        None => said(&detail.message),
    };
    extract::beginning(blocks, MESSAGE, extract::TOP)
}

/// Addresses of tickets that the report names (SARIF `workItemUris`). They are claims, so they are shown as text, not
/// as links.
fn named_tickets(work_items: &[Cow<'_, str>]) -> Option<Block> {
    if work_items.is_empty() {
        return None;
    }
    let mut line = vec![Inline::text("Tickets that the report names: ")];
    for (index, uri) in work_items.iter().enumerate() {
        line.extend((index > 0).then(|| Inline::text(", ")));
        line.push(Inline::code(one_line(uri)));
    }
    Some(Block::Paragraph(line))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::document::{Document, markdown};
    use crate::model::finding::FindingFact;

    #[test]
    fn a_ticket_that_the_report_names_is_text() {
        let paragraph = named_tickets(&["https://acme.example/browse/SEC-1".into()]);
        let Some(Block::Paragraph(line)) = &paragraph else { panic!("{paragraph:?}") };
        assert_eq!(line[1], Inline::code("https://acme.example/browse/SEC-1"));
        assert_eq!(named_tickets(&[]), None);
    }

    #[test]
    fn places_with_the_same_code_follow_one_another() {
        let (mut group, _) = samples::code(0);
        let one = group.exemplars[0].clone();
        group.exemplars = [(1, "import xml"), (2, "from xml import dom"), (3, "import xml ")]
            .map(|(line, code)| {
                let mut one = one.clone();
                (one.location.line, one.detail.snippet) = (line, Some(code.into()));
                one
            })
            .into();
        let lines: Vec<u32> = alike_together(&group).iter().map(|one| one.location.line).collect();
        assert_eq!(lines, [1, 3, 2]);
    }

    #[test]
    fn places_of_which_the_same_is_true_are_listed_below_the_first() {
        let text = |places: &[(u32, &str)]| {
            let (mut group, _) = samples::code(0);
            let mut sample = group.exemplars[0].clone();
            (sample.detail.flow, sample.detail.related) = (Vec::new(), Vec::new());
            let at = |(line, message): &(u32, &str)| {
                let mut one = sample.clone();
                one.location = samples::location("a.py", *line);
                one.detail.message = (*message).to_owned().into();
                one
            };
            group.exemplars = places.iter().map(at).collect();
            let text =
                crate::document::plain::render(&Document::of(occurrences(&group, &samples::provenance())));
            text.lines()
                .filter(|line| line.contains("a.py") || line.starts_with("The same"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let same = "Anybody can run a command.";
        assert_eq!(text(&[(1, same), (2, same)]), ["a.py:1", "The same at a.py:2"]);
        assert_eq!(text(&[(1, same), (2, "Another")]), ["a.py:1", "a.py:2"]);
        let three = text(&[(1, same), (2, same), (3, same), (4, "Another")]);
        assert_eq!(three, ["a.py:1", "The same at:", "a.py:2", "a.py:3", "a.py:4"]);
    }

    #[test]
    fn what_an_analysis_is_based_on_is_shown() {
        let (mut group, _) = samples::dependency();
        for one in &mut group.exemplars {
            let step = FlowStep::new(samples::location("src/a.js", 3), "It is called".into());
            one.detail.related = vec![step];
        }
        let shown = |group: &Group| {
            markdown::render(&Document::of(occurrences(group, &samples::provenance())))
                .matches(" – It is called")
                .count()
        };
        assert_eq!(shown(&group), 0);
        group.exemplars.iter_mut().for_each(|one| one.detail.applicability = Some("Applicable".into()));
        assert_eq!(shown(&group), 1);
    }

    #[test]
    fn further_resources_are_named() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        let at = |name: &str| Location { logical: Some(name.to_owned().into()), ..Location::default() };
        group.exemplars[0].location = at("bucket-a");
        group.exemplars[0].detail.flow = Vec::new();
        let related = ["bucket-b", "bucket-c"].map(|name| FlowStep::new(at(name), "".into()));
        group.exemplars[0].detail.related = related.into();
        let text = markdown::render(&Document::of(occurrences(&group, &samples::provenance())));
        for name in ["`bucket-a`", "- `bucket-b`", "- `bucket-c`"] {
            assert!(text.contains(name), "{text}");
        }
    }

    #[test]
    fn places_of_equal_rank_and_what_the_report_says_about_one_are_shown() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        let one = &mut group.exemplars[0];
        one.detail.flow = Vec::new();
        let location = Location { path: "AndroidManifest.xml".into(), line: 7, ..Location::default() };
        one.detail.also = vec![FlowStep::new(location, "".into())];
        let fact = |name, value: &str| FindingFact { name, value: value.to_owned().into() };
        one.detail.facts = vec![
            fact("Account", "123456789012"),
            fact(FindingFact::ATTACK, "https://evil.example/ --"),
            fact("Not affected", "from version 2 on"),
            fact("Source", "https://console.example/x"),
        ];
        let text = markdown::render(&Document::of(occurrences(&group, &samples::provenance())));
        for expected in [
            "Also at:\n\n- [AndroidManifest.xml:7](",
            "- Account: `123456789012`",
            "- Attack: `https://evil.example/ --`",
            "- Not affected: from version 2 on",
            "- Source: [",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        assert!(!text.contains("See also"), "{text}");
    }

    #[test]
    fn a_description_is_not_repeated_at_a_place_even_if_it_was_cut() {
        let (mut group, _) = samples::code(0);
        let description = format!("{}The end.", "A sentence about the rule. ".repeat(100));
        let mut rule = (*group.exemplars[0].rule).clone();
        rule.description = description.as_str().into();
        group.common = Common::Rule(std::sync::Arc::new(rule));
        for one in &mut group.exemplars {
            one.detail.message = format!("{}…", &description[..2_000]).into();
        }
        let text = markdown::render(&Document::of(occurrences(&group, &samples::provenance())));
        assert!(!text.contains("sentence"), "{text}");
    }

    #[test]
    fn of_several_ways_to_a_place_one_is_shown() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        group.exemplars.push(group.exemplars[0].clone());
        for (one, line) in group.exemplars.iter_mut().zip([71, 72]) {
            let location = Location { path: "src/web.py".into(), line, ..Location::default() };
            one.detail.flow = vec![FlowStep::new(location, "ControlFlowNode for request".into())];
        }
        let text = markdown::render(&Document::of(occurrences(&group, &samples::provenance())));
        assert_eq!(
            (text.matches("Flow 1 of 2:").count(), text.matches("src/web.py:7").count()),
            (1, 1),
            "{text}"
        );
        assert!(text.contains("src/web.py:71") && text.contains(" – request\n"), "{text}");
    }
}

//! Where: each exemplar in full, and the other findings as links.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::names::{self, is_secret};
use super::{Provenance, count, cut, extract, facts, frames, links, once};
use crate::document::visible::one_line;
use crate::document::{Block, Inline, parse};
use crate::model::finding::{FindingDetail, FindingKind, FlowStep, Location, Package};
use crate::model::survey::{Common, Exemplar, Group, Sighting, Survey};

/// How many places are listed in addition to those shown in full.
const FURTHER: usize = 50;
/// How many steps of a code flow, and how many related places, are listed.
const STEPS: usize = 25;
/// How many lines of a snippet are shown, and how many characters of each.
const SNIPPET: (usize, usize) = (30, 300);
/// How many characters of a message are shown.
const MESSAGE: usize = 2_000;
/// How many characters of a message are read.
const READ: usize = 8_000;

/// The branches, and what other scans see there: each element of `elsewhere` is a place with its number of findings.
pub(super) fn branches(provenance: &Provenance, elsewhere: &[(String, usize)]) -> Vec<Block> {
    let mut line = Vec::new();
    let own = [provenance.branch.clone()];
    let names = if provenance.branches.is_empty() { &own[..] } else { &provenance.branches };
    for name in names.iter().filter(|name| !name.is_empty()) {
        line.push(Inline::text(if line.is_empty() { "On " } else { ", " }));
        line.push(Inline::code(one_line(name)));
    }
    if !line.is_empty() {
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
pub(super) fn occurrences(group: &Group, provenance: &Provenance) -> Vec<Block> {
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
    }
    let mut said = "";
    for (line, there) in by_place(group.exemplars.iter().filter(|one| !has_package(one)), group, provenance) {
        blocks.push(Block::Paragraph(line));
        let (mut flows, mut more): (Vec<Vec<&FlowStep<'_>>>, Vec<Block>) = (Vec::new(), Vec::new());
        for one in there {
            if is_secret(group.kind, &one.rule) {
                continue;
            }
            // if a scanner says the same everywhere, or as in the line above, it is shown once
            if *one.detail.message != *said && !is_headline(one, group) {
                blocks.extend(message(&one.detail));
                said = &one.detail.message;
            }
            if let Some(text) = one.detail.snippet.as_deref().filter(|text| !text.trim().is_empty()) {
                blocks.push(Block::Code { language: language(&one.location.path), text: snippet(text) });
            }
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
        match places.iter_mut().find(|(known, _)| *known == line) {
            Some((_, there)) => there.push(one),
            None => places.push((line, vec![one])),
        }
    }
    places
}

/// What the scanner says, in the format in which it says it.
pub(super) fn message(detail: &FindingDetail<'_>) -> Vec<Block> {
    let blocks = match &detail.markdown {
        Some(markdown) => parse::markdown(&frames::fenced(&cut(markdown, READ))),
        None => parse::described(&frames::fenced(&cut(&detail.message, READ)), false),
    };
    extract::beginning(blocks, MESSAGE, extract::TOP)
}

/// The steps, unless none of them says more than where the finding is.
fn news<'s>(steps: &'s [FlowStep<'s>], one: &Exemplar) -> Vec<&'s FlowStep<'s>> {
    let mut last: Option<&FlowStep<'_>> = None;
    let mut all: Vec<&FlowStep<'_>> = Vec::new();
    for step in steps {
        // a step that stays in the same place and says nothing else
        let stays = last.is_some_and(|last| {
            spot(&last.location) == spot(&step.location)
                && (step.message.trim().is_empty() || step.message == last.message)
        });
        if !stays {
            all.push(step);
        }
        last = Some(step);
    }
    let here = |step: &&FlowStep<'_>| {
        spot(&step.location) == spot(&one.location)
            && (step.message.trim().is_empty() || step.message.trim() == one.detail.message.trim())
    };
    if all.iter().all(here) { Vec::new() } else { all }
}

/// What is shown of a place: its line, or a resource that is in no file.
fn spot<'l>(location: &'l Location<'_>) -> (&'l str, u32, Option<&'l str>) {
    let resource = location.logical.as_deref().filter(|_| location.path.is_empty());
    (&location.path, location.line, resource)
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

/// A place as a list tells it apart from others.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct ListedPlace<'p> {
    path: &'p str,
    line: u32,
    /// A cloud resource or a parameter, if there is no line.
    logical: &'p str,
}

impl<'p> ListedPlace<'p> {
    fn of(location: &'p Location<'_>) -> ListedPlace<'p> {
        let logical = location.logical.as_deref().filter(|_| location.line == 0);
        ListedPlace { path: &location.path, line: location.line, logical: logical.unwrap_or_default() }
    }

    fn seen(sighting: &Sighting, survey: &'p Survey) -> ListedPlace<'p> {
        ListedPlace { path: survey.path(sighting), line: sighting.line, logical: survey.logical(sighting) }
    }
}

/// The kept sightings that are not shown in full, as links; each place once.
pub(super) fn further(group: &Group, survey: &Survey, provenance: &Provenance) -> Vec<Block> {
    let shown: BTreeSet<_> = group.exemplars.iter().map(|one| one.id).collect();
    // in the ticket of a package or manifest, the place is the same for all
    let several = matches!(group.common, Common::Package(_) | Common::File(_));
    let there: BTreeSet<&str> = group.exemplars.iter().map(|one| &*one.location.path).collect();
    let places: BTreeSet<ListedPlace<'_>> =
        group.exemplars.iter().map(|one| ListedPlace::of(&one.location)).collect();
    let known = |one: &Sighting| {
        let here = several && one.line == 0 && there.contains(survey.path(one));
        here || places.contains(&ListedPlace::seen(one, survey))
    };
    let others = group.kept().filter(|sighting| !shown.contains(&sighting.id()) && !known(sighting));
    let lead = if shown.is_empty() { "" } else { "And in " };
    listed(lead, others, group.kind, survey, provenance)
}

/// Sightings as a list of links under a line that counts them; each place once.
pub(super) fn listed<'s>(
    lead: &str,
    sightings: impl Iterator<Item = &'s Sighting>,
    kind: FindingKind,
    survey: &Survey,
    provenance: &Provenance,
) -> Vec<Block> {
    let places: BTreeSet<ListedPlace<'_>> =
        sightings.map(|sighting| ListedPlace::seen(sighting, survey)).collect();
    if places.is_empty() {
        return vec![];
    }
    let link = |place: &ListedPlace<'_>| {
        let &ListedPlace { path, line, logical } = place;
        let location = Location {
            path: path.into(),
            line,
            logical: (!logical.is_empty()).then(|| logical.into()),
            ..Location::default()
        };
        vec![Block::Paragraph(named(&location, kind, provenance))]
    };
    let mut items: Vec<Vec<Block>> = places.iter().take(FURTHER).map(link).collect();
    if places.len() > FURTHER {
        items.push(vec![Block::text(format!("and {} more", places.len() - FURTHER))]);
    }
    let more = if lead.is_empty() { "" } else { "more " };
    let line = format!("{lead}{}:", count(places.len(), &format!("{more}place")));
    vec![Block::text(line), Block::List { ordered: false, items }]
}

/// A file's rules with the findings of each.
pub(super) fn rule_table(group: &Group, provenance: &Provenance) -> Option<Block> {
    if !matches!(group.common, Common::File(_)) || group.exemplars.iter().any(|one| one.package.is_some()) {
        return None;
    }
    let row = |rule: &&crate::model::finding::Rule| {
        let own = || group.exemplars.iter().filter(|one| one.rule.id == rule.id);
        let worst = own().map(|one| one.severity).max().unwrap_or(group.severity);
        let mut places = Vec::new();
        for one in own() {
            if !places.is_empty() {
                places.push(Inline::text(", "));
            }
            places.push(links::place(&one.location, group.kind, provenance));
        }
        let message = own().next().map(|one| &*one.detail.message).filter(|_| !is_secret(group.kind, rule));
        vec![
            vec![Inline::text(names::rule(rule, message, true))],
            vec![Inline::text(names::capital(worst.name()))],
            places,
        ]
    };
    let rows: Vec<_> = facts::distinct_rules(group).iter().map(row).collect();
    let head = ["What", "Severity", "Where"].map(|name| vec![Inline::text(name)]).to_vec();
    (!rows.is_empty()).then_some(Block::Table { head, rows })
}

/// `path:line in function`.
fn named(location: &Location<'_>, kind: FindingKind, provenance: &Provenance) -> Vec<Inline> {
    let logical = location.logical.as_deref().map(one_line).filter(|name| !name.is_empty());
    match logical {
        // a cloud resource is not in a file
        Some(name) if location.path.is_empty() => vec![Inline::code(name)],
        Some(name) if location.path.contains("://") => requested(&name, location, kind, provenance),
        Some(name) => {
            vec![links::place(location, kind, provenance), Inline::text(" in "), Inline::code(name)]
        }
        None => vec![links::place(location, kind, provenance)],
    }
}

/// Where a finding is, with its alert, and what it is in the ticket of a file.
fn headline(one: &Exemplar, group: &Group, provenance: &Provenance) -> Vec<Inline> {
    let mut line = named(&one.location, group.kind, provenance);
    if let Some(alert) = &one.detail.alert {
        line.extend([Inline::text(", "), links::alert(alert)]);
    }
    if matches!(group.common, Common::File(_)) {
        let message = Some(&*one.detail.message).filter(|_| !is_secret(group.kind, &one.rule));
        line.extend([Inline::text(": "), Inline::strong(names::rule(&one.rule, message, true))]);
    }
    line
}

/// `GET https://… (parameter id)`: an address is not in something, as a line is in a function.
fn requested(name: &str, location: &Location<'_>, kind: FindingKind, provenance: &Provenance) -> Vec<Inline> {
    let (first, rest) = name.split_once(", ").unwrap_or((name, ""));
    let is_method = first.len() < 12 && first.bytes().all(|byte| byte.is_ascii_uppercase());
    let (method, part) = if is_method { (first, rest) } else { ("", name) };
    let mut line = Vec::new();
    if !method.is_empty() {
        line.push(Inline::text(format!("{method} ")));
    }
    line.push(links::place(location, kind, provenance));
    if !part.is_empty() {
        line.push(Inline::text(format!(" ({part})")));
    }
    line
}

/// Columns about which nothing is known are left out. If the advisories have their own table, each place is listed
/// once.
fn package_table(packages: &[(&Exemplar, &Package<'_>)], group: &Group, provenance: &Provenance) -> Block {
    let several = matches!(group.common, Common::Package(_) | Common::File(_));
    let joined = |all: &[std::borrow::Cow<'_, str>], by: &str| {
        all.iter().map(|text| one_line(text)).collect::<Vec<_>>().join(by)
    };
    let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
    for (one, package) in packages {
        let path = match package.path.as_slice() {
            // the package itself is not a path to it
            [own] if one_line(own) == one_line(&package.name) => "",
            _ => &joined(&package.path, " → "),
        };
        let cells = [
            one_line(&package.name),
            one_line(&package.version),
            if several { String::new() } else { joined(&package.fixed, ", ") },
            String::new(),
            path.to_owned(),
            String::new(),
        ];
        let mut cells = cells.map(|text| if text.is_empty() { vec![] } else { vec![Inline::text(text)] });
        // scanners give line 1 when they mean the whole file or image
        let whole = one.location.line == 1 || group.kind == FindingKind::Container;
        let line = if whole { 0 } else { one.location.line };
        let location = Location {
            line,
            end_line: if whole { 0 } else { one.location.end_line },
            ..one.location.clone()
        };
        let mut place = vec![links::place(&location, group.kind, provenance)];
        let logical = one.location.logical.as_deref().map(one_line).filter(|name| !name.is_empty());
        if let Some(name) = &logical {
            place.extend([Inline::text(": "), Inline::code(name.clone())]);
        }
        cells[3] = if location.path.is_empty() && logical.is_none() { Vec::new() } else { place };
        cells[5].extend(one.detail.alert.as_deref().map(links::alert));
        let cells = cells.to_vec();
        if !several || !rows.contains(&cells) {
            rows.push(cells);
        }
    }
    let head = ["Package", "Installed", "Fixed in", "Where", "Dependency path", "Alert"];
    let known: Vec<usize> =
        (0..head.len()).filter(|&at| rows.iter().any(|row| !row[at].is_empty())).collect();
    Block::Table {
        head: known.iter().map(|&at| vec![Inline::text(head[at])]).collect(),
        rows: rows.iter().map(|row| known.iter().map(|&at| row[at].clone()).collect()).collect(),
    }
}

fn steps(
    lead: &str,
    ordered: bool,
    steps: &[&FlowStep<'_>],
    kind: FindingKind,
    provenance: &Provenance,
) -> Vec<Block> {
    if steps.is_empty() {
        return vec![];
    }
    let item = |step: &&FlowStep<'_>| {
        let logical = step.location.logical.as_deref().filter(|_| step.location.path.is_empty());
        let mut line = vec![match logical {
            Some(resource) => Inline::code(one_line(resource)),
            None => links::place(&step.location, kind, provenance),
        }];
        let message = one_line(&step.message);
        let message = without_node(&message);
        if !message.is_empty() {
            line.push(Inline::text(format!(" – {}", cut(message, SNIPPET.1))));
        }
        vec![Block::Paragraph(line)]
    };
    let mut items: Vec<Vec<Block>> = steps.iter().take(STEPS).map(item).collect();
    if steps.len() > STEPS {
        items.push(vec![Block::text(format!("and {} more", steps.len() - STEPS))]);
    }
    vec![Block::text(lead), Block::List { ordered, items }]
}

/// What CodeQL calls an expression, without the class of its node: `ControlFlowNode for request`.
fn without_node(message: &str) -> &str {
    const CLASSES: [&str; 3] = ["ControlFlowNode for ", "GSSA Variable ", "SSA variable "];
    CLASSES.iter().find_map(|class| message.strip_prefix(class)).unwrap_or(message)
}

/// The lines without their common indentation, limited in number and length.
fn snippet(text: &str) -> String {
    let (lines, characters) = SNIPPET;
    let text = text.trim_end().trim_start_matches(['\n', '\r']);
    let blank = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = text.lines().filter(|line| !line.trim().is_empty()).map(blank).min().unwrap_or(0);
    let shown = |line: &str| cut(line.get(common..).unwrap_or_default().trim_end(), characters);
    let mut shown: Vec<String> = text.lines().take(lines).map(shown).collect();
    if text.lines().count() > lines {
        shown.push("…".to_owned());
    }
    shown.join("\n")
}

/// The language of a file, by its name, in the short form that renderers know.
fn language(path: &str) -> Option<String> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let name =
        match file.rsplit_once('.').map_or(file, |(_, extension)| extension).to_ascii_lowercase().as_str() {
            "py" => "python",
            "js" | "mjs" | "cjs" | "jsx" => "javascript",
            "ts" | "tsx" => "typescript",
            "rs" => "rust",
            "rb" => "ruby",
            "go" => "go",
            "java" => "java",
            "kt" | "kts" => "kotlin",
            "cs" => "csharp",
            "c" | "h" => "c",
            "cc" | "cpp" | "cxx" | "hpp" => "c++",
            "php" => "php",
            "swift" => "swift",
            "scala" => "scala",
            "sh" | "bash" => "bash",
            "sql" => "sql",
            "tf" | "hcl" => "hcl",
            "yml" | "yaml" => "yaml",
            "json" => "json",
            "xml" => "xml",
            "html" | "htm" => "html",
            _ if file.starts_with("Dockerfile") => "dockerfile",
            "dockerfile" => "dockerfile",
            _ => return None,
        };
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::document::{Document, markdown};

    #[test]
    fn snippets_are_bounded_and_moved_left() {
        let check = |text: &str, expected: &str| assert_eq!(snippet(text), expected, "{text:?}");
        check("\n    a\n\n      b\n", "a\n\n  b");
        check("\ta\r\n\tb", "a\nb");
        check(&"x".repeat(1_000), &format!("{}…", "x".repeat(300)));
        assert_eq!(snippet(&"x\n".repeat(100)).lines().count(), 31);
    }

    #[test]
    fn a_ticket_that_the_report_names_is_text() {
        let paragraph = named_tickets(&["https://acme.example/browse/SEC-1".into()]);
        let Some(Block::Paragraph(line)) = &paragraph else { panic!("{paragraph:?}") };
        assert_eq!(line[1], Inline::code("https://acme.example/browse/SEC-1"));
        assert_eq!(named_tickets(&[]), None);
    }

    #[test]
    fn resources_without_a_path_are_places_of_their_own() {
        let (mut group, mut survey) = samples::code(3);
        let name = |number: usize| format!("vpc-{number}");
        survey.paths = (0..5).map(|number| name(number).into()).chain(["".into()]).collect();
        for (number, one) in (0..).zip(&mut group.sightings) {
            (one.path, one.line, one.logical) = (5, 0, number);
        }
        for (number, one) in group.exemplars.iter_mut().enumerate() {
            one.location = Location { logical: Some(name(number).into()), ..Location::default() };
        }
        let text = markdown::render(&Document::of(further(&group, &survey, &samples::provenance())));
        assert_eq!(text, "And in 3 more places:\n\n- `vpc-2`\n- `vpc-3`\n- `vpc-4`\n");
    }

    #[test]
    fn an_address_is_shown_as_the_request_to_it() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        let mut check = |logical: &str, expected: &str| {
            let one = &mut group.exemplars[0];
            one.location = Location {
                path: "https://a.example".into(),
                logical: Some(logical.to_owned().into()),
                ..Location::default()
            };
            let line = headline(&group.exemplars[0], &group, &samples::provenance());
            let text = markdown::render(&Document::of(vec![Block::Paragraph(line)]));
            assert_eq!(text.trim(), expected, "{logical}");
        };
        check("GET, parameter id", "GET `https://a.example` (parameter id)");
        check("PUT", "PUT `https://a.example`");
        check("missing header x-a", "`https://a.example` (missing header x-a)");
    }

    #[test]
    fn further_resources_are_named() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        let at = |name: &str| Location { logical: Some(name.to_owned().into()), ..Location::default() };
        group.exemplars[0].location = at("bucket-a");
        group.exemplars[0].detail.flow = Vec::new();
        let related =
            ["bucket-b", "bucket-c"].map(|name| FlowStep { location: at(name), message: "".into() });
        group.exemplars[0].detail.related = related.into();
        let text = markdown::render(&Document::of(occurrences(&group, &samples::provenance())));
        for name in ["`bucket-a`", "- `bucket-b`", "- `bucket-c`"] {
            assert!(text.contains(name), "{text}");
        }
    }

    #[test]
    fn of_several_ways_to_a_place_one_is_shown() {
        let (mut group, _) = samples::code(0);
        group.exemplars.truncate(1);
        group.exemplars.push(group.exemplars[0].clone());
        for (one, line) in group.exemplars.iter_mut().zip([71, 72]) {
            let location = Location { path: "src/web.py".into(), line, ..Location::default() };
            one.detail.flow = vec![FlowStep { location, message: "ControlFlowNode for request".into() }];
        }
        let text = markdown::render(&Document::of(occurrences(&group, &samples::provenance())));
        assert_eq!(
            (text.matches("Flow 1 of 2:").count(), text.matches("src/web.py:7").count()),
            (1, 1),
            "{text}"
        );
        assert!(text.contains("src/web.py:71") && text.contains(" – request\n"), "{text}");
    }

    #[test]
    fn languages_are_told_from_names() {
        let check = |path, expected: Option<&str>| assert_eq!(language(path).as_deref(), expected, "{path}");
        check("src/a.py", Some("python"));
        check("deploy/Dockerfile", Some("dockerfile"));
        check("deploy/Dockerfile.web", Some("dockerfile"));
        check("LICENSE", None);
        check("", None);
    }
}

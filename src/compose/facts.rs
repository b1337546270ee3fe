//! The table of facts: severity, scores, other names, scanner.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, capital};
use super::{count, links, upgrade};
use crate::document::visible::one_line;
use crate::document::{Block, Inline};
use crate::model::finding::{Advisory, FindingKind, Rule};
use crate::model::severity::Severity;
use crate::model::survey::{Common, Exemplar, Group};

/// One row per fact in the reports; facts that they do not have are left out.
pub(super) fn table(group: &Group, owners: &[String]) -> Block {
    let mut facts = AdvisoryFacts(Vec::new());
    facts.add("Severity", vec![Inline::text(severities(group))]);
    match &group.common {
        Common::Advisory(advisory) => facts.advisory(advisory),
        Common::Package(_) => facts.worst(group),
        Common::Rule(_) | Common::File(_) => {}
    }
    let rules = distinct_rules(group);
    let cwe: BTreeSet<u32> = rules.iter().flat_map(|rule| rule.cwe.iter().copied()).collect();
    facts.add("Weakness", listed(cwe.into_iter().map(links::cwe)));
    let owasp: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.owasp.iter().map(String::as_str)).collect();
    facts.add("OWASP", listed(owasp.into_iter().map(links::owasp)));
    let names = scanners(group);
    if !names.is_empty() {
        let title = if group.scanners.len() == 1 { "Scanner" } else { "Scanners" };
        facts.add(title, vec![Inline::text(names)]);
    }
    // a file's ticket lists its rules with the findings of each
    if let ([rule], Common::Rule(_) | Common::File(_)) = (rules.as_slice(), &group.common) {
        facts.add("Rule", rule_link(rule));
        // for an advisory, the score is its CVSS score
        if let Some(score) = rule.score.filter(|_| group.exemplars.iter().all(|one| one.package.is_none())) {
            facts.add("Security severity", vec![Inline::text(format!("{score:.1} of 10"))]);
        }
    }
    if let Some(confidence) = group.worst().and_then(|one| one.detail.confidence) {
        facts.add("Confidence", vec![Inline::text(capital(confidence.name()))]);
    }
    let analysed = if group.kind == FindingKind::Secret { "Validity" } else { "Applicability" };
    facts.add(analysed, applicability(group));
    // for one finding, or for a package whose advisories are listed, it would repeat what is said elsewhere
    let one = group.sightings.len() == 1 || matches!(group.common, Common::Package(_));
    facts.add("Findings", if one { Vec::new() } else { vec![Inline::text(places(group))] });
    let owners: Vec<String> = owners.iter().map(|owner| one_line(owner)).collect();
    let title = if owners.len() == 1 { "Owner" } else { "Owners" };
    facts.add(title, listed(owners.into_iter().map(Inline::code)));
    Block::Table { head: Vec::new(), rows: facts.0 }
}

/// The rules of the exemplars, each once, in order of appearance.
pub(super) fn distinct_rules(group: &Group) -> Vec<&Rule> {
    let mut rules: Vec<&Rule> = Vec::new();
    if let Common::Rule(rule) = &group.common {
        rules.push(rule);
    }
    for one in &group.exemplars {
        if !rules.iter().any(|rule| rule.id == one.rule.id) {
            rules.push(&one.rule);
        }
    }
    rules
}

/// The scanners' names, separated by commas.
pub(super) fn scanners(group: &Group) -> String {
    let names: BTreeSet<String> = group.scanners.iter().map(|name| without_pictures(name)).collect();
    names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A scanner's name without the pictures that some put before it: `JFrog SAST` of `🐸 JFrog SAST`.
fn without_pictures(name: &str) -> String {
    let is_picture = |c: char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}');
    one_line(&name.replace(is_picture, ""))
}

/// Whether the findings matter here, according to the scanners' analysis: with the places or packages of which they say
/// it, if they do not say the same of all.
fn applicability(group: &Group) -> Vec<Inline> {
    const NAMED: usize = 5;
    let mut states: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in &group.exemplars {
        let Some(state) = one.detail.applicability.as_deref() else { continue };
        let about = match (&group.common, &one.package) {
            (Common::Package(_) | Common::File(_), Some(_)) => upgrade::advisory(one),
            (_, Some(package)) => one_line(&format!("{} {}", package.name, package.version)),
            (_, None) => one_line(&format!("{}:{}", one.location.path, one.location.line)),
        };
        let state = match state {
            "Active" if group.kind == FindingKind::Secret => "Active: it still works".to_owned(),
            state => one_line(state),
        };
        states.entry(state).or_default().insert(about);
    }
    let several = states.len() > 1;
    listed(states.into_iter().map(|(state, about)| {
        if !several {
            return Inline::text(state);
        }
        let mut names: Vec<String> = about.iter().take(NAMED).cloned().collect();
        if about.len() > NAMED {
            names.push(format!("{} more", about.len() - NAMED));
        }
        Inline::text(format!("{state} ({})", names.join(", ")))
    }))
}

struct AdvisoryFacts(Vec<Vec<Vec<Inline>>>);

impl AdvisoryFacts {
    fn add(&mut self, name: &str, value: Vec<Inline>) {
        if !value.is_empty() {
            self.0.push(vec![vec![Inline::strong(name)], value]);
        }
    }

    /// The worst values among several advisories: the score, the chance, and which are known to be exploited.
    fn worst(&mut self, group: &Group) {
        let all = || group.exemplars.iter().filter_map(|one| one.advisory.as_deref());
        let scored = all().filter_map(|one| Some((one.cvss.as_ref()?.score, one)));
        if let Some((score, advisory)) = scored.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
            let value = match names::is_id(&advisory.id) {
                true => vec![
                    Inline::text(format!("{score:.1} (")),
                    links::advisory(&advisory.id),
                    Inline::text(")"),
                ],
                false => vec![Inline::text(format!("{score:.1}"))],
            };
            self.add("Worst CVSS", value);
        }
        let likely = all().filter_map(|one| one.epss).max_by(f64::total_cmp);
        if let Some(epss) = likely {
            let chance =
                format!("at most {:.1}% chance of exploitation within 30 days", (epss * 100.0).max(0.1));
            self.add("EPSS", vec![Inline::text(chance)]);
        }
        let exploited: BTreeSet<&str> =
            all().filter(|one| one.exploited).map(|one| one.id.as_str()).collect();
        self.add("Known exploitation", listed(exploited.into_iter().map(links::advisory)));
    }

    fn advisory(&mut self, advisory: &Advisory) {
        let names = std::iter::once(&advisory.id).chain(&advisory.aliases);
        let names = names.filter(|name| !name.is_empty() && names::is_id(name));
        self.add("Advisory", listed(names.map(|name| links::advisory(name))));
        if let Some(cvss) = &advisory.cvss {
            let mut value = vec![Inline::text(format!("{:.1}", cvss.score))];
            if let Some(vector) = &cvss.vector {
                value.extend([Inline::text(" "), Inline::code(one_line(vector))]);
            }
            self.add("CVSS", value);
        }
        if let Some(epss) = advisory.epss {
            let chance = format!("{} chance of exploitation within 30 days", percent(epss));
            self.add("EPSS", vec![Inline::text(chance)]);
        }
        if advisory.exploited {
            self.add("Known exploitation", vec![Inline::strong("Yes, known to be exploited")]);
        }
    }
}

fn percent(chance: f64) -> String {
    if chance < 0.001 { "less than 0.1%".to_owned() } else { format!("{:.1}%", chance * 100.0) }
}

/// The highest severity, and how many there are of each if they differ; or that it is not the scanner's.
fn severities(group: &Group) -> String {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for sighting in group.kept() {
        *counts.entry(sighting.severity).or_default() += 1;
    }
    let mut worst = group.exemplars.iter().filter(|one| one.severity == group.severity).peekable();
    if worst.peek().is_some() && worst.all(is_assumed) {
        let states =
            if group.scanners.len() > 1 { "the scanners state none" } else { "the scanner states none" };
        return format!("{} ({states})", capital(group.severity.name()));
    }
    if counts.len() < 2 {
        return capital(group.severity.name());
    }
    let words: Vec<String> =
        counts.iter().rev().map(|(severity, count)| format!("{count} {severity}")).collect();
    format!("{} ({})", capital(group.severity.name()), words.join(", "))
}

/// Whether the reader assumed the severity, because the report states none.
pub(super) fn is_assumed(one: &Exemplar) -> bool {
    one.detail.assumed == Some(one.severity)
}

/// The severity of one finding in a row of a table, marked if it was assumed.
pub(super) fn severity(one: &Exemplar) -> String {
    let mark = if is_assumed(one) { " (assumed)" } else { "" };
    format!("{}{mark}", capital(one.severity.name()))
}

/// What the places of a group are: files, images, addresses on the web, projects, or resources in a cloud; `None`: the report does
/// not say.
fn place_noun(group: &Group) -> Option<&'static str> {
    let first = &group.exemplars.first()?.location;
    match &*first.path {
        path if path.starts_with("arn:") && [":instance/", ":i-"].iter().any(|own| path.contains(own)) => {
            Some("instance")
        }
        path if path.starts_with("arn:") => Some("resource"),
        _ if group.kind == FindingKind::Container => Some("image"),
        "" if group.kind == FindingKind::Dependency => first.logical.as_deref().map(|_| "project"),
        "" => first.logical.as_deref().map(|_| "resource"),
        path if links::is_address(path) => Some("address"),
        _ => Some("file"),
    }
}

/// Whether the findings are in files of a branch, and not in a cloud's resources or on a running site.
pub(super) fn is_on_branch(group: &Group) -> bool {
    !matches!(place_noun(group), Some("instance" | "resource" | "address"))
}

fn places(group: &Group) -> String {
    let findings = group.kept().count();
    let mut words = match place_noun(group) {
        Some(noun @ ("resource" | "project"))
            if group.exemplars.first().is_some_and(|one| one.location.path.is_empty()) =>
        {
            let resources: BTreeSet<_> = group.kept().map(|one| (one.path, one.logical)).collect();
            format!("{findings} in {}", count(resources.len(), noun))
        }
        Some(noun) => {
            let paths: BTreeSet<u32> = group.kept().map(|one| one.path).collect();
            let at = if noun == "address" { "at" } else { "in" };
            let places: BTreeSet<_> = group.kept().map(|one| (one.path, one.line, one.logical)).collect();
            // several data flows may end at one place
            let places = match places.len() < findings && noun == "file" {
                true => format!(" at {}", count(places.len(), "place")),
                false => String::new(),
            };
            format!("{findings}{places} {at} {}", count(paths.len(), noun))
        }
        None => findings.to_string(),
    };
    let skipped = group.sightings.len() - findings;
    if skipped > 0 {
        words.push_str(&format!(", {skipped} more skipped"));
    }
    words
}

fn rule_link(rule: &Rule) -> Vec<Inline> {
    let id = one_line(&rule.id);
    match &rule.help_uri {
        _ if id.is_empty() => vec![],
        Some(page) => match Inline::foreign_link(id.clone(), page) {
            Inline::Link(link) if links::is_front_page(link.to()) => vec![Inline::code(id)],
            page => vec![page],
        },
        None => vec![Inline::code(id)],
    }
}

fn listed(items: impl Iterator<Item = Inline>) -> Vec<Inline> {
    let mut all = Vec::new();
    for item in items {
        if !all.is_empty() {
            all.push(Inline::text(", "));
        }
        all.push(item);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::document::plain;

    #[test]
    fn pictures_are_no_part_of_a_name() {
        let check = |name: &str, expected: &str| assert_eq!(without_pictures(name), expected);
        check("🐸 JFrog SAST", "JFrog SAST");
        check("⚠️ Scanner", "Scanner");
        check("Prüfer", "Prüfer");
    }

    #[test]
    fn what_an_analysis_says_is_a_fact() {
        let check = |states: [Option<&'static str>; 2], expected: &str| {
            let (mut group, _) = samples::dependency();
            for (one, state) in group.exemplars.iter_mut().zip(states) {
                one.detail.applicability = state.map(Into::into);
            }
            if let Some(package) = group.exemplars[1].package.as_mut() {
                package.name = "ejs".into();
            }
            assert_eq!(plain::inline(&applicability(&group)), expected);
        };
        check([Some("Not applicable"), Some("Not applicable")], "Not applicable");
        check([Some("Applicable"), None], "Applicable");
        check(
            [Some("Applicable"), Some("Not covered")],
            "Applicable (lodash 4.17.20), Not covered (ejs 4.17.20)",
        );
        check([None, None], "");
        let (mut group, _) = samples::secret();
        group.exemplars[0].detail.applicability = Some("Active".into());
        let text = plain::render(&crate::document::Document::of(vec![table(&group, &[])]));
        assert!(text.contains("Validity") && text.contains("Active: it still works"), "{text}");
    }

    #[test]
    fn what_packages_are_found_in_is_called_what_it_is() {
        let check = |path: &str, expected: &str| {
            let (mut group, _) = samples::dependency();
            group.kind = FindingKind::Container;
            for one in &mut group.exemplars {
                one.location.path = path.to_owned().into();
            }
            assert_eq!(places(&group), expected, "{path}");
        };
        check("arn:aws:ec2:eu-west-1:1234:instance/i-1", "2 in 2 instances");
        check("arn:aws:ec2:eu-west-1:1234:i-1", "2 in 2 instances");
        check("arn:aws:lambda:eu-west-1:1234:function:f", "2 in 2 resources");
        check("acme/shop", "2 in 2 images");
    }

    #[test]
    fn a_resource_is_on_no_branch() {
        let check = |path: &str, expected: bool| {
            let (mut group, _) = samples::code(0);
            group.exemplars[0].location.path = path.to_owned().into();
            assert_eq!(is_on_branch(&group), expected, "{path}");
        };
        check("src/a.py", true);
        check("https://shop.example/login", false);
        check("arn:aws:s3:::bucket", false);
    }

    #[test]
    fn several_findings_at_one_place_are_not_called_several_places() {
        let (mut group, _) = samples::code(0);
        assert_eq!(places(&group), "2 in 2 files");
        let first = group.sightings[0];
        (group.sightings[1].path, group.sightings[1].line) = (first.path, first.line);
        assert_eq!(places(&group), "2 at 1 place in 1 file");
    }

    #[test]
    fn a_severity_that_nobody_states_is_not_the_scanner_s() {
        let check = |assumed: [Option<Severity>; 2], expected: &str| {
            let (mut group, _) = samples::code(0);
            for (one, assumed) in group.exemplars.iter_mut().zip(assumed) {
                one.detail.assumed = assumed;
            }
            assert_eq!(severities(&group), expected, "{assumed:?}");
        };
        let high = Some(Severity::High);
        check([high, high], "High (the scanner states none)");
        check([high, None], "High");
        // the configuration says that it is high
        check([Some(Severity::Medium); 2], "High");
    }
}

//! Findings as SARIF 2.1.0 again, for a viewer or for GitHub's code scanning.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use url::Url;

use super::{GroupOccurrence, occurrences};
use crate::compose::Provenance;
use crate::model::finding::{FlowStep, Help, Location, Rule};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Survey};

/// The name of a finding's identity among its `partialFingerprints`.
const FINGERPRINT: &str = "casefile/v1";

/// The findings of one ticket that are not skipped, with a run for each scan.
pub fn of_group(group: &Group, survey: &Survey, provenance: &Provenance) -> Value {
    let mut scans: BTreeMap<u32, Vec<(GroupOccurrence<'_>, Option<&str>)>> = BTreeMap::new();
    for one in occurrences(group, survey).filter(|one| one.sighting.skipped.is_none()) {
        scans.entry(one.sighting.scan).or_default().push((one, None));
    }
    log(scans.into_iter().map(|(scan, found)| run(scan, &found, survey, provenance)).collect())
}

/// All findings of these scans, with a run for each; those that are skipped are marked as suppressed. `page` returns
/// the pages of the tickets that stand for a group's findings: they become `workItemUris` (SARIF 3.27.27).
pub fn of_scans<'p>(
    scans: &[u32],
    survey: &Survey,
    provenance: &Provenance,
    page: &dyn Fn(&GroupOccurrence<'_>) -> Option<&'p str>,
) -> Value {
    let mut found: BTreeMap<u32, Vec<_>> = scans.iter().map(|scan| (*scan, Vec::new())).collect();
    for one in survey.groups.iter().flat_map(|group| occurrences(group, survey)) {
        if let Some(own) = found.get_mut(&one.sighting.scan) {
            own.push((one, page(&one)));
        }
    }
    let mut runs: Vec<Value> =
        found.into_iter().map(|(scan, found)| run(scan, &found, survey, provenance)).collect();
    // GitHub refuses a file in which two runs have the same category
    let mut categories: BTreeMap<String, usize> = BTreeMap::new();
    for own in &mut runs {
        let Some(id) = own["automationDetails"]["id"].as_str().map(str::to_owned) else { continue };
        let count = categories.entry(id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            own["automationDetails"]["id"] = json!(format!("{}-{count}/", id.trim_end_matches('/')));
        }
    }
    log(runs)
}

fn log(runs: Vec<Value>) -> Value {
    json!({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": runs})
}

fn run(
    scan: u32,
    found: &[(GroupOccurrence<'_>, Option<&str>)],
    survey: &Survey,
    provenance: &Provenance,
) -> Value {
    let seen = survey.scans.get(scan as usize);
    // a finding without a file is located at the report that contains it
    let report = seen.and_then(|seen| survey.reports.get(seen.report));
    let stand_in = report.map_or("report", |report| report.path.as_str());
    let mut rules: Vec<(&str, Option<&Rule>, Severity)> = Vec::new();
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    let mut results = Vec::new();
    for (one, page) in found {
        let id = named(one.rule_id());
        let at = *index.entry(id).or_insert_with(|| {
            rules.push((id, one.rule, Severity::Info));
            rules.len() - 1
        });
        rules[at].2 = rules[at].2.max(one.sighting.severity);
        results.push(result(one, at, *page, stand_in));
    }
    let mut driver = Map::new();
    let scanner = seen.map(|seen| seen.scan.scanner.as_str()).or(found.first().map(|(one, _)| one.scanner));
    driver.insert("name".into(), json!(named(scanner.unwrap_or_default())));
    driver.extend(seen.and_then(|seen| seen.scan.version.as_ref()).map(|is| ("version".into(), json!(is))));
    let rules: Vec<Value> = rules.into_iter().map(|(id, rule, worst)| descriptor(id, rule, worst)).collect();
    driver.insert("rules".into(), rules.into());

    let mut run = Map::new();
    run.insert("tool".into(), json!({"driver": driver}));
    let category = seen.map(|seen| seen.scan.category.as_deref().unwrap_or(&seen.scope.category));
    if let Some(category) = category.filter(|is| !is.is_empty()) {
        run.insert("automationDetails".into(), json!({"id": format!("{}/", category.trim_end_matches('/'))}));
    }
    if let Some(success) = seen.and_then(|seen| seen.scan.success) {
        run.insert("invocations".into(), json!([{"executionSuccessful": success}]));
    }
    run.extend(origin(provenance).map(|origin| ("versionControlProvenance".into(), json!([origin]))));
    run.insert("results".into(), results.into());
    run.into()
}

fn origin(provenance: &Provenance) -> Option<Value> {
    // a folder without a server has no page
    let has_page = provenance.repository.host.contains('.');
    let page = has_page.then(|| Url::parse(&provenance.repository.url()).ok()).flatten()?;
    let mut origin = Map::new();
    origin.insert("repositoryUri".into(), json!(page.as_str()));
    for (name, value) in [("revisionId", &provenance.commit), ("branch", &provenance.branch)] {
        origin.extend((!value.is_empty()).then(|| (name.into(), json!(value))));
    }
    Some(origin.into())
}

/// A `reportingDescriptor` (3.49). Its `security-severity` is the lowest score in the range of its worst result's
/// severity, because GitHub reads the severity from there.
fn descriptor(id: &str, rule: Option<&Rule>, worst: Severity) -> Value {
    let mut properties = Map::new();
    // the scanner's own number, unless its findings have a different severity
    let own = rule.and_then(|rule| rule.score).filter(|own| Severity::of_score(*own) == worst);
    let score = own.map(|own| format!("{own:.1}")).or_else(|| score(worst).map(str::to_owned));
    properties.extend(score.map(|score| ("security-severity".into(), json!(score))));
    let mut own = Map::new();
    own.insert("id".into(), json!(id));
    let said =
        |texts: &[&str]| texts.iter().find(|text| !text.trim().is_empty()).map_or(id, |text| text).to_owned();
    let (name, about) = rule.map_or(("", ""), |rule| (rule.name.as_str(), &*rule.description));
    let title = said(&[name, about]);
    own.insert("shortDescription".into(), json!({"text": title}));
    own.insert("fullDescription".into(), json!({"text": said(&[about, name])}));
    // GitHub shows it beside the alert, and requires it
    let help = match rule.map(|rule| &rule.help) {
        None | Some(Help::None) => json!({"text": said(&[about, name])}),
        Some(Help::Text(text)) => json!({"text": said(&[text, about, name])}),
        Some(Help::Markdown(text)) => {
            json!({"text": said(&[text, about, name]), "markdown": said(&[text, about, name])})
        }
    };
    own.insert("help".into(), help);
    if let Some(rule) = rule {
        let page = rule.help_uri.as_deref().and_then(|page| Url::parse(page).ok());
        let page = page.filter(|page| matches!(page.scheme(), "http" | "https"));
        own.extend(page.map(|page| ("helpUri".into(), json!(page.as_str()))));
        let cwe = rule.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}"));
        // the schema requires an array of distinct elements
        let tags: std::collections::BTreeSet<String> = rule.tags.iter().cloned().chain(cwe).collect();
        properties.extend((!tags.is_empty()).then(|| ("tags".into(), json!(tags))));
    }
    own.extend((!properties.is_empty()).then(|| ("properties".into(), properties.into())));
    own.into()
}

fn result(one: &GroupOccurrence<'_>, rule: usize, page: Option<&str>, stand_in: &str) -> Value {
    let sighting = one.sighting;
    let mut result = Map::new();
    result.insert("ruleId".into(), json!(named(one.rule_id())));
    result.insert("ruleIndex".into(), json!(rule));
    result.insert("level".into(), json!(level(sighting.severity)));
    result.insert("message".into(), json!({"text": message(one)}));
    let bare = Location { path: one.path.into(), line: sighting.line, ..Location::default() };
    let place = one.whole.map_or(&bare, |whole| &whole.location);
    let at = location(place).or_else(|| location(&Location { path: stand_in.into(), ..place.clone() }));
    result.extend(at.map(|mut at| {
        show_lines(&mut at["physicalLocation"], one);
        ("locations".into(), json!([at]))
    }));
    let mut fingerprints = Map::new();
    fingerprints.insert(FINGERPRINT.into(), json!(sighting.id().to_string()));
    let own = one.whole.filter(|_| !one.secret).and_then(|whole| whole.detail.fingerprint.as_deref());
    fingerprints
        .extend(own.and_then(|own| own.split_once(':')).map(|(name, value)| (name.to_owned(), json!(value))));
    result.insert("partialFingerprints".into(), fingerprints.into());
    if let Some(whole) = one.whole.filter(|_| !one.secret) {
        let flow: Vec<Value> =
            whole.detail.flow.iter().filter_map(step).map(|at| json!({"location": at})).collect();
        if !flow.is_empty() {
            result.insert("codeFlows".into(), json!([{"threadFlows": [{"locations": flow}]}]));
        }
        let related: Vec<Value> =
            whole.detail.also.iter().chain(&whole.detail.related).filter_map(step).collect();
        result.extend((!related.is_empty()).then(|| ("relatedLocations".into(), related.into())));
    }
    if let Some(reason) = sighting.skipped {
        let why = format!("skipped by casefile: {reason}");
        result.insert("suppressions".into(), json!([{"kind": "external", "justification": why}]));
    }
    result.extend(page.map(|page| ("workItemUris".into(), json!([page]))));
    result.into()
}

/// A message must not be empty, and says nothing about a secret.
fn message<'o>(one: &GroupOccurrence<'o>) -> &'o str {
    let rule = one.rule.map(|rule| [rule.name.as_str(), &*rule.description]);
    let texts = [one.message()].into_iter().chain(rule.into_iter().flatten());
    texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or(named(one.rule_id()))
}

/// Adds the lines around a finding that was kept whole: next to its region if there are more of them, and inside it if
/// they are the same (3.29.5).
fn show_lines(place: &mut Value, one: &GroupOccurrence<'_>) {
    let Some(detail) = one.whole.filter(|_| !one.secret).map(|whole| &whole.detail) else { return };
    let Some(text) = detail.snippet.as_deref().filter(|text| !text.trim().is_empty()) else { return };
    let number = |key: &str| place["region"][key].as_u64();
    let Some(first) = number("startLine").filter(|_| detail.snippet_line > 0) else { return };
    let last = number("endLine").unwrap_or(first);
    let begin = u64::from(detail.snippet_line);
    let end = begin + text.lines().count() as u64 - 1;
    if begin > first || end < last {
        return;
    }
    let whole_lines = number("startColumn").unwrap_or(1) <= 1;
    if (begin, end) == (first, last) && whole_lines {
        place["region"]["snippet"] = json!({"text": text});
    } else {
        place["contextRegion"] = json!({"startLine": begin, "endLine": end, "snippet": {"text": text}});
    }
}

fn step(step: &FlowStep<'_>) -> Option<Value> {
    let mut at = location(&step.location)?;
    if !step.message.is_empty() {
        at["message"] = json!({"text": step.message});
    }
    Some(at)
}

/// A `location` (3.28); `None`: there is no path.
fn location(location: &Location<'_>) -> Option<Value> {
    if location.path.is_empty() {
        return None;
    }
    // a whole file is represented by its first line: GitHub shows no alert without one
    let mut region = json!({"startLine": location.line.max(1)});
    if location.end_line > location.line.max(1) {
        region["endLine"] = json!(location.end_line);
    }
    if location.line > 0 && location.column > 0 {
        region["startColumn"] = json!(location.column);
    }
    let physical = json!({"artifactLocation": {"uri": uri(&location.path)}, "region": region});
    let mut whole = json!({"physicalLocation": physical});
    let address = Some(location.path.as_ref()).filter(|path| path.contains("://"));
    let names = [address, location.logical.as_deref()].into_iter().flatten().filter(|name| !name.is_empty());
    let names: Vec<Value> = names.map(|name| json!({"fullyQualifiedName": name})).collect();
    if !names.is_empty() {
        whole["logicalLocations"] = names.into();
    }
    Some(whole)
}

/// A path as a relative URI reference: everything that is not unreserved (RFC 3986, 2.3) is encoded, including a colon,
/// which would end a scheme. An address loses its scheme, because GitHub accepts only relative references.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    let mut path = path.split_once("://").map_or(path, |(_, rest)| rest);
    while let Some(rest) = ["/", "./", "../"].into_iter().find_map(|start| path.strip_prefix(start)) {
        path = rest;
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// A name that must not be empty.
fn named(name: &str) -> &str {
    if name.is_empty() { "unknown" } else { name }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn score(severity: Severity) -> Option<&'static str> {
    match severity {
        Severity::Critical => Some("9.0"),
        Severity::High => Some("7.0"),
        Severity::Medium => Some("4.0"),
        Severity::Low => Some("0.1"),
        Severity::Info => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples;
    use super::*;
    use crate::model::finding::ExclusionReason;

    /// The standard's schema, if it is available next to the checkout.
    fn schema() -> Option<jsonschema::Validator> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/sarif-2.1.0.schema.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: {path} is not there");
            return None;
        };
        let schema: Value = serde_json::from_str(&text).unwrap();
        Some(jsonschema::validator_for(&schema).unwrap())
    }

    /// What GitHub's code scanning requires of a file beyond the standard.
    fn check_for_github(sarif: &Value) {
        let mut categories = std::collections::BTreeSet::new();
        for run in sarif["runs"].as_array().unwrap() {
            if let Some(id) = run["automationDetails"]["id"].as_str() {
                assert!(categories.insert(id.to_owned()), "two runs are {id}");
            }
            for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
                for key in ["shortDescription", "fullDescription", "help"] {
                    assert!(
                        rule[key]["text"].as_str().is_some_and(|text| !text.is_empty()),
                        "{key} of {rule}"
                    );
                }
            }
            for result in run["results"].as_array().unwrap() {
                let place = &result["locations"][0]["physicalLocation"];
                let uri = place["artifactLocation"]["uri"].as_str().unwrap();
                assert!(!uri.is_empty() && !uri.contains(':') && !uri.starts_with(['/', '.']), "{uri}");
                let number = |region: &str, key: &str| place[region][key].as_u64();
                let first = number("region", "startLine").unwrap();
                let last = number("region", "endLine").unwrap_or(first);
                if let Some(begin) = number("contextRegion", "startLine") {
                    let end = number("contextRegion", "endLine").unwrap();
                    assert!(begin <= first && last <= end, "{place}");
                }
            }
        }
    }

    fn check(sarif: &Value) {
        check_for_github(sarif);
        let Some(schema) = schema() else { return };
        let wrong: Vec<String> =
            schema.iter_errors(sarif).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{sarif:#}");
    }

    #[test]
    fn a_tickets_findings_are_valid() {
        for sample in [samples::code(30), samples::dependency(), samples::secret(), samples::file()] {
            let sarif = of_group(&sample.0, &sample.1, &samples::provenance());
            check(&sarif);
            let results = sarif["runs"][0]["results"].as_array().unwrap();
            assert_eq!(results.len(), sample.0.kept().count());
            assert!(!sarif.to_string().contains("HUNTER2"), "{sarif:#}");
        }
    }

    #[test]
    fn a_scan_names_its_tickets_and_what_is_set_aside() {
        let (mut group, mut survey) = samples::code(2);
        group.sightings[1].skipped = Some(ExclusionReason::Ignored);
        survey.groups.push(group);
        let page = |one: &GroupOccurrence<'_>| {
            one.sighting.skipped.is_none().then_some("https://acme.example/browse/SEC-1")
        };
        let sarif = of_scans(&[0], &survey, &samples::provenance(), &page);
        check(&sarif);
        let results = &sarif["runs"][0]["results"];
        assert_eq!(results[0]["workItemUris"], json!(["https://acme.example/browse/SEC-1"]));
        assert!(results[0]["suppressions"].is_null() && results[1]["workItemUris"].is_null());
        assert_eq!(results[1]["suppressions"][0]["justification"], "skipped by casefile: ignored");
    }

    #[test]
    fn what_is_in_no_file_is_shown_at_its_report_and_categories_differ() {
        let (mut group, mut survey) = samples::code(2);
        for one in &mut group.exemplars {
            one.location = Location { logical: Some("arn:aws:s3:::logs".into()), ..Location::default() };
            one.detail.fingerprint = Some("matchBasedId/v1:abc:def".into());
        }
        for path in &mut survey.paths {
            *path = "".into();
        }
        survey
            .reports
            .push(crate::model::survey::ReadReport { path: "out/a b.json".into(), ..Default::default() });
        let scope =
            crate::model::scan::Scope { job: "j".into(), scanner: "bandit".into(), category: "a".into() };
        let scan = crate::model::scan::Scan::new("Bandit");
        let scan = crate::model::survey::ScopedScan { scan, scope, report: 0, whole: true };
        survey.scans = vec![scan.clone(), scan];
        survey.groups.push(group);
        let sarif = of_scans(&[0, 1], &survey, &samples::provenance(), &|_| None);
        check(&sarif);
        let result = &sarif["runs"][0]["results"][0];
        let place = &result["locations"][0];
        assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "out/a%20b.json");
        assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "arn:aws:s3:::logs");
        assert_eq!(result["partialFingerprints"]["matchBasedId/v1"], "abc:def");
        let ids: Vec<&Value> =
            sarif["runs"].as_array().unwrap().iter().map(|run| &run["automationDetails"]["id"]).collect();
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn lines_stand_around_their_region_or_within_it() {
        let (mut group, survey) = samples::code(1);
        let mut check = |line: u32, column: u32, snippet_line: u32, snippet: &str, expected: Value| {
            let one = &mut group.exemplars[0];
            one.location = Location { path: "a.py".into(), line, column, ..Location::default() };
            (one.detail.snippet, one.detail.snippet_line) = (Some(snippet.to_owned().into()), snippet_line);
            let sarif = of_group(&group, &survey, &samples::provenance());
            check_for_github(&sarif);
            let results = sarif["runs"][0]["results"].as_array().unwrap();
            let place = results.iter().map(|one| &one["locations"][0]["physicalLocation"]);
            let place = place.clone().find(|place| place["artifactLocation"]["uri"] == "a.py").unwrap();
            assert_eq!(json!([place["region"], place["contextRegion"]]), expected);
        };
        let around = json!({"startLine": 2, "endLine": 4, "snippet": {"text": "a\nb\nc"}});
        check(3, 0, 2, "a\nb\nc", json!([{"startLine": 3}, around]));
        check(3, 0, 3, "b", json!([{"startLine": 3, "snippet": {"text": "b"}}, null]));
        let line = json!({"startLine": 3, "endLine": 3, "snippet": {"text": "b"}});
        check(3, 5, 3, "b", json!([{"startLine": 3, "startColumn": 5}, line]));
        check(3, 0, 5, "x", json!([{"startLine": 3}, null]));
        check(3, 0, 1, "x", json!([{"startLine": 3}, null]));
        check(3, 0, 0, "x", json!([{"startLine": 3}, null]));
    }

    #[test]
    fn a_path_is_a_relative_reference() {
        let check = |path, expected: &str| assert_eq!(uri(path), expected);
        check("src/a b.py", "src/a%20b.py");
        check("alpine:3.19", "alpine%3A3.19");
        check("//evil.example/x", "evil.example/x");
        check("ü.py", "%C3%BC.py");
        check("https://shop.test/a?b", "shop.test/a%3Fb");
        check("../../other/x", "other/x");
        check(".github/x", ".github/x");
    }
}

//! Findings as SARIF 2.1.0 again, for a viewer or for GitHub's code scanning.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use url::Url;

use super::{GroupOccurrence, occurrences};
use crate::compose::Provenance;
use crate::model::finding::{FlowStep, Help, Location, Rule};
use crate::model::severity::Severity;
use crate::model::survey::{Group, Survey};

/// The name under which a finding's identity stands among its `partialFingerprints`.
const FINGERPRINT: &str = "casefile/v1";

/// The findings of one ticket that are not set aside, a run for each scan.
pub fn of_group(group: &Group, survey: &Survey, provenance: &Provenance) -> Value {
    let mut scans: BTreeMap<u32, Vec<(GroupOccurrence<'_>, Option<&str>)>> = BTreeMap::new();
    for one in occurrences(group, survey).filter(|one| one.sighting.aside.is_none()) {
        scans.entry(one.sighting.scan).or_default().push((one, None));
    }
    log(scans.into_iter().map(|(scan, found)| run(scan, &found, survey, provenance)).collect())
}

/// All findings of these scans, a run for each, those set aside as suppressed. `page` gives the pages of the ticket that
/// stands for a group's findings: they become `workItemUris` (SARIF 3.27.27).
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
    log(found.into_iter().map(|(scan, found)| run(scan, &found, survey, provenance)).collect())
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
        results.push(result(one, at, *page));
    }
    let seen = survey.scans.get(scan as usize);
    let mut driver = Map::new();
    let scanner = seen.map(|seen| seen.scan.scanner.as_str()).or(found.first().map(|(one, _)| one.scanner));
    driver.insert("name".into(), json!(named(scanner.unwrap_or_default())));
    driver.extend(seen.and_then(|seen| seen.scan.version.as_ref()).map(|is| ("version".into(), json!(is))));
    let rules: Vec<Value> = rules.into_iter().map(|(id, rule, worst)| descriptor(id, rule, worst)).collect();
    driver.insert("rules".into(), rules.into());

    let mut run = Map::new();
    run.insert("tool".into(), json!({"driver": driver}));
    if let Some(category) = seen.and_then(|seen| seen.scan.category.as_ref()).filter(|is| !is.is_empty()) {
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
    // a folder that no server names has no page
    let has_page = provenance.repository.host.contains('.');
    let page = has_page.then(|| Url::parse(&provenance.repository.url()).ok()).flatten()?;
    let mut origin = Map::new();
    origin.insert("repositoryUri".into(), json!(page.as_str()));
    for (name, value) in [("revisionId", &provenance.commit), ("branch", &provenance.branch)] {
        origin.extend((!value.is_empty()).then(|| (name.into(), json!(value))));
    }
    Some(origin.into())
}

/// A `reportingDescriptor` (3.49). Its `security-severity` is the lowest score of the step of its worst
/// result, because GitHub reads the severity from there.
fn descriptor(id: &str, rule: Option<&Rule>, worst: Severity) -> Value {
    let mut properties = Map::new();
    properties.extend(score(worst).map(|score| ("security-severity".into(), json!(score))));
    let mut own = Map::new();
    own.insert("id".into(), json!(id));
    if let Some(rule) = rule {
        let title = [rule.name.as_str(), &*rule.description].into_iter().find(|text| !text.is_empty());
        own.extend(title.map(|text| ("shortDescription".into(), json!({"text": text}))));
        let full = Some(&rule.description).filter(|text| !text.is_empty());
        own.extend(full.map(|text| ("fullDescription".into(), json!({"text": text}))));
        let help = match &rule.help {
            Help::None => None,
            Help::Text(text) => Some(json!({"text": text})),
            Help::Markdown(text) => Some(json!({"text": text, "markdown": text})),
        };
        own.extend(help.map(|help| ("help".into(), help)));
        let page = rule.help_uri.as_deref().and_then(|page| Url::parse(page).ok());
        let page = page.filter(|page| matches!(page.scheme(), "http" | "https"));
        own.extend(page.map(|page| ("helpUri".into(), json!(page.as_str()))));
        let cwe = rule.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}"));
        // an array of distinct elements, says the schema
        let tags: std::collections::BTreeSet<String> = rule.tags.iter().cloned().chain(cwe).collect();
        properties.extend((!tags.is_empty()).then(|| ("tags".into(), json!(tags))));
    }
    own.extend((!properties.is_empty()).then(|| ("properties".into(), properties.into())));
    own.into()
}

fn result(one: &GroupOccurrence<'_>, rule: usize, page: Option<&str>) -> Value {
    let sighting = one.sighting;
    let mut result = Map::new();
    result.insert("ruleId".into(), json!(named(one.rule_id())));
    result.insert("ruleIndex".into(), json!(rule));
    result.insert("level".into(), json!(level(sighting.severity)));
    result.insert("message".into(), json!({"text": message(one)}));
    let bare = Location { path: one.path.into(), line: sighting.line, ..Location::default() };
    let at = location(one.whole.map_or(&bare, |whole| &whole.location));
    result.extend(at.map(|mut at| {
        if let Some(context) = context(one) {
            at["physicalLocation"]["contextRegion"] = context;
        }
        ("locations".into(), json!([at]))
    }));
    result.insert("partialFingerprints".into(), json!({FINGERPRINT: sighting.id().to_string()}));
    if let Some(whole) = one.whole.filter(|_| !one.secret) {
        let flow: Vec<Value> =
            whole.detail.flow.iter().filter_map(step).map(|at| json!({"location": at})).collect();
        if !flow.is_empty() {
            result.insert("codeFlows".into(), json!([{"threadFlows": [{"locations": flow}]}]));
        }
        let related: Vec<Value> = whole.detail.related.iter().filter_map(step).collect();
        result.extend((!related.is_empty()).then(|| ("relatedLocations".into(), related.into())));
    }
    if let Some(reason) = sighting.aside {
        let why = format!("set aside by casefile: {reason}");
        result.insert("suppressions".into(), json!([{"kind": "external", "justification": why}]));
    }
    result.extend(page.map(|page| ("workItemUris".into(), json!([page]))));
    result.into()
}

/// A message may not be empty, and says nothing of a secret.
fn message<'o>(one: &GroupOccurrence<'o>) -> &'o str {
    let rule = one.rule.map(|rule| [rule.name.as_str(), &*rule.description]);
    let texts = [one.message()].into_iter().chain(rule.into_iter().flatten());
    texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or(named(one.rule_id()))
}

/// The lines around a finding that was kept whole.
fn context(one: &GroupOccurrence<'_>) -> Option<Value> {
    let detail = one.whole.filter(|_| !one.secret).map(|whole| &whole.detail)?;
    let snippet = detail.snippet.as_deref().filter(|text| !text.is_empty())?;
    let around = detail.snippet_line > 0 && detail.snippet_line <= one.sighting.line;
    around.then(|| json!({"startLine": detail.snippet_line, "snippet": {"text": snippet}}))
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
    let mut physical = json!({"artifactLocation": {"uri": uri(&location.path)}});
    if location.line > 0 {
        let mut region = json!({"startLine": location.line});
        if location.end_line > location.line {
            region["endLine"] = json!(location.end_line);
        }
        if location.column > 0 {
            region["startColumn"] = json!(location.column);
        }
        physical["region"] = region;
    }
    let mut whole = json!({"physicalLocation": physical});
    if let Some(name) = location.logical.as_deref().filter(|name| !name.is_empty()) {
        whole["logicalLocations"] = json!([{"fullyQualifiedName": name}]);
    }
    Some(whole)
}

/// A path as a relative URI reference: what is not unreserved (RFC 3986, 2.3) is encoded, a colon as
/// well, which would end a scheme.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// A name that may not be empty.
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

    /// The schema of the standard, where it lies beside the checkout.
    fn schema() -> Option<jsonschema::Validator> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/sarif-2.1.0.schema.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            println!("skipped: {path} is not there");
            return None;
        };
        let schema: Value = serde_json::from_str(&text).unwrap();
        Some(jsonschema::validator_for(&schema).unwrap())
    }

    fn check(sarif: &Value) {
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
        group.sightings[1].aside = Some(ExclusionReason::Ignored);
        survey.groups.push(group);
        let page = |one: &GroupOccurrence<'_>| {
            one.sighting.aside.is_none().then_some("https://acme.example/browse/SEC-1")
        };
        let sarif = of_scans(&[0], &survey, &samples::provenance(), &page);
        check(&sarif);
        let results = &sarif["runs"][0]["results"];
        assert_eq!(results[0]["workItemUris"], json!(["https://acme.example/browse/SEC-1"]));
        assert!(results[0]["suppressions"].is_null() && results[1]["workItemUris"].is_null());
        assert_eq!(results[1]["suppressions"][0]["justification"], "set aside by casefile: ignored");
    }

    #[test]
    fn a_path_is_a_relative_reference() {
        let check = |path, expected: &str| assert_eq!(uri(path), expected);
        check("src/a b.py", "src/a%20b.py");
        check("alpine:3.19", "alpine%3A3.19");
        check("//evil.example/x", "evil.example/x");
        check("ü.py", "%C3%BC.py");
    }
}

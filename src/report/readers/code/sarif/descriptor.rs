//! What a SARIF rule's descriptor says, in casefile's terms: severity, weaknesses, name, help, former ids.

use std::collections::{BTreeSet, HashMap};

use crate::model::finding::{Confidence, Help, Rule};
use crate::model::severity::Severity;
use crate::report::readers::code::sarif::message::{bounded, plain};
use crate::report::readers::code::sarif::{jfrog, wire};
use crate::report::shared::{description, weakness, words};

/// How many former ids of a rule count: a ticket has room for eight names.
const FORMER: usize = 5;

/// How much of a class's name is kept, in bytes.
const CLASS: usize = 300;

/// How many tags of a rule are kept: rules of CodeQL have up to ten, and a report may have very many rules.
pub(crate) const MOST_TAGS: usize = 30;

/// How many package URLs and versions of a rule are read.
pub(crate) const MOST_PACKAGES: usize = 100;

/// A severity in a scanner's own word, if its SARIF has it in addition to a score: a tag (Trivy, Docker Scout), a line
/// in its texts (Grype, Trivy), or the beginning of its short description (Snyk).
pub(crate) fn spoken(tags: &[String], texts: &[String]) -> Option<Severity> {
    const TAGS: [&str; 4] = ["CRITICAL", "HIGH", "MEDIUM", "LOW"];
    let tag = tags.iter().find(|tag| TAGS.contains(&tag.as_str())).map(String::as_str);
    let line = || {
        let lines = texts.iter().flat_map(|text| text.lines().take(20));
        lines.filter_map(|line| line.trim().strip_prefix("Severity:")).map(str::trim).next()
    };
    let short = || texts.iter().find_map(|text| Some(text.split_once(" severity - ")?.0));
    tag.or_else(line).or_else(short).and_then(words::severity)
}

/// The scanner's confidence, if a property bag has it.
pub(crate) fn confidence(properties: &wire::SarifProperties<'_>) -> Option<Confidence> {
    let tagged = properties.tags.iter().find_map(|tag| tag.strip_suffix(" CONFIDENCE"));
    [&*properties.confidence, &*properties.precision].into_iter().chain(tagged).find_map(words::confidence)
}

/// The scanner's own word for the severity, if a property bag has it under one of the names that scanners use. A score
/// takes precedence over it, because it may only repeat the level.
pub(crate) fn word(properties: &wire::SarifProperties<'_>) -> Option<Severity> {
    let fields = [
        &properties.severity,
        &properties.capital_severity,
        &properties.issue_severity,
        &properties.priority,
        &properties.devskim,
        &properties.qodana,
        &properties.zizmor,
    ];
    fields.into_iter().find_map(|field| words::severity(field))
}

/// The level in CodeQL's words, for a rule whose configuration has none.
pub(crate) fn problem_level(properties: &wire::SarifProperties<'_>) -> Option<Severity> {
    match &*properties.problem_severity {
        "recommendation" => Some(Severity::Low),
        word => words::severity(word),
    }
}

/// The fixed versions in a property bag, or what is there instead.
pub(crate) fn fixed(properties: &wire::SarifProperties<'_>) -> impl Iterator<Item = String> {
    properties.fixed_version.iter().filter_map(|text| text.owned()).take(MOST_PACKAGES)
}

/// Names of a rule besides the one that people are shown, and the classes that it belongs to.
pub(crate) fn classes(
    rule: &wire::SarifDescriptor<'_>,
    properties: Option<&wire::SarifProperties<'_>>,
) -> Vec<String> {
    let of_bag = properties.into_iter().flat_map(|bag| {
        let below = bag.subcategory.iter().take(3).filter_map(|text| text.some());
        [&*bag.category, &*bag.kind].into_iter().chain(below)
    });
    let all = std::iter::once(&*rule.name).chain(of_bag).filter(|text| !text.is_empty());
    all.map(|text| words::start(text, CLASS).to_owned()).collect()
}

/// Its messages by id, the first for each.
pub(crate) fn messages(rule: &wire::SarifDescriptor<'_>) -> HashMap<String, String> {
    let mut all = HashMap::new();
    for (id, message) in rule.message_strings.iter() {
        if let Some(text) = message.get().and_then(plain) {
            all.entry(id.to_owned()).or_insert_with(|| bounded(text).into_owned());
        }
    }
    all
}

/// The severity that a level stands for (3.27.10); `None`: it is not a level.
pub(crate) fn level(word: &str) -> Option<Severity> {
    match word {
        "error" => Some(Severity::High),
        "warning" => Some(Severity::Medium),
        "note" => Some(Severity::Low),
        "none" => Some(Severity::Info),
        _ => None,
    }
}

/// Adds what a property bag says about weaknesses.
pub(crate) fn weaknesses(properties: &wire::SarifProperties<'_>, rule: &mut Rule) {
    for text in properties.cwe.iter() {
        rule.cwe.extend(weakness::cwe_field(text));
    }
    for tag in properties.tags.iter() {
        rule.cwe.extend(weakness::cwe(tag));
        rule.owasp.extend(weakness::owasp(tag));
    }
    let fields = [&properties.owasp, &properties.owasp_web, &properties.owasp_mobile];
    for text in fields.into_iter().flat_map(|field| field.iter()) {
        rule.owasp.extend(weakness::owasp_field(text));
    }
}

/// Adds a taxon that is given by name (3.52); one that is only given by index goes to `places`.
pub(crate) fn taxon(reference: &wire::SarifReference<'_>, rule: &mut Rule, places: &mut Vec<(usize, usize)>) {
    let component = reference.tool_component.get();
    let name = component.map(|component| &*component.name).unwrap_or_default();
    match reference.id.some() {
        Some(id) if name.eq_ignore_ascii_case("cwe") => rule.cwe.extend(weakness::cwe_field(id)),
        Some(id) if name.to_ascii_lowercase().contains("owasp") => {
            rule.owasp.extend(weakness::owasp_field(id))
        }
        Some(id) => rule.cwe.extend(weakness::cwe(id)),
        None => {
            let taxonomy = component.and_then(|component| component.index.index());
            places.extend(taxonomy.zip(reference.index.index()));
        }
    }
}

/// Adds what a taxon of a taxonomy says.
pub(crate) fn add_taxon(rule: &mut Rule, taxonomy: &str, id: &str) {
    if taxonomy.eq_ignore_ascii_case("cwe") {
        rule.cwe.extend(weakness::cwe_field(id));
    } else if taxonomy.to_ascii_lowercase().contains("owasp") {
        rule.owasp.extend(weakness::owasp_field(id));
    } else {
        rule.cwe.extend(weakness::cwe(id));
    }
}

/// Puts weaknesses in order, each once.
pub(crate) fn sort(rule: &mut Rule) {
    rule.cwe.sort_unstable();
    rule.cwe.dedup();
    rule.owasp.sort_unstable();
    rule.owasp.dedup();
}

/// The Markdown of a text, unless it is only a table where the plain text says what is wrong: JFrog repeats score, package
/// and version there, which the ticket has in its own tables.
pub(crate) fn described<'m>(message: &'m wire::SarifMessage<'_>) -> Option<&'m str> {
    let is_table =
        |text: &str| text.lines().all(|line| line.trim().is_empty() || line.trim().starts_with('|'));
    message.markdown.some().filter(|markdown| message.text.is_empty() || !is_table(markdown))
}

pub(crate) fn help(message: Option<&wire::SarifMessage<'_>>) -> Help {
    let Some(message) = message else { return Help::None };
    let text = |text: &str| Some(bounded(text).into_owned()).filter(|text| !text.is_empty());
    match (described(message).and_then(text), text(&message.text)) {
        (Some(markdown), _) => Help::Markdown(markdown.into()),
        (None, Some(text)) => Help::Text(text.into()),
        (None, None) => Help::None,
    }
}

/// One line for people: the short description, unless it says no more than the id; otherwise the first sentence of the
/// long one, otherwise the rule's name.
pub(crate) fn name(id: &str, name: &str, short: &str, full: &str) -> String {
    let recorded = |line: &str| {
        !description::said(line).is_empty() && line != id && !line.starts_with("Semgrep Finding: ")
    };
    let short = line(short);
    let short = jfrog::unlabelled(&short);
    // govulncheck puts the id first, Snyk the severity
    let own = short.strip_prefix(&format!("[{id}] ")).or_else(|| Some(short.split_once(" severity - ")?.1));
    let short = own.unwrap_or(short);
    // JFrog names only the advisory and the package
    if recorded(short) && jfrog::package(short).is_none() {
        return short.to_owned();
    }
    let sentence = line(full);
    let sentence = sentence.split(". ").next().unwrap_or_default();
    if recorded(sentence) && sentence.len() <= SENTENCE { sentence.to_owned() } else { line(name) }
}

/// How long a sentence that serves as a name may be; a longer one stays part of the description.
const SENTENCE: usize = 120;

/// The first paragraph on one line: texts are wrapped by hand.
fn line(text: &str) -> String {
    let lines = text.lines().map(str::trim).skip_while(|line| line.is_empty());
    let first: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    words::line(words::start(&first.join(" "), LINE))
}

/// How much of a paragraph makes a line, in bytes.
const LINE: usize = 1_000;

/// The former ids of a rule, each once.
pub(crate) fn former(rule: &wire::SarifDescriptor<'_>) -> Vec<String> {
    let ids: BTreeSet<String> = rule.deprecated_ids.iter().filter_map(|id| id.owned()).collect();
    ids.into_iter().filter(|id| !id.is_empty() && *rule.id != **id).take(FORMER).collect()
}

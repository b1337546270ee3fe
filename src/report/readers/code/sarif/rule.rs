//! A SARIF rule (reportingDescriptor, 3.49) as casefile knows it, with what its results need.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::model::finding::{Advisory, Confidence, Cvss, FindingKind, Help, Rule};
use crate::model::severity::Severity;
use crate::report::shared::{advisory, fix_table, flaw, kind, weakness, words};

use crate::report::readers::code::sarif::descriptor::{
    MOST_PACKAGES, MOST_TAGS, classes, confidence, described, fixed, former, help, level, messages, name,
    problem_level, sort, spoken, taxon, weaknesses, word,
};
use crate::report::readers::code::sarif::message::{bounded, plain};
use crate::report::readers::code::sarif::overview::{part, part_essay};
use crate::report::readers::code::sarif::wire;
use crate::report::readers::code::sarif::{fortify, jfrog, license};

/// How much of a rule's text is searched for package and version for each result, in bytes.
const SEARCHED_BYTES: usize = 2_000;

/// A rule, and what results that name it inherit.
#[derive(Debug, Clone, Default)]
pub(crate) struct SarifEntry {
    pub(crate) rule: Arc<Rule>,
    /// From the default configuration, or from an override of it.
    pub(crate) level: Option<Severity>,
    /// `security-severity`, a number.
    pub(crate) score: Option<f64>,
    /// The scanner's own word: `security-severity` as a word, a tag, or what its texts say.
    pub(crate) word: Option<Severity>,
    /// Its word in another property, which only counts if there is no score.
    pub(crate) unscored: Option<Severity>,
    /// The scanner's confidence in what the rule finds.
    pub(crate) confidence: Option<Confidence>,
    /// Messages by id (3.49.11).
    pub(crate) messages: Arc<HashMap<String, String>>,
    /// Which tool component declares it: 0 is the driver.
    pub(crate) component: usize,
    /// Taxa by index only: taxonomy and taxon, until the taxonomies are known.
    pub(crate) taxa: Vec<(usize, usize)>,
    /// Whether a result names it.
    pub(crate) used: Arc<AtomicBool>,
    /// Whether it is about a licence, which is no weakness.
    pub(crate) is_license: bool,
    /// Details if it stands for an advisory.
    pub(crate) advice: Option<Arc<SarifAdvice>>,
    /// Its own name (3.49.7), which people are not shown, its category, and the like.
    names: Vec<String>,
    kind: Option<FindingKind>,
}

/// An advisory that a rule stands for.
#[derive(Debug, Clone)]
pub(crate) struct SarifAdvice {
    pub(crate) advisory: Arc<Advisory>,
    /// The rest of Grype's rule ids: `CVE-2021-1-lodash`.
    pub(crate) package: Option<String>,
    /// Package URLs in the rule's property bag.
    pub(crate) purls: Vec<String>,
    /// Fixed versions in the rule's property bag, or what is there instead.
    pub(crate) fixed: Vec<String>,
    /// Packages with a fixed version each, from a table in the help.
    pub(crate) listed: Vec<(String, String)>,
    /// The rule's own texts that may name package and version; usually a rule has one package.
    pub(crate) texts: Vec<String>,
    /// The packages from the direct dependency to the vulnerable one.
    pub(crate) path: Vec<String>,
    /// The direct dependencies that bring the vulnerable one in, on any path.
    pub(crate) introducers: Vec<String>,
    /// Whether it is about a package in an image; `None`: the run knows.
    pub(crate) image: Option<bool>,
}

impl SarifEntry {
    /// What is known about a rule that the report does not describe.
    pub(crate) fn of_id(id: &str) -> SarifEntry {
        let mut entry = SarifEntry {
            rule: Arc::new(Rule { id: id.to_owned(), ..Rule::default() }),
            is_license: license::is_named(id),
            ..SarifEntry::default()
        };
        entry.advise("", Vec::new(), Vec::new(), Vec::new(), Vec::new());
        entry
    }

    pub(crate) fn of(rule: &wire::SarifDescriptor<'_>, component: usize) -> SarifEntry {
        let text = |message: Option<&wire::SarifMessage<'_>>| {
            fortify::readable(&bounded(message.and_then(plain).unwrap_or_default())).into_owned()
        };
        let markdown = rule.full_description.get().and_then(described);
        let (short, full) = (text(rule.short_description.get()), text(rule.full_description.get()));
        let properties = rule.properties.get();
        let unfilled = rule.short_description.get().and_then(plain).is_some_and(fortify::has_placeholders);
        let class = properties.map_or("", |properties| &*properties.class);
        let mut made = Rule {
            id: rule.id.to_string(),
            former: former(rule),
            name: match unfilled && !class.is_empty() {
                true => class.to_owned(),
                false => name(&rule.id, &rule.name, &short, &full),
            },
            help: help(rule.help.get()),
            help_uri: rule.help_uri.owned(),
            ..Rule::default()
        };
        if let Some(properties) = properties {
            made.tags = properties.tags.iter().filter_map(|tag| tag.owned()).take(MOST_TAGS).collect();
            weaknesses(properties, &mut made);
        }
        let mut taxa = Vec::new();
        for target in rule.relationships.objects().filter_map(|relationship| relationship.target.get()) {
            taxon(target, &mut made, &mut taxa);
        }
        made.cwe.extend(weakness::cwe(&rule.id).chain(weakness::cwe_page(&rule.help_uri)));
        sort(&mut made);
        let mut aliases: Vec<String> = rule.deprecated_ids.iter().filter_map(|id| id.owned()).collect();
        aliases.extend(made.tags.iter().cloned());
        let help = text(rule.help.get());
        let texts = vec![help, full.clone(), short.clone()];
        let is_license = license::is_described(rule, &texts);
        made.is_markdown = markdown.is_some();
        made.description = match markdown {
            Some(markdown) => bounded(markdown).as_ref().into(),
            None => if full.is_empty() { short } else { full }.into(),
        };
        if advisory::id(&made.id).is_some() {
            part(&mut made);
        } else {
            part_essay(&mut made);
        }
        let recorded = properties.map_or("", |properties| &*properties.security_severity);
        made.score = recorded.trim().parse().ok().filter(|score: &f64| score.is_finite());
        let (score, tags) = (made.score, made.tags.clone());
        let mut entry = SarifEntry {
            rule: Arc::new(made),
            level: rule
                .default_configuration
                .get()
                .and_then(|configuration| level(&configuration.level))
                .or_else(|| properties.and_then(problem_level)),
            score,
            word: words::severity(recorded).or_else(|| spoken(&tags, &texts)),
            unscored: properties.and_then(word),
            confidence: properties.and_then(confidence),
            messages: Arc::new(messages(rule)),
            component,
            taxa,
            names: classes(rule, properties),
            is_license,
            ..SarifEntry::default()
        };
        let purls = properties.map(|properties| {
            properties.purls.iter().filter_map(|purl| purl.owned()).take(MOST_PACKAGES).collect()
        });
        let fixed = properties.map(|properties| fixed(properties).collect());
        entry.advise(&rule.name, aliases, purls.unwrap_or_default(), fixed.unwrap_or_default(), texts);
        if let (Some(advice), Some(properties)) = (entry.advice.as_mut().map(Arc::make_mut), properties) {
            advice.path = jfrog::path(properties);
            advice.introducers = jfrog::introducers(properties);
        }
        entry
    }

    /// How many bytes its texts take.
    pub(crate) fn length(&self) -> usize {
        let help = match &self.rule.help {
            Help::None => 0,
            Help::Text(text) | Help::Markdown(text) => text.len(),
        };
        let messages: usize = self.messages.iter().map(|(id, text)| id.len() + text.len()).sum();
        let advice = self
            .advice
            .iter()
            .flat_map(|advice| [&advice.texts, &advice.purls, &advice.path, &advice.introducers])
            .flatten();
        let more = self.rule.tags.iter().chain(advice).map(String::len).sum::<usize>();
        help + messages + more + self.rule.description.len() + self.rule.name.len() + self.rule.id.len()
    }

    /// Drops its texts except for their beginnings of this many bytes.
    pub(crate) fn shorten(&mut self, limit: usize) {
        let rule = Arc::make_mut(&mut self.rule);
        rule.description = words::start(&rule.description, limit).into();
        if let Help::Text(text) | Help::Markdown(text) = &mut rule.help {
            *text = words::start(text, limit).into();
        }
        rule.tags.truncate(10);
        self.messages = Arc::default();
        if let Some(advice) = self.advice.as_mut().map(Arc::make_mut) {
            advice.texts.iter_mut().for_each(|text| *text = words::start(text, limit).to_owned());
            advice.purls.truncate(1);
            advice.path.clear();
            advice.introducers.clear();
        }
    }

    /// The same with more weaknesses, which some scanners only give in the result.
    pub(crate) fn with(&self, more: &Rule) -> SarifEntry {
        let mut entry = SarifEntry { kind: None, ..self.clone() };
        let rule = Arc::make_mut(&mut entry.rule);
        rule.cwe.extend(&more.cwe);
        rule.owasp.extend(more.owasp.iter().cloned());
        rule.tags.extend(more.tags.iter().cloned());
        sort(rule);
        entry
    }

    /// The kind of findings, unless it is an advisory; determined once.
    pub(crate) fn kind(&self) -> FindingKind {
        self.kind.unwrap_or(FindingKind::Code)
    }

    /// Determines the kind, once scanner and weaknesses are known. `more`: the names of what it is part of.
    pub(crate) fn settle(&mut self, scanner: &str, more: &[&str]) {
        let names: Vec<&str> = self.names.iter().map(String::as_str).chain(more.iter().copied()).collect();
        self.kind = Some(kind::of_rule(scanner, &self.rule, &names));
    }

    /// Checks whether the rule's id is an advisory's, and collects its other names.
    fn advise(
        &mut self,
        class: &str,
        aliases: Vec<String>,
        purls: Vec<String>,
        fixed: Vec<String>,
        texts: Vec<String>,
    ) {
        // old Trivy: `[MEDIUM] CVE-2019-1549`
        let id = match self.rule.id.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
            Some((_, id)) => id,
            None => &self.rule.id,
        };
        let Some(name) = advisory::id(id) else { return };
        // Grype, old Trivy and JFrog Xray put the package after it
        let package = id[name.len()..].strip_prefix(['-', '/', '_']).filter(|rest| !rest.is_empty());
        let mut names: Vec<String> = Vec::new();
        let declared =
            aliases.iter().filter_map(|alias| advisory::id(alias).filter(|id| *id == alias.as_str()));
        // Snyk names the CVE only in its descriptions
        let recorded = texts.iter().skip(1).filter(|_| name.starts_with("SNYK-") || name.starts_with("npm:"));
        for other in declared.chain(recorded.flat_map(|text| advisory::ids(text).take(1))) {
            if other != name && names.iter().all(|known| known != other) {
                names.push(other.to_owned());
            }
        }
        let cvss = self.score.filter(|score| *score > 0.0).map(|score| Cvss { score, vector: None });
        let advisory = Advisory { id: name.to_owned(), aliases: names, cvss, ..Advisory::default() };
        // Trivy's names for classes of rules
        let image = match class {
            "OsPackageVulnerability" | "dockerfile_scan" => Some(true),
            "LanguageSpecificPackageVulnerability" => None,
            _ => Some(false),
        };
        let (advisory, package) = (Arc::new(advisory), package.map(str::to_owned));
        let mut fixed = fixed;
        if fixed.is_empty() {
            fixed = texts
                .iter()
                .map(|text| flaw::recommended(text, ""))
                .find(|all| !all.is_empty())
                .unwrap_or_default();
        }
        let listed = texts.first().map(|help| fix_table::versions(help)).unwrap_or_default();
        let texts = texts.into_iter().map(|text| words::start(&text, SEARCHED_BYTES).to_owned()).collect();
        self.advice = Some(Arc::new(SarifAdvice {
            advisory,
            package,
            purls,
            fixed,
            listed,
            texts,
            path: Vec::new(),
            introducers: Vec::new(),
            image,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(json: &str) -> SarifEntry {
        SarifEntry::of(&serde_json::from_str(json).unwrap(), 0)
    }

    #[test]
    fn a_rule_is_told_to_people() {
        let check = |json: &str, expected: &str| assert_eq!(entry(json).rule.name, expected, "{json}");
        check(
            r#"{"id":"js/x","name":"js/x","shortDescription":{"text":"Unused\n variable\n\nMore."}}"#,
            "Unused variable",
        );
        check(r#"{"id":"B403","name":"blacklist"}"#, "blacklist");
        check(
            r#"{"id":"x","shortDescription":{"text":"Semgrep Finding: x"},"fullDescription":{"text":"exec of input. Bad."}}"#,
            "exec of input",
        );
        check(r#"{"id":"x","shortDescription":null,"name":null}"#, "");
        check(r#"{"id":"GO-2026-1","shortDescription":{"text":"[GO-2026-1] TOCTOU in os"}}"#, "TOCTOU in os");
        check(
            r#"{"id":"F","shortDescription":{"text":"<Replace key=\"a\"/> leaks"},"properties":{"Type":"Leak"}}"#,
            "Leak",
        );
        check(r#"{"id":"F","shortDescription":{"text":"<Replace key=\"a\"/> leaks"}}"#, "… leaks");
        check(
            r#"{"id":"S","shortDescription":{"text":"High severity - CVE-2023-1 in x"}}"#,
            "CVE-2023-1 in x",
        );
    }

    #[test]
    fn a_table_that_repeats_the_facts_is_no_description() {
        let check = |markdown: &str, expected: &str| {
            let json = serde_json::json!({"id": "CVE-2020-1_a_1", "help": {"text": "Code Injection", "markdown": markdown},
                "fullDescription": {"text": "Code Injection", "markdown": markdown}});
            let rule = entry(&json.to_string()).rule;
            assert_eq!(&*rule.description, expected);
            assert_eq!(rule.is_markdown, expected == markdown);
        };
        check(
            "| Severity Score | Contextual Analysis |\n| :---: | :---: |\n| 7.4 | Applicable |",
            "Code Injection",
        );
        check("It runs.\n\n| A |\n| - |", "It runs.\n\n| A |\n| - |");
    }

    #[test]
    fn weaknesses_come_from_everywhere() {
        let made = entry(
            r#"{"id":"x","properties":{"tags":["external/cwe/cwe-079","OWASP-A03:2021 - Injection"],"cwe":"CWE-80"},
            "relationships":[{"target":{"id":"89","toolComponent":{"name":"CWE"}}},{"target":{"id":"CWE-79"}},
            {"target":{"index":3,"toolComponent":{"index":1}}}]}"#,
        );
        assert_eq!(made.rule.cwe, [79, 80, 89]);
        assert_eq!(made.rule.owasp, ["A03:2021"]);
        assert_eq!(made.taxa, [(1, 3)]);
    }

    #[test]
    fn the_scanner_s_word_is_found_wherever_it_stands() {
        let check = |json: &str, word: Option<Severity>, score: Option<f64>| {
            let entry = entry(json);
            assert_eq!((entry.word, entry.score), (word, score), "{json}");
        };
        check(r#"{"id":"x","properties":{"security-severity":"high"}}"#, Some(Severity::High), None);
        check(r#"{"id":"x","properties":{"security-severity":"7.5"}}"#, None, Some(7.5));
        check(
            r#"{"id":"x","properties":{"security-severity":9.8,"tags":["security","LOW"]}}"#,
            Some(Severity::Low),
            Some(9.8),
        );
        check(
            r#"{"id":"CVE-2021-1","help":{"text":"Vulnerability CVE-2021-1\nSeverity: low"}}"#,
            Some(Severity::Low),
            None,
        );
        check(
            r#"{"id":"S","shortDescription":{"text":"Critical severity - x"}}"#,
            Some(Severity::Critical),
            None,
        );
        check(r#"{"id":"x","properties":{"tags":["low-level"]}}"#, None, None);
    }

    #[test]
    fn advisories_are_told_from_rules() {
        let check = |json: &str, expected: Option<(&str, &[&str], Option<&str>)>| {
            let advice = entry(json).advice;
            let recorded = advice.as_ref().map(|advice| {
                let aliases = advice.advisory.aliases.iter().map(|alias| &**alias).collect::<Vec<_>>();
                (&*advice.advisory.id, aliases, advice.package.as_deref())
            });
            assert_eq!(recorded, expected.map(|(id, aliases, package)| (id, aliases.to_vec(), package)));
        };
        check(r#"{"id":"js/xss"}"#, None);
        check(r#"{"id":"CVE-2021-1-lodash"}"#, Some(("CVE-2021-1", &[], Some("lodash"))));
        check(r#"{"id":"CVE-2021-1/lodash"}"#, Some(("CVE-2021-1", &[], Some("lodash"))));
        check(r#"{"id":"CVE-2021-1_lodash_4.17.15"}"#, Some(("CVE-2021-1", &[], Some("lodash_4.17.15"))));
        check(r#"{"id":"XRAY-122_a_1"}"#, Some(("XRAY-122", &[], Some("a_1"))));
        check(r#"{"id":"[MEDIUM] CVE-2019-1549"}"#, Some(("CVE-2019-1549", &[], None)));
        check(
            r#"{"id":"GO-2020-15","properties":{"tags":["CVE-2020-14040","security"]}}"#,
            Some(("GO-2020-15", &["CVE-2020-14040"], None)),
        );
        check(
            r#"{"id":"CVE-2022-1","deprecatedIds":["CVE-2022-1","RUSTSEC-2022-0013"],"fullDescription":{"text":"like CVE-2000-1"}}"#,
            Some(("CVE-2022-1", &["RUSTSEC-2022-0013"], None)),
        );
        check(
            r#"{"id":"SNYK-JS-LODASH-1","shortDescription":{"text":"High severity - CVE-2023-5363 vulnerability in x"}}"#,
            Some(("SNYK-JS-LODASH-1", &["CVE-2023-5363"], None)),
        );
    }
}

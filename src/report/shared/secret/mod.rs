//! Credentials that scanners found: how a rule about them is recognised, and what of a finding is withheld.
//!
//! Whatever reader a finding comes from, it passes through [`Redactor`] before anything else sees it. Instead of
//! looking for the credential in a scanner's texts, nothing is kept that could quote it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use crate::model::finding::{Finding, FindingKind, FlowStep, Help, Location, Rule, Subject};

mod named;
mod shape;
mod vocabulary;

pub(crate) use named::{RuleText, has_word, names_one, quotes_one};
pub(crate) use shape::masked as masked_by_shape;

/// How many rules are remembered as they are shown; if there are more, the first are processed again.
const RULES_REMEMBERED: usize = 1024;

/// Withholds from findings what may be a credential.
#[derive(Default)]
pub(crate) struct Redactor {
    /// By the rule's address, which is stable while the rule itself is kept.
    rules: HashMap<usize, (Arc<Rule>, Withheld)>,
}

/// What is withheld of a rule's findings.
#[derive(Clone)]
enum Withheld {
    /// Nothing.
    All,
    /// What is said about the place.
    Rule,
    /// Everything that the scanner says besides the rule's name; the rule is shown like this.
    Name(Arc<Rule>),
}

impl Redactor {
    /// The finding without what may quote a credential.
    pub(crate) fn redact<'r>(&mut self, mut finding: Finding<'r>) -> Finding<'r> {
        if !matches!(finding.subject, Subject::Rule) {
            return finding;
        }
        if finding.anchors.withheld {
            if let Withheld::Name(rule) = self.recorded(&finding) {
                finding.detail.message = masked(&finding.detail.message).into();
                finding.rule = rule;
            }
            return finding;
        }
        let quotes_none = finding.anchors.quotes_none && finding.kind != FindingKind::Secret;
        let recorded = if quotes_none { Withheld::All } else { self.recorded(&finding) };
        let rule = match recorded {
            Withheld::All if quotes_none || !named::quotes_one(&finding.detail.message) => {
                if shape::mask(&mut finding.detail) {
                    finding.anchors.text = None;
                    finding.anchors.withheld = true;
                }
                return finding;
            }
            Withheld::All | Withheld::Rule => None,
            Withheld::Name(rule) => Some(rule),
        };
        let detail = &mut finding.detail;
        let commit = commit(&detail.message);
        let quoted = [detail.snippet.as_deref(), finding.anchors.text.as_deref(), Some(&*detail.message)];
        // a fingerprint may be the credential itself
        if let Some(stable) = &finding.anchors.stable
            && let Some((_, value)) = stable.split_once(':')
            && quoted.into_iter().flatten().any(|text| text.contains(value))
        {
            finding.anchors.stable = None;
        }
        let shown = rule.as_ref().unwrap_or(&finding.rule);
        let whole = if rule.is_some() { "" } else { &*shown.description };
        let words = [whole, &shown.name, &shown.id].into_iter().find(|text| !text.is_empty());
        let words = words.unwrap_or_default().trim_end_matches('.');
        let before = detail.snippet.is_some() || detail.markdown.is_some() || *detail.message != *words;
        detail.withheld = rule.is_none() && before;
        detail.message = match commit {
            Some(commit) => format!("{words} {commit}").into(),
            None => words.to_owned().into(),
        };
        (detail.snippet, detail.snippet_line) = (None, 0);
        detail.markdown = None;
        let steps = detail.flow.iter_mut().chain(&mut detail.also).chain(&mut detail.related);
        steps.for_each(withhold);
        detail.facts.clear();
        finding.location.logical = finding.location.logical.filter(|_| rule.is_none());
        detail.justification = detail.justification.take().filter(|_| rule.is_none());
        finding.anchors.text = None;
        finding.anchors.withheld = true;
        if let Some(rule) = rule {
            finding.rule = rule;
        }
        finding
    }

    fn recorded(&mut self, finding: &Finding<'_>) -> Withheld {
        let address = Arc::as_ptr(&finding.rule).addr();
        if let Some((_, recorded)) = self.rules.get(&address) {
            // the same rule may be of another kind in another place
            let secret = finding.kind == FindingKind::Secret;
            if secret == matches!(recorded, Withheld::Name(_)) {
                return recorded.clone();
            }
        }
        let infrastructure = finding.kind == FindingKind::Infrastructure;
        let named = RuleText { scanner: &finding.scanner, rule: &finding.rule, more: &[], infrastructure };
        let recorded = match finding.kind {
            FindingKind::Secret => Withheld::Name(Arc::new(shown(finding))),
            _ if named.is_doubtful() => Withheld::Rule,
            _ => Withheld::All,
        };
        if self.rules.len() == RULES_REMEMBERED {
            self.rules.clear();
        }
        self.rules.insert(address, (Arc::clone(&finding.rule), recorded.clone()));
        recorded
    }
}

/// The shortest credential that is looked for in the place where it was found, in bytes.
const SHORTEST: usize = 6;

/// A place without the credential that was found there: it may be part of a file's name or of an address.
pub(crate) fn without<'r>(location: Location<'r>, credentials: &[&str]) -> Location<'r> {
    let hidden = |text: Cow<'r, str>| hidden(text, credentials);
    Location { path: hidden(location.path), logical: location.logical.map(&hidden), ..location }
}

/// A text without the credentials that were found: scanners' rules, which people write, may quote one.
pub(crate) fn hidden<'r>(text: Cow<'r, str>, credentials: &[&str]) -> Cow<'r, str> {
    let held = credentials.iter().filter(|one| one.len() >= SHORTEST && text.contains(**one));
    match held.fold(None, |hidden: Option<String>, one| {
        Some(hidden.as_deref().unwrap_or(&text).replace(one, "***"))
    }) {
        Some(hidden) => Cow::Owned(hidden),
        None => text,
    }
}

/// The name of a rule without the credentials that were found. A credential that could be any word, such as `password`,
/// stays, because the rule may be named after it.
pub(crate) fn hidden_in_name<'n>(name: &'n str, credentials: &[&str]) -> Cow<'n, str> {
    let is_word = |one: &str| one.bytes().all(|byte| byte.is_ascii_lowercase());
    let credentials: Vec<&str> = credentials.iter().copied().filter(|one| !is_word(one)).collect();
    hidden(name.into(), &credentials)
}

/// The rule of a credential without the texts that some scanners create from what they found. A reader that withholds
/// credentials itself keeps only descriptions that quote none.
fn shown(finding: &Finding<'_>) -> Rule {
    let rule = &*finding.rule;
    let description = if finding.anchors.withheld { masked(&rule.description) } else { String::new() };
    Rule {
        id: masked(&rule.id),
        name: masked(&rule.name),
        description: description.into(),
        help: Help::None,
        help_uri: rule.help_uri.as_deref().and_then(page).filter(|page| masked(page) == *page),
        tags: rule.tags.iter().map(|tag| masked(tag)).collect(),
        ..rule.clone()
    }
}

/// A rule whose names and page quote none of these credentials.
pub(crate) fn rule_without(rule: &Arc<Rule>, credentials: &[&str]) -> Arc<Rule> {
    let names = [&rule.id, &rule.name].into_iter().chain(&rule.tags).chain(&rule.help_uri);
    let quotes_none = names.into_iter().all(|name| hidden_in_name(name, credentials) == *name);
    if quotes_none {
        return Arc::clone(rule);
    }
    let name = |text: &String| hidden_in_name(text, credentials).into_owned();
    Arc::new(Rule {
        id: name(&rule.id),
        name: name(&rule.name),
        help_uri: rule.help_uri.clone().filter(|page| name(page) == *page),
        tags: rule.tags.iter().map(name).collect(),
        ..(**rule).clone()
    })
}

/// The address of a page about a rule, without what could hold a credential or what it was found with.
fn page(address: &str) -> Option<String> {
    let mut page = Url::parse(address).ok().filter(|page| matches!(page.scheme(), "http" | "https"))?;
    let bare = page.username().is_empty() && page.password().is_none() && page.query().is_none();
    if bare {
        return Some(address.to_owned());
    }
    page.set_query(None);
    page.set_username("").and_then(|()| page.set_password(None)).ok()?;
    Some(page.into())
}

/// Keeps only a step's place.
fn withhold(step: &mut FlowStep<'_>) {
    step.message = Cow::Borrowed("");
    step.location.logical = None;
}

/// `(commit 0123456789ab)` at the end of a message: readers add it, and nothing else looks like it.
fn commit(message: &str) -> Option<String> {
    let (_, end) = message.rsplit_once(" (commit ")?;
    let hash = end.strip_suffix(')')?;
    let is_hash = hash.len() == 12 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| format!("(commit {hash})"))
}

/// A name in which no word can be a key or a token: long ones that mix letters and digits are masked.
fn masked(name: &str) -> String {
    let inner = |c: char| c.is_alphanumeric() || matches!(c, '+' | '_' | '=');
    let mut shown = String::with_capacity(name.len());
    for piece in name.split_inclusive(|c| !inner(c)) {
        let word = piece.trim_end_matches(|c| !inner(c));
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        let key = word.len() >= 16 && digits > 1 && word.chars().any(char::is_alphabetic);
        shown.push_str(if key { "***" } else { word });
        shown.push_str(&piece[word.len()..]);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded::{self, full};

    #[test]
    fn long_words_of_letters_and_digits_are_no_name() {
        let check = |name: &str, expected: &str| assert_eq!(masked(name), expected);
        check("Found AKIAIOSFODNN7EXAMPLE1 in the file", "Found *** in the file");
        check("key=ghp_0123456789abcdef0123;", "***;");
        check("AWS Access Key ID (version 2)", "AWS Access Key ID (version 2)");
        check(
            "generic.secrets.security.detected-aws-access-key-id-value",
            "generic.secrets.security.detected-aws-access-key-id-value",
        );
        check("", "");
    }

    #[test]
    fn nothing_that_may_quote_a_credential_is_kept() {
        let sarif = |tool: &str, id: &str| {
            format!(
                r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{tool}","rules":[{{"id":"{id}","shortDescription":{{"text":"A rule"}},
                "fullDescription":{{"text":"It is hunter2"}},"help":{{"text":"Match: hunter2","markdown":"`hunter2`"}}}}]}}}},"results":[{{"ruleId":"{id}",
                "message":{{"text":"found hunter2","markdown":"found `hunter2`"}},"partialFingerprints":{{"own":"hunter2"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.env"}},
                "region":{{"startLine":3,"snippet":{{"text":"hunter2"}}}},"contextRegion":{{"startLine":2,"snippet":{{"text":"x\nhunter2"}}}}}},
                "logicalLocations":[{{"fullyQualifiedName":"hunter2"}}]}},{{"physicalLocation":{{"artifactLocation":{{"uri":"b.env"}},"region":{{"startLine":9}}}},
                "message":{{"text":"hunter2"}}}}],"relatedLocations":[{{"message":{{"text":"hunter2"}}}}],
                "codeFlows":[{{"threadFlows":[{{"locations":[{{"location":{{"message":{{"text":"hunter2"}}}}}}]}}]}}]}}]}}]}}"#
            )
        };
        let report = r#"[{"filePath":"a.js","messages":[{"ruleId":"acme/jwt-secret","message":"hunter2","line":1}],"source":"hunter2"}]"#;
        let gitlab = r#"{"version":"15","scan":{"type":"secret_detection"},"vulnerabilities":[{"category":"secret_detection","name":"Key","description":"hunter2",
            "solution":"not hunter2","message":"hunter2","location":{"file":"a.env","start_line":3,"class":"hunter2"},"identifiers":[{"type":"x","name":"Key","value":"key"}]}]}"#;
        let checkov = r#"{"check_type":"secrets","results":{"failed_checks":[{"check_id":"CKV_SECRET_6","check_name":"High Entropy String","resource":"hunter2",
            "file_path":"/a.env","file_line_range":[1,1],"code_block":[[1,"hunter2"]]}]}}"#;
        let reports = [
            &sarif("2ms", "x"),
            &sarif("Acme", "HardcodedCredentials"),
            &sarif("gitleaks", "generic-api-key"),
            &sarif("Trivy", "aws-access-key-id"),
            report,
            gitlab,
            checkov,
        ];
        for report in reports {
            let all = |finding: &Finding<'_>| format!("{finding:?}");
            let recorded = recorded::lines_of(report, all);
            assert!(recorded.iter().any(|line| line.starts_with("Finding")), "{recorded:?}");
            assert!(!recorded.concat().contains("hunter2"), "{recorded:?}");
        }
        // a rule that says so only by what it is part of, its link, or the tag or message of a result
        let said = |members: &str, rule: &str, result: &str| {
            format!(
                r#"{{"runs":[{{{members}"tool":{{"driver":{{"name":"Acme","rules":[{{"id":"A1"{rule}}}]}}}},"results":[{{"ruleId":"A1",
                "message":{{"text":"found hunter2"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.env"}},"region":{{"startLine":3,
                "snippet":{{"text":"hunter2"}}}}}}}}]{result}}}]}}]}}"#
            )
        };
        let texts = [
            said("", r#","helpUri":"https://cwe.mitre.org/data/definitions/798.html""#, ""),
            said("", r#","properties":{"type":"secret"}"#, ""),
            said("", r#","properties":{"subcategory":["Credentials"]}"#, ""),
            said(r#""automationDetails":{"id":"secrets/2026"},"#, "", ""),
            said("", "", r#","properties":{"tags":["secret-detection"]}"#),
            said("", "", "").replace("found hunter2", "Hardcoded password: 'hunter2'"),
            said("", "", "")
                .replace("found hunter2", "The string 'hunter2' is a hard-coded API key")
                .replace("'hunter2'", ""),
            said("", "", "").replace("hunter2", "AKIAQ7XKPWV3ZNTRB4MJ"),
        ];
        for report in &texts {
            let recorded = recorded::lines_of(report, |finding| format!("{finding:?}")).concat();
            assert!(recorded.contains("a.env"), "{recorded}");
            assert!(!recorded.contains("hunter2") && !recorded.contains("AKIA"), "{recorded}");
        }
        // if in doubt, the place says nothing, and the rule says everything it has
        let recorded = recorded::lines_of(&sarif("Acme", "weak-password"), |finding| format!("{finding:?}"));
        assert_eq!(recorded.concat().matches("hunter2").count(), 4, "{recorded:?}");
        let recorded = recorded::lines_of(&sarif("Acme", "xss"), full);
        assert!(recorded.concat().contains("hunter2"), "{recorded:?}");
    }

    #[test]
    fn the_name_and_the_page_of_a_rule_quote_no_credential() {
        let token = "Zx81kQ20vLmN44pRtYw9";
        let own = |secret: &str| {
            [
                format!(
                    r#"[{{"RuleID":"r-{secret}","Description":"d {secret}","Tags":["t-{secret}"],"Secret":"{secret}","File":"a.env","StartLine":3}}]"#
                ),
                format!(r#"{{"reason":"r {secret}","path":"a.env","stringsFound":["{secret}"]}}"#),
                format!(
                    r#"{{"SourceMetadata":{{"Data":{{"Git":{{"file":"a.env"}}}}}},"DetectorName":"d {secret}","Raw":"{secret}",
                    "ExtraData":{{"rotation_guide":"https://x.example/{secret}?k={secret}"}}}}"#
                ),
                format!(
                    r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"gitleaks","rules":[{{"id":"r-{secret}",
                    "shortDescription":{{"text":"d {secret}"}},"helpUri":"https://x.example/{secret}","properties":{{"tags":["t-{secret}"]}}}}]}}}},
                    "results":[{{"ruleId":"r-{secret}","message":{{"text":"found"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.env"}},
                    "region":{{"startLine":3,"snippet":{{"text":"{secret}"}}}}}}}}]}}]}}]}}"#
                ),
            ]
        };
        let other = [
            format!(
                r#"{{"plugins_used":[],"results":{{"a.env":[{{"type":"t {token}","line_number":3}}]}}}}"#
            ),
            format!(
                r#"[{{"filePath":"a.env","sourceContentType":"text","messages":[{{"ruleId":"@secretlint/x","messageId":"{token}",
                "docsUrl":"https://x.example/d?found={token}","loc":{{"start":{{"line":3}}}}}}]}}]"#
            ),
            format!(
                r#"{{"SchemaVersion":2,"ArtifactName":"x","ArtifactType":"filesystem","Results":[{{"Target":"a.env","Class":"secret","Secrets":[{{"RuleID":"r-{token}",
                "Category":"c-{token}","Title":"t {token}","Severity":"HIGH","StartLine":3,"EndLine":3,"Match":"{token}"}}]}}]}}"#
            ),
            format!(
                r#"{{"check_type":"secrets","results":{{"failed_checks":[{{"check_id":"CKV_SECRET_6","check_name":"n","resource":"x",
                "file_path":"/a.env","file_line_range":[1,1],"guideline":"https://x.example/{token}"}}]}}}}"#
            ),
            format!(
                r#"{{"version":"15","scan":{{"type":"secret_detection"}},"vulnerabilities":[{{"category":"secret_detection","name":"Key",
                "location":{{"file":"a.env","start_line":3}},"links":[{{"url":"https://x.example/a#{token}"}}],"identifiers":[{{"type":"x","name":"Key","value":"key"}}]}}]}}"#
            ),
        ];
        let reports = own("hunter2-x").into_iter().chain(own(token)).chain(other);
        for report in reports {
            let recorded = recorded::lines_of(&report, |finding| format!("{finding:?}")).concat();
            assert!(recorded.contains("a.env"), "{report}: {recorded}");
            assert!(!recorded.contains("hunter2-x") && !recorded.contains(token), "{recorded}");
        }
        // what names no credential stays
        assert_eq!(hidden_in_name("hardcoded-password", &["password"]), "hardcoded-password");
        let kept = |address: &str, expected: Option<&str>| assert_eq!(page(address).as_deref(), expected);
        kept("https://x.example/a/b?tab=1#c", Some("https://x.example/a/b#c"));
        kept("https://ada:pw@x.example/a", Some("https://x.example/a"));
        kept("https://x.example", Some("https://x.example"));
        kept("javascript:alert(1)", None);
        kept("secret", None);
    }

    #[test]
    fn a_credential_at_several_places_is_told_at_all() {
        let report = r#"{"runs":[{"tool":{"driver":{"name":"2ms"}},"results":[{"ruleId":"key","message":{"text":"hunter2"},
            "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.env"},"region":{"startLine":3}}},
            {"physicalLocation":{"artifactLocation":{"uri":"b.env"},"region":{"startLine":9}}}]}]}]}"#;
        let places = |finding: &Finding<'_>| {
            let others = finding.detail.also.iter().map(|step| &step.location);
            let places = std::iter::once(&finding.location).chain(others);
            places.map(|place| format!("{}:{}", place.path, place.line)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(recorded::lines_of(report, places)[0], "a.env:3 b.env:9");
    }
}

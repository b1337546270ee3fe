//! Credentials that scanners found: how a rule about them is told, and what of a finding is withheld.
//!
//! Whatever reader a finding comes from, it passes [`Redactor`] before anybody else sees it. Rather than look for
//! the credential in a scanner's texts, nothing is kept that could quote it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::finding::{Finding, Help, Kind, Rule, Step, Subject};

/// Names of scanners that look for credentials and do not say so in their name, in lower case.
const SCANNERS: &[&str] = &[
    "2ms",
    "trufflehog",
    "ggshield",
    "gitguardian",
    "whispers",
    "noseyparker",
    "nosey parker",
    "kingfisher",
    "talisman",
    "enigma",
    "credscan",
    "shhgit",
    "git-hound",
    "gitrob",
    "rusty-hog",
    "rusty hog",
    "spectralops",
    "nightfall",
    "entro",
    "keyhunter",
    "earlybird",
    "repo-supervisor",
];

/// What a scanner for credentials has in its name, in lower case.
const SCANNER_PARTS: &[&str] = &["secret", "credential", "leaktk"];

/// Weaknesses that are a credential in the code or in a file: passwords in configuration (13, 258, 260) or in plain
/// text (256), hard-coded ones (259), keys (321) and credentials (798), and credentials without protection (522).
const CREDENTIALS: &[u32] = &[13, 256, 258, 259, 260, 321, 522, 798];

/// Weaknesses that may be one: sensitive information in the code (540), hard-coded constants (547).
const DOUBTFUL: &[u32] = &[540, 547];

/// Rules that find a credential and may not say so in their weaknesses, as old versions do: the scanner
/// in lower case, and how the rule's id ends.
const RULES: &[(&str, &str)] = &[
    ("bandit", "B105"),
    ("bandit", "B106"),
    ("bandit", "B107"),
    ("gosec", "G101"),
    ("brakeman", "BRAKE0009"),
    ("brakeman", "BRAKE0029"),
    ("brakeman", "BRAKE0101"),
    ("eslint", "no-pattern-match"),
];

/// Words for a credential, each alone.
const WORDS: &[&str] = &[
    "secret",
    "secrets",
    "credential",
    "credentials",
    "creds",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "apikey",
    "apikeys",
];

/// What makes a key or a token a credential.
const KEYS: &[&str] = &["access", "api", "auth", "encryption", "private", "secret", "signing", "ssh"];
const TOKENS: &[&str] = &["access", "api", "auth", "bearer", "bot", "jwt", "oauth", "personal", "refresh"];

/// Words that say of a credential that it stands there.
const PRESENT: &[&str] = &["hardcode", "hardcoded", "committed", "embedded", "leak", "leaked", "leaks"];

/// The same, of scanners that do not look at infrastructure: there a setting may be called so.
const PRESENT_IN_CODE: &[&str] = &["detected", "exposed", "generic", "plaintext", "static"];

/// Words of rules that are about how credentials are treated, not about one that stands there.
const TREATED: &[&str] = &[
    "csrf",
    "encoder",
    "expired",
    "hash",
    "hashing",
    "insecure",
    "missing",
    "policy",
    "random",
    "reset",
    "rotation",
    "validation",
    "weak",
    "xsrf",
];

/// What a rule says of itself, as far as it may name a credential.
pub(super) struct Named<'n> {
    pub(super) scanner: &'n str,
    pub(super) rule: &'n Rule,
    /// Further names of the rule, and of its category.
    pub(super) more: &'n [&'n str],
    /// Whether it is about infrastructure.
    pub(super) infrastructure: bool,
}

impl Named<'_> {
    /// Whether the rule finds credentials.
    pub(super) fn is_secret(&self) -> bool {
        let Named { rule, more, .. } = self;
        let scanner = self.scanner.to_lowercase();
        let parts = |text: &str| text.split(['.', '/', ':']).any(|part| is_word(part.trim()));
        SCANNER_PARTS.iter().any(|part| scanner.contains(part))
            || words(self.scanner).iter().any(|word| word.ends_with("leaks"))
            || SCANNERS.iter().any(|name| has_word(&scanner, name))
            || RULES.iter().any(|(own, end)| has_word(&scanner, own) && rule.id.ends_with(end))
            || rule.cwe.iter().any(|number| CREDENTIALS.contains(number))
            || rule.id.starts_with("CKV_SECRET_")
            || parts(&rule.id)
            || rule.tags.iter().any(|tag| parts(tag) || self.is_present(&words(tag)))
            || more.iter().any(|name| parts(name) || self.is_present(&words(name)))
            || self.is_present(&words(&rule.name))
            || self.is_present(&words(&rule.id))
            || !self.infrastructure && ends_with_one(&words(&rule.id))
    }

    /// Whether it may quote one all the same.
    fn is_doubtful(&self) -> bool {
        let texts = [&self.rule.id, &self.rule.name].into_iter().chain(&self.rule.tags);
        self.rule.cwe.iter().any(|number| DOUBTFUL.contains(number))
            || texts.into_iter().any(|text| credential(&words(text)).is_some())
    }

    /// Whether words say that a credential stands there.
    fn is_present(&self, words: &[String]) -> bool {
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let hard_coded = || words.windows(2).any(|pair| pair[0] == "hard" && pair[1].starts_with("code"));
        let stands = has(PRESENT) || hard_coded() || !self.infrastructure && has(PRESENT_IN_CODE);
        stands && credential(words).is_some()
    }
}

/// Whether this is a word for credentials and nothing else.
fn is_word(text: &str) -> bool {
    ["secret", "secrets", "credential", "credentials"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether an id ends with a word for a credential, and says of none how it is treated.
fn ends_with_one(words: &[String]) -> bool {
    !words.iter().any(|word| TREATED.contains(&word.as_str()))
        && credential(words)
            .is_some_and(|end| words[end..].iter().all(|word| matches!(word.as_str(), "id" | "value")))
}

/// Where the last word for a credential ends.
fn credential(words: &[String]) -> Option<usize> {
    (0..words.len()).rev().find_map(|at| {
        let (word, before) = (words[at].as_str(), at.checked_sub(1).map_or("", |at| words[at].as_str()));
        let after = words.get(at + 1).map_or("", String::as_str);
        // a service that keeps them
        let kept = matches!(after, "manager" | "managers" | "store");
        let named = WORDS.contains(&word)
            || matches!(word, "key" | "keys") && KEYS.contains(&before)
            || matches!(word, "token" | "tokens") && TOKENS.contains(&before);
        (named && !kept).then_some(at + 1)
    })
}

/// The words of a name in lower case: `HardcodedAPIKey`, `hard-coded_api.key`.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut last) = (String::new(), ' ');
    let mut characters = text.chars().take(1000).peekable();
    while let Some(c) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase() && (last.is_lowercase() || last.is_uppercase() && next_is_lower);
        if (begins || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        last = c;
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Whether a name has this word in it, and not as a part of a longer one.
pub(super) fn has_word(name: &str, word: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    name.match_indices(word).any(|(at, _)| {
        !inner(name[..at].chars().next_back()) && !inner(name[at + word.len()..].chars().next())
    })
}

/// How many rules are remembered as they are shown; of more, the first are told again.
const REMEMBERED: usize = 1024;

/// Withholds from findings what may be a credential.
#[derive(Default)]
pub(super) struct Redactor {
    /// By the rule's address, which stays while the rule itself is kept.
    rules: HashMap<usize, (Arc<Rule>, Told)>,
}

/// What is withheld of a rule's findings.
#[derive(Clone)]
enum Told {
    /// Nothing.
    All,
    /// What is said of the place.
    Rule,
    /// Whatever the scanner says beside the rule's name; the rule is shown like this.
    Name(Arc<Rule>),
}

impl Redactor {
    /// The finding without what may quote a credential.
    pub(super) fn redact<'r>(&mut self, mut finding: Finding<'r>) -> Finding<'r> {
        if finding.anchors.withheld || !matches!(finding.subject, Subject::Rule) {
            return finding;
        }
        let rule = match self.told(&finding) {
            Told::All => return finding,
            Told::Rule => None,
            Told::Name(rule) => Some(rule),
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
        detail.message = match commit {
            Some(commit) => format!("{words} {commit}").into(),
            None => words.to_owned().into(),
        };
        (detail.snippet, detail.snippet_line) = (None, 0);
        detail.flow.iter_mut().chain(&mut detail.related).for_each(withhold);
        finding.location.logical = finding.location.logical.filter(|_| rule.is_none());
        detail.excuse = detail.excuse.take().filter(|_| rule.is_none());
        finding.anchors.text = None;
        finding.anchors.withheld = true;
        if let Some(rule) = rule {
            finding.rule = rule;
        }
        finding
    }

    fn told(&mut self, finding: &Finding<'_>) -> Told {
        let address = Arc::as_ptr(&finding.rule).addr();
        if let Some((_, told)) = self.rules.get(&address) {
            // the same rule may be of another kind at another place
            let secret = finding.kind == Kind::Secret;
            if secret == matches!(told, Told::Name(_)) {
                return told.clone();
            }
        }
        let infrastructure = finding.kind == Kind::Infrastructure;
        let named = Named { scanner: &finding.scanner, rule: &finding.rule, more: &[], infrastructure };
        let told = match finding.kind {
            Kind::Secret => Told::Name(Arc::new(shown(&finding.rule))),
            _ if named.is_doubtful() => Told::Rule,
            _ => Told::All,
        };
        if self.rules.len() == REMEMBERED {
            self.rules.clear();
        }
        self.rules.insert(address, (Arc::clone(&finding.rule), told.clone()));
        told
    }
}

/// A rule about credentials without the texts that some scanners make of what they found.
fn shown(rule: &Rule) -> Rule {
    Rule {
        id: masked(&rule.id),
        name: masked(&rule.name),
        description: "".into(),
        help: Help::None,
        ..rule.clone()
    }
}

/// A step's place alone.
fn withhold(step: &mut Step<'_>) {
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
    use crate::report::kind;
    use crate::report::told::{self, full};

    #[test]
    fn words_are_told_apart() {
        let check = |text: &str, expected: &str| assert_eq!(words(text).join(" "), expected, "{text}");
        check("HardcodedCredentials", "hardcoded credentials");
        check("hard-coded_api.key", "hard coded api key");
        check("AWSSecretKey", "aws secret key");
        check("generic-API key", "generic api key");
        check("", "");
    }

    #[test]
    fn a_rule_about_credentials_is_known_by_its_words() {
        let check = |scanner: &str, id: &str, name: &str, tags: &[&str], cwe: &[u32], expected: &str| {
            let rule = Rule {
                id: id.into(),
                name: name.into(),
                tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
                cwe: cwe.into(),
                ..Rule::default()
            };
            let kind = kind::of_rule(scanner, &rule, &[]);
            let infrastructure = kind == Kind::Infrastructure;
            let named = Named { scanner, rule: &rule, more: &[], infrastructure };
            let told = match kind {
                Kind::Secret => "secret",
                _ if named.is_doubtful() => "doubtful",
                _ => "open",
            };
            assert_eq!(told, expected, "{scanner} {id} {name} {tags:?} {cwe:?}");
        };
        // whoever found it
        check("2ms", "aws-access-token", "", &[], &[], "secret");
        check("SecretScanner", "x", "", &[], &[], "secret");
        check("Acme Secrets Detection", "x", "", &[], &[], "secret");
        check("acme-leaks", "x", "", &[], &[], "secret");
        check("LeakSanitizer", "leak", "Memory leak", &[], &[401], "open");
        // the linter for OpenAPI, not the scanner of nearly that name
        check("Spectral", "oas3-schema", "", &[], &[], "open");
        check("SpectralOps", "x", "", &[], &[], "secret");
        // the words of id, name and tags
        check("Semgrep", "yaml.docker-compose.environment-credentials", "", &[], &[], "secret");
        check("Acme", "HardcodedCredentials", "", &[], &[], "secret");
        check("Acme", "A1", "Hard-coded password in source", &[], &[], "secret");
        check("Acme", "A1", "", &["hardcoded-api-key"], &[], "secret");
        check("Acme", "A1", "", &["security/secrets"], &[], "secret");
        check("Acme", "generic-api-key", "", &[], &[], "secret");
        check("Acme", "rsa-private-key", "", &[], &[], "secret");
        check("Acme", "slack/bot-token", "", &[], &[], "secret");
        check("ESLint", "no-hardcoded-credentials", "", &[], &[], "secret");
        check(
            "checkov",
            "CKV_AWS_41",
            "Ensure no hard coded AWS access key exists in provider",
            &[],
            &[],
            "secret",
        );
        // weaknesses
        for cwe in [259, 321, 522, 798, 256, 260] {
            check("Acme", "A1", "", &[], &[cwe], "secret");
        }
        check("Acme", "A1", "", &[], &[547], "doubtful");
        // how a credential is treated, or where it is kept
        check("CodeQL", "py/weak-password-hash", "", &[], &[916], "doubtful");
        check(
            "checkov",
            "CKV_K8S_35",
            "Prefer using secrets as files over secrets as environment variables",
            &[],
            &[],
            "doubtful",
        );
        check("checkov", "CKV_AWS_149", "Ensure that Secrets Manager uses a CMK", &[], &[], "open");
        check("Acme", "missing-csrf-token", "", &[], &[], "open");
        check("CodeQL", "js/xss", "Cross-site scripting", &["security"], &[79], "open");
        check("CodeQL", "java/tainted-key", "Key from the user", &[], &[], "open");
    }

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
                "message":{{"text":"found hunter2"}},"partialFingerprints":{{"own":"hunter2"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"a.env"}},
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
            let told = told::lines_of(report, all);
            assert!(told.iter().any(|line| line.starts_with("Finding")), "{told:?}");
            assert!(!told.concat().contains("hunter2"), "{told:?}");
        }
        // in doubt the place says nothing, and the rule all that it has
        let told = told::lines_of(&sarif("Acme", "weak-password"), |finding| format!("{finding:?}"));
        assert_eq!(told.concat().matches("hunter2").count(), 4, "{told:?}");
        let told = told::lines_of(&sarif("Acme", "xss"), full);
        assert!(told.concat().contains("hunter2"), "{told:?}");
    }

    #[test]
    fn a_credential_at_several_places_is_told_at_all() {
        let report = r#"{"runs":[{"tool":{"driver":{"name":"2ms"}},"results":[{"ruleId":"key","message":{"text":"hunter2"},
            "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.env"},"region":{"startLine":3}}},
            {"physicalLocation":{"artifactLocation":{"uri":"b.env"},"region":{"startLine":9}}}]}]}]}"#;
        let places = |finding: &Finding<'_>| {
            let others = finding.detail.related.iter().map(|step| &step.location);
            let places = std::iter::once(&finding.location).chain(others);
            places.map(|place| format!("{}:{}", place.path, place.line)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told::lines_of(report, places)[0], "a.env:3 b.env:9");
    }
}

//! Whether a rule finds credentials, judging by its scanner's name, its own names, tags and weaknesses.

use super::vocabulary::{
    CREDENTIALS, DOUBTFUL, HARD_CODED, KEYS, PAIRS, PERHAPS, PRESENT, PRESENT_IN_CODE, RULES, SCANNER_PARTS,
    SCANNERS, SERVERS, SONAR, STARTS, TOKENS, TREATED, WORDS,
};
use crate::model::finding::Rule;

/// How far after "hard-coded" a message names what is hard-coded, in bytes.
const NEAR: usize = 60;

/// The texts of a rule that may name a credential.
pub(crate) struct RuleText<'n> {
    pub(crate) scanner: &'n str,
    pub(crate) rule: &'n Rule,
    /// Other names of the rule, and of its category.
    pub(crate) more: &'n [&'n str],
    /// Whether it is about infrastructure.
    pub(crate) infrastructure: bool,
}

impl RuleText<'_> {
    /// Whether the rule finds credentials.
    pub(crate) fn is_secret(&self) -> bool {
        let RuleText { rule, more, .. } = self;
        let scanner = self.scanner.to_lowercase();
        SCANNER_PARTS.iter().any(|part| scanner.contains(part))
            || words(self.scanner).iter().any(|word| word.ends_with("leaks"))
            || SCANNERS.iter().any(|name| has_word(&scanner, name))
            || RULES.iter().any(|(own, end)| has_word(&scanner, own) && rule.id.ends_with(end))
            || rule.cwe.iter().any(|number| CREDENTIALS.contains(number))
            || rule.name.starts_with("Passwords And Secrets")
            || STARTS.iter().any(|start| rule.id.starts_with(start))
            || rule.id.rsplit_once(':').is_some_and(|(_, id)| SONAR.contains(&id))
            || self.is_said_by(&rule.id)
            || self.is_present(&words(&rule.name))
            || rule.tags.iter().any(|tag| self.is_said_by(tag) || is_kit(&words(tag)))
            || more.iter().any(|name| self.is_said_by(name) || is_kit(&words(name)))
            || !self.infrastructure && ends_with_one(&words(&rule.id))
    }

    /// What one of the rule's names, or a class that it belongs to, says by itself.
    fn is_said_by(&self, name: &str) -> bool {
        name.split(['.', '/', ':']).any(|part| is_word(part.trim())) || self.is_present(&words(name))
    }

    /// Whether it may still quote one.
    pub(crate) fn is_doubtful(&self) -> bool {
        let texts = [&self.rule.id, &self.rule.name].into_iter().chain(&self.rule.tags);
        self.rule.cwe.iter().any(|number| DOUBTFUL.contains(number))
            || texts.into_iter().map(|text| words(text)).any(|words| says_one(&words) || perhaps(&words))
    }

    /// Whether words say that a credential is present.
    fn is_present(&self, words: &[String]) -> bool {
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let hard_coded = || words.windows(2).any(|pair| pair[0] == "hard" && pair[1].starts_with("code"));
        let stands = has(PRESENT) || hard_coded() || !self.infrastructure && has(PRESENT_IN_CODE);
        let hard = || words.iter().any(|word| word.starts_with("hardcode")) || hard_coded();
        stands && credential(words).is_some() || hard() && has(HARD_CODED)
    }
}

/// Whether words name a credential and are not about its strength: `insufficient-rsa-key-size` names none.
fn says_one(words: &[String]) -> bool {
    let of_strength = words.iter().any(|word| matches!(word.as_str(), "insufficient" | "length" | "size"));
    !of_strength && credential(words).is_some()
}

/// Whether words name what may be a credential or contain one, and not how it is handled.
fn perhaps(words: &[String]) -> bool {
    let pairs = || words.windows(2).map(|pair| [pair[0].as_str(), pair[1].as_str()]);
    let served = |[server, address]: [&str; 2]| SERVERS.contains(&server) && matches!(address, "uri" | "url");
    let named = words.iter().any(|word| PERHAPS.contains(&word.as_str()));
    (named || pairs().any(|pair| PAIRS.contains(&pair) || served(pair)))
        && !words.iter().any(|word| TREATED.contains(&word.as_str()))
}

/// Whether a class or a set of rules is about credentials: `secret-detection`, `acme-secrets-pack`.
fn is_kit(words: &[String]) -> bool {
    let about = |pair: &[String]| {
        is_word(&pair[0])
            && matches!(
                &*pair[1],
                "detection" | "scan" | "scanner" | "scanning" | "pack" | "rules" | "plugin"
            )
    };
    words.windows(2).any(about)
}

/// Whether a result's own tag says that it is a credential.
pub(crate) fn names_one(tag: &str) -> bool {
    let rule = Rule { tags: vec![tag.to_owned()], ..Rule::default() };
    RuleText { scanner: "", rule: &rule, more: &[], infrastructure: false }.is_secret()
}

/// Whether a message says that a credential is hard-coded, and so may quote it: `Hardcoded password: 'x'`.
pub(crate) fn quotes_one(message: &str) -> bool {
    let near = |(at, _): (usize, &str)| {
        let before = message[..at].chars().next_back().is_some_and(|c| c.eq_ignore_ascii_case(&'h'));
        let rest = message[at + 3..].trim_start_matches(['-', '_', ' ', 'd', 'D']);
        before
            && rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("code"))
            && credential(&words(crate::report::shared::words::start(rest, NEAR))).is_some()
    };
    message.match_indices("ard").any(near)
}

/// Whether this is a word for credentials and nothing else.
fn is_word(text: &str) -> bool {
    ["secret", "secrets", "credential", "credentials"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether an id ends with a word for a credential, and does not say how it is handled.
fn ends_with_one(words: &[String]) -> bool {
    !words.iter().any(|word| TREATED.contains(&word.as_str()))
        && credential(words)
            .is_some_and(|end| words[end..].iter().all(|word| matches!(word.as_str(), "id" | "value")))
}

/// Where the last word for a credential ends.
fn credential(words: &[String]) -> Option<usize> {
    (0..words.len()).rev().find_map(|at| {
        let before = at.checked_sub(1).map_or("", |at| words[at].as_str());
        // some number their rules: `APIKEY001`
        let word = words[at].trim_end_matches(|c: char| c.is_ascii_digit());
        let after = words.get(at + 1).map_or("", String::as_str);
        // a service that stores them
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

/// Whether a name contains this as a whole word, not as a part of a longer one.
pub(crate) fn has_word(name: &str, word: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    name.match_indices(word).any(|(at, _)| {
        !inner(name[..at].chars().next_back()) && !inner(name[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::FindingKind;
    use crate::report::shared::kind;

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
        let mut wrong: Vec<String> = Vec::new();
        let mut check = |scanner: &str, id: &str, name: &str, tags: &[&str], cwe: &[u32], expected: &str| {
            let rule = Rule {
                id: id.into(),
                name: name.into(),
                tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
                cwe: cwe.into(),
                ..Rule::default()
            };
            let kind = kind::of_rule(scanner, &rule, &[]);
            let infrastructure = kind == FindingKind::Infrastructure;
            let named = RuleText { scanner, rule: &rule, more: &[], infrastructure };
            let recorded = match kind {
                FindingKind::Secret => "secret",
                _ if named.is_doubtful() => "doubtful",
                _ => "open",
            };
            if recorded != expected {
                wrong.push(format!("{scanner} {id} {name} {tags:?} {cwe:?} is {recorded}, not {expected}"));
            }
        };
        // regardless of who found it
        check("2ms", "aws-access-token", "", &[], &[], "secret");
        check("SecretScanner", "x", "", &[], &[], "secret");
        check("Acme Secrets Detection", "x", "", &[], &[], "secret");
        check("acme-leaks", "x", "", &[], &[], "secret");
        check("LeakSanitizer", "leak", "Memory leak", &[], &[401], "open");
        // the linter for OpenAPI, not the scanner with nearly the same name
        check("Spectral", "oas3-schema", "", &[], &[], "open");
        check("SpectralOps", "x", "", &[], &[], "secret");
        // the words in the id, the name and the tags
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
        // scanners under other names
        for scanner in
            ["trufflehog3", "CredSweeper", "Titus", "keyhog", "Hardcoded Password Detector", "PassHunt"]
        {
            check(scanner, "x", "", &[], &[], "secret");
        }
        // ids of rules that do not contain a word for it, from whichever scanner
        check("Ruff", "S105", "", &[], &[], "secret");
        check("SonarQube", "java:S2068", "", &[], &[], "secret");
        check("SonarScanner for .NET", "csharpsquid:S6418", "", &[], &[], "secret");
        check("Security Code Scan", "SCS0015", "", &[], &[], "secret");
        check("devskim", "DS173237", "", &[], &[], "secret");
        check("Guardian", "SEC101/156", "", &[], &[], "secret");
        check("Guardian", "CSCAN-GENERAL0060", "", &[], &[], "secret");
        check("horusec", "HS-LEAKS-12", "", &[], &[], "secret");
        check("Acme", "S210", "", &[], &[], "open");
        // synonyms
        for id in [
            "hardcoded-pwd-in-config",
            "hardcodedPasscode",
            "HARD_CODE_KEY",
            "HardcodedCryptographicKey",
            "hardcoded-salt",
            "HardcodedInitializationVector",
            "oauth.clientsecret",
            "APIKEY001",
            "ssh-rsa-key",
            "sendgrid-license-key",
        ] {
            check("Acme", id, "", &[], &[], "secret");
        }
        check("Acme", "x", "Fest codiertes Kennwort", &[], &[], "doubtful");
        check("Acme", "x", "Mot de passe en dur", &[], &[], "doubtful");
        check("Acme", "x", "Contraseña en el código", &[], &[], "doubtful");
        for id in [
            "github-pat",
            "AzureDevOpsPAT",
            "slack-webhook-url",
            "AzureStorageConnectionString",
            "basic-auth-in-url",
            "azure-sas-token",
            "mongodb-uri",
            "Base64 High Entropy String",
            "exposed-certificate-key",
            "jwt-in-code",
            "pem-file-in-repo",
            "telegram-token",
        ] {
            let recorded = if id.ends_with("sas-token") { "secret" } else { "doubtful" };
            check("Acme", id, "", &[], &[], recorded);
        }
        for cwe in [257, 555, 1391, 1392, 1393, 1394] {
            check("Acme", "A1", "", &[], &[cwe], "secret");
        }
        for cwe in [312, 313, 318, 526, 615] {
            check("Acme", "A1", "", &[], &[cwe], "doubtful");
        }
        // what is hard-coded but not a credential
        check("Bandit", "B104", "hardcoded_bind_all_interfaces", &[], &[605], "open");
        check("Bandit", "B108", "hardcoded_tmp_directory", &[], &[377], "open");
        check("Bandit", "B608", "hardcoded_sql_expressions", &[], &[89], "open");
        check("CodeQL", "py/insufficient-rsa-key-size", "", &[], &[326], "open");
        check("CodeQL", "js/missing-token-validation", "CSRF", &[], &[352], "open");
        check("Acme", "primary-key-missing", "", &[], &[], "open");
        check("Acme", "unexpected-token", "", &[], &[], "open");
        // how a credential is handled, or where it is kept
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
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

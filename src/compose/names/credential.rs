//! What kind of credential a rule finds.

use super::readable::{NAMES, capital, readable};
use super::sentences::is_phrase;
use crate::document::visible::one_line;
use crate::model::finding::Rule;

/// Words that name a credential.
const CREDENTIAL_WORDS: [&str; 20] = [
    "auth",
    "cert",
    "cookie",
    "credential",
    "entropy",
    "jwt",
    "key",
    "keystore",
    "login",
    "passphrase",
    "passwd",
    "password",
    "pat",
    "pem",
    "private",
    "secret",
    "signature",
    "string",
    "token",
    "webhook",
];

/// What kind of credential a rule finds: `AWS credential` if the scanner says no more than `AWS`. `None`: what it says
/// is too long for a name.
pub(super) fn credential(rule: &Rule) -> Option<String> {
    let names = |text: &str| {
        let words = text.to_lowercase();
        CREDENTIAL_WORDS.iter().any(|word| words.contains(word))
    };
    let name = one_line(&rule.name).trim_end_matches('.').to_owned();
    // Secretlint's SARIF calls each rule by only its id, which names the preset as well
    let name = if name.starts_with("secretlint rule(") { String::new() } else { name };
    let id = rule.id.rsplit(" > ").next().unwrap_or_default();
    let id = id.strip_prefix("@secretlint/secretlint-rule-").unwrap_or(id);
    let short = |text: &str| text.split(' ').count() <= 7;
    let candidates = [name.clone(), apart(&readable(id)), readable(&name)];
    let named = candidates.iter().find(|text| short(text) && names(text) && is_phrase(text));
    if let Some(named) = named.or_else(|| candidates.iter().find(|text| short(text) && names(text))) {
        return Some(capital(named));
    }
    // a single word is what the credential belongs to: AWS, Slack
    let named = candidates.iter().find(|text| !text.is_empty() && short(text))?;
    let is_owner = !named.contains(' ') && !named.contains(|c: char| c.is_ascii_digit());
    Some(if is_owner {
        format!("{} credential", capital(spelled(named)))
    } else {
        "Hard-coded credential".to_owned()
    })
}

/// A name with its own capitals: `GitHub` of `Github`.
fn spelled(name: &str) -> &str {
    NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// `private key` of `privatekey`.
fn apart(id: &str) -> String {
    let ends = ["auth", "key", "password", "secret", "token"];
    let is_word = id.bytes().all(|byte| byte.is_ascii_lowercase());
    let start = |end| id.strip_suffix(end).filter(|start| is_word && start.len() > 2);
    let parts = ends.into_iter().find_map(|end| Some(format!("{} {end}", start(end)?)));
    parts.unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_called_such() {
        let check = |id: &str, name: &str, expected: &str| {
            assert_eq!(
                credential(&Rule { id: id.into(), name: name.into(), ..Rule::default() }).as_deref(),
                Some(expected)
            );
        };
        check("AWS", "", "AWS credential");
        check("URI", "URI", "URI credential");
        check("Github", "Github", "GitHub credential");
        check("aws-access-token", "", "AWS access token");
        check(
            "aws-access-token",
            "Identified a pattern that may indicate AWS credentials, risking unauthorized access and more",
            "AWS access token",
        );
        check("Basic Auth Credentials", "", "Basic Auth Credentials");
        check("CWE-798", "", "Hard-coded credential");
        check("BRAKE0029", "Session Setting", "Hard-coded credential");
        check("generic-api-key", "Generic API Key", "Generic API Key");
        check(
            "@secretlint/secretlint-rule-preset-recommend > @secretlint/secretlint-rule-privatekey",
            "secretlint rule(@secretlint/secretlint-rule-preset-recommend > @secretlint/secretlint-rule-privatekey) error",
            "Private key",
        );
        check("@secretlint/secretlint-rule-slack", "", "Slack credential");
    }
}

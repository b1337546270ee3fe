//! What a scanner looks for, told from its name and its rule.

use crate::model::finding::{Kind, Rule};

/// Parts of the names of scanners that look for credentials, in lower case.
const SECRETS: &[&str] = &[
    "gitleaks",
    "trufflehog",
    "detect-secrets",
    "detect secrets",
    "secret scanning",
    "secret-scanning",
    "secretlint",
    "ggshield",
    "gitguardian",
    "git-secrets",
    "whispers",
    "noseyparker",
    "nosey parker",
    "kingfisher",
    "talisman",
    "enigma",
    "betterleaks",
    "ripsecrets",
    "credscan",
    "credential scanner",
];

/// Parts of the names of scanners that look at infrastructure as code, in lower case.
const INFRASTRUCTURE: &[&str] = &[
    "checkov",
    "tfsec",
    "kics",
    "terrascan",
    "hadolint",
    "zizmor",
    "actionlint",
    "dockle",
    "kube-linter",
    "kubelinter",
    "kubescape",
    "kubesec",
    "kube-score",
    "kube-bench",
    "cfn-lint",
    "cfn_nag",
    "cfn-nag",
    "cfn-guard",
    "tflint",
    "poutine",
    "octoscan",
    "conftest",
    "regula",
    "datree",
    "ansible-lint",
    "infrastructure as code",
    "snyk iac",
    "prowler",
    "templateanalyzer",
    "template analyzer",
    "psrule",
];

/// How the ids of rules about infrastructure start, whoever ships them.
const INFRASTRUCTURE_RULES: &[&str] = &["CKV_", "CKV2_", "AVD-", "SNYK-CC-", "DS-00", "KSV-", "KSV0"];

/// Weaknesses that are a credential in the code: hard-coded password, key, credentials.
const CREDENTIALS: &[u32] = &[259, 321, 798];

/// Rules that find a credential and may not say so in their weaknesses, as old versions do: the scanner
/// in lower case, and how the rule's id ends.
const CREDENTIAL_RULES: &[(&str, &str)] = &[
    ("bandit", "B105"),
    ("bandit", "B106"),
    ("bandit", "B107"),
    ("gosec", "G101"),
    ("brakeman", "BRAKE0009"),
    ("brakeman", "BRAKE0029"),
    ("brakeman", "BRAKE0101"),
    ("eslint", "no-secrets"),
    ("eslint", "no-hardcoded-credentials"),
    ("eslint", "no-hardcoded-passwords"),
    ("eslint", "no-hardcoded-secrets"),
    ("eslint", "no-pattern-match"),
];

/// What sort of thing a rule that is no advisory finds.
pub(super) fn of_rule(scanner: &str, rule: &Rule) -> Kind {
    let scanner = scanner.to_lowercase();
    let named = |names: &[&str]| names.iter().any(|name| has_word(&scanner, name));
    let tagged = |tag: &str| rule.tags.iter().any(|own| own.eq_ignore_ascii_case(tag));
    let secret = named(SECRETS)
        || rule.cwe.iter().any(|number| CREDENTIALS.contains(number))
        || tagged("secret")
        || tagged("secrets")
        || CREDENTIAL_RULES.iter().any(|(own, end)| has_word(&scanner, own) && rule.id.ends_with(end))
        || rule.id.starts_with("CKV_SECRET_")
        || rule.id.split('.').any(|part| part == "secrets");
    if secret {
        Kind::Secret
    } else if named(INFRASTRUCTURE)
        || INFRASTRUCTURE_RULES.iter().any(|start| rule.id.starts_with(start))
        || tagged("misconfiguration")
    {
        Kind::Infrastructure
    } else {
        Kind::Code
    }
}

/// Whether a name has this word in it, and not as a part of a longer one.
fn has_word(name: &str, word: &str) -> bool {
    let inner = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    name.match_indices(word).any(|(at, _)| {
        !inner(name[..at].chars().next_back()) && !inner(name[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told() {
        let check = |scanner: &str, id: &str, cwe: &[u32], tags: &[&str], expected| {
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let rule = Rule { id: id.into(), cwe: cwe.into(), tags, ..Rule::default() };
            assert_eq!(of_rule(scanner, &rule), expected, "{scanner} {id}");
        };
        check("CodeQL", "js/xss", &[79], &[], Kind::Code);
        check("CodeQL", "js/hardcoded-credentials", &[259, 321, 798], &[], Kind::Secret);
        check("gitleaks (MegaLinter REPOSITORY_GITLEAKS)", "aws", &[], &[], Kind::Secret);
        check("Trivy", "aws-access-key-id", &[], &["secret", "security", "CRITICAL"], Kind::Secret);
        check("Trivy", "AVD-AWS-0107", &[], &["misconfiguration"], Kind::Infrastructure);
        check("checkov", "CKV_SECRET_6", &[], &[], Kind::Secret);
        check("checkov", "CKV_AWS_1", &[], &[], Kind::Infrastructure);
        check("Semgrep OSS", "generic.secrets.security.detected-aws", &[], &[], Kind::Secret);
        check("zizmor", "zizmor/template-injection", &[], &["security"], Kind::Infrastructure);
        check("Snyk Infrastructure as Code", "SNYK-CC-K8S-6", &[], &[], Kind::Infrastructure);
        check("Regular expressions", "x", &[], &[], Kind::Code);
        check("Bandit", "B106", &[], &[], Kind::Secret);
        check("Bandit", "B602", &[], &[], Kind::Code);
        check("ESLint", "no-secrets/no-secrets", &[], &[], Kind::Secret);
        check("", "", &[], &[], Kind::Code);
    }
}

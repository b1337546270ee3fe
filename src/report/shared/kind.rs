//! What a scanner looks for, inferred from its name and its rule.

use crate::model::finding::{FindingKind, Rule};

use crate::report::shared::secret::{RuleText, has_word};

/// Parts of the names of scanners of infrastructure as code, in lower case.
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
    "jfrog terraform scanner",
    "aws security hub",
];

/// Prefixes of the ids of rules about infrastructure, whichever tool ships them.
const INFRASTRUCTURE_RULES: &[&str] = &["CKV_", "CKV2_", "AVD-", "SNYK-CC-", "DS-00", "KSV-", "KSV0"];

/// The kind of findings of a rule that is not an advisory; `more`: its other names, and its category.
pub(crate) fn of_rule(scanner: &str, rule: &Rule, more: &[&str]) -> FindingKind {
    let lower = scanner.to_lowercase();
    let infrastructure = INFRASTRUCTURE.iter().any(|name| has_word(&lower, name))
        || INFRASTRUCTURE_RULES.iter().any(|start| rule.id.starts_with(start))
        || rule.tags.iter().any(|tag| tag.eq_ignore_ascii_case("misconfiguration"));
    match infrastructure {
        _ if (RuleText { scanner, rule, more, infrastructure }).is_secret() => FindingKind::Secret,
        true => FindingKind::Infrastructure,
        false => FindingKind::Code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told() {
        let check = |scanner: &str, id: &str, cwe: &[u32], tags: &[&str], expected| {
            let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
            let rule = Rule { id: id.into(), cwe: cwe.into(), tags, ..Rule::default() };
            assert_eq!(of_rule(scanner, &rule, &[]), expected, "{scanner} {id}");
        };
        check("CodeQL", "js/xss", &[79], &[], FindingKind::Code);
        check("CodeQL", "js/hardcoded-credentials", &[259, 321, 798], &[], FindingKind::Secret);
        check("gitleaks (MegaLinter REPOSITORY_GITLEAKS)", "aws", &[], &[], FindingKind::Secret);
        check("Trivy", "aws-access-key-id", &[], &["secret", "security", "CRITICAL"], FindingKind::Secret);
        check("Trivy", "AVD-AWS-0107", &[], &["misconfiguration"], FindingKind::Infrastructure);
        check("checkov", "CKV_SECRET_6", &[], &[], FindingKind::Secret);
        check("checkov", "CKV_AWS_1", &[], &[], FindingKind::Infrastructure);
        check("Semgrep OSS", "generic.secrets.security.detected-aws", &[], &[], FindingKind::Secret);
        check("zizmor", "zizmor/template-injection", &[], &["security"], FindingKind::Infrastructure);
        check("Snyk Infrastructure as Code", "SNYK-CC-K8S-6", &[], &[], FindingKind::Infrastructure);
        check("Regular expressions", "x", &[], &[], FindingKind::Code);
        check("Bandit", "B106", &[], &[], FindingKind::Secret);
        check("Bandit", "B602", &[], &[], FindingKind::Code);
        check("ESLint", "no-secrets/no-secrets", &[], &[], FindingKind::Secret);
        check("", "", &[], &[], FindingKind::Code);
    }
}

//! What a scanner looks for, told from its name and its rule.

use crate::model::finding::{Kind, Rule};

use crate::report::shared::secret::{Named, has_word};

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

/// What sort of thing a rule that is no advisory finds; `more`: what else it is called, and its category.
pub(crate) fn of_rule(scanner: &str, rule: &Rule, more: &[&str]) -> Kind {
    let lower = scanner.to_lowercase();
    let infrastructure = INFRASTRUCTURE.iter().any(|name| has_word(&lower, name))
        || INFRASTRUCTURE_RULES.iter().any(|start| rule.id.starts_with(start))
        || rule.tags.iter().any(|tag| tag.eq_ignore_ascii_case("misconfiguration"));
    match infrastructure {
        _ if (Named { scanner, rule, more, infrastructure }).is_secret() => Kind::Secret,
        true => Kind::Infrastructure,
        false => Kind::Code,
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

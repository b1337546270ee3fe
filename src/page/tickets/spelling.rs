//! How scanners spell their names. A record has them in lower case, because case does not matter where they identify a
//! scan.

/// The names that are not written in lower case: as in the scanners' own reports, otherwise as in their documentation.
const KNOWN: [&str; 79] = [
    "Amazon Inspector",
    "AndroidStudio",
    "AWS Security Hub",
    "Bandit",
    "Bearer",
    "BinaryScanner",
    "BinSkim",
    "Brakeman",
    "Checkmarx",
    "Checkmarx One",
    "Checkov",
    "Clang-Tidy",
    "CodeQL",
    "CodeQL command-line toolchain",
    "Coverity",
    "Cppcheck",
    "CredScan",
    "CycloneDX",
    "Dependabot",
    "Dependency-Track",
    "DevSkim",
    "Dockle",
    "ESLint",
    "Find Security Bugs",
    "Flawfinder",
    "Fortify",
    "Gemnasium",
    "GitHub secret scanning",
    "GitLab",
    "GitLab Semgrep",
    "Grype",
    "GuardDuty",
    "Hadolint",
    "Horusec",
    "InspectCode",
    "Inspector",
    "JFrog Malicious Code scanner",
    "JFrog SAST",
    "JFrog Secrets scanner",
    "JFrog Terraform scanner",
    "JFrog Xray Scanner",
    "KICS",
    "LGTM.com",
    "Lizard",
    "Mayhem Code Security",
    "Micro Focus Fortify Static Code Analyzer",
    "MobSF",
    "Nuclei",
    "Opengrep OSS",
    "OSV-Scanner",
    "OWASP Dependency-Check",
    "PHPStan",
    "PMD",
    "Prisma Cloud",
    "Prowler",
    "PSScriptAnalyzer",
    "Psalm",
    "Pylint",
    "QDGO",
    "RuboCop",
    "Safety",
    "Scorecard",
    "Secretlint",
    "Security Code Scan",
    "Semgrep",
    "Semgrep OSS",
    "Semgrep PRO",
    "Semgrep Supply Chain",
    "ShellCheck",
    "Snyk Container",
    "Snyk Infrastructure as Code",
    "Snyk Open Source",
    "SnykCode",
    "SonarQube",
    "SpotBugs",
    "Trivy",
    "TruffleHog",
    "TSLint",
    "ZAP",
];

/// A scanner's name as it is usually spelled; as it is, if that is not known or it is spelled already.
pub(super) fn scanner(name: &str) -> &str {
    KNOWN.into_iter().find(|known| known.to_lowercase() == name).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_as_the_scanner_spells_it() {
        let check = |name: &str, expected: &str| assert_eq!(scanner(name), expected);
        check("codeql", "CodeQL");
        check("semgrep oss", "Semgrep OSS");
        check("npm audit", "npm audit");
        check("Finder", "Finder");
        check("TRIVY", "TRIVY");
    }

    #[test]
    fn each_name_is_listed_once_and_not_without_need() {
        let lower: Vec<String> = KNOWN.map(str::to_lowercase).into();
        let distinct: std::collections::BTreeSet<&String> = lower.iter().collect();
        assert_eq!(distinct.len(), KNOWN.len());
        assert!(KNOWN.into_iter().zip(&lower).all(|(known, lower)| known != lower));
    }
}

//! What is well known and not read: told by name, so that the error can say what to do instead.

use crate::report::detect::outline::Outline;

/// A report, or a document that may be taken for one.
pub(crate) struct Foreign {
    /// What it looks like.
    pub(crate) name: &'static str,
    /// What to do instead.
    pub(crate) advice: &'static str,
    /// Keys that it has.
    keys: &'static [&'static str],
    /// What its beginning holds.
    text: &'static str,
}

const fn foreign(
    name: &'static str,
    keys: &'static [&'static str],
    text: &'static str,
    advice: &'static str,
) -> Foreign {
    Foreign { name, advice, keys, text }
}

const SARIF: &str = "let it write SARIF";
const SCAN: &str = "it tells no vulnerabilities: scan it with Grype or OSV-Scanner, and read their report";

/// Each with its keys, or with a text, or both.
const FOREIGN: &[Foreign] = &[
    foreign("an SPDX bill of materials", &["spdxVersion", "SPDXID"], "", SCAN),
    foreign("an SPDX bill of materials", &[], "SPDXVersion: ", SCAN),
    foreign(
        "a dependency snapshot for GitHub",
        &["detector", "manifests"],
        "",
        "it tells no vulnerabilities: read the scanner's own report",
    ),
    foreign(
        "a resource of Trivy Operator",
        &["apiVersion", "kind"],
        "aquasecurity.github.io",
        "read the report of `trivy k8s --format json`",
    ),
    foreign(
        "bundler-audit's text",
        &[],
        "\nCriticality: ",
        "let it write JSON: `bundle-audit check --format json`",
    ),
    foreign(
        "an answer of GitHub's GraphQL API",
        &["data"],
        "\"vulnerabilityAlerts\"",
        "read Dependabot's alerts with `github:dependabot`, or from the REST API",
    ),
    foreign("a pull request of GitHub's API", &["diff_url", "patch_url"], "", "it is no report"),
    foreign("a report of Aqua", &["image", "scan_started"], "", SARIF),
    foreign("a report of Aqua", &["image_name", "results"], "", SARIF),
    foreign("a report of Aqua", &["image_name", "cves_counts"], "", SARIF),
    foreign(
        "a report of AuditJS",
        &["coordinates", "reference", "vulnerabilities"],
        "",
        "read `npm audit --json`",
    ),
    foreign("a report of Bearer", &[], "\"cwe_ids\"", "let it write SARIF: `bearer scan --format sarif`"),
    foreign("a report of Clair", &["LayerCount", "Vulnerabilities"], "", SARIF),
    foreign("a report of Clair", &["image", "unapproved"], "", SARIF),
    foreign(
        "a Code Climate report",
        &["check_name", "description", "location"],
        "",
        "read the scanner's own report, or let it write SARIF",
    ),
    foreign(
        "a report of Dockle",
        &["summary", "details"],
        "\"fatal\"",
        "let it write SARIF: `dockle --format sarif`",
    ),
    foreign(
        "a report of JFrog Xray",
        &["total_count", "data"],
        "",
        "let it write SARIF: `jf audit --format sarif`",
    ),
    foreign("an answer of Mend", &["additionalData", "supportToken"], "", SARIF),
    foreign("a report of Meterian", &["scores", "reports"], "", "let it write SARIF: `--report-sarif`"),
    foreign(
        "a report of mix_audit",
        &["pass", "vulnerabilities"],
        "",
        "read OSV-Scanner's report of `mix.lock`",
    ),
    foreign(
        "a result of the OSS Review Toolkit",
        &["scan_results", "issue_resolutions"],
        "",
        "let it write CycloneDX",
    ),
    foreign(
        "a report of Retire.js",
        &["data", "errors", "start"],
        "",
        "let it write CycloneDX: `--outputformat cyclonedxJSON`",
    ),
    foreign("an answer of Snyk's API", &["jsonapi", "data"], "", "read the report of `snyk test --json`"),
    foreign(
        "a report of Safety",
        &["report_meta", "affected_packages"],
        "",
        "read `pip-audit --format json`",
    ),
    foreign("a report of Safety", &["meta", "scan_results"], "", "read `pip-audit --format json`"),
    foreign("a report of Sonatype", &["components", "matchSummary"], "", SARIF),
    foreign("a report of Wiz", &["policies", "extraInfo"], "", "let it write SARIF: `--format sarif`"),
    foreign(
        "a report of ZAP",
        &["@programName", "site"],
        "",
        "let it write SARIF: the template `sarif-json`",
    ),
    foreign(
        "a report of golangci-lint",
        &["Issues", "Report"],
        "",
        "let it write SARIF: `--output.sarif.path`",
    ),
    foreign(
        "a report of Kubescape",
        &["summaryDetails", "resources"],
        "",
        "let it write SARIF: `--format sarif`",
    ),
    foreign(
        "SonarQube's issues",
        &["issues", "paging"],
        "",
        "they are no scanner's report: read the scanner's own",
    ),
    foreign("a report in Checkstyle's format", &[], "<checkstyle", "read the scanner's own report, or SARIF"),
    foreign("a report in JUnit's format", &[], "<testsuite", "read the scanner's own report, or SARIF"),
    foreign("a report of SpotBugs", &[], "<BugCollection", "let it write SARIF: `-sarif`"),
    foreign("a report of Cppcheck", &[], "<cppcheck ", "let it write SARIF: `--output-format=sarif`"),
    foreign("a report of PMD", &[], "<pmd ", "let it write SARIF: `-f sarif`"),
    foreign("a report of Xeol", &["matches"], "\"ProductName\"", "it tells no vulnerabilities"),
];

/// What a report of no known format looks like.
pub(crate) fn known(outline: &Outline) -> Option<&'static Foreign> {
    let is = |one: &&Foreign| one.keys.iter().all(|key| outline.has(key)) && outline.head.contains(one.text);
    FOREIGN.iter().find(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::parse::source::ReportSource;

    #[test]
    fn what_is_known_is_named() {
        let check = |report: &str, expected: Option<&str>| {
            let outline = Outline::of(&ReportSource::bytes("r", report.as_bytes())).unwrap();
            assert_eq!(known(&outline).map(|one| one.name), expected, "{report}");
        };
        check(r#"{"spdxVersion":"SPDX-2.3","SPDXID":"x"}"#, Some("an SPDX bill of materials"));
        check("SPDXVersion: SPDX-2.3\n", Some("an SPDX bill of materials"));
        check(r#"<?xml version="1.0"?><checkstyle version="4.3">"#, Some("a report in Checkstyle's format"));
        check(r#"{"@programName":"ZAP","@version":"2","site":[]}"#, Some("a report of ZAP"));
        check("Name: rack\nCriticality: High\n", Some("bundler-audit's text"));
        check(r#"[{"image_name":"x","results":[]}]"#, Some("a report of Aqua"));
        check(r#"{"data":{"vulnerabilityAlerts":1}}"#, Some("an answer of GitHub's GraphQL API"));
        check(r#"{"data":{}}"#, None);
        check("{}", None);
    }

    #[test]
    fn none_is_known_by_nothing() {
        assert!(FOREIGN.iter().all(|one| !one.keys.is_empty() || !one.text.is_empty()));
    }
}

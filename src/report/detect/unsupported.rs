//! Well-known formats that are not read: they are named, so that the error can say what to do instead.

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

const SARIF: &str = "make it write SARIF";
const OWN: &str = "if the tool can write SARIF, let it do so";
const FORTIFY: &str = "convert it to SARIF with Fortify's `fcli`: `fcli ssc action run github-sast-report`";
const VERACODE: &str =
    "convert it to SARIF with Veracode's action `veracode/veracode-pipeline-scan-results-to-sarif`";
const SCAN: &str = "it lists no vulnerabilities: scan it with Grype or OSV-Scanner, and read their report";

/// Each with its keys, or with a text, or both.
const FOREIGN: &[Foreign] = &[
    foreign("an SPDX bill of materials", &["spdxVersion", "SPDXID"], "", SCAN),
    foreign("an SPDX bill of materials", &[], "SPDXVersion: ", SCAN),
    foreign(
        "a dependency snapshot for GitHub",
        &["detector", "manifests"],
        "",
        "it lists no vulnerabilities: read the scanner's own report",
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
        "make it write JSON: `bundle-audit check --format json`",
    ),
    foreign(
        "an answer of GitHub's GraphQL API",
        &["data"],
        "\"vulnerabilityAlerts\"",
        "read Dependabot's alerts with `github:dependabot`, or from the REST API",
    ),
    foreign("a pull request of GitHub's API", &["diff_url", "patch_url"], "", "it is not a report"),
    foreign("a report of Aqua", &["image", "scan_started"], "", SARIF),
    foreign("a report of Aqua", &["image_name", "results"], "", SARIF),
    foreign("a report of Aqua", &["image_name", "cves_counts"], "", SARIF),
    foreign(
        "a report of AuditJS",
        &["coordinates", "reference", "vulnerabilities"],
        "",
        "read `npm audit --json`",
    ),
    foreign("a report of Bearer", &[], "\"cwe_ids\"", "make it write SARIF: `bearer scan --format sarif`"),
    foreign("a report of Clair", &["LayerCount", "Vulnerabilities"], "", SARIF),
    foreign("a report of Clair", &["image", "unapproved"], "", SARIF),
    foreign(
        "a Code Climate report",
        &["check_name", "description", "location"],
        "",
        "read the scanner's own report, or make it write SARIF",
    ),
    foreign(
        "a report of Dockle",
        &["summary", "details"],
        "\"fatal\"",
        "make it write SARIF: `dockle --format sarif`",
    ),
    foreign("an answer of Mend", &["additionalData", "supportToken"], "", SARIF),
    foreign("a report of Meterian", &["scores", "reports"], "", "make it write SARIF: `--report-sarif`"),
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
        "make it write CycloneDX",
    ),
    foreign(
        "a report of Retire.js",
        &["data", "errors", "start"],
        "",
        "make it write CycloneDX: `--outputformat cyclonedxJSON`",
    ),
    foreign("an answer of Snyk's API", &["jsonapi", "data"], "", "read the report of `snyk test --json`"),
    foreign("a report of Sonatype", &["components", "matchSummary"], "", SARIF),
    foreign("a report of Wiz", &["policies", "extraInfo"], "", "make it write SARIF: `--format sarif`"),
    foreign(
        "a report of golangci-lint",
        &["Issues", "Report"],
        "",
        "make it write SARIF: `--output.sarif.path`",
    ),
    foreign(
        "a report of Kubescape",
        &["summaryDetails", "resources"],
        "",
        "make it write SARIF: `--format sarif`",
    ),
    foreign("a report in Checkstyle's format", &[], "<checkstyle", "read the scanner's own report, or SARIF"),
    foreign("a report in JUnit's format", &[], "<testsuite", "read the scanner's own report, or SARIF"),
    foreign(
        "a report of SpotBugs",
        &[],
        "<BugCollection",
        "make it write SARIF: `-sarif`, and in Maven `<sarifOutput>true</sarifOutput>`",
    ),
    foreign("a report of Cppcheck", &[], "<cppcheck ", "make it write SARIF: `--output-format=sarif`"),
    foreign("a report of PMD", &[], "<pmd ", "make it write SARIF: `-f sarif`"),
    foreign("a report of Xeol", &["matches"], "\"ProductName\"", "it lists no vulnerabilities"),
    foreign("a report of Xeol", &["matches", "descriptor"], "\"xeol\"", "it lists no vulnerabilities"),
    foreign("a report of PMD", &["formatVersion", "pmdVersion"], "", "make it write SARIF: `-f sarif`"),
    foreign("a report of PMD", &[], "\"Problem\",\"Package\",\"File\"", "make it write SARIF: `-f sarif`"),
    foreign("a report of PMD", &[], "Problem,Package,File,Priority", "make it write SARIF: `-f sarif`"),
    foreign(
        "a report of Slither",
        &["success", "results"],
        "\"detectors\"",
        "make it write SARIF: `--sarif FILE`",
    ),
    foreign(
        "a report of Slither",
        &["success", "error", "results"],
        "",
        "make it write SARIF: `--sarif FILE`",
    ),
    foreign(
        "a report of Checkmarx One",
        &["results", "totalCount"],
        "",
        "make it write SARIF: `--report-format sarif`",
    ),
    foreign(
        "a report of Checkmarx One",
        &["reportType", "reportHeader"],
        "",
        "make it write SARIF: `--report-format sarif`",
    ),
    foreign(
        "a report of Checkmarx",
        &["scanSummary", "scanResults"],
        "",
        "scan with Checkmarx One, and let that write SARIF: `--report-format sarif`",
    ),
    foreign(
        "a report of Checkmarx",
        &[],
        "<CxXMLResults",
        "scan with Checkmarx One, and let that write SARIF: `--report-format sarif`",
    ),
    foreign("a report of Veracode", &[], "<detailedreport", VERACODE),
    foreign("a report of Veracode", &["findings", "scan_id"], "", VERACODE),
    foreign("a report of Veracode", &["findings"], "\"issue_type\"", VERACODE),
    foreign("a report of Veracode", &["findings"], "\"finding_details\"", VERACODE),
    foreign("an answer of Veracode's API", &["_embedded", "_links"], "\"finding", VERACODE),
    foreign(
        "a report of MobSF",
        &["app_name", "app_type", "md5"],
        "",
        "scan the sources with mobsfscan, and let that write SARIF: `mobsfscan --sarif`",
    ),
    foreign("a report of mobsfscan", &["mobsfscan_version"], "", "make it write SARIF: `--sarif`"),
    foreign(
        "a report of Psalm",
        &["line_from", "file_name", "snippet"],
        "",
        "make it write SARIF: `--output-format=sarif`",
    ),
    foreign(
        "a report of PHPStan",
        &["totals", "files", "errors"],
        "\"file_errors\"",
        "make it write SARIF: `--error-format=sarif`, with the package `jbelien/phpstan-sarif-formatter`",
    ),
    foreign("a report of Horusec", &["analysisVulnerabilities"], "", "make it write SARIF: `-o sarif`"),
    foreign("a report of Fortify", &[], "<FVDL", FORTIFY),
    foreign("a report of Fortify", &[], "<ReportDefinition", FORTIFY),
    foreign("a report of Burp", &[], "burpVersion", OWN),
    foreign("a report of Burp", &["issue_events"], "", OWN),
    foreign("a report of Black Duck", &["componentName", "vulnerabilityWithRemediation"], "", OWN),
    foreign("a report of Black Duck", &[], "Channel version origin id", OWN),
    foreign("a report of Nikto", &["host", "banner", "vulnerabilities"], "", OWN),
    foreign("a report of Nikto", &[], "<niktoscan", OWN),
    foreign("a report of Invicti", &["Generated", "Target", "Vulnerabilities"], "", OWN),
    foreign("a report of AssemblyLine", &["api_response", "api_server_version"], "", OWN),
    foreign("a list of packages of Syft", &["artifacts", "artifactRelationships"], "", SCAN),
    foreign(
        "a report of Prowler 2",
        &["Account Number", "Control"],
        "",
        "let a later version write `json-asff` or `json-ocsf`",
    ),
    foreign(
        "a report of Prowler 3",
        &["CheckID", "StatusExtended"],
        "",
        "make it write `json-asff`, or with Prowler 4 and later `--output-formats json-ocsf`",
    ),
    foreign(
        "a summary of JFrog's scans",
        &["scans"],
        "\"scan_ids\"",
        "it contains only counts: let `jf` write `--format=simple-json`",
    ),
    foreign(
        "an answer of Amazon Inspector",
        &["findings"],
        "\"findingArn\"",
        "read it from Security Hub: `aws securityhub get-findings`",
    ),
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
        check(
            r#"{"artifacts":[],"artifactRelationships":[],"descriptor":{"name":"syft"}}"#,
            Some("a list of packages of Syft"),
        );
        check(
            "<?xml version=\"1.0\"?><!DOCTYPE issues [ <!ATTLIST issues burpVersion CDATA \"\"> ]>",
            Some("a report of Burp"),
        );
        check(
            r#"{"results":[{"type":"sast","compliances":[]}],"totalCount":1,"scanID":"x"}"#,
            Some("a report of Checkmarx One"),
        );
        check(r#"{"success":false,"error":"x","results":{}}"#, Some("a report of Slither"));
        check(
            r#"{"totals":{"errors":0,"file_errors":1},"files":{},"errors":[]}"#,
            Some("a report of PHPStan"),
        );
        check("Name: rack\nCriticality: High\n", Some("bundler-audit's text"));
        check(r#"[{"image_name":"x","results":[]}]"#, Some("a report of Aqua"));
        check(r#"{"data":{"vulnerabilityAlerts":1}}"#, Some("an answer of GitHub's GraphQL API"));
        check(r#"{"data":{}}"#, None);
        check("{}", None);
    }

    /// What can write SARIF is told the way there.
    #[test]
    fn tools_that_write_sarif_are_told_how() {
        let check = |name: &str, how: &str| {
            let known: Vec<&Foreign> = FOREIGN.iter().filter(|one| one.name.ends_with(name)).collect();
            assert!(!known.is_empty() && known.iter().all(|one| one.advice.contains(how)), "{name}");
        };
        check("SpotBugs", "`-sarif`");
        check("Slither", "`--sarif FILE`");
        check("Checkmarx One", "`--report-format sarif`");
        check("Veracode", "to-sarif`");
        check("MobSF", "`mobsfscan --sarif`");
        check("PMD", "`-f sarif`");
        check("Psalm", "`--output-format=sarif`");
        check("PHPStan", "`--error-format=sarif`");
    }

    #[test]
    fn none_is_known_by_nothing() {
        assert!(FOREIGN.iter().all(|one| !one.keys.is_empty() || !one.text.is_empty()));
    }
}

//! Well-known formats that are not supported: they are recognised, so that the error can say what to do instead.

use crate::report::detect::outline::Outline;

/// A report, or a document that may be mistaken for one.
pub(crate) struct Foreign {
    /// What it looks like.
    pub(crate) name: &'static str,
    /// What to do instead.
    pub(crate) advice: &'static str,
    /// Keys that it has.
    keys: &'static [&'static str],
    /// A text at its beginning.
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

const SARIF: &str = "have the tool write SARIF";
const OWN: &str = "if the tool can write SARIF, have it do so";
const FORTIFY: &str = "convert it to SARIF with Fortify's `fcli`: `fcli ssc action run github-sast-report`";
const VERACODE: &str =
    "convert it to SARIF with Veracode's action `veracode/veracode-pipeline-scan-results-to-sarif`";
const SCAN: &str =
    "it lists no vulnerabilities: scan it with Grype or OSV-Scanner, and give casefile the resulting report";

/// Each with its keys, or with a text, or both.
const FOREIGN: &[Foreign] = &[
    foreign("an SPDX bill of materials", &["spdxVersion", "SPDXID"], "", SCAN),
    foreign("an SPDX bill of materials", &[], "SPDXVersion: ", SCAN),
    foreign(
        "a dependency snapshot for GitHub",
        &["detector", "manifests"],
        "",
        "it lists no vulnerabilities: use the scanner's own report",
    ),
    foreign(
        "a Trivy Operator resource",
        &["apiVersion", "kind"],
        "aquasecurity.github.io",
        "use the report from `trivy k8s --format json`",
    ),
    foreign(
        "bundler-audit's text",
        &[],
        "\nCriticality: ",
        "have the tool write JSON: `bundle-audit check --format json`",
    ),
    foreign(
        "a response from GitHub's GraphQL API",
        &["data"],
        "\"vulnerabilityAlerts\"",
        "read Dependabot's alerts with `github:dependabot`, or from the REST API",
    ),
    foreign("a pull request from GitHub's API", &["diff_url", "patch_url"], "", "it is not a report"),
    foreign("an Aqua report", &["image", "scan_started"], "", SARIF),
    foreign("an Aqua report", &["image_name", "results"], "", SARIF),
    foreign("an Aqua report", &["image_name", "cves_counts"], "", SARIF),
    foreign(
        "an AuditJS report",
        &["coordinates", "reference", "vulnerabilities"],
        "",
        "use `npm audit --json` instead",
    ),
    foreign("a Bearer report", &[], "\"cwe_ids\"", "have the tool write SARIF: `bearer scan --format sarif`"),
    foreign("a Clair report", &["LayerCount", "Vulnerabilities"], "", SARIF),
    foreign("a Clair report", &["image", "unapproved"], "", SARIF),
    foreign(
        "a Code Climate report",
        &["check_name", "description", "location"],
        "",
        "use the scanner's own report, or have the scanner write SARIF",
    ),
    foreign(
        "a Dockle report",
        &["summary", "details"],
        "\"fatal\"",
        "have the tool write SARIF: `dockle --format sarif`",
    ),
    foreign("a response from Mend", &["additionalData", "supportToken"], "", SARIF),
    foreign("a Meterian report", &["scores", "reports"], "", "have the tool write SARIF: `--report-sarif`"),
    foreign("a mix_audit report", &["pass", "vulnerabilities"], "", "use OSV-Scanner's report on `mix.lock`"),
    foreign(
        "an OSS Review Toolkit result",
        &["scan_results", "issue_resolutions"],
        "",
        "have the tool write CycloneDX",
    ),
    foreign(
        "a Retire.js report",
        &["data", "errors", "start"],
        "",
        "have the tool write CycloneDX: `--outputformat cyclonedxJSON`",
    ),
    foreign("a response from Snyk's API", &["jsonapi", "data"], "", "use the report from `snyk test --json`"),
    foreign("a Sonatype report", &["components", "matchSummary"], "", SARIF),
    foreign("a Wiz report", &["policies", "extraInfo"], "", "have the tool write SARIF: `--format sarif`"),
    foreign(
        "a golangci-lint report",
        &["Issues", "Report"],
        "",
        "have the tool write SARIF: `--output.sarif.path`",
    ),
    foreign(
        "a Kubescape report",
        &["summaryDetails", "resources"],
        "",
        "have the tool write SARIF: `--format sarif`",
    ),
    foreign("a Checkstyle report", &[], "<checkstyle", "use the scanner's own report, or SARIF"),
    foreign("a JUnit report", &[], "<testsuite", "use the scanner's own report, or SARIF"),
    foreign(
        "a SpotBugs report",
        &[],
        "<BugCollection",
        "have the tool write SARIF: `-sarif`, or `<sarifOutput>true</sarifOutput>` in Maven",
    ),
    foreign("a Cppcheck report", &[], "<cppcheck ", "have the tool write SARIF: `--output-format=sarif`"),
    foreign("a PMD report", &[], "<pmd ", "have the tool write SARIF: `-f sarif`"),
    foreign("a Xeol report", &["matches"], "\"ProductName\"", "it lists no vulnerabilities"),
    foreign("a Xeol report", &["matches", "descriptor"], "\"xeol\"", "it lists no vulnerabilities"),
    foreign("a PMD report", &["formatVersion", "pmdVersion"], "", "have the tool write SARIF: `-f sarif`"),
    foreign("a PMD report", &[], "\"Problem\",\"Package\",\"File\"", "have the tool write SARIF: `-f sarif`"),
    foreign("a PMD report", &[], "Problem,Package,File,Priority", "have the tool write SARIF: `-f sarif`"),
    foreign(
        "a Slither report",
        &["success", "results"],
        "\"detectors\"",
        "have the tool write SARIF: `--sarif FILE`",
    ),
    foreign(
        "a Slither report",
        &["success", "error", "results"],
        "",
        "have the tool write SARIF: `--sarif FILE`",
    ),
    foreign(
        "a Checkmarx One report",
        &["results", "totalCount"],
        "",
        "have the tool write SARIF: `--report-format sarif`",
    ),
    foreign(
        "a Checkmarx One report",
        &["reportType", "reportHeader"],
        "",
        "have the tool write SARIF: `--report-format sarif`",
    ),
    foreign(
        "a Checkmarx report",
        &["scanSummary", "scanResults"],
        "",
        "scan with Checkmarx One, and have it write SARIF: `--report-format sarif`",
    ),
    foreign(
        "a Checkmarx report",
        &[],
        "<CxXMLResults",
        "scan with Checkmarx One, and have it write SARIF: `--report-format sarif`",
    ),
    foreign("a Veracode report", &[], "<detailedreport", VERACODE),
    foreign("a Veracode report", &["findings", "scan_id"], "", VERACODE),
    foreign("a Veracode report", &["findings"], "\"issue_type\"", VERACODE),
    foreign("a Veracode report", &["findings"], "\"finding_details\"", VERACODE),
    foreign("a response from Veracode's API", &["_embedded", "_links"], "\"finding", VERACODE),
    foreign(
        "a MobSF report",
        &["app_name", "app_type", "md5"],
        "",
        "scan the sources with mobsfscan, and have it write SARIF: `mobsfscan --sarif`",
    ),
    foreign("a mobsfscan report", &["mobsfscan_version"], "", "have the tool write SARIF: `--sarif`"),
    foreign(
        "a Psalm report",
        &["line_from", "file_name", "snippet"],
        "",
        "have the tool write SARIF: `--output-format=sarif`",
    ),
    foreign(
        "a PHPStan report",
        &["totals", "files", "errors"],
        "\"file_errors\"",
        "have the tool write SARIF: `--error-format=sarif`, with the package `jbelien/phpstan-sarif-formatter`",
    ),
    foreign("a Horusec report", &["analysisVulnerabilities"], "", "have the tool write SARIF: `-o sarif`"),
    foreign("a Fortify report", &[], "<FVDL", FORTIFY),
    foreign("a Fortify report", &[], "<ReportDefinition", FORTIFY),
    foreign("a Burp report", &[], "burpVersion", OWN),
    foreign("a Burp report", &["issue_events"], "", OWN),
    foreign("a Black Duck report", &["componentName", "vulnerabilityWithRemediation"], "", OWN),
    foreign("a Black Duck report", &[], "Channel version origin id", OWN),
    foreign("a Nikto report", &["host", "banner", "vulnerabilities"], "", OWN),
    foreign("a Nikto report", &[], "<niktoscan", OWN),
    foreign("an Invicti report", &["Generated", "Target", "Vulnerabilities"], "", OWN),
    foreign("an AssemblyLine report", &["api_response", "api_server_version"], "", OWN),
    foreign("a Syft package list", &["artifacts", "artifactRelationships"], "", SCAN),
    foreign(
        "a Prowler 2 report",
        &["Account Number", "Control"],
        "",
        "use a later version, which can write `json-asff` or `json-ocsf`",
    ),
    foreign(
        "a Prowler 3 report",
        &["CheckID", "StatusExtended"],
        "",
        "have the tool write `json-asff`, or use Prowler 4 or later with `--output-formats json-ocsf`",
    ),
    foreign(
        "a summary of JFrog scans",
        &["scans"],
        "\"scan_ids\"",
        "it contains only counts: run `jf` with `--format=simple-json`",
    ),
    foreign(
        "a response from Amazon Inspector",
        &["findings"],
        "\"findingArn\"",
        "get the findings from Security Hub: `aws securityhub get-findings`",
    ),
];

/// What a report in an unknown format looks like.
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
        check(r#"<?xml version="1.0"?><checkstyle version="4.3">"#, Some("a Checkstyle report"));
        check(
            r#"{"artifacts":[],"artifactRelationships":[],"descriptor":{"name":"syft"}}"#,
            Some("a Syft package list"),
        );
        check(
            "<?xml version=\"1.0\"?><!DOCTYPE issues [ <!ATTLIST issues burpVersion CDATA \"\"> ]>",
            Some("a Burp report"),
        );
        check(
            r#"{"results":[{"type":"sast","compliances":[]}],"totalCount":1,"scanID":"x"}"#,
            Some("a Checkmarx One report"),
        );
        check(r#"{"success":false,"error":"x","results":{}}"#, Some("a Slither report"));
        check(r#"{"totals":{"errors":0,"file_errors":1},"files":{},"errors":[]}"#, Some("a PHPStan report"));
        check("Name: rack\nCriticality: High\n", Some("bundler-audit's text"));
        check(r#"[{"image_name":"x","results":[]}]"#, Some("an Aqua report"));
        check(r#"{"data":{"vulnerabilityAlerts":1}}"#, Some("a response from GitHub's GraphQL API"));
        check(r#"{"data":{}}"#, None);
        check("{}", None);
    }

    /// For tools that can write SARIF, the message says how.
    #[test]
    fn tools_that_write_sarif_are_told_how() {
        let check = |name: &str, how: &str| {
            let name = format!("a {name} report");
            let known: Vec<&Foreign> = FOREIGN.iter().filter(|one| one.name == name).collect();
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

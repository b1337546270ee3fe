//! Xray reports in the shapes that its commands and its API produce.

use crate::model::finding::{Finding, Subject};
use crate::report::shared::recorded::{self, check};

const SCAN: &str = "scan JFrog Xray Scanner";

/// As `jf scan --format=json` writes it.
fn scanned(component: &str, issues: &str) -> String {
    format!(
        r#"[{{"scan_id":"2c4c3ae7","vulnerabilities":[{issues}],"component_id":"{component}","package_type":"Docker","status":"completed"}}]"#
    )
}

const ISSUE: &str = r#"{"cves":[{"cve":"CVE-2023-30608","cwe":["CWE-1333"],"cvss_v3_score":"7.5","cvss_v3_vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
    "summary":"sqlparse is vulnerable to ReDoS. More.","severity":"Medium","components":{"pypi://sqlparse:0.4.3":{"fixed_versions":["[0.4.4]"],
    "impact_paths":[[{"component_id":"pypi://app:1"},{"component_id":"pypi://django:4.1"},{"component_id":"pypi://sqlparse:0.4.3"}]]}},"issue_id":"XRAY-515353","references":["https://x"]}"#;

#[test]
fn what_a_scan_found_is_read() {
    check(
        "xray",
        &scanned("pypi://app:1", ISSUE),
        recorded::full,
        &[
            "dependency JFrog Xray Scanner medium CVE-2023-30608=XRAY-515353 pkg:pypi/sqlparse@0.4.3 fixed 0.4.4 by django>sqlparse in :0 cvss 7.5: sqlparse is vulnerable to ReDoS",
            SCAN,
        ],
    );
    check(
        "xray",
        &scanned("docker://acme/shop:1.2", ISSUE),
        recorded::place,
        &["container pkg:pypi/sqlparse@0.4.3 acme/shop:1.2:0", SCAN],
    );
    check(
        "xray",
        r#"[{"scan_id":"x","component_id":"root","package_type":"Generic"}]"#,
        recorded::full,
        &[SCAN],
    );
    check(
        "xray",
        r#"{"scan_id":"x","vulnerabilities":null,"component_id":"root","status":"failed"}"#,
        recorded::full,
        &[
            "problem JFrog Xray Scanner did not scan everything: the scan's status is failed",
            "scan JFrog Xray Scanner failed",
        ],
    );
}

#[test]
fn very_many_cves_of_one_issue_are_told_as_left_out() {
    let cves: Vec<String> = (0..70).map(|number| format!(r#"{{"cve":"CVE-2020-{number}"}}"#)).collect();
    let issue = format!(
        r#"{{"cves":[{}],"summary":"s","severity":"High","components":{{"npm://a:1":{{}}}},"issue_id":"XRAY-1"}}"#,
        cves.join(",")
    );
    let seen = recorded::lines_of(&scanned("root", &issue), recorded::place);
    assert_eq!(seen.len(), 64 + 2, "{seen:?}");
    assert_eq!(
        seen[64..],
        [
            "problem JFrog Xray Scanner did not scan everything: an issue has more than 64 CVEs; CVEs left out: 6",
            "scan JFrog Xray Scanner failed",
        ]
    );
}

#[test]
fn ranges_of_fixed_versions_begin_with_one() {
    let issue = r#"{"cves":[{"cve":"CVE-1"}],"summary":"s","severity":"High","components":{"npm://a:1":{"fixed_versions":["3.0.8 ≤ Version < 4.0.0","≥ 4.5.3","Version < 2.0"],
        "impact_paths":[[{"component_id":"docker://shop:1"},{"component_id":"generic://sha256:9e/sha256__9e.tar"},{"component_id":"npm://a:1"}]]}},"issue_id":"XRAY-1"}"#;
    check(
        "xray",
        &scanned("docker://shop:1", issue),
        recorded::full,
        &[
            "container JFrog Xray Scanner high CVE-1=XRAY-1 pkg:npm/a@1 fixed 3.0.8,4.5.3 by a in shop:1:0: s",
            SCAN,
        ],
    );
}

#[test]
fn each_cve_is_an_advisory_of_its_own() {
    let two = r#"{"cves":[{"cve":"CVE-1"},{"cve":"CVE-2"},{"cve":"CVE-1"}],"summary":"s","severity":"High","components":{"npm://a:1":{}},"issue_id":"XRAY-1"}"#;
    let none = r#"{"summary":"s","severity":"Unknown","components":{"npm://a:1":{},"npm://b:2":{}},"issue_id":"XRAY-2"}"#;
    check(
        "xray",
        &scanned("root", &format!("{two},{none}")),
        recorded::full,
        &[
            "dependency JFrog Xray Scanner high CVE-1 pkg:npm/a@1 in :0: s",
            "dependency JFrog Xray Scanner high CVE-2 pkg:npm/a@1 in :0: s",
            "dependency JFrog Xray Scanner medium XRAY-2 pkg:npm/a@1 in :0: s",
            "dependency JFrog Xray Scanner medium XRAY-2 pkg:npm/b@2 in :0: s",
            SCAN,
        ],
    );
}

#[test]
fn licences_are_no_findings_but_counted() {
    let licence =
        r#"{"type":"license","license_key":"GPL-3.0","severity":"High","components":{"npm://a:1":{}}}"#;
    check("xray", &scanned("root", licence), recorded::full, &["1 license", SCAN]);
}

#[test]
fn summaries_reports_and_violations_are_read() {
    // `POST /api/v1/summary/artifact`
    let summary = r#"{"artifacts":[{"general":{"name":"shop:1.0","pkg_type":"Docker"},"issues":[{"issue_id":"XRAY-1","summary":"Overflow","issue_type":"security","severity":"High",
        "cves":[{"cve":"CVE-2021-1","cwe":["CWE-416"],"cvss_v3":"7.2/CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H"}],"impact_path":["shop/1.0/sha256__33.tar.gz/3.12:busybox:1.31.1-r20",
        "shop/1.0/sha256__44.tar.gz/3.12:busybox:1.31.1-r20","shop/1.0/app.jar/BOOT-INF/lib/okio-jvm-2.8.0.jar"]}],"licenses":[{"name":"GPL"}]}],
        "errors":[{"identifier":"default/gone","error":"Artifact doesn't exist or not indexed in Xray"}]}"#;
    check(
        "xray",
        summary,
        recorded::full,
        &[
            "container JFrog Xray Scanner high CVE-2021-1=XRAY-1 pkg:generic/busybox@1.31.1-r20 in shop:1.0:0 cvss 7.2: Overflow",
            "container JFrog Xray Scanner high CVE-2021-1=XRAY-1 pkg:generic/okio-jvm@2.8.0 by app.jar>okio-jvm in shop:1.0:0 cvss 7.2: Overflow",
            "problem JFrog Xray Scanner did not scan everything: default/gone: Artifact doesn't exist or \
             not indexed in Xray",
            "scan JFrog Xray Scanner failed",
        ],
    );
    // a vulnerabilities report
    let report = r#"{"total_rows":1,"rows":[{"cves":[{"cve":"CVE-2020-28493","cvss_v3_score":5.3,"cvss_v3_vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}],
        "summary":"ReDoS","severity":"Medium","vulnerable_component":"pypi://Jinja2:2.11.2","impacted_artifact":"docker://shop:2","fixed_versions":["2.11.3"],"issue_id":"XRAY-139239"}]}"#;
    check(
        "xray",
        report,
        recorded::full,
        &[
            "container JFrog Xray Scanner medium CVE-2020-28493=XRAY-139239 pkg:pypi/jinja2@2.11.2 fixed 2.11.3 in shop:2:0 cvss 5.3: ReDoS",
            SCAN,
        ],
    );
    // an export of an artifact's components
    let components = r#"{"total_count":1,"data":[{"id":"","severity":"High","summary":"Signedness.","issue_type":"security","source_comp_id":"deb://debian:stretch:libx11:2:1.6.4-3",
        "component_versions":{"fixed_versions":["≥ 2:1.6.4-3+deb9u1"],"more_details":{"cves":[{"cve":"CVE-2018-14600","cvss_v2":"7.5/AV:N/AC:L/Au:N/C:P/I:P/A:P"}]}}}]}"#;
    check(
        "xray",
        components,
        recorded::full,
        &[
            "container JFrog Xray Scanner high CVE-2018-14600 pkg:deb/libx11@2:1.6.4-3 fixed 2:1.6.4-3+deb9u1 in :0 cvss 7.5: Signedness",
            SCAN,
        ],
    );
    let violations = r#"{"total_violations":2,"violations":[{"description":"Bad.","severity":"Critical","type":"security","infected_components":["npm://a:1"],"issue_id":"XRAY-7"},
        {"type":"license","severity":"High","infected_components":["npm://b:1"]}]}"#;
    check(
        "xray",
        violations,
        recorded::full,
        &["dependency JFrog Xray Scanner critical XRAY-7 pkg:npm/a@1 in :0: Bad", "1 license", SCAN],
    );
}

#[test]
fn what_brings_a_package_in_is_read() {
    let show: fn(&Finding<'_>) -> String = |finding| match &finding.subject {
        Subject::Advisory(_, package) => {
            let artifact = finding.location.logical.as_deref().unwrap_or_default();
            let applicability = finding.detail.applicability.as_deref().unwrap_or_default();
            format!("{} in {artifact}, {applicability}", package.path.join(">"))
        }
        Subject::Rule => "rule".to_owned(),
    };
    let row = |path: &str, rest: &str| {
        format!(
            r#"{{"total_rows":1,"rows":[{{"issue_id":"XRAY-1","vulnerable_component":"npm://jquery:3.4.1","impact_path":[{path}],{rest}}}]}}"#
        )
    };
    let wheel = r#""impacted_artifact":"pypi://Werkzeug:1.0.1","path":"pypi-remote/Werkzeug-1.0.1.whl","applicability_result":"not_applicable""#;
    let report = row(r#""pypi://Werkzeug:1.0.1","npm://jquery:3.4.1""#, wheel);
    check(
        "xray",
        &report,
        show,
        &["Werkzeug 1.0.1>jquery in pypi-remote/Werkzeug-1.0.1.whl, Not applicable", SCAN],
    );
    // an image has a name, and its layers are none
    let image = r#""impacted_artifact":"docker://shop:2","path":"docker-reg/shop/2/","applicability_result":"not_scanned""#;
    let report = row(r#""docker://shop:2","generic://sha256:9e/sha256__9e.tar","npm://jquery:3.4.1""#, image);
    check("xray", &report, show, &["jquery in , ", SCAN]);
    let summary = r#"{"artifacts":[{"general":{"name":"shop.war","path":"libs-release/shop.war","pkg_type":"Maven"},"issues":[{"issue_id":"XRAY-1","summary":"s",
        "impact_path":["default/shop.war/WEB-INF/lib/okio-2.8.0.jar"]}]}]}"#;
    check("xray", summary, show, &["shop.war>okio in libs-release/shop.war, ", SCAN]);
    let violations = r#"{"total_violations":1,"violations":[{"type":"security","issue_id":"XRAY-7","infected_components":["npm://a:1"],"impacted_artifacts":["default/npm-local/shop.tgz"]}]}"#;
    check("xray", violations, show, &[" in default/npm-local/shop.tgz, ", SCAN]);
}

#[test]
fn what_the_analysis_says_is_read_with_its_evidence() {
    let show: fn(&Finding<'_>) -> String = |finding| {
        let detail = &finding.detail;
        let places = detail
            .related
            .iter()
            .map(|step| format!(" {}:{} {}", step.location.path, step.location.line, step.message));
        format!("{}{}", detail.applicability.as_deref().unwrap_or_default(), places.collect::<String>())
    };
    let row = r#"{"impactedPackageName":"a","impactedPackageVersion":"1","applicable":"Applicable","issueId":"XRAY-1","cves":[
        {"id":"CVE-1","applicability":{"status":"Not Applicable"}},
        {"id":"CVE-2","applicability":{"status":"Applicable","evidence":[{"file":"a.js","startLine":3,"endLine":4,"reason":"It is called"}]}},
        {"id":"CVE-3"}]}"#;
    let secrets = r#"{"ruleId":"REQ.SECRET.KEYS","file":"a.txt","startLine":2,"applicability":{"status":"Active"}},
        {"ruleId":"REQ.SECRET.KEYS","file":"b.txt","startLine":2,"applicability":{"status":"hunter2"}}"#;
    let report = format!(
        r#"{{"vulnerabilities":[{row}],"securityViolations":null,"licensesViolations":null,"secrets":[{secrets}]}}"#
    );
    check(
        "xray",
        &report,
        show,
        &[
            "Not applicable",
            "Applicable a.js:3 It is called",
            "Applicable",
            "Active",
            "",
            SCAN,
            "scan JFrog Secrets scanner",
        ],
    );
}

#[test]
fn rows_and_what_advanced_scans_flag_are_read() {
    let row = r#"{"severity":"Medium","impactedPackageName":"lodash","impactedPackageVersion":"4.17.0","impactedPackageType":"npm","components":[{"name":"express","version":"4",
        "location":{"file":"package.json"}}],"summary":"Pollution","fixedVersions":["[4.17.5]"],"cves":[{"id":"CVE-2018-3721","cvssV3":"6.5"}],"issueId":"XRAY-72918",
        "impactPaths":[[{"name":"app"},{"name":"express"},{"name":"lodash"}]]}"#;
    let flagged = r#"{"severity":"High","ruleId":"js-template-injection","cwe":["73"],"scannerShortDescription":"Template injection","file":"server.js","startLine":26,"startColumn":28,
        "endLine":26,"snippet":"req.query","finding":"Unsafe template","codeFlow":[[{"file":"server.js","startLine":20}]]}"#;
    let secret = r#"{"severity":"Medium","ruleId":"REQ.SECRET.KEYS","scannerShortDescription":"Keys","file":"a.txt","startLine":2,"snippet":"Sqc************","finding":"Hardcoded secrets were found"}"#;
    let report = format!(
        r#"{{"vulnerabilities":[{row}],"securityViolations":null,"licensesViolations":[{{"licenseKey":"MIT"}}],"licenses":null,"secrets":[{secret}],"iac":null,"sast":[{flagged}],
        "errors":[{{"filePath":"yarn.lock","errorMessage":"cannot build the tree"}}],"scansStatus":{{"scaScanStatusCode":0,"sastScanStatusCode":1}}}}"#
    );
    check(
        "xray",
        &report,
        recorded::full,
        &[
            "dependency JFrog Xray Scanner medium CVE-2018-3721=XRAY-72918 pkg:npm/lodash@4.17.0 fixed 4.17.5 by express>lodash in package.json:0 cvss 6.5: Pollution",
            "secret JFrog Secrets scanner medium REQ.SECRET.KEYS (Keys) in a.txt:2: Keys",
            "code 🐸 JFrog SAST high js-template-injection (Template injection) CWE-73 in server.js:26: Unsafe template",
            "problem JFrog Xray Scanner did not scan everything; the first of 2 failures: yarn.lock: cannot \
             build the tree",
            "1 license",
            "scan JFrog Xray Scanner failed",
            "scan JFrog Secrets scanner",
            "scan 🐸 JFrog SAST",
        ],
    );
}

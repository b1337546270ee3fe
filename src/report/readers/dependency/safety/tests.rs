//! Reports of `safety check` and `safety scan`.

use super::*;
use crate::report::shared::recorded::{self, check};

/// As `safety check` 2.3 and 3.6 write it.
fn checked(vulnerability: &str, ignored: &str) -> String {
    format!(
        r#"{{"report_meta":{{"scan_target":"files","scanned":["api/requirements.txt"],"safety_version":"3.6.0"}},"scanned_packages":{{"django":{{"name":"django","version":"4.0.1"}}}},
        "affected_packages":{{"django":{{"insecure_versions":["4.0"]}}}},"vulnerabilities":[{vulnerability}],"ignored_vulnerabilities":[{ignored}],"remediations":{{}}}}"#
    )
}

const OLD: &str = r#"{"vulnerability_id":"44742","package_name":"django","ignored":false,"vulnerable_spec":">=4.0a1,<4.0.2","analyzed_version":"4.0.1","analyzed_requirement":"==4.0.1",
    "advisory":"The debug tag does not encode the context. This may lead to XSS.","fixed_versions":["3.2.12","4.0.2"],"CVE":{"name":"CVE-2022-22818","cvssv2":{"base_score":4.3},
    "cvssv3":{"base_score":6.1,"base_severity":"MEDIUM","vector_string":"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"}},"severity":null,"more_info_url":"https://data.safetycli.com/v/44742/eda"}"#;

const NEW: &str = r#"{"vulnerability_id":"71600","package_name":"gunicorn","ignored":{},"vulnerable_spec":["<22.0.0"],"analyzed_version":"21.2.0",
    "analyzed_requirement":{"raw":"gunicorn==21.2.0","found":"/home/ci/work/shop/requirements/web.txt"},"advisory":"Smuggling.","fixed_versions":[""],"CVE":"CVE-2024-1135",
    "severity":{"source":"CVE-2024-1135","cvssv3":{"base_score":7.5,"base_severity":"HIGH"}}}"#;

#[test]
fn what_safety_check_found_is_read() {
    check(
        "safety",
        &checked(&format!("{OLD},{NEW}"), ""),
        recorded::full,
        &[
            "dependency Safety medium CVE-2022-22818=Safety-44742 pkg:pypi/django@4.0.1 fixed 3.2.12,4.0.2 in api/requirements.txt:0 cvss 6.1: The debug tag does not encode the context",
            "dependency Safety high CVE-2024-1135=Safety-71600 pkg:pypi/gunicorn@21.2.0 fixed 22.0.0 in api/requirements.txt:0 cvss 7.5: Smuggling",
            "scan Safety 3.6.0",
        ],
    );
    check("safety", &checked("", NEW), recorded::skipped, &["suppressed", "scan Safety 3.6.0"]);
    check("safety", &checked("", ""), recorded::full, &["scan Safety 3.6.0"]);
    check(
        "safety",
        &checked("7", ""),
        recorded::full,
        &["problem is not a vulnerability and was skipped", "scan Safety 3.6.0"],
    );
}

#[test]
fn what_is_ignored_by_default_is_not_suppressed_by_anybody() {
    let unpinned = |found: &str, number: &str| {
        format!(
            r#"{{"vulnerability_id":"{number}","package_name":"pillow","ignored":true,"ignored_reason":"This vulnerability is being ignored due to the 'ignore-unpinned-requirements' flag (default True).",
            "analyzed_version":null,"analyzed_requirement":{{"raw":"pillow","found":"{found}"}},"advisory":"It crashes."}}"#
        )
    };
    let by_policy = NEW.replace(r#""ignored":{}"#, r#""ignored":true,"ignored_reason":"accepted by Kim""#);
    let file = "api/requirements.txt";
    check(
        "safety",
        &checked("", &format!("{},{by_policy},{}", unpinned(file, "1"), unpinned(file, "2"))),
        recorded::skipped,
        &[
            "suppressed",
            "scan Safety 3.6.0 without api/requirements.txt: it ignored 2 vulnerabilities in packages whose versions are not pinned; pin the versions, or set `ignore-unpinned-requirements: False` under `security` in Safety's policy file",
        ],
    );
    check(
        "safety",
        &checked("", &unpinned("", "1")).replace(r#"["api/requirements.txt"]"#, "[]"),
        recorded::skipped,
        &[
            "problem Safety ignored 1 vulnerability in a package whose version is not pinned",
            "scan Safety 3.6.0 failed",
        ],
    );
}

#[test]
fn a_requirement_in_the_checkout_is_the_manifest() {
    let mut source = ReportSource::bytes("r", checked(NEW, "").into_bytes());
    source.root = Some("/home/ci/work/shop".to_owned());
    assert_eq!(
        recorded::lines_in(&source, recorded::place)[0],
        "dependency pkg:pypi/gunicorn@21.2.0 requirements/web.txt:0"
    );
}

#[test]
fn the_notice_around_the_report_is_skipped() {
    let notice = "\n\n+=====+\n\nDEPRECATED: this command (`check`) has been DEPRECATED, and will be unsupported.\n\n+=====+\n\n\n";
    let report = format!("{notice}{}{notice}", checked(NEW, ""));
    check(
        "safety",
        &report,
        recorded::place,
        &["dependency pkg:pypi/gunicorn@21.2.0 api/requirements.txt:0", "scan Safety 3.6.0"],
    );
}

#[test]
fn what_safety_scan_found_is_read() {
    let scanned = |files: &str| {
        format!(
            r#"{{"meta":{{"scan_type":"scan","telemetry":{{"safety_version":"3.6.0"}},"schema_version":"3.0"}},"scan_results":{{"files":[],"projects":[{{"location":"/w/shop","files":[{files}]}}]}}}}"#
        )
    };
    let results = r#""results":{"dependencies":[{"name":"jinja2","specifications":[{"raw":"jinja2==3.1.2","vulnerabilities":{"known_vulnerabilities":[
        {"id":"75976","ignored":null,"vulnerable_spec":"<3.1.6"}],"remediation":{"vulnerabilities_found":1,"recommended":"3.1.6"}}}]},
        {"name":"pyarrow","specifications":[{"raw":"pyarrow>=10.0.1","vulnerabilities":{"known_vulnerabilities":[{"id":"65501","ignored":{"code":"unpinned-specification"},
        "vulnerable_spec":">=0.14.0,<=14.0.0"}],"remediation":null}}]},{"name":"six","specifications":[{"raw":"six","vulnerabilities":{"known_vulnerabilities":[]}}]}]}"#;
    for file in [
        format!(r#"{{"location":"web/requirements.txt","type":"requirements.txt",{results}}}"#),
        format!(r#"{{{results},"location":"web/requirements.txt"}}"#),
    ] {
        check(
            "safety",
            &scanned(&file),
            recorded::full,
            &[
                "dependency Safety medium Safety-75976 pkg:pypi/jinja2@3.1.2 fixed 3.1.6 in web/requirements.txt:0: Known vulnerability in jinja2 (<3.1.6)",
                "scan Safety 3.6.0 without web/requirements.txt: it ignored 1 vulnerability in a package whose version is not pinned; pin the versions, or set `ignore-unpinned-requirements: False` under `security` in Safety's policy file",
            ],
        );
        let decided = scanned(&file.replace("unpinned-specification", "manual"));
        check("safety", &decided, recorded::skipped, &["kept", "suppressed", "scan Safety 3.6.0"]);
    }
    check("safety", &scanned(""), recorded::full, &["scan Safety 3.6.0"]);
}

#[test]
fn a_version_is_what_is_asked_for_exactly() {
    let check = |requirement, expected| assert_eq!(pinned(requirement), expected, "{requirement}");
    check("x==2.0", "2.0");
    check("x === 2.0", "2.0");
    check("x==2.0; python_version>'3'", "2.0");
    check("x>=2; python_version=='3.11'", "");
    check("x>=2,==2.1", "");
    check("x==2.*", "");
    check("x", "");
}

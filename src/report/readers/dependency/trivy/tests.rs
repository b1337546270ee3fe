//! What is read from Trivy's JSON.

use crate::model::finding::Subject;
use crate::report::shared::recorded::{self, check};

const VULNERABILITY: &str = r#"{"VulnerabilityID":"CVE-1","VendorIDs":["GHSA-1"],"PkgID":"a@1","PkgName":"a","PkgIdentifier":{"PURL":"pkg:npm/a@1"},
        "InstalledVersion":"1","FixedVersion":"2, 3","Status":"fixed","SeveritySource":"ghsa","Severity":"LOW","Title":"Bad merge","CweIDs":["CWE-79"],
        "CVSS":{"ghsa":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H","V3Score":7.5},"nvd":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","V3Score":9.8}}}"#;

fn report(artifact: &str, result: &str) -> String {
    format!(r#"{{"SchemaVersion":2,"Trivy":{{"Version":"0.69"}},{artifact},"Results":[{{{result}}}]}}"#)
}

#[test]
fn a_status_says_whether_there_will_be_a_fix() {
    let check = |status: &str, expected: &str| {
        let found = VULNERABILITY
            .replace(r#""Status":"fixed""#, &format!(r#""Status":"{status}""#))
            .replace(r#""FixedVersion":"2, 3","#, "");
        let result = format!(r#""Target":"a","Class":"lang-pkgs","Type":"npm","Vulnerabilities":[{found}]"#);
        let recorded = recorded::lines_of(&report(r#""ArtifactName":".""#, &result), |finding| {
            let Subject::Advisory(_, package) = &finding.subject else { panic!() };
            let facts: Vec<_> = finding.detail.facts.iter().map(|fact| fact.name).collect();
            format!("{} {:?} {:?} {:?}", package.unfixed, package.outlook, facts, finding.skipped)
        });
        assert_eq!(recorded[0], expected, "{status}");
    };
    check("affected", "true None [] None");
    check("will_not_fix", "true Some(WillNotFix) [] None");
    check("end_of_life", "true Some(Unmaintained) [] None");
    check("fix_deferred", "true Some(Deferred) [] None");
    check("not_affected", "false None [] Some(NotAffected)");
    check("under_investigation", r#"false None ["Vendor's analysis"] None"#);
    check("unknown", "false None [] None");
}

#[test]
fn githubs_name_may_stand_in_a_link_alone() {
    let check = |links: &str, vendor: &str, expected: &str| {
        let found =
            VULNERABILITY.replace(r#""VendorIDs":["GHSA-1"]"#, &format!(r#""References":[{links}]{vendor}"#));
        let result = format!(
            r#""Target":"package-lock.json","Class":"lang-pkgs","Type":"npm","Vulnerabilities":[{found}]"#
        );
        let recorded = recorded::lines_of(&report(r#""ArtifactName":".""#, &result), recorded::full);
        assert!(recorded[0].contains(expected), "{links}: {recorded:?}");
    };
    let page = r#""https://github.com/advisories/GHSA-aaaa-bbbb-cccc""#;
    let own = r#""https://github.com/acme/a/security/advisories/GHSA-aaaa-bbbb-cccc""#;
    let other = r#""https://github.com/advisories/GHSA-dddd-eeee-ffff""#;
    let joined = " CVE-1=GHSA-aaaa-bbbb-cccc ";
    check(page, "", joined);
    check(&format!(r#"{own},"https://nvd.nist.gov/vuln/detail/CVE-1",{page}"#), "", joined);
    // one of the two belongs to another flaw, and what the vendor says comes first
    check(&format!("{page},{other}"), "", " CVE-1 ");
    check(other, r#","VendorIDs":["GHSA-1"]"#, " CVE-1=GHSA-1 ");
    check(r#""https://github.com/acme/a/issues/GHSA-aaaa-bbbb-cccc""#, "", " CVE-1 ");
}

#[test]
fn a_vulnerability_is_a_finding() {
    let packages = r#"[{"ID":"b@1","Name":"b","Version":"1","Relationship":"direct","DependsOn":["a@1"]},
            {"ID":"a@1","Name":"a","Version":"1","Relationship":"indirect","Locations":[{"StartLine":4,"EndLine":6}]}]"#;
    check(
        "trivy",
        &report(
            r#""ArtifactName":"services/web","ArtifactType":"filesystem","Metadata":{"Commit":"abc"}"#,
            &format!(
                r#""Target":"package-lock.json","Class":"lang-pkgs","Type":"npm","Packages":{packages},"Vulnerabilities":[{VULNERABILITY},1]"#
            ),
        ),
        recorded::full,
        &[
            "dependency Trivy low CVE-1=GHSA-1 pkg:npm/a@1 fixed 2,3 by b>a in services/web/package-lock.json:4 cvss 7.5: Bad merge",
            "problem is not a finding and was skipped",
            "scan Trivy 0.69 at abc",
        ],
    );
}

#[test]
fn licenses_are_counted() {
    let result = r#""Target":"OS Packages","Class":"license","Licenses":[{"Severity":"HIGH","Category":"restricted","PkgName":"a","Name":"GPL-3.0"},{"Name":"MIT"}]"#;
    let recorded = recorded::lines_of(&report(r#""ArtifactName":".""#, result), recorded::place);
    assert_eq!(recorded, ["1 license", "1 license", "scan Trivy 0.69"]);
}

#[test]
fn a_report_without_results_proves_nothing() {
    let check = |members: &str, expected: &str| {
        let report = format!(r#"{{"SchemaVersion":2,"ArtifactName":"a"{members}}}"#);
        check("trivy", &report, recorded::place, &[expected]);
    };
    check("", "scan Trivy without results");
    check(r#","Results":null"#, "scan Trivy without results");
    check(r#","Results":[]"#, "scan Trivy");
}

#[test]
fn where_it_is_depends_on_what_was_scanned() {
    let check = |artifact: &str, result: &str, expected: &str| {
        let result = format!(r#"{result},"Vulnerabilities":[{VULNERABILITY}]"#);
        check("trivy", &report(artifact, &result), recorded::place, &[expected, "scan Trivy 0.69"]);
    };
    let image = r#""ArtifactName":"shop:1","ArtifactType":"container_image""#;
    check(
        image,
        r#""Target":"shop:1 (debian 12)","Class":"os-pkgs","Type":"debian""#,
        "container pkg:npm/a@1 shop:1:0",
    );
    check(
        image,
        r#""Target":"app/package-lock.json","Class":"lang-pkgs""#,
        "container pkg:npm/a@1 shop:1:0 app/package-lock.json",
    );
    let folder = r#""ArtifactName":".","ArtifactType":"filesystem""#;
    check(folder, r#""Target":"package-lock.json""#, "dependency pkg:npm/a@1 package-lock.json:0");
    let repository = r#""ArtifactName":"https://github.com/acme/shop","ArtifactType":"repository""#;
    check(repository, r#""Target":"go.mod""#, "dependency pkg:npm/a@1 go.mod:0");
}

#[test]
fn members_may_come_in_any_order() {
    check(
        "trivy",
        &format!(
            r#"{{"ArtifactName":"shop:1","ArtifactType":"container_image","Results":[{{"Class":"lang-pkgs","Vulnerabilities":[{VULNERABILITY}],"Target":"x.lock"}}],"SchemaVersion":2}}"#
        ),
        recorded::place,
        &["container pkg:npm/a@1 shop:1:0 x.lock", "scan Trivy"],
    );
    check(
        "trivy",
        &format!(
            r#"{{"SchemaVersion":2,"Results":[{{"Vulnerabilities":[{VULNERABILITY}],"Target":"x.lock"}}],"ArtifactType":"filesystem","ArtifactName":"web"}}"#
        ),
        recorded::place,
        &["dependency pkg:npm/a@1 web/x.lock:0", "scan Trivy"],
    );
}

#[test]
fn a_cluster_is_read() {
    let misconfiguration =
        r#"{"ID":"KSV-1","Title":"No root","Message":"should not","Severity":"MEDIUM","Status":"FAIL"}"#;
    let report = format!(
        r#"{{"ClusterName":"c","Resources":[{{"Namespace":"default","Kind":"Pod","Name":"web","Results":[
            {{"Target":"Pod/web","Class":"config","Misconfigurations":[{misconfiguration}]}},
            {{"Target":"shop:1 (debian 12)","Class":"os-pkgs","Vulnerabilities":[{VULNERABILITY}]}}]}}]}}"#
    );
    check(
        "trivy",
        &report,
        recorded::place,
        &[
            "infrastructure KSV-1 default/Pod/web:0",
            "container pkg:npm/a@1 shop:1:0 default/Pod/web",
            "scan Trivy",
        ],
    );
}

#[test]
fn a_cluster_that_was_not_scanned_wholly_proves_nothing() {
    let check = |resources: &str, expected: &[&str]| {
        check(
            "trivy",
            &format!(r#"{{"ClusterName":"c","Resources":[{resources}]}}"#),
            recorded::place,
            expected,
        );
    };
    let whole = r#"{"Kind":"Pod","Name":"a","Results":[]}"#;
    check(whole, &["scan Trivy"]);
    check(&format!(r#"{whole},{{"Kind":"Pod","Name":"b"}}"#), &["scan Trivy without results"]);
    check(&format!(r#"{{"Kind":"Pod","Name":"b","Results":null}},{whole}"#), &["scan Trivy without results"]);
    let failed = r#"{"Namespace":"d","Kind":"Pod","Name":"p","Error":"scan failed: no image\nat x"}"#;
    check(
        &format!(r#"{failed},{whole},{{"Error":"e","Results":[]}}"#),
        &[
            "problem Trivy did not scan everything; the first of 2 failures: d/Pod/p: scan failed: no \
             image",
            "scan Trivy failed",
        ],
    );
}

#[test]
fn the_old_list_is_read() {
    check(
        "trivy",
        &format!(
            r#"[{{"Target":"shop:1 (alpine 3.1)","Type":"alpine","Vulnerabilities":[{VULNERABILITY}]}},{{"Target":"Gemfile.lock","Type":"bundler","Vulnerabilities":null}}]"#
        ),
        recorded::place,
        &["container pkg:npm/a@1 shop:1:0", "scan Trivy"],
    );
}

#[test]
fn misconfigurations_and_secrets_are_findings() {
    let misconfiguration = |status: &str| {
        format!(
            r#"{{"ID":"AWS-0089","Title":"Bucket Logging","Description":"d","Message":"m","Resolution":"r","Severity":"LOW","Status":"{status}",
                "CauseMetadata":{{"Resource":"aws_s3_bucket.b","StartLine":2,"EndLine":3,"Code":{{"Lines":[{{"Number":2,"Content":"resource"}},{{"Number":3,"Content":"}}"}}]}}}}}}"#
        )
    };
    let result = format!(
        r#""Target":"main.tf","Class":"config","Misconfigurations":[{},{},{}],
            "Secrets":[{{"RuleID":"aws-key","Category":"AWS","Severity":"CRITICAL","Title":"AWS Access Key ID","StartLine":7,"Match":"key = hunter2","Code":{{"Lines":[{{"Number":7,"Content":"hunter2"}}]}}}}]"#,
        misconfiguration("FAIL"),
        misconfiguration("PASS"),
        misconfiguration("EXCEPTION"),
    );
    let report = report(r#""ArtifactName":".","ArtifactType":"filesystem""#, &result);
    check(
        "trivy",
        &report,
        recorded::full,
        &[
            "infrastructure Trivy low AWS-0089 (Bucket Logging) in main.tf:2: m",
            "1 passed check",
            "infrastructure Trivy low AWS-0089 (Bucket Logging) in main.tf:2: m",
            "secret Trivy critical aws-key (AWS Access Key ID) in main.tf:7: AWS Access Key ID",
            "scan Trivy 0.69",
        ],
    );
    check(
        "trivy",
        &report,
        recorded::skipped,
        &["kept", "1 passed check", "suppressed", "kept", "scan Trivy 0.69"],
    );
    check(
        "trivy",
        &report,
        |finding| format!("{:?}", finding.anchors.text),
        &[r#"Some("resource")"#, "1 passed check", r#"Some("resource")"#, "None", "scan Trivy 0.69"],
    );
}

#[test]
fn what_was_taken_out_is_set_aside() {
    let misconfiguration = r#"{"ID":"AWS-0089","Title":"Bucket Logging","Severity":"LOW","Status":"EXCEPTION","CauseMetadata":{"StartLine":2}}"#;
    let secret = r#"{"RuleID":"aws-key","Severity":"CRITICAL","Title":"AWS Access Key ID","StartLine":7,"Match":"key = hunter2"}"#;
    let modified = |kind: &str, status: &str, finding: &str| {
        format!(r#"{{"Type":"{kind}","Status":"{status}","Statement":"s","Finding":{finding}}}"#)
    };
    let all = [
        modified("vulnerability", "ignored", VULNERABILITY),
        modified("vulnerability", "not_affected", VULNERABILITY),
        modified("misconfiguration", "ignored", misconfiguration),
        modified("secret", "ignored", secret),
        modified("license", "ignored", "{}"),
        modified("secret", "ignored", "1"),
    ];
    let result =
        format!(r#""Target":"main.tf","Class":"config","ExperimentalModifiedFindings":[{}]"#, all.join(","));
    let report = report(r#""ArtifactName":".","ArtifactType":"filesystem""#, &result);
    check(
        "trivy",
        &report,
        |finding| format!("{} {}", recorded::place(finding), recorded::skipped(finding)),
        &[
            "dependency pkg:npm/a@1 main.tf:0 suppressed",
            "dependency pkg:npm/a@1 main.tf:0 not-affected",
            "infrastructure AWS-0089 main.tf:2 suppressed",
            "secret aws-key main.tf:7 suppressed",
            "problem is not a finding and was skipped",
            "scan Trivy 0.69",
        ],
    );
}

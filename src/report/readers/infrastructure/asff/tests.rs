//! Tests of the reader for Security Hub's findings.

use crate::report::shared::recorded::{self, check};

/// As Prowler 3 writes it.
fn prowler(status: &str, rest: &str) -> String {
    format!(
        r#"{{"SchemaVersion":"2018-10-08","Id":"prowler-s3_bucket-1","ProductArn":"arn:aws:securityhub:eu-west-1::product/prowler/prowler","RecordState":"ACTIVE",
        "ProductFields":{{"ProviderName":"Prowler","ProviderVersion":"3.3.0"}},"GeneratorId":"prowler-s3_bucket_public_access","Types":["Data Protection"],"Severity":{{"Label":"HIGH"}},
        "Title":"Check public access","Description":"Bucket logs is public","Resources":[{{"Type":"AwsS3Bucket","Id":"arn:aws:s3:::logs","Region":"eu-west-1"}}],
        "Compliance":{{"Status":"{status}"}},"Remediation":{{"Recommendation":{{"Text":"Block it.","Url":"https://docs"}}}}{rest}}}"#
    )
}

#[test]
fn checks_are_read() {
    let report =
        format!("[{},{},{}]", prowler("FAILED", ""), prowler("PASSED", ""), prowler("NOT_AVAILABLE", ""));
    check(
        "asff",
        &report,
        recorded::full,
        &[
            "infrastructure Prowler high s3_bucket_public_access (Check public access) in :0: Bucket logs is public",
            "1 passed check",
            "1 manual check",
            "scan Prowler 3.3.0",
        ],
    );
    let recorded = recorded::lines_of(&format!("[{}]", prowler("FAILED", "")), recorded::words);
    assert_eq!(
        recorded[0],
        r#"Bucket logs is public | None at 0 | Some("Resource:arn:aws:s3:::logs|eu-west-1") None"#
    );
    let skipped =
        |rest| recorded::lines_of(&format!("[{}]", prowler("FAILED", rest)), recorded::skipped)[0].clone();
    assert_eq!(skipped(r#","Workflow":{"Status":"SUPPRESSED"}"#), "suppressed");
    assert_eq!(skipped(r#","Workflow":{"Status":"RESOLVED"}"#), "absent");
    assert_eq!(skipped(r#","Workflow":{"Status":"NEW"}"#), "kept");
}

/// An answer of `aws securityhub get-findings`.
const INSPECTOR: &str = r#"{"SchemaVersion":"2018-10-08","Id":"arn:x","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/inspector","ProductName":"Inspector","GeneratorId":"AWSInspector",
    "Severity":{"Normalized":70},"Title":"CVE-2017-9735 - org.eclipse.jetty:jetty-server","Description":"Timing channel. More.","ProductFields":{"aws/inspector/x/platform":"UBUNTU_20_04"},
    "Resources":[{"Type":"AwsEcrContainerImage","Id":"arn:aws:ecr:eu-west-1:1234:repository/acme/shop/sha256:33aa"}],"RecordState":"ACTIVE","Vulnerabilities":[{"Id":"CVE-2017-9735",
    "VulnerablePackages":[{"Name":"org.eclipse.jetty:jetty-server","Version":"8.1","Epoch":"0","PackageManager":"JAR","FilePath":"/a.jar","FixedInVersion":"9.4.6"},
    {"Name":"libc6","Version":"2.31","Epoch":"1","Release":"0ubuntu9","PackageManager":"OS","FixedInVersion":"NotAvailable"}],
    "Cvss":[{"Version":"2.0","BaseScore":5,"BaseVector":"AV:N/AC:L/Au:N/C:P/I:N/A:N"},{"Version":"3.1","BaseScore":7.5,"BaseVector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]}]}"#;

#[test]
fn packages_and_other_products_are_read() {
    let guard = r#"{"SchemaVersion":"2018-10-08","Id":"arn:y","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/guardduty","GeneratorId":"arn:detector","Severity":{"Label":"MEDIUM"},
        "Title":"Unusual call","Description":"It was called.","Resources":[{"Id":"AWS::::Account:1234"}],"RecordState":"ARCHIVED"}"#;
    let control = r#"{"SchemaVersion":"2018-10-08","Id":"arn:z","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/securityhub","ProductName":"Security Hub","GeneratorId":"security-control/S3.1",
        "Severity":{"Label":"INFORMATIONAL"},"Title":"S3 buckets should block","Description":"d","Resources":[{"Id":"arn:aws:s3:::logs","Region":"eu-west-1"}],"Compliance":{"Status":"FAILED","SecurityControlId":"S3.1"}}"#;
    check(
        "asff",
        &format!(r#"{{"Findings":[{INSPECTOR},{guard},{control}],"NextToken":"abc"}}"#),
        recorded::full,
        &[
            "container Inspector high CVE-2017-9735 pkg:maven/org.eclipse.jetty/jetty-server@8.1 fixed 9.4.6 in acme/shop:0 cvss 7.5: Timing channel",
            "container Inspector high CVE-2017-9735 pkg:deb/libc6@1:2.31-0ubuntu9 unfixed in acme/shop:0 cvss 7.5: Timing channel",
            "infrastructure guardduty medium arn:detector (Unusual call) in :0: It was called.",
            "infrastructure AWS Security Hub info S3.1 (S3 buckets should block) in :0: d",
            "problem AWS Security Hub did not scan everything: the report is only one page of several",
            "scan AWS Security Hub failed",
            "scan Inspector",
            "scan guardduty",
        ],
    );
    check("asff", &format!("[{guard}]"), recorded::skipped, &["absent", "scan guardduty"]);
}

/// The same finding of Prowler with another text, and other resources.
fn said(title: &str, message: &str, resources: &str) -> String {
    prowler("FAILED", "")
        .replace("Check public access", title)
        .replace("Bucket logs is public", message)
        .replace(r#"{"Type":"AwsS3Bucket","Id":"arn:aws:s3:::logs","Region":"eu-west-1"}"#, resources)
}

#[test]
fn what_a_check_of_passwords_says_is_shown_and_tells_its_findings_apart() {
    let account = r#"{"Id":"AWS::::Account:1234","Region":"eu-west-1"}"#;
    let of = |user: &str| {
        let message = format!("User {user} has Password enabled but MFA disabled");
        said("MFA is enabled for all users with a console password", &message, account)
    };
    let recorded = recorded::lines_of(&format!("[{},{}]", of("ada"), of("bob")), recorded::words);
    assert!(recorded[0].starts_with("User ada has Password enabled but MFA disabled |"), "{recorded:?}");
    assert!(recorded[0].contains("Account:1234|eu-west-1|User ada has"), "{recorded:?}");
    assert!(recorded[1].contains("Account:1234|eu-west-1|User bob has"), "{recorded:?}");
    // one alone is known by its resource, whatever is said about it
    let recorded = recorded::lines_of(&format!("[{}]", of("ada")), recorded::words);
    assert!(recorded[0].contains(r#"Account:1234|eu-west-1")"#), "{recorded:?}");
    let token = said("Access keys are rotated", "The key AKIAQ7XKPWV3ZNTRB4MJ is old", account);
    let recorded = recorded::lines_of(&format!("[{token}]"), recorded::words);
    assert!(recorded[0].starts_with("The key *** is old |"), "{recorded:?}");
    let quoted = said("Passwords", "Hard-coded password: hunter2", account);
    let recorded = recorded::lines_of(&format!("[{quoted}]"), recorded::words);
    assert!(!recorded.concat().contains("hunter2"), "{recorded:?}");
}

#[test]
fn a_place_is_complete_and_all_resources_are_read() {
    let of = |region: &str| said("t", "m", &format!(r#"{{"Id":"1234","Region":"{region}"}}"#));
    let recorded = recorded::lines_of(&format!("[{},{}]", of("eu-west-1"), of("us-east-1")), recorded::place);
    assert_eq!(recorded[0], "infrastructure s3_bucket_public_access :0 1234 (eu-west-1)");
    assert_eq!(recorded[1], "infrastructure s3_bucket_public_access :0 1234 (us-east-1)");
    let several = said(
        "t",
        "m",
        r#"{"Id":"arn:aws:s3:::logs","Region":"eu-west-1"},{"Id":"arn:aws:ec2:eu-west-1:1:vpc/a","Region":"eu-west-1"},{"Id":""}"#,
    );
    let all = |finding: &crate::model::finding::Finding<'_>| {
        let others = finding.detail.also.iter().map(|step| &step.location);
        let all = std::iter::once(&finding.location).chain(others);
        all.filter_map(|place| place.logical.as_deref()).collect::<Vec<_>>().join(";")
    };
    let recorded = recorded::lines_of(&format!("[{several}]"), all);
    assert_eq!(recorded[0], "arn:aws:s3:::logs (eu-west-1);arn:aws:ec2:eu-west-1:1:vpc/a");
}

/// A finding as Trivy's template writes it.
fn trivy(members: &str) -> String {
    format!(
        r#"{{"SchemaVersion":"2018-10-08","ProductArn":"arn:aws:securityhub:eu-west-1::product/aquasecurity/aquasecurity","ProductFields":{{"Product Name":"Trivy"}},"RecordState":"ACTIVE",
        "Remediation":{{"Recommendation":{{"Text":"More information on this vulnerability is provided in the hyperlink","Url":"https://avd"}}}},"Severity":{{"Label":"HIGH"}},{members}}}"#
    )
}

#[test]
fn what_trivy_sends_is_read_like_its_own_report() {
    let vulnerability = |target: &str, package: &str| {
        trivy(&format!(
            r#""Id":"{target}/CVE-2021-1","GeneratorId":"Trivy","Types":["Software and Configuration Checks/Vulnerabilities/CVE"],"Title":"Trivy found a vulnerability to CVE-2021-1 in container {target}",
            "Description":"It&#39;s bad. More ..","Resources":[{{"Type":"Container","Id":"{target}","Region":"eu-west-1","Details":{{"Container":{{"ImageName":"{target}"}},"Other":{{"CVE ID":"CVE-2021-1",
            "CVE Title":"","PkgName":"{package}","Installed Package":"1.1.1d-r3","Patched Package":"1.1.1j-r0","NvdCvssScoreV3":"7.5","NvdCvssVectorV3":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}}}}}}]"#
        ))
    };
    let check_only = trivy(
        r#""Id":"a","GeneratorId":"Trivy/AVD-DS-0002","Types":["Software and Configuration Checks"],"Title":"Trivy found a misconfiguration in app/Dockerfile: Image runs as root","Description":"d",
        "Resources":[{"Type":"Other","Id":"app/Dockerfile","Details":{"Other":{"Message":"Add USER","Filename":"app/Dockerfile","StartLine":"3","EndLine":"3"}}}]"#,
    );
    let report = format!(
        "[{},{},{check_only}]",
        vulnerability("acme/shop:1.2 (alpine 3.11.3)", "libssl1.1"),
        vulnerability("web/package-lock.json", "lodash")
    );
    check(
        "asff",
        &report,
        recorded::full,
        &[
            "container Trivy high CVE-2021-1 pkg:apk/libssl1.1@1.1.1d-r3 fixed 1.1.1j-r0 in acme/shop:1.2:0 cvss 7.5: It's bad",
            "dependency Trivy high CVE-2021-1 pkg:npm/lodash@1.1.1d-r3 fixed 1.1.1j-r0 in web/package-lock.json:0 cvss 7.5: It's bad",
            "infrastructure Trivy high AVD-DS-0002 (Image runs as root) in app/Dockerfile:3: Add USER",
            "scan Trivy",
        ],
    );
    let rule = &recorded::lines_of(&report, recorded::rule)[0];
    assert!(rule.contains("It's bad. More… | None | Some(\"https://avd\")"), "{rule}");
}

#[test]
fn the_type_is_the_rule_of_a_product_that_names_only_itself() {
    let found = |product: &str, generator: &str, kind: &str| {
        let report = format!(
            r#"[{{"SchemaVersion":"2018-10-08","Id":"arn:y","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/x","ProductFields":{{"aws/securityhub/ProductName":"{product}"}},"GeneratorId":"{generator}",
            "Types":["{kind}"],"Severity":{{"Label":"LOW"}},"Title":"i-1 was called","Description":"It was called.","Resources":[{{"Id":"i-1"}}]}}]"#
        );
        recorded::lines_of(&report, recorded::full)[0].clone()
    };
    let detector = "arn:aws:guardduty:us-east-1:1234:detector/12";
    assert_eq!(
        found("GuardDuty", detector, "TTPs/Defense Evasion/DefenseEvasion:EC2-UnusualDNSResolver"),
        "infrastructure GuardDuty low DefenseEvasion:EC2-UnusualDNSResolver () in :0: It was called."
    );
    assert_eq!(
        found("GuardDuty", detector, "TTPs/Discovery/IAMUser-AnomalousBehavior"),
        "infrastructure GuardDuty low Discovery/IAMUser-AnomalousBehavior () in :0: It was called."
    );
    assert_eq!(
        found("Macie", "aws/macie", "Sensitive Data Identifications/PII"),
        "infrastructure Macie low Sensitive Data Identifications/PII () in :0: It was called."
    );
    assert_eq!(
        found("Default", "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/3.7", ""),
        "infrastructure AWS Security Hub low CIS 3.7 (i-1 was called) in :0: It was called."
    );
}

#[test]
fn a_list_in_lower_case_is_one() {
    let report = format!(
        r#"{{"findings":[{}]}}"#,
        INSPECTOR
            .replace("9.4.6", "0:9.4.6")
            .replace("Timing channel. More.", "Timing channel. Mo...Truncated")
    );
    let recorded = recorded::lines_of(&report, recorded::full);
    assert!(recorded[0].contains("fixed 9.4.6 in acme/shop"), "{recorded:?}");
    let recorded = recorded::lines_of(&report, recorded::rule);
    assert!(recorded[0].contains("| Timing channel. Mo… |"), "{recorded:?}");
}

/// What the findings of a report say beyond their places.
fn facts(report: &str) -> Vec<String> {
    recorded::lines_of(report, |finding| {
        let facts = finding.detail.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value));
        facts.collect::<Vec<_>>().join(" | ")
    })
}

#[test]
fn a_finding_on_a_package_says_where_its_image_is_and_whether_there_is_an_exploit() {
    let found = INSPECTOR
        .replace(r#""GeneratorId":"#, r#""AwsAccountId":"1234","Region":"eu-west-1","GeneratorId":"#)
        .replace(
            r#"sha256:33aa"}"#,
            r#"sha256:33aa","Details":{"AwsEcrContainerImage":{"ImageTags":["1.2","latest"]}}}"#,
        )
        .replace(r#""Cvss":["#, r#""ExploitAvailable":"YES","EpssScore":0.25,"Cvss":["#);
    let report = format!("[{found}]");
    assert_eq!(
        facts(&report)[0],
        "Account: 1234 | Region: eu-west-1 | Resource: arn:aws:ecr:eu-west-1:1234:repository/acme/shop/sha256:33aa | \
         Image tags: 1.2, latest | Exploit: available, according to Inspector"
    );
}

#[test]
fn a_control_says_what_it_is_about_once_and_why_it_failed() {
    let control = r#"{"SchemaVersion":"2018-10-08","Id":"arn:z","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/securityhub","ProductName":"Security Hub",
        "GeneratorId":"arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.5","AwsAccountId":"1234","Severity":{"Label":"LOW"},"Title":"2.5 Ensure it is enabled","Description":"It records changes.",
        "Remediation":{"Recommendation":{"Text":"For directions on how to fix this issue, consult the documentation.","Url":"https://docs/2.5"}},
        "Resources":[{"Id":"AWS::::Account:1234","Region":"eu-west-1"}],"Compliance":{"Status":"FAILED","StatusReasons":[{"ReasonCode":"C","Description":"There is no recorder"}]}}"#;
    let report = format!("[{control}]");
    assert_eq!(
        recorded::lines_of(&report, recorded::rule)[0],
        r#"CIS 2.5 | Ensure it is enabled | It records changes. | Text("For directions on how to fix this issue, consult the documentation: [instructions](https://docs/2.5)") | Some("https://docs/2.5") | [] [] []"#
    );
    assert_eq!(facts(&report)[0], "Reason: There is no recorder");
    let annotated = report.replace("StatusReasons", "Others").replace(
        r#""AwsAccountId""#,
        r#""ProductFields":{"aws/securityhub/annotation":"It is off"},"AwsAccountId""#,
    );
    assert_eq!(facts(&annotated)[0], "Reason: It is off");
}

#[test]
fn guardduty_says_who_was_called_and_where_to_read_more() {
    let found = r#"{"SchemaVersion":"2018-10-08","Id":"arn:y","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/guardduty","GeneratorId":"arn:detector","Title":"t","Description":"It was called.","AwsAccountId":"1234",
        "SourceUrl":"https://console.example/x","Resources":[{"Id":"arn:aws:ec2:eu-west-1:1234:instance/i-1","Region":"eu-west-1"}],"ProductFields":{
        "aws/guardduty/service/action/networkConnectionAction/remoteIpDetails/ipAddressV4":"192.0.2.7","aws/guardduty/service/action/networkConnectionAction/remotePortDetails/port":"53",
        "aws/guardduty/service/action/networkConnectionAction/localIpDetails/ipAddressV4":"10.0.0.1","aws/guardduty/service/action/networkConnectionAction/localPortDetails/port":"53814",
        "aws/guardduty/service/action/networkConnectionAction/protocol":"UDP","aws/guardduty/service/action/networkConnectionAction/connectionDirection":"OUTBOUND",
        "aws/guardduty/service/action/networkConnectionAction/remoteIpDetails/country/countryName":"Atlantis"}}"#;
    assert_eq!(
        facts(&format!("[{found}]"))[0],
        "Connection: outbound UDP, 10.0.0.1:53814 with 192.0.2.7:53 (Atlantis) | Source: https://console.example/x"
    );
    let call = found
        .replace("networkConnectionAction/protocol", "awsApiCallAction/api")
        .replace("networkConnectionAction/remotePortDetails/port", "x")
        .replace("UDP", "ListBuckets");
    assert!(
        facts(&format!("[{call}]"))[0].contains("Request: ListBuckets"),
        "{:?}",
        facts(&format!("[{call}]"))
    );
}

//! What a run says about its scan, and what its rules say about advisories and packages.

use super::*;
use crate::model::finding::Location;

#[test]
fn a_scan_says_what_its_run_says() {
    let check = |members: &str, expected: &dyn Fn(&Scan) -> bool| {
        struct Scans(Vec<Scan>);
        impl Sink for Scans {
            fn finding(&mut self, _: Finding<'_>) {}
            fn scan(&mut self, scan: Scan) {
                self.0.push(scan);
            }
            fn problem(&mut self, problem: Problem) {
                assert!(problem.message.contains("says nothing about findings"), "{problem:?}");
            }
        }
        let mut scans = Scans(Vec::new());
        let mut source = ReportSource::bytes("r", format!(r#"{{"runs":[{{{members}}}]}}"#).into_bytes());
        source.category = Some("of the source".into());
        read(&source, &mut scans).unwrap();
        assert!(matches!(&scans.0[..], [scan] if expected(scan)), "{members}: {:?}", scans.0);
    };
    let category =
        |members: &str, category: &str| check(members, &|scan| scan.category.as_deref() == Some(category));
    category(r#""automationDetails":{"id":"web/js/2026-01"}"#, "web/js");
    category(r#""results":[],"automationDetails":{"id":"web/"}"#, "web");
    category(r#""automationDetails":{"id":"run"}"#, "of the source");
    category("", "of the source");
    let success = |invocations: &str, success| {
        check(&format!(r#""invocations":{invocations}"#), &|scan| scan.success == success);
    };
    success(r#"[{"executionSuccessful":true}]"#, Some(true));
    success(r#"[{"executionSuccessful":true},{"executionSuccessful":false},{}]"#, Some(false));
    success("[{}]", None);
    // a part that failed does not say what it would have found there
    success(
        r#"[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error"}]}]"#,
        Some(false),
    );
    success(r#"[{"toolConfigurationNotifications":[{"level":"note"},{"level":"error"}]}]"#, Some(false));
    success(
        r#"[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"warning"},{}]}]"#,
        Some(true),
    );
    success("null", None);
    let has_results = |members: &str, expected| check(members, &|scan| scan.has_results == expected);
    has_results(r#""results":[]"#, true);
    has_results(r#""results":null"#, false);
    has_results("", false);
    check(r#""versionControlProvenance":[{"revisionId":"c0ffee"}]"#, &|scan| {
        scan.commit.as_deref() == Some("c0ffee")
    });
    let lists_all = |results: &str, expected: bool| {
        let members = format!(
            r#""tool":{{"driver":{{"name":"s","rules":[{{"id":"a"}},{{"id":"b"}}]}}}},"results":[{results}]"#
        );
        check(&members, &|scan| scan.rules == ["a", "b"] && scan.lists_all == expected);
    };
    lists_all(r#"{"ruleId":"a"}"#, true);
    lists_all("", true);
    // a list of only what was found says nothing about other rules, and even less if something that was found is
    // missing from it
    lists_all(r#"{"ruleId":"a"},{"ruleId":"b"}"#, false);
    lists_all(r#"{"ruleId":"a"},{"ruleId":"c"}"#, false);
}

#[test]
fn advisories_have_their_package() {
    let rules = r#"{"id":"CVE-2021-1-lodash","properties":{"purls":["pkg:npm/lodash@4.17.20"]}},{"id":"CVE-2021-2",
            "name":"LanguageSpecificPackageVulnerability"},{"id":"CVE-2021-3","name":"OsPackageVulnerability"}"#;
    let results = r#"{"ruleId":"CVE-2021-1-lodash"},{"ruleId":"CVE-2021-2","message":{"text":"Package: a\nInstalled Version: 1\nFixed Version: 2, 3"},
            "locations":[{"physicalLocation":{"artifactLocation":{"uri":"app/Cargo.lock"}}}]},{"ruleId":"CVE-2021-3","message":{"text":"Package: z"}},
            {"ruleId":"GHSA-aaaa-bbbb-cccc"}"#;
    let show: fn(&Finding<'_>) -> String = |finding| match &finding.subject {
        Subject::Advisory(advisory, package) => {
            format!("{} {} {} {:?}", finding.kind, advisory.id, package.purl, package.fixed)
        }
        Subject::Rule => "rule".to_owned(),
    };
    let recorded = [
        "dependency CVE-2021-1 pkg:npm/lodash@4.17.20 []",
        "dependency CVE-2021-2 pkg:cargo/a@1 [\"2\", \"3\"]",
        "container CVE-2021-3 pkg:generic/z []",
        "dependency GHSA-aaaa-bbbb-cccc pkg:generic/unknown []",
    ];
    check_results(rules, results, show, &recorded);
    let image = format!(
        r#"{{"runs":[{{"tool":{{"driver":{{"name":"Trivy","rules":[{rules}]}}}},"results":[{{"ruleId":"CVE-2021-2","message":{{"text":"Package: a"}}}}],
            "properties":{{"imageName":"alpine:3"}}}}]}}"#
    );
    check(&image, show, &["container CVE-2021-2 pkg:generic/a []", "scan Trivy"]);
}

#[test]
fn packages_are_read_wherever_scanners_put_them() {
    let show: fn(&Finding<'_>) -> String = |finding| match &finding.subject {
        Subject::Advisory(advisory, package) => {
            let unfixed = if package.unfixed { " none" } else { "" };
            let path = match &package.path[..] {
                [] => String::new(),
                path => format!(" via {}", path.join(">")),
            };
            format!(
                "{} {} {} {}{unfixed}{path}",
                finding.severity,
                advisory.id,
                package.purl,
                package.fixed.join("|")
            )
        }
        Subject::Rule => "rule".to_owned(),
    };
    let check = |rule: &str, result: &str, expected: &str| check_results(rule, result, show, &[expected]);
    // Docker Scout: one rule for all packages; the result's message names the package
    let scout = r#"{"id":"CVE-1-1","properties":{"fixed_version":"1.3.1","security-severity":"9.8","tags":["HIGH"],
        "purls":["pkg:deb/debian/zlib@1.2?os=x","pkg:deb/debian/zlib1g@1.2?os=x"]}}"#;
    let message = r"  Vulnerability   : CVE-1-1\n  Severity        : HIGH\n  Package         : zlib1g 1.2\n  Fixed version   : 1.3.1";
    let result = format!(r#"{{"ruleId":"CVE-1-1","message":{{"text":"{message}"}}}}"#);
    check(scout, &result, "high CVE-1-1 pkg:deb/debian/zlib1g@1.2 1.3.1");
    check(scout, r#"{"ruleId":"CVE-1-1"}"#, "high CVE-1-1 pkg:deb/debian/zlib@1.2 1.3.1");
    let unfixed = scout.replace("1.3.1", "not fixed");
    check(&unfixed, r#"{"ruleId":"CVE-1-1"}"#, "high CVE-1-1 pkg:deb/debian/zlib@1.2  none");
    // JFrog Xray: package and version are part of the rule's id and of the message
    let xray = r#"{"id":"CVE-2-2_lodash_4.17.15","properties":{"security-severity":"7.4"}}"#;
    let result = r#"{"ruleId":"CVE-2-2_lodash_4.17.15","message":{"text":"[CVE-2-2] lodash 4.17.15"},
        "properties":{"fixedVersion":"[4.17.19]"}}"#;
    check(xray, result, "high CVE-2-2 pkg:generic/lodash@4.17.15 4.17.19");
    let result = r#"{"ruleId":"CVE-2-2_lodash_4.17.15","properties":{"fixedVersion":"No fix available"}}"#;
    check(xray, result, "high CVE-2-2 pkg:generic/lodash@4.17.15  none");
    // its message names the direct dependency
    let rule = r#"{"id":"CVE-2-2_ejs_3.1.6","shortDescription":{"text":"[CVE-2-2] ejs 3.1.6"},
        "properties":{"impactPaths":[[{"name":"shop"},{"name":"jake"},{"name":"sha256__9e.tar"},{"name":"ejs"}]]}}"#;
    let result = r#"{"ruleId":"CVE-2-2_ejs_3.1.6","message":{"text":"[CVE-2-2] jake 10.8.7 (my-watch)"},"properties":{"fixedVersion":"[3.1.7]"}}"#;
    check(rule, result, "medium CVE-2-2 pkg:generic/ejs@3.1.6 3.1.7 via jake>ejs");
    // a package URL as the name of a logical location, and in a description
    let result =
        r#"{"ruleId":"CVE-3-3","locations":[{"logicalLocations":[{"fullyQualifiedName":"pkg:npm/a@1"}]}]}"#;
    check(r#"{"id":"CVE-3-3"}"#, result, "medium CVE-3-3 pkg:npm/a@1 ");
    let described = r#"{"id":"CVE-3-3","fullDescription":{"text":"A fault in `pkg:npm/%40a/b@2`. More."}}"#;
    check(described, r#"{"ruleId":"CVE-3-3"}"#, "medium CVE-3-3 pkg:npm/%40a/b@2 ");
    // Snyk: only its advice names the fixed version
    let advised = r###"{"id":"SNYK-JS-A-1","fullDescription":{"text":"a@1"},
        "help":{"text":"","markdown":"## Overview\nIt is bad.\n## Remediation\nUpgrade `a` to version 2.0.0 or higher.\n"}}"###;
    check(advised, r#"{"ruleId":"SNYK-JS-A-1"}"#, "medium SNYK-JS-A-1 pkg:npm/a@1 2.0.0");
    // old versions of Trivy
    check(
        r#"{"id":"CVE-4-4/openssl"}"#,
        r#"{"ruleId":"CVE-4-4/openssl"}"#,
        "medium CVE-4-4 pkg:generic/openssl ",
    );
}

#[test]
fn an_overview_in_the_help_is_the_description() {
    let advised = r###"{"id":"SNYK-JS-A-1","help":{"markdown":"## Overview\nIt is bad.\n## Remediation\nUpgrade it.\n"}}"###;
    let show: fn(&Finding<'_>) -> String =
        |finding| format!("{}: {:?}", finding.rule.description, finding.rule.help);
    check_results(advised, r#"{"ruleId":"SNYK-JS-A-1"}"#, show, &["It is bad.: Markdown(\"Upgrade it.\")"]);
}

#[test]
fn how_the_code_uses_a_package_is_kept() {
    let result = |message: &str, flow: &str| {
        format!(
            r#"{{"ruleId":"GO-2026-1","message":{{"text":"{message}"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"go.mod"}}}}}}]{flow}}}"#
        )
    };
    let show = |finding: &Finding<'_>| {
        let Subject::Advisory(_, package) = &finding.subject else { return String::new() };
        let steps = finding.detail.flow.iter().map(|step| {
            let Location { path, line, logical, .. } = &step.location;
            format!(" > {path}:{line} {}", logical.as_deref().unwrap_or_default())
        });
        let steps = steps.collect::<String>();
        format!("{} {}{steps}", package.purl, finding.detail.usage.as_deref().unwrap_or_default())
    };
    let check =
        |result: &str, expected: &str| check_results(r#"{"id":"GO-2026-1"}"#, result, show, &[expected]);
    let imports =
        "Your code imports 1 vulnerable package (internal/syscall/unix), but doesn't appear to call it.";
    check(&result(imports, ""), &format!("pkg:golang/stdlib {imports}"));
    let module = "Your code depends on 1 vulnerable module (e.org/m), but doesn't appear to call it.";
    check(&result(module, ""), &format!("pkg:golang/e.org/m {module}"));
    let flow = r#","codeFlows":[{"threadFlows":[{"locations":[{"module":"own@","location":{"physicalLocation":{"artifactLocation":{"uri":"a.go"},"region":{"startLine":3}}}},
        {"module":"stdlib@v1.25.8","location":{"physicalLocation":{"artifactLocation":{"uri":"src/html/x.go","uriBaseId":"%GOROOT%"},"region":{"startLine":9}}}}]}]}]"#;
    let calls = "Your code calls vulnerable functions in 1 package (html/template).";
    check(&result(calls, flow), &format!("pkg:golang/stdlib@1.25.8 {calls} > a.go:3  > :0 src/html/x.go:9"));
    check(&result("Package 'x@1' is vulnerable", ""), "pkg:golang/x@1 ");
}

//! Dependency-Check reports of several versions, in JSON and XML.

use crate::report::shared::recorded::{self, check};

#[test]
fn json_is_read() {
    let report = r#"{"reportSchema":"1.1","scanInfo":{"engineVersion":"9.0"},"dependencies":[{"fileName":"clean.jar"},
        {"fileName":"a.jar","filePath":"lib\\a.jar","packages":[{"id":"pkg:maven/org.a/a@1","confidence":"HIGH"}],
        "vulnerabilities":[{"source":"NVD","name":"CVE-1-1","severity":"HIGH","cvssv3":{"baseScore":9.8},"cvssv2":{"score":5.0},"cwes":["CWE-20"],"description":"Bad. More.","knownExploitedVulnerability":{"vulnerabilityName":"x"}}],
        "suppressedVulnerabilities":[{"source":"NPM","name":"1500","severity":"moderate"}]}]}"#;
    check(
        "dependency-check",
        report,
        recorded::full,
        &[
            "dependency OWASP Dependency-Check high CVE-1-1 pkg:maven/org.a/a@1 in lib/a.jar:0 cvss 9.8 exploited: Bad",
            "dependency OWASP Dependency-Check medium NPM-1500 pkg:maven/org.a/a@1 in lib/a.jar:0: ",
            "scan OWASP Dependency-Check 9.0",
        ],
    );
    check(
        "dependency-check",
        report,
        recorded::skipped,
        &["kept", "suppressed", "scan OWASP Dependency-Check 9.0"],
    );
}

#[test]
fn xml_is_read_alike() {
    let report = r#"<?xml version="1.0"?><analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><scanInfo><engineVersion>6</engineVersion></scanInfo>
        <dependencies><dependency><fileName>a:1</fileName><filePath>/x/package-lock.json?a</filePath><identifiers><package confidence="HIGH"><id>pkg:npm/a@1</id></package></identifiers>
        <vulnerabilities><vulnerability source="NPM"><name>1500</name><severity unscored="true">low</severity></vulnerability>
        <vulnerability source="OSSINDEX"><name>CWE-400: Exhaustion</name><cvssV3><baseScore>7.5</baseScore></cvssV3></vulnerability>
        <suppressedVulnerability source="NVD"><name>CVE-2020-1</name></suppressedVulnerability></vulnerabilities></dependency>
        <dependency><fileName>b.jar</fileName><identifiers><identifier type="cpe"><name>(cpe:/a:b)</name></identifier><identifier type="maven"><name>(org.b:b:2)</name></identifier></identifiers>
        <vulnerabilities><vulnerability><name>CVE-2020-2</name><cvssScore>7.5</cvssScore><cwe>CWE-79 x</cwe></vulnerability></vulnerabilities></dependency></dependencies></analysis>"#;
    check(
        "dependency-check",
        report,
        recorded::full,
        &[
            "dependency OWASP Dependency-Check low NPM-1500 pkg:npm/a@1 in package-lock.json:0: ",
            "dependency OWASP Dependency-Check high OSSINDEX: CWE-400: Exhaustion (a) pkg:npm/a@1 in package-lock.json:0 cvss 7.5: Exhaustion",
            "dependency OWASP Dependency-Check medium CVE-2020-1 pkg:npm/a@1 in package-lock.json:0: ",
            "dependency OWASP Dependency-Check high CVE-2020-2 pkg:maven/org.b/b@2 in :0 cvss 7.5: ",
            "scan OWASP Dependency-Check 6",
        ],
    );
}

#[test]
fn fixed_versions_are_those_of_the_product_that_was_found() {
    let check = |software: &str, expected: &str| {
        let report = format!(
            r#"{{"reportSchema":"1.1","dependencies":[{{"fileName":"a","packages":[{{"id":"pkg:npm/some-lib@1"}}],"vulnerabilities":[{{"source":"NVD","name":"CVE-2020-1","vulnerableSoftware":[{software}]}}]}}]}}"#
        );
        let recorded = recorded::lines_of(&report, recorded::full);
        let fixed = recorded[0].split("pkg:npm/some-lib@1 ").nth(1).unwrap_or_default();
        assert_eq!(fixed.split("in :0").next().unwrap().trim(), expected, "{recorded:?}");
    };
    let of = |product: &str, more: &str| {
        format!(r#"{{"software":{{"id":"cpe:2.3:a:v:{product}:*:*:*:*:*:*:*:*"{more}}}}}"#)
    };
    let matched = of("x", r#","vulnerabilityIdMatched":"true","versionEndExcluding":"1.31""#);
    let other = of("some_lib", r#","versionStartIncluding":"3","versionEndExcluding":"3.4.0""#);
    let foreign = of("server", r#","versionEndExcluding":"9.9""#);
    check(&format!("{foreign},{other},{matched}"), "");
    let own = matched.replace(":x:", ":some_lib:");
    check(&format!("{foreign},{other},{own}"), "fixed 1.31");
    check(&format!("{foreign},{other}"), "fixed 3.4.0");
    check(&foreign, "");
    check(&format!("{},{other}", of("x", r#","vulnerabilityIdMatched":"true""#)), "");
    let npm =
        |range: &str| format!(r#"{{"software":{{"id":"cpe:2.3:a:*:some-lib:{range}:*:*:*:*:*:*:*"}}}}"#);
    check(&npm(r"\\<1.0.12"), "fixed 1.0.12");
    check(&npm(r"\\<1.1.2\\|\\|\\>\\=2.0.0\\<2.0.1"), "fixed 1.1.2,2.0.1");
    check(&npm(r"\\<\\=5.0.0"), "");
    check(&npm(r"\\>\\=0.0.0"), "unfixed");
    let xml = r#"<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><dependencies><dependency><fileName>a</fileName><vulnerabilities>
        <vulnerability source="NVD"><name>CVE-2020-1</name><vulnerableSoftware><software versionEndExcluding="7">cpe:2.3:a:v:x:*:*</software>
        <software vulnerabilityIdMatched="true" versionEndExcluding="3.9.0">
          cpe:2.3:a:v:a:*:*</software></vulnerableSoftware></vulnerability>
        <vulnerability source="NPM"><name>1500</name><vulnerableSoftware><software>
          cpe:2.3:a:*:a:\\&lt;13.1.2:*:*</software></vulnerableSoftware></vulnerability></vulnerabilities></dependency></dependencies></analysis>"#;
    let recorded = recorded::lines_of(xml, recorded::full);
    assert!(recorded[0].contains(" fixed 3.9.0 ") && recorded[1].contains(" fixed 13.1.2 "), "{recorded:?}");
}

#[test]
fn advisories_of_other_sources_have_ids_and_titles() {
    let check = |found: &str, expected: &str| {
        let report = format!(
            r#"{{"reportSchema":"1.1","dependencies":[{{"fileName":"a","packages":[{{"id":"pkg:npm/a@1"}}],"vulnerabilities":[{found}]}}]}}"#
        );
        let recorded = recorded::lines_of(&report, |finding| {
            format!("{} -> {}", recorded::full(finding), finding.rule.help_uri.as_deref().unwrap_or_default())
        });
        let (_, said) = recorded[0].split_once("medium ").unwrap();
        assert_eq!(said.replace(" pkg:npm/a@1 in :0:", ":"), expected);
    };
    check(
        r#"{"source":"OSSINDEX","name":"CWE-506: Embedded Malicious Code","description":"The product contains code.","references":[
            {"source":"OSSINDEX","url":"https://ossindex.sonatype.org/vulnerability/a86c2790-b37f-4290-a069-08fc9c4b6ac0?utm_content=6","name":"CWE-506"}]}"#,
        "OSSINDEX-a86c2790-b37f-4290-a069-08fc9c4b6ac0: Embedded Malicious Code -> \
         https://ossindex.sonatype.org/vulnerability/a86c2790-b37f-4290-a069-08fc9c4b6ac0",
    );
    check(
        r#"{"source":"RETIREJS","name":"A 1 is end-of-life","references":[{"source":"info","url":"https://x.example/1","name":"n"},{"source":"retid","name":"72"}]}"#,
        "RETIREJS-72: A 1 is end-of-life -> https://x.example/1",
    );
    check(r#"{"source":"RETIREJS","name":"Bad merge"}"#, "RETIREJS: Bad merge (a): Bad merge -> ");
    check(
        r####"{"source":"NPM","name":"1002545","description":"### Impact\n\nFiles are created.","references":[{"source":"Advisory 1002545: Files via links",
            "name":"- https://github.com/a/a/security/advisories/GHSA-cccc-cccc-cccc\n- https://nvd.nist.gov/vuln/detail/CVE-2021-1\n- https://github.com/advisories/GHSA-aaaa-bbbb-cccc"}]}"####,
        "NPM-1002545=CVE-2021-1=GHSA-aaaa-bbbb-cccc: Files via links -> ",
    );
    check(
        r####"{"source":"NPM","name":"7","description":"### Overview\nIt merges.","references":[{"name":"CVE-2021-1, CVE-2021-2"}]}"####,
        "NPM-7: It merges -> ",
    );
}

#[test]
fn a_failed_analysis_is_no_clean_scan() {
    check(
        "dependency-check",
        r#"{"reportSchema":"1.1","scanInfo":{"analysisExceptions":[{"exception":{"message":"no network"}}]},"dependencies":[]}"#,
        recorded::place,
        &[
            "problem Dependency-Check says that part of its analysis failed: no network",
            "scan OWASP Dependency-Check failed",
        ],
    );
    let xml = r#"<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><scanInfo><analysisExceptions><exception><message>Could not connect to Central
        at x</message><stackTrace><trace>y</trace></stackTrace></exception><exception><message>No documents exist</message></exception></analysisExceptions></scanInfo><dependencies/></analysis>"#;
    check(
        "dependency-check",
        xml,
        recorded::place,
        &[
            "problem Dependency-Check says that part of its analysis failed: Could not connect to \
             Central (and 1 more)",
            "scan OWASP Dependency-Check failed",
        ],
    );
}

#[test]
fn dependencies_of_another_type_are_no_clean_scan() {
    for dependencies in ["{}", "7", r#"{"a.jar":{"vulnerabilities":[{"name":"CVE-1"}]}}"#] {
        let report = format!(r#"{{"reportSchema":"1.1","scanInfo":{{}},"dependencies":{dependencies}}}"#);
        let recorded = recorded::lines_of(&report, recorded::place);
        assert_eq!(recorded[0], "problem is not a list of dependencies and was skipped", "{recorded:?}");
    }
}

#[test]
fn a_file_keeps_its_folders() {
    let check = |path: &str, expected: &str| {
        let report = format!(
            r#"{{"reportSchema":"1.1","dependencies":[{{"fileName":"a","filePath":"{path}","vulnerabilities":[{{"name":"CVE-1"}}]}}]}}"#
        );
        let recorded = recorded::lines_of(&report, recorded::place);
        assert!(recorded[0].ends_with(&format!(" {expected}:0")), "{path}: {recorded:?}");
    };
    check("services/a/package-lock.json?lodash", "services/a/package-lock.json");
    check("/src/services/a/package-lock.json?lodash", "services/a/package-lock.json");
    check("/scan/b/pom.xml", "b/pom.xml");
    check("/home/ci/.m2/repository/org/a/1/a-1.jar", "a-1.jar");
}

#[test]
fn a_package_that_was_taken_for_another_product_is_not_advised_to_take_its_version() {
    let report = |confidence: &str, package: &str| {
        format!(
            r#"{{"reportSchema":"1.1","dependencies":[{{"fileName":"org.a.locator-1.0.3.jar",{package}"vulnerabilityIds":[{{"id":"cpe:2.3:a:e:locator:1.0.3","confidence":"{confidence}"}}],
            "includedBy":[{{"reference":"pkg:maven/org.b/b@1"}}],"projectReferences":["web:compile"],"vulnerabilities":[{{"source":"NVD","name":"CVE-2020-1",
            "vulnerableSoftware":[{{"software":{{"id":"cpe:2.3:a:e:locator:*","vulnerabilityIdMatched":"true","versionEndExcluding":"7.0.17"}}}}]}}]}}]}}"#
        )
    };
    let said = |finding: &crate::model::finding::Finding<'_>| {
        let crate::model::finding::Subject::Advisory(_, package) = &finding.subject else {
            return String::new();
        };
        let facts = finding.detail.facts.iter().map(|fact| format!(" | {}: {}", fact.name, fact.value));
        format!("{} {} {:?}{}", package.name, package.version, package.fixed, facts.collect::<String>())
    };
    let by = " | Included by: maven/org.b/b@1 | Project: web:compile";
    let check = |confidence, package, expected: String| {
        assert_eq!(recorded::lines_of(&report(confidence, package), said)[0], expected);
    };
    check(
        "LOW",
        r#""packages":[{"id":"pkg:maven/org.a/locator@1.0.3"}],"#,
        format!(
            "org.a:locator 1.0.3 [] | Not affected: from version 7.0.17 of locator on, according to the CPE{by} \
             | Taken for, with low confidence: cpe:2.3:a:e:locator:1.0.3"
        ),
    );
    check(
        "HIGHEST",
        r#""packages":[{"id":"pkg:maven/org.a/locator@1.0.3"}],"#,
        format!("org.a:locator 1.0.3 [\"7.0.17\"]{by}"),
    );
    check(
        "HIGHEST",
        "",
        format!(
            "org.a.locator 1.0.3 [] | Not affected: from version 7.0.17 of locator on, according to the CPE{by}"
        ),
    );
}

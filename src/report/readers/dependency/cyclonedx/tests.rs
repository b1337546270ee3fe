//! What is read from CycloneDX.

use crate::model::finding::Subject;
use crate::report::shared::recorded::{self, check};

const RATING: &str = r#"{"source":{"name":"nvd"},"score":7.5,"severity":"high","method":"CVSSv31","vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}"#;

fn json(rest: &str) -> String {
    format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6",{rest}}}"#)
}

#[test]
fn a_vulnerability_is_a_finding_a_component() {
    let report = json(&format!(
        r#""vulnerabilities":[{{"id":"GHSA-1","source":{{"name":"ghsa","url":"https://x"}},"references":[{{"id":"CVE-1"}}],"ratings":[{RATING}],"cwes":[79],
            "description":"Bad merge. More.","affects":[{{"ref":"a"}},{{"ref":"b","versions":[{{"version":"2","status":"unaffected"}}]}}]}}],
            "metadata":{{"tools":{{"components":[{{"name":"trivy","version":"0.69"}}]}},"component":{{"bom-ref":"app","type":"application","name":"."}}}},
            "components":[{{"bom-ref":"lock","type":"application","name":"web/package-lock.json"}},
            {{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1","components":[{{"bom-ref":"b","name":"b","version":"1","purl":"pkg:npm/b@1"}}]}}],
            "dependencies":[{{"ref":"app","dependsOn":["lock"]}},{{"ref":"lock","dependsOn":["a"]}},{{"ref":"a","dependsOn":["b"]}}]"#
    ));
    check(
        "cyclonedx",
        &report,
        recorded::full,
        &[
            "dependency Trivy high GHSA-1=CVE-1 pkg:npm/a@1 in web/package-lock.json:0 cvss 7.5: Bad merge",
            "dependency Trivy high GHSA-1=CVE-1 pkg:npm/b@1 fixed 2 by a>b in web/package-lock.json:0 cvss 7.5: Bad merge",
            "scan Trivy 0.69",
        ],
    );
}

#[test]
fn what_the_vendor_says_is_kept() {
    let check = |analysis: &str, expected: &str| {
        let report = json(&format!(
            r#""vulnerabilities":[{{"id":"CVE-1","analysis":{{{analysis}}},"affects":[{{"ref":"a","versions":[
                {{"version":"2.4","status":"affected"}},{{"range":"vers:generic/>=2.9|<=4.1"}}]}}]}}],
                "components":[{{"bom-ref":"a","type":"library","name":"a","purl":"pkg:npm/a"}}]"#
        ));
        let recorded = recorded::lines_of(&report, |finding| {
            let facts = finding.detail.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value));
            let Subject::Advisory(_, package) = &finding.subject else { panic!() };
            format!("{:?}, {}", package.outlook, facts.collect::<Vec<_>>().join("; "))
        });
        assert!(recorded.iter().any(|line| line == expected), "{analysis}: {recorded:?}");
    };
    check(
        r#""state":"exploitable","response":["will_not_fix","update"],"detail":"Upgrade to the latest release.""#,
        "None, Vendor's statement: Upgrade to the latest release.; Vendor's response: will not be fixed, update to a \
         different version; Affected versions: 2.4, 2.9 to 4.1",
    );
    check(
        r#""state":"exploitable","response":["will_not_fix"]"#,
        "Some(WillNotFix), Vendor's response: will not be fixed; Affected versions: 2.4, 2.9 to 4.1",
    );
    check(
        r#""state":"in_triage""#,
        "None, Vendor's analysis: The vendor is still investigating whether this product is affected.; Affected \
         versions: 2.4, 2.9 to 4.1",
    );
}

#[test]
fn the_project_itself_brings_nothing_in() {
    let check = |project: &str, version: &str, more: &str, expected: &str| {
        let report = json(&format!(
            r#""metadata":{{"component":{{"bom-ref":"root","type":"application","name":"."}}}},"components":[
                {{"bom-ref":"pom","type":"application","name":"pom.xml"}},
                {{"bom-ref":"p","type":"library","name":"{project}","version":"{version}","purl":"pkg:maven/com.example/{project}@{version}"}},
                {{"bom-ref":"o","type":"library","name":"o","version":"1","purl":"pkg:maven/o/o@1"}},
                {{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:maven/a/a@1"}}],
                "dependencies":[{{"ref":"root","dependsOn":["pom"]}},{{"ref":"pom","dependsOn":["p"{more}]}},{{"ref":"p","dependsOn":["a"]}}],
                "vulnerabilities":[{{"id":"CVE-1","affects":[{{"ref":"a"}}]}}]"#
        ));
        let recorded = recorded::lines_of(&report, recorded::introducers);
        assert_eq!(recorded[0], expected, "{project} {version} {more}");
    };
    check("shop", "1.0-SNAPSHOT", "", "");
    check("shop", "1.0-SNAPSHOT", r#","o""#, "by com.example:shop");
    check("shop", "1.0", "", "by com.example:shop");
}

#[test]
fn a_recommendation_names_the_fixed_version() {
    let check = |members: &str, expected: &str| {
        let report = json(&format!(
            r#""vulnerabilities":[{{"id":"CVE-1","ratings":[{RATING}],{members},"affects":[{{"ref":"a"}}]}}],
                "components":[{{"bom-ref":"a","type":"library","name":"a","version":"1","purl":"pkg:npm/a@1"}}]"#
        ));
        let recorded = recorded::lines_of(&report, |finding| format!("{:?}", finding.subject));
        assert!(recorded.concat().contains(expected), "{members}: {recorded:?}");
    };
    let recommended = |text: &str| format!(r#""recommendation":"{text}""#);
    check(&recommended("Upgrade a to version 2.9.10.7"), r#"fixed: ["2.9.10.7"]"#);
    check(&recommended("Upgrade org.acme:a to version 2.6, 2.8 or higher."), r#"fixed: ["2.6", "2.8"]"#);
    check(&recommended("Upgrade b to version 2"), "fixed: []");
    check(&recommended("Do not use it"), "fixed: []");
    check(r#""analysis":{"state":"exploitable","response":["can_not_fix"]}"#, "unfixed: true");
    check(r#""analysis":{"state":"exploitable","response":["update"]}"#, "unfixed: false");
}

#[test]
fn an_image_is_where_its_packages_are() {
    let report = json(
        r#""metadata":{"tools":[{"name":"grype","version":"[not provided]"}],"component":{"bom-ref":"i","type":"container","name":"shop:1"}},
            "components":[{"bom-ref":"z","name":"zlib","purl":"pkg:apk/alpine/zlib@1"}],
            "vulnerabilities":[{"id":"CVE-1","affects":[{"ref":"z"}]}]"#,
    );
    check("cyclonedx", &report, recorded::place, &["container pkg:apk/alpine/zlib@1 shop:1:0", "scan Grype"]);
}

#[test]
fn an_analysis_skips_here_and_elsewhere() {
    let one = |state: &str, reference: &str| {
        format!(
            r#"{{"id":"CVE-1","references":[{{"id":"GHSA-1"}}],"analysis":{{"state":"{state}","justification":"code_not_reachable","detail":"d"}},"affects":[{{"ref":"{reference}"}}]}}"#
        )
    };
    let report = json(&format!(
        r#""metadata":{{"component":{{"bom-ref":"app","name":"shop"}}}},"vulnerabilities":[{},{},{},{}]"#,
        one("not_affected", "urn:cdx:1/1#pkg%3Anpm/a%401"),
        one("false_positive", "app"),
        one("resolved", "urn:cdx:1/1#pkg:npm/b@2"),
        one("exploitable", "pkg:npm/c@1"),
    ));
    let words = "code_not_reachable: d";
    check(
        "cyclonedx",
        &report,
        recorded::skipped,
        &[
            &format!("vex CVE-1=GHSA-1 pkg:npm/a@1: not_affected, {words}"),
            "not-affected",
            &format!("vex CVE-1=GHSA-1 anywhere within shop: false_positive, {words}"),
            "not-affected",
            &format!("vex CVE-1=GHSA-1 pkg:npm/b@2: resolved, {words}"),
            "not-affected",
            "vex CVE-1=GHSA-1 pkg:npm/c@1 affected: exploitable",
            "kept",
            "scan CycloneDX",
        ],
    );
}

#[test]
fn a_bill_without_vulnerabilities_holds_no_findings() {
    check(
        "cyclonedx",
        &json(r#""components":[{"name":"a"}]"#),
        recorded::place,
        &["1 component", "scan CycloneDX without results"],
    );
    check("cyclonedx", &json(r#""vulnerabilities":[]"#), recorded::place, &["scan CycloneDX"]);
    let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components/></bom>"#;
    check("cyclonedx", xml, recorded::place, &["scan CycloneDX without results"]);
}

#[test]
fn vulnerabilities_of_another_type_are_no_clean_scan() {
    for other in ["7", r#""x""#, r#"{"CVE-1":{"id":"CVE-1"}}"#] {
        let recorded = recorded::lines_of(&json(&format!(r#""vulnerabilities":{other}"#)), recorded::place);
        assert!(recorded[0].starts_with("problem is not a list"), "{other}: {recorded:?}");
        assert_eq!(recorded.last().unwrap(), "scan CycloneDX without results");
    }
}

#[test]
fn what_is_cut_off_is_told() {
    let report = json(r#""vulnerabilities":[{"id":"CVE-1","affects":[{"ref":"pkg:npm/a@1"}]}"#);
    let cut = report.trim_end_matches('}');
    check("cyclonedx", cut, recorded::place, &["scan CycloneDX", "cut the file is cut off"]);
}

#[test]
fn xml_is_read_alike() {
    let report = r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1">
            <metadata><tools><tool><vendor>v</vendor><name>Dependency-Track</name><version>4</version></tool></tools><component bom-ref="app" type="application"><name>shop</name></component></metadata>
            <components><component bom-ref="a" type="library"><group>org.a</group><name>a</name><version>1</version><purl>pkg:maven/org.a/a@1</purl>
            <components><component bom-ref="b"><name>b</name><version>1</version><purl>pkg:maven/b@1</purl></component></components></component></components>
            <dependencies><dependency ref="app"><dependency ref="a"/></dependency><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
            <vulnerabilities><vulnerability><id>CVE-1</id><source><name>NVD</name></source><references><reference><id>GHSA-1</id></reference></references>
            <ratings><rating><source><name>NVD</name></source><score>9.8</score><severity>critical</severity><method>CVSSv3</method></rating></ratings>
            <cwes><cwe>79</cwe></cwes><description>Bad &amp; ugly</description>
            <affects><target><ref>b</ref><versions><version><version>1</version><status>affected</status></version></versions></target></affects></vulnerability></vulnerabilities></bom>"#;
    check(
        "cyclonedx",
        report,
        recorded::full,
        &[
            "dependency Dependency-Track critical CVE-1=GHSA-1 pkg:maven/b@1 by org.a:a>b in :0 cvss 9.8: Bad & ugly",
            "scan Dependency-Track 4",
        ],
    );
}

#[test]
fn the_old_extension_is_read() {
    let report = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0">
            <components><component bom-ref="a"><name>a</name><version>1</version><purl>pkg:npm/a@1</purl>
            <v:vulnerabilities><v:vulnerability ref="a"><v:id>CVE-1</v:id><v:ratings><v:rating><v:score><v:base>9.8</v:base></v:score><v:severity>Critical</v:severity>
            <v:method>CVSSv3</v:method><v:vector>AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</v:vector></v:rating></v:ratings></v:vulnerability></v:vulnerabilities></component></components>
            <v:vulnerabilities><v:vulnerability ref="a"><v:id>CVE-2</v:id></v:vulnerability></v:vulnerabilities></bom>"#;
    check(
        "cyclonedx",
        report,
        |finding| format!("{} {}", finding.rule.id, finding.severity),
        &["CVE-1 critical", "CVE-2 medium", "scan CycloneDX"],
    );
}

#[test]
fn random_references_are_no_part_of_a_finding() {
    let report = |uuid: &str| {
        format!(
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0">
                <components><component type="library"><name>Django</name><version>1.11</version><v:vulnerabilities><v:vulnerability ref="urn:uuid:{uuid}"><v:id>CVE-1</v:id></v:vulnerability></v:vulnerabilities></component>
                <component type="library"><name>Django</name><version>2.2</version><v:vulnerabilities><v:vulnerability ref="urn:uuid:{uuid}"><v:id>CVE-1</v:id></v:vulnerability></v:vulnerabilities></component>
                <component bom-ref="{uuid}"><purl>pkg:npm/a@1</purl><v:vulnerabilities><v:vulnerability ref="{uuid}"><v:id>CVE-2</v:id></v:vulnerability></v:vulnerabilities></component></components>
                <vulnerabilities><vulnerability><id>CVE-3</id><affects><target><ref>urn:cdx:{uuid}/1#x{uuid}</ref></target></affects></vulnerability></vulnerabilities></bom>"#
        )
    };
    for uuid in ["6763945f-8ba6-471d-bda0-02ce911f3b46", "0AF19DCC-3cf4-4a55-8d4c-5b8de1ab30a9"] {
        check(
            "cyclonedx",
            &report(uuid),
            recorded::full,
            &[
                "dependency CycloneDX medium CVE-1 pkg:generic/Django@1.11 in :0: ",
                "dependency CycloneDX medium CVE-1 pkg:generic/Django@2.2 in :0: ",
                "dependency CycloneDX medium CVE-2 pkg:npm/a@1 in :0: ",
                "dependency CycloneDX medium CVE-3 pkg:generic/unknown in :0: ",
                "scan CycloneDX",
            ],
        );
    }
}

/// Entries for one advisory as `state versions…`, with `!` after each version or range where it is unaffected, for
/// a component in this version.
#[track_caller]
fn check_entries(version: &str, entries: &[&str], expected: &[&str]) {
    let entry = |text: &&str| {
        let (state, versions) = text.split_once(' ').unwrap_or((text, ""));
        let versions = versions.split_whitespace().map(|one| {
            let status = if one.starts_with('!') { "unaffected" } else { "affected" };
            let key = if one.contains("vers:") { "range" } else { "version" };
            format!(r#"{{"{key}":"{}","status":"{status}"}}"#, one.trim_start_matches('!'))
        });
        let versions = versions.collect::<Vec<_>>().join(",");
        format!(
            r#"{{"id":"CVE-1","analysis":{{"state":"{state}"}},"affects":[{{"ref":"a","versions":[{versions}]}}]}}"#
        )
    };
    let entries = entries.iter().map(entry).collect::<Vec<_>>().join(",");
    let report = json(&format!(
        r#""components":[{{"bom-ref":"a","name":"a","purl":"pkg:npm/a","version":"{version}"}}],"vulnerabilities":[{entries}]"#
    ));
    let expected: Vec<&str> = expected.iter().copied().chain(["scan CycloneDX"]).collect();
    check("cyclonedx", &report, recorded::skipped, &expected);
}

#[test]
fn what_is_called_open_is_silenced_by_no_other_entry() {
    let both = ["exploitable 2.4 vers:npm/>=2.9|<=4.1", "not_affected !vers:npm/>=1.0|<=2.3 !2.5"];
    check_entries("", &both, &["kept", "not-affected"]);
    check_entries("2.4", &both, &["kept", "kept"]);
    check_entries("3.0", &both, &["kept", "kept"]);
    let said = "vex CVE-1 pkg:npm/a@2.0: not_affected";
    check_entries("2.0", &both, &["kept", said, "not-affected"]);
    check_entries("2.0", &[both[1], both[0]], &[said, "not-affected", "kept"]);
    check_entries("1", &["not_affected", "in_triage"], &["not-affected", "kept"]);
    check_entries("1", &["exploitable !1"], &["vex CVE-1 pkg:npm/a@1: unaffected", "not-affected"]);
    check_entries("1", &["resolved 1"], &["vex CVE-1 pkg:npm/a@1: resolved", "not-affected"]);
}

//! What is read of SARIF, and of what is nearly SARIF.

use crate::model::finding::{Finding, Subject};
use crate::model::scan::Scan;
use crate::report::readers::code::sarif::*;

/// Tells each event as a line, with what `show` tells of a finding.
struct Told(Vec<String>, fn(&Finding<'_>) -> String);

impl Sink for Told {
    fn finding(&mut self, finding: Finding<'_>) {
        self.0.push((self.1)(&finding));
    }

    fn scan(&mut self, scan: Scan) {
        self.0.push(format!("scan {}", scan.scanner));
    }

    fn problem(&mut self, problem: Problem) {
        self.0.push(format!("problem {}: {}", problem.place, problem.message));
    }
}

fn told(report: &str, show: fn(&Finding<'_>) -> String) -> Vec<String> {
    let mut told = Told(Vec::new(), show);
    if let Err(problem) = read(&ReportSource::bytes("r", report.as_bytes()), &mut told) {
        told.0.push(format!("error {}: {}", problem.place, problem.message));
    }
    told.0
}

fn check(report: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
    assert_eq!(told(report, show), expected, "{report}");
}

/// Checks one run of a scanner `s` with these rules and results.
fn check_results(rules: &str, results: &str, show: fn(&Finding<'_>) -> String, expected: &[&str]) {
    let report = format!(
        r#"{{"runs":[{{"tool":{{"driver":{{"name":"s","rules":[{rules}]}}}},"results":[{results}]}}]}}"#
    );
    check(&report, show, &[expected, &["scan s"]].concat());
}

fn place(finding: &Finding<'_>) -> String {
    format!("{} {}:{}", finding.rule.id, finding.location.path, finding.location.line)
}

fn words(finding: &Finding<'_>) -> String {
    finding.detail.message.to_string()
}

fn worth(finding: &Finding<'_>) -> String {
    let aside = finding.aside.map_or(String::new(), |aside| format!(" {aside}"));
    format!("{}{aside}", finding.severity)
}

#[test]
fn what_follows_the_results_is_looked_up() {
    let result = r#"{"ruleIndex":0,"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"index":1},"region":{"startLine":3}}}]}"#;
    let after = r#""artifacts":[{"location":{"uri":"a.c"}},{"location":{"uri":"b.c","uriBaseId":"SRC"}}],
            "originalUriBaseIds":{"ROOT":{"uri":"file:///github/workspace/"},"SRC":{"uri":"src/","uriBaseId":"ROOT"}}"#;
    let tool = r#""tool":{"driver":{"name":"s","rules":[{"id":"R"}]}}"#;
    check(
        &format!(r#"{{"runs":[{{"results":[{result}],{after},{tool}}}]}}"#),
        place,
        &["R src/b.c:3", "scan s"],
    );
    check(
        &format!(r#"{{"runs":[{{{tool},"results":[{result}],{after}}}]}}"#),
        place,
        &["R src/b.c:3", "scan s"],
    );
    check(
        &format!(r#"{{"runs":[{{{tool},{after},"results":[{result}]}}]}}"#),
        place,
        &["R src/b.c:3", "scan s"],
    );
    // the same where the rest of the run is too far away to be in memory
    let far = format!(r#""properties":{{"x":"{}"}}"#, "x".repeat(1 << 20));
    check(
        &format!(r#"{{"runs":[{{{tool},{far},"results":[{result}],{far},{after}}}]}}"#),
        place,
        &["R src/b.c:3", "scan s"],
    );
    check(
        &format!(r#" {{"runs":[{{"results":[{result}],{far},{after},{tool}}}]}}"#),
        place,
        &["R src/b.c:3", "scan s"],
    );
    // of several documents and runs the right one
    let other = r#"{"tool":{"driver":{"name":"o","rules":[{"id":"X"}]}},"results":[]}"#;
    check(
        &format!(
            r#"{{"runs":[{other}]}} {{"runs":[{other},{{"results":[{result},{result}],{after},{tool}}}]}}"#
        ),
        place,
        &["scan o", "scan o", "R src/b.c:3", "R src/b.c:3", "scan s"],
    );
    check(
        &format!(
            r#"{{"runs":[{other}]}} {{"runs":[{other},{{"results":[{result}],{far},{after},{tool}}},{other}]}}"#
        ),
        place,
        &["scan o", "scan o", "R src/b.c:3", "scan s", "scan o"],
    );
}

#[test]
fn a_base_elsewhere_says_nothing_of_this_repository() {
    let report = |base: &str| {
        format!(
            r#"{{"runs":[{{"originalUriBaseIds":{{"B":{{"uri":"{base}"}}}},"tool":{{"driver":{{"name":"s"}}}},"results":[
                {{"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"x/a.c","uriBaseId":"B"}}}}}}]}}]}}]}}"#
        )
    };
    check(&report("file:///github/workspace/web/"), place, &[" web/x/a.c:0", "scan s"]);
    check(&report("file:///C:/work/"), place, &[" x/a.c:0", "scan s"]);
    check(&report("https://example.org/blob/"), place, &[" x/a.c:0", "scan s"]);
    check(&report("sub"), place, &[" sub/x/a.c:0", "scan s"]);
    check(&report("../.."), place, &[" x/a.c:0", "scan s"]);
}

#[test]
fn what_the_image_of_kics_sees_is_the_repository() {
    let report = |tool: &str| {
        format!(
            r#"{{"runs":[{{"tool":{{"driver":{{"name":"{tool}"}}}},"results":[
                {{"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"../../path/a.tf"}}}}}}]}}]}}]}}"#
        )
    };
    check(&report("KICS"), place, &[" a.tf:0", "scan KICS"]);
    check(&report("s"), place, &[" ../../path/a.tf:0", "scan s"]);
}

#[test]
fn severity_is_the_word_else_the_score_else_the_level() {
    let rules = r#"{"id":"score","properties":{"security-severity":"9.1"},"defaultConfiguration":{"level":"note"}},
            {"id":"number","properties":{"security-severity":4.0}},{"id":"level","defaultConfiguration":{"level":"error"}},
            {"id":"word","properties":{"security-severity":"high"}}"#;
    let check = |result: &str, expected| check_results(rules, result, worth, &[expected]);
    check(r#"{"ruleId":"score","level":"note"}"#, "critical");
    check(r#"{"ruleId":"score","properties":{"security-severity":"1"}}"#, "low");
    check(r#"{"ruleId":"number"}"#, "medium");
    check(r#"{"ruleId":"level"}"#, "high");
    check(r#"{"ruleId":"level","level":""}"#, "high");
    check(r#"{"ruleId":"level","level":"none"}"#, "info");
    check(r#"{"ruleId":"word","level":"note"}"#, "high");
    check(r#"{"ruleId":"number","properties":{"security-severity":"CRITICAL"}}"#, "critical");
    check(r#"{"ruleId":"unknown"}"#, "medium");
    check(r#"{"message":{"text":"m"}}"#, "medium");
}

#[test]
fn what_the_report_sets_aside_is_marked() {
    let check = |result: &str, expected| check_results("", result, worth, &[expected]);
    check(r#"{"kind":"pass"}"#, "info not-a-failure");
    check(r#"{"kind":"informational","level":"note"}"#, "low not-a-failure");
    check(r#"{"kind":"review"}"#, "info");
    check(r#"{"kind":"open","level":"error"}"#, "high");
    check(r#"{"kind":"fail"}"#, "medium");
    check(r#"{"baselineState":"absent"}"#, "medium absent");
    check(r#"{"baselineState":"unchanged"}"#, "medium");
    check(r#"{"ruleId":"r","suppressions":[]}"#, "medium");
    check(r#"{"ruleId":"r","suppressions":null}"#, "medium");
    check(r#"{"suppressions":[{"kind":"inSource"}]}"#, "medium suppressed");
    check(r#"{"suppressions":[{"status":"accepted"},{}]}"#, "medium suppressed");
    check(r#"{"suppressions":[{"status":"accepted"},{"status":"underReview"}]}"#, "medium");
    check(r#"{"suppressions":[{"status":"rejected"}]}"#, "medium");
}

#[test]
fn messages_are_looked_up() {
    let report = r#"{"runs":[{"tool":{"driver":{"name":"s","globalMessageStrings":{"g":{"text":"global {0}"}},
            "rules":[{"id":"R","shortDescription":{"text":"The rule"},"messageStrings":{"m":{"text":"own {0}"}}}]}},
            "results":[{"ruleId":"R","message":{"id":"m","arguments":["x"]}},{"ruleId":"R/1","message":{"id":"g","arguments":["y"]}},
            {"ruleId":"R","message":null},{"ruleId":"R","message":"text"},{"message":{"text":"plain"}}]}]}"#;
    check(report, words, &["own x", "global y", "The rule", "The rule", "plain", "scan s"]);
}

#[test]
fn rules_are_found_in_extensions() {
    let report = r#"{"runs":[{"tool":{"driver":{"name":"s","rules":[{"id":"D"}]},"extensions":[{"name":"e","rules":[{"id":"E0"},
            {"id":"E1"}]},{"name":"f","guid":"g","rules":[{"id":"F"}]}]},"results":[{"rule":{"index":1,"toolComponent":{"index":0}}},
            {"rule":{"index":0,"toolComponent":{"name":"f"}}},{"rule":{"index":0,"toolComponent":{"guid":"g"}}},{"ruleId":"E1"},
            {"ruleIndex":0},{"ruleId":"E0","ruleIndex":0},{"ruleIndex":-1,"level":"note"},{"ruleIndex":7,"ruleId":"new"}]}]}"#;
    let rule: fn(&Finding<'_>) -> String = |finding| finding.rule.id.clone();
    check(report, rule, &["E1", "F", "F", "E1", "D", "E0", "", "new", "scan s"]);
}

#[test]
fn weaknesses_of_taxonomies_and_results_count() {
    let report = r#"{"runs":[{"tool":{"driver":{"name":"s","rules":[{"id":"R","relationships":[{"target":{"index":1,
            "toolComponent":{"index":0}}}]}]}},"results":[{"ruleId":"R"},{"ruleId":"R","properties":{"cwe":"CWE-79"}},
            {"ruleId":"R","taxa":[{"index":0,"toolComponent":{"index":0}}]}],
            "taxonomies":[{"name":"CWE","taxa":[{"id":"20"},{"id":"22"}]}]}]}"#;
    check(report, |finding| format!("{:?}", finding.rule.cwe), &["[22]", "[22, 79]", "[20, 22]", "scan s"]);
}

#[test]
fn a_secret_is_not_repeated() {
    let rules = r#"{"id":"key","shortDescription":{"text":"A key"},"properties":{"tags":["external/cwe/cwe-798"]}},{"id":"late"}"#;
    let place = r#"{"message":{"text":"hunter2"},"physicalLocation":{"artifactLocation":{"uri":"a"},"region":{"startLine":1,
            "snippet":{"text":"hunter2"}},"contextRegion":{"startLine":1,"snippet":{"text":"hunter2"}}}}"#;
    let result = |rest: &str| {
        format!(
            r#"{{"message":{{"text":"hunter2"}},"locations":[{place}],"relatedLocations":[{place}],
                "codeFlows":[{{"threadFlows":[{{"locations":[{{"location":{place}}}]}}]}}],{rest}}}"#
        )
    };
    let show: fn(&Finding<'_>) -> String = |finding| {
        assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
        format!("{} {} {}", finding.kind, finding.detail.message, finding.detail.flow.len())
    };
    check_results(rules, &result(r#""ruleId":"key""#), show, &["secret A key 1"]);
    check_results(
        rules,
        &result(r#""ruleId":"late","properties":{"cwe":["CWE-321"]}"#),
        show,
        &["secret late 1"],
    );
}

#[test]
fn anchors_are_chosen_the_same_way() {
    let anchors: fn(&Finding<'_>) -> String = |finding| {
        let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
        format!("{} {}", text(&finding.anchors.stable), text(&finding.anchors.text))
    };
    let check = |result: &str, expected| check_results("", result, anchors, &[expected]);
    check(
        r#"{"partialFingerprints":{"x/v9":"1","primaryLocationLineHash":"h:1"},"fingerprints":{"a":"b"}}"#,
        "primaryLocationLineHash:h:1 -",
    );
    check(
        r#"{"partialFingerprints":{"x":"1"},"fingerprints":{"f/v9":"a","f/v10":"b","e/v11":"c"}}"#,
        "f/v10:b -",
    );
    check(r#"{"partialFingerprints":{"commitSha":"1","email":"e","id":"2"}}"#, "id:2 -");
    check(
        r#"{"ruleId":"r","partialFingerprints":{"primaryLocationLineHash":""},"fingerprints":null}"#,
        "- -",
    );
    let region = |region: &str| format!(r#"{{"locations":[{{"physicalLocation":{{{region}}}}}]}}"#);
    check(&region(r#""region":{"startLine":3,"snippet":{"text":"own"}}"#), "- own");
    let around = r#""contextRegion":{"startLine":2,"snippet":{"text":"two\nthree\nfour"}}"#;
    check(&region(&format!(r#""region":{{"startLine":3}},{around}"#)), "- three");
    check(&region(&format!(r#""region":{{"startLine":1}},{around}"#)), "- -");
    check(&region(&format!(r#""region":{{"startLine":3e76}},{around}"#)), "- -");
}

#[test]
fn one_bad_result_never_costs_its_neighbours() {
    let results = r#"{"ruleId":"a"},{"ruleId":},null,"x",{"ruleId":"b","ruleId":"c"},{"ruleId":"d","locations":[null,3,{}]}"#;
    let report = format!(r#"{{"runs":[{{"tool":{{"driver":{{"name":"s"}}}},"results":[{results}]}}]}}"#);
    let told = told(&report, place);
    let starts = [
        "a :0",
        "problem r: runs[0].results[1] (byte ",
        "problem r: runs[0].results[2]",
        "problem r: runs[0].results[3]",
        "c :0",
        "d :0",
        "scan s",
    ];
    assert_eq!(told.len(), starts.len(), "{told:?}");
    assert!(told.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{told:?}");
}

#[test]
fn a_file_that_is_cut_off_keeps_what_came_before() {
    let report = r#"{"runs":[{"tool":{"driver":{"name":"s"}},"results":[{"ruleId":"a"},{"ruleId":"#;
    check(
        report,
        place,
        &["a :0", "scan s", "error r: runs[0].results[1] (byte 77): the file ends in the middle"],
    );
    let told = told(&format!("{}{}", r#"{"runs":[{"tool":{"driver":{"name":"s"}}}]"#, ""), place);
    let nothing = "problem r: runs[0] (byte 41): says nothing about findings (no `results`)";
    assert_eq!(told, [nothing, "scan s", "error r (byte 42): the file ends in the middle"]);
}

#[test]
fn old_and_odd_reports_are_told_apart() {
    check(
        r#"{"version":"1.0.0","runs":[{"results":[{}]}]}"#,
        place,
        &["error r: version (byte 18): this is SARIF 1.0, which is not read"],
    );
    check(r#"{"version":"2.2","runs":[{"results":[{"ruleId":"a"}]}]}"#, place, &["a :0", "scan "]);
    check(r#"{"version":2,"runs":{"results":[{"ruleId":"a"}]}}"#, place, &["a :0", "scan "]);
    check(r#"{"runs":[7]}"#, place, &["problem r: runs[0] (byte 9): is no run: it is passed over"]);
    check(
        r#"{"runs":null}"#,
        place,
        &["problem r: runs (byte 8): is no list of runs: it says nothing about findings"],
    );
}

#[test]
fn a_run_without_results_says_so_once_a_report() {
    let told = "problem r: runs[0] (byte 11): says nothing about findings (no `results`)";
    check(r#"{"runs":[{},{"results":null}]}"#, place, &[told, "scan ", "scan "]);
    check(r#"{"runs":[{"results":[]}]}"#, place, &["scan "]);
    let told = "problem r: runs[0].results (byte 20): is no list of results";
    for results in ["\"\"", "0", "false"] {
        check(&format!(r#"{{"runs":[{{"results":{results}}}]}}"#), place, &[told, "scan "]);
    }
    let nothing = "problem r: runs[0].results (byte 22): is no result: it is passed over";
    check(r#"{"runs":[{"results":{}}]}"#, place, &[told, nothing, "scan "]);
    check(r#"{"runs":[{"results":{"ruleId":"a"}}]}"#, place, &[told, "a :0", "scan "]);
}

#[test]
fn a_result_of_which_nothing_can_be_read_is_no_finding() {
    for result in
        ["{}", r#"{"ruleId":{"a":1},"message":7,"locations":3}"#, r#"{"ruleIndex":-1,"locations":[7]}"#]
    {
        let at = r#"{"runs":[{"tool":{"driver":{"name":"s","rules":[]}},"results":["#.len() + result.len();
        let told = format!("problem r: runs[0].results[0] (byte {at}): is no result: it is passed over");
        check_results("", result, place, &[&told]);
    }
    for result in [r#"{"message":{"text":"m"}}"#, r#"{"locations":[{}]}"#, r#"{"fingerprints":{"a":"b"}}"#] {
        check_results("", result, place, &[" :0"]);
    }
    check_results("", r#"{"rule":{"id":"a"}}"#, place, &["a :0"]);
}

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
    // what failed in part does not say what it would have found there
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
    // a list of nothing but what was found says nothing of other rules, and less so one that lacks what was found
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
    let told = [
        "dependency CVE-2021-1 pkg:npm/lodash@4.17.20 []",
        "dependency CVE-2021-2 pkg:cargo/a@1 [\"2\", \"3\"]",
        "container CVE-2021-3 pkg:generic/z []",
        "dependency GHSA-aaaa-bbbb-cccc pkg:generic/unknown []",
    ];
    check_results(rules, results, show, &told);
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
            format!(
                "{} {} {} {}{unfixed}",
                finding.severity,
                advisory.id,
                package.purl,
                package.fixed.join("|")
            )
        }
        Subject::Rule => "rule".to_owned(),
    };
    let check = |rule: &str, result: &str, expected: &str| check_results(rule, result, show, &[expected]);
    // Docker Scout: a rule for all packages, the result's message says which
    let scout = r#"{"id":"CVE-1-1","properties":{"fixed_version":"1.3.1","security-severity":"9.8","tags":["HIGH"],
        "purls":["pkg:deb/debian/zlib@1.2?os=x","pkg:deb/debian/zlib1g@1.2?os=x"]}}"#;
    let message = r"  Vulnerability   : CVE-1-1\n  Severity        : HIGH\n  Package         : zlib1g 1.2\n  Fixed version   : 1.3.1";
    let result = format!(r#"{{"ruleId":"CVE-1-1","message":{{"text":"{message}"}}}}"#);
    check(scout, &result, "high CVE-1-1 pkg:deb/debian/zlib1g@1.2 1.3.1");
    check(scout, r#"{"ruleId":"CVE-1-1"}"#, "high CVE-1-1 pkg:deb/debian/zlib@1.2 1.3.1");
    let unfixed = scout.replace("1.3.1", "not fixed");
    check(&unfixed, r#"{"ruleId":"CVE-1-1"}"#, "high CVE-1-1 pkg:deb/debian/zlib@1.2  none");
    // JFrog Xray: package and version are a part of the rule's id and of the message
    let xray = r#"{"id":"CVE-2-2_lodash_4.17.15","properties":{"security-severity":"7.4"}}"#;
    let result = r#"{"ruleId":"CVE-2-2_lodash_4.17.15","message":{"text":"[CVE-2-2] lodash 4.17.15"},
        "properties":{"fixedVersion":"[4.17.19]"}}"#;
    check(xray, result, "high CVE-2-2 pkg:generic/lodash@4.17.15 4.17.19");
    let result = r#"{"ruleId":"CVE-2-2_lodash_4.17.15","properties":{"fixedVersion":"No fix available"}}"#;
    check(xray, result, "high CVE-2-2 pkg:generic/lodash@4.17.15  none");
    // a package URL as the name of a logical location, and within a description
    let result =
        r#"{"ruleId":"CVE-3-3","locations":[{"logicalLocations":[{"fullyQualifiedName":"pkg:npm/a@1"}]}]}"#;
    check(r#"{"id":"CVE-3-3"}"#, result, "medium CVE-3-3 pkg:npm/a@1 ");
    let described = r#"{"id":"CVE-3-3","fullDescription":{"text":"A fault in `pkg:npm/%40a/b@2`. More."}}"#;
    check(described, r#"{"ruleId":"CVE-3-3"}"#, "medium CVE-3-3 pkg:npm/%40a/b@2 ");
    // Snyk: the fixed version is in its advice alone
    let advised = r###"{"id":"SNYK-JS-A-1","fullDescription":{"text":"a@1"},
        "help":{"text":"","markdown":"## Overview\nIt is bad.\n## Remediation\nUpgrade `a` to version 2.0.0 or higher.\n"}}"###;
    check(advised, r#"{"ruleId":"SNYK-JS-A-1"}"#, "medium SNYK-JS-A-1 pkg:npm/a@1 2.0.0");
    // old Trivy
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

/// A report with about everything that is read.
const WHOLE: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"s","rules":[{"id":"CVE-2021-1-x","help":{"text":
        "Package: a\nVersion: 1"},"relationships":[{"target":{"index":0,"toolComponent":{"index":0}}}]},{"id":"r","messageStrings":
        {"m":{"text":"{0} [x](1)"}}}]}},"results":[{"ruleIndex":0,"level":"error","message":{"text":"Package 'b@1' is"},"locations":[
        {"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":1},"contextRegion":{"startLine":1,"snippet":{"text":
        "x"}}}}]},{"ruleId":"r/1","message":{"id":"m","arguments":["a"]},"fingerprints":{"f/v1":"1"},"suppressions":[{"status":
        "accepted"}],"codeFlows":[{"threadFlows":[{"locations":[{"module":"m@v1","location":{"message":{"text":"\ud83d\ude00"}}}]}]}],
        "properties":{"tags":["OWASP-A03:2021","CWE-79"]}}],"artifacts":[{"location":{"uri":"file:///C:/a%20b"}}],
        "taxonomies":[{"name":"CWE","taxa":[{"id":"798"}]}],"originalUriBaseIds":{"A":{"uri":"x/","uriBaseId":"A"}}}]}"#;

proptest::proptest! {
    /// Whatever is lost or broken on the way: a plain error, or problems, and never a panic.
    #[test]
    fn damaged_reports_are_survived(
        edits in proptest::collection::vec(
            (0..WHOLE.len(), 0..12usize, "[a\u{e9}0\"\\\\{}\\[\\],:/@.%]{0,4}"), 0..6,
        ),
    ) {
        let whole = edits.is_empty();
        let mut bytes = WHOLE.as_bytes().to_vec();
        for (at, length, with) in edits {
            let at = at.min(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, with.into_bytes());
        }
        let mut told = Told(Vec::new(), |finding| format!("finding {finding:?}"));
        let read = crate::report::detect::read(&ReportSource::bytes("r", bytes), &mut told);
        match read {
            Ok(_) => proptest::prop_assert!(!whole || told.0.len() == 3),
            Err(problem) => {
                proptest::prop_assert!(!told.0.iter().any(|line| line.starts_with("scan ")));
                proptest::prop_assert!(problem.place.starts_with('r') && !problem.message.is_empty());
            }
        }
    }
}

#[test]
fn what_came_before_a_damaged_tail_is_read() {
    use std::io::Write;
    let report = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[{"ruleId":"a"},{"ruleId":"b"}]}]}"#;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(report.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let mut told = Told(Vec::new(), |finding| finding.rule.id.clone());
    let source = ReportSource::bytes("r", &packed[..packed.len() - 3]);
    let cut = crate::report::detect::read(&source, &mut told).unwrap().cut.unwrap();
    assert_eq!(told.0, ["a", "b", "scan T"]);
    assert_eq!(cut.message, "the file ends in the middle");
}

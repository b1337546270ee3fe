//! What a result says, and what it inherits.

use super::*;
use crate::report::shared::recorded;

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
    // the same if the rest of the run is too far away to be in memory
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
    // from several documents and runs, the right one
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
fn a_word_for_the_severity_is_found_in_the_property_that_a_scanner_uses() {
    let rules = r#"{"id":"scored","properties":{"security-severity":"9.1","severity":"low"}},
            {"id":"word","properties":{"severity":"LOW"},"defaultConfiguration":{"level":"error"}},
            {"id":"problem","properties":{"problem.severity":"recommendation"}},
            {"id":"both","properties":{"problem.severity":"warning"},"defaultConfiguration":{"level":"error"}},
            {"id":"number","properties":{"priority":3},"defaultConfiguration":{"level":"error"}}"#;
    let check = |result: &str, expected| check_results(rules, result, worth, &[expected]);
    for (properties, expected) in [
        (r#""priority":"Critical","kingdom":"API Abuse""#, "critical"),
        (r#""issue_severity":"LOW""#, "low"),
        (r#""DevSkimSeverity":"Critical""#, "critical"),
        (r#""DevSkimSeverity":"ManualReview""#, "high"),
        (r#""qodanaSeverity":"Moderate""#, "medium"),
        (r#""zizmor/severity":"Informational""#, "info"),
        (r#""Severity":"information","severity":"unknown""#, "info"),
    ] {
        check(&format!(r#"{{"level":"error","properties":{{{properties}}}}}"#), expected);
    }
    check(r#"{"ruleId":"scored"}"#, "critical");
    check(r#"{"ruleId":"word","level":"error"}"#, "low");
    check(r#"{"ruleId":"word","properties":{"priority":"High"}}"#, "high");
    check(r#"{"ruleId":"problem"}"#, "low");
    check(r#"{"ruleId":"both"}"#, "high");
    check(r#"{"ruleId":"number"}"#, "high");
}

#[test]
fn what_the_report_skips_is_marked() {
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
    let check = |rest: &str, expected: &str| {
        let report = format!(
            r#"{{"runs":[{{"tool":{{"driver":{{"name":"s","rules":[{rules}]}}}},"results":[{}]}}]}}"#,
            result(rest)
        );
        assert_eq!(recorded::lines_of(&report, show), [expected, "scan s"]);
    };
    check(r#""ruleId":"key""#, "secret A key 1");
    check(r#""ruleId":"late","properties":{"cwe":["CWE-321"]}"#, "secret late 1");
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
fn a_single_word_is_shown_with_the_lines_around_it() {
    let shown = |finding: &Finding<'_>| {
        format!("{}: {}", finding.detail.snippet_line, finding.detail.snippet.as_deref().unwrap_or("-"))
    };
    let check = |region: &str, expected: &str| {
        let around = r#""contextRegion":{"startLine":2,"snippet":{"text":"f(\n  result)"}}"#;
        let place = format!(r#"{{"physicalLocation":{{{region},{around}}}}}"#);
        let result = format!(r#"{{"ruleId":"r","message":{{"text":"m"}},"locations":[{place}]}}"#);
        check_results("", &result, shown, &[expected]);
    };
    check(r#""region":{"startLine":3,"snippet":{"text":"result"}}"#, "2: f(\n  result)");
    check(r#""region":{"startLine":3,"snippet":{"text":"int result"}}"#, "3: int result");
    check(r#""region":{"startLine":3}"#, "2: f(\n  result)");
}

#[test]
fn names_of_variables_are_shown_and_never_their_values() {
    let rules = r#"{"id":"CIS-DI-0010","shortDescription":{"text":"Do not store credential in ENVIRONMENT vars/files"}}"#;
    let check = |message: &str, expected: &str| {
        let report = format!(
            r#"{{"runs":[{{"tool":{{"driver":{{"name":"Dockle","rules":[{rules}]}}}},"results":[{{"ruleId":"CIS-DI-0010","message":{{"text":"{message}"}}}}]}}]}}"#
        );
        let show = |finding: &Finding<'_>| format!("{} {}", finding.detail.message, finding.detail.withheld);
        assert_eq!(crate::report::shared::recorded::lines_of(&report, show)[0], expected);
    };
    let key = "Suspicious ENV key found : DB_PASSWORD";
    check(&format!("{key}, {key}_2"), &format!("{key}, {key}_2 false"));
    let rule = "Do not store credential in ENVIRONMENT vars/files true";
    check(&format!("{key} on ENV DB_PASSWORD=hunter2"), rule);
    check("Suspicious ENV key found : hunter2", rule);
}

#[test]
fn licences_are_counted_and_are_no_findings() {
    let rules = r#"{"id":"snyk:lic:npm:a:GPL-3.0"},{"id":"MIT_b_1","fullDescription":{"text":"Dependency b version 1 is using a license (MIT) that is not allowed."}},{"id":"R"}"#;
    let results = r#"{"ruleId":"snyk:lic:npm:a:GPL-3.0","level":"error"},{"ruleId":"R"},{"ruleIndex":1},{"ruleId":"snyk:lic:npm:c:X"}"#;
    let tool = format!(r#""tool":{{"driver":{{"name":"s","rules":[{rules}]}}}}"#);
    let expected = ["1 license", "R :0", "1 license", "1 license", "scan s"];
    check(&format!(r#"{{"runs":[{{{tool},"results":[{results}]}}]}}"#), place, &expected);
    check(&format!(r#"{{"runs":[{{"results":[{results}],{tool}}}]}}"#), place, &expected);
}

#[test]
fn a_long_flow_keeps_both_ends() {
    let step = |line: usize| {
        format!(
            r#"{{"location":{{"physicalLocation":{{"artifactLocation":{{"uri":"a.c"}},"region":{{"startLine":{line}}}}}}}}}"#
        )
    };
    let steps: Vec<String> = (1..=250).map(step).collect();
    let flow = format!(r#"{{"threadFlows":[{{"locations":[{}]}}]}}"#, steps.join(","));
    let report = format!(
        r#"{{"runs":[{{"tool":{{"driver":{{"name":"s"}}}},"results":[{{"ruleId":"R","codeFlows":[{flow}]}}]}}]}}"#
    );
    let ends = |finding: &Finding<'_>| {
        let flow = finding.detail.kept().flow;
        let left_out: usize = flow.iter().map(|step| step.left_out).sum();
        format!("{}-{}, {left_out}", flow[0].location.line, flow[flow.len() - 1].location.line)
    };
    check(&report, ends, &["1-250, 230", "scan s"]);
}

//! Tests of the reader for SonarQube's issues and hotspots.

use super::*;
use crate::report::shared::recorded::{self, check};

fn page_of(total: usize, issues: &str) -> String {
    format!(
        r#"{{"total":{total},"p":1,"ps":500,"paging":{{"pageIndex":1,"pageSize":500,"total":{total}}},"issues":[{issues}],"components":[],"facets":[]}}"#
    )
}

const ISSUE: &str = r#"{"key":"AZg9","rule":"python:S5131","severity":"BLOCKER","component":"com.acme:shop:src/app.py","project":"com.acme:shop","line":12,
    "textRange":{"startLine":12,"endLine":13,"startOffset":4,"endOffset":9},"flows":[{"locations":[{"component":"com.acme:shop:src/app.py","textRange":{"startLine":12},"msg":"sink"},
    {"component":"com.acme:shop:src/in.py","textRange":{"startLine":3},"msg":"source"}]}],"status":"OPEN","message":"Change this code to not reflect user input.","tags":["cwe-79","injection"],"type":"VULNERABILITY"}"#;

#[test]
fn issues_of_the_api_are_read() {
    let report = page_of(1, ISSUE);
    check(
        "sonarqube",
        &report,
        recorded::lines,
        &["code python:S5131 critical src/app.py:12-13:5", "scan SonarQube"],
    );
    check(
        "sonarqube",
        &report,
        recorded::rule,
        &[
            r#"python:S5131 |  |  | None | Some("https://rules.sonarsource.com/python/RSPEC-5131/") | [79] [] ["vulnerability", "cwe-79", "injection"]"#,
            "scan SonarQube",
        ],
    );
    let steps: fn(&crate::model::finding::Finding<'_>) -> String = |finding| {
        let steps = finding.detail.flow.iter();
        steps.map(|step| format!("{}:{} {};", step.location.path, step.location.line, step.message)).collect()
    };
    check("sonarqube", &report, steps, &["src/in.py:3 source;src/app.py:12 sink;", "scan SonarQube"]);
    check("sonarqube", &page_of(0, ""), recorded::lines, &["scan SonarQube"]);
    check(
        "sonarqube",
        &format!("[{ISSUE}]"),
        recorded::place,
        &["code python:S5131 src/app.py:12", "scan SonarQube"],
    );
}

#[test]
fn single_steps_are_other_places() {
    let issue = ISSUE.replace(
        r#"},
    {"component":"com.acme:shop:src/in.py""#,
        r#"}]},{"locations":[
    {"component":"com.acme:shop:src/in.py""#,
    );
    let places: fn(&crate::model::finding::Finding<'_>) -> String = |finding| {
        let related = finding.detail.related.iter();
        let related: String =
            related.map(|step| format!("{}:{};", step.location.path, step.location.line)).collect();
        format!("{} {related}", finding.detail.flow.len())
    };
    check("sonarqube", &page_of(1, &issue), places, &["0 src/app.py:12;src/in.py:3;", "scan SonarQube"]);
}

#[test]
fn a_page_is_not_the_whole() {
    check(
        "sonarqube",
        &page_of(1240, ISSUE),
        recorded::place,
        &[
            "code python:S5131 src/app.py:12",
            "problem SonarQube did not scan everything: the report contains only one page, with 1 of 1240 \
             issues",
            "scan SonarQube failed",
        ],
    );
}

#[test]
fn what_was_decided_counts() {
    let check = |decided: &str, expected: &str| {
        let issue = ISSUE.replace(r#""status":"OPEN""#, decided);
        assert_eq!(recorded::lines_of(&page_of(1, &issue), recorded::skipped)[0], expected, "{decided}");
    };
    check(r#""status":"CONFIRMED""#, "kept");
    check(r#""status":"REOPENED","issueStatus":"OPEN""#, "kept");
    check(r#""status":"CLOSED","resolution":"FIXED""#, "absent");
    check(r#""status":"CLOSED","resolution":"REMOVED""#, "absent");
    check(r#""status":"RESOLVED","resolution":"FALSE-POSITIVE""#, "suppressed");
    check(r#""status":"RESOLVED","resolution":"WONTFIX","issueStatus":"ACCEPTED""#, "suppressed");
}

#[test]
fn severities_are_sonarqubes() {
    let check = |words: &str, expected: &str| {
        let issue = ISSUE.replace(r#""severity":"BLOCKER""#, words);
        let recorded = recorded::lines_of(&page_of(1, &issue), recorded::lines);
        assert!(recorded[0].contains(expected), "{words}: {recorded:?}");
    };
    check(r#""severity":"CRITICAL""#, " critical ");
    check(r#""severity":"MAJOR""#, " medium ");
    check(r#""severity":"MINOR""#, " low ");
    check(r#""severity":"INFO""#, " info ");
    check(
        r#""impacts":[{"softwareQuality":"RELIABILITY","severity":"LOW"},{"softwareQuality":"SECURITY","severity":"HIGH"}]"#,
        " high ",
    );
    check(r#""severity":"MAJOR","impacts":[{"softwareQuality":"SECURITY","severity":"HIGH"}]"#, " medium ");
}

#[test]
fn hotspots_and_a_report_of_sonar_report_are_read() {
    let hotspots = r#"{"paging":{"pageIndex":1,"pageSize":100,"total":2},"hotspots":[{"key":"h1","component":"shop:src/a.ts","project":"shop","securityCategory":"xss","vulnerabilityProbability":"HIGH",
        "status":"TO_REVIEW","line":47,"message":"Make sure this is safe.","textRange":{"startLine":47,"endLine":47,"startOffset":0},"ruleKey":"typescript:S6268"},
        {"key":"h2","component":"shop:src/b.ts","project":"shop","securityCategory":"xss","vulnerabilityProbability":"LOW","status":"REVIEWED","resolution":"SAFE","line":1,"message":"m","ruleKey":"typescript:S6268"}],"components":[]}"#;
    check(
        "sonarqube",
        hotspots,
        recorded::lines,
        &[
            "code typescript:S6268 high src/a.ts:47-47:1",
            "code typescript:S6268 low src/b.ts:1-1:0, suppressed",
            "scan SonarQube",
        ],
    );
    let report = r#"{"sonarBaseURL":"https://sonar","rules":{"python:S4502":{"name":"CSRF"}},"issues":[{"rule":"python:S4502","severity":"CRITICAL","status":"TO_REVIEW","component":"app.py","line":8,
        "description":"Disabling CSRF protections is security-sensitive","message":"Make sure disabling CSRF protection is safe here.","key":"k"}],"hotspotKeys":["k"]}"#;
    check(
        "sonarqube",
        report,
        recorded::full,
        &[
            "code SonarQube critical python:S4502 (Disabling CSRF protections is security-sensitive) in app.py:8: Make sure disabling CSRF protection is safe here.",
            "scan SonarQube",
        ],
    );
}

#[test]
fn a_message_that_names_only_a_variable_is_kept() {
    let hotspot = |message: &str| {
        let report = format!(
            r#"[{{"key":"h1","component":"shop:a.rb","project":"shop","securityCategory":"auth","vulnerabilityProbability":"HIGH","status":"TO_REVIEW","line":9,"message":"{message}"}}]"#
        );
        recorded::lines_of(&report, recorded::words)[0].clone()
    };
    let own = r#"\"password\" detected here, make sure this is not a hard-coded credential."#;
    assert!(hotspot(own).starts_with("\"password\" detected here, make sure"), "{}", hotspot(own));
    for quoted in [
        own.replace("password", "hunter2"),
        own.replace("here", "in 'hunter2'"),
        own.replace("credential", "credential hunter2"),
    ] {
        assert!(!hotspot(&quoted).contains("hunter2"), "{quoted}");
    }
}

#[test]
fn each_vulnerable_component_is_a_rule_of_its_own() {
    let issue = |key: &str, component: &str, file: &str, references: &str| {
        format!(
            r#"{{"key":"{key}","rule":"OWASP:UsingComponentWithKnownVulnerability","severity":"MAJOR","component":"{component}","project":"shop","status":"OPEN","type":"VULNERABILITY",
            "message":"Filename: {file} | Highest CVSS Score: 7.5 | Amount of CVSS: 1 | References: {references} (7.5)"}}"#
        )
    };
    let issues = [
        issue("1", "shop", "jose-jwt-1.2.jar", "CVE-2023-1"),
        issue("2", "shop:pom.xml", "b-3.jar", "CVE-2023-2"),
    ];
    let rule = "OWASP:UsingComponentWithKnownVulnerability";
    check(
        "sonarqube",
        &page_of(2, &issues.join(",")),
        recorded::full,
        &[
            &format!(
                "code SonarQube medium {rule}:jose-jwt-1.2.jar (jose-jwt-1.2.jar has known vulnerabilities) in jose-jwt-1.2.jar:0: Filename: jose-jwt-1.2.jar | Highest CVSS Score: 7.5 | Amount of CVSS: 1 | References: CVE-2023-1 (7.5)"
            ),
            &format!(
                "code SonarQube medium {rule}:b-3.jar (b-3.jar has known vulnerabilities) in pom.xml:0: Filename: b-3.jar | Highest CVSS Score: 7.5 | Amount of CVSS: 1 | References: CVE-2023-2 (7.5)"
            ),
            "scan SonarQube",
        ],
    );
    assert_eq!(component("java:S1", "Filename: a | References: b"), None);
    assert_eq!(component("OWASP:UsingComponentWithKnownVulnerability", "Filename: a"), None);
}

#[test]
fn a_component_is_a_path_behind_its_project() {
    let check = |component, project, expected| assert_eq!(inside(component, project), expected);
    check("shop:src/a.py", "shop", "src/a.py");
    check("com.acme:shop:src/a.py", "com.acme:shop", "src/a.py");
    check("com.acme:module:src/a.py", "com.acme:shop", "src/a.py");
    check("shop", "shop", "");
    check("app.py", "", "app.py");
}

#[test]
fn what_a_rule_is_about_and_the_page_of_an_issue_are_read() {
    let report = r#"{"sonarBaseURL":"https://sonar.example","sonarComponent":"shop","rules":{"python:S4502":{"name":"n",
        "htmlDesc":"<p>It is a risk.</p>\n<h2>Recommended Secure Coding Practices</h2>\n<p>Switch it on.</p>"}},"issues":[{"rule":"python:S4502",
        "severity":"CRITICAL","status":"TO_REVIEW","component":"a.py","line":8,"description":"Disabling it is sensitive","message":"Make sure.","key":"K1"}]}"#;
    let rule = &recorded::lines_of(report, recorded::rule)[0];
    assert!(rule.contains("<p>It is a risk.</p> | Text(\"<h2>Recommended"), "{rule}");
    let facts = recorded::lines_of(report, |finding| format!("{:?}", finding.detail.facts));
    assert!(facts[0].contains("https://sonar.example/security_hotspots?id=shop&hotspots=K1"), "{facts:?}");
}

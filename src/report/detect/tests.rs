//! How a format is recognised, what is said if none is, and what every reader does in the same way.

use crate::report::detect::*;
use crate::report::shared::recorded::{self, Problems};
use crate::report::sink::Nobody;

#[test]
fn formats_are_told_from_the_content() {
    let check = |text: &str, expected: Result<&str, &str>| {
        let source = ReportSource::bytes("r", text.as_bytes());
        let read = read(&source, &mut Nobody);
        let read = read.and_then(|done| done.cut.map_or(Ok(done.format.name), Err));
        match (read, expected) {
            (Err(problem), Err(said)) => assert!(problem.message.contains(said), "{problem:?}"),
            (read, expected) => {
                assert_eq!(read, expected.map_err(|said| Problem::new("", said)), "{text}")
            }
        }
    };
    check(r#"{"version":"2.1.0","runs":[]}"#, Ok("sarif"));
    check(r#"{"runs":null}"#, Ok("sarif"));
    check("", Err("is empty"));
    check(" \n", Err("is empty"));
    check("{}", Err("an unknown format (an object without members)"));
    check(r#"{"a":1,"b":[{"c":2}]}"#, Err("an unknown format (an object with a, b)"));
    check(r#"[1,{"a":1},{"b":1}]"#, Err("an unknown format (a list of objects with a)"));
    check("[1]", Err("a list without objects"));
    check("{oops", Err("starts like JSON, but is not JSON: a key is missing here"));
    check("{", Err("starts like JSON, but the file is cut off"));
    check("<?xml version='1.0'?><a/>", Err("is XML in an unknown format"));
    check("<!DOCTYPE html><HTML>", Err("is a web page"));
    check("Error: no such option", Err("is not JSON: it looks like plain text"));
    check("true", Err("is JSON in an unknown format (a single value)"));
    check(" 42\n", Err("is JSON in an unknown format (a single value)"));
    check("\n> shop@1.0.0 audit\n[info]\n{\n \"a\": 1}", Err("before the JSON: `> shop@1.0.0 audit`"));
    check("warning\n[{}]", Err("before the JSON: `warning`"));
    check("warning\n[info] x\n{x}", Err("it looks like plain text"));
    check(
        r#"{"pass":true,"vulnerabilities":[]}"#,
        Err("looks like a mix_audit report, which is not supported"),
    );
}

#[test]
fn an_empty_object_is_of_whom_the_category_names() {
    let check = |category: &str, text: &str, expected: Option<&str>| {
        let mut source = ReportSource::bytes("r", text.as_bytes());
        source.category = Some(category.to_owned());
        assert_eq!(read(&source, &mut Nobody).ok().map(|done| done.format.name), expected, "{category}");
    };
    check("bun", "{ }\n", Some("bun-audit"));
    check("web/Bun", "{}", Some("bun-audit"));
    check("bundler", "{}", None);
    check("bun", "{\"a\":1}", None);
}

#[test]
fn a_look_sees_plain_values() {
    let text = format!(r#"{{"a":"x","n":{{}},"m":null,"b":2,"c":[{}],"z":1}}"#, "0,".repeat(1 << 16));
    let outline = Outline::whole(&ReportSource::bytes("r", text.into_bytes())).unwrap();
    assert_eq!((outline.value("a"), outline.value("b")), (Some("x"), Some("2")));
    assert_eq!((outline.value("n"), outline.value("m")), (None, None));
    assert_eq!((outline.has("c"), outline.value("z")), (true, Some("1")));
    assert!(outline.head.contains(r#""z":1"#), "what lies far away belongs to the text");
}

#[test]
fn a_format_is_told_wherever_its_members_lie() {
    let check = |first: &str, rest: &str, expected: &str| {
        let text = format!(r#"{{"{first}":[{{"x":"{}"}}],{rest}}}"#, "y".repeat(400_000));
        let done = read(&ReportSource::bytes("r", text.into_bytes()), &mut Problems::default());
        assert_eq!(done.map(|done| done.format.name), Ok(expected));
    };
    check("Metadata", r#""SchemaVersion":2,"ArtifactName":"a","Results":[]"#, "trivy");
    check("other", r#""version":"2.1.0","runs":[]"#, "sarif");
    check("projectReferences", r#""dependencies":[],"reportSchema":"1.1","scanInfo":{}"#, "dependency-check");
    check("ignoredMatches", r#""matches":[]"#, "grype");
    check("paths", r#""results":[],"errors":[]"#, "semgrep");
}

/// Who closed a scan or reported a problem, in order.
#[derive(Default)]
struct Events(Vec<String>);

impl Sink for Events {
    fn finding(&mut self, _: Finding<'_>) {
        self.0.push("finding".to_owned());
    }

    fn scan(&mut self, scan: Scan) {
        self.0.push(scan.scanner);
    }

    fn problem(&mut self, problem: Problem) {
        self.0.push(format!("{}: {}", problem.place, problem.message));
    }
}

#[test]
fn documents_that_follow_are_read() {
    const LEAKS: &str = r#"[{"RuleID":"r","StartLine":1,"Secret":"s","Fingerprint":"f"}]"#;
    let check = |text: &[u8], expected: &[&str]| {
        let mut events = Events::default();
        let done = read(&ReportSource::bytes("r", text), &mut events).unwrap();
        events.0.extend(done.cut.map(|cut| format!("{}: {}", cut.place, cut.message)));
        assert_eq!(events.0, expected, "{}", String::from_utf8_lossy(text));
    };
    check(LEAKS.as_bytes(), &["finding", "gitleaks"]);
    check(
        format!("{LEAKS}\n \u{feff}{LEAKS}{LEAKS}").as_bytes(),
        &["finding", "gitleaks", "finding", "gitleaks", "finding", "gitleaks"],
    );
    let kics = r#"{"kics_version":"1","queries":[]}"#;
    check(format!("{kics}\n{kics} []").as_bytes(), &["KICS", "KICS"]);
    check(format!("{kics}{LEAKS}").as_bytes(), &["KICS", "finding", "gitleaks"]);
    check(
        format!("{kics}\nDone.").as_bytes(),
        &[
            "KICS",
            "r, from byte 34: the text after the report was not read: it is not JSON: it looks like plain \
             text or binary data",
        ],
    );
    check(
        format!("{kics}{kics}{{").as_bytes(),
        &[
            "KICS",
            "KICS",
            "r, from byte 66: the text after the report was not read: it starts like JSON, but the file \
             is cut off",
        ],
    );
    let xml = r#"<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.2.5.xsd"><dependencies/></analysis>"#;
    check(format!("{xml}<!-- x -->\n").as_bytes(), &["OWASP Dependency-Check"]);
    check(
        format!("{xml}\n<?xml version=\"1.0\"?>{xml}").as_bytes(),
        &["OWASP Dependency-Check", "OWASP Dependency-Check"],
    );
    check(
        format!("{xml}x").as_bytes(),
        &[
            "OWASP Dependency-Check",
            "r, from byte 114: the text after the report was not read: it is not JSON: it looks like plain \
             text or binary data",
        ],
    );
}

#[test]
fn a_list_of_reports_is_read() {
    let check = |text: &str, expected: Result<&[&str], &str>| {
        let mut events = Events::default();
        let read = read(&ReportSource::bytes("r", text.as_bytes()), &mut events);
        match (read, expected) {
            (Ok(done), Ok(expected)) => {
                events.0.extend(done.cut.map(|cut| format!("{}: {}", cut.place, cut.message)));
                assert_eq!(events.0, expected, "{text}");
            }
            (Err(problem), Err(said)) => assert!(problem.message.contains(said), "{problem:?}"),
            (read, _) => panic!("{text}: {:?}", read.map(|done| done.format.name)),
        }
    };
    let kics = r#"{"kics_version":"1","queries":[]}"#;
    let alerts = r#"[{"number":1,"state":"open","secret_type":"x","locations_url":"u"}]"#;
    check(&format!("[{kics}, {kics}\n]"), Ok(&["KICS", "KICS"]));
    check(
        &format!("[{alerts},[],{alerts}]"),
        Ok(&["finding", "GitHub secret scanning", "finding", "GitHub secret scanning"]),
    );
    check(&format!("[{kics}]\n[{alerts}]{kics}"), Ok(&["KICS", "finding", "GitHub secret scanning", "KICS"]));
    check(
        &format!("[{kics},7,{kics}]"),
        Ok(&[
            "KICS",
            "KICS",
            "r, from byte 35: the text after the report was not read: it is JSON in an unknown format (a \
             single value)",
        ]),
    );
    check(&format!("[{kics},{kics}"), Ok(&["KICS", "KICS", "r (byte 68): the file is cut off"]));
    check("[[[]]]", Err("a list without objects"));
    check(&"[".repeat(100_000), Err(""));
    check("[[]]", Ok(&[]));
}

#[test]
fn a_gzip_that_is_cut_early_tells_what_it_has() {
    use std::io::Write;
    let leak = |number: u32| {
        format!(
            r#"{{"RuleID":"r{number}","StartLine":{},"Secret":"s","Fingerprint":"f{}"}}"#,
            number * 7919,
            number * 104_729
        )
    };
    let report = format!("[{}]", (0..5000).map(leak).collect::<Vec<_>>().join(","));
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(report.as_bytes()).unwrap();
    let mut packed = packer.finish().unwrap();
    packed.truncate(packed.len() / 2);
    let mut events = Events::default();
    let done = read(&ReportSource::bytes("r", packed), &mut events).unwrap();
    let cut = done.cut.unwrap();
    assert_eq!((done.format.name, cut.message.as_str()), ("gitleaks", "the file is cut off"));
    assert!(events.0.len() > 1000, "{}", events.0.len());
}

#[test]
fn what_is_no_element_is_one_problem() {
    let check = |name: &str, text: &str| {
        let mut problems = Problems::default();
        let done = read(&ReportSource::bytes("r", text.as_bytes()), &mut problems).unwrap();
        assert_eq!((done.format.name, problems.0.len(), done.cut), (name, 2, None), "{text}");
    };
    check("grype", r#"{"matches":[1,null],"descriptor":{"name":"grype"},"source":{}}"#);
    check(
        "osv-scanner",
        r#"{"results":[{"source":{},"packages":[null,{"package":{},"vulnerabilities":["x"]}]}]}"#,
    );
    check("dependency-check", r#"{"reportSchema":"1.1","dependencies":[[],{"vulnerabilities":[7]}]}"#);
    check("dependency-track", r#"{"version":"1.2","meta":{},"project":{},"findings":[1,"x"]}"#);
    check("snyk", r#"{"vulnerabilities":[1,null],"ok":false,"dependencyCount":1}"#);
    check("snyk", r#"{"infrastructureAsCodeIssues":[1,null],"ok":false}"#);
    check("cyclonedx", r#"{"bomFormat":"CycloneDX","vulnerabilities":[null,[]]}"#);
    check("csaf", r#"{"document":{"category":"csaf_vex","csaf_version":"2.0"},"vulnerabilities":[1,2]}"#);
    check("openvex", r#"{"@context":"https://openvex.dev/ns/v0.2.0","statements":[1,null]}"#);
    check("pip-audit", r#"{"dependencies":[1,{"name":"a","version":"1","vulns":[null]}]}"#);
    check("trivy", r#"{"SchemaVersion":2,"Results":[{"Vulnerabilities":[1],"Secrets":[null]}]}"#);
    check(
        "trivy",
        r#"{"SchemaVersion":2,"Results":[{"Misconfigurations":[1],"ExperimentalModifiedFindings":["x"]}]}"#,
    );
    check(
        "govulncheck",
        r#"{"config":{"protocol_version":"v1.0.0"}}{"progress":{"message":"Checking"}}{"osv":1}{"finding":null}"#,
    );
}

#[test]
fn another_tools_report_is_no_clean_scan() {
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(recorded::lines_of(text, recorded::lines), expected, "{text}");
    };
    // Prisma Cloud's reports have results with packages and vulnerabilities, like OSV-Scanner's
    let prisma = r#"{"results":[{"name":"app","packages":[{"type":"os","name":"bash"}],"vulnerabilities":[{"id":"CVE-1"}]}]}"#;
    assert!(read(&ReportSource::bytes("r", prisma.as_bytes()), &mut Nobody).is_err());
    let unread = |format: &str, member: &str| {
        format!(
            "problem looks like {format}, but nothing in its `{member}` could be read, so it does not count \
             as a clean scan"
        )
    };
    check(
        r#"{"results":[{"source":{},"packages":[{"package":{"name":"a"},"issues":[{"id":"CVE-1"}]}]}]}"#,
        &[&unread("osv-scanner", "issues"), "scan OSV-Scanner without results"],
    );
    check(
        r#"{"results":[],"errors":[],"paths":{},"findings":[{"id":"x"}]}"#,
        &[&unread("semgrep", "findings"), "scan Semgrep OSS without results"],
    );
    check(
        r#"[{"filePath":"a.js","messages":[],"errorCount":0,"vulnerabilities":[{"id":1}]}]"#,
        &[&unread("eslint", "vulnerabilities"), "scan ESLint without results"],
    );
    // the same in a list of reports
    check(
        r#"[[{"filePath":"a.js","messages":[],"vulnerabilities":[{"id":1}]}]]"#,
        &[&unread("eslint", "vulnerabilities"), "scan ESLint without results"],
    );
    check(r#"[{"filePath":"a.js","messages":[],"errorCount":0}]"#, &["scan ESLint"]);
}

#[test]
fn a_report_in_which_every_check_passed_is_a_clean_scan() {
    let check = |text: &str, expected: &[&str]| {
        assert_eq!(recorded::lines_of(text, recorded::lines), expected, "{text}");
    };
    let asff = |status: &str| {
        format!(
            r#"{{"SchemaVersion":"2018-10-08","Id":"a","ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/securityhub","GeneratorId":"security-control/S3.1",
            "Title":"t","Compliance":{{"Status":"{status}"}},"Resources":[{{"Id":"arn:aws:s3:::logs"}}]}}"#
        )
    };
    check(
        &format!(r#"{{"findings":[{},{}]}}"#, asff("PASSED"), asff("NOT_AVAILABLE")),
        &["1 passed check", "1 manual check", "scan AWS Security Hub"],
    );
    check(
        r#"{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a.tf","Class":"config","Type":"terraform","Misconfigurations":[{"ID":"AVD-1","Title":"t","Status":"PASS"}]}]}"#,
        &["1 passed check", "scan Trivy"],
    );
    check(
        r#"{"results":[{"rule_id":"AVD-1","rule_description":"d","status":1,"location":{"filename":"a.tf"},"violations":[{"a":1}]}]}"#,
        &["1 passed check", "scan tfsec"],
    );
    // a list of licences is no list of findings either
    check(
        r#"{"total_violations":1,"violations":[{"type":"License","watch_name":"w","severity":"High","infected_components":["npm://a:1"]}]}"#,
        &["1 license", "scan JFrog Xray Scanner"],
    );
}

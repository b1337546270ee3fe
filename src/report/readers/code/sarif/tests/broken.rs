//! What is damaged, incomplete or unusual.

use super::*;

#[test]
fn one_bad_result_never_costs_its_neighbours() {
    let results = r#"{"ruleId":"a"},{"ruleId":},null,"x",{"ruleId":"b","ruleId":"c"},{"ruleId":"d","locations":[null,3,{}]}"#;
    let report = format!(r#"{{"runs":[{{"tool":{{"driver":{{"name":"s"}}}},"results":[{results}]}}]}}"#);
    let recorded = recorded(&report, place);
    let starts = [
        "a :0",
        "problem r: runs[0].results[1] (byte ",
        "problem r: runs[0].results[2]",
        "problem r: runs[0].results[3]",
        "c :0",
        "d :0",
        "scan s",
    ];
    assert_eq!(recorded.len(), starts.len(), "{recorded:?}");
    assert!(recorded.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{recorded:?}");
}

#[test]
fn a_file_that_is_cut_off_keeps_what_came_before() {
    let report = r#"{"runs":[{"tool":{"driver":{"name":"s"}},"results":[{"ruleId":"a"},{"ruleId":"#;
    check(report, place, &["a :0", "scan s", "error r: runs[0].results[1] (byte 77): the file is cut off"]);
    let recorded = recorded(&format!("{}{}", r#"{"runs":[{"tool":{"driver":{"name":"s"}}}]"#, ""), place);
    let nothing = "problem r: runs[0] (byte 41): says nothing about findings (no `results`)";
    assert_eq!(recorded, [nothing, "scan s", "error r (byte 42): the file is cut off"]);
}

#[test]
fn old_and_odd_reports_are_told_apart() {
    check(
        r#"{"version":"1.0.0","runs":[{"results":[{}]}]}"#,
        place,
        &["error r: version (byte 18): this is SARIF 1.0, which is not supported"],
    );
    check(r#"{"version":"2.2","runs":[{"results":[{"ruleId":"a"}]}]}"#, place, &["a :0", "scan "]);
    check(r#"{"version":2,"runs":{"results":[{"ruleId":"a"}]}}"#, place, &["a :0", "scan "]);
    check(r#"{"runs":[7]}"#, place, &["problem r: runs[0] (byte 9): is not a run and was skipped"]);
    check(
        r#"{"runs":null}"#,
        place,
        &["problem r: runs (byte 8): is not a list of runs, so the report says nothing about findings"],
    );
}

#[test]
fn a_run_without_results_says_so_once_a_report() {
    let recorded = "problem r: runs[0] (byte 11): says nothing about findings (no `results`)";
    check(r#"{"runs":[{},{"results":null}]}"#, place, &[recorded, "scan ", "scan "]);
    check(r#"{"runs":[{"results":[]}]}"#, place, &["scan "]);
    let recorded = "problem r: runs[0].results (byte 20): is not a list of results";
    for results in ["\"\"", "0", "false"] {
        check(&format!(r#"{{"runs":[{{"results":{results}}}]}}"#), place, &[recorded, "scan "]);
    }
    let nothing = "problem r: runs[0].results (byte 22): is not a result and was skipped";
    check(r#"{"runs":[{"results":{}}]}"#, place, &[recorded, nothing, "scan "]);
    check(r#"{"runs":[{"results":{"ruleId":"a"}}]}"#, place, &[recorded, "a :0", "scan "]);
}

#[test]
fn a_result_of_which_nothing_can_be_read_is_no_finding() {
    for result in
        ["{}", r#"{"ruleId":{"a":1},"message":7,"locations":3}"#, r#"{"ruleIndex":-1,"locations":[7]}"#]
    {
        let at = r#"{"runs":[{"tool":{"driver":{"name":"s","rules":[]}},"results":["#.len() + result.len();
        let recorded = format!("problem r: runs[0].results[0] (byte {at}): is not a result and was skipped");
        check_results("", result, place, &[&recorded]);
    }
    for result in [r#"{"message":{"text":"m"}}"#, r#"{"locations":[{}]}"#, r#"{"fingerprints":{"a":"b"}}"#] {
        check_results("", result, place, &[" :0"]);
    }
    check_results("", r#"{"rule":{"id":"a"}}"#, place, &["a :0"]);
}

/// A report with nearly everything that is read.
const WHOLE: &str = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"s","rules":[{"id":"CVE-2021-1-x","help":{"text":
        "Package: a\nVersion: 1"},"relationships":[{"target":{"index":0,"toolComponent":{"index":0}}}]},{"id":"r","messageStrings":
        {"m":{"text":"{0} [x](1)"}}}]}},"results":[{"ruleIndex":0,"level":"error","message":{"text":"Package 'b@1' is"},"locations":[
        {"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":1},"contextRegion":{"startLine":1,"snippet":{"text":
        "x"}}}}]},{"ruleId":"r/1","message":{"id":"m","arguments":["a"]},"fingerprints":{"f/v1":"1"},"suppressions":[{"status":
        "accepted"}],"codeFlows":[{"threadFlows":[{"locations":[{"module":"m@v1","location":{"message":{"text":"\ud83d\ude00"}}}]}]}],
        "properties":{"tags":["OWASP-A03:2021","CWE-79"]}}],"artifacts":[{"location":{"uri":"file:///C:/a%20b"}}],
        "taxonomies":[{"name":"CWE","taxa":[{"id":"798"}]}],"originalUriBaseIds":{"A":{"uri":"x/","uriBaseId":"A"}}}]}"#;

proptest::proptest! {
    /// Whatever is lost or damaged on the way, there is a plain error or there are problems, and never a panic.
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
        let mut recorded = Told(Vec::new(), |finding| format!("finding {finding:?}"));
        let read = crate::report::detect::read(&ReportSource::bytes("r", bytes), &mut recorded);
        match read {
            Ok(_) => proptest::prop_assert!(!whole || recorded.0.len() == 3),
            Err(problem) => {
                proptest::prop_assert!(!recorded.0.iter().any(|line| line.starts_with("scan ")));
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
    let mut recorded = Told(Vec::new(), |finding| finding.rule.id.clone());
    let source = ReportSource::bytes("r", &packed[..packed.len() - 3]);
    let cut = crate::report::detect::read(&source, &mut recorded).unwrap().cut.unwrap();
    assert_eq!(recorded.0, ["a", "b", "scan T"]);
    assert_eq!(cut.message, "the file is cut off");
}

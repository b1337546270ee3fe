//! Scanners' words for severities, and names on one line.

use std::borrow::Cow;

use crate::model::finding::Confidence;
use crate::model::fingerprint::Recipe;
use crate::model::severity::Severity;

/// In lower case; words without a meaning (`unknown`, `none given`) are not included.
const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("blocker", Severity::Critical),
    ("high", Severity::High),
    ("error", Severity::High),
    ("important", Severity::High),
    ("major", Severity::High),
    ("medium", Severity::Medium),
    ("moderate", Severity::Medium),
    ("warning", Severity::Medium),
    ("warn", Severity::Medium),
    ("low", Severity::Low),
    ("minor", Severity::Low),
    ("note", Severity::Low),
    ("help", Severity::Low),
    ("info", Severity::Info),
    ("information", Severity::Info),
    ("informational", Severity::Info),
    ("negligible", Severity::Info),
    ("none", Severity::Info),
];

/// What a scanner's word means, ignoring case; `None`: nothing.
pub(crate) fn severity(word: &str) -> Option<Severity> {
    let word = word.trim();
    SEVERITIES.iter().find(|(own, _)| own.eq_ignore_ascii_case(word)).map(|(_, severity)| *severity)
}

/// The confidence that a scanner's word means; `None`: it means nothing.
pub(crate) fn confidence(word: &str) -> Option<Confidence> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "high" | "very-high" | "very high" | "certain" | "confirmed" | "firm" => Confidence::High,
        "medium" | "moderate" => Confidence::Medium,
        "low" | "very-low" | "weak" | "tentative" | "experimental" => Confidence::Low,
        _ => return None,
    })
}

/// How much of a name is read, in bytes: of an id, a version, an address. No more is kept, and each finding that an
/// element reports may repeat it.
const LONGEST_NAME: usize = 1_024;

/// As much of a name as is read. A longer one ends with a hash that distinguishes it from others that begin alike.
pub(crate) fn name(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST_NAME {
        return Cow::Borrowed(text);
    }
    let end = format!("…{}", Recipe::new("name").value(text).finish());
    Cow::Owned(format!("{}{end}", start(text, LONGEST_NAME - end.len())))
}

/// The beginning of a text, at most this many bytes.
pub(crate) fn start(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// One line, with its white space folded.
pub(crate) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shared::recorded;

    #[test]
    fn two_long_names_are_not_one() {
        let of = |end: &str| name(&format!("{}{end}", "é".repeat(2_000))).into_owned();
        assert_ne!(of("a"), of("b"));
        assert_eq!(of("a"), of("a"));
        assert!(of("a").len() <= LONGEST_NAME && of("a").starts_with("ééé"));
        assert_eq!(name(&of("a")), of("a"), "read once more it stays");
        assert_eq!(name("lodash"), "lodash");
    }

    #[test]
    fn a_severity_that_no_report_states_is_marked() {
        let check = |report: &str, expected: &str| {
            let all = recorded::lines_of(report, recorded::severity);
            assert_eq!(all.first().map(String::as_str), Some(expected), "{report}");
        };
        let checkov = |severity: &str| {
            format!(
                r#"{{"check_type":"terraform","results":{{"failed_checks":[{{"check_id":"CKV_1","check_name":"n","file_path":"/a.tf","severity":{severity}}}]}}}}"#
            )
        };
        check(&checkov("null"), "high (assumed)");
        check(&checkov(r#""LOW""#), "low");
        let gem = |more: &str| {
            format!(
                r#"{{"version":"0.9","created_at":"2026","results":[{{"type":"unpatched_gem","gem":{{"name":"a"}},"advisory":{{"id":"CVE-2020-1"{more}}}}}]}}"#
            )
        };
        check(&gem(r#","criticality":null"#), "medium (assumed)");
        check(&gem(r#","cvss_v3":9.1"#), "critical");
        let gitlab = r#"{"version":"15.0.0","scan":{"type":"sast"},"vulnerabilities":[{"id":"1","name":"n","severity":"Unknown","location":{"file":"a"}}]}"#;
        check(gitlab, "medium (assumed)");
        let sarif = |rule: &str| {
            format!(
                r#"{{"runs":[{{"tool":{{"driver":{{"name":"s"}}}},"results":[{{"ruleId":"{rule}","message":{{"text":"m"}}}}]}}]}}"#
            )
        };
        check(&sarif("hardcoded-password"), "high (assumed)");
        // the format says that this is a warning
        check(&sarif("x"), "medium");
        check(r#"[{"RuleID":"aws-key","Secret":"s","File":"a"}]"#, "high (assumed)");
    }

    #[test]
    fn words_are_known() {
        let check = |word, expected| assert_eq!(severity(word), expected, "{word}");
        check("MODERATE", Some(Severity::Medium));
        check(" High ", Some(Severity::High));
        check("info", Some(Severity::Info));
        check("unknown", None);
        check("", None);
    }
}

//! Small SARIF reports, as a scanner without fingerprints would write them.

use serde_json::{Value, json};

/// A result of the made-up scanner.
#[derive(Clone)]
pub(crate) struct Found {
    rule: String,
    path: String,
    line: u64,
    text: String,
    score: &'static str,
}

/// A finding of a rule on a line of a file that says `text`; of severity high.
pub(crate) fn found(rule: &str, path: &str, line: u64, text: &str) -> Found {
    Found { rule: rule.into(), path: path.into(), line, text: text.into(), score: "7.5" }
}

impl Found {
    /// The same with another `security-severity`, which is its rule's.
    pub(crate) fn scored(self, score: &'static str) -> Found {
        Found { score, ..self }
    }
}

/// Findings of `count` rules, each on one line of a file of its own.
pub(crate) fn rules(count: usize) -> Vec<Found> {
    let one = |n: usize| found(&format!("R{n}"), &format!("src/f{n}.py"), 3, &format!("call_{n}(x)"));
    (1..=count).map(one).collect()
}

/// A whole report.
pub(crate) fn report(all: &[Found]) -> String {
    let mut rules: Vec<Value> = Vec::new();
    for one in all {
        if !rules.iter().any(|rule| rule["id"] == one.rule) {
            rules.push(json!({
                "id": one.rule,
                "shortDescription": {"text": format!("Something is wrong by {}", one.rule)},
                "properties": {"security-severity": one.score},
            }));
        }
    }
    let results: Vec<Value> = all.iter().map(result).collect();
    json!({
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "Finder", "version": "1.0", "rules": rules}},
            "invocations": [{"executionSuccessful": true}],
            "results": results,
        }],
    })
    .to_string()
}

fn result(one: &Found) -> Value {
    json!({
        "ruleId": one.rule,
        "message": {"text": format!("{} is wrong here", one.rule)},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": one.path},
            "region": {"startLine": one.line, "snippet": {"text": one.text}},
        }}],
    })
}

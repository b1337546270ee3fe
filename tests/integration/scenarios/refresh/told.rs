//! What a refresh tells its workflow.

use serde_json::json;

use super::{filed, refresh};

#[test]
fn the_result_says_what_is_shown_and_what_is_open() {
    let shop = filed(2);
    shop.go("SEC-2", "Done");
    shop.edit("SEC-1", |issue| issue.due = Some("2020-01-01".to_owned()));
    let ran = refresh(&shop);
    let mut result = ran.result.clone();
    let requests = result["requests"].take();
    assert_eq!(requests["tracker"], json!(shop.calls()));
    let summary = |key: &str| shop.ticket(key).summary.trim_start_matches("[casefile] ").to_owned();
    let url = |key: &str| format!("{}/browse/{key}", shop.sim.jira_url());
    let ticket = |key: &str, status: &str| {
        json!({"key": key, "url": url(key), "status": status, "severity": "high", "summary": summary(key),
            "priority": "High", "pull_requests": [7]})
    };
    let mut first = ticket("SEC-1", "To Do");
    first["due"] = json!("2020-01-01");
    let changes =
        [r#"SEC-1: due date set to "2020-01-01""#, r#"SEC-2: status changed from "To Do" to "Done""#];
    assert_eq!(
        result,
        json!({
            "version": 1,
            "pull_requests": [{"number": 7, "state": "open", "changed": true, "changes": changes}],
            "tickets": [first, ticket("SEC-2", "Done")],
            "open": {"total": 1, "overdue": 1, "by_severity": {"high": 1}},
            "problems": [],
            "requests": null,
        })
    );
    assert!(ran.outputs.contains("SEC-1,SEC-2"), "{}", ran.outputs);
    for words in [
        "1 open, 1 overdue",
        "| Severity | Overdue | up to 7 days old |",
        "| high | 1 | 1 |",
        "days overdue** |",
        "1 pull request checked, 1 updated",
        "- pull request [#7](https://github.com/acme/shop/pull/7): [SEC-1](",
    ] {
        assert!(ran.summary.contains(words), "{words}: {}", ran.summary);
    }
}

#[test]
fn changes_are_told_in_the_order_of_the_keys_numbers() {
    let shop = filed(10);
    for key in ["SEC-10", "SEC-3"] {
        shop.go(key, "Done");
    }
    let ran = refresh(&shop);
    let changes = ran.result["pull_requests"][0]["changes"].as_array().unwrap().clone();
    let keys: Vec<_> =
        changes.iter().map(|change| change.as_str().unwrap().split(':').next().unwrap()).collect();
    assert_eq!(keys, ["SEC-3", "SEC-10"]);
}

#[test]
fn without_pull_requests_what_is_open_is_told_all_the_same() {
    let shop = filed(1);
    shop.sim.state().github.repository_mut("acme/shop").unwrap().pulls.clear();
    let ran = refresh(&shop);
    assert_eq!(ran.result["open"]["total"], 1);
    assert!(ran.summary.contains("/browse/SEC-1)"), "{}", ran.summary);
}

//! `fail-on`: on a pull request what its base lacks counts, and it is said what reached it.

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::Shop;
use crate::simulator::PullRequest;

fn shop(count: usize) -> Shop {
    let shop = Shop::with(&rules(count));
    shop.configure(json!({"fail-on": "high"}));
    shop
}

/// The exit code of a run on a pull request into `main`.
fn code(shop: &Shop, pull: u64, number: u64) -> i32 {
    shop.run(&Event::pull_request(pull, "feature", number)).code
}

#[test]
fn what_another_branch_has_and_the_base_lacks_counts() {
    let shop = shop(1);
    shop.run(&Event::push("release/1", 1));
    assert_eq!(code(&shop, 7, 2), 1, "it would bring the finding into its base");
    shop.run(&Event::push("main", 3));
    assert_eq!(code(&shop, 7, 4), 0);
}

#[test]
fn a_credential_in_two_commits_counts_once() {
    let shop = shop(0);
    shop.configure(json!({"fail-on": "high", "reports": ["reports/*"]}));
    let leak = |commit: &str| {
        let place = json!({"Data": {"Git": {"file": "keys", "line": 3, "commit": commit.repeat(40)}}});
        json!({"DetectorName": "URI", "Verified": true, "SourceMetadata": place}).to_string()
    };
    shop.write("reports/trufflehog.json", &[leak("a"), leak("b")].join("\n"));
    let ran = shop.run(&Event::pull_request(7, "feature", 2));
    let gate = &ran.result["fail_on"];
    let listed = gate["reached"].as_array().map(Vec::len);
    assert_eq!((&gate["findings"], listed), (&json!(1), Some(1)), "{gate}");
}

#[test]
fn what_another_pull_request_has_and_the_base_lacks_counts() {
    let shop = shop(1);
    let other = PullRequest::new(8, "acme/shop", "feature", "main");
    shop.sim.state().github.repository_mut("acme/shop").unwrap().add_pull(other);
    assert_eq!((code(&shop, 7, 2), code(&shop, 8, 3)), (1, 1));
}

#[test]
fn what_a_pull_request_filed_first_and_the_base_has_does_not_count() {
    let shop = shop(1);
    assert_eq!(code(&shop, 7, 2), 1);
    shop.run(&Event::push("main", 3));
    assert_eq!(code(&shop, 7, 4), 0, "its base has it by now");
}

#[test]
fn a_fork_and_another_workflow_are_held_against_the_base_as_well() {
    let shop = shop(1);
    shop.run(&Event::push("main", 1));
    assert_eq!(shop.run(&Event::fork(7, "feature", 2)).code, 0);
    let nightly = Event::pull_request(7, "feature", 3).with("GITHUB_WORKFLOW", "Nightly");
    assert_eq!(shop.run(&nightly).code, 0, "the base has it, whoever saw it there");
    shop.run(&Event::push("release/1", 4));
    shop.report(&rules(2));
    shop.run(&Event::push("release/1", 5));
    assert_eq!(shop.run(&Event::fork(7, "feature", 6)).code, 1, "its ticket is not of the base");
}

#[test]
fn a_base_of_which_nothing_is_recorded_has_what_the_branches_have() {
    let shop = shop(1);
    let mut event = Event::pull_request(7, "feature", 2);
    event.payload["pull_request"]["base"]["ref"] = json!("stacked");
    let event = event.with("GITHUB_BASE_REF", "stacked");
    assert_eq!(shop.run(&event).code, 1);
    shop.run(&Event::push("main", 3));
    assert_eq!(shop.run(&event).code, 0);
}

#[test]
fn without_a_tracker_nothing_is_known_of_the_base() {
    let shop = shop(1);
    shop.sim.state().users[0].token = Some("another".into());
    let event = Event::pull_request(7, "feature", 2);
    let ran = shop.run_with(&event, &["--on-tracker-error", "warn"]);
    ran.fails(0, &["fail-on was not applied"]);
    assert_eq!(shop.run_with(&Event::push("main", 3), &["--on-tracker-error", "warn"]).code, 1);
}

#[test]
fn it_is_said_what_reached_it_and_what_is_held() {
    let shop = shop(3);
    let event = Event::push("main", 1);
    let ran = shop.run_with(&event, &["--max-new", "2", "--format", "text"]);
    let reached = "fail-on: high was reached by 3 findings: SEC-1, SEC-2";
    let held = "max-new is 2: 1 ticket is deferred; the next run files it";
    assert!(ran.code == 1 && ran.errors.contains(reached), "{}", ran.errors);
    assert_eq!(ran.printed.matches(held).count(), 1, "{}", ran.printed);
    for words in ["was reached by 3 findings", "1 ticket is deferred"] {
        assert_eq!(ran.summary.matches(words).count(), 1, "{}", ran.summary);
    }

    let ran = shop.run_with(&Event::pull_request(7, "feature", 2).public(), &["--format", "text"]);
    let told = "::error title=casefile::fail-on was reached by 1 finding that the base does not have\n";
    assert!(ran.errors.contains(told), "{}", ran.errors);
}

#[test]
fn the_result_tells_why_the_exit_code_is_1() {
    let shop = shop(3);
    let ran = shop.run_with(&Event::push("main", 1), &["--max-new", "2"]);
    let told = json!({"severity": "high", "findings": 3, "keys": ["SEC-1", "SEC-2"]});
    let mut gate = ran.result["fail_on"].clone();
    assert_eq!(gate["reached"].take().as_array().map(Vec::len), Some(3));
    gate.as_object_mut().unwrap().remove("reached");
    assert_eq!((ran.code, &gate), (1, &told));
    let ran = shop.run(&Event::pull_request(7, "feature", 2).public());
    assert_eq!((ran.code, &ran.result["fail_on"]), (1, &json!({"findings": 1})));
    shop.configure(json!({}));
    assert_eq!(shop.run_well(&Event::push("main", 4)).result.get("fail_on"), None);
}

#[test]
fn what_could_not_be_held_against_the_base_is_not_told_as_nothing() {
    let shop = shop(1);
    shop.sim.state().users[0].token = Some("another".into());
    let ran = shop.run_with(&Event::pull_request(7, "feature", 2), &["--on-tracker-error", "warn"]);
    assert_eq!(ran.result.get("fail_on"), None);
    let ran = shop.run_with(&Event::push("main", 3), &["--on-tracker-error", "warn"]);
    let gate = &ran.result["fail_on"];
    assert_eq!(
        (&gate["severity"], &gate["findings"], &gate["keys"]),
        (&json!("high"), &json!(1), &json!(null))
    );
    assert_eq!(gate["reached"][0]["path"], "src/f1.py");
}

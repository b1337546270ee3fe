//! What proves nothing resolves nothing.

use serde_json::json;

use super::super::event::{Event, commit};
use super::super::sarif::{Found, rules};
use super::super::shop::{Deployment, Shop};
use super::{both, mapped, push, report_with, shop, silent, status, tip};
use crate::simulator::PullRequest;

/// A shop whose one ticket would be resolved by a clean scan of `main`.
fn one(jira: Deployment) -> Shop {
    let shop = shop(jira, mapped(), &rules(1));
    tip(&shop, "main", 2);
    shop
}

/// Whatever happened, the ticket is as it was; and a scan that proves it resolves it after all.
fn unresolved(shop: &Shop) {
    assert_eq!((status(shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("To Do", 0));
    shop.configure(mapped());
    shop.report(&[]);
    assert_eq!(push(shop, "main", 3).tickets(), ["resolved SEC-1"]);
}

fn a_missing_report(jira: Deployment) {
    let shop = one(jira);
    shop.configure(json!({"reports": ["elsewhere/*.sarif"]}));
    shop.run(&Event::push("main", 2)).fails(3, &["elsewhere"]);
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn a_truncated_report(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |_| ());
    let whole = shop.read("reports/finder.sarif").unwrap();
    for cut in [whole.len() / 2, whole.len() - 1] {
        shop.write("reports/finder.sarif", &whole[..cut]);
        shop.run(&Event::push("main", 2)).fails(3, &["finder.sarif"]);
        assert_eq!(shop.writes(), [""; 0]);
    }
    unresolved(&shop);
}

fn a_scan_that_failed(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |run| run["invocations"][0]["executionSuccessful"] = json!(false));
    shop.run(&Event::push("main", 2)).fails(0, &["finder.sarif", "says that its scan failed"]);
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn a_file_that_could_not_be_looked_at(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    let notice = |path: &str| {
        json!([{"level": "error", "message": {"text": "syntax error"}, "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": path}}}]}])
    };
    tip(&shop, "main", 2);
    report_with(&shop, &[], |run| {
        run["invocations"][0]["toolExecutionNotifications"] = notice("src/f1.py");
    });
    let ran = shop.run(&Event::push("main", 2));
    ran.fails(0, &["finder.sarif: Finder did not fully scan src/f1.py: syntax error"]);
    assert_eq!(ran.tickets(), ["resolved SEC-2"]);
    assert_eq!(ran.result["reports"][0]["whole"], json!(false));
    shop.run(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0], "a warning that lasts costs nothing");
    unresolved(&shop);
}

fn a_folder_that_could_not_be_looked_at(jira: Deployment) {
    for path in ["src/", "src", "src/*.py", "/home/other/shop/src/f1.py"] {
        let shop = one(jira);
        report_with(&shop, &[], |run| {
            run["invocations"][0]["toolExecutionNotifications"] = json!([{"level": "error",
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}}}]}]);
        });
        shop.run(&Event::push("main", 2)).fails(0, &["finder.sarif", "says that its scan failed"]);
        assert_eq!(shop.writes(), [""; 0], "{path}");
        unresolved(&shop);
    }
}

fn a_report_whose_results_are_no_list(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |run| run["results"] = json!({}));
    shop.run(&Event::push("main", 2)).fails(0, &["finder.sarif", "is not a list of results"]);
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn a_report_without_a_place_for_results(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |run| drop(run.as_object_mut().unwrap().remove("results")));
    let ran = shop.run(&Event::push("main", 2));
    ran.fails(0, &["finder.sarif", "says nothing about findings (no `results`)"]);
    assert_eq!(ran.result["reports"][0]["whole"], json!(false));
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn a_report_of_which_a_part_cannot_be_read(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |run| run["results"] = json!([7]));
    shop.run(&Event::push("main", 2)).fails(0, &["finder.sarif"]);
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn a_run_that_looks_at_a_part(jira: Deployment) {
    let shop = one(jira);
    shop.report(&rules(2)[1..]);
    let plan = shop.plan(&Event::push("main", 2)).result;
    let part = plan["tickets"].as_array().unwrap().iter().find(|one| one["action"] == "create").unwrap();
    let mut ignoring = mapped();
    ignoring["ignore"] = json!([{"rule": "R2"}]);
    shop.configure(ignoring);
    let ran = shop.run_with(&Event::push("main", 2), &["--only", part["group"].as_str().unwrap()]);
    assert_eq!((ran.code, shop.writes()), (0, Vec::new()), "{}", ran.problems());
    unresolved(&shop);
}

fn another_scanners_report(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |run| run["tool"]["driver"]["name"] = json!("Other"));
    silent(&shop, &Event::push("main", 2));
    unresolved(&shop);
}

fn another_scopes_report(jira: Deployment) {
    let shop = one(jira);
    report_with(&shop, &[], |run| run["automationDetails"] = json!({"id": "other/1"}));
    silent(&shop, &Event::push("main", 2));
    shop.report(&[]);
    silent(&shop, &Event::push("main", 2).with("GITHUB_JOB", "another"));
    shop.run_with(&Event::push("main", 2), &["--scope", "mine"]);
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn an_older_commit_that_is_run_again(jira: Deployment) {
    let shop = one(jira);
    shop.report(&[]);
    silent(&shop, &Event::push("main", 1));
    unresolved(&shop);
}

fn a_tip_that_cannot_be_asked(jira: Deployment) {
    let shop = one(jira);
    shop.report(&[]);
    shop.run(&Event::push("main", 2).with("GITHUB_TOKEN", ""))
        .fails(0, &["main", "GITHUB_TOKEN is not set, so nothing is resolved"]);
    assert_eq!(shop.writes(), [""; 0]);
    shop.run(&Event::push("main", 2).with("GITHUB_TOKEN", "wrong"))
        .fails(4, &["main", "nothing is resolved"]);
    assert_eq!(shop.writes(), [""; 0]);
    unresolved(&shop);
}

fn a_forks_run(jira: Deployment) {
    let shop = one(jira);
    shop.report(&[]);
    let mut fork = PullRequest::new(8, "stranger/shop", "main", "main");
    fork.head.1 = commit(2);
    shop.sim.state().github.repository_mut("acme/shop").unwrap().add_pull(fork);
    shop.run(&Event::fork(8, "main", 2).with("GITHUB_TOKEN", "gh-token"));
    assert_eq!(shop.writes(), ["PATCH pulls/8 200"], "it is told what it would resolve");
    assert!(shop.description(8).contains("resolved when merged"), "{}", shop.description(8));
    unresolved(&shop);
}

fn a_merge_queues_run_and_a_tags(jira: Deployment) {
    let shop = one(jira);
    shop.report(&[]);
    shop.run_well(&Event::merge_group(2));
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"], "it is told what it would resolve");
    silent(&shop, &Event::tag("main", 2));
    unresolved(&shop);
}

fn a_rule_that_was_dropped(jira: Deployment) {
    let shop = one(jira);
    let other = json!([{"id": "R7"}]);
    report_with(&shop, &[], |run| run["tool"]["driver"]["rules"] = other);
    silent(&shop, &Event::push("main", 2));
    let both = json!([{"id": "R1"}, {"id": "R7"}]);
    report_with(&shop, &[], |run| run["tool"]["driver"]["rules"] = both);
    assert_eq!(push(&shop, "main", 3).tickets(), ["resolved SEC-1"]);
}

fn a_rule_that_was_dropped_of_a_list_that_was_whole(jira: Deployment) {
    let shop = Shop::on(jira);
    shop.configure(mapped());
    let listing = |findings: &[Found], idle: &[&str]| {
        report_with(&shop, findings, |run| {
            let rules = run["tool"]["driver"]["rules"].as_array_mut().unwrap();
            rules.extend(idle.iter().map(|id| json!({"id": id})));
        });
    };
    listing(&both(), &["R7"]);
    assert_eq!(push(&shop, "main", 1).tickets(), ["created SEC-1", "created SEC-2"]);
    tip(&shop, "main", 2);
    listing(&both()[..1], &[]);
    silent(&shop, &Event::push("main", 2));
    listing(&both()[..1], &["R2"]);
    assert_eq!(push(&shop, "main", 3).tickets(), ["resolved SEC-2", "tracked SEC-1"]);
    silent(&shop, &Event::push("main", 3));
}

fn a_list_of_what_was_found_alone_lacks_what_is_gone(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&both()[..1]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-2", "tracked SEC-1"]);
    silent(&shop, &Event::push("main", 2));
}

fn a_branch_that_is_not_allowed(jira: Deployment) {
    let shop = one(jira);
    shop.report(&[]);
    tip(&shop, "experiment", 2);
    silent(&shop, &Event::push("experiment", 2));
    unresolved(&shop);
}

fn an_edited_line_and_a_moved_file(jira: Deployment) {
    use super::super::sarif::found;
    let shop = one(jira);
    shop.report(&[found("R1", "src/f1.py", 9, "call_1(changed)")]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["tracked SEC-1"]);
    shop.report(&[found("R1", "src/moved.py", 9, "call_1(changed)")]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["tracked SEC-1"]);
    silent(&shop, &Event::push("main", 2));
    unresolved(&shop);
}

on_both! {
    a_missing_report,
    a_truncated_report,
    a_scan_that_failed,
    a_file_that_could_not_be_looked_at,
    a_folder_that_could_not_be_looked_at,
    a_report_whose_results_are_no_list,
    a_report_without_a_place_for_results,
    a_report_of_which_a_part_cannot_be_read,
    a_run_that_looks_at_a_part,
    another_scanners_report,
    another_scopes_report,
    an_older_commit_that_is_run_again,
    a_tip_that_cannot_be_asked,
    a_forks_run,
    a_merge_queues_run_and_a_tags,
    a_rule_that_was_dropped,
    a_rule_that_was_dropped_of_a_list_that_was_whole,
    a_list_of_what_was_found_alone_lacks_what_is_gone,
    a_branch_that_is_not_allowed,
    an_edited_line_and_a_moved_file,
}

//! Where code comes from decides whether it files.

use serde_json::json;

use super::event::{Event, commit};
use super::sarif::rules;
use super::shop::Shop;
use crate::simulator::PullRequest;

/// A shop whose `main` has two findings with tickets, while the reports have a third.
fn shop() -> Shop {
    let shop = Shop::with(&rules(2));
    shop.run_well(&Event::push("main", 1));
    shop.report(&rules(3));
    shop
}

/// Nothing is filed, whatever is written to the pull request.
fn files_nothing(shop: &Shop, event: &Event, reason: &str, writes: &[&str]) {
    let ran = shop.run_well(event);
    assert_eq!(ran.tickets(), ["tracked SEC-1", "tracked SEC-2"]);
    let branch = &ran.result["branch"];
    let said = branch["reason"].as_str().unwrap_or_default();
    assert!(branch["allowed"] == json!(false) && said.contains(reason), "{branch}");
    assert_eq!(shop.writes(), writes);
    shop.one_ticket_a_group(2);
}

#[test]
fn a_branch_outside_the_list_files_nothing_and_annotates() {
    let shop = shop();
    files_nothing(
        &shop,
        &Event::pull_request(7, "experiment", 2),
        "filed when it is merged into `main`",
        &["PATCH pulls/7 200"],
    );
    assert_eq!(shop.shown(7, &["SEC-1", "SEC-2"]), ["SEC-1", "SEC-2"]);
    files_nothing(&shop, &Event::pull_request(7, "experiment", 3), "filed when it is merged", &[]);
}

#[test]
fn the_base_branch_can_be_what_counts() {
    let shop = shop();
    shop.configure(json!({"pull-request": {"branch": "base"}}));
    let ran = shop.run_well(&Event::pull_request(7, "experiment", 2));
    assert_eq!(ran.tickets(), ["created SEC-3", "tracked SEC-1", "tracked SEC-2"]);
}

#[test]
fn a_fork_files_nothing_even_from_a_branch_called_main() {
    let shop = shop();
    let fork = PullRequest::new(8, "stranger/shop", "main", "main");
    shop.sim.state().github.repository_mut("acme/shop").unwrap().add_pull(fork);
    // A token that may write, as with `pull-requests: write` for a trusted author's fork.
    let event = Event::fork(8, "main", 2).with("GITHUB_TOKEN", "gh-token");
    files_nothing(&shop, &event, "fork", &["PATCH pulls/8 200"]);
    assert_eq!(shop.shown(8, &["SEC-1", "SEC-2"]), ["SEC-1", "SEC-2"]);
}

#[test]
fn a_forks_token_may_not_annotate_and_that_is_no_failure() {
    let shop = shop();
    let ran = shop.run(&Event::fork(7, "feature", 2));
    ran.fails(0, &["pull request", "workflow_run"]);
    assert_eq!(ran.result["pull_request"], json!({"number": 7, "annotated": false}));
    assert_eq!(shop.writes(), ["PATCH pulls/7 403"]);
}

#[test]
fn a_tag_files_nothing_even_if_it_is_called_main() {
    let shop = shop();
    files_nothing(&shop, &Event::tag("main", 2), "tag", &[]);
}

#[test]
fn a_merge_queue_files_nothing() {
    let shop = shop();
    files_nothing(&shop, &Event::merge_group(2), "merge queue", &["PATCH pulls/7 200"]);
}

#[test]
fn a_push_finds_its_pull_request_by_its_commit() {
    let shop = Shop::with(&rules(1));
    shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().head.1 = commit(5);
    shop.run_well(&Event::push("feature", 4));
    assert_eq!(shop.writes(), ["POST issue/bulk 201"], "that was another commit");
    shop.run_well(&Event::push("feature", 5));
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"]);
    assert_eq!(shop.shown(7, &["SEC-1"]), ["SEC-1"]);
}

#[test]
fn jobs_side_by_side_keep_each_others_rows() {
    let shop = Shop::with(&rules(1));
    let event = Event::pull_request(7, "feature", 1);
    shop.run_well(&event);
    shop.report(&rules(2)[1..]);
    let ran = shop.run_with(&event, &["--scope", "another"]);
    assert_eq!(ran.tickets(), ["created SEC-2"]);
    assert_eq!(shop.shown(7, &["SEC-1", "SEC-2"]), ["SEC-1", "SEC-2"]);
    assert!(shop.description(7).starts_with("What this does.\r\n\r\nAnd why."));
}

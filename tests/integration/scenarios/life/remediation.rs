//! A pull request that would resolve a ticket.

use serde_json::json;

use super::super::event::Event;
use super::super::sarif::rules;
use super::super::shop::Deployment;
use super::{NOTHING, both, mapped, pull, push, shop, silent, status, tip};

const SAYS: [&str; 5] = [
    "POST issue/SEC-2/remotelink 201",
    "PUT issue/SEC-2 204",
    "POST issue/SEC-2/transitions 204",
    "PUT issue/SEC-2 204",
    "PATCH pulls/7 200",
];

fn a_pull_request_says_what_it_resolves_and_its_merge_proves_it(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    let event = pull(&shop, 2);
    let ran = shop.run_well(&event);
    assert_eq!(ran.tickets(), ["tracked SEC-1", "updated SEC-2"]);
    assert_eq!(shop.writes(), SAYS);
    let text = shop.description(7);
    assert!(text.contains("1 resolved when merged"), "{text}");
    let ticket = shop.ticket("SEC-2");
    let link = &ticket.remote_links[0].body["object"];
    assert_eq!(link["url"], json!("https://github.com/acme/shop/pull/7"));
    assert_eq!((status(&shop, "SEC-2").as_str(), ticket.comments.len()), ("In Progress", 1));
    silent(&shop, &event);
    silent(&shop, &pull(&shop, 3));

    assert_eq!(push(&shop, "main", 4).tickets(), ["resolved SEC-2", "tracked SEC-1"]);
    assert_eq!((status(&shop, "SEC-2").as_str(), shop.ticket("SEC-2").comments.len()), ("Done", 2));
    silent(&shop, &Event::push("main", 4));
}

fn a_push_says_the_same_in_its_pull_request(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    let event = pull(&shop, 2);
    let push = Event::push("feature", 2);
    assert_eq!(shop.run_well(&push).tickets(), ["tracked SEC-1", "updated SEC-2"]);
    let mut said = vec!["PUT issue/SEC-1 204".to_owned()];
    said.extend(SAYS.map(str::to_owned));
    let mut writes = shop.writes();
    writes.sort_by_key(|write| !write.contains("SEC-1"));
    assert_eq!(writes, said, "what the branch has, and what its merge resolves");
    assert!(shop.description(7).contains("1 resolved when merged"), "{}", shop.description(7));
    silent(&shop, &push);
    shop.run_well(&event);
    assert_eq!(shop.ticket("SEC-2").comments.len(), 1);
    assert!(shop.description(7).contains("1 resolved when merged"), "{}", shop.description(7));
}

fn a_merge_that_did_not_resolve_it_is_taken_back(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    shop.run_well(&pull(&shop, 2));
    assert_eq!(status(&shop, "SEC-2"), "In Progress");
    shop.report(&both());
    assert_eq!(push(&shop, "main", 3).tickets(), ["tracked SEC-1", "tracked SEC-2"]);
    assert_eq!(shop.writes(), NOTHING, "it is open");

    let mut world = shop.sim.state();
    let now = world.now();
    world.github.pull_mut("acme/shop", 7).unwrap().close(now, true);
    drop(world);
    tip(&shop, "main", 9);
    silent(&shop, &Event::push("main", 4));
    push(&shop, "main", 5);
    assert_eq!(
        shop.writes(),
        [
            "DELETE issue/SEC-2/remotelink 204",
            "PUT issue/SEC-2 204",
            "POST issue/SEC-2/transitions 204",
            "PUT issue/SEC-2 204",
        ]
    );
    let ticket = shop.ticket("SEC-2");
    assert_eq!(ticket.properties["casefile"].get("remediation"), None);
    let told = ticket.comment_texts();
    assert!(
        told.last().unwrap().contains("did not resolve this ticket: the findings are still detected "),
        "{told:?}"
    );
    assert_eq!(status(&shop, "SEC-2"), "To Do");
    silent(&shop, &Event::push("main", 5));
}

fn a_later_scan_that_has_it_again_takes_it_back(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    shop.run_well(&pull(&shop, 2));
    shop.report(&both());
    let event = pull(&shop, 3);
    assert_eq!(shop.run_well(&event).tickets(), ["tracked SEC-1", "tracked SEC-2"]);
    assert_eq!(
        shop.writes(),
        [
            "DELETE issue/SEC-2/remotelink 204",
            "PUT issue/SEC-2 204",
            "POST issue/SEC-2/transitions 204",
            "PUT issue/SEC-2 204",
            "PATCH pulls/7 200",
        ]
    );
    assert!(!shop.description(7).contains("resolved when merged"));
    assert!(shop.ticket("SEC-2").remote_links.is_empty());
    assert_eq!(status(&shop, "SEC-2"), "To Do");
    silent(&shop, &event);
}

fn a_branch_that_is_not_allowed_says_so_too_where_its_base_is(jira: Deployment) {
    let mut configuration = mapped();
    configuration["branches"] = json!(["main"]);
    let shop = shop(jira, configuration, &both());
    shop.report(&rules(1));
    let event = pull(&shop, 2);
    shop.run_well(&event);
    assert_eq!(shop.writes(), SAYS);
    silent(&shop, &event);
}

fn a_pull_request_whose_scan_failed_says_nothing(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    super::report_with(&shop, &rules(1), |run| run["invocations"][0]["executionSuccessful"] = json!(false));
    shop.run(&pull(&shop, 2)).fails(0, &["says that its scan failed"]);
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"]);
    assert!(!shop.description(7).contains("resolved when merged"));
}

fn without_comments_and_statuses_there_is_the_link_alone(jira: Deployment) {
    let shop = shop(jira, json!({"jira": {"comments": ["added"]}}), &rules(1));
    shop.report(&[]);
    let event = pull(&shop, 2);
    shop.run_well(&event);
    assert_eq!(
        shop.writes(),
        ["POST issue/SEC-1/remotelink 201", "PUT issue/SEC-1 204", "PATCH pulls/7 200"]
    );
    assert_eq!((shop.ticket("SEC-1").comment_texts(), status(&shop, "SEC-1").as_str()), (vec![], "To Do"));
    silent(&shop, &event);
    assert_eq!(shop.writes(), NOTHING);
}

on_both! {
    a_push_says_the_same_in_its_pull_request,
    a_merge_that_did_not_resolve_it_is_taken_back,
    a_pull_request_says_what_it_resolves_and_its_merge_proves_it,
    a_later_scan_that_has_it_again_takes_it_back,
    a_branch_that_is_not_allowed_says_so_too_where_its_base_is,
    a_pull_request_whose_scan_failed_says_nothing,
    without_comments_and_statuses_there_is_the_link_alone,
}

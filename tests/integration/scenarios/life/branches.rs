//! Several branches, several jobs.

use serde_json::json;

use super::super::event::Event;
use super::super::sarif::{found, rules};
use super::super::shop::Deployment;
use super::{mapped, push, shop, silent, status, tip};

fn what_is_fixed_on_one_branch_alone_stays_open_until_it_is_fixed_on_the_other(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    assert_eq!(push(&shop, "develop", 11).tickets(), ["tracked SEC-1"]);
    for number in 2..5 {
        tip(&shop, "main", number);
        silent(&shop, &Event::push("main", number));
        tip(&shop, "develop", 10 + number);
        silent(&shop, &Event::push("develop", 10 + number));
    }
    shop.report(&[]);
    assert_eq!(push(&shop, "main", 6).tickets(), ["updated SEC-1"]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "its slice alone");
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("To Do", 0));
    silent(&shop, &Event::push("main", 6));
    shop.report(&rules(1));
    tip(&shop, "develop", 16);
    silent(&shop, &Event::push("develop", 16));
    shop.report(&[]);
    assert_eq!(push(&shop, "develop", 17).tickets(), ["resolved SEC-1"]);
    silent(&shop, &Event::push("develop", 17));
    silent(&shop, &Event::push("main", 6));
}

fn a_deleted_branch_resolves_nothing_by_itself(jira: Deployment) {
    let shop = shop(jira, mapped(), &[]);
    shop.report(&rules(1));
    push(&shop, "develop", 11);
    shop.sim.state().github.repository_mut("acme/shop").unwrap().branches.remove("develop");
    shop.report(&[]);
    tip(&shop, "main", 2);
    silent(&shop, &Event::push("main", 2));
    silent(&shop, &Event::push("develop", 11));
    assert_eq!(status(&shop, "SEC-1"), "To Do");
}

fn a_deleted_branch_leaves_the_reckoning(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    push(&shop, "develop", 11);
    shop.report(&[]);
    push(&shop, "main", 2);
    silent(&shop, &Event::push("main", 2));
    shop.sim.state().github.repository_mut("acme/shop").unwrap().branches.remove("develop");
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    silent(&shop, &Event::push("main", 2));
}

fn a_branch_that_is_no_longer_allowed_leaves_the_reckoning(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    push(&shop, "develop", 11);
    let mut fewer = mapped();
    fewer["branches"] = json!(["main"]);
    shop.configure(fewer);
    shop.report(&[]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    silent(&shop, &Event::push("main", 2));
}

fn two_jobs_of_one_scanner_on_two_targets_leave_each_other_alone(jira: Deployment) {
    let shop = shop(jira, mapped(), &[]);
    let targets = [("a", "src/a.py", "a()"), ("b", "src/b.py", "b()")];
    for round in 1..=6 {
        tip(&shop, "main", round);
        for (job, path, text) in targets {
            shop.report(&[found("R1", path, 3, text)]);
            let ran = shop.run_well(&Event::push("main", round).with("GITHUB_JOB", job));
            assert_eq!(ran.tickets().len(), 1);
            assert!(round == 1 || shop.writes().is_empty(), "{job} {round}: {:?}", shop.writes());
        }
    }
    shop.one_ticket_a_group(1);
    assert_eq!(status(&shop, "SEC-1"), "To Do");
    shop.report(&[]);
    for (job, word) in [("a", "updated SEC-1"), ("b", "resolved SEC-1")] {
        let event = Event::push("main", 6).with("GITHUB_JOB", job);
        assert_eq!(shop.run_well(&event).tickets(), [word]);
        silent(&shop, &event);
    }
}

fn what_a_pull_request_alone_has_is_gone_when_its_own_scan_lacks_it(jira: Deployment) {
    let shop = shop(jira, mapped(), &[]);
    shop.report(&rules(1));
    assert_eq!(shop.run_well(&super::pull(&shop, 2)).tickets(), ["created SEC-1"]);
    shop.report(&[]);
    silent(&shop, &Event::push("main", 1));
    let event = super::pull(&shop, 3);
    assert_eq!(shop.run_well(&event).tickets(), ["resolved SEC-1"]);
    shop.run_well(&event);
    silent(&shop, &event);
    assert_eq!(status(&shop, "SEC-1"), "Done");
}

on_both! {
    what_is_fixed_on_one_branch_alone_stays_open_until_it_is_fixed_on_the_other,
    a_deleted_branch_resolves_nothing_by_itself,
    a_deleted_branch_leaves_the_reckoning,
    a_branch_that_is_no_longer_allowed_leaves_the_reckoning,
    two_jobs_of_one_scanner_on_two_targets_leave_each_other_alone,
    what_a_pull_request_alone_has_is_gone_when_its_own_scan_lacks_it,
}

//! Where everybody can read it.

use super::super::event::Event;
use super::super::sarif::rules;
use super::{FIRST_CHANGE, NOTHING, timeline};
use crate::scenarios::shop::Shop;

#[test]
fn a_public_repository_is_told_keys_and_statuses_alone() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::pull_request(7, "feature", 1).public());
    let refresh = || shop.command(&Event::schedule().public(), &["refresh"]);
    assert_eq!((refresh().code, shop.writes()), (0, NOTHING.map(str::to_owned).into()));
    let alice = shop.sim.state().account("alice");
    shop.go("SEC-1", "In Progress");
    shop.edit("SEC-1", |issue| issue.assignee = Some(alice));
    let ran = refresh();
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert_eq!(timeline(&shop, 7), [r#"SEC-1: status changed from "To Do" to "In Progress""#]);
    for text in [shop.description(7), ran.printed.clone(), ran.errors.clone(), ran.summary.clone()] {
        for word in ["Alice", "wrong", "high", "\"severity\""] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    assert_eq!(ran.result["open"], serde_json::json!({"total": 1, "overdue": 0}));
    assert!(ran.summary.contains("| all |  | 1 |"), "{}", ran.summary);
    assert_eq!((refresh().code, shop.writes()), (0, NOTHING.map(str::to_owned).into()));
}

#[test]
fn a_forks_author_is_told_counts_alone() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().head_repository = "stranger/shop".to_owned();
    shop.go("SEC-1", "Done");
    let ran = shop.command(&Event::schedule().public(), &["refresh"]);
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"]);
    assert!(!shop.description(7).contains("SEC-1"), "{}", shop.description(7));
    assert_eq!((timeline(&shop, 7), &ran.result["tickets"]), (vec![], &serde_json::json!([])));
}

#[test]
fn at_home_github_says_who_can_read_it() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::pull_request(7, "feature", 1).public());
    shop.sim.state().github.repository_mut("acme/shop").unwrap().private = false;
    shop.go("SEC-1", "In Progress");
    let ran = shop.command(&Event::laptop(), &["refresh"]);
    assert_eq!(shop.writes(), FIRST_CHANGE, "{}", ran.errors);
    let shown = shop.description(7);
    assert!(shown.contains("SEC-1") && !shown.contains("wrong") && !shown.contains("high"), "{shown}");
    let plan = shop.command(&Event::laptop(), &["plan", "--branch", "main"]);
    assert!(plan.result["tickets"][0]["summary"].as_str().unwrap().contains("wrong"), "{}", plan.printed);
}

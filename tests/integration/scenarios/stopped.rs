//! A run that is told to end does so in order: what is under way is finished, the rest is left in the export folder, and it is
//! said what happened.

use std::time::{Duration, Instant};

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Ran, Shop};
use crate::simulator::{Face, Fault, Kind, Nth};

/// More than two batches.
const GROUPS: usize = 120;

/// A run that is told to end once Jira has seen this path.
fn told_at(shop: &Shop, path: &str) -> Ran {
    let running = shop.start(&Event::push("main", 1), &[]);
    wait_for(shop, path);
    running.terminate();
    running.end()
}

fn wait_for(shop: &Shop, path: &str) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !shop.sim.journal().iter().any(|entry| entry.path.ends_with(path)) {
        assert!(Instant::now() < patience, "it never came to {path}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn shop() -> Shop {
    let shop = Shop::with(&rules(GROUPS));
    shop.configure(json!({"max-new": GROUPS}));
    shop
}

#[test]
fn a_run_that_is_told_to_end_leaves_the_rest_in_the_export_folder() {
    let shop = shop();
    shop.fault("/issue/bulk", Nth::Only(1), Kind::Stall(Duration::from_secs(1)));
    let ran = told_at(&shop, "/issue/bulk");
    ran.fails(4, &["the run was stopped by a signal", "files nothing twice", "casefile-export/"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201"], "what is under way is finished");
    let exported: serde_json::Value =
        serde_json::from_str(&shop.read("casefile-export/tickets.json").unwrap()).unwrap();
    assert_eq!(exported["tickets"].as_array().map(Vec::len), Some(GROUPS - 1));
    shop.run_well(&Event::push("main", 1));
    shop.one_ticket_a_group(GROUPS);
    assert_eq!(shop.read("casefile-export/tickets.json"), None);
}

#[test]
fn a_hung_question_is_dropped_at_once_and_a_hung_create_after_a_moment_or_a_second_signal() {
    for (path, signals, most) in [("/search/jql", 1, 4), ("/issue/bulk", 1, 9), ("/issue/bulk", 2, 4)] {
        let shop = shop();
        shop.fault(path, Nth::Only(1), Kind::Stall(Duration::from_secs(30)));
        let running = shop.start(&Event::push("main", 1), &[]);
        wait_for(&shop, path);
        let told = Instant::now();
        for _ in 0..signals {
            running.terminate();
            std::thread::sleep(Duration::from_millis(700));
        }
        let ran = running.end();
        assert!(told.elapsed() < Duration::from_secs(most), "{path} {signals}: {:?}", told.elapsed());
        ran.fails(4, &["casefile-export/"]);
        assert!(!ran.problems().contains("index lags"), "{}", ran.problems());
    }
}

#[test]
fn a_run_that_is_told_to_end_does_not_wait_for_a_busy_jira() {
    let shop = shop();
    shop.fault(
        "/myself",
        Nth::From(1),
        Kind::Status(429, vec![("retry-after", "100".into())], String::new()),
    );
    let before = Instant::now();
    let ran = told_at(&shop, "/myself");
    ran.fails(4, &["the run was stopped by a signal", "casefile-export/"]);
    assert!(before.elapsed() < Duration::from_secs(60), "{:?}", before.elapsed());
    assert_eq!(shop.writes(), [""; 0]);
}

/// A GitHub that takes each request and answers none.
fn mute(shop: &Shop) {
    let kind = Kind::Stall(Duration::from_secs(60));
    let path_contains = String::new();
    shop.sim.fault(Fault { face: Some(Face::GitHub), method: None, path_contains, nth: Nth::From(1), kind });
}

fn exported(shop: &Shop) -> usize {
    let text = shop.read("casefile-export/tickets.json").unwrap_or_else(|| "{}".to_owned());
    let list: serde_json::Value = serde_json::from_str(&text).unwrap();
    list["tickets"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_github_that_does_not_answer_costs_no_report() {
    let shop = Shop::with(&rules(3));
    shop.configure(
        json!({"reports": ["github:code-scanning", "reports/*.sarif"], "pull-request": {"scope": "changed"}}),
    );
    mute(&shop);
    let before = Instant::now();
    let ran = shop.run_with(&Event::push("main", 1), &["--time-limit", "12s"]);
    assert!(before.elapsed() < Duration::from_secs(15), "{:?}", before.elapsed());
    assert_eq!(ran.result["findings"]["kept"], 3, "{}", ran.errors);
    assert_eq!(shop.open_tickets().len() + exported(&shop), 3, "{}", ran.errors);
    assert!(ran.problems().contains("not read in time"), "{}", ran.problems());
}

#[test]
fn a_signal_while_github_does_not_answer_ends_the_run_and_costs_no_report() {
    let shop = Shop::with(&rules(3));
    shop.configure(json!({"reports": ["github:code-scanning", "reports/*.sarif"]}));
    mute(&shop);
    let running = shop.start(&Event::push("main", 1), &[]);
    let patience = Instant::now() + Duration::from_secs(60);
    while !shop.sim.journal().iter().any(|entry| entry.face == Face::GitHub) {
        assert!(Instant::now() < patience, "GitHub is never asked");
        std::thread::sleep(Duration::from_millis(5));
    }
    let told = Instant::now();
    running.terminate();
    let ran = running.end();
    assert!(told.elapsed() < Duration::from_secs(4), "{:?}", told.elapsed());
    ran.fails(4, &["the run was stopped by a signal", "casefile-export/"]);
    assert_eq!((exported(&shop), shop.writes()), (3, vec![]));
}

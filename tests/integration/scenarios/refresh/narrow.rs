//! One ticket alone: on the command line, or in the payload of a call to GitHub.

use serde_json::{Value, json};

use super::super::event::Event;
use super::super::sarif::rules;
use super::{FIRST_CHANGE, NOTHING, filed, row};
use crate::scenarios::shop::Shop;
use crate::simulator::{Face, PullRequest};

/// Pull request 7 filed SEC-1 and SEC-2, and 8 tracks SEC-1; both tickets changed since.
fn two() -> Shop {
    let shop = filed(2);
    {
        let mut world = shop.sim.state();
        let repository = world.github.repository_mut("acme/shop").unwrap();
        repository.add_pull(PullRequest::new(8, "acme/shop", "other", "main"));
    }
    // which rule was filed first is the fingerprints' affair
    let first = shop.ticket("SEC-1").summary;
    let of_first = |rule: &str| first.contains(&format!("by {rule}"));
    let both = rules(2);
    shop.report(if of_first("R1") { &both[..1] } else { &both[1..] });
    shop.run_well(&Event::pull_request(8, "other", 1));
    shop.go("SEC-1", "In Progress");
    shop.go("SEC-2", "Done");
    shop
}

/// How often the tracker was searched.
fn searches(shop: &Shop) -> usize {
    let journal = shop.sim.journal();
    journal.iter().filter(|entry| entry.face == Face::JiraCloud && entry.path.contains("/search")).count()
}

#[test]
fn only_the_pull_requests_that_show_it_are_refreshed() {
    let shop = two();
    let ran = shop.command(&Event::schedule(), &["refresh", "--ticket", "SEC-2"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""));
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert_eq!(searches(&shop), 0);
    assert!(row(&shop, "SEC-2").contains("| ✔ Done |") && row(&shop, "SEC-1").contains("| ▶ In Progress |"));
    assert!(ran.result["open"].is_null(), "{}", ran.result);
    let ran = shop.command(&Event::schedule(), &["refresh", "--ticket", "SEC-1", "--ticket", "SEC-2"]);
    let changed = |pull: &Value| (pull["number"].as_u64().unwrap(), pull["changed"] == true);
    let told: Vec<_> = ran.result["pull_requests"].as_array().unwrap().iter().map(changed).collect();
    assert_eq!(told, [(7, false), (8, true)]);
}

#[test]
fn a_payload_names_it_too() {
    for payload in [
        json!({"ticket": "SEC-2"}),
        json!({"issue": {"key": "SEC-2"}}),
        json!({"webhookEvent": "jira:issue_updated", "issue": {"id": "1", "key": "SEC-2", "fields": {}}, "changelog": {}}),
    ] {
        let shop = two();
        let ran = shop.command(&Event::dispatch(payload), &["refresh"]);
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""));
        assert_eq!((shop.writes(), searches(&shop)), (FIRST_CHANGE.map(str::to_owned).into(), 0));
    }
    let shop = two();
    shop.command(&Event::dispatch(json!({})), &["refresh"]);
    assert_eq!(shop.writes().len(), 4, "a call that names none refreshes all");
}

#[test]
fn what_is_no_key_is_refused_before_anything_is_asked() {
    let shop = two();
    for bad in [
        json!("sec-2"),
        json!("SEC-2\" OR project = OPS"),
        json!(42),
        json!(["SEC-2"]),
        json!({"key": "SEC-2"}),
        json!("::set-output name=x::y\n::error::z"),
        json!(""),
    ] {
        let ran = shop.command(&Event::dispatch(json!({"ticket": bad})), &["refresh"]);
        ran.fails_early(2, &["the payload of `repository_dispatch` does not name a ticket", "SEC-42"]);
        assert!(
            !ran.errors.lines().any(|line| line.trim_start().starts_with("::error::z")),
            "{}",
            ran.errors
        );
        assert_eq!(shop.sim.journal().len(), 0, "{bad}");
    }
    shop.command(&Event::schedule(), &["refresh", "--ticket", "2"])
        .fails_early(2, &["`--ticket` does not name a ticket"]);
}

#[test]
fn a_person_may_type_a_key_in_small_letters() {
    let shop = two();
    let ran = shop.command(&Event::schedule(), &["refresh", "--ticket", " sec-2 "]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""));
    assert_eq!(shop.writes(), FIRST_CHANGE);
}

#[test]
fn a_ticket_that_moved_or_is_gone_is_found_all_the_same() {
    let shop = filed(2);
    shop.sim.state().move_issue("alice", "SEC-1", "OPS");
    shop.command(&Event::schedule(), &["refresh", "--ticket", "OPS-1"]);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    shop.sim.state().delete("SEC-2");
    shop.command(&Event::schedule(), &["refresh", "--ticket", "SEC-2"]);
    assert!(row(&shop, "SEC-2").contains("| _deleted, or not visible_ |"));
}

#[test]
fn a_ticket_that_nobody_shows_is_nothing_to_do() {
    let shop = filed(1);
    let key = shop.sim.state().add_issue("SEC", "alice", |_| {}).unwrap();
    for key in [key.as_str(), "SEC-99"] {
        let ran = shop.command(&Event::schedule(), &["refresh", "--ticket", key]);
        assert_eq!((ran.code, shop.writes()), (0, NOTHING.map(str::to_owned).into()));
        assert_eq!(ran.problems(), "", "that is no trouble");
        assert!(ran.errors.contains("there is nothing to do"), "{}", ran.errors);
    }
}

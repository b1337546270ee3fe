//! Tickets that the account which made them cannot see: none is made twice.

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Shop, only};
use crate::simulator::{Does, Kind, Nth, When};
use std::time::Duration;

const STATE: [&str; 2] = ["--state", "state.json"];

fn hides(deployment: Deployment, count: usize) -> Shop {
    let shop = Shop::on(deployment);
    shop.report(&rules(count));
    shop.sim.state().automate("SEC", When::Created, Duration::ZERO, Does::Hide);
    shop
}

fn made(shop: &Shop) -> usize {
    shop.sim.state().issues.len()
}

#[test]
fn without_memory_one_ticket_a_run_is_made_at_the_most() {
    for deployment in Deployment::BOTH {
        let shop = hides(deployment, 60);
        for number in 1..=2 {
            let ran = shop.run(&Event::push("main", number));
            ran.fails(4, &["not visible", "security level"]);
            assert_eq!(made(&shop), number as usize);
        }
    }
}

#[test]
fn a_rule_that_is_new_hides_one_ticket_a_run() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&rules(2));
        shop.run_well(&Event::push("main", 1));
        shop.sim.state().automate("SEC", When::Created, Duration::ZERO, Does::Hide);
        shop.report(&rules(20));
        for number in 2..=3 {
            let ran = shop.run(&Event::push("main", number));
            ran.fails(4, &["not visible", "security level"]);
            assert_eq!(made(&shop), 1 + number as usize);
        }
    }
}

#[test]
fn with_a_state_file_none_is_made_twice() {
    for deployment in Deployment::BOTH {
        let shop = hides(deployment, 3);
        for number in 1..=5 {
            let ran = shop.run_with(&Event::push("main", number), &STATE);
            ran.fails(4, &["not visible"]);
        }
        assert_eq!(made(&shop), 3, "each once");
        let ran = shop.run_with(&Event::push("main", 6), &STATE);
        ran.fails(4, &["SEC-1", "casefile does not create a second one"]);
        assert_eq!((ran.actions(), shop.writes()), (only("failed", 3), vec![]));

        // the account may see them now
        shop.sim.state().issues.values_mut().for_each(|issue| issue.hidden = false);
        let keys: Vec<u64> = shop.sim.state().issues.keys().copied().collect();
        keys.iter().for_each(|id| assert!(shop.sim.state().edit_as("alice", &id.to_string(), |_| ())));
        let ran = shop.run_with(&Event::push("main", 7), &STATE);
        assert_eq!((ran.code, ran.actions()), (0, only("tracked", 3)), "{}", ran.errors);
    }
}

#[test]
fn what_could_not_be_looked_at_is_not_made_again_where_it_is_hidden() {
    for deployment in Deployment::BOTH {
        let first_create = |shop: &Shop| {
            let journal = shop.sim.journal();
            let mut asked = journal.iter().filter(|one| one.face == deployment.face());
            asked.position(|one| one.path.ends_with("/issue/bulk")).unwrap()
        };
        let other = hides(deployment, 3);
        other.run(&Event::push("main", 1));
        let shop = hides(deployment, 3);
        // nothing is answered once the first was made
        let after = Nth::From(first_create(&other) + 2);
        shop.fault("", after, Kind::Status(400, Vec::new(), r#"{"errorMessages":["no"]}"#.into()));
        shop.run_with(&Event::push("main", 1), &STATE).fails(4, &["its visibility could not be checked"]);
        assert_eq!(made(&shop), 1);
        shop.sim.clear_faults();
        for number in 2..=5 {
            shop.run_with(&Event::push("main", number), &STATE).fails(4, &["not visible"]);
        }
        assert_eq!(made(&shop), 3, "each once");
    }
}

#[test]
fn with_a_pull_requests_section_none_is_made_twice() {
    for deployment in Deployment::BOTH {
        let shop = hides(deployment, 3);
        for _ in 1..=5 {
            let ran = shop.run(&Event::pull_request(7, "feature", 1));
            ran.fails(4, &["not visible"]);
        }
        assert_eq!(made(&shop), 3, "each once");
    }
}

#[test]
fn a_section_that_everybody_can_read_says_nothing_of_what_was_made() {
    let shop = hides(Deployment::Cloud, 1);
    shop.run(&Event::pull_request(7, "feature", 1).public());
    let section = casefile::compose::section::read(&shop.description(7));
    assert_eq!((section.scans.len(), section.made.len()), (1, 0));
}

#[test]
fn a_single_ticket_that_is_hidden_fails_the_run() {
    let shop = hides(Deployment::Cloud, 1);
    shop.run(&Event::push("main", 1)).fails(4, &["SEC-1", "not visible"]);
}

#[test]
fn a_ticket_that_was_moved_where_the_account_cannot_look_is_named_and_refiled_once() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&rules(2));
        shop.run_with(&Event::push("main", 1), &STATE);
        shop.sim.state().project_mut("OPS").unwrap().revoke("BROWSE_PROJECTS");
        shop.sim.state().move_issue("alice", "SEC-1", "OPS");
        let ran = shop.run_with(&Event::push("main", 2), &STATE);
        ran.fails(0, &["SEC-1", "can no longer be found", "filed again"]);
        assert_eq!(ran.tickets(), ["created SEC-3", "tracked SEC-2"]);
        let ran = shop.run_with(&Event::push("main", 3), &STATE);
        assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "said once");
        assert_eq!(shop.writes(), [""; 0]);

        shop.sim.state().move_issue("alice", "SEC-3", "OPS");
        let ran = shop.run_with(&Event::push("main", 4), &STATE);
        ran.fails(
            4,
            &[
                "SEC-3",
                "casefile does not create a third one",
                "delete what casefile remembers, so that the next run files the findings again: the `--state` file",
            ],
        );
        assert_eq!(made(&shop), 3);

        // which is a way out
        std::fs::remove_file(shop.checkout().join("state.json")).unwrap();
        let ran = shop.run_with(&Event::push("main", 5), &STATE);
        assert_eq!((ran.code, ran.tickets()), (0, vec!["created SEC-4".into(), "tracked SEC-2".into()]));
        shop.run_with(&Event::push("main", 6), &STATE);
        assert_eq!(shop.writes(), [""; 0]);
    }
}

#[test]
fn what_a_section_remembers_is_forgotten_with_it() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&rules(2));
        let event = Event::pull_request(7, "feature", 1);
        shop.run_well(&event);
        shop.sim.state().project_mut("OPS").unwrap().revoke("BROWSE_PROJECTS");
        shop.sim.state().move_issue("alice", "SEC-1", "OPS");
        shop.run(&event).fails(0, &["SEC-1", "can no longer be found", "filed again"]);
        shop.sim.state().move_issue("alice", "SEC-3", "OPS");
        shop.run(&event).fails(4, &["SEC-3", "casefile does not create a third one", "casefile's section"]);
        assert_eq!(made(&shop), 3);
        shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().body = Some("What this does.".to_owned());
        let ran = shop.run(&event);
        assert_eq!((ran.code, made(&shop)), (0, 4), "{}", ran.errors);
    }
}

#[test]
fn a_look_after_filing_that_fails_is_said() {
    let shop = Shop::with(&rules(2));
    // the first search is the one before filing
    shop.fault(
        "/search/jql",
        Nth::From(4),
        Kind::Status(400, Vec::new(), r#"{"errorMessages":["no"]}"#.into()),
    );
    let before = std::time::Instant::now();
    let ran = shop.run(&Event::push("main", 1));
    assert!(before.elapsed().as_secs() < 15);
    ran.fails(4, &["after filing, the search for"]);
    assert_eq!(ran.actions(), only("created", 2));
    shop.sim.clear_faults();
    shop.run_well(&Event::push("main", 2));
    shop.one_ticket_a_group(2);
}

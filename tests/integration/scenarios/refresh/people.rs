//! What people change on a ticket.

use serde_json::json;

use super::super::event::Event;
use super::super::shop::Deployment;
use super::{FIRST_CHANGE, NOTHING, filed, filed_on, refresh, refresh_in_vain, row, timeline};
use crate::simulator::World;

#[test]
fn a_status_and_an_assignee_show_and_are_told_once() {
    for deployment in Deployment::BOTH {
        let shop = filed_on(deployment, 2);
        refresh_in_vain(&shop);
        let author = shop.description(7).split("<!-- casefile").next().unwrap().to_owned();
        shop.go("SEC-1", "In Progress");
        let alice = shop.sim.state().account("alice");
        shop.edit("SEC-1", |issue| issue.assignee = Some(alice));
        let ran = refresh(&shop);
        assert_eq!(shop.writes(), FIRST_CHANGE);
        assert!(row(&shop, "SEC-1").ends_with("| ▶ In Progress | Alice |"), "{}", row(&shop, "SEC-1"));
        let line = r#"SEC-1: status changed from "To Do" to "In Progress"; assignee set to "Alice""#;
        assert_eq!(timeline(&shop, 7), [line]);
        assert_eq!(
            ran.result["pull_requests"],
            json!([{"number": 7, "state": "open", "changed": true, "changes": [line]}])
        );
        assert!(
            ran.summary.contains("Updated pull requests") && ran.summary.contains("In Progress"),
            "{}",
            ran.summary
        );
        assert_eq!(shop.description(7).split("<!-- casefile").next().unwrap(), author);
        refresh_in_vain(&shop);

        shop.go("SEC-1", "Done");
        refresh(&shop);
        assert_eq!(shop.writes(), ["PATCH issues/comments/900000 200", "PATCH pulls/7 200"]);
        assert_eq!(timeline(&shop, 7)[1..], [r#"SEC-1: status changed from "In Progress" to "Done""#]);
        refresh_in_vain(&shop);
    }
}

#[test]
fn a_move_to_where_casefile_had_it_before_is_told_as_well() {
    for deployment in Deployment::BOTH {
        let shop = filed_on(deployment, 1);
        shop.configure(json!({"states": {"open": "To Do", "resolved": "Done"}}));
        shop.go("SEC-1", "In Progress");
        refresh(&shop);
        shop.go("SEC-1", "To Do");
        refresh(&shop);
        assert_eq!(
            timeline(&shop, 7),
            [
                r#"SEC-1: status changed from "To Do" to "In Progress""#,
                r#"SEC-1: status changed from "In Progress" to "To Do""#
            ]
        );
        refresh_in_vain(&shop);
    }
}

#[test]
fn priority_and_due_date_are_told() {
    for deployment in Deployment::BOTH {
        let shop = filed_on(deployment, 1);
        shop.edit("SEC-1", |issue| {
            issue.priority = Some("5".to_owned());
            issue.due = Some("2031-02-03".to_owned());
        });
        refresh(&shop);
        assert_eq!(shop.writes(), FIRST_CHANGE);
        let line = r#"SEC-1: priority changed from "High" to "Lowest"; due date set to "2031-02-03""#;
        assert_eq!(timeline(&shop, 7), [line]);
        refresh_in_vain(&shop);
    }
}

#[test]
fn a_moved_ticket_keeps_its_identity() {
    for deployment in Deployment::BOTH {
        let shop = filed_on(deployment, 1);
        assert_eq!(shop.sim.state().move_issue("alice", "SEC-1", "OPS").as_deref(), Some("OPS-1"));
        refresh(&shop);
        assert_eq!(shop.writes(), FIRST_CHANGE);
        assert_eq!(timeline(&shop, 7), ["SEC-1: moved to OPS-1"]);
        assert_eq!(shop.shown(7, &["SEC-1", "OPS-1"]), ["OPS-1"]);
        refresh_in_vain(&shop);
    }
}

/// A refresh or a run adds the line, whichever comes first.
#[test]
fn a_ticket_that_was_deleted_before_a_run_is_told_in_the_timeline() {
    let shop = filed(2);
    assert!(shop.sim.state().delete("SEC-1"));
    shop.run(&Event::pull_request(7, "feature", 2));
    assert_eq!(timeline(&shop, 7), ["SEC-1: deleted, or no longer visible to casefile"]);
    refresh_in_vain(&shop);
}

#[test]
fn a_deleted_ticket_is_shown_as_deleted_and_blocks_nothing() {
    let shop = filed(2);
    assert!(shop.sim.state().delete("SEC-1"));
    refresh(&shop);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert_eq!(timeline(&shop, 7), ["SEC-1: deleted, or no longer visible to casefile"]);
    assert!(row(&shop, "SEC-1").contains("| _deleted, or not visible_ |"), "{}", row(&shop, "SEC-1"));
    refresh_in_vain(&shop);
    // it may have been moved where the account cannot look, so the run names it
    let ran = shop.run(&Event::pull_request(7, "feature", 2));
    ran.fails(0, &["SEC-1: this ticket can no longer be found", "filed again"]);
    assert_eq!(ran.tickets(), ["created SEC-3", "tracked SEC-2"]);
    shop.run_well(&Event::pull_request(7, "feature", 3));
    assert_eq!(shop.shown(7, &["SEC-1", "SEC-2", "SEC-3"]), ["SEC-2", "SEC-3"]);
}

#[test]
fn a_hidden_ticket_looks_deleted_until_it_is_seen_again() {
    for deployment in Deployment::BOTH {
        let shop = filed_on(deployment, 1);
        shop.edit("SEC-1", |issue| issue.hidden = true);
        refresh(&shop);
        assert!(row(&shop, "SEC-1").contains("| _deleted, or not visible_ |"), "{}", row(&shop, "SEC-1"));
        shop.edit("SEC-1", |issue| issue.hidden = false);
        refresh(&shop);
        assert!(row(&shop, "SEC-1").contains("| To Do |"), "{}", row(&shop, "SEC-1"));
        assert_eq!(timeline(&shop, 7)[1..], [r#"SEC-1: visible again, with status "To Do""#]);
        refresh_in_vain(&shop);
    }
}

#[test]
fn whoever_writes_the_section_first_tells_the_timeline() {
    let shop = filed(1);
    shop.go("SEC-1", "In Progress");
    shop.run(&Event::pull_request(7, "feature", 2));
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert_eq!(timeline(&shop, 7), [r#"SEC-1: status changed from "To Do" to "In Progress""#]);
    refresh_in_vain(&shop);
    shop.run_well(&Event::pull_request(7, "feature", 3));
    assert_eq!(shop.writes(), NOTHING);
}

#[test]
fn what_casefile_does_itself_has_no_line() {
    for deployment in Deployment::BOTH {
        let shop = filed_on(deployment, 1);
        shop.configure(
            json!({"recurrence": {"grace-days": 0, "action": "reopen"}, "states": {"open": "In Progress"}}),
        );
        shop.go("SEC-1", "Done");
        shop.run_well(&Event::push("main", 2));
        assert_eq!(shop.open_tickets(), ["SEC-1"]);
        refresh(&shop);
        assert!(row(&shop, "SEC-1").contains("| ▶ In Progress |"), "{}", row(&shop, "SEC-1"));
        assert_eq!((shop.writes(), timeline(&shop, 7)), (vec!["PATCH pulls/7 200".to_owned()], vec![]));
        refresh_in_vain(&shop);
    }
}

#[test]
fn the_search_index_takes_nothing_back() {
    let shop = filed(1);
    refresh_in_vain(&shop);
    shop.sim.state().index.lag = std::time::Duration::from_secs(3_600);
    shop.go("SEC-1", "In Progress");
    shop.command(&Event::schedule(), &["refresh", "--ticket", "SEC-1"]);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    refresh_in_vain(&shop);
}

#[test]
fn what_people_write_in_jira_is_text() {
    let shop = filed(1);
    let rename = |world: &mut World| {
        let status = world.statuses.iter_mut().find(|status| status.name == "In Progress").unwrap();
        status.name = "@all <!-- casefile:end --> | [x](https://evil.example)".to_owned();
    };
    rename(&mut shop.sim.state());
    shop.edit("SEC-1", |issue| issue.status = "3".to_owned());
    refresh(&shop);
    let world = shop.sim.state();
    let pull = world.github.pull("acme/shop", 7).unwrap();
    for text in [pull.body.as_deref().unwrap(), &pull.comments[0].body] {
        // in code nothing acts
        let outside: String = text.split('`').step_by(2).collect();
        for acts in ["@all", "--> |", "[x](", "\n- 2031"] {
            assert!(!outside.contains(acts), "{acts}: {text}");
        }
    }
    drop(world);
    refresh_in_vain(&shop);
}

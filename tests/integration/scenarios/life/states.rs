//! Skipped findings, states as the tracker sees them, and what people do in between.

use serde_json::{Value, json};

use super::super::event::Event;
use super::super::sarif::{Found, found, rules};
use super::super::shop::{Deployment, Ran, Shop};
use super::{NOTHING, both, described, mapped, push, report_with, shop, silent, status, tip};

/// Every result carries an accepted suppression.
fn suppressed(run: &mut Value) {
    for result in run["results"].as_array_mut().unwrap() {
        result["suppressions"] = json!([{"kind": "inSource", "status": "accepted"}]);
    }
}

const CLOSED: [&str; 3] = ["PUT issue/SEC-1 204", "POST issue/SEC-1/transitions 204", "PUT issue/SEC-1 204"];

fn what_is_suppressed_everywhere_is_closed_and_refiled_when_that_ends(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    report_with(&shop, &rules(1), suppressed);
    let ran = push(&shop, "main", 2);
    assert_eq!(ran.tickets(), ["updated SEC-1"]);
    assert_eq!(shop.writes(), CLOSED);
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("Won't Do", 1));
    silent(&shop, &Event::push("main", 2));
    shop.report(&rules(1));
    assert_eq!(push(&shop, "main", 3).tickets(), ["refiled SEC-2"], "nobody accepted it");
    silent(&shop, &Event::push("main", 3));
}

fn what_is_ignored_everywhere_is_closed(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    let mut ignoring = mapped();
    ignoring["ignore"] = json!([{"rule": "R1", "reason": "test fixtures only"}]);
    shop.configure(ignoring);
    push(&shop, "main", 2);
    assert_eq!(shop.writes(), CLOSED);
    let comment = format!("{:?}", shop.ticket("SEC-1").comments);
    assert!(comment.contains("ignored by the configuration: test fixtures only"), "{comment}");
    silent(&shop, &Event::push("main", 2));
}

fn what_is_set_aside_on_one_branch_stays_open(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    push(&shop, "develop", 11);
    report_with(&shop, &rules(1), suppressed);
    push(&shop, "main", 2);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "its slice alone");
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("To Do", 0));
    silent(&shop, &Event::push("main", 2));
    push(&shop, "develop", 12);
    assert_eq!(shop.writes(), CLOSED);
    silent(&shop, &Event::push("develop", 12));
}

fn without_a_status_for_it_nothing_is_moved_or_said(jira: Deployment) {
    let shop = shop(jira, json!({}), &rules(1));
    report_with(&shop, &rules(1), suppressed);
    push(&shop, "main", 2);
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("To Do", 0));
    silent(&shop, &Event::push("main", 2));
}

fn what_falls_below_the_minimum_severity_changes_nothing(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    let mut higher = mapped();
    higher["minimum-severity"] = json!("critical");
    shop.configure(higher);
    tip(&shop, "main", 2);
    silent(&shop, &Event::push("main", 2));
}

fn a_status_that_no_way_leads_to_is_said_and_costs_nothing_else(jira: Deployment) {
    let mut configuration = mapped();
    configuration["jira"] = json!({"project": "OPS"});
    let shop = shop(jira, configuration, &rules(1));
    shop.report(&[]);
    tip(&shop, "main", 2);
    let ran = shop.run(&Event::push("main", 2));
    ran.fails(0, &["OPS-1: the ticket was not moved to `Done`", "In Progress"]);
    assert_eq!(ran.tickets(), ["updated OPS-1"], "what was not moved is not resolved");
    assert!(ran.outputs.contains("resolved=0") || !ran.outputs.contains("resolved=1"), "{}", ran.outputs);
    assert_eq!(shop.writes(), ["PUT issue/OPS-1 204"]);
    assert_eq!((status(&shop, "OPS-1").as_str(), shop.ticket("OPS-1").comments.len()), ("To Do", 1));
    let told = shop.ticket("OPS-1").comment_texts();
    assert!(!told[0].contains("resolved"), "{told:?}");
    let again = shop.run(&Event::push("main", 2));
    again.fails(0, &["OPS-1: the ticket was not moved to `Done`"]);
    assert_eq!((again.tickets(), shop.writes()), (vec!["tracked OPS-1".to_owned()], vec![]));
    // the workflow is mended
    let free = shop.sim.state().project("SEC").unwrap().transitions.clone();
    shop.sim.state().project_mut("OPS").unwrap().transitions = free;
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved OPS-1"]);
    assert_eq!(shop.writes(), ["POST issue/OPS-1/transitions 204", "PUT issue/OPS-1 204"]);
    assert_eq!((status(&shop, "OPS-1").as_str(), shop.ticket("OPS-1").comments.len()), ("Done", 1));
    silent(&shop, &Event::push("main", 2));
}

fn a_status_that_the_project_does_not_have_is_said_before_and_once(jira: Deployment) {
    let shop = Shop::on(jira);
    shop.report(&both());
    shop.configure(json!({"states": {"open": "Backlog", "resolved": "Finished"}}));
    let said = |ran: Ran| {
        let problems = ran.problems();
        assert_eq!((ran.code, problems.lines().count()), (0, 2), "{problems}");
        for word in [
            "states of SEC: `states` names the status `Backlog` for `open`, but there is no such status",
            "`Finished`",
            "Won't Do",
        ] {
            assert!(problems.contains(word), "{word}: {problems}");
        }
    };
    let event = Event::push("main", 1);
    tip(&shop, "main", 1);
    said(shop.plan(&event));
    said(shop.run(&event));
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 2], "the first alone, then the other");
    silent(&shop, &event);

    shop.report(&rules(1));
    tip(&shop, "main", 2);
    let event = Event::push("main", 2);
    said(shop.plan(&event));
    said(shop.run(&event));
    assert_eq!(shop.writes(), ["PUT issue/SEC-2 204"], "the comment");
    // it is still owed, in case the project gets that status
    said(shop.run(&event));
    assert_eq!(shop.writes(), NOTHING);
}

fn what_is_done_is_opened_again_even_where_open_is_no_status(jira: Deployment) {
    let configuration =
        json!({"recurrence": {"action": "reopen"}, "states": {"open": "Backlog", "resolved": "Done"}});
    let shop = Shop::on(jira);
    shop.report(&rules(1));
    shop.configure(configuration);
    for (number, findings) in [(1, 1), (2, 0), (3, 1)] {
        shop.report(&rules(findings));
        tip(&shop, "main", number);
        shop.run(&Event::push("main", number)).fails(0, &["no such status"]);
    }
    assert_eq!(status(&shop, "SEC-1"), "To Do");
}

fn a_done_ticket_that_takes_no_edit_is_left_as_it_is(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.sim.state().project_mut("SEC").unwrap().done_is_closed = true;
    shop.report(&[]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    assert_eq!(status(&shop, "SEC-1"), "Done");
    silent(&shop, &Event::push("main", 2));
}

fn a_ticket_that_a_person_opened_again_is_not_moved_again_for_the_same_reason(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.report(&[]);
    push(&shop, "main", 2);
    for name in ["To Do", "In Progress"] {
        shop.go("SEC-1", name);
        silent(&shop, &Event::push("main", 2));
        assert_eq!(status(&shop, "SEC-1"), name);
    }
}

fn a_new_ticket_goes_to_the_status_of_open_where_its_workflow_begins_elsewhere(jira: Deployment) {
    let shop = Shop::on(jira);
    shop.report(&rules(2));
    shop.configure(json!({"states": {"open": "In Progress"}}));
    push(&shop, "main", 1);
    let writes = shop.writes();
    assert_eq!((writes.len(), writes[0].as_str()), (8, "POST issue/bulk 201"), "{writes:?}");
    assert_eq!(
        (status(&shop, "SEC-1").as_str(), status(&shop, "SEC-2").as_str()),
        ("In Progress", "In Progress")
    );
    silent(&shop, &Event::push("main", 1));
    shop.go("SEC-1", "To Do");
    silent(&shop, &Event::push("main", 1));
}

fn a_persons_edits_survive_ten_runs(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.edit("SEC-1", |issue| {
        issue.summary = "Alice's words".into();
        issue.description = described(jira, "What Alice thinks.");
        issue.priority = Some("5".into());
        issue.assignee = Some("712020:00000000-0000-4000-8000-000000000003".into());
    });
    shop.go("SEC-1", "In Progress");
    let mine = |shop: &Shop| {
        let ticket = shop.ticket("SEC-1");
        let text = ticket.description_text();
        (ticket.summary, text, ticket.priority, ticket.assignee, ticket.status)
    };
    let before = mine(&shop);
    for round in 2..12 {
        // now one finding, now two, now worse
        let mut all: Vec<Found> = rules(1);
        if round % 2 == 0 {
            all.push(found("R1", "src/new.py", 8, "call_1(y)").scored("9.8"));
        }
        shop.report(&all);
        push(&shop, "main", round);
        assert_eq!(mine(&shop), before, "run {round}");
        silent(&shop, &Event::push("main", round));
    }
}

fn a_move_whose_answer_was_lost_is_made_once(jira: Deployment) {
    use crate::simulator::{Fault, Kind, Nth};
    let shop = shop(jira, mapped(), &rules(1));
    shop.report(&[]);
    let path_contains = "/transitions".to_owned();
    let (nth, kind) = (Nth::Only(1), Kind::StatusAfter(502));
    shop.sim.fault(Fault { face: None, method: Some("POST"), path_contains, nth, kind });
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("Done", 1));
    silent(&shop, &Event::push("main", 2));
}

on_both! {
    what_is_suppressed_everywhere_is_closed_and_refiled_when_that_ends,
    what_is_ignored_everywhere_is_closed,
    what_is_set_aside_on_one_branch_stays_open,
    without_a_status_for_it_nothing_is_moved_or_said,
    what_falls_below_the_minimum_severity_changes_nothing,
    a_status_that_no_way_leads_to_is_said_and_costs_nothing_else,
    a_status_that_the_project_does_not_have_is_said_before_and_once,
    what_is_done_is_opened_again_even_where_open_is_no_status,
    a_done_ticket_that_takes_no_edit_is_left_as_it_is,
    a_ticket_that_a_person_opened_again_is_not_moved_again_for_the_same_reason,
    a_new_ticket_goes_to_the_status_of_open_where_its_workflow_begins_elsewhere,
    a_persons_edits_survive_ten_runs,
    a_move_whose_answer_was_lost_is_made_once,
}

//! What is proven gone, and what comes back.

use serde_json::json;

use super::super::event::Event;
use super::super::sarif::{Found, found, rules};
use super::super::shop::Deployment;
use super::{NOTHING, both, described, mapped, push, report_with, shop, silent, status, tip};

/// Two findings of rule R1.
fn two() -> Vec<Found> {
    let mut all = rules(1);
    all.push(found("R1", "src/new.py", 8, "call_1(y)"));
    all
}

fn a_finding_that_is_gone_resolves_its_ticket(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    let ran = push(&shop, "main", 2);
    assert_eq!(ran.tickets(), ["resolved SEC-2", "tracked SEC-1"]);
    let mut outputs = ran.outputs.lines().skip_while(|line| !line.starts_with("resolved<<"));
    assert_eq!(outputs.nth(1), Some("1"), "{}", ran.outputs);
    assert!(ran.summary.contains("resolved"), "{}", ran.summary);
    assert_eq!(
        shop.writes(),
        ["PUT issue/SEC-2 204", "POST issue/SEC-2/transitions 204", "PUT issue/SEC-2 204"],
        "comment and record, the move, and that it is done"
    );
    let ticket = shop.ticket("SEC-2");
    assert_eq!((status(&shop, "SEC-2").as_str(), ticket.resolution.as_deref()), ("Done", Some("Fixed")));
    let told = ticket.comment_texts();
    assert!(matches!(told.as_slice(), [one] if one.contains("0000000000")), "the commit: {told:?}");
    let again = silent(&shop, &Event::push("main", 2));
    assert_eq!(again.tickets(), ["tracked SEC-1"]);
    assert_eq!(silent(&shop, &Event::push("main", 3)).tickets(), ["tracked SEC-1"]);
}

fn the_screen_of_the_way_takes_what_the_state_says(jira: Deployment) {
    let fields = json!({"environment": "Staging", "customfield_10054": ["Web", "AppSec"], "Nowhere": "x"});
    let mut configuration = mapped();
    configuration["states"]["resolved"]["fields"] = fields;
    let shop = shop(jira, configuration, &rules(1));
    for way in &mut shop.sim.state().project_mut("SEC").unwrap().transitions {
        way.screen.extend(["customfield_10053", "customfield_10054"].map(str::to_owned));
    }
    shop.report(&[]);
    let ran = push(&shop, "main", 2);
    assert_eq!((ran.tickets(), ran.problems()), (vec!["resolved SEC-1".to_owned()], String::new()));
    let custom = shop.ticket("SEC-1").custom;
    assert_eq!(custom["customfield_10053"], json!({"value": "staging"}));
    assert_eq!(custom["customfield_10054"], json!(["Web", "AppSec"]));
}

fn what_the_screen_cannot_take_is_left_out_and_said(jira: Deployment) {
    let mut configuration = mapped();
    configuration["states"]["resolved"]["fields"] = json!({"Environment": "moon"});
    let shop = shop(jira, configuration, &rules(1));
    for way in &mut shop.sim.state().project_mut("SEC").unwrap().transitions {
        way.screen.push("customfield_10053".to_owned());
    }
    shop.report(&[]);
    tip(&shop, "main", 2);
    let ran = shop.run(&Event::push("main", 2));
    assert_eq!((ran.tickets(), status(&shop, "SEC-1").as_str()), (vec!["resolved SEC-1".to_owned()], "Done"));
    let problems = ran.problems();
    for word in ["SEC-1", "Environment", "`moon`", "production, staging"] {
        assert!(problems.contains(word), "{word}: {problems}");
    }
}

fn without_a_status_for_it_there_is_one_comment(jira: Deployment) {
    let shop = shop(jira, json!({}), &rules(1));
    shop.report(&[]);
    tip(&shop, "main", 2);
    let planned = shop.command(&Event::push("main", 2), &["plan", "--format", "text"]);
    assert!(
        planned.printed.starts_with("gone ")
            && planned.printed.contains("tickets: 1 whose findings are gone (status unchanged)"),
        "{}",
        planned.printed
    );
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.tickets(), ["resolved SEC-1"], "to other programs");
    assert!(ran.summary.contains("1 whose findings are gone (status unchanged)"), "{}", ran.summary);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("To Do", 1));
    silent(&shop, &Event::push("main", 2));
}

fn a_grouped_ticket_drops_it_from_its_list(jira: Deployment) {
    let shop = shop(jira, mapped(), &two());
    shop.report(&rules(1));
    assert_eq!(push(&shop, "main", 2).tickets(), ["updated SEC-1"]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    let ticket = shop.ticket("SEC-1");
    let text = ticket.description_text();
    assert!(text.contains("src/f1.py") && !text.contains("src/new.py"), "{text}");
    assert_eq!((ticket.comments.len(), status(&shop, "SEC-1").as_str()), (0, "To Do"));
    silent(&shop, &Event::push("main", 2));
}

fn where_a_person_wrote_the_description_the_ticket_is_told(jira: Deployment) {
    let shop = shop(jira, mapped(), &two());
    shop.edit("SEC-1", |issue| issue.description = described(jira, "Mine."));
    shop.report(&rules(1));
    push(&shop, "main", 2);
    let told = shop.ticket("SEC-1").comment_texts();
    assert!(matches!(told.as_slice(), [one] if one.contains("1 finding")), "{told:?}");
    silent(&shop, &Event::push("main", 2));
}

fn a_secret_that_left_the_code_is_told_and_stays_open(jira: Deployment) {
    let shop = shop(jira, mapped(), &[]);
    let secret = [found("generic-api-key", "src/key.py", 3, "x")];
    let is_secret = |run: &mut serde_json::Value| {
        run["tool"]["driver"]["name"] = json!("gitleaks");
    };
    report_with(&shop, &secret, is_secret);
    push(&shop, "main", 2);
    report_with(&shop, &[], is_secret);
    assert_eq!(push(&shop, "main", 3).tickets(), ["updated SEC-1"]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    let told = shop.ticket("SEC-1").comment_texts();
    assert!(matches!(told.as_slice(), [one] if one.contains("rotate")), "{told:?}");
    assert_eq!(status(&shop, "SEC-1"), "To Do");
    silent(&shop, &Event::push("main", 3));
}

fn what_comes_back_is_refiled_at_once(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.report(&[]);
    push(&shop, "main", 2);
    shop.report(&rules(1));
    assert_eq!(push(&shop, "main", 3).tickets(), ["refiled SEC-2"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201", "POST issueLink 201", "PUT issue/SEC-2 204"]);
    assert_eq!(silent(&shop, &Event::push("main", 3)).tickets(), ["tracked SEC-2"]);
}

fn what_comes_back_can_be_opened_again(jira: Deployment) {
    let mut configuration = mapped();
    configuration["recurrence"] = json!({"action": "reopen"});
    let shop = shop(jira, configuration, &rules(1));
    shop.report(&[]);
    push(&shop, "main", 2);
    shop.report(&rules(1));
    assert_eq!(push(&shop, "main", 3).tickets(), ["reopened SEC-1"]);
    assert_eq!(shop.writes(), ["POST issue/SEC-1/transitions 204", "PUT issue/SEC-1 204"]);
    assert_eq!(silent(&shop, &Event::push("main", 3)).tickets(), ["tracked SEC-1"]);
}

fn what_comes_back_can_be_told_alone(jira: Deployment) {
    let mut configuration = mapped();
    configuration["recurrence"] = json!({"action": "comment"});
    let shop = shop(jira, configuration, &rules(1));
    shop.report(&[]);
    push(&shop, "main", 2);
    shop.report(&rules(1));
    push(&shop, "main", 3);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
    silent(&shop, &Event::push("main", 3));
}

fn an_older_commit_that_is_run_again_brings_nothing_back(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.report(&[]);
    push(&shop, "main", 2);
    shop.report(&rules(1));
    silent(&shop, &Event::push("main", 1));
    assert_eq!(status(&shop, "SEC-1"), "Done");
}

fn a_ticket_that_flaps_is_left_alone_with_a_warning(jira: Deployment) {
    let mut configuration = mapped();
    configuration["recurrence"] = json!({"action": "reopen"});
    let shop = shop(jira, configuration, &rules(1));
    for round in 0..2 {
        shop.report(&[]);
        assert_eq!(push(&shop, "main", 2 + round).tickets(), ["resolved SEC-1"]);
        shop.report(&rules(1));
        assert_eq!(push(&shop, "main", 2 + round).tickets(), ["reopened SEC-1"]);
    }
    shop.report(&[]);
    tip(&shop, "main", 9);
    let ran = shop.run(&Event::push("main", 9));
    ran.fails(0, &["SEC-1", "left alone"]);
    assert_eq!((ran.tickets(), shop.writes()), (vec![], vec![]));
    assert_eq!(status(&shop, "SEC-1"), "To Do");
}

fn what_flaps_is_not_filed_over_and_over(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    for (round, old, new) in [(0, "SEC-1", "refiled SEC-2"), (2, "SEC-2", "tracked SEC-2")] {
        shop.report(&[]);
        assert_eq!(push(&shop, "main", 2 + round).tickets(), [format!("resolved {old}")]);
        shop.report(&rules(1));
        tip(&shop, "main", 3 + round);
        assert_eq!(shop.run(&Event::push("main", 3 + round)).tickets(), [new]);
    }
    assert_eq!((shop.writes(), status(&shop, "SEC-2").as_str()), (vec![], "Done"));
    let ran = shop.run(&Event::push("main", 5));
    ran.fails(0, &["SEC-2: it has been resolved 2 times since", "left alone until"]);
    assert_eq!((ran.tickets(), shop.writes()), (vec!["tracked SEC-2".to_owned()], vec![]));
    assert_eq!(ran.result["findings"], json!({"read": 1, "kept": 1, "set_aside": {}}));

    shop.edit("SEC-2", |issue| {
        let days = issue.properties.get_mut("casefile").unwrap()["resolved"].as_array_mut().unwrap();
        assert_eq!(days.len(), 2, "the first ticket's is among them");
        days.fill(json!("2026-01-01"));
    });
    assert_eq!(push(&shop, "main", 6).tickets(), ["refiled SEC-3"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201", "POST issueLink 201", "PUT issue/SEC-3 204"]);
    silent(&shop, &Event::push("main", 6));
}

fn a_mass_of_tickets_is_resolved_only_if_that_is_wanted(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(12));
    shop.report(&[]);
    tip(&shop, "main", 2);
    let ran = shop.run(&Event::push("main", 2));
    ran.fails(
        0,
        &[
            "12 tickets",
            "would be resolved (SEC-1, SEC-2, ",
            "so none was resolved",
            "SEC-12",
            "--allow-mass-resolve",
        ],
    );
    assert_eq!((shop.writes(), shop.open_tickets().len()), (NOTHING.map(String::from).to_vec(), 12));
    let ran = shop.run_with(&Event::push("main", 2), &["--allow-mass-resolve"]);
    assert_eq!((ran.code, ran.actions()["resolved"]), (0, 12));
    assert_eq!(shop.open_tickets(), NOTHING);
    silent(&shop, &Event::push("main", 2));
}

fn what_a_person_closed_before_it_was_gone_comes_back_at_once(jira: Deployment) {
    let shop = shop(jira, json!({}), &rules(1));
    shop.go("SEC-1", "Done");
    shop.report(&[]);
    push(&shop, "main", 2);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "for the record");
    assert_eq!((status(&shop, "SEC-1").as_str(), shop.ticket("SEC-1").comments.len()), ("Done", 0));
    silent(&shop, &Event::push("main", 2));
    shop.report(&rules(1));
    assert_eq!(push(&shop, "main", 3).tickets(), ["refiled SEC-2"]);
}

on_both! {
    the_screen_of_the_way_takes_what_the_state_says,
    what_the_screen_cannot_take_is_left_out_and_said,
    a_finding_that_is_gone_resolves_its_ticket,
    without_a_status_for_it_there_is_one_comment,
    a_grouped_ticket_drops_it_from_its_list,
    where_a_person_wrote_the_description_the_ticket_is_told,
    a_secret_that_left_the_code_is_told_and_stays_open,
    what_comes_back_is_refiled_at_once,
    what_comes_back_can_be_opened_again,
    what_comes_back_can_be_told_alone,
    an_older_commit_that_is_run_again_brings_nothing_back,
    a_ticket_that_flaps_is_left_alone_with_a_warning,
    what_flaps_is_not_filed_over_and_over,
    a_mass_of_tickets_is_resolved_only_if_that_is_wanted,
    what_a_person_closed_before_it_was_gone_comes_back_at_once,
}

//! What a ticket, its project or its workflow does not take: that part is left out, and the rest is done.

use serde_json::{Value, json};

use super::super::event::Event;
use super::super::sarif::{Found, found, rules};
use super::super::shop::{Deployment, Ran, Shop};
use super::{NOTHING, mapped, push, shop, silent, status, tip};
use crate::simulator::Project;

/// The first rule at so many places: they share SEC-1.
fn places(count: usize) -> Vec<Found> {
    let mut all = rules(1);
    all.extend((1..count).map(|n| found("R1", &format!("src/new{n}.py"), 8, &format!("call_1(y{n})"))));
    all
}

/// A run with a warning that has these words.
fn warned(shop: &Shop, number: u64, words: &[&str]) -> Ran {
    tip(shop, "main", number);
    let ran = shop.run(&Event::push("main", number));
    ran.fails(0, words);
    ran
}

fn project<T>(shop: &Shop, act: impl FnOnce(&mut Project) -> T) {
    act(shop.sim.state().project_mut("SEC").unwrap());
}

fn id_of(shop: &Shop, status: &str) -> String {
    shop.sim.state().status_named(status).unwrap().id.clone()
}

fn a_description_that_is_not_on_the_edit_screen_is_left_out(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    project(&shop, |it| it.edit_screen.remove("description"));
    shop.report(&places(2));
    let ran = warned(&shop, 2, &["SEC-1, field description", "edit screen"]);
    assert_eq!(ran.tickets(), ["updated SEC-1"]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 400", "PUT issue/SEC-1 204"]);
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
    silent(&shop, &Event::push("main", 2));
    // it is said once: from then on the news are comments
    shop.report(&places(3));
    push(&shop, "main", 3);
    assert_eq!(
        (shop.writes(), shop.ticket("SEC-1").comments.len()),
        (vec!["PUT issue/SEC-1 204".to_owned()], 2)
    );
    silent(&shop, &Event::push("main", 3));
}

fn what_the_description_would_have_said_is_a_comment(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    project(&shop, |it| it.edit_screen.remove("description"));
    shop.report(&[rules(1).remove(0).scored("9.8")]);
    warned(&shop, 2, &["field description"]);
    let told = shop.ticket("SEC-1").comment_texts();
    assert!(matches!(told.as_slice(), [one] if one.contains("severity critical")), "{told:?}");
    silent(&shop, &Event::push("main", 2));
}

fn a_screen_without_labels_is_not_asked_again_and_again(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    project(&shop, |it| it.edit_screen.remove("labels"));
    shop.edit("SEC-1", |issue| issue.labels.retain(|label| label.len() != "casefile-".len() + 20));
    warned(&shop, 1, &[]);
    silent(&shop, &Event::push("main", 1));
}

fn a_status_that_takes_no_edit_costs_a_warning_a_run(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    let closed = id_of(&shop, "In Progress");
    project(&shop, |it| it.closed_to_edits.insert(closed));
    shop.go("SEC-1", "In Progress");
    shop.report(&places(2));
    for _ in 0..2 {
        let ran =
            warned(&shop, 2, &["SEC-1", "none of the ticket's fields can be changed", "jira.issue.editable"]);
        assert_eq!(
            (ran.tickets(), shop.writes()),
            (vec!["tracked SEC-1".to_owned()], vec!["PUT issue/SEC-1 400".to_owned()])
        );
    }
    assert_eq!(shop.ticket("SEC-1").comments.len(), 0);
    shop.go("SEC-1", "To Do");
    assert_eq!(push(&shop, "main", 2).tickets(), ["updated SEC-1"], "Updates are written once");
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
    silent(&shop, &Event::push("main", 2));
}

fn a_ticket_in_a_project_without_edit_is_told_of_in_the_run(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.sim.state().project_mut("OPS").unwrap().revoke("EDIT_ISSUES");
    shop.sim.state().move_issue("alice", "SEC-1", "OPS").unwrap();
    shop.report(&places(2));
    for _ in 0..2 {
        let ran = warned(&shop, 2, &["OPS-1", "none of the ticket's fields can be changed", "Edit Issues"]);
        assert_eq!(ran.tickets(), ["tracked OPS-1"]);
        assert!(!ran.problems().contains("screen"), "{}", ran.problems());
    }
    assert_eq!(shop.ticket("OPS-1").comments.len(), 0);
}

fn what_takes_no_edit_where_it_is_is_moved_all_the_same(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    let closed = id_of(&shop, "In Progress");
    project(&shop, |it| it.closed_to_edits.insert(closed));
    shop.go("SEC-1", "In Progress");
    shop.report(&[]);
    let ran = warned(&shop, 2, &["none of the ticket's fields can be changed"]);
    assert_eq!(ran.tickets(), ["resolved SEC-1"]);
    // where it is now, it takes what it did not take before
    let ticket = shop.ticket("SEC-1");
    assert_eq!((status(&shop, "SEC-1").as_str(), ticket.comments.len()), ("Done", 1));
    assert_eq!(ticket.properties["casefile"]["last-reported"], "resolved");
    silent(&shop, &Event::push("main", 2));
}

fn without_add_comments_the_rest_is_done(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    project(&shop, |it| it.revoke("ADD_COMMENTS"));
    shop.report(&[]);
    let ran = warned(&shop, 2, &["SEC-1, field comment", "Add Comments"]);
    assert_eq!(
        (ran.tickets(), status(&shop, "SEC-1")),
        (vec!["resolved SEC-1".to_owned()], "Done".to_owned())
    );
    silent(&shop, &Event::push("main", 2));
}

/// The ways to Done are these: what each needs, and what its validator says.
fn ways(shop: &Shop, all: &[(&[&str], Option<&'static str>)]) {
    let done = id_of(shop, "Done");
    project(shop, |it| {
        let one = it.transitions.iter().find(|way| way.to == done).unwrap().clone();
        it.transitions.retain(|way| way.to != done);
        for (index, (required, validator)) in all.iter().enumerate() {
            let required: Vec<String> = required.iter().map(|field| (*field).to_owned()).collect();
            it.transitions.push(crate::simulator::Transition {
                id: format!("9{index}"),
                name: format!("Way {index}"),
                screen: required.clone(),
                required,
                validator: *validator,
                ..one.clone()
            });
        }
    });
}

/// The ticket of a shop whose finding is gone is to be moved on these ways.
fn gone(jira: Deployment, configuration: Value, all: &[(&[&str], Option<&'static str>)]) -> Shop {
    let shop = shop(jira, configuration, &rules(1));
    ways(&shop, all);
    shop.report(&[]);
    shop
}

const EDIT: &str = "PUT issue/SEC-1 204";
const MOVED: &str = "POST issue/SEC-1/transitions 204";
const REFUSED: &str = "POST issue/SEC-1/transitions 400";

fn of_several_ways_the_one_is_taken_that_needs_nothing(jira: Deployment) {
    let shop =
        gone(jira, json!({"states": {"resolved": "Done"}}), &[(&["customfield_10053"], None), (&[], None)]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    assert_eq!(shop.writes(), [EDIT, MOVED, EDIT]);
}

fn where_a_validator_refuses_one_way_the_next_is_tried(jira: Deployment) {
    let no = Some("Only a manager may do that.");
    let shop = gone(jira, json!({"states": {"resolved": "Done"}}), &[(&[], no), (&[], None)]);
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    assert_eq!(shop.writes(), [EDIT, REFUSED, MOVED, EDIT]);
}

fn a_resolution_that_is_required_is_asked_for_in_the_configuration(jira: Deployment) {
    let shop = gone(jira, json!({"states": {"resolved": "Done"}}), &[(&["resolution"], None)]);
    for tickets in ["updated SEC-1", "tracked SEC-1"] {
        let ran =
            warned(&shop, 2, &["SEC-1: the ticket was not moved to `Done`", "states.resolved.resolution"]);
        assert_eq!(ran.tickets(), [tickets], "it is not resolved");
        assert_eq!(status(&shop, "SEC-1"), "To Do");
    }
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
    shop.configure(json!({"states": {"resolved": {"status": "Done", "resolution": "Fixed"}}}));
    assert_eq!(push(&shop, "main", 2).tickets(), ["resolved SEC-1"]);
    assert_eq!(shop.ticket("SEC-1").resolution.as_deref(), Some("Fixed"));
    silent(&shop, &Event::push("main", 2));
}

fn a_field_that_the_only_way_needs_is_named(jira: Deployment) {
    let shop = gone(jira, json!({"states": {"resolved": "Done"}}), &[(&["customfield_10053"], None)]);
    warned(&shop, 2, &["Environment is required", "`customfield_10053`", "states.resolved.fields"]);
}

fn a_ticket_that_cannot_be_opened_again_is_a_warning(jira: Deployment) {
    let configuration =
        json!({"recurrence": {"action": "reopen"}, "states": {"open": "To Do", "resolved": "Done"}});
    let shop = shop(jira, configuration, &rules(1));
    shop.report(&[]);
    push(&shop, "main", 2);
    let open = id_of(&shop, "To Do");
    project(&shop, |it| it.transitions.retain(|way| way.to != open));
    shop.report(&rules(1));
    let ran = warned(&shop, 3, &["SEC-1: the ticket was not moved to `To Do`"]);
    assert_eq!((ran.tickets(), shop.writes()), (vec!["tracked SEC-1".to_owned()], vec![]));
}

fn what_a_person_moves_where_states_closes_is_accepted(jira: Deployment) {
    let configuration = json!({
        "states": {"resolved": "Done", "closed": "won't do"},
        "recurrence": {"accepted": ["Risk Accepted"], "grace-days": 0},
    });
    let shop = shop(jira, configuration, &rules(1));
    shop.go("SEC-1", "Won't Do");
    let ran = push(&shop, "main", 2);
    assert_eq!((ran.tickets(), shop.writes()), (vec![], vec![]), "it is accepted");
    assert_eq!(ran.result["findings"]["set_aside"]["accepted"], 1);
    silent(&shop, &Event::push("main", 3));
}

fn what_a_person_moves_where_states_resolves_is_done(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.go("SEC-1", "Done");
    assert_eq!(push(&shop, "main", 2).tickets(), ["updated SEC-1"], "one comment, and the days of grace");
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
}

fn comments_are_for_a_service_desks_agents_unless_they_are_not_to_be(jira: Deployment) {
    for (jira_keys, internal) in [(json!({}), true), (json!({"internal-comments": false}), false)] {
        let mut configuration = mapped();
        configuration["jira"] = jira_keys;
        let shop = shop(jira, configuration, &rules(1));
        shop.report(&places(2));
        push(&shop, "main", 2);
        let comments = shop.ticket("SEC-1").comments;
        assert_eq!(comments.iter().map(|one| one.internal).collect::<Vec<_>>(), [internal]);
    }
}

fn all_kinds_of_fields_are_set(jira: Deployment) {
    let fields = json!({
        "Request Type": "sec/vulnerability", "Delivery team": "42", "Time tracking": "2d 4h",
        "Affected services": ["ari:cloud:graph::service/7"],
    });
    let shop = Shop::on(jira);
    shop.report(&rules(1));
    shop.configure(json!({"jira": {"fields": fields}}));
    for field in ["timetracking", "customfield_10060", "customfield_10061", "customfield_10062"] {
        project(&shop, |it| it.require(field));
    }
    push(&shop, "main", 1);
    let custom = shop.ticket("SEC-1").custom;
    assert_eq!(custom["customfield_10060"], "sec/vulnerability");
    assert_eq!(custom["customfield_10061"], "42");
    assert_eq!(custom["customfield_10062"], json!([{"id": "ari:cloud:graph::service/7"}]));
    assert_eq!(custom["timetracking"], json!({"originalEstimate": "2d 4h"}));
}

fn what_cannot_be_set_is_not_advised(jira: Deployment) {
    let shop = Shop::on(jira);
    shop.report(&rules(1));
    project(&shop, |it| it.require("customfield_10063"));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["customfield_10063", "casefile cannot set fields of this type"]);
    assert!(!ran.problems().contains("jira.fields"), "{}", ran.problems());
}

fn the_top_of_a_projects_own_priorities_stands_for_the_highest(jira: Deployment) {
    let shop = Shop::on(jira);
    let scored = |rule: &str, score| found(rule, &format!("src/{rule}.py"), 3, "call(x)").scored(score);
    shop.report(&[scored("R1", "9.8"), scored("R2", "7.5"), scored("R3", "5.0"), scored("R4", "1.0")]);
    shop.sim.state().priorities = vec!["P1", "P2", "P3", "P4"];
    push(&shop, "main", 1);
    let got: Vec<String> = (1..5).filter_map(|n| shop.ticket(&format!("SEC-{n}")).priority).collect();
    assert_eq!(got, ["1", "2", "3", "4"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 2], "the first alone, then the others");
    shop.report(&[scored("R1", "9.8"), scored("R2", "9.8"), scored("R3", "5.0"), scored("R4", "1.0")]);
    push(&shop, "main", 2);
    assert_eq!(shop.ticket("SEC-2").priority.as_deref(), Some("1"), "it follows the severity");
    assert_ne!(shop.writes(), NOTHING);
    silent(&shop, &Event::push("main", 2));
}

on_both! {
    a_description_that_is_not_on_the_edit_screen_is_left_out,
    what_the_description_would_have_said_is_a_comment,
    a_screen_without_labels_is_not_asked_again_and_again,
    a_status_that_takes_no_edit_costs_a_warning_a_run,
    a_ticket_in_a_project_without_edit_is_told_of_in_the_run,
    what_takes_no_edit_where_it_is_is_moved_all_the_same,
    without_add_comments_the_rest_is_done,
    of_several_ways_the_one_is_taken_that_needs_nothing,
    where_a_validator_refuses_one_way_the_next_is_tried,
    a_resolution_that_is_required_is_asked_for_in_the_configuration,
    a_field_that_the_only_way_needs_is_named,
    a_ticket_that_cannot_be_opened_again_is_a_warning,
    what_a_person_moves_where_states_closes_is_accepted,
    what_a_person_moves_where_states_resolves_is_done,
    comments_are_for_a_service_desks_agents_unless_they_are_not_to_be,
    all_kinds_of_fields_are_set,
    what_cannot_be_set_is_not_advised,
    the_top_of_a_projects_own_priorities_stands_for_the_highest,
}

//! What Jira will not take: an optional field costs a warning, anything that deduplication rests on costs the filing.

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Shop, only};
use crate::simulator::{Kind, Nth};

/// A shop with one finding, in whose Jira something is arranged.
fn shop(arrange: impl FnOnce(&mut crate::simulator::World)) -> Shop {
    let shop = Shop::with(&rules(1));
    arrange(&mut shop.sim.state());
    shop
}

/// A bulk create of which so many elements are refused for the same fields.
fn refused(elements: usize, fields: &serde_json::Value) -> String {
    let one = |number| {
        json!({"status": 400, "failedElementNumber": number,
            "elementErrors": {"errorMessages": [], "errors": fields}})
    };
    let errors: Vec<_> = (0..elements).map(one).collect();
    json!({"issues": [], "errors": errors}).to_string()
}

/// Nothing is written, and it is said why.
fn files_nothing(shop: &Shop, words: &[&str]) {
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, words);
    assert_eq!(ran.actions(), only("failed", 1));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_project_without_priorities_is_filed_in() {
    let shop = shop(|_| ());
    shop.configure(json!({"jira": {"project": "TEAM"}}));
    assert_eq!(shop.run_well(&Event::push("main", 1)).tickets(), ["created TEAM-1"]);
    assert_eq!(shop.ticket("TEAM-1").priority, None);
}

#[test]
fn a_priority_that_the_site_does_not_have_is_left_out_with_a_warning() {
    let shop = shop(|_| ());
    shop.configure(json!({"jira": {"priorities": {"high": "Blocker"}}}));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.tickets(), ["created SEC-1"]);
    ran.fails(0, &["Blocker", "Highest, High, Medium"]);
}

#[test]
fn a_field_that_jira_refuses_at_the_last_moment_is_left_out_with_a_warning() {
    let shop = Shop::with(&rules(3));
    let refused = refused(1, &json!({"priority": "Field 'priority' cannot be set."}));
    shop.fault("/issue/bulk", Nth::Only(1), Kind::Status(400, Vec::new(), refused));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", 3));
    ran.fails(0, &["field priority", "left out", "cannot be set"]);
    assert_eq!(ran.problems().matches("left out").count(), 1, "said once");
    shop.one_ticket_a_group(3);
}

#[test]
fn a_label_of_the_users_that_jira_refuses_is_left_out() {
    let shop = shop(|_| ());
    let refused = refused(1, &json!({"labels": "The label 'security' is not allowed."}));
    shop.configure(json!({"jira": {"labels": ["security"]}}));
    shop.fault("/issue/bulk", Nth::Only(1), Kind::Status(400, Vec::new(), refused));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(0, &["field labels", "left out"]);
    let labels = shop.ticket("SEC-1").labels;
    assert!(labels.iter().all(|label| label.starts_with("casefile")) && labels.len() >= 3, "{labels:?}");
}

#[test]
fn without_a_description_on_the_screen_tickets_are_filed_all_the_same() {
    let shop = Shop::with(&rules(3));
    shop.sim.state().project_mut("SEC").unwrap().hide("description");
    let doctor = shop.command(&Event::laptop(), &["doctor"]);
    assert!(doctor.printed.contains("no field `Description`"), "{}", doctor.printed);
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", 3));
    ran.fails(0, &["SEC", "no field `Description`", "to the screen"]);
    assert_eq!(ran.problems().lines().count(), 1, "said once");
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 2]);
    assert_eq!(shop.run(&Event::push("main", 1)).actions(), only("tracked", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_description_that_jira_refuses_at_the_last_moment_is_left_out_with_a_warning() {
    let shop = Shop::with(&rules(3));
    let refused = refused(1, &json!({"description": "Field 'description' cannot be set."}));
    shop.fault("/issue/bulk", Nth::Only(1), Kind::Status(400, Vec::new(), refused));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", 3));
    ran.fails(0, &["field description", "left out"]);
    assert_eq!(ran.problems().lines().count(), 1, "said once");
    shop.one_ticket_a_group(3);
    assert_eq!(shop.ticket("SEC-1").description_text(), "");
}

#[test]
fn a_project_without_labels_on_its_screen_is_not_filed_in() {
    let shop = shop(|world| world.project_mut("SEC").unwrap().hide("labels"));
    files_nothing(&shop, &["Labels", "create screen", "SEC"]);
}

#[test]
fn without_a_permission_nothing_is_filed() {
    for (key, name) in [("CREATE_ISSUES", "Create Issues"), ("EDIT_ISSUES", "Edit Issues")] {
        let shop = shop(|world| world.project_mut("SEC").unwrap().revoke(key));
        files_nothing(&shop, &["PROVIDER_SCOPE_UNAVAILABLE", name, "SEC"]);
    }
}

#[test]
fn a_project_that_may_not_be_browsed_is_named() {
    let shop = shop(|world| world.project_mut("SEC").unwrap().revoke("BROWSE_PROJECTS"));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["PROVIDER_SCOPE_UNAVAILABLE", "SEC"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_project_that_does_not_exist_is_named() {
    let shop = shop(|_| ());
    shop.configure(json!({"jira": {"project": "NOPE"}}));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["NOPE"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_required_field_without_a_value_is_named_with_what_it_takes() {
    let shop = shop(|world| world.project_mut("SEC").unwrap().require("customfield_10053"));
    files_nothing(&shop, &["Environment", "customfield_10053", "production, staging", "jira.fields"]);
}

#[test]
fn an_issue_type_that_the_project_lacks_is_named() {
    let shop = shop(|_| ());
    shop.configure(json!({"jira": {"issue-type": "Vulnerability"}}));
    files_nothing(&shop, &["Vulnerability", "Task, Bug, Story"]);
}

#[test]
fn one_projects_trouble_costs_no_other() {
    let shop = Shop::with(&rules(2));
    shop.configure(json!({"routes": [{"name": "ops", "match": {"path": "src/f1.py"}, "project": "OPS"}]}));
    shop.sim.state().project_mut("OPS").unwrap().revoke("CREATE_ISSUES");
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["OPS"]);
    assert_eq!(ran.tickets(), ["created SEC-1", "failed -"]);
    shop.sim.state().project_mut("OPS").unwrap().revoked.clear();
    assert_eq!(shop.run_well(&Event::push("main", 1)).tickets(), ["created OPS-1", "tracked SEC-1"]);
}

#[test]
fn where_new_tickets_cannot_be_seen_filing_stops() {
    let shop = Shop::with(&rules(60));
    shop.sim.state().project_mut("SEC").unwrap().hides_new = true;
    let before = std::time::Instant::now();
    let ran = shop.run(&Event::push("main", 1));
    assert!(before.elapsed().as_secs() < 30, "what no search will find is not waited for");
    ran.fails(4, &["not visible"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201"], "one alone, and nothing more");
}

#[test]
fn a_site_without_the_link_type_still_gets_its_tickets() {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"recurrence": {"grace-days": 0}}));
    shop.run_well(&Event::push("main", 1));
    shop.go("SEC-1", "Done");
    shop.sim.state().link_types.clear();
    let ran = shop.run(&Event::push("main", 2));
    assert_eq!(ran.tickets(), ["refiled SEC-2"]);
    ran.fails(0, &["link"]);
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

//! Tickets in several projects, for owners, and only for what is named.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Ran, Shop, only};

/// The projects of the open tickets, oldest first.
fn projects(shop: &Shop) -> Vec<String> {
    let project = |key: &String| key.split('-').next().unwrap().to_owned();
    shop.open_tickets().iter().map(project).collect()
}

/// A second run over the same findings is silent.
fn silent(shop: &Shop, tickets: usize) {
    let again = shop.run_well(&Event::push("main", 2));
    assert_eq!(again.actions(), only("tracked", tickets));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn each_condition_leads_elsewhere() {
    let conditions = [
        json!({"path": "src/**"}),
        json!({"scanner": "finder"}),
        json!({"kind": "code"}),
        json!({"rule": "R*"}),
        json!({"severity": "high"}),
        json!({"branch": "ma*"}),
        json!({"path": "src/**", "branch": ["*", "!develop"]}),
    ];
    for when in conditions {
        let shop = Shop::with(&rules(1));
        shop.configure(json!({"routes": [{"match": when, "project": "OPS", "issue-type": "Task"}]}));
        shop.run_well(&Event::push("main", 1));
        assert_eq!(projects(&shop), ["OPS"], "{when}");
        assert_eq!(shop.ticket("OPS-1").issue_type, "10002");
        silent(&shop, 1);
    }
}

#[test]
fn what_no_route_takes_stays() {
    for when in [json!({"package": "*"}), json!({"branch": "release/*"}), json!({"path": "lib/**"})] {
        let shop = Shop::with(&rules(1));
        shop.configure(json!({"routes": [{"match": when, "project": "OPS"}]}));
        shop.run_well(&Event::push("main", 1));
        assert_eq!(projects(&shop), ["SEC"], "{when}");
    }
}

const ALSO: &str = "audit";

/// A shop whose findings of rule R1 have one more ticket in OPS.
fn audited(more: Value) -> Shop {
    let shop = Shop::with(&rules(2));
    let mut config = more;
    config["routes"] = json!([
        {"name": ALSO, "match": {"rule": "R1"}, "continue": true, "project": "OPS", "labels": ["audit"]},
        {"match": {"rule": "R2"}, "project": "TEAM"},
    ]);
    shop.configure(config);
    shop
}

fn counts(ran: &Ran) -> Value {
    ran.result["findings"].clone()
}

#[test]
fn a_route_that_continues_files_there_as_well() {
    let shop = audited(json!({}));
    let ran = shop.run_well(&Event::pull_request(7, "feature", 1));
    let mut tickets = ran.tickets();
    tickets.sort();
    assert_eq!(tickets, ["created OPS-1", "created SEC-1", "created TEAM-1"]);
    assert_eq!(counts(&ran), json!({"read": 2, "kept": 2, "set_aside": {}}));
    let all = ["OPS-1", "SEC-1", "TEAM-1"];
    assert_eq!(shop.shown(7, &all), all);
    let ticket = shop.ticket("OPS-1");
    assert!(ticket.labels.contains(&"audit".to_owned()));
    assert_eq!(ticket.properties["casefile"]["route"], ALSO);
    shop.one_ticket_a_group(3);
    let again = shop.run_well(&Event::pull_request(7, "feature", 1));
    assert_eq!(again.actions(), only("tracked", 3));
    assert_eq!(counts(&again), counts(&ran));
    assert_eq!(shop.writes(), [""; 0]);
    silent(&audited_and_filed(), 3);
}

fn audited_and_filed() -> Shop {
    let shop = audited(json!({}));
    shop.run_well(&Event::push("main", 1));
    shop
}

#[test]
fn a_new_place_is_told_to_both_tickets() {
    let shop = audited_and_filed();
    let mut all = rules(2);
    all.push(found("R1", "src/new.py", 9, "call_new(x)"));
    shop.report(&all);
    let ran = shop.run_well(&Event::push("main", 2));
    let mut writes = shop.writes();
    writes.sort();
    assert_eq!(writes, ["PUT issue/OPS-1 204", "PUT issue/SEC-1 204"]);
    assert_eq!(counts(&ran), json!({"read": 3, "kept": 3, "set_aside": {}}));
    silent(&shop, 3);
}

#[test]
fn what_is_accepted_in_one_project_stays_in_the_other() {
    for (accepted, other) in [("SEC-1", "OPS-1"), ("OPS-1", "SEC-1")] {
        let shop = audited_and_filed();
        shop.go(accepted, "Won't Do");
        let ran = shop.run_well(&Event::push("main", 2));
        assert_eq!(ran.tickets(), [format!("tracked {other}"), "tracked TEAM-1".to_owned()]);
        assert_eq!(shop.writes(), [""; 0]);
    }
}

#[test]
fn another_mode_keeps_both_tickets() {
    for mode in ["file", "vulnerability"] {
        let shop = audited_and_filed();
        let mut config = json!({"group-by": mode});
        config["routes"] = json!([
            {"name": ALSO, "match": {"rule": "R1"}, "continue": true, "project": "OPS"},
            {"match": {"rule": "R2"}, "project": "TEAM"},
        ]);
        shop.configure(config);
        shop.run_well(&Event::push("main", 2));
        assert!(!shop.writes().iter().any(|write| write.starts_with("POST")), "{mode}: {:?}", shop.writes());
        assert_eq!(shop.open_tickets().len(), 3);
        silent(&shop, 3);
    }
}

#[test]
fn an_edited_line_keeps_both_tickets() {
    let shop = audited(json!({"group-by": "vulnerability"}));
    shop.run_well(&Event::push("main", 1));
    let mut all = rules(2);
    all[0] = found("R1", "src/f1.py", 3, "call_1(x, more)");
    shop.report(&all);
    shop.run_well(&Event::push("main", 2));
    assert!(!shop.writes().iter().any(|write| write.starts_with("POST")), "{:?}", shop.writes());
    assert_eq!(shop.open_tickets().len(), 3);
    silent(&shop, 3);
}

/// The ids of a plan's tickets with an action: group, and its findings.
fn ids(plan: &Ran, action: &str) -> Vec<(String, Vec<String>)> {
    let list = plan.result["tickets"].as_array().unwrap().iter().filter(|one| one["action"] == action);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.map(|one| {
        (
            text(&one["group"]),
            one["findings"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect(),
        )
    })
    .collect()
}

#[test]
fn a_plan_lists_what_can_be_named_and_a_run_files_that() {
    let shop = audited(json!({"create": "manual"}));
    let plan = shop.plan(&Event::push("main", 1));
    assert_eq!(plan.code, 0, "{}", plan.errors);
    assert_eq!(plan.actions(), only("not-selected", 3));
    assert_eq!(counts(&plan), json!({"read": 2, "kept": 0, "set_aside": {"not-selected": 2}}));
    let listed = ids(&plan, "not-selected");
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!((ran.tickets(), shop.writes()), (Vec::new(), Vec::new()), "a run files nothing unasked");

    // each group by its id: the one of the other project is another
    for (at, (group, _)) in listed.iter().enumerate() {
        let ran = shop.run_with(&Event::push("main", 1), &["--only", group]);
        assert_eq!((ran.code, ran.actions().get("created")), (0, Some(&1)), "{}", ran.problems());
        shop.one_ticket_a_group(at + 1);
        let findings = counts(&ran);
        let skipped = findings["set_aside"]["not-selected"].as_u64().unwrap_or(0);
        assert_eq!(findings["kept"].as_u64().unwrap() + skipped, 2, "{findings}");
    }
    let mut filed = projects(&shop);
    filed.sort();
    assert_eq!(filed, ["OPS", "SEC", "TEAM"]);
    silent(&shop, 3);
}

#[test]
fn a_finding_that_is_named_is_filed_in_both_projects() {
    let shop = audited(json!({"create": "manual"}));
    let plan = shop.plan(&Event::push("main", 1));
    let listed = ids(&plan, "not-selected");
    let twice = listed
        .iter()
        .find(|(group, findings)| listed.iter().any(|(other, same)| other != group && same == findings));
    let finding = &twice.unwrap().1[0];
    let ran = shop.run_with(&Event::push("main", 1), &["--only", finding]);
    assert_eq!((ran.code, ran.tickets()), (0, vec!["created OPS-1".to_owned(), "created SEC-1".to_owned()]));
    assert_eq!(counts(&ran), json!({"read": 2, "kept": 1, "set_aside": {"not-selected": 1}}));
}

#[test]
fn a_name_of_nothing_costs_none_of_the_others() {
    let shop = audited(json!({"create": "manual"}));
    let listed = ids(&shop.plan(&Event::push("main", 1)), "not-selected");
    let (nothing, group) = ("0".repeat(20), &listed[0].0);
    shop.run_with(&Event::push("main", 1), &["--only", &nothing])
        .fails_early(2, &[&nothing, "`casefile plan`"]);
    assert_eq!(shop.writes(), [""; 0]);
    let ran = shop.run_with(&Event::push("main", 1), &["--only", &nothing, "--only", group]);
    ran.fails(0, &["no finding or group has this ID"]);
    assert_eq!(ran.tickets().len(), 1);
}

const CODEOWNERS: &str = "* @acme/everybody\n/src/ @acme/payments @alice\n/src/gen/\n";

/// A shop whose CODEOWNERS lies there; payments has a component and a label, alice gets tickets.
fn owned(path: &str) -> Shop {
    let shop = Shop::with(&[found("R1", "src/a.py", 3, "a"), found("R2", "src/gen/b.py", 3, "b")]);
    shop.configure(json!({
        "jira": {"assignee": "bob@example.com", "labels": ["security"]},
        "owners": {
            "@acme/payments": {"components": ["payments"], "labels": ["pay"]},
            "@alice": {"assignee": "alice@example.com"},
        },
    }));
    shop.write(path, CODEOWNERS);
    shop
}

#[test]
fn owners_get_their_tickets() {
    for path in [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] {
        let shop = owned(path);
        shop.track(path);
        shop.run_well(&Event::push("main", 1));
        let (mine, nobodys) = (shop.ticket("SEC-1"), shop.ticket("SEC-2"));
        let (mine, nobodys) = if mine.summary.contains("R1") { (mine, nobodys) } else { (nobodys, mine) };
        let account = |who: &str| Some(shop.sim.state().account(who));
        assert_eq!((mine.assignee, mine.components), (account("alice"), vec!["10100".to_owned()]));
        assert_eq!(mine.labels[mine.labels.len() - 2..], ["security", "pay"]);
        assert!(mine.description.to_string().contains("@acme/payments"), "{}", mine.description);
        assert_eq!((nobodys.assignee, nobodys.components), (account("bob"), Vec::new()));
        assert!(!nobodys.description.to_string().contains("@acme"), "{}", nobodys.description);
        silent(&shop, 2);
    }
}

#[test]
fn a_file_that_is_not_under_version_control_names_no_owners() {
    let shop = owned("CODEOWNERS");
    shop.run_well(&Event::push("main", 1));
    let bob = Some(shop.sim.state().account("bob"));
    assert!(shop.sim.state().issues.values().all(|issue| issue.assignee == bob));
}

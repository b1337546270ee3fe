//! The fields of tickets: what the configuration asks for, and what a project's screens take of it.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Deployment, Shop, only};
use crate::simulator::{Issue, Kind, Nth};

/// A shop with one finding, and with this under `jira`.
fn shop(jira: Value) -> Shop {
    shop_on(Deployment::Cloud, jira)
}

fn shop_on(deployment: Deployment, jira: Value) -> Shop {
    let shop = Shop::on(deployment);
    shop.report(&rules(1));
    shop.configure(json!({"jira": jira}));
    shop
}

fn account(shop: &Shop, who: &str) -> String {
    shop.sim.state().account(who)
}

/// A parent in project SEC.
fn epic(shop: &Shop) -> String {
    shop.sim.state().add_issue("SEC", "alice", |issue| issue.summary = "Security".into()).unwrap()
}

/// The ticket is filed at the first try, and one warning says what was left out.
fn degrades(shop: &Shop, words: &[&str]) -> Issue {
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(0, words);
    assert_eq!(ran.problems().lines().count(), 1, "{}", ran.problems());
    assert_eq!(shop.writes(), ["POST issue/bulk 201"]);
    let key = ran.result["tickets"][0]["key"].as_str().unwrap().to_owned();
    let again = shop.run(&Event::push("main", 1));
    assert_eq!((again.code, again.actions()), (0, only("tracked", 1)));
    assert_eq!(shop.writes(), [""; 0]);
    shop.ticket(&key)
}

/// Nothing is filed, and it is said why.
fn refuses(shop: &Shop, words: &[&str]) {
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, words);
    assert_eq!(ran.actions(), only("failed", 1));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_ticket_gets_all_that_is_asked_for() {
    Deployment::BOTH.into_iter().for_each(gets_all);
}

fn gets_all(deployment: Deployment) {
    let shop = shop_on(deployment, json!({}));
    let epic = epic(&shop);
    shop.configure(json!({"jira": {
        "issue-type": "story", "labels": ["security"], "components": ["Payments"],
        "assignee": "alice@example.com", "parent": epic, "security-level": "internal",
        "due-in-days": {"high": 30},
        "fields": {
            "team": "AppSec",
            "CVSS": {"from": "count"},
            "customfield_10052": {"template": "{{ scanner }}: {{ rule }} in {{ path }}"},
            "Environment": "Production",
            "Teams": ["web", "AppSec"],
            "Region": "EU > FR",
            "Reviewer": "bob@example.com",
            "Checked until": "2027-01-31",
            "Labels": "from field",
        },
    }}));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.writes(), ["POST issue/bulk 201"]);
    let ticket = shop.ticket("SEC-2");
    let wanted = |text: &str| Some(text.to_owned());
    assert_eq!((ticket.issue_type.as_str(), ticket.priority), ("10001", wanted("2")));
    assert_eq!((ticket.components, ticket.security), (vec!["10100".to_owned()], wanted("10200")));
    assert_eq!(ticket.assignee, Some(account(&shop, "alice")));
    assert_eq!(ticket.parent, Some(shop.ticket(&epic).id));
    let today = shop.sim.state().now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    assert_eq!(ticket.due, Some((today + jiff::Span::new().days(30)).to_string()));
    assert_eq!(ticket.labels[ticket.labels.len() - 2..], ["security", "from-field"]);
    let custom = |id: u64| ticket.custom[&format!("customfield_{id}")].clone();
    assert_eq!((custom(10050), custom(10051)), (json!("AppSec"), json!(1.0)));
    assert!(custom(10052).to_string().contains("Finder: R1 in src/f1.py"), "{}", custom(10052));
    assert_eq!((custom(10053), custom(10054)), (json!({"value": "production"}), json!(["Web", "AppSec"])));
    assert_eq!((custom(10055), custom(10056)), (json!(["EU", "FR"]), json!(account(&shop, "bob"))));
    assert_eq!(custom(10057), json!("2027-01-31"));
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_required_select_field_is_given_missing_or_wrong() {
    Deployment::BOTH.into_iter().for_each(requires);
}

fn requires(deployment: Deployment) {
    let shop = shop_on(deployment, json!({"fields": {"environment": "STAGING"}}));
    shop.sim.state().project_mut("SEC").unwrap().require("customfield_10053");
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.ticket("SEC-1").custom["customfield_10053"], json!({"value": "staging"}));

    for (fields, words) in [
        (json!({}), ["SEC, Bug", "the field `Environment` (customfield_10053) is required and has no value"]),
        (
            json!({"Environment": "moon"}),
            ["jira.fields.Environment", "`moon` is not one of its values, and the field is required"],
        ),
        (json!({"Environment": {"from": "cvss.score"}}), ["SEC, Bug", "is required and has no value"]),
    ] {
        let shop = shop_on(deployment, json!({"fields": fields}));
        shop.sim.state().project_mut("SEC").unwrap().require("customfield_10053");
        refuses(&shop, &[words[0], words[1], "It takes: production, staging."]);
    }
}

#[test]
fn a_value_that_an_optional_field_does_not_take_is_left_out() {
    let words = ["jira.fields.Environment", "`moon` is not one of its values", "production, staging"];
    let ticket = degrades(&shop(json!({"fields": {"Environment": "moon", "Team": "AppSec"}})), &words);
    assert_eq!(ticket.custom["customfield_10050"], json!("AppSec"));
    assert_eq!(ticket.custom.get("customfield_10053"), None);

    let words = ["jira.fields.CVSS", "`AppSec` is not a number"];
    degrades(&shop(json!({"fields": {"CVSS": "AppSec"}})), &words);
    let words = ["jira.fields.Mood", "the create screen has no field `Mood`"];
    degrades(&shop(json!({"fields": {"Mood": "calm"}})), &words);
    let words = ["jira.fields.Team", "the template cannot be rendered: undefined here: `package.name`"];
    degrades(&shop(json!({"fields": {"Team": {"template": "{{ package.name }}"}}})), &words);
}

#[test]
fn a_person_who_has_left_and_a_component_that_was_deleted_are_left_out() {
    Deployment::BOTH.into_iter().for_each(leaves_out);
}

fn leaves_out(deployment: Deployment) {
    let shop = |jira: Value| shop_on(deployment, jira);
    let ticket =
        degrades(&shop(json!({"assignee": "carol@example.com"})), &["jira.assignee", "carol@example.com"]);
    assert_eq!(ticket.assignee, None);
    degrades(&shop(json!({"assignee": "nobody@example.com"})), &["jira.assignee", "nobody@example.com"]);

    let other = shop(json!({"components": ["payments"]}));
    other.sim.state().project_mut("SEC").unwrap().components.remove(0);
    let ticket = degrades(&other, &["jira.components", "`payments` is not one of its values", "frontend"]);
    assert_eq!(ticket.components, [""; 0]);
    let level = json!({"security-level": "Secret"});
    degrades(&shop(level), &["jira.security-level", "`Secret`", "Internal"]);
}

#[test]
fn a_team_managed_project_gets_what_its_screens_have() {
    let jira = json!({"project": "TEAM", "components": ["payments"], "due-in-days": {"high": 3}});
    let ticket =
        degrades(&shop(jira), &["jira.components", "TEAM, Bug: the create screen has no field `Components`"]);
    assert_eq!((ticket.priority, ticket.due.is_some()), (None, true));
}

#[test]
fn a_project_without_bugs_gets_tasks() {
    let shop = shop(json!({}));
    shop.sim.state().project_mut("SEC").unwrap().issue_types.retain(|kind| kind.name != "Bug");
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.ticket("SEC-1").issue_type, "10002");
}

#[test]
fn a_sub_task_needs_its_parent() {
    refuses(
        &shop(json!({"issue-type": "sub-task"})),
        &["SEC, Sub-task", "(parent) is required", "jira.parent"],
    );

    let shop = shop(json!({}));
    let parent = epic(&shop);
    shop.configure(json!({"jira": {"issue-type": "Sub-task", "parent": parent}}));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.ticket("SEC-2").parent, Some(shop.ticket(&parent).id));
}

#[test]
fn a_parent_that_does_not_exist_costs_its_link_alone() {
    let shop = shop(json!({"parent": "SEC-99"}));
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(0, &["SEC, field parent", "Could not find issue by id or key"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 400", "POST issue/bulk 201"]);
    assert_eq!(shop.ticket("SEC-1").parent, None);
}

/// What is wrong is learnt once, however many tickets have it.
#[test]
fn what_jira_refuses_once_is_left_out_of_all_that_follow() {
    let shop = Shop::with(&rules(120));
    shop.configure(json!({"max-new": 200, "jira": {"parent": "SEC-99", "components": ["payments"]}}));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!((ran.code, ran.actions()), (0, only("created", 120)), "{}", ran.problems());
    assert_eq!(ran.problems().matches("left out").count(), 1, "{}", ran.problems());
    let writes = shop.writes();
    assert_eq!((writes.len(), writes[0].as_str()), (5, "POST issue/bulk 400"), "{writes:?}");
    assert_eq!(writes[1..], ["POST issue/bulk 201"; 4], "one alone, and the others by fifties");
    assert!(shop.sim.state().issues.values().all(|issue| issue.components == ["10100"]));
}

#[test]
fn what_was_left_out_was_not_written() {
    let shop = shop(json!({"assignee": "alice@example.com"}));
    let error = json!({"status": 400, "failedElementNumber": 0,
        "elementErrors": {"errorMessages": [], "errors": {"assignee": "User 'alice' cannot be assigned issues."}}});
    let body = json!({"issues": [], "errors": [error]}).to_string();
    shop.fault("/issue/bulk", Nth::Only(1), Kind::Status(400, Vec::new(), body));
    shop.run(&Event::push("main", 1)).fails(0, &["SEC, field assignee", "cannot be assigned"]);
    let record = shop.ticket("SEC-1").properties["casefile"].clone();
    assert_eq!(
        (record["last-written"].get("assignee"), record["last-written"]["priority"].as_str()),
        (None, Some("High"))
    );
}

#[test]
fn a_worse_severity_shortens_the_time_unless_a_person_has_set_it() {
    let days = json!({"jira": {"due-in-days": {"low": 90, "critical": 7}}});
    let finding = |score| [found("R1", "src/a.py", 3, "call(x)").scored(score)];
    for (person, moves) in [(None, true), (Some("2031-01-01"), false)] {
        let shop = Shop::with(&finding("2.0"));
        shop.configure(days.clone());
        shop.run_well(&Event::push("main", 1));
        let first = shop.ticket("SEC-1").due.unwrap();
        if let Some(day) = person {
            shop.edit("SEC-1", |issue| issue.due = Some(day.to_owned()));
        }
        shop.report(&finding("9.9"));
        shop.run_well(&Event::push("main", 2));
        assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"]);
        let ticket = shop.ticket("SEC-1");
        assert_eq!(ticket.priority.as_deref(), Some("1"));
        let due = ticket.due.unwrap();
        assert!(if moves { due < first } else { due == "2031-01-01" }, "{first} to {due}");

        shop.report(&finding("2.0"));
        shop.run_well(&Event::push("main", 3));
        assert_eq!(shop.ticket("SEC-1").due.unwrap(), due, "never later again");
        shop.run_well(&Event::push("main", 4));
        assert_eq!(shop.writes(), [""; 0]);
    }
}

#[test]
fn an_account_that_may_not_look_people_up_files_without_an_assignee_and_is_told_what_it_lacks() {
    let scope = r#"{"code": 401, "message": "Unauthorized; scope does not match"}"#;
    let permission = r#"{"errorMessages": ["You do not have permission to browse users."], "errors": {}}"#;
    for (status, body) in [(401, scope), (403, permission)] {
        let shop = shop(json!({"assignee": "alice@example.com"}));
        shop.fault("/user/search", Nth::From(1), Kind::Status(status, Vec::new(), body.to_owned()));
        let words =
            ["jira.assignee", "PROVIDER_SCOPE_UNAVAILABLE", "`read:jira-user`", "`Browse users and groups`"];
        let ticket = degrades(&shop, &words);
        assert_eq!(ticket.assignee, None);
    }
}

#[test]
fn one_bad_value_of_a_list_costs_the_others_nothing() {
    let jira = json!({"components": ["Payments", "gone"], "fields": {"Teams": ["AppSec", "Nope"]}});
    let shop = shop(jira);
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(
        0,
        &["`gone` is not one of its values, so only the other values", "`Nope` is not one of its values"],
    );
    assert_eq!((shop.writes(), ran.problems().lines().count()), (vec!["POST issue/bulk 201".to_owned()], 2));
    let ticket = shop.ticket("SEC-1");
    assert_eq!(ticket.components.len(), 1, "{ticket:?}");
}

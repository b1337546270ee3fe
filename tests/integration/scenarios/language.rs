//! A Data Center in another language: it gives its names in the account's one, and nobody can ask it for others.

use serde_json::json;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Shop, only};
use crate::simulator::{Category, IssueType};

/// A shop whose Data Center speaks German.
fn german() -> Shop {
    let shop = Shop::on(Deployment::DataCenter);
    shop.report(&rules(1));
    {
        let mut world = shop.sim.state();
        for (status, name) in
            world.statuses.iter_mut().zip(["Zu erledigen", "In Arbeit", "Fertig", "Verworfen"])
        {
            name.clone_into(&mut status.name);
        }
        world.priorities = vec!["Höchste", "Hoch", "Mittel", "Niedrig", "Niedrigste"];
        world.resolutions = vec!["Erledigt", "Behoben", "Wird nicht gelöst"];
        let kind = |id: &str, name: &str, subtask, epic| IssueType {
            id: id.to_owned(),
            name: name.to_owned(),
            subtask,
            epic,
        };
        let project = world.project_mut("SEC").unwrap();
        project.issue_types = vec![
            kind("10000", "Epos", false, true),
            kind("10001", "Story", false, false),
            kind("10002", "Aufgabe", false, false),
            kind("10004", "Fehler", false, false),
            kind("10003", "Unteraufgabe", true, false),
        ];
        for way in &mut project.transitions {
            way.resolution = way.resolution.map(|_| "Erledigt");
        }
    }
    shop
}

fn status(shop: &Shop) -> String {
    let id = shop.ticket("SEC-1").status;
    shop.sim.state().status(&id).unwrap().name.clone()
}

#[test]
fn no_type_is_guessed_where_no_name_says_which() {
    let shop = german();
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["jira.issue-type", "Epos, Story, Aufgabe, Fehler"]);
    assert_eq!((ran.actions(), shop.writes()), (only("failed", 1), vec![]));
    let doctor = shop.command(&Event::laptop(), &["doctor"]);
    assert!(doctor.printed.contains("Epos, Story, Aufgabe, Fehler"), "{}", doctor.printed);
}

#[test]
fn what_is_no_epic_is_taken_where_only_that_is_left() {
    let shop = german();
    shop.sim
        .state()
        .project_mut("SEC")
        .unwrap()
        .issue_types
        .retain(|kind| kind.epic || kind.name == "Aufgabe");
    assert_eq!(shop.run_well(&Event::push("main", 1)).tickets(), ["created SEC-1"]);
    assert_eq!(shop.ticket("SEC-1").issue_type, "10002");
}

#[test]
fn an_epic_alone_is_not_filed_as() {
    let shop = german();
    shop.sim.state().project_mut("SEC").unwrap().issue_types.retain(|kind| kind.epic);
    shop.run(&Event::push("main", 1)).fails(4, &["jira.issue-type", "Epos"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn priorities_go_by_their_order_and_statuses_by_their_category() {
    let shop = german();
    shop.configure(json!({
        "jira": {"issue-type": "Fehler"},
        "states": {"open": "To Do", "in-progress": "In Progress", "resolved": "Done", "closed": "Verworfen"},
    }));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.writes(), ["POST issue/bulk 201"], "it begins where it should");
    assert_eq!(shop.ticket("SEC-1").priority.as_deref(), Some("2"));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.writes(), [""; 0]);
    shop.report(&[]);
    shop.sim
        .state()
        .github
        .repository_mut("acme/shop")
        .unwrap()
        .branches
        .insert("main".to_owned(), super::event::commit(2));
    assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["resolved SEC-1"]);
    assert_eq!(status(&shop), "Fertig");
    let world = shop.sim.state();
    let done =
        world.open_issues().is_empty() && world.category(world.find("SEC-1").unwrap()) == Category::Done;
    assert!(done);
}

#[test]
fn doctor_lists_what_only_a_name_can_tell() {
    let shop = german();
    shop.configure(json!({"jira": {"issue-type": "Fehler"}, "states": {"resolved": "Done"}}));
    let doctor = shop.command(&Event::laptop(), &["doctor"]);
    for words in ["recurrence.accepted", "Wird nicht gelöst", "Verworfen", "`Fertig` is used for"] {
        assert!(doctor.printed.contains(words), "{words}: {}", doctor.printed);
    }
}

//! What became of findings that a person put under a ticket of their own: moved, edited, fixed, another repository's.

use serde_json::json;

use super::super::event::{Event, commit};
use super::super::sarif::{Found, found, rules};
use super::super::shop::{Deployment, Shop};
use super::{mapped, pull, push, shop, silent, status, tip};

/// A person's ticket, as the next of the project.
fn by_person(shop: &Shop) -> String {
    let made = shop.sim.state().add_issue("SEC", "alice", |issue| issue.summary = "Clean up".to_owned());
    made.unwrap()
}

/// `link`, which is to end well.
fn link(shop: &Shop, event: &Event, key: &str, selectors: &[&str]) {
    let ran = shop.command(event, &[&["link", key], selectors].concat());
    assert_eq!(ran.code, 0, "{}", ran.errors);
    // done twice it changes nothing
    let again = shop.command(event, &[&["link", key], selectors].concat());
    assert_eq!((&again.result["action"], shop.writes().len()), (&json!("unchanged"), 0), "{}", again.errors);
}

fn main() -> Event {
    Event::push("main", 1)
}

fn two() -> [Found; 2] {
    [found("R1", "src/a.py", 3, "call(x)"), found("R1", "src/b.py", 4, "call(y)")]
}

fn what_is_fixed_before_a_run_saw_the_link_is_told_on_the_linked_ticket(jira: Deployment) {
    let shop = shop(jira, mapped(), &two());
    let own = by_person(&shop);
    link(&shop, &main(), &own, &["--rule", "R1", "--path", "src/a.py"]);
    let told = shop.ticket("SEC-1").comments.len();
    shop.report(&two()[1..]);
    let ran = push(&shop, "main", 2);
    assert_eq!(ran.tickets(), [format!("resolved {own}"), "tracked SEC-1".to_owned()]);
    let texts = shop.ticket(&own).comment_texts();
    assert!(texts.len() == 2 && texts[1].contains("no longer detected"), "{texts:?}");
    assert_eq!((status(&shop, &own).as_str(), status(&shop, "SEC-1").as_str()), ("Done", "To Do"));
    assert_eq!(shop.ticket("SEC-1").comments.len(), told, "it left that ticket when it was linked");
    silent(&shop, &Event::push("main", 2));
}

fn a_linked_finding_whose_line_is_edited_stays_on_its_ticket(jira: Deployment) {
    let shop = shop(jira, mapped(), &two());
    let own = by_person(&shop);
    link(&shop, &main(), &own, &["--rule", "R1", "--path", "src/a.py"]);
    push(&shop, "main", 2);
    for (number, text) in [(3, "call(x, 1)"), (4, "call(x, 1, 2)")] {
        let edited = [found("R1", "src/a.py", 7, text), two()[1].clone()];
        shop.report(&edited);
        assert_eq!(
            push(&shop, "main", number).tickets(),
            ["tracked SEC-1".to_owned(), format!("tracked {own}")]
        );
        assert_eq!(shop.ticket(&own).comments.len(), 1, "the link's");
        silent(&shop, &Event::push("main", number));
    }
    // what is new in its group is the group's
    let more = [
        found("R1", "src/a.py", 7, "call(x, 1, 2)"),
        two()[1].clone(),
        found("R1", "src/c.py", 1, "call(z)"),
    ];
    shop.report(&more);
    assert_eq!(push(&shop, "main", 5).tickets(), [format!("tracked {own}"), "updated SEC-1".to_owned()]);
    shop.report(&more[1..]);
    assert_eq!(push(&shop, "main", 6).tickets(), [format!("resolved {own}"), "tracked SEC-1".to_owned()]);
    silent(&shop, &Event::push("main", 6));
}

fn a_finding_that_a_group_keeps_is_edited_on_its_own_ticket(jira: Deployment) {
    let shop = shop(jira, mapped(), &two());
    let own = by_person(&shop);
    link(&shop, &main(), &own, &["--rule", "R1", "--path", "src/a.py"]);
    shop.report(&[two()[0].clone(), found("R1", "src/b.py", 9, "call(y, 2)")]);
    let ran = push(&shop, "main", 2);
    assert_eq!(ran.tickets(), ["tracked SEC-1".to_owned(), format!("tracked {own}")]);
    silent(&shop, &Event::push("main", 2));
}

fn what_a_pull_request_had_moves_with_the_link(jira: Deployment) {
    let shop = shop(jira, mapped(), &[]);
    shop.report(&two());
    shop.run_well(&pull(&shop, 2));
    let own = by_person(&shop);
    link(&shop, &pull(&shop, 2), &own, &["--rule", "R1", "--path", "src/a.py"]);
    let mut world = shop.sim.state();
    let now = world.now();
    world.github.pull_mut("acme/shop", 7).unwrap().close(now, false);
    drop(world);
    let ran = shop.command(&Event::schedule(), &["refresh"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert_eq!([status(&shop, &own), status(&shop, "SEC-1")], ["Done", "Done"]);
    assert_eq!(shop.ticket(&own).comments.len(), 2);
    assert!(!shop.ticket("SEC-1").comment_texts().iter().any(|text| text.contains("2 findings")));
}

fn what_was_taken_off_is_not_told_when_it_is_fixed(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(3));
    let own = by_person(&shop);
    link(&shop, &main(), &own, &["--rule", "R*"]);
    push(&shop, "main", 2);
    let ran = shop.command(&Event::push("main", 2), &["unlink", &own, "--rule", "R1"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    shop.report(&rules(3)[1..]);
    push(&shop, "main", 3);
    assert_eq!(shop.ticket(&own).comments.len(), 1, "{:?}", shop.ticket(&own).comment_texts());
    silent(&shop, &Event::push("main", 3));
}

fn a_ticket_that_a_link_emptied_has_nothing_left_for_disconnect(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    let own = by_person(&shop);
    link(&shop, &main(), &own, &["--rule", "R1"]);
    assert_eq!(shop.ticket("SEC-1").properties, Default::default());
    let ran = shop.command(&Event::schedule(), &["disconnect", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    for key in ["SEC-1", &own] {
        let ticket = shop.ticket(key);
        assert_eq!((ticket.labels.len(), ticket.properties.len()), (0, 0), "{key}");
    }
}

/// A run of another repository's job of the same name, at the newest commit of its `main`.
fn other(shop: &Shop, number: u64) -> Event {
    let mut world = shop.sim.state();
    if world.github.repository_mut("acme/api").is_none() {
        let mut api = world.github.repository_mut("acme/shop").unwrap().clone();
        (api.full_name, api.id) = ("acme/api".to_owned(), 4712);
        world.github.repositories.push(api);
    }
    world.github.repository_mut("acme/api").unwrap().branches.insert("main".to_owned(), commit(number));
    let mut event = Event::push("main", number)
        .with("GITHUB_REPOSITORY", "acme/api")
        .with("GITHUB_REPOSITORY_ID", "4712");
    event.payload["repository"] =
        json!({"id": 4712, "full_name": "acme/api", "private": true, "visibility": "private"});
    event
}

fn two_repositories_on_one_ticket_leave_each_others_findings_alone(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    // the other repository's finding goes under the ticket of the first
    let theirs = [found("R9", "lib/x.py", 1, "eval(x)")];
    shop.report(&theirs);
    let ran = shop.command(&other(&shop, 1), &["link", "SEC-1", "--rule", "R9"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(ran.problems().contains("github.com/acme/shop"), "{}", ran.problems());
    assert_eq!(shop.run_well(&other(&shop, 1)).tickets(), ["tracked SEC-1"]);
    shop.report(&[]);
    silent(&shop, &other(&shop, 2));
    assert_eq!(status(&shop, "SEC-1"), "To Do", "the first repository still has its own");

    // the first goes on as ever
    shop.report(&rules(1));
    tip(&shop, "main", 2);
    silent(&shop, &Event::push("main", 2));
    shop.report(&[]);
    assert_eq!(push(&shop, "main", 3).tickets(), ["resolved SEC-1"]);
    silent(&shop, &Event::push("main", 3));
}

on_both! {
    what_is_fixed_before_a_run_saw_the_link_is_told_on_the_linked_ticket,
    a_linked_finding_whose_line_is_edited_stays_on_its_ticket,
    a_finding_that_a_group_keeps_is_edited_on_its_own_ticket,
    what_a_pull_request_had_moves_with_the_link,
    what_was_taken_off_is_not_told_when_it_is_fixed,
    a_ticket_that_a_link_emptied_has_nothing_left_for_disconnect,
    two_repositories_on_one_ticket_leave_each_others_findings_alone,
}

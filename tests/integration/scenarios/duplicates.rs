//! Runs side by side, and copies that people make.

use std::time::Duration;

use super::event::Event;
use super::sarif::rules;
use super::shop::Shop;

/// So many runs of the same reports at once; then one more, after which each group has one open ticket that nobody will touch
/// again.
fn side_by_side(runs: u64, lag: Duration) {
    let shop = Shop::with_lag(lag);
    shop.report(&rules(6));
    let events = (1..=runs).map(|number| Event::push("main", number));
    let running: Vec<_> = events.map(|event| shop.start(&event, &[])).collect();
    for ran in running.into_iter().map(super::shop::Running::end) {
        assert_eq!(ran.code, 0, "{}", ran.errors);
        assert_eq!(ran.tickets().len(), 6);
    }
    std::thread::sleep(lag);
    shop.run_well(&Event::push("main", 50));
    shop.one_ticket_a_group(6);
    std::thread::sleep(lag);
    shop.run_well(&Event::push("main", 51));
    assert_eq!(shop.writes(), [""; 0]);

    // what gave way is closed, unmarked, and says where it went
    let world = shop.sim.state();
    for issue in world.issues.values().filter(|issue| !issue.labels.iter().any(|label| label == "casefile")) {
        assert!(
            world.links.iter().any(|link| link.kind == "Duplicate" && link.from == issue.id),
            "{}",
            issue.key
        );
        assert_eq!(issue.comments.len(), 1, "{}", issue.key);
        assert!(!issue.labels.iter().any(|label| label.starts_with("casefile")), "{:?}", issue.labels);
    }
}

#[test]
fn two_runs_at_once_leave_one_ticket_a_group() {
    side_by_side(2, Duration::ZERO);
}

#[test]
fn two_and_four_runs_at_once_leave_one_ticket_a_group_though_the_index_lags() {
    std::thread::scope(|scope| {
        scope.spawn(|| side_by_side(2, Duration::from_secs(2)));
        scope.spawn(|| side_by_side(4, Duration::from_secs(2)));
    });
}

#[test]
fn a_run_right_after_another_knows_its_tickets_though_the_index_lags() {
    let shop = Shop::with_lag(Duration::from_secs(2));
    shop.report(&rules(3));
    shop.run_well(&Event::push("main", 1));
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn what_the_index_does_not_find_for_long_is_remembered() {
    let shop = Shop::with(&rules(1));
    let state = ["--state", "state.json"];
    let event = Event::push("main", 1);
    shop.run_with(&event, &state);
    let id = shop.ticket("SEC-1").id;
    shop.sim.state().index.blind.insert(id);
    let ran = shop.run_with(&event, &state);
    assert_eq!(ran.tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0]);
}

/// A person cloned the ticket: nobody writes to the copy, and the original stays the ticket.
fn cloned(copies_properties: bool) {
    let shop = Shop::with(&rules(1));
    shop.sim.state().clones_copy_properties = copies_properties;
    shop.run_well(&Event::push("main", 1));
    let clone = shop.sim.state().clone_as("alice", "SEC-1").unwrap();
    let before = shop.ticket(&clone);
    let unharmed = || {
        let now = shop.ticket(&clone);
        assert_eq!((now.updated, &now.labels, now.comments.len()), (before.updated, &before.labels, 0));
        assert_eq!(now.properties, before.properties);
    };
    for number in [2, 3] {
        assert_eq!(shop.run_well(&Event::push("main", number)).tickets(), ["tracked SEC-1"]);
        unharmed();
    }
    // The news goes to the original.
    let mut all = rules(1);
    all.push(super::sarif::found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&all);
    assert_eq!(shop.run_well(&Event::push("main", 4)).tickets(), ["updated SEC-1"]);
    unharmed();
    // With the original done, the copy counts: nothing is filed, and nothing is written to it.
    shop.go("SEC-1", "Done");
    assert_eq!(shop.run_well(&Event::push("main", 5)).tickets(), [format!("tracked {clone}")]);
    assert_eq!(shop.writes(), [""; 0]);
    unharmed();
}

#[test]
fn a_persons_clone_is_left_alone() {
    cloned(false);
}

#[test]
fn a_persons_clone_with_the_record_is_left_alone() {
    cloned(true);
}

/// Makes a second ticket of the same, as a run side by side would have made it.
fn duplicate(shop: &Shop, assignee: Option<&str>) -> String {
    let mut world = shop.sim.state();
    let original = world.find("SEC-1").unwrap().clone();
    let assignee = assignee.map(|name| world.account(name));
    let mut issue = world.blank("SEC", &original.issue_type, &original.creator).unwrap();
    issue.summary.clone_from(&original.summary);
    issue.description = original.description.clone();
    issue.labels.clone_from(&original.labels);
    issue.properties = original.properties;
    issue.priority = original.priority;
    issue.assignee = assignee;
    let id = world.insert(issue);
    world.issues[&id].key.clone()
}

#[test]
fn a_twin_that_a_person_works_on_is_linked_once_and_left_alone() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    let duplicate = duplicate(&shop, Some("bob"));
    assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), ["POST issueLink 201", "PUT issue/SEC-1 204"]);
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.writes(), [""; 0]);
    assert_eq!(shop.open_tickets(), ["SEC-1".to_owned(), duplicate]);
}

#[test]
fn a_twin_that_its_workflow_keeps_open_is_told_once_and_closed_when_it_can_be() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    let duplicate = duplicate(&shop, None);
    let ways = std::mem::take(&mut shop.sim.state().project_mut("SEC").unwrap().transitions);
    let kept_open = |number| {
        let ran = shop.run(&Event::push("main", number));
        assert_eq!(ran.code, 0, "{}", ran.errors);
        assert!(ran.problems().contains("the ticket was not moved"), "{}", ran.problems());
        shop.writes()
    };
    assert_eq!(kept_open(2), ["POST issueLink 201", &format!("PUT issue/{duplicate} 204")]);
    for number in [3, 4] {
        assert_eq!(kept_open(number), [""; 0]);
    }
    assert_eq!(shop.open_tickets(), ["SEC-1".to_owned(), duplicate.clone()]);
    assert_eq!(shop.ticket(&duplicate).comments.len(), 1);

    shop.sim.state().project_mut("SEC").unwrap().transitions = ways;
    shop.run_well(&Event::push("main", 5));
    assert_eq!(shop.open_tickets(), ["SEC-1"]);
    shop.run_well(&Event::push("main", 6));
    assert_eq!(shop.writes(), [""; 0]);
}

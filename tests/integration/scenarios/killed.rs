//! Wherever a run is killed, the next one completes it.

use std::time::Duration;

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Shop, only};
use crate::simulator::Moment;

/// More requests than any of these runs makes.
const REQUESTS: usize = 60;

/// Kills a run at each of its requests in turn, each time in a fresh shop as `arrange` leaves it; the next run must leave one
/// open ticket per group, and the section must show these keys.
fn at_each(moment: Moment, arrange: impl Fn() -> Shop, groups: usize, clean: impl Fn(&Shop)) {
    let event = Event::pull_request(7, "feature", 2);
    for nth in 1..REQUESTS {
        let shop = arrange();
        let killed = shop.run_killed(&event, nth, moment);
        let next = shop.run_well(&event);
        assert!(next.tickets().iter().all(|ticket| !ticket.ends_with('-')), "{nth}: {:?}", next.tickets());
        shop.one_ticket_a_group(groups);
        let open = shop.open_tickets();
        let keys: Vec<&str> = open.iter().map(String::as_str).collect();
        assert_eq!(shop.shown(7, &keys), open, "{nth}: the section shows them all");
        assert!(shop.description(7).starts_with("What this does.\r\n\r\nAnd why."), "{nth}");
        assert_eq!(shop.description(7).matches("<!-- casefile:start -->").count(), 1, "{nth}");
        clean(&shop);
        shop.run_well(&event);
        assert_eq!(shop.writes(), [""; 0], "{nth}: nothing is left to do");
        if !killed {
            assert!(nth > 5, "it makes several requests");
            return;
        }
    }
    panic!("it never ended by itself");
}

fn six_new() -> Shop {
    Shop::with(&rules(6))
}

#[test]
fn a_first_run_killed_before_any_of_its_requests_is_completed() {
    at_each(Moment::Before, six_new, 6, |shop| assert_eq!(shop.sim.state().issues.len(), 6));
}

#[test]
fn a_first_run_killed_after_any_of_its_requests_is_completed() {
    at_each(Moment::After, six_new, 6, |shop| assert_eq!(shop.sim.state().issues.len(), 6));
}

#[test]
fn what_the_index_does_not_know_of_a_killed_run_is_merged() {
    let shop = Shop::with_lag(Duration::from_secs(2));
    shop.report(&rules(6));
    let event = Event::push("main", 1);
    let create = (1..REQUESTS).find(|nth| {
        assert!(shop.run_killed(&event, *nth, Moment::After), "it was killed before it ended");
        !shop.sim.state().issues.is_empty()
    });
    assert!(create.is_some());
    shop.run_well(&event);
    shop.one_ticket_a_group(6);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(shop.run_well(&event).actions(), only("tracked", 6));
    assert_eq!(shop.writes(), [""; 0]);
}

/// Each ticket has its table; an upload whose answer was lost may be there twice, never two tables of other content.
fn with_its_table(shop: &Shop) {
    for issue in shop.sim.state().issues.values() {
        let names: std::collections::BTreeSet<&str> =
            issue.attachments.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert!(issue.attachments.len() <= 2, "{}", issue.attachments.len());
    }
}

#[test]
fn a_run_that_attaches_killed_after_any_of_its_requests_is_completed() {
    let arrange = || {
        let shop = Shop::with(&rules(2));
        shop.configure(serde_json::json!({"jira": {"attach": ["csv"]}}));
        shop
    };
    at_each(Moment::After, arrange, 2, with_its_table);
}

/// SEC-1 is done and has to be refiled, SEC-2 has to hear of another finding.
fn one_done_and_one_grown() -> Shop {
    let shop = Shop::open();
    shop.configure(serde_json::json!({"recurrence": {"grace-days": 0}}));
    let mut all = rules(2);
    shop.report(&all);
    shop.run_well(&Event::push("main", 1));
    shop.go("SEC-1", "Done");
    let grown = if shop.ticket("SEC-2").summary.contains("R1") { "R1" } else { "R2" };
    all.push(found(grown, "src/new.py", 8, "call_1(y)"));
    shop.report(&all);
    shop
}

/// One new ticket, linked once; one comment.
fn once(shop: &Shop) {
    let world = shop.sim.state();
    assert_eq!(world.issues.len(), 3);
    assert_eq!(world.links.len(), 1);
    let comments: usize = world.issues.values().map(|issue| issue.comments.len()).sum();
    assert_eq!(comments, 1);
}

#[test]
fn a_run_that_refiles_and_edits_killed_before_any_of_its_requests_is_completed() {
    at_each(Moment::Before, one_done_and_one_grown, 2, once);
}

#[test]
fn a_run_that_refiles_and_edits_killed_after_any_of_its_requests_is_completed() {
    at_each(Moment::After, one_done_and_one_grown, 2, once);
}

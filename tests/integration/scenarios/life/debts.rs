//! A run that is killed between what it writes into a ticket's record and the move that this announces: the next run
//! makes the move, and so does a refresh where the record says that it is owed.

use super::*;
use crate::simulator::{Moment, World};

/// Kills the run at each request from its first write to a ticket on, before and after it is handled, and holds the
/// ticket against the status that a whole run gives it.
fn killed_anywhere(shop: &Shop, event: &Event, key: &str) {
    let before = shop.sim.state().clone();
    let reset = |world: &World| *shop.sim.state() = world.clone();
    shop.run_well(event);
    let (wanted, comments) = (status(shop, key), shop.ticket(key).comments.len());
    let links = shop.ticket(key).remote_links.len();
    let journal = shop.sim.journal();
    let writes = |entry: &&crate::simulator::Entry| entry.write && entry.path.contains("/issue/");
    let first = 1 + journal.iter().position(|entry| writes(&entry)).unwrap();
    let last = 1 + journal.iter().rposition(|entry| writes(&entry)).unwrap();
    let mut owed = 0;
    for (nth, moment) in (first..=last).flat_map(|nth| [(nth, Moment::Before), (nth, Moment::After)]) {
        reset(&before);
        assert!(shop.run_killed(event, nth, moment), "{nth}");
        let left = shop.sim.state().clone();
        let is_as_wanted = |how: &str| {
            let ticket = shop.ticket(key);
            assert_eq!(
                (status(shop, key), ticket.comments.len(), ticket.remote_links.len()),
                (wanted.clone(), comments, links),
                "killed {moment:?} request {nth}, then {how}"
            );
        };
        let pending = &shop.ticket(key).properties["casefile"]["pending"];
        if pending.as_array().is_some_and(|pending| !pending.is_empty()) {
            owed += 1;
            let refresh = || shop.command(&Event::schedule(), &["refresh"]);
            assert_eq!(refresh().code, 0);
            is_as_wanted("refreshed");
            refresh();
            assert!(!shop.writes().iter().any(|write| write.contains(key)), "{:?}", shop.writes());
            reset(&left);
        }
        shop.run_well(event);
        is_as_wanted("run again");
        silent(shop, event);
    }
    assert!(owed > 0, "no kill came between the record and the move");
}

fn what_a_pull_request_announced_is_done(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    killed_anywhere(&shop, &pull(&shop, 2), "SEC-2");
    assert_eq!(status(&shop, "SEC-2"), "In Progress");
}

fn what_was_taken_back_is_done(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    shop.run_well(&pull(&shop, 2));
    shop.report(&both());
    killed_anywhere(&shop, &pull(&shop, 3), "SEC-2");
    assert_eq!(status(&shop, "SEC-2"), "To Do");
}

fn what_a_branch_resolves_is_done(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    tip(&shop, "main", 2);
    killed_anywhere(&shop, &Event::push("main", 2), "SEC-2");
    assert_eq!(status(&shop, "SEC-2"), "Done");
}

fn a_move_that_a_person_made_meanwhile_stays(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    let event = pull(&shop, 2);
    let before = shop.sim.state().clone();
    shop.run_well(&event);
    let journal = shop.sim.journal();
    let moved =
        1 + journal.iter().position(|entry| entry.write && entry.path.ends_with("/transitions")).unwrap();
    *shop.sim.state() = before;
    assert!(shop.run_killed(&event, moved, Moment::Before));
    shop.go("SEC-2", "Done");
    shop.go("SEC-2", "In Progress");
    shop.run_well(&event);
    assert_eq!(status(&shop, "SEC-2"), "In Progress");
    silent(&shop, &event);
}

on_both! {
    what_a_pull_request_announced_is_done,
    what_was_taken_back_is_done,
    what_a_branch_resolves_is_done,
    a_move_that_a_person_made_meanwhile_stays,
}

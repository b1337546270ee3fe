//! A commit of a pull request that is its newest one no more, run again: it changes nothing at all.

use super::*;

/// What a run of an older commit leaves behind: nothing, and it says why.
fn inert(shop: &Shop, event: Event, why: &str) -> Ran {
    let (before, text) = (shop.open_tickets(), shop.description(7));
    let ran = shop.run(&event.again());
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert_eq!(shop.writes(), NOTHING, "{:?}", ran.tickets());
    assert!(ran.problems().contains(why), "{}", ran.problems());
    assert_eq!((shop.open_tickets(), shop.description(7)), (before, text));
    ran
}

fn an_older_commit_files_nothing_and_opens_nothing(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    shop.report(&rules(2));
    shop.run_well(&pull(&shop, 2));
    assert_eq!(shop.open_tickets(), ["SEC-1", "SEC-2"]);
    shop.report(&rules(1));
    shop.run_well(&pull(&shop, 3));
    shop.go("SEC-2", "Done");
    // what it filed is done, and one of its findings was never filed
    shop.report(&rules(3));
    inert(&shop, Event::pull_request(7, "feature", 2), "no longer the newest in pull request #7");
    // the head itself does both
    assert_eq!(shop.run_well(&pull(&shop, 4)).actions()["created"], 1);
}

fn an_older_commit_resolves_nothing_when_merged(jira: Deployment) {
    let shop = shop(jira, mapped(), &both());
    shop.report(&rules(1));
    let older = pull(&shop, 2);
    shop.run_well(&older);
    shop.report(&both());
    shop.run_well(&pull(&shop, 3));
    assert_eq!(status(&shop, "SEC-2"), "To Do");
    shop.report(&rules(1));
    inert(&shop, older, "no longer the newest");
    assert_eq!((status(&shop, "SEC-2").as_str(), shop.ticket("SEC-2").remote_links.len()), ("To Do", 0));
}

fn a_pull_request_that_ended_is_changed_by_no_run(jira: Deployment) {
    for merged in [true, false] {
        let shop = shop(jira, mapped(), &both());
        shop.report(&both());
        let (older, newest) = (pull(&shop, 2), pull(&shop, 3));
        shop.run_well(&newest);
        {
            let mut world = shop.sim.state();
            let now = world.now();
            world.github.pull_mut("acme/shop", 7).unwrap().close(now, merged);
        }
        for (event, found) in [(&older, rules(1)), (&newest, rules(1)), (&newest, rules(3))] {
            shop.report(&found);
            inert(&shop, event.clone(), "pull request #7 was closed or merged");
        }
    }
}

fn a_push_of_a_pull_requests_older_commit_is_none_either(jira: Deployment) {
    let shop = shop(jira, mapped(), &rules(1));
    pull(&shop, 3);
    tip(&shop, "feature", 3);
    shop.report(&rules(2));
    inert(&shop, Event::push("feature", 2), "no longer the newest in pull request #7");
    // GitHub's list of pull requests may not know of a push yet
    tip(&shop, "feature", 4);
    let ran = shop.run(&Event::push("feature", 4).again());
    assert_eq!(ran.tickets(), ["created SEC-2", "tracked SEC-1"], "{}", ran.errors);
}

on_both! {
    an_older_commit_files_nothing_and_opens_nothing,
    an_older_commit_resolves_nothing_when_merged,
    a_pull_request_that_ended_is_changed_by_no_run,
    a_push_of_a_pull_requests_older_commit_is_none_either,
}

//! Pull requests that are no longer open.

use std::time::Duration;

use serde_json::json;

use super::{NOTHING, filed, refresh, refresh_in_vain, row, timeline};
use crate::scenarios::event::{Event, commit};
use crate::scenarios::sarif::rules;
use crate::scenarios::shop::{Deployment, Shop};

/// The pull request ended so many days ago.
pub(super) fn end(shop: &Shop, days: u64, merged: bool) {
    let mut world = shop.sim.state();
    let at = world.now().checked_sub(Duration::from_secs(days * 86_400 - 60)).unwrap();
    world.github.pull_mut("acme/shop", 7).unwrap().close(at, merged);
}

#[test]
fn one_that_was_merged_lately_is_refreshed() {
    let shop = filed(1);
    end(&shop, 7, true);
    shop.go("SEC-1", "Done");
    let ran = refresh(&shop);
    assert_eq!(ran.result["pull_requests"][0]["state"], "merged");
    assert!(row(&shop, "SEC-1").contains("| ✔ Done |"));
    assert_eq!(timeline(&shop, 7).len(), 1);
    refresh_in_vain(&shop);
}

#[test]
fn one_that_was_closed_without_merging_says_so() {
    let shop = filed(1);
    end(&shop, 1, false);
    let ran = refresh(&shop);
    assert_eq!(ran.result["pull_requests"][0]["state"], "closed");
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204", "PATCH pulls/7 200"]);
    assert!(shop.description(7).contains("### casefile: 1 ticket filed (closed without merging)"));
    refresh_in_vain(&shop);
}

#[test]
fn one_that_ended_long_ago_is_left_alone() {
    for (days, configured) in [(9, 7), (2, 1), (1, 0)] {
        let shop = filed(1);
        shop.configure(json!({"refresh": {"closed-days": configured}}));
        end(&shop, days, true);
        shop.go("SEC-1", "Done");
        let ran = refresh(&shop);
        assert_eq!(
            (shop.writes(), &ran.result["pull_requests"]),
            (NOTHING.map(str::to_owned).into(), &json!([]))
        );
    }
}

/// A shop whose pull request 7 would resolve SEC-2, and told it so.
fn resolving(deployment: Deployment) -> Shop {
    let shop = Shop::on(deployment);
    shop.configure(json!({"states": {"open": "To Do", "in-progress": "In Progress", "resolved": "Done"}}));
    let mut both = rules(2);
    both[1] = both[1].clone().scored("5.0");
    shop.report(&both);
    shop.run_well(&Event::push("main", 1));
    shop.report(&both[..1]);
    shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().head.1 = commit(2);
    shop.run_well(&Event::pull_request(7, "feature", 2));
    assert!(shop.description(7).contains("**Resolved when merged**"), "{}", shop.description(7));
    assert_eq!(shop.ticket("SEC-2").remote_links.len(), 1);
    shop
}

#[test]
fn what_one_said_that_was_closed_is_taken_back() {
    for deployment in Deployment::BOTH {
        let shop = resolving(deployment);
        refresh_in_vain(&shop);
        end(&shop, 1, false);
        refresh(&shop);
        let ticket = shop.ticket("SEC-2");
        assert_eq!((ticket.status.as_str(), ticket.remote_links.len()), ("10000", 0), "{:?}", shop.writes());
        assert_eq!(ticket.comments.len(), 2, "it said that it would, and that it does not");
        assert_eq!(ticket.properties["casefile"]["remediation"], json!(null));
        let body = shop.description(7);
        assert!(
            body.contains("(closed without merging)") && !body.contains("resolved when merged"),
            "{body}"
        );
        assert_eq!(timeline(&shop, 7), [""; 0], "casefile did it itself");
        refresh_in_vain(&shop);
    }
}

#[test]
fn what_one_said_that_was_merged_stays_and_is_not_promised_any_more() {
    let shop = resolving(Deployment::Cloud);
    end(&shop, 1, true);
    refresh(&shop);
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"]);
    let body = shop.description(7);
    assert!(body.contains("2 tickets already tracked") && !body.contains("when merged"), "{body}");
    refresh_in_vain(&shop);
    assert_eq!(shop.ticket("SEC-2").remote_links.len(), 1);
}

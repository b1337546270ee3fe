//! Pull requests that are no longer open.

use std::time::Duration;

use serde_json::json;

use super::{NOTHING, filed, refresh, refresh_in_vain, row, timeline};
use crate::scenarios::shop::Shop;

/// The pull request ended so many days ago.
fn end(shop: &Shop, days: u64, merged: bool) {
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
    assert!(row(&shop, "SEC-1").contains("| Done |"));
    assert_eq!(timeline(&shop, 7).len(), 1);
    refresh_in_vain(&shop);
}

#[test]
fn one_that_was_closed_without_merging_says_so() {
    let shop = filed(1);
    end(&shop, 1, false);
    let ran = refresh(&shop);
    assert_eq!(ran.result["pull_requests"][0]["state"], "closed");
    assert_eq!(shop.writes(), ["PATCH pulls/7 200"]);
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

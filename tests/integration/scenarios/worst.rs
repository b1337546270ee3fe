//! Two reports see one finding differently: the worst counts, whichever is read first.

use serde_json::json;

use super::event::Event;
use super::sarif::{self, found};
use super::shop::{Deployment, Shop, only};

fn shop(deployment: Deployment) -> Shop {
    let shop = Shop::on(deployment);
    shop.configure(json!({"jira": {"due-in-days": {"critical": 7, "medium": 60, "low": 90}}}));
    shop
}

/// Reports of the same finding, one a score, read in this order.
fn reports(shop: &Shop, scores: &[&'static str]) {
    for (at, score) in scores.iter().enumerate() {
        let one = found("R1", "src/a.py", 3, "call(x)").scored(score);
        shop.write(&format!("reports/{at}.sarif"), &sarif::report(&[one]));
    }
}

/// The priority's id, due date, and whether the description calls it critical.
fn told(shop: &Shop) -> (Option<String>, Option<String>, bool) {
    let ticket = shop.ticket("SEC-1");
    let critical = ticket.description_text().contains("Critical");
    (ticket.priority, ticket.due, critical)
}

#[test]
fn the_worst_of_several_reports_counts_in_whatever_order() {
    for deployment in Deployment::BOTH {
        let mut all = Vec::new();
        for order in [["5.0", "9.8", "2.0"], ["9.8", "5.0", "2.0"], ["2.0", "5.0", "9.8"]] {
            let shop = shop(deployment);
            reports(&shop, &order);
            assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", 1));
            all.push(told(&shop));
            shop.run_well(&Event::push("main", 2));
            assert_eq!(shop.writes(), [""; 0], "{deployment:?} {order:?}");
        }
        assert_eq!((all[0].0.as_deref(), all[0].2), (Some("1"), true), "{deployment:?}");
        assert!(all.iter().all(|one| *one == all[0]), "{deployment:?} {all:?}");
    }
}

#[test]
fn a_ticket_that_holds_the_milder_one_is_corrected_once() {
    let shop = shop(Deployment::Cloud);
    reports(&shop, &["5.0"]);
    shop.run_well(&Event::push("main", 1));
    let before = told(&shop);
    assert_eq!((before.0.as_deref(), before.2), (Some("3"), false));
    reports(&shop, &["5.0", "9.8"]);
    shop.run_well(&Event::push("main", 2));
    let after = told(&shop);
    assert_eq!((after.0.as_deref(), after.2), (Some("1"), true));
    assert!(after.1 < before.1, "{after:?}");
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

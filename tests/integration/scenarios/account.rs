//! The token becomes another account's, as when a person's is replaced by a service account's: what was filed stays ours.

use std::collections::BTreeSet;

use serde_json::json;

use super::event::{Event, commit};
use super::sarif::{found, rules};
use super::shop::{Deployment, Ran, Shop};

fn on_main(shop: &Shop, number: u64) -> Event {
    let mut world = shop.sim.state();
    world.github.repository_mut("acme/shop").unwrap().branches.insert("main".into(), commit(number));
    Event::push("main", number)
}

fn shop(deployment: Deployment, count: usize) -> Shop {
    let shop = Shop::on(deployment);
    shop.configure(json!({"states": {"resolved": "Done"}}));
    shop.report(&rules(count));
    shop
}

/// The event of a run whose token is the service account's.
pub(super) fn other(deployment: Deployment, event: Event) -> Event {
    match deployment {
        Deployment::Cloud => {
            event.with("JIRA_USER_EMAIL", "service@example.com").with("JIRA_API_TOKEN", "service-token")
        }
        Deployment::DataCenter => event.with("JIRA_PERSONAL_ACCESS_TOKEN", "service-token"),
    }
}

/// The key of the ticket that a rule's findings have.
fn of(shop: &Shop, rule: &str) -> String {
    let world = shop.sim.state();
    let issue = world.issues.values().find(|issue| issue.summary.ends_with(rule));
    issue.unwrap_or_else(|| panic!("no ticket of {rule}")).key.clone()
}

/// What was done, in whatever order the tickets were made.
fn by_key(ran: &Ran) -> BTreeSet<String> {
    ran.tickets().into_iter().collect()
}

#[test]
fn accepted_findings_stay_accepted_and_open_tickets_get_their_news() {
    for deployment in Deployment::BOTH {
        let shop = shop(deployment, 3);
        shop.run_well(&on_main(&shop, 1));
        let [one, two, three] = ["R1", "R2", "R3"].map(|rule| of(&shop, rule));
        shop.go(&one, "Won't Do");
        let ran = shop.run_well(&other(deployment, on_main(&shop, 2)));
        assert_eq!(by_key(&ran), BTreeSet::from([format!("tracked {two}"), format!("tracked {three}")]));
        assert_eq!(ran.result["findings"]["set_aside"], json!({"accepted": 1}));
        assert_eq!((shop.writes(), shop.sim.state().issues.len()), (vec![], 3));

        let mut all = rules(3);
        all.push(found("R2", "src/new.py", 8, "call_2(y)"));
        shop.report(&all);
        let ran = shop.run_well(&other(deployment, on_main(&shop, 3)));
        assert_eq!(by_key(&ran), BTreeSet::from([format!("updated {two}"), format!("tracked {three}")]));
        assert_eq!(ran.result["findings"]["set_aside"], json!({"accepted": 1}));

        shop.report(&rules(1));
        let ran = shop.run_well(&other(deployment, on_main(&shop, 4)));
        assert_eq!(by_key(&ran), BTreeSet::from([format!("resolved {two}"), format!("resolved {three}")]));
        assert_eq!(shop.sim.state().issues.len(), 3);
    }
}

#[test]
fn two_accounts_side_by_side_and_in_turn_file_once() {
    for deployment in Deployment::BOTH {
        let shop = shop(deployment, 4);
        let runs =
            [shop.start(&on_main(&shop, 1), &[]), shop.start(&other(deployment, on_main(&shop, 1)), &[])];
        for ran in runs.map(super::shop::Running::end) {
            assert_eq!(ran.code, 0, "{}", ran.errors);
        }
        shop.run_well(&on_main(&shop, 1));
        shop.one_ticket_a_group(4);
        shop.run_well(&other(deployment, on_main(&shop, 1)));
        assert_eq!(shop.writes(), [""; 0]);
    }
}

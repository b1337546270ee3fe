//! The life of a ticket, row by row of `docs/life.md`: what happened, every write that it caused, and a second run that
//! writes nothing.

/// Runs each scenario on Jira Cloud and on Data Center.
macro_rules! on_both {
    ($($scenario:ident,)*) => {
        mod cloud {
            $(#[test] fn $scenario() { super::$scenario(super::Deployment::Cloud); })*
        }
        mod data_center {
            $(#[test] fn $scenario() { super::$scenario(super::Deployment::DataCenter); })*
        }
    };
}

mod branches;
mod debts;
mod degraded;
mod forgotten;
mod linked;
mod older;
mod proof;
mod remediation;
mod resolved;
mod states;
mod unseen;

use serde_json::{Value, json};

use super::event::{Event, commit};
use super::sarif::{self, Found, rules};
use super::shop::{Deployment, Ran, Shop};

/// No write at all.
const NOTHING: [&str; 0] = [];

/// A state with a status each.
fn mapped() -> Value {
    json!({
        "branches": ["main", "develop", "feature"],
        "states": {
            "open": "To Do",
            "in-progress": "In Progress",
            "resolved": {"status": "Done", "resolution": "Fixed"},
            "closed": "Won't Do",
        },
    })
}

/// Findings of two rules, of which the second is milder: SEC-1 and SEC-2.
fn both() -> Vec<Found> {
    let mut all = rules(2);
    all[1] = all[1].clone().scored("5.0");
    all
}

/// A shop whose `main` has these findings with their tickets.
fn shop(jira: Deployment, configuration: Value, findings: &[Found]) -> Shop {
    let shop = Shop::on(jira);
    shop.report(findings);
    shop.configure(configuration);
    push(&shop, "main", 1);
    shop
}

/// A push of a branch, whose newest commit that is.
fn push(shop: &Shop, branch: &str, number: u64) -> Ran {
    tip(shop, branch, number);
    shop.run_well(&Event::push(branch, number))
}

/// A run that has nothing to say and nothing to write.
fn silent(shop: &Shop, event: &Event) -> Ran {
    let ran = shop.run_well(event);
    assert_eq!(shop.writes(), NOTHING, "{:?}", ran.tickets());
    ran
}

/// A run of pull request 7 from `feature` into `main`, at the newest commit of it.
fn pull(shop: &Shop, number: u64) -> Event {
    shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().head.1 = commit(number);
    Event::pull_request(7, "feature", number)
}

/// Makes a commit the newest one of a branch.
fn tip(shop: &Shop, branch: &str, number: u64) {
    let mut world = shop.sim.state();
    world.github.repository_mut("acme/shop").unwrap().branches.insert(branch.to_owned(), commit(number));
}

/// Replaces the report by one that `change` has been at.
fn report_with(shop: &Shop, findings: &[Found], change: impl FnOnce(&mut Value)) {
    let mut report: Value = serde_json::from_str(&sarif::report(findings)).unwrap();
    change(&mut report["runs"][0]);
    shop.write("reports/finder.sarif", &report.to_string());
}

/// The name of a ticket's status.
fn status(shop: &Shop, key: &str) -> String {
    let id = shop.ticket(key).status;
    shop.sim.state().statuses.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default()
}

/// A description in a person's words, as the site keeps it.
fn described(jira: Deployment, words: &str) -> Value {
    match jira {
        Deployment::DataCenter => json!(words),
        Deployment::Cloud => json!({"type": "doc", "version": 1, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": words}]}]}),
    }
}

//! 200 marked pull requests and 2,000 tickets.

use super::claims::{body, shown};
use super::{NOTHING, refresh};
use crate::scenarios::event::Event;
use crate::scenarios::sarif::rules;
use crate::scenarios::shop::Shop;
use crate::simulator::PullRequest;
use casefile::model::section::Shown;
use casefile::model::severity::Severity;
use casefile::model::ticket::{Category, Status};

/// A shop with so many tickets like its first, half of them done, ten of each shown by one of 200 pull
/// requests as they are.
fn crowded() -> Shop {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    let first = shop.ticket("SEC-1");
    let keys: Vec<(u64, String)> = {
        let mut world = shop.sim.state();
        let keys = (0..2_000).map(|number| {
            let key = world.add_issue("SEC", "casefile", |issue| {
                issue.summary = format!("Something is wrong {number}");
                issue.labels.clone_from(&first.labels);
                issue.properties.clone_from(&first.properties);
                if number % 2 == 1 {
                    issue.status = "10001".to_owned();
                }
            });
            let key = key.unwrap();
            (world.find(&key).unwrap().id, key)
        });
        keys.collect()
    };
    for (number, keys) in (1_000..).zip(keys.chunks(10)) {
        let body = body(&keys.iter().map(|(id, key)| now(&shop, *id, key)).collect::<Vec<_>>());
        let mut world = shop.sim.state();
        let mut pull = PullRequest::new(number, "acme/shop", &format!("b{number}"), "main");
        pull.body = Some(body);
        world.github.repository_mut("acme/shop").unwrap().add_pull(pull);
    }
    shop
}

fn now(shop: &Shop, id: u64, key: &str) -> Shown {
    let issue = shop.ticket(key);
    let (name, category) =
        if issue.status == "10001" { ("Done", Category::Done) } else { ("To Do", Category::New) };
    let status = Status { id: issue.status.clone(), name: name.to_owned(), category };
    Shown {
        severity: Some(Severity::High),
        summary: issue.summary,
        status: Some(status),
        priority: Some("Medium".to_owned()),
        ..shown(shop, id, key, "")
    }
}

#[test]
fn nothing_changed_takes_at_most_60_calls() {
    let shop = crowded();
    let ran = refresh(&shop);
    assert_eq!(shop.writes(), NOTHING);
    assert_eq!(ran.result["pull_requests"].as_array().unwrap().len(), 200);
    assert_eq!(ran.result["tickets"].as_array().unwrap().len(), 2_000);
    let calls = shop.sim.journal().len();
    assert!(calls <= 60, "{calls} calls");

    // one that changes costs a few more, not a few each
    shop.go("SEC-2", "In Progress");
    refresh(&shop);
    assert_eq!(shop.writes(), ["POST issues/1000/comments 201", "PATCH pulls/1000 200"]);
    let more = shop.sim.journal().len();
    assert!(more <= calls + 8, "{more} calls");
}

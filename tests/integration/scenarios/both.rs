//! Jira Cloud and Jira Data Center: the same run makes the same tickets, and treats them alike.

use casefile::document::{adf, plain, wiki};
use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Deployment, Shop, only};
use crate::simulator::Issue;

/// What casefile says on a ticket, whatever the site's own way to say it.
fn told(issue: &Issue, account: &str) -> Value {
    let description = match &issue.description {
        Value::String(text) => wiki::text(text),
        document => adf::text(document),
    };
    // the record names the site, and who made the ticket as that site names people
    let property = |value: &Value| {
        let mut value = value.clone();
        let record = value.as_object_mut().unwrap();
        record.remove("site");
        if let Some(creator) = record.get_mut("creator") {
            *creator = json!(creator.as_str() == Some(account));
        }
        value
    };
    let properties: serde_json::Map<String, Value> =
        issue.properties.iter().map(|(name, value)| (name.clone(), property(value))).collect();
    json!({"key": issue.key, "summary": issue.summary, "description": plain::fold(&description),
        "labels": issue.labels, "priority": issue.priority, "type": issue.issue_type,
        "status": issue.status, "comments": issue.comments.len(), "properties": properties})
}

fn all_told(shop: &Shop) -> Vec<Value> {
    let account = match shop.deployment() {
        Deployment::Cloud => "712020:00000000-0000-4000-8000-000000000001",
        Deployment::DataCenter => "casefile",
    };
    shop.sim.state().issues.values().map(|issue| told(issue, account)).collect()
}

#[test]
fn the_same_run_makes_the_same_tickets() {
    let [cloud, data_center] = Deployment::BOTH.map(|deployment| {
        let shop = Shop::on(deployment);
        for name in [
            "bandit.sarif",
            "semgrep.sarif",
            "checkov.sarif",
            "eslint.sarif",
            "zizmor.sarif",
            "cargo-audit.sarif",
        ] {
            shop.fixture(name);
        }
        let ran = shop.run_well(&Event::pull_request(7, "feature", 1));
        let writes = shop.writes();
        (ran.actions(), writes, all_told(&shop), shop)
    });
    assert_eq!(cloud.0, data_center.0);
    assert_eq!(cloud.1, data_center.1, "and in the same writes");
    assert!(cloud.2.len() > 20);
    for (one, other) in cloud.2.iter().zip(&data_center.2) {
        assert_eq!(one, other);
        assert_eq!(one["properties"]["casefile"]["creator"], json!(true), "{one}");
    }
    let tickets = data_center.2.len();
    for (before, shop) in [(cloud.2, cloud.3), (data_center.2, data_center.3)] {
        let again = shop.run_well(&Event::pull_request(7, "feature", 2));
        assert_eq!(again.actions(), only("tracked", tickets));
        assert_eq!((shop.writes(), all_told(&shop)), (Vec::new(), before));
    }
}

/// One search, one read for each open ticket, and a few calls more.
#[test]
fn an_unchanged_run_reads_each_open_ticket_once() {
    let shop = Shop::on(Deployment::DataCenter);
    shop.report(&rules(30));
    shop.run_well(&Event::push("main", 1));
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);
    let reads = shop.sim.journal().iter().filter(|entry| entry.path.contains("/issue/")).count();
    assert_eq!(reads, 30);
    assert!(shop.calls() <= 30 + 1 + 6, "{}", shop.calls());
}

#[test]
fn pages_go_on_by_what_was_given() {
    let shop = Shop::on(Deployment::DataCenter);
    shop.sim.state().short_pages = Some(4);
    shop.report(&rules(11));
    assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", 11));
    assert_eq!(shop.run_well(&Event::push("main", 2)).actions(), only("tracked", 11));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn news_and_peoples_changes_are_treated_alike() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&rules(2));
        shop.run_well(&Event::push("main", 1));
        // Alice rewrites one description; the other is saved in a browser, which changes its line ends
        let own = match deployment {
            Deployment::Cloud => json!({"type": "doc", "version": 1, "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "What Alice thinks."}]}]}),
            Deployment::DataCenter => json!("h2. What *Alice* thinks."),
        };
        shop.edit("SEC-1", |issue| issue.description = own.clone());
        shop.edit("SEC-2", |issue| {
            if let Value::String(text) = &issue.description {
                issue.description = json!(text.replace('\n', "\r\n"));
            }
        });
        let mut more = rules(2);
        more.push(found("R1", "src/new.py", 8, "call_1(y)"));
        more.push(found("R2", "src/new.py", 9, "call_2(y)"));
        shop.report(&more);
        let ran = shop.run_well(&Event::push("main", 2));
        assert_eq!(ran.actions(), only("updated", 2), "{deployment:?}");
        assert_eq!(shop.ticket("SEC-1").description, own, "{deployment:?}");
        assert!(shop.ticket("SEC-2").description_text().contains("src/new.py"), "{deployment:?}");
        for key in ["SEC-1", "SEC-2"] {
            let comments = shop.ticket(key).comment_texts();
            assert!(matches!(comments.as_slice(), [one] if one.contains("src/new.py")), "{comments:?}");
        }
        shop.run_well(&Event::push("main", 3));
        assert_eq!(shop.writes(), [""; 0], "{deployment:?}");
    }
}

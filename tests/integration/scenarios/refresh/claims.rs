//! A key in a description is a claim: anybody can write there.

use std::collections::BTreeMap;

use casefile::compose::section::{self, PullRequestStatus, TicketDetail, Update};
use casefile::model::repository::Repository;
use casefile::model::section::{Role, Row, Shown};
use casefile::model::ticket::{Category, Status, TicketId};

use super::{filed, refresh, refresh_in_vain, timeline};
use crate::scenarios::shop::Shop;

/// A ticket of Jira as a section would show it that has another status for it.
pub(super) fn shown(shop: &Shop, id: u64, key: &str, status: &str) -> Shown {
    let site = shop.sim.jira_url().trim_start_matches("http://").to_owned();
    let status = Status { id: "1".to_owned(), name: status.to_owned(), category: Category::New };
    Shown {
        ticket: TicketId { site, id },
        key: key.to_owned(),
        url: format!("{}/browse/{key}", shop.sim.jira_url()),
        severity: None,
        summary: "a summary".to_owned(),
        status: Some(status),
        accepted: false,
        assignee: None,
        priority: None,
        due: None,
        revision: 0,
    }
}

/// A description that somebody else made, with a section that names these tickets.
pub(super) fn body(shown: &[Shown]) -> String {
    let row = |shown: &Shown| Row::new(shown.ticket.clone(), Role::Filed);
    let scans = BTreeMap::from([("0123456789".to_owned(), shown.iter().map(row).collect())]);
    let (renamed, repository) = (BTreeMap::new(), Repository::named("github.com/acme/shop").unwrap());
    let site = shown.first().map(|shown| shown.ticket.site.as_str()).unwrap_or_default();
    let update = Update {
        scans: &scans,
        new: &BTreeMap::new(),
        repository: &repository,
        site,
        shown,
        renamed: &renamed,
        made: &BTreeMap::new(),
        detail: TicketDetail::Full,
        standing: PullRequestStatus::Live,
    };
    section::update("My own words.\r\n", &update).unwrap()
}

fn forge(shop: &Shop, shown: &[Shown]) {
    let mut world = shop.sim.state();
    world.github.pull_mut("acme/shop", 7).unwrap().body = Some(body(shown));
}

#[test]
fn another_repositorys_ticket_is_not_shown() {
    let shop = filed(1);
    let key = shop.sim.state().add_issue("OPS", "alice", |issue| {
        issue.summary = "Salaries of all of us".to_owned();
        issue.labels = vec!["casefile".to_owned(), "casefile-repo-000000000000".to_owned()];
    });
    let (key, id) = (key.clone().unwrap(), shop.ticket(&key.unwrap()).id);
    forge(&shop, &[shown(&shop, id, &key, "To Do")]);
    refresh(&shop);
    let body = shop.description(7);
    assert!(
        body.starts_with("My own words.\r\n") && body.contains("_1 ticket is not listed here._"),
        "{body}"
    );
    assert!(!body.contains("Salaries") && !body.contains(&key), "{body}");
    assert_eq!(timeline(&shop, 7), [""; 0]);
    refresh_in_vain(&shop);
}

#[test]
fn what_is_no_key_is_never_shown() {
    let shop = filed(1);
    forge(&shop, &[shown(&shop, 99_999, "[free](https://evil.example)", "To Do")]);
    refresh(&shop);
    let body = shop.description(7);
    assert!(!body.contains("evil") && body.contains("_1 ticket is not listed here._"), "{body}");
    assert_eq!(timeline(&shop, 7), [""; 0]);
}

#[test]
fn no_more_than_200_are_looked_at() {
    let shop = filed(1);
    let many: Vec<Shown> =
        (50_000..50_900).map(|id| shown(&shop, id, &format!("SEC-{id}"), "To Do")).collect();
    forge(&shop, &many);
    refresh(&shop);
    let journal = shop.sim.journal();
    let fetched = journal.iter().filter(|entry| entry.path.ends_with("/issue/bulkfetch")).count();
    assert_eq!(fetched, 2, "100 a call");
}

#[test]
fn a_ticket_of_another_site_is_left_alone() {
    let shop = filed(1);
    let mut other = shown(&shop, shop.ticket("SEC-1").id, "DESK-1", "To Do");
    other.ticket.site = "other.example".to_owned();
    forge(&shop, &[other]);
    refresh(&shop);
    assert_eq!((shop.shown(7, &["SEC-1", "DESK-1"]), timeline(&shop, 7)), (vec![], vec![]));
}

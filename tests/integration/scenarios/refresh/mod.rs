//! `casefile refresh`: what people do in Jira shows in the pull requests.

mod abandoned;
mod budget;
mod claims;
mod closed;
mod comments;
mod narrow;
mod people;
mod public;
mod told;
mod trouble;

use super::event::Event;
use super::sarif::rules;
use super::shop::{Deployment, Ran, Shop};

/// What a refresh that writes nothing leaves in the journal.
const NOTHING: [&str; 0] = [];

/// What one writes that has to tell of a change for the first time.
pub(super) const FIRST_CHANGE: [&str; 2] = ["POST issues/7/comments 201", "PATCH pulls/7 200"];

/// A shop whose pull request 7 filed so many tickets.
pub(super) fn filed(count: usize) -> Shop {
    filed_on(Deployment::Cloud, count)
}

/// The same with this Jira.
pub(super) fn filed_on(deployment: Deployment, count: usize) -> Shop {
    let shop = Shop::on(deployment);
    shop.report(&rules(count));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    shop
}

/// `casefile refresh` on a schedule.
fn refresh(shop: &Shop) -> Ran {
    let ran = shop.command(&Event::schedule(), &["refresh"]);
    assert_eq!((ran.code, ran.problems().as_str()), (0, ""), "{}", ran.errors);
    ran
}

/// The same, which has nothing to do.
fn refresh_in_vain(shop: &Shop) {
    let ran = refresh(shop);
    assert_eq!(shop.writes(), NOTHING, "{}", shop.description(7));
    let changed = |pull: &serde_json::Value| pull["changed"] == true;
    assert!(!ran.result["pull_requests"].as_array().unwrap().iter().any(changed), "{}", ran.result);
}

#[test]
fn a_local_folder_leaves_the_tickets_of_jira_where_they_are() {
    let shop = filed(1);
    let before = shop.description(7);
    shop.command(&Event::schedule(), &["refresh", "--tracker", "local"]).fails(0, &["#7", "Jira tickets"]);
    assert_eq!((shop.writes(), shop.description(7)), (Vec::new(), before));
}

/// The lines of a pull request's timeline, without their day.
pub(super) fn timeline(shop: &Shop, pull: u64) -> Vec<String> {
    let world = shop.sim.state();
    let all = &world.github.pull("acme/shop", pull).unwrap().comments;
    let ours: Vec<_> = all.iter().filter(|one| one.body.starts_with("<!-- casefile:timeline -->")).collect();
    assert!(ours.len() <= 1, "{ours:?}");
    let lines = ours.iter().flat_map(|one| one.body.lines()).filter_map(|line| line.strip_prefix("- "));
    lines.map(|line| without_links(line.split_once(' ').unwrap().1)).collect()
}

/// A line in which each key stands without the address of its ticket, which is checked.
fn without_links(line: &str) -> String {
    let mut out = String::new();
    for (index, part) in line.split('[').enumerate() {
        match part.split_once("](").filter(|_| index > 0) {
            Some((key, rest)) => {
                let (page, rest) = rest.split_once(')').unwrap();
                assert!(page.ends_with(&format!("/browse/{key}")), "{line}");
                out.push_str(&format!("{key}{rest}"));
            }
            None => out.push_str(part),
        }
    }
    out
}

/// The row of a ticket in the section of pull request 7, without its link.
pub(super) fn row(shop: &Shop, key: &str) -> String {
    let body = shop.description(7);
    let row = body
        .lines()
        .find(|line| line.starts_with(&format!("| [{key}](")) || line.starts_with(&format!("| `{key}`")));
    let row = row.unwrap_or_else(|| panic!("{key} is not shown: {body}"));
    row.split(" | ").skip(1).collect::<Vec<_>>().join(" | ")
}

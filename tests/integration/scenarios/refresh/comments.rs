//! The section in a comment of casefile's own.

use serde_json::json;

use super::super::event::Event;
use super::super::sarif::rules;
use super::{NOTHING, refresh, refresh_in_vain, timeline};
use crate::scenarios::shop::Shop;
use crate::simulator::Face;

fn filed(annotate: &str) -> Shop {
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"pull-request": {"annotate": annotate}}));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    shop
}

/// What the comment with the section says.
fn comment(shop: &Shop) -> String {
    let world = shop.sim.state();
    let pull = world.github.pull("acme/shop", 7).unwrap();
    let ours = pull.comments.iter().find(|one| one.body.starts_with("<!-- casefile:comment -->"));
    ours.unwrap().body.clone()
}

#[test]
fn a_comment_is_refreshed() {
    let shop = filed("comment");
    refresh_in_vain(&shop);
    let asked = shop.sim.journal().iter().filter(|entry| entry.face == Face::GitHub).count();
    assert_eq!(asked, 3, "open and closed pull requests, and comments");
    let body = shop.description(7);
    shop.go("SEC-1", "Done");
    refresh(&shop);
    assert_eq!(shop.writes(), ["POST issues/7/comments 201", "PATCH issues/comments/900000 200"]);
    assert!(comment(&shop).contains("| ✔ Done |"), "{}", comment(&shop));
    assert_eq!((shop.description(7), timeline(&shop, 7).len()), (body, 1));
    refresh_in_vain(&shop);
}

#[test]
fn both_are_refreshed_and_told_once() {
    let shop = filed("both");
    refresh_in_vain(&shop);
    shop.go("SEC-1", "Done");
    refresh(&shop);
    let writes = ["POST issues/7/comments 201", "PATCH pulls/7 200", "PATCH issues/comments/900000 200"];
    assert_eq!(shop.writes(), writes);
    assert!(comment(&shop).contains("| ✔ Done |") && shop.description(7).contains("| ✔ Done |"));
    assert_eq!(timeline(&shop, 7), [r#"SEC-1: status changed from "To Do" to "Done""#]);
    refresh_in_vain(&shop);
}

#[test]
fn what_a_person_writes_above_it_makes_no_second_comment() {
    let shop = filed("comment");
    let text = format!("Please look at these first.\n\n{}", comment(&shop));
    shop.sim.state().github.pull_mut("acme/shop", 7).unwrap().comments[0].body = text.clone();
    refresh_in_vain(&shop);
    shop.run_well(&Event::pull_request(7, "feature", 1));
    shop.go("SEC-1", "Done");
    refresh(&shop);
    let world = shop.sim.state();
    let comments = &world.github.pull("acme/shop", 7).unwrap().comments;
    let first = &comments[0].body;
    assert!(first.starts_with("Please look at these first.\n\n<!-- casefile:comment -->"), "{first}");
    assert!(first.contains("| ✔ Done |"), "{first}");
    let sections = comments.iter().filter(|one| one.body.contains("casefile:start")).count();
    assert_eq!(sections, 1);
}

#[test]
fn a_strangers_comment_is_not_casefiles() {
    let shop = filed("comment");
    let forged = comment(&shop);
    {
        let mut world = shop.sim.state();
        world.github.login = "eve".to_owned();
        let pull = world.github.pull_mut("acme/shop", 7).unwrap();
        pull.comments[0].body = forged;
        pull.comments[0].author = "eve".to_owned();
    }
    shop.go("SEC-1", "Done");
    refresh(&shop);
    assert_eq!(shop.writes(), NOTHING);
}

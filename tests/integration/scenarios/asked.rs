//! How many requests the work takes.

use std::time::Duration;

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{Found, found};
use super::shop::{Shop, only};
use crate::simulator::Face;

#[test]
fn three_hundred_groups_take_few_requests() {
    let shop = Shop::with_lag(Duration::from_secs(2));
    let of = |group: usize| {
        (1..=3).map(move |n| {
            found(
                &format!("R{group}"),
                &format!("src/{group}/f{n}.py"),
                7 * n,
                &format!("call({group}, {n})"),
            )
        })
    };
    let all: Vec<Found> = (0..300).flat_map(of).collect();
    shop.report(&all);
    let first = shop.run_with(&Event::push("main", 1), &["--max-new", "1000"]);
    assert_eq!((first.code, first.actions()), (0, only("created", 300)), "{}", first.errors);
    assert!(shop.calls() <= 17, "{} calls", shop.calls());
    assert_eq!(first.result["requests"]["tracker"], shop.calls());
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 7]);
    shop.one_ticket_a_group(300);

    let second = shop.run_with(&Event::push("main", 2), &["--max-new", "1000"]);
    assert_eq!((second.code, second.actions()), (0, only("tracked", 300)));
    // who asks, and three pages of tickets: open ones and those that were done lately
    assert!(shop.calls() <= 4, "{} calls", shop.calls());
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn an_annotation_takes_four_requests_to_github_at_most_and_two_if_nothing_changed() {
    let shop = Shop::with(&[found("R1", "a.py", 1, "a")]);
    let event = Event::pull_request(7, "feature", 1);
    let first = shop.run_well(&event);
    // the tickets are filed between reading the description and writing it, so it is read once more
    assert!(annotating(&shop, &first.result) <= 4, "{:?}", shop.sim.journal());
    let second = shop.run_well(&event);
    assert!(annotating(&shop, &second.result) <= 2, "{:?}", shop.sim.journal());
}

/// In a comment of its own, and in both: each of the two takes as many as a description alone.
#[test]
fn a_comment_takes_no_more_requests_than_a_description() {
    for (annotate, first_most, unchanged_most) in [("comment", 4, 2), ("both", 7, 3)] {
        let shop = Shop::with(&[found("R1", "a.py", 1, "a")]);
        shop.configure(json!({"pull-request": {"annotate": annotate}}));
        let event = Event::pull_request(7, "feature", 1);
        let asked = |shop: &Shop| -> Vec<String> {
            let journal = shop.sim.journal();
            journal.iter().filter(|entry| entry.face == Face::GitHub).map(ToString::to_string).collect()
        };
        let first = shop.run_well(&event);
        assert!(annotating(&shop, &first.result) <= first_most, "{annotate}: {:#?}", asked(&shop));
        let second = shop.run_well(&event);
        assert!(annotating(&shop, &second.result) <= unchanged_most, "{annotate}: {:#?}", asked(&shop));
        // a change of a ticket makes the timeline's comment, and one more of its lines changes that
        for (status, most) in [("Done", 4), ("To Do", 4)] {
            shop.go("SEC-1", status);
            let told = shop.run_well(&event);
            assert!(annotating(&shop, &told.result) <= first_most + most, "{annotate}: {:#?}", asked(&shop));
        }
        let last = shop.run_well(&event);
        assert!(annotating(&shop, &last.result) <= unchanged_most, "{annotate}: {:#?}", asked(&shop));
    }
}

/// How many requests GitHub counts for an annotation: all that the result tells but the one that asks what the default
/// branch says about where the credential goes.
fn annotating(shop: &Shop, result: &Value) -> u64 {
    let journal = shop.sim.journal();
    let asking =
        journal.iter().filter(|entry| entry.face == Face::GitHub && entry.path.contains("/contents/"));
    assert_eq!(asking.count(), 1);
    result["requests"]["github"].as_u64().unwrap() - 1
}

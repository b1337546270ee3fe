//! When something does not work: nothing is made up, and the next refresh goes on.

use super::super::event::Event;
use super::{FIRST_CHANGE, NOTHING, filed, refresh, refresh_in_vain, row, timeline};
use crate::scenarios::shop::{Ran, Shop};
use crate::simulator::{Auth, Face, Fault, Kind, Moment, Nth};

fn try_refresh(shop: &Shop) -> Ran {
    shop.command(&Event::schedule(), &["refresh"])
}

#[test]
fn a_dead_token_does_not_make_tickets_look_deleted() {
    let shop = filed(1);
    shop.sim.state().auth = Auth::Nobody;
    try_refresh(&shop).fails(4, &["PROVIDER_AUTH_REQUIRED", "no pull request was changed"]);
    assert_eq!(shop.writes(), NOTHING);
    let warn = shop.command(&Event::schedule(), &["refresh", "--on-tracker-error", "warn"]);
    assert_eq!((warn.code, shop.writes()), (0, NOTHING.map(str::to_owned).into()));
}

#[test]
fn tickets_that_cannot_be_read_change_nothing() {
    let shop = filed(1);
    shop.go("SEC-1", "Done");
    for path in ["/search/jql", "/issue/bulkfetch"] {
        shop.fault(path, Nth::Every(1), Kind::Status(400, vec![], r#"{"errorMessages":["no"]}"#.to_owned()));
        try_refresh(&shop).fails(4, &["no pull request was changed"]);
        assert_eq!(shop.writes(), NOTHING);
        shop.sim.clear_faults();
    }
    refresh(&shop);
    assert_eq!(shop.writes(), FIRST_CHANGE);
}

#[test]
fn a_token_that_may_not_write_is_told_what_to_do() {
    let shop = filed(1);
    shop.go("SEC-1", "Done");
    let ran = shop.command(&Event::schedule().with("GITHUB_TOKEN", "gh-read-only"), &["refresh"]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    assert!(ran.problems().contains("permissions: pull-requests: write"), "{}", ran.problems());
    assert!(row(&shop, "SEC-1").contains("| To Do |"));
}

#[test]
fn a_line_of_the_timeline_waits_until_its_comment_is_taken() {
    for status in [403, 422, 404, 500] {
        let shop = filed(1);
        shop.go("SEC-1", "Done");
        let kind = Kind::Status(status, Vec::new(), r#"{"message":"no"}"#.to_owned());
        let path_contains = "/comments".to_owned();
        let (face, method) = (Some(Face::GitHub), Some("POST"));
        shop.sim.fault(Fault { face, method, path_contains, nth: Nth::From(1), kind });
        let ran = try_refresh(&shop);
        ran.fails(4, &["pull request #7"]);
        assert!(row(&shop, "SEC-1").contains("| To Do |"), "{status}");
        if status == 403 {
            let words = ["its timeline could not be written", "GitHub refused: no", "pull-requests: write"];
            ran.fails(4, &words);
        }
        shop.sim.clear_faults();
        refresh(&shop);
        assert_eq!(timeline(&shop, 7), [r#"SEC-1: status changed from "To Do" to "Done""#], "{status}");
        assert!(row(&shop, "SEC-1").contains("| ✔ Done |"), "{status}");
        refresh_in_vain(&shop);
    }
}

#[test]
fn what_github_does_not_answer_does_not_read_like_success() {
    let shop = filed(1);
    shop.sim.fault(Fault {
        face: Some(Face::GitHub),
        method: None,
        path_contains: "/pulls".to_owned(),
        nth: Nth::From(1),
        kind: Kind::Status(500, Vec::new(), String::new()),
    });
    let ran = shop.command(&Event::schedule(), &["refresh", "--format", "text"]);
    assert_eq!(ran.code, 4, "{}", ran.errors);
    assert!(ran.printed.starts_with("failed: 0 pull requests checked"), "{}", ran.printed);
}

#[test]
fn without_a_token_there_is_nothing_to_refresh() {
    let shop = filed(1);
    let ran = shop.command(&Event::schedule().with("GITHUB_TOKEN", ""), &["refresh"]);
    ran.fails(4, &["GITHUB_TOKEN is not set"]);
}

#[test]
fn wherever_it_is_killed_nothing_is_said_twice_or_never() {
    // the section is read again, the timeline looked for, written, looked for, and the section written
    for nth in 6..=10 {
        let shop = filed(1);
        shop.go("SEC-1", "Done");
        assert!(shop.killed(&Event::schedule(), &["refresh"], nth, Moment::After), "{nth}");
        refresh(&shop);
        assert_eq!(timeline(&shop, 7), [r#"SEC-1: status changed from "To Do" to "Done""#], "{nth}");
        assert!(row(&shop, "SEC-1").contains("| ✔ Done |"), "{nth}");
        refresh_in_vain(&shop);
    }
}

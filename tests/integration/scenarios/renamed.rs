//! Findings that are known by something else: a renamed file, an edited line, a rule with a new name.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{self, Found, found};
use super::shop::{Shop, only};

const MODES: [&str; 3] = ["type", "file", "vulnerability"];

fn two() -> Vec<Found> {
    vec![found("R1", "src/a.py", 3, "call(x)"), found("R1", "src/a.py", 9, "call(x)")]
}

fn shop(mode: &str, found: &[Found]) -> Shop {
    let shop = Shop::with(found);
    shop.configure(json!({"group-by": mode, "fail-on": "high", "branches": ["main"]}));
    shop
}

/// What a pull request may do to the lines of [`two`] without bringing anything.
fn moves() -> [(&'static str, Vec<Found>); 3] {
    [
        ("rename", vec![found("R1", "lib/b.py", 3, "call(x)"), found("R1", "lib/b.py", 9, "call(x)")]),
        ("edit", vec![found("R1", "src/a.py", 3, "call(x, y)"), found("R1", "src/a.py", 9, "call(x)")]),
        ("shift", vec![found("R1", "src/a.py", 13, "call(x)"), found("R1", "src/a.py", 19, "call(x)")]),
    ]
}

#[test]
fn a_pull_request_that_only_moves_findings_does_not_reach_fail_on() {
    for mode in MODES {
        for (what, moved) in moves() {
            let shop = shop(mode, &two());
            shop.run(&Event::push("main", 1));
            let tickets = shop.sim.state().issues.len();
            shop.report(&moved);
            let ran = shop.run(&Event::pull_request(7, "topic", 2));
            assert_eq!(
                (ran.code, shop.sim.state().issues.len()),
                (0, tickets),
                "{mode} {what} {}",
                ran.errors
            );
            let mut more = moved;
            more.push(found("R1", "src/new.py", 5, "other(z)"));
            shop.report(&more);
            assert_eq!(shop.run(&Event::pull_request(7, "topic", 3)).code, 1, "{mode} {what}: one is new");
        }
    }
}

#[test]
fn what_a_person_accepted_stays_so_when_it_moves() {
    // with a ticket each, two lines of one text that move at once cannot be told apart
    let one = |found: &[Found], mode: &str| found[..if mode == "vulnerability" { 1 } else { 2 }].to_vec();
    for mode in MODES {
        for (what, moved) in moves() {
            let (before, moved) = (one(&two(), mode), one(&moved, mode));
            let shop = shop(mode, &before);
            shop.run(&Event::push("main", 1));
            let keys = shop.open_tickets();
            keys.iter().for_each(|key| shop.go(key, "Won't Do"));
            shop.report(&moved);
            // in other modes a group has another name then, and on a pull request nobody asks for all tickets that are done
            let mut events = Vec::from_iter((mode == "type").then(|| Event::pull_request(7, "topic", 2)));
            // on a branch an edited line cannot be told from one that was fixed beside one that is new
            if what != "edit" {
                events.extend([Event::push("main", 3), Event::push("main", 4)]);
            }
            for event in events {
                let ran = shop.run_well(&event);
                assert_eq!(
                    ran.result["findings"]["set_aside"],
                    json!({"accepted": moved.len()}),
                    "{mode} {what}"
                );
                assert_eq!(shop.sim.state().issues.len(), keys.len(), "{mode} {what}");
            }
            let mut more = moved;
            more.push(found("R1", "src/new.py", 5, "other(z)"));
            shop.report(&more);
            if what != "edit" {
                let ran = shop.run(&Event::push("main", 5));
                assert_eq!(ran.actions(), only("created", 1), "{mode} {what}: what is new is filed");
            }
        }
    }
}

/// The report of a scanner that calls `R1` something else since.
fn renamed(found: &[Found], former: &[&str]) -> String {
    let mut report: Value = serde_json::from_str(&sarif::report(found)).unwrap();
    for rule in report["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap() {
        rule["deprecatedIds"] = json!(former);
    }
    report.to_string()
}

#[test]
fn a_renamed_rule_keeps_its_tickets_and_what_people_decided() {
    for mode in MODES {
        for status in [None, Some("Won't Do")] {
            let shop = Shop::with(&two());
            shop.configure(json!({"group-by": mode}));
            let first = shop.run_well(&Event::push("main", 1));
            let keys = shop.open_tickets();
            if let Some(status) = status {
                keys.iter().for_each(|key| shop.go(key, status));
            }
            let now =
                [found("acme/call", "src/a.py", 3, "call(x)"), found("acme/call", "src/a.py", 9, "call(x)")];
            shop.write("reports/finder.sarif", &renamed(&now, &["R0", "R1"]));
            for number in [2, 3] {
                let ran = shop.run_well(&Event::push("main", number));
                let told = format!("{mode} {status:?} {:?} {:?}", first.tickets(), ran.tickets());
                assert_eq!(shop.sim.state().issues.len(), keys.len(), "{told}");
                assert!(keys.iter().all(|key| shop.ticket(key).comments.is_empty()), "{told}");
                assert!(!ran.tickets().iter().any(|one| one.starts_with("resolved")), "{told}");
            }
            assert_eq!(shop.writes(), [""; 0], "{mode} {status:?}");
        }
    }
}

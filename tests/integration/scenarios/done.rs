//! A finding is there although its ticket is done.

use serde_json::json;

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::Shop;

/// A shop whose one finding has a ticket that a person closed like this.
fn closed(status: &str, configuration: serde_json::Value) -> Shop {
    let shop = Shop::with(&rules(1));
    shop.configure(configuration);
    shop.run_well(&Event::push("main", 1));
    shop.go("SEC-1", status);
    shop
}

/// Makes the ticket one that casefile told so many days ago.
fn told_days_ago(shop: &Shop, days: i32) {
    let day = shop.sim.state().now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let day = day.checked_sub(jiff::Span::new().days(days)).unwrap();
    shop.edit("SEC-1", |issue| {
        issue.properties.get_mut("casefile").unwrap()["recurred"] = json!(day.to_string());
    });
}

#[test]
fn a_done_ticket_gets_one_comment_over_several_runs() {
    let shop = closed("Done", json!({}));
    for number in [2, 3] {
        let (word, writes): (_, &[&str]) =
            if number == 2 { ("updated SEC-1", &["PUT issue/SEC-1 204"]) } else { ("tracked SEC-1", &[]) };
        assert_eq!(shop.run_well(&Event::push("main", number)).tickets(), [word]);
        assert_eq!(shop.writes(), writes);
    }
    let told = shop.ticket("SEC-1").comment_texts();
    assert!(matches!(told.as_slice(), [one] if one.contains('7')), "{told:?}");
}

#[test]
fn after_the_days_of_grace_it_is_refiled_and_linked() {
    let shop = closed("Done", json!({}));
    shop.run_well(&Event::push("main", 2));
    told_days_ago(&shop, 6);
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0]);
    told_days_ago(&shop, 7);
    assert_eq!(shop.run_well(&Event::push("main", 4)).tickets(), ["refiled SEC-2"]);
    refiled(&shop);
}

#[test]
fn without_days_of_grace_it_is_refiled_at_once() {
    let shop = closed("Done", json!({"recurrence": {"grace-days": 0}}));
    assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["refiled SEC-2"]);
    refiled(&shop);
}

/// The new ticket is linked to the old one, and both are left alone from then on.
fn refiled(shop: &Shop) {
    assert_eq!(shop.writes(), ["POST issue/bulk 201", "POST issueLink 201", "PUT issue/SEC-2 204"]);
    let ids = ["SEC-1", "SEC-2"].map(|key| shop.ticket(key).id);
    let links: Vec<_> = shop
        .sim
        .state()
        .links
        .iter()
        .map(|link| (link.kind.clone(), link.from.min(link.to), link.from.max(link.to)))
        .collect();
    assert_eq!(links, [("Relates".to_owned(), ids[0], ids[1])]);
    shop.one_ticket_a_group(1);
    assert_eq!(shop.run_well(&Event::push("main", 9)).tickets(), ["tracked SEC-2"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn it_can_be_reopened_instead() {
    let shop = closed("Done", json!({"recurrence": {"grace-days": 0, "action": "reopen"}}));
    assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["reopened SEC-1"]);
    assert_eq!(shop.writes(), ["POST issue/SEC-1/transitions 204", "PUT issue/SEC-1 204"]);
    assert_eq!(shop.open_tickets(), ["SEC-1"]);
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn it_can_be_only_told() {
    let shop = closed("Done", json!({"recurrence": {"grace-days": 0, "action": "comment"}}));
    for (number, word) in [(2, "updated SEC-1"), (3, "tracked SEC-1")] {
        assert_eq!(shop.run_well(&Event::push("main", number)).tickets(), [word]);
    }
    assert_eq!(shop.writes(), [""; 0]);
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
}

#[test]
fn what_a_person_accepted_is_set_aside() {
    let shop = closed("Won't Do", json!({"recurrence": {"grace-days": 0}}));
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.result["findings"], json!({"read": 1, "kept": 0, "set_aside": {"accepted": 1}}));
    assert_eq!((ran.tickets(), shop.writes()), (vec![], vec![]));
}

#[test]
fn an_accepted_resolution_counts_whatever_the_status_is() {
    let shop = closed("Done", json!({"recurrence": {"grace-days": 0}}));
    shop.edit("SEC-1", |issue| issue.resolution = Some("Risk Accepted".into()));
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.result["findings"]["set_aside"], json!({"accepted": 1}));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn what_is_new_in_an_accepted_group_is_filed() {
    let shop = closed("Won't Do", json!({}));
    let mut all = rules(1);
    all.push(found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&all);
    let ran = shop.run_well(&Event::push("main", 2));
    assert_eq!(ran.tickets(), ["created SEC-2"]);
    assert_eq!(ran.result["findings"], json!({"read": 2, "kept": 1, "set_aside": {"accepted": 1}}));
    let text = shop.ticket("SEC-2").description_text();
    assert!(text.contains("src/new.py") && !text.contains("src/f1.py"), "{text}");
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["tracked SEC-2"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn acceptance_can_be_limited_in_time() {
    let shop = closed("Won't Do", json!({"recurrence": {"grace-days": 0, "accepted-days": 30}}));
    assert_eq!(shop.run_well(&Event::push("main", 2)).result["findings"]["kept"], json!(0));
    shop.configure(json!({"recurrence": {"grace-days": 0, "accepted-days": 1}}));
    // Resolved when it was last changed: two days ago.
    let ago = shop.sim.state().now().checked_sub(std::time::Duration::from_secs(2 * 86_400 + 3_600)).unwrap();
    let id = shop.ticket("SEC-1").id;
    {
        let mut world = shop.sim.state();
        for change in &mut world.issues.get_mut(&id).unwrap().history {
            change.at = ago;
        }
        world.backdate("SEC-1", ago);
    }
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["refiled SEC-2"]);
}

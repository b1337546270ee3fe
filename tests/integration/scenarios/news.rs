//! A ticket hears of what changed, and what people changed stays theirs.

use serde_json::json;

use super::event::Event;
use super::sarif::{Found, found, rules};
use super::shop::Shop;

/// Two findings of rule R1, where there was one.
fn two() -> Vec<Found> {
    let mut all = rules(1);
    all.push(found("R1", "src/new.py", 8, "call_1(y)"));
    all
}

/// A shop with one ticket, to which `person` did something.
fn touched(person: impl FnOnce(&Shop)) -> Shop {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    person(&shop);
    shop.report(&two());
    assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["updated SEC-1"]);
    assert_eq!(shop.writes(), ["PUT issue/SEC-1 204"], "one edit");
    shop
}

#[test]
fn an_added_finding_is_one_edit_with_one_comment() {
    let shop = touched(|_| ());
    let ticket = shop.ticket("SEC-1");
    let text = ticket.description_text();
    assert!(text.contains("src/f1.py") && text.contains("src/new.py"), "{text}");
    let told = ticket.comment_texts();
    assert!(
        matches!(told.as_slice(), [one] if one.contains("src/new.py") && !one.contains("src/f1.py")),
        "{told:?}"
    );
    assert!(ticket.summary.contains('2'), "{}", ticket.summary);

    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_persons_description_stays_and_the_news_is_a_comment() {
    let own = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "What Alice thinks."}]}]});
    let shop = touched(|shop| shop.edit("SEC-1", |issue| issue.description = own));
    let ticket = shop.ticket("SEC-1");
    assert_eq!(ticket.description_text().trim(), "What Alice thinks.");
    let told = ticket.comment_texts();
    assert!(matches!(told.as_slice(), [one] if one.contains("src/new.py")), "{told:?}");
}

#[test]
fn a_persons_summary_stays() {
    let shop = touched(|shop| shop.edit("SEC-1", |issue| issue.summary = "Alice's words".into()));
    assert_eq!(shop.ticket("SEC-1").summary, "Alice's words");
}

/// The rule's severity goes up; what the priority is then.
fn worse(person: impl FnOnce(&Shop)) -> (Shop, Option<String>) {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.ticket("SEC-1").priority.as_deref(), Some("2"), "High");
    person(&shop);
    let all: Vec<Found> = two().into_iter().map(|one| one.scored("9.8")).collect();
    shop.report(&all);
    shop.run_well(&Event::push("main", 2));
    let priority = shop.ticket("SEC-1").priority;
    (shop, priority)
}

#[test]
fn the_priority_follows_the_severity() {
    assert_eq!(worse(|_| ()).1.as_deref(), Some("1"), "Highest");
}

#[test]
fn a_priority_that_a_person_changed_stays() {
    let (_, priority) = worse(|shop| shop.edit("SEC-1", |issue| issue.priority = Some("5".into())));
    assert_eq!(priority.as_deref(), Some("5"), "Lowest");
}

#[test]
fn labels_assignee_and_due_date_of_a_person_stay() {
    let shop = touched(|shop| {
        shop.edit("SEC-1", |issue| {
            issue.labels.push("alices".into());
            issue.assignee = Some("712020:00000000-0000-4000-8000-000000000002".into());
            issue.due = Some("2027-01-31".into());
        });
    });
    let ticket = shop.ticket("SEC-1");
    assert!(ticket.labels.iter().any(|label| label == "alices"));
    assert!(ticket.assignee.is_some() && ticket.due.as_deref() == Some("2027-01-31"));
}

#[test]
fn a_finding_that_a_pull_request_adds_is_told_once_on_both_sides_of_its_merge() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    shop.report(&two());
    let ran = shop.run_well(&Event::pull_request(7, "feature", 2));
    assert_eq!(ran.tickets(), ["updated SEC-1"]);
    // the text names main again, and nobody is told
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["updated SEC-1"]);
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
    shop.run_well(&Event::push("main", 4));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn one_scan_that_lacks_a_finding_does_not_take_it_off() {
    let shop = touched(|_| ());
    shop.report(&rules(1));
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0]);
}

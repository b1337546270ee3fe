//! Files beside the tickets: attachments, and the scans as SARIF with the tickets' pages.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Shop, only};
use crate::simulator::{Kind, Nth};

/// A shop with one ticket of twelve findings, more than are kept whole.
fn shop(attach: &Value) -> Shop {
    let one = |n: u64| found("R1", &format!("src/f{n:02}.py"), n, &format!("=call_{n}(x)"));
    let shop = Shop::with(&(1..=12).map(one).collect::<Vec<_>>());
    shop.configure(json!({"jira": {"attach": attach}}));
    shop
}

/// The names of a ticket's attachments.
fn names(shop: &Shop, key: &str) -> Vec<String> {
    shop.ticket(key).attachments.iter().map(|file| file.name.clone()).collect()
}

#[test]
fn a_new_ticket_gets_every_occurrence_as_a_table_and_as_sarif() {
    let shop = shop(&json!(["csv", "sarif"]));
    shop.run_well(&Event::push("main", 1));
    let expected = [
        "POST issue/bulk 201",
        "POST issue/SEC-1/attachments 200",
        "POST issue/SEC-1/attachments 200",
        "PUT issue/SEC-1 204",
    ];
    assert_eq!(shop.writes(), expected);
    let ticket = shop.ticket("SEC-1");
    let [table, sarif] = ticket.attachments.as_slice() else { panic!("{:?}", names(&shop, "SEC-1")) };
    assert!(table.name.starts_with("findings-") && table.name.ends_with(".csv"), "{}", table.name);
    let mut reader = csv::Reader::from_reader(table.bytes.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 12);
    assert!(rows.iter().all(|row| &row[0] == "R1" && &row[2] == "high" && &row[3] == "Finder"), "{rows:?}");
    let sarif: Value = serde_json::from_slice(&sarif.bytes).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(12));

    for number in [1, 2] {
        shop.run_well(&Event::push("main", number));
        assert_eq!(shop.writes(), [""; 0], "nothing is owed any more");
    }
}

#[test]
fn they_come_again_where_the_content_changed_and_not_where_lines_moved() {
    let shop = Shop::with(&[found("R1", "src/a.py", 3, "call(x)")]);
    shop.configure(json!({"jira": {"attach": ["csv"]}}));
    shop.run_well(&Event::push("main", 1));
    shop.report(&[found("R1", "src/a.py", 30, "call(x)")]);
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);

    shop.report(&[found("R1", "src/a.py", 30, "call(x)"), found("R1", "src/b.py", 1, "call(y)")]);
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.writes(), ["POST issue/SEC-1/attachments 200", "PUT issue/SEC-1 204"]);
    let names = names(&shop, "SEC-1");
    assert!(names.len() == 2 && names[0] != names[1], "{names:?}");
    shop.run_well(&Event::push("main", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn one_that_jira_refuses_costs_a_warning_and_is_not_tried_again() {
    let shop = shop(&json!(["csv"]));
    shop.fault("/attachments", Nth::Every(1), Kind::Status(413, Vec::new(), "{}".to_owned()));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!((ran.code, ran.actions()), (0, only("created", 1)), "{}", ran.errors);
    assert!(ran.problems().contains("attachment"), "{}", ran.problems());
    shop.sim.clear_faults();
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn what_keeps_many_files_off_is_told_once() {
    let shop = shop(&json!(["csv", "sarif"]));
    shop.report(&rules(3));
    shop.fault("/attachments", Nth::Every(1), Kind::Status(413, Vec::new(), "{}".to_owned()));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!((ran.code, ran.actions()), (0, only("created", 3)), "{}", ran.errors);
    let problems = ran.problems();
    assert_eq!(problems.lines().count(), 1, "{problems}");
    assert!(
        problems.contains("SEC-1: the attachment")
            && problems.contains("this also happened with 5 other tickets"),
        "{problems}"
    );
}

#[test]
fn what_was_cut_off_before_it_was_attached_is_attached_by_the_next_run() {
    let shop = shop(&json!(["csv"]));
    // a token that dies right after the ticket was made
    shop.fault("/attachments", Nth::Only(1), Kind::Status(401, Vec::new(), "{}".to_owned()));
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!(names(&shop, "SEC-1"), [""; 0], "{}", ran.errors);
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.writes(), ["POST issue/SEC-1/attachments 200", "PUT issue/SEC-1 204"]);
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn one_that_may_have_arrived_is_not_sent_again() {
    let shop = shop(&json!(["csv"]));
    shop.fault("/attachments", Nth::Only(1), Kind::CutAfter);
    let ran = shop.run(&Event::push("main", 1));
    assert_eq!((ran.code, names(&shop, "SEC-1").len()), (0, 1), "{}", ran.errors);
    assert!(ran.problems().contains("SEC-1: the attachment"), "{}", ran.problems());
    for number in [1, 2] {
        shop.run_well(&Event::push("main", number));
        assert_eq!((shop.writes(), names(&shop, "SEC-1").len()), (vec![], 1));
    }
}

#[test]
fn scans_are_written_as_sarif_with_their_tickets() {
    let shop = Shop::with(&rules(2));
    shop.write("reports/broken.sarif", "{\"version\": \"2.1.0\", \"runs\": [");
    let ran = shop.run_with(&Event::push("main", 1), &["--sarif-out", "sarif"]);
    assert_eq!((ran.code, ran.actions()), (3, only("created", 2)), "{}", ran.errors);
    let files = shop.files("sarif");
    let [name] = files.as_slice() else { panic!("{files:?}") };
    let sarif: Value = serde_json::from_str(&shop.read(&format!("sarif/{name}")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let mut pages: Vec<&str> = results.iter().map(|one| one["workItemUris"][0].as_str().unwrap()).collect();
    pages.sort_unstable();
    let page = |key: &str| format!("{}/browse/{key}", shop.sim.jira_url());
    assert_eq!(pages, [page("SEC-1"), page("SEC-2")]);
}

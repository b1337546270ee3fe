//! Each finding is filed once, whatever moves around it.

use serde_json::{Value, json};

use super::event::Event;
use super::sarif::{found, rules};
use super::shop::{Shop, only};

#[test]
fn a_first_run_files_and_a_second_writes_nothing() {
    let shop = Shop::open();
    shop.fixture("bandit.sarif");
    shop.fixture("semgrep.sarif");
    let first = shop.run_well(&Event::pull_request(7, "feature", 1));
    assert_eq!(first.actions(), only("created", 22));
    // the first shows whether the account sees what it makes
    assert_eq!(shop.writes(), ["POST issue/bulk 201", "POST issue/bulk 201", "PATCH pulls/7 200"]);
    shop.one_ticket_a_group(22);
    assert_eq!(shop.shown(7, &["SEC-1", "SEC-22"]), ["SEC-1", "SEC-22"]);

    for number in [1, 2] {
        let again = shop.run_well(&Event::pull_request(7, "feature", number));
        assert_eq!(again.actions(), only("tracked", 22));
        assert_eq!(shop.writes(), [""; 0]);
    }
}

#[test]
fn a_branch_that_sees_the_same_on_another_commit_writes_nothing() {
    let shop = Shop::with(&rules(3));
    shop.run_well(&Event::push("main", 1));
    assert_eq!(shop.writes(), ["POST issue/bulk 201"; 2]);
    let again = shop.run_well(&Event::push("main", 2));
    assert_eq!(again.actions(), only("tracked", 3));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn findings_read_are_filed_or_set_aside() {
    let shop = Shop::open();
    shop.fixture("semgrep.sarif");
    let ran = shop.run_well(&Event::push("main", 1));
    let counts = &ran.result["findings"];
    assert_eq!(counts, &json!({"read": 11, "kept": 10, "set_aside": {"suppressed": 1}}));
}

/// The report with the results of each run in the opposite order.
fn shuffled(shop: &Shop, path: &str) {
    let mut report: Value = serde_json::from_str(&shop.read(path).unwrap()).unwrap();
    for run in report["runs"].as_array_mut().unwrap() {
        run["results"].as_array_mut().unwrap().reverse();
    }
    shop.write(path, &report.to_string());
}

/// Nothing is made and nobody is told.
fn nothing_new(shop: &Shop, number: u64, tickets: usize) {
    let ran = shop.run_well(&Event::push("main", number));
    assert_eq!(ran.actions(), only("tracked", tickets));
    let told = shop.sim.writes().iter().any(|entry| entry.body["update"]["comment"].is_array());
    assert!(!told && !shop.writes().iter().any(|write| write.starts_with("POST")), "{:?}", shop.writes());
    shop.one_ticket_a_group(tickets);
}

/// Bandit has no fingerprints at all, Semgrep the same one everywhere until an older version writes real ones.
fn moves(group_by: &str, bandit: usize, semgrep: usize) {
    let shop = Shop::open();
    shop.configure(json!({"group-by": group_by}));
    shop.fixture("bandit.sarif");
    shop.fixture("semgrep.sarif");
    let all = bandit + semgrep;
    assert_eq!(shop.run_well(&Event::push("main", 1)).actions(), only("created", all));

    shop.fixture("shifted/bandit.sarif");
    shop.fixture("shifted/semgrep.sarif");
    nothing_new(&shop, 2, all);
    assert_eq!(shop.writes(), [""; 0], "moved lines are no change");

    shuffled(&shop, "reports/bandit.sarif");
    shuffled(&shop, "reports/semgrep.sarif");
    nothing_new(&shop, 3, all);
    assert_eq!(shop.writes(), [""; 0], "nor is another order");

    shop.fixture("older/bandit.sarif");
    shop.fixture("older/semgrep.sarif");
    nothing_new(&shop, 4, all);
    nothing_new(&shop, 5, all);
    assert_eq!(shop.writes(), [""; 0], "the other version is known by then");
}

#[test]
fn moved_lines_another_order_and_another_scanner_version_file_nothing() {
    moves("type", 18, 4);
}

#[test]
fn the_same_holds_where_each_finding_has_its_ticket() {
    moves("vulnerability", 22, 10);
}

#[test]
fn the_same_holds_where_each_file_has_its_ticket() {
    moves("file", 3, 7);
}

#[test]
fn a_ticket_in_progress_is_tracked() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    shop.go("SEC-1", "In Progress");
    assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["tracked SEC-1"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_ticket_that_was_moved_to_another_project_is_tracked() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    assert_eq!(shop.sim.state().move_issue("alice", "SEC-1", "OPS").as_deref(), Some("OPS-1"));
    assert_eq!(shop.run_well(&Event::pull_request(7, "feature", 1)).tickets(), ["tracked OPS-1"]);
    assert_eq!(
        shop.writes(),
        ["POST issues/7/comments 201", "PATCH pulls/7 200"],
        "the new key is told and shown"
    );
    assert_eq!(shop.shown(7, &["SEC-1", "OPS-1"]), ["OPS-1"]);
}

#[test]
fn a_deleted_ticket_is_filed_anew() {
    let shop = Shop::with(&rules(2));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    assert!(shop.sim.state().delete("SEC-1"));
    let ran = shop.run(&Event::pull_request(7, "feature", 2));
    // a deleted ticket cannot be told from one that was moved out of sight
    ran.fails(0, &["SEC-1: this ticket can no longer be found", "its findings are filed again"]);
    assert_eq!(ran.problems().lines().count(), 1, "{}", ran.problems());
    assert_eq!(ran.tickets(), ["created SEC-3", "tracked SEC-2"]);
    assert_eq!(shop.writes(), ["POST issue/bulk 201", "POST issues/7/comments 201", "PATCH pulls/7 200"]);
    assert_eq!(shop.shown(7, &["SEC-1", "SEC-2", "SEC-3"]), ["SEC-2", "SEC-3"]);
    // once is enough
    let ran = shop.run_well(&Event::pull_request(7, "feature", 2));
    assert_eq!(
        (ran.tickets(), shop.writes().len()),
        (vec!["tracked SEC-2".into(), "tracked SEC-3".into()], 0)
    );
}

#[test]
fn the_severest_come_first_where_there_is_a_limit() {
    let shop = Shop::with(&[
        found("LOW", "a.py", 1, "a").scored("2.0"),
        found("CRITICAL", "b.py", 1, "b").scored("9.9"),
        found("MEDIUM", "c.py", 1, "c").scored("5.0"),
    ]);
    let ran = shop.run_with(&Event::push("main", 1), &["--max-new", "1"]);
    assert_eq!(
        (ran.code, ran.tickets()),
        (0, vec!["created SEC-1".into(), "deferred -".into(), "deferred -".into()])
    );
    assert!(shop.ticket("SEC-1").summary.contains("CRITICAL"), "{}", shop.ticket("SEC-1").summary);
    shop.run_well(&Event::push("main", 1));
    shop.one_ticket_a_group(3);
}

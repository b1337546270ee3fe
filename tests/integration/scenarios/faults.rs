//! Whatever fails, nothing is lost and nothing is filed twice.

use super::event::Event;
use super::sarif::rules;
use super::shop::{Ran, Shop, only};
use crate::simulator::{Auth, Face, Fault, Kind, Nth, Options, Simulator};

const GROUPS: usize = 3;

/// A run that files three groups while this goes wrong with the bulk create.
fn create_with(nth: Nth, kind: Kind) -> (Shop, Ran) {
    let shop = Shop::with(&rules(GROUPS));
    shop.fault("/issue/bulk", nth, kind);
    let ran = shop.run(&Event::push("main", 1));
    (shop, ran)
}

/// The answer was lost, and the tickets are found all the same.
fn found_again(kind: Kind) {
    let (shop, ran) = create_with(Nth::Only(1), kind);
    assert_eq!((ran.code, ran.actions()), (0, only("created", GROUPS)), "{}", ran.errors);
    let creates = shop.sim.writes().into_iter().filter(|one| one.path.ends_with("/issue/bulk"));
    let sent: usize = creates.map(|one| one.body["issueUpdates"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(sent, GROUPS, "a create is never sent again");
    shop.one_ticket_a_group(GROUPS);
    shop.run_well(&Event::push("main", 2));
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_create_whose_answer_is_cut_off_is_found() {
    found_again(Kind::CutAfter);
}

#[test]
fn a_create_that_a_server_error_hides_is_found() {
    found_again(Kind::StatusAfter(500));
}

#[test]
fn a_create_that_a_gateway_error_hides_is_found() {
    found_again(Kind::StatusAfter(502));
}

#[test]
fn a_create_with_a_garbled_answer_is_found() {
    found_again(Kind::Garbage);
}

#[test]
fn a_create_that_the_index_does_not_know_yet_is_found_by_the_keys_that_follow() {
    // longer than the looks for what was lost go on
    let shop = Shop::with_lag(std::time::Duration::from_secs(12));
    shop.report(&rules(GROUPS));
    shop.fault("/issue/bulk", Nth::Only(1), Kind::CutAfter);
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", GROUPS));
    shop.one_ticket_a_group(GROUPS);
}

#[test]
fn a_create_that_cannot_be_looked_for_at_once_is_looked_for_again() {
    let shop = Shop::with_lag(std::time::Duration::from_secs(12));
    shop.report(&rules(GROUPS));
    shop.fault("/issue/bulk", Nth::Only(1), Kind::CutAfter);
    shop.fault("/issue/bulkfetch", Nth::Only(1), Kind::Status(400, Vec::new(), "{}".into()));
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", GROUPS));
    shop.one_ticket_a_group(GROUPS);
}

/// The create did not happen, which cannot be told: it is exported, and the next run's.
fn unknown(kind: Kind) {
    let (shop, ran) = create_with(Nth::Only(1), kind);
    ran.fails(4, &["could not be filed", "casefile-export/"]);
    // the first was made alone, and the others are made all the same
    assert_eq!(ran.actions(), [("created".to_owned(), GROUPS - 1), ("failed".to_owned(), 1)].into());
    assert_eq!(shop.writes().len(), 3, "{:?}", shop.writes());
    let exported: serde_json::Value =
        serde_json::from_str(&shop.read("casefile-export/tickets.json").unwrap()).unwrap();
    assert_eq!(exported["tickets"].as_array().map(Vec::len), Some(1));
    shop.one_ticket_a_group(GROUPS - 1);
    let next = shop.run_well(&Event::push("main", 2));
    assert_eq!(next.actions(), [("created".to_owned(), 1), ("tracked".to_owned(), GROUPS - 1)].into());
    shop.one_ticket_a_group(GROUPS);
    assert_eq!(shop.read("casefile-export/tickets.json"), None, "what is filed is no longer exported");
}

#[test]
fn a_create_that_may_have_happened_and_did_not_is_the_next_runs() {
    // side by side: each looks for its tickets for ten seconds
    std::thread::scope(|scope| {
        scope.spawn(|| unknown(Kind::CutBefore));
        scope.spawn(|| unknown(Kind::Status(500, Vec::new(), String::new())));
        scope.spawn(|| unknown(Kind::Status(502, Vec::new(), "<html>".into())));
    });
}

#[test]
fn an_unfiled_ticket_does_not_break_a_build_that_asked_for_that() {
    let shop = Shop::with(&rules(1));
    shop.fault("/issue/bulk", Nth::From(1), Kind::Status(400, Vec::new(), "{}".into()));
    let ran = shop.run_with(&Event::push("main", 1), &["--on-tracker-error", "warn"]);
    ran.fails(0, &["could not be filed", "::warning"]);
}

#[test]
fn a_busy_jira_is_asked_again_after_the_time_it_names() {
    let busy = || Kind::Status(429, vec![("retry-after", "1".into())], String::new());
    let shop = Shop::with(&rules(GROUPS));
    shop.fault("/issue/bulk", Nth::Only(1), busy());
    shop.fault("/search/jql", Nth::Only(1), busy());
    let before = std::time::Instant::now();
    let ran = shop.run_well(&Event::push("main", 1));
    assert_eq!(ran.actions(), only("created", GROUPS));
    assert!(before.elapsed().as_secs() >= 2);
    assert_eq!(shop.writes(), ["POST issue/bulk 429", "POST issue/bulk 201", "POST issue/bulk 201"]);
    shop.one_ticket_a_group(GROUPS);
}

#[test]
fn what_reads_is_asked_again() {
    for path in ["/myself", "/search/jql", "/mypermissions", "/createmeta"] {
        let shop = Shop::with(&rules(1));
        shop.fault(path, Nth::Only(1), Kind::CutBefore);
        assert_eq!(shop.run_well(&Event::push("main", 1)).tickets(), ["created SEC-1"], "{path}");
        shop.one_ticket_a_group(1);
    }
}

#[test]
fn a_failed_search_creates_nothing() {
    let shop = Shop::with(&rules(1));
    shop.fault(
        "/search/jql",
        Nth::From(1),
        Kind::Status(400, Vec::new(), r#"{"errorMessages":["no"]}"#.into()),
    );
    let ran = shop.run(&Event::pull_request(7, "feature", 1));
    ran.fails(4, &["tickets could not be read, so nothing was filed"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn an_edit_whose_answer_is_lost_is_not_repeated() {
    for (kind, edits) in [(Kind::CutAfter, 1), (Kind::StatusAfter(502), 1), (Kind::CutBefore, 2)] {
        let shop = Shop::with(&rules(1));
        shop.run_well(&Event::push("main", 1));
        let mut all = rules(1);
        all.push(super::sarif::found("R1", "src/new.py", 8, "call_1(y)"));
        shop.report(&all);
        shop.fault("/rest/api/3/issue/1", Nth::Only(1), kind);
        assert_eq!(shop.run_well(&Event::push("main", 2)).tickets(), ["updated SEC-1"]);
        assert_eq!(shop.writes().len(), edits, "{:?}", shop.writes());
        assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
        shop.run_well(&Event::push("main", 3));
        assert_eq!(shop.writes(), [""; 0]);
    }
}

/// A shop in which an edit with a comment is due.
fn grown() -> Shop {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    let mut all = rules(1);
    all.push(super::sarif::found("R1", "src/new.py", 8, "call_1(y)"));
    shop.report(&all);
    shop
}

#[test]
fn an_edit_that_is_lost_twice_is_the_next_runs() {
    let shop = grown();
    shop.fault("/rest/api/3/issue/1", Nth::From(1), Kind::CutBefore);
    assert_eq!(shop.run(&Event::push("main", 2)).code, 4);
    let edits = shop.writes().iter().filter(|write| write.starts_with("PUT")).count();
    assert_eq!(edits, 2, "{:?}", shop.writes());
    shop.sim.clear_faults();
    assert_eq!(shop.run_well(&Event::push("main", 3)).tickets(), ["updated SEC-1"]);
    assert_eq!(shop.ticket("SEC-1").comments.len(), 1);
}

#[test]
fn an_edit_of_which_nobody_can_say_whether_it_landed_is_not_sent_again() {
    let shop = grown();
    shop.fault("/rest/api/3/issue/1", Nth::Only(1), Kind::CutAfter);
    // the slices and the texts are read before it
    shop.fault("/bulkfetch", Nth::From(3), Kind::Status(500, Vec::new(), String::new()));
    assert_eq!(shop.run(&Event::push("main", 2)).code, 4);
    let edits = shop.writes().iter().filter(|write| write.starts_with("PUT")).count();
    assert_eq!((edits, shop.ticket("SEC-1").comments.len()), (1, 1), "{:?}", shop.writes());
    shop.sim.clear_faults();
    shop.run_well(&Event::push("main", 3));
    assert_eq!((shop.writes(), shop.ticket("SEC-1").comments.len()), (Vec::new(), 1));
}

/// Nothing is written anywhere, and the credentials are named.
fn signed_out(shop: &Shop) {
    let ran = shop.run(&Event::pull_request(7, "feature", 2));
    ran.fails(4, &["PROVIDER_AUTH_REQUIRED", "JIRA_API_TOKEN"]);
    assert_eq!(shop.writes(), [""; 0]);
    let warned = shop.run_with(&Event::push("main", 2), &["--on-tracker-error", "warn"]);
    warned.fails(0, &["PROVIDER_AUTH_REQUIRED", "::warning"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn a_wrong_token_is_said_and_nothing_is_written() {
    let shop = Shop::with(&rules(1));
    shop.sim.state().users[0].token = Some("another".into());
    signed_out(&shop);
}

#[test]
fn a_jira_that_answers_as_if_nobody_had_asked_is_not_believed() {
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::push("main", 1));
    shop.sim.state().auth = Auth::Nobody;
    shop.sim.state().users[0].token = Some("another".into());
    signed_out(&shop);
}

#[test]
fn a_token_that_dies_under_way_files_nothing_twice() {
    let shop = Shop::with(&rules(GROUPS));
    let nobody = || vec![("x-seraph-loginreason", "AUTHENTICATED_FAILED".to_owned())];
    shop.fault(
        "/search/jql",
        Nth::From(1),
        Kind::Status(200, nobody(), r#"{"issues":[],"isLast":true}"#.into()),
    );
    let ran = shop.run(&Event::push("main", 1));
    ran.fails(4, &["PROVIDER_AUTH_REQUIRED"]);
    assert_eq!(shop.writes(), [""; 0]);
}

#[test]
fn github_in_trouble_costs_no_ticket() {
    // a push asks GitHub nothing that its tickets need
    let shop = Shop::with(&rules(1));
    shop.sim.state().github.remaining = 0;
    let ran = shop.run(&Event::push("feature", 1));
    assert_eq!(ran.tickets(), ["created SEC-1"]);
    // in a pull request the default branch says where the credential goes, and what may be filed: without its word
    // nothing leaves, wherever the tracker is said to be, and everything is exported
    let elsewhere = Simulator::start(Options::default());
    for url in [None, Some(elsewhere.jira_url())] {
        let shop = Shop::with(&rules(1));
        shop.sim.state().github.remaining = 0;
        let event = Event::pull_request(7, "feature", 1);
        let named = match &url {
            Some(url) => Event::pull_request(7, "feature", 1).with("JIRA_BASE_URL", url),
            None => Event::pull_request(7, "feature", 1),
        };
        let ran = shop.run(&named);
        ran.fails_early(
            4,
            &["GitHub's rate limit has been reached", "nothing is sent", "run casefile again in"],
        );
        assert!(!ran.errors.contains("permissions"), "{}", ran.errors);
        assert_eq!((shop.calls(), elsewhere.journal().len()), (0, 0));
        let exported = shop.read("casefile-export/tickets.json").unwrap();
        assert!(exported.contains("src/"), "{exported}");
        shop.sim.state().github.remaining = 1000;
        assert_eq!(shop.run_well(&event).tickets(), ["created SEC-1"]);
        assert_eq!(shop.writes(), ["POST issue/bulk 201", "PATCH pulls/7 200"]);
    }
}

#[test]
fn what_github_answers_for_a_moment_is_asked_again() {
    let seconds = |seconds: &str| vec![("retry-after", seconds.to_owned())];
    let abuse = r#"{"message": "You have triggered an abuse detection mechanism."}"#;
    for (status, headers, body) in [
        (429, seconds("1"), "{}"),
        (403, seconds("1"), abuse),
        (502, Vec::new(), "<html>"),
        (503, seconds("1"), ""),
    ] {
        let shop = Shop::with(&rules(1));
        let (face, path_contains) = (Some(Face::GitHub), "contents".to_owned());
        let kind = Kind::Status(status, headers, body.to_owned());
        shop.sim.fault(Fault { face, method: None, path_contains, nth: Nth::Only(1), kind });
        assert_eq!(shop.run_well(&Event::pull_request(7, "feature", 1)).tickets(), ["created SEC-1"]);
    }
}

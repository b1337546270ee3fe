//! What is done about a webhook, and what is not.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;

#[test]
fn a_status_moved_in_jira_shows_at_once_and_a_replay_changes_nothing() {
    for deployment in Deployment::BOTH {
        let shop = Shop::on(deployment);
        shop.report(&super::super::sarif::rules(1));
        shop.run_well(&super::super::event::Event::pull_request(7, "feature", 1));
        shop.configure(json!({"repository": "github.com/acme/shop"}));
        let server = Server::start(&shop, &[], &[]);
        shop.go("SEC-1", "In Progress");
        shop.sim.clear_journal();
        let sent = Instant::now();
        assert_eq!(server.tell(&shop, "SEC-1"), 200);
        // two seconds are meant; a machine that builds something else beside the test is slower
        assert!(sent.elapsed() < Duration::from_secs(20), "{:?}", sent.elapsed());
        assert!(row(&shop, "SEC-1").contains("| ▶ In Progress |"), "{}", row(&shop, "SEC-1"));
        assert_eq!(shop.writes(), FIRST_CHANGE);
        assert_eq!(timeline(&shop, 7), [r#"SEC-1: status changed from "To Do" to "In Progress""#]);
        for _ in 0..2 {
            shop.sim.clear_journal();
            assert_eq!(server.tell(&shop, "SEC-1"), 200);
            assert_eq!(shop.writes(), NOTHING);
        }
        let line = server.wait_for("handled a webhook");
        assert_eq!(
            (&line["site"], &line["repositories"], &line["changed"]),
            (&json!("default"), &json!(1), &json!(1))
        );
    }
}

#[test]
fn what_is_not_signed_is_answered_alike_and_asks_for_nothing() {
    let (shop, server) = served(1);
    shop.go("SEC-1", "Done");
    let body = webhook(&shop, "SEC-1");
    let good = sign(SECRET, &body);
    let check = |path: &str, signature: Option<&str>, body: &[u8]| {
        assert_eq!(server.post(path, signature, body), 200, "{path} {signature:?}");
        assert_eq!(shop.sim.journal().len(), 0, "{path} {signature:?}");
    };
    check("/webhooks/jira", None, &body);
    check("/webhooks/jira", Some(""), &body);
    check("/webhooks/jira", Some("sha256="), &body);
    check("/webhooks/jira", Some(&sign("", &body)), &body);
    check("/webhooks/jira", Some(&sign("another", &body)), &body);
    check("/webhooks/jira", Some(&good), &body[1..]);
    check("/webhooks/jira", Some(&good.replace("sha256", "sha1")), &body);
    check("/webhooks/jira/ops", Some(&good), &body);
    check("/webhooks/jira/default", Some(&good), &body);
    // signed, and still nothing that is ours
    for body in [&b""[..], b"{", b"null", br#"{"issue":{"id":"x"}}"#, b"\xff\xfe"] {
        check("/webhooks/jira", Some(&sign(SECRET, body)), body);
    }
    assert_eq!(server.post("/webhooks/jira", Some(&good), &body), 200);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert_eq!(server.get("/webhooks/jira"), 405);
    assert_eq!((server.get("/healthz"), server.get("/"), server.get("/webhooks")), (200, 404, 404));
    assert_eq!(server.post("/healthz", None, b""), 405);
    assert_eq!(server.ask(b"nonsense\r\n\r\n"), 400);
}

#[test]
fn a_log_that_says_more_is_not_about_connections() {
    let shop = filed(1);
    shop.configure(json!({"repository": "github.com/acme/shop"}));
    let lines = |flag: &str| {
        let mut server = Server::start(&shop, &[], &[flag]);
        assert_eq!(server.tell(&shop, "SEC-1"), 200);
        assert_eq!(server.end(), 0);
        server.log().len()
    };
    let (more, all) = (lines("-v"), lines("-vv"));
    assert!(more < 10 && all > 2 * more, "{more} lines, then {all}");
}

#[test]
fn a_ticket_of_somebody_else_is_looked_up_and_left() {
    let (shop, server) = served(1);
    let key =
        shop.sim.state().add_issue("SEC", "alice", |issue| issue.labels = vec!["theirs".into()]).unwrap();
    assert_eq!(server.tell(&shop, &key), 200);
    let faces: Vec<_> = shop.sim.journal().iter().map(|entry| entry.path.clone()).collect();
    assert_eq!(faces, ["/rest/api/3/issue/bulkfetch"]);
    // its labels say nothing of whose it is: the ticket does
    shop.sim.clear_journal();
    let body = webhook(&shop, &key);
    let body = String::from_utf8(body).unwrap().replace("theirs", "casefile").into_bytes();
    assert_eq!(server.post("/webhooks/jira", Some(&sign(SECRET, &body)), &body), 200);
    assert_eq!(shop.sim.journal().len(), 1);
}

#[test]
fn a_deleted_ticket_is_shown_as_deleted() {
    let (shop, server) = served(1);
    let body = webhook(&shop, "SEC-1");
    let body =
        String::from_utf8(body).unwrap().replace("jira:issue_updated", "jira:issue_deleted").into_bytes();
    shop.sim.state().delete("SEC-1");
    assert_eq!(server.post("/webhooks/jira", Some(&sign(SECRET, &body)), &body), 200);
    assert_eq!(shop.writes(), FIRST_CHANGE);
    assert!(row(&shop, "SEC-1").contains("| _deleted, or not visible_ |"));
}

#[test]
fn the_address_may_name_the_ticket() {
    let (shop, server) = served(1);
    let body = webhook(&shop, "SEC-1");
    let mut statuses = ["In Progress", "Done", "To Do"].into_iter();
    // Jira fills in `${issue.key}`, and can leave the body out
    for (path, body) in [("/webhooks/jira/SEC-1", body.as_slice()), ("/webhooks/jira/SEC-1", b"")] {
        let status = statuses.next().unwrap();
        shop.go("SEC-1", status);
        assert_eq!(server.post(path, Some(&sign("another", body)), body), 200);
        assert!(!row(&shop, "SEC-1").contains(&format!(" {status} |")), "it is not signed with the secret");
        assert_eq!(server.post(path, Some(&sign(SECRET, body)), body), 200);
        assert!(row(&shop, "SEC-1").contains(&format!(" {status} |")), "{path}");
    }
    // a ticket that there is not, or no key
    shop.sim.clear_journal();
    for path in ["/webhooks/jira/SEC-404", "/webhooks/jira/sec-1", "/webhooks/jira/nobody/SEC-1"] {
        assert_eq!(server.post(path, Some(&sign(SECRET, b"")), b""), 200, "{path}");
    }
    assert_eq!(shop.writes(), NOTHING);
    // a deleted one is known by the key that is shown
    let id = shop.ticket("SEC-1").id;
    shop.sim.state().issues.remove(&id);
    assert_eq!(server.post("/webhooks/jira/SEC-1", Some(&sign(SECRET, b"")), b""), 200);
    assert!(row(&shop, "SEC-1").contains("deleted"), "{}", shop.description(7));
}

#[test]
fn the_address_may_name_site_and_ticket() {
    let shop = filed_on(Deployment::DataCenter, 1);
    let url = shop.sim.data_center_url();
    let site = json!({"url": url, "deployment": "data-center", "allow-networks": ["127.0.0.0/8"]});
    let config = json!({"repository": "github.com/acme/shop", "serve": {"sites": {"ops": site}}});
    shop.configure(config);
    let own = [("JIRA_PERSONAL_ACCESS_TOKEN_OPS", "sim-token"), ("JIRA_WEBHOOK_SECRET_OPS", "another")];
    let server = Server::start(&shop, &own, &[]);
    shop.go("SEC-1", "Done");
    assert_eq!(server.post("/webhooks/jira/ops/SEC-1", Some(&sign(SECRET, b"")), b""), 200);
    assert!(row(&shop, "SEC-1").contains("| To Do |"), "it is signed with the secret of another site");
    assert_eq!(server.post("/webhooks/jira/ops/SEC-1", Some(&sign("another", b"")), b""), 200);
    assert!(row(&shop, "SEC-1").contains("| ✔ Done |"), "{}", shop.description(7));
}

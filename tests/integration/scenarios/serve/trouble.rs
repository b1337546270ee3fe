//! Failures on our side are answered so that Jira sends the webhook again, and the end is in order.

use super::*;
use crate::scenarios::slack::{OK, Slack};
use crate::simulator::{Face, Fault, Kind, Nth};

fn github_fails(shop: &Shop, method: &'static str, nth: Nth, kind: Kind) {
    let fault = Fault {
        face: Some(Face::GitHub),
        method: Some(method),
        path_contains: "/pulls".to_owned(),
        nth,
        kind,
    };
    shop.sim.fault(fault);
}

#[test]
fn what_github_does_not_take_is_done_when_jira_sends_it_again() {
    let (shop, server) = served(1);
    shop.go("SEC-1", "Done");
    let kind = Kind::Status(422, Vec::new(), r#"{"message":"Validation Failed"}"#.to_owned());
    for (method, kind) in [
        ("GET", Kind::Status(401, Vec::new(), r#"{"message":"Bad credentials"}"#.to_owned())),
        ("PATCH", kind),
        ("PATCH", Kind::Status(502, Vec::new(), String::new())),
    ] {
        github_fails(&shop, method, Nth::From(1), kind);
        assert_eq!(server.tell(&shop, "SEC-1"), 503, "{method}");
        shop.sim.clear_faults();
        assert!(!row(&shop, "SEC-1").contains("| ✔ Done |"));
    }
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert!(row(&shop, "SEC-1").contains("| ✔ Done |"));
    assert_eq!(timeline(&shop, 7).len(), 1, "{:?}", timeline(&shop, 7));
    shop.sim.clear_journal();
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert_eq!(shop.writes(), NOTHING);
    let failed = server.wait_for("a webhook could not be handled; Jira will send it again");
    assert!(failed["error"].as_str().unwrap().contains("GitHub did not accept the token"), "{failed}");
}

#[test]
fn a_failure_is_told_once_however_often_it_comes() {
    let slack = Slack::open(OK);
    let shop = filed(1);
    shop.configure(json!({"repository": "github.com/acme/shop"}));
    let server = Server::start(&shop, &[("SLACK_WEBHOOK_URL", &slack.address())], &[]);
    shop.go("SEC-1", "Done");
    github_fails(&shop, "GET", Nth::From(1), Kind::Status(401, Vec::new(), "{}".to_owned()));
    assert_eq!([server.tell(&shop, "SEC-1"), server.tell(&shop, "SEC-1")], [503, 503]);
    server.wait_for("a webhook could not be handled; Jira will send it again");
    std::thread::sleep(Duration::from_millis(500));
    let [text] = slack.texts().try_into().unwrap();
    for words in ["*casefile serve: a webhook could not be handled*", "GitHub did not accept the token"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_timeline_that_github_refuses_is_told_when_jira_sends_it_again() {
    let (shop, server) = served(1);
    shop.go("SEC-1", "Done");
    let kind = Kind::Status(403, Vec::new(), r#"{"message":"no"}"#.to_owned());
    let path_contains = "/comments".to_owned();
    let (face, method) = (Some(Face::GitHub), Some("POST"));
    shop.sim.fault(Fault { face, method, path_contains, nth: Nth::From(1), kind });
    assert_eq!(server.tell(&shop, "SEC-1"), 503, "the timeline is refused");
    shop.sim.clear_faults();
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert_eq!(timeline(&shop, 7).len(), 1, "{:?}", timeline(&shop, 7));
}

#[test]
fn what_jira_does_not_answer_is_no_deletion() {
    let (shop, server) = served(1);
    let section = shop.description(7);
    shop.go("SEC-1", "Done");
    shop.fault("/issue/bulkfetch", Nth::From(1), Kind::Status(401, Vec::new(), "{}".to_owned()));
    assert_eq!(server.tell(&shop, "SEC-1"), 503);
    assert_eq!((shop.writes(), shop.description(7)), (Vec::new(), section));
    shop.sim.clear_faults();
    assert_eq!(server.tell(&shop, "SEC-1"), 200);
    assert!(row(&shop, "SEC-1").contains("| ✔ Done |"));
}

#[test]
fn at_the_end_what_was_begun_is_finished() {
    let (shop, mut server) = served(1);
    shop.go("SEC-1", "Done");
    github_fails(&shop, "GET", Nth::Only(1), Kind::Stall(Duration::from_secs(3)));
    let address = server.address;
    let body = webhook(&shop, "SEC-1");
    let signature = sign(SECRET, &body);
    let (code, answered) = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let head = format!(
                "POST /webhooks/jira HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\nx-hub-signature: {signature}\r\n\r\n",
                body.len()
            );
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
            status(&mut stream)
        });
        while !shop.sim.journal().iter().any(|entry| entry.face == Face::GitHub) {
            std::thread::sleep(Duration::from_millis(10));
        }
        (server.end(), asked.join().unwrap())
    });
    assert_eq!((code, answered), (0, 200), "{:#?}", server.log());
    assert!(row(&shop, "SEC-1").contains("| ✔ Done |"));
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(server.log().last().unwrap()["message"], "ended");
}

#[test]
fn no_secret_and_nothing_that_acts_is_in_the_log() {
    let (shop, mut server) = served(1);
    let body = b"::error::x\n##[error]\x1b[31m\xe2\x80\xae";
    server.post("/webhooks/jira/%3A%3Aerror%3A%3A%0A%1b", Some("sha256=\u{202e}"), body);
    server.post("/webhooks/jira", Some(&sign(SECRET, body)), body);
    server.tell(&shop, "SEC-1");
    github_fails(
        &shop,
        "GET",
        Nth::From(1),
        Kind::Status(
            422,
            Vec::new(),
            r###"{"message":"\u001b[31m\n::error::x ##[error] \u202e"}"###.to_owned(),
        ),
    );
    assert_eq!(server.tell(&shop, "SEC-1"), 503);
    assert_eq!(server.end(), 0);
    let log = server.lines.lock().unwrap().join("\n");
    for text in [SECRET, "gh-token", "sim-token", "\u{1b}", "\u{202e}", "##[error]", "\n::error"] {
        assert!(!log.contains(text), "{text:?}: {log}");
    }
}

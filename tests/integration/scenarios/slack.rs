//! Slack is told once a run, and nobody else learns its address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::event::Event;
use super::jobs::tip;
use super::sarif::rules;
use super::shop::{Ran, Shop};
use crate::simulator::{Kind, Nth};

const PATH: &str = "/services/T000/B000/geheim";

/// What Slack's incoming webhooks take: a JSON object with `text`; they answer 200 `ok`. One message, or
/// `answer` in place of the `ok`.
pub(super) struct Slack {
    port: u16,
    posted: Receiver<(String, Value)>,
}

impl Slack {
    pub(super) fn open(answer: &'static str) -> Slack {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, posted) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if line.trim().is_empty() {
                        break;
                    }
                    let lower = line.to_lowercase();
                    length =
                        lower.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
                    head.push_str(&line);
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let _sent = write!(stream, "HTTP/1.1 {answer}");
                let request = head.lines().next().unwrap_or_default().to_owned();
                if tell.send((request, serde_json::from_slice(&body).unwrap())).is_err() {
                    return;
                }
            }
        });
        Slack { port, posted }
    }

    fn event(&self, event: Event) -> Event {
        event.with("SLACK_WEBHOOK_URL", &self.address())
    }

    /// The webhook's address, as pasting leaves it.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}\n", self.port)
    }

    /// The text of each message so far.
    pub(super) fn texts(&self) -> Vec<String> {
        std::thread::sleep(Duration::from_millis(50));
        let text = |(request, body): (String, Value)| {
            assert_eq!(request, format!("POST {PATH} HTTP/1.1"));
            body["text"].as_str().unwrap().to_owned()
        };
        self.posted.try_iter().map(text).collect()
    }
}

pub(super) const OK: &str = "200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";

/// No place that people see has the address.
fn is_secret(ran: &Ran) {
    for place in [&ran.printed, &ran.errors, &ran.outputs, &ran.summary] {
        assert!(!place.contains("geheim"), "{place}");
    }
}

#[test]
fn a_run_that_files_nothing_wrong_is_told_only_where_that_is_wanted() {
    let slack = Slack::open(OK);
    let shop = Shop::with(&rules(1));
    shop.run_well(&slack.event(Event::push("main", 1)));
    assert_eq!(slack.texts(), [""; 0]);
    shop.configure(json!({"notify": {"slack": "always"}}));
    shop.run_well(&slack.event(Event::push("main", 1)));
    let [text] = slack.texts().try_into().unwrap();
    for words in [
        "*casefile finished: acme/shop on main*",
        "1 finding in 1 report",
        "tickets: 1 tracked",
        "<https://github.com/acme/shop/actions/runs/77",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_run_that_fails_says_what_and_where_to_look() {
    let slack = Slack::open(OK);
    let shop = Shop::with(&rules(2));
    shop.fault("/issue/bulk", Nth::Every(1), Kind::Status(403, Vec::new(), "{}".to_owned()));
    let ran = shop.run_with(&slack.event(Event::push("main", 1)), &["-vv"]);
    assert_eq!(ran.code, 4);
    is_secret(&ran);
    let [text] = slack.texts().try_into().unwrap();
    for words in ["*casefile failed: acme/shop on main*", "2 tickets could not be filed", "/actions/runs/77"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let warned = shop.run_with(&slack.event(Event::push("main", 1)), &["--on-tracker-error", "warn"]);
    assert_eq!((warned.code, slack.texts().len()), (0, 1), "a failure that costs no build is told");
    shop.configure(json!({"notify": {"slack": "never"}}));
    shop.run(&slack.event(Event::push("main", 1)));
    assert_eq!(slack.texts(), [""; 0]);
}

#[test]
fn a_run_that_ends_early_is_told() {
    let slack = Slack::open(OK);
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"baseline": "nowhere.json"}));
    let ran = shop.run(&slack.event(Event::push("main", 1)));
    assert_eq!(ran.code, 2);
    let [text] = slack.texts().try_into().unwrap();
    assert!(text.contains("the baseline nowhere.json cannot be read"), "{text}");
}

#[test]
fn a_refresh_that_fails_is_told() {
    let slack = Slack::open(OK);
    let shop = Shop::with(&rules(1));
    shop.run_well(&Event::pull_request(7, "feature", 1));
    let refresh =
        |words: &[&str]| shop.command(&slack.event(Event::schedule()), &[&["refresh"], words].concat());
    assert_eq!((refresh(&[]).code, slack.texts().len()), (0, 0));
    shop.sim.state().users[0].token = Some("another".into());
    for (words, code) in [(&[][..], 4), (&["--on-tracker-error", "warn"], 0)] {
        let ran = refresh(words);
        assert_eq!(ran.code, code, "{}", ran.errors);
        is_secret(&ran);
        let [text] = slack.texts().try_into().unwrap();
        for words in ["*casefile failed: acme/shop on main*", "tickets could not be read", "/actions/runs/77"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

#[test]
fn a_ticket_that_could_not_be_moved_is_told() {
    let slack = Slack::open(OK);
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"states": {"resolved": "Done"}}));
    shop.run_well(&Event::push("main", 1));
    shop.report(&[]);
    let refused =
        Kind::Status(400, Vec::new(), r#"{"errors":{"resolution":"Resolution is required."}}"#.to_owned());
    shop.fault("/transitions", Nth::Every(1), refused);
    let ran = shop.run(&slack.event(tip(&shop, "main", 2)));
    let [text] = slack.texts().try_into().unwrap();
    assert!(text.contains("SEC-1"), "{text} {}", ran.errors);
}

#[test]
fn what_everybody_can_see_is_told_in_counts() {
    let slack = Slack::open(OK);
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"notify": {"slack": "always"}}));
    let mut event = slack.event(Event::push("main", 1));
    event.payload["repository"]["visibility"] = json!("public");
    event.payload["repository"]["private"] = json!(false);
    shop.run(&event);
    let [text] = slack.texts().try_into().unwrap();
    let summary = shop.ticket("SEC-1").summary;
    assert!(!text.contains(&summary) && !text.contains("src/f1.py") && text.contains("1 created"), "{text}");
}

#[test]
fn a_slack_that_does_not_take_it_costs_a_warning_and_no_secret() {
    for (answer, words) in [
        ("404 Not Found\r\ncontent-length: 10\r\n\r\nno_service", "404: no_service"),
        (
            "500 Oops\r\ncontent-length: 41\r\n\r\nno_service for /services/T000/B000/geheim",
            "it responded with 500",
        ),
        ("302 Found\r\nlocation: https://evil.example/geheim\r\ncontent-length: 0\r\n\r\n", "redirect"),
        ("garbage", "was not notified"),
    ] {
        let slack = Slack::open(answer);
        let shop = Shop::with(&rules(1));
        shop.configure(json!({"notify": {"slack": "always"}}));
        let ran = shop.run_with(&slack.event(Event::push("main", 1)), &["-vv"]);
        assert_eq!(ran.code, 0, "{}", ran.errors);
        assert!(
            ran.errors.contains("Slack was not notified") && ran.errors.contains(words),
            "{}",
            ran.errors
        );
        is_secret(&ran);
        assert_eq!(slack.texts().len(), 1, "sent once");
    }
    let shop = Shop::with(&rules(1));
    shop.configure(json!({"notify": {"slack": "always"}}));
    for address in [
        "http://hooks.slack.com/geheim",
        "https://u:geheim@hooks.slack.com/x",
        "geheim",
        "https://10.0.0.1/geheim",
    ] {
        let ran = shop.run(&Event::push("main", 1).with("SLACK_WEBHOOK_URL", address));
        assert_eq!(ran.code, 0);
        assert!(ran.errors.contains("Slack was not notified"), "{address}: {}", ran.errors);
        is_secret(&ran);
    }
}

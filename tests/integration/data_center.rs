//! Jira Data Center, simulated below a context path: held to the contract.

use casefile::model::answer::{Answer, Ask};
use casefile::tracker::jira::{Credentials, Jira};
use casefile::tracker::{Made, Read, Write};
use secrecy::SecretString;

use crate::contract::contract;
use crate::drafts::repository;
use crate::rig::{Behind, Rig, draft, ids, make, open};
use crate::simulator::{Face, Fault, Kind, Nth, Options, Simulator};
use crate::site::{behind, connect};
use crate::specs::Judge;

/// A site of its own for each test; nothing is in it yet.
struct Site(Simulator, #[expect(dead_code, reason = "it judges when it goes")] Option<Judge>);

impl Site {
    fn new() -> Site {
        let simulator = Simulator::start(Options::default());
        let judge = Judge::of(&simulator);
        Site(simulator, judge)
    }

    /// The requests to Jira so far, without the API's root.
    fn asked(&self) -> Vec<String> {
        let shown = |path: &str| path.trim_start_matches("/jira/rest/api/2/").to_owned();
        self.0.journal().iter().map(|entry| format!("{} {}", entry.method, shown(&entry.path))).collect()
    }
}

impl Rig for Site {
    type Tracker = Jira;

    fn tracker(&self) -> Jira {
        let (client, base) = connect(&self.0.data_center_url());
        let auth = Credentials::PersonalAccessToken { token: SecretString::from("sim-token") };
        Jira::data_center(client, base, auth)
    }

    fn project(&self) -> (&str, &str) {
        ("SEC", "10004")
    }

    fn person(&self) -> (String, String) {
        ("alice@example.com".to_owned(), "alice".to_owned())
    }

    fn behind(&self, ticket: &Made) -> Behind {
        behind(&self.0, ticket)
    }
}

contract!(Site::new());

#[test]
fn the_context_path_belongs_to_the_site() {
    let site = Site::new();
    assert_eq!(site.tracker().site(), site.0.data_center_url().trim_start_matches("http://"));
    assert!(site.tracker().site().ends_with("/jira"));
}

#[tokio::test]
async fn where_bulk_creates_are_missing_tickets_are_made_one_by_one() {
    let site = Site::new();
    let kind = Kind::Status(404, Vec::new(), "<html>no such thing".to_owned());
    let face = Some(Face::JiraDataCenter);
    site.0.fault(Fault { face, method: None, path_contains: "/issue/bulk".into(), nth: Nth::Every(1), kind });
    let long = casefile::model::write::Draft { summary: "x".repeat(256), ..draft(&site, 2) };
    let outcomes = site.tracker().create(&[draft(&site, 1), long, draft(&site, 3)]).await;
    let made: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(made, [true, false, true], "{outcomes:?}");
    assert_eq!(site.asked(), ["POST issue/bulk", "POST issue", "POST issue", "POST issue"]);
    assert_eq!(open(&site).await.len(), 2);
}

/// A new ticket that the index of another node does not know yet.
#[tokio::test]
async fn recent_tickets_are_read_where_the_search_lacks_them() {
    let site = Site::new();
    let made = make(&site, &[draft(&site, 1), draft(&site, 2), draft(&site, 3)]).await;
    let all: Vec<u64> = made.iter().map(|made| made.id.id).collect();
    site.0.state().index.blind.extend(&all[1..]);
    assert_eq!(open(&site).await, [all[0]]);
    crate::rig::go(&site, &made[2], "Done").await.unwrap();
    let recent = [&all[..], &[999_999]].concat();
    let asked = Ask::Open { labels: repository().labels(), recent, own: Vec::new(), done: false };
    assert_eq!(ids(&site, &asked).await, all[..2], "but not the one that is done");
}

#[tokio::test]
async fn a_ticket_that_was_moved_is_found_by_its_old_key() {
    let site = Site::new();
    let made = make(&site, &[draft(&site, 1)]).await.remove(0);
    let moved = site.0.state().move_issue("alice", made.key.as_str(), "OPS").unwrap();
    let Answer::Tickets(found) = site.tracker().answer(&Ask::Find(vec![made.key])).await.unwrap() else {
        panic!()
    };
    assert_eq!(found.iter().map(|ticket| ticket.key.as_str()).collect::<Vec<_>>(), [moved]);
}

/// What Cloud alone has is refused, so that the client cannot lean on it.
#[tokio::test]
async fn the_simulator_refuses_what_data_center_refuses() {
    let site = Site(Simulator::start(Options::default()), None);
    let made = make(&site, &[draft(&site, 1)]).await.remove(0);
    let client = reqwest::Client::new();
    let ask = async |method: &str, path: &str, body: serde_json::Value| {
        let url = format!("{}/rest/api/{path}", site.0.data_center_url());
        let method = method.parse().unwrap();
        let request = client.request(method, url).bearer_auth("sim-token");
        let request = request.header("content-type", "application/json").body(body.to_string());
        request.send().await.unwrap().status().as_u16()
    };
    let issue = format!("2/issue/{}", made.id.id);
    let doc = serde_json::json!({"type": "doc", "version": 1, "content": []});
    let fields = |name: &str, value: &serde_json::Value| serde_json::json!({"fields": {name: value}});
    let refused = [
        ("GET", "3/myself".to_owned(), serde_json::Value::Null, 404),
        ("POST", "2/search/jql".to_owned(), serde_json::json!({"jql": "project = SEC"}), 405),
        ("POST", "2/issue/bulkfetch".to_owned(), serde_json::json!({"issueIdsOrKeys": ["SEC-1"]}), 405),
        (
            "POST",
            "2/search".to_owned(),
            serde_json::json!({"jql": "project = SEC", "properties": ["casefile"]}),
            400,
        ),
        ("PUT", issue.clone(), fields("description", &doc), 400),
        ("PUT", issue.clone(), fields("assignee", &serde_json::json!({"accountId": "5b:1"})), 400),
        ("PUT", issue.clone(), fields("customfield_99999", &serde_json::json!("x")), 400),
        ("PUT", issue, fields("assignee", &serde_json::json!({"name": "alice"})), 204),
    ];
    for (method, path, body, expected) in refused {
        assert_eq!(ask(method, &path, body.clone()).await, expected, "{method} {path} {body}");
    }
    let elsewhere = site.0.data_center_url().replace("/jira", "/rest/api/2/serverInfo");
    assert_eq!(client.get(elsewhere).send().await.unwrap().status().as_u16(), 404);
}

//! The simulator's own behaviour, over the wire: what every other test leans on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::simulator::{Auth, Face, Fault, Kind, Moment, Nth, Options, Simulator};

#[path = "simulator/adf.rs"]
mod adf;
#[path = "simulator/arguments.rs"]
mod command_line;
#[path = "simulator/filing.rs"]
mod filing;
#[path = "simulator/github.rs"]
mod github_face;
#[path = "simulator/jira.rs"]
mod jira_face;
#[path = "simulator/searching.rs"]
mod searching;

/// What came back: status and body, or `None` when the connection broke.
type Got = Option<(u16, Value)>;

fn start() -> Simulator {
    Simulator::start(Options::default())
}

/// One request on a connection of its own.
fn send(url: &str, method: &Method, body: &Value, headers: &[(&str, &str)]) -> Got {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        let _already = rustls::crypto::ring::default_provider().install_default();
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("runtime")
    });
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().user_agent("test").build().expect("client");
        let mut request = client.request(method.clone(), url);
        if !body.is_null() {
            request = request.json(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    })
}

/// A request to Jira as `casefile`, path below `/rest/api/3/`.
fn jira(sim: &Simulator, method: Method, path: &str, body: &Value) -> Got {
    // bot@example.com:sim-token
    let credentials = "Basic Ym90QGV4YW1wbGUuY29tOnNpbS10b2tlbg==";
    send(&format!("{}/rest/api/3/{path}", sim.jira_url()), &method, body, &[("authorization", credentials)])
}

/// A request to GitHub with the token that may write.
fn github(sim: &Simulator, method: Method, path: &str, body: &Value) -> Got {
    send(&format!("{}/{path}", sim.github_url()), &method, body, &[("authorization", "Bearer gh-token")])
}

/// The fields of a Task in SEC.
fn task(summary: &str, labels: &[&str]) -> Value {
    json!({"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": summary, "labels": labels})
}

/// Creates an issue and returns its key.
fn create(sim: &Simulator, summary: &str, labels: &[&str]) -> String {
    let (status, body) =
        jira(sim, Method::POST, "issue", &json!({"fields": task(summary, labels)})).expect("answer");
    assert_eq!(status, 201, "{body}");
    body["key"].as_str().expect("key").to_owned()
}

/// Keys that a query finds, or the first message of its refusal.
fn search(sim: &Simulator, jql: &str) -> Result<Vec<String>, String> {
    let (status, body) =
        jira(sim, Method::POST, "search/jql", &json!({"jql": jql, "fields": ["key"]})).expect("answer");
    if status != 200 {
        return Err(body["errorMessages"][0].as_str().expect("message").to_owned());
    }
    Ok(body["issues"]
        .as_array()
        .expect("issues")
        .iter()
        .map(|one| one["key"].as_str().expect("key").to_owned())
        .collect())
}

fn adf(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}

fn get(sim: &Simulator, path: &str) -> Value {
    let (status, body) = jira(sim, Method::GET, path, &Value::Null).expect("answer");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// What a refused request says: all messages and errors as one text.
fn refused(sim: &Simulator, method: Method, path: &str, body: &Value, status: u16) -> String {
    let (code, answer) = jira(sim, method, path, body).expect("answer");
    assert_eq!(code, status, "{path}: {answer}");
    answer.to_string()
}

fn fault(path: &str, nth: Nth, kind: Kind) -> Fault {
    Fault { face: Some(Face::JiraCloud), method: None, path_contains: path.to_owned(), nth, kind }
}

#[test]
fn faults_strike_on_the_right_side_of_the_change() {
    // fault, whether an answer comes and its status, and how many issues there are afterwards
    let cases = [
        (Kind::CutBefore, None, 0),
        (Kind::CutAfter, None, 1),
        (Kind::Status(429, vec![("retry-after", "1".to_owned())], "{}".to_owned()), Some(429), 0),
        (Kind::StatusAfter(502), Some(502), 1),
        (Kind::Garbage, Some(200), 1),
        (Kind::Stall(Duration::from_millis(30)), Some(201), 1),
    ];
    for (kind, status, issues) in cases {
        let sim = start();
        sim.fault(fault("/issue", Nth::Only(1), kind.clone()));
        let got = jira(&sim, Method::POST, "issue", &json!({"fields": task("a", &[])}));
        assert_eq!(got.map(|(status, _)| status), status, "{kind:?}");
        assert_eq!(sim.state().issues.len(), issues, "{kind:?}");
        assert_eq!(
            sim.writes().iter().map(|entry| entry.handled).collect::<Vec<_>>(),
            [issues == 1],
            "{kind:?}"
        );
        create(&sim, "the next one is answered", &[]);
    }
}

#[test]
fn a_fault_strikes_every_nth_of_the_requests_it_matches() {
    let sim = start();
    sim.fault(fault("/myself", Nth::Every(2), Kind::CutBefore));
    let ask = |path: &str| jira(&sim, Method::GET, path, &Value::Null).map(|(status, _)| status);
    assert_eq!(
        [ask("myself"), ask("field"), ask("myself"), ask("myself"), ask("myself")],
        [Some(200), Some(200), None, Some(200), None]
    );
    sim.clear_faults();
    assert_eq!([ask("myself"), ask("myself")], [Some(200); 2]);
}

#[test]
fn hooks_are_called_at_the_nth_request_from_their_adding() {
    let sim = start();
    for (moment, issues) in [(Moment::Before, 1), (Moment::After, 3)] {
        create(&sim, "first", &[]);
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        sim.on_request(1, moment, Box::new(move || counter.store(1, Ordering::SeqCst)));
        assert_eq!(jira(&sim, Method::POST, "issue", &json!({"fields": task("cut", &[])})), None);
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(sim.state().issues.len(), issues, "{moment:?}");
    }
}

#[test]
fn the_journal_tells_writes_from_reading_by_post() {
    let sim = start();
    create(&sim, "a", &["x"]);
    search(&sim, "labels = x").expect("issues");
    jira(&sim, Method::POST, "issue/bulkfetch", &json!({"issueIdsOrKeys": ["SEC-1"]}));
    jira(&sim, Method::PUT, "issue/SEC-1", &json!({"fields": {"summary": "a\nb"}}));
    let seen = |entries: Vec<crate::simulator::Entry>| -> Vec<String> {
        entries
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one.method,
                    one.path.trim_start_matches("/rest/api/3/"),
                    one.status.unwrap_or(0)
                )
            })
            .collect()
    };
    assert_eq!(seen(sim.writes()), ["POST issue 201", "PUT issue/SEC-1 400"]);
    assert_eq!(seen(sim.journal()).len(), 4);
    assert!(sim.writes()[1].note.as_deref().is_some_and(|note| note.contains("newline")));
    let (_, listed) =
        send(&format!("{}/_sim/issues", sim.jira_url()), &Method::GET, &Value::Null, &[]).expect("answer");
    assert_eq!(listed[0]["key"], "SEC-1");
    sim.clear_journal();
    assert!(sim.journal().is_empty(), "looking on is not written down");
}

#[test]
fn credentials_are_checked_or_taken_for_nobody() {
    let sim = start();
    let ask = |path: &str, header: &str| {
        let method = if path.starts_with("search") { Method::POST } else { Method::GET };
        let body = if path.starts_with("search") { json!({"jql": "labels = x"}) } else { Value::Null };
        send(&format!("{}/rest/api/3/{path}", sim.jira_url()), &method, &body, &[("authorization", header)])
            .expect("answer")
    };
    assert_eq!(ask("myself", "Basic eDp5").0, 401);
    assert_eq!(ask("search/jql", "Bearer x").0, 401);
    create(&sim, "a", &["x"]);
    sim.state().auth = Auth::Nobody;
    assert_eq!(ask("myself", "Basic eDp5").0, 401);
    assert_eq!(ask("search/jql", "Basic eDp5"), (200, json!({"issues": [], "isLast": true})));
    assert_eq!(ask("issue/SEC-1", "Basic eDp5").0, 404);
}

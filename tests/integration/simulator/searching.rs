//! Jira Cloud: searches, their index, and the bulk fetch.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{create, get, jira, refused, search, start};

#[test]
fn searches_understand_what_casefile_asks() {
    let sim = start();
    for (summary, labels) in [("a", vec!["x", "casefile"]), ("b", vec!["y", "casefile"]), ("c", vec![])] {
        create(&sim, summary, &labels);
    }
    assert!(sim.state().transition_as("alice", "SEC-2", "Won't Do"));
    let ops = sim
        .state()
        .add_issue("OPS", "alice", |issue| issue.labels = vec!["odd\"\\".to_owned()])
        .expect("OPS");
    assert_eq!(ops, "OPS-1");
    let cases = [
        ("labels = x", "SEC-1"),
        ("labels in (x, \"y\") ORDER BY key ASC", "SEC-1 SEC-2"),
        ("labels = casefile AND statusCategory != Done", "SEC-1"),
        ("statusCategory = Done", "SEC-2"),
        ("project = \"SEC\" order by key", "SEC-1 SEC-2 SEC-3"),
        ("key in (SEC-3, OPS-1) ORDER BY id ASC", "SEC-3 OPS-1"),
        ("id in (10001)", "SEC-1"),
        ("key > \"SEC-1\" order by key asc", "SEC-2 SEC-3"),
        ("labels is EMPTY", "SEC-3"),
        ("created >= \"-1d\" and not (project = SEC)", "OPS-1"),
        ("created < -1d", ""),
        (r#"labels = "odd\"\\""#, "OPS-1"),
        ("status = \"Won't Do\" or labels = x order by key desc", "SEC-2 SEC-1"),
        ("creator = \"712020:00000000-0000-4000-8000-000000000002\"", "OPS-1"),
    ];
    for (jql, keys) in cases {
        assert_eq!(search(&sim, jql).map(|found| found.join(" ")), Ok(keys.to_owned()), "{jql}");
    }
}

#[test]
fn searches_refuse_what_jira_refuses() {
    let sim = start();
    create(&sim, "a", &["x"]);
    create(&sim, "b", &["x"]);
    assert!(sim.state().delete("SEC-2"));
    let cases = [
        ("", "Unbounded JQL"),
        ("order by key", "Unbounded JQL"),
        ("key in (SEC-1, SEC-2)", "An issue with key 'SEC-2' does not exist"),
        ("project = NONE", "The value 'NONE' does not exist"),
        ("project = INT", "reserved JQL word"),
        ("nonsense = 1", "Field 'nonsense' does not exist"),
        ("labels > x", "is not supported"),
        ("created > yesterday", "is invalid"),
        ("labels = x order by key, id, created, updated, priority, key, id, key", "must not exceed 7"),
        ("labels = \"x", "has not been completed"),
    ];
    for (jql, words) in cases {
        let message = search(&sim, jql).expect_err(jql);
        assert!(message.contains(words), "{jql}: {message}");
    }
    let ask = |body: Value| jira(&sim, Method::POST, "search/jql", &body).expect("answer").0;
    assert_eq!(ask(json!({"jql": "labels = x", "startAt": 0})), 400);
    assert_eq!(ask(json!({"jql": "labels = x", "expand": ["names"]})), 400);
    assert_eq!(ask(json!({"jql": "labels = x", "properties": ["1", "2", "3", "4", "5", "6"]})), 400);
    assert_eq!(ask(json!({"jql": "labels = x", "reconcileIssues": (1..=51).collect::<Vec<_>>()})), 400);
    assert_eq!(ask(json!({"jql": "labels = x", "nextPageToken": "1.0"})), 400);
    assert_eq!(jira(&sim, Method::GET, "search?jql=labels%3Dx", &Value::Null).expect("answer").0, 410);
}

#[test]
fn searches_go_page_by_page() {
    let sim = start();
    for number in 0..5 {
        sim.state().add_issue("SEC", "alice", |issue| {
            issue.labels = vec!["x".to_owned()];
            issue.properties.insert("casefile".to_owned(), json!(number));
        });
    }
    sim.state().short_pages = Some(2);
    let mut token = Value::Null;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let body = json!({"jql": "labels = x order by key", "maxResults": 100, "fields": ["labels"], "properties": ["casefile"], "nextPageToken": token});
        let (_, page) = jira(&sim, Method::POST, "search/jql", &body).expect("answer");
        seen.extend(
            page["issues"]
                .as_array()
                .expect("issues")
                .iter()
                .map(|one| one["properties"]["casefile"].clone()),
        );
        assert_eq!(page["issues"][0]["fields"], json!({"labels": ["x"]}));
        token = page["nextPageToken"].clone();
        assert_eq!(page["isLast"].as_bool(), Some(token.is_null()));
    }
    assert_eq!((seen, token), (vec![json!(0), json!(1), json!(2), json!(3), json!(4)], Value::Null));
    let (_, bare) = jira(&sim, Method::POST, "search/jql", &json!({"jql": "labels = x"})).expect("answer");
    assert_eq!(bare["issues"][0], json!({"id": "10005"}), "without fields there is the id alone");
}

#[test]
fn the_index_lags_but_for_reconciled_ids() {
    let sim = start();
    sim.state().index.lag = Duration::from_secs(60);
    let key = create(&sim, "a", &["x"]);
    assert_eq!(search(&sim, "labels = x"), Ok(vec![]));
    assert_eq!(get(&sim, &format!("issue/{key}"))["key"], json!(key), "reading by key needs no index");
    let body = json!({"jql": "labels = x", "fields": ["key"], "reconcileIssues": [10001]});
    assert_eq!(
        jira(&sim, Method::POST, "search/jql", &body).expect("answer").1["issues"][0]["key"],
        json!(key)
    );
    sim.state().ahead = Duration::from_secs(61);
    assert_eq!(search(&sim, "labels = x"), Ok(vec![key.clone()]));
    // A change is seen late as well, and what was seen before stays until then.
    assert!(sim.state().edit_as("bob", &key, |issue| issue.labels = vec!["y".to_owned()]));
    assert_eq!(
        (
            search(&sim, "labels = x").map(|found| found.len()),
            search(&sim, "labels = y").map(|found| found.len())
        ),
        (Ok(1), Ok(0))
    );
    sim.state().ahead = Duration::from_secs(200);
    assert_eq!(
        (
            search(&sim, "labels = x").map(|found| found.len()),
            search(&sim, "labels = y").map(|found| found.len())
        ),
        (Ok(0), Ok(1))
    );
    sim.state().index.blind.insert(10001);
    assert_eq!(search(&sim, "labels = y"), Ok(vec![]));
}

#[test]
fn bulk_fetch_follows_moves_and_is_silent_on_the_rest() {
    let sim = start();
    for summary in ["a", "b", "c"] {
        create(&sim, summary, &[]);
    }
    assert_eq!(sim.state().move_issue("alice", "SEC-1", "OPS").as_deref(), Some("OPS-1"));
    assert!(sim.state().delete("SEC-2"));
    let body = json!({"issueIdsOrKeys": ["10003", "SEC-2", "SEC-1", "NONE-1"], "fields": ["summary"]});
    let (_, answer) = jira(&sim, Method::POST, "issue/bulkfetch", &body).expect("answer");
    let keys: Vec<_> =
        answer["issues"].as_array().expect("issues").iter().map(|one| one["key"].clone()).collect();
    assert_eq!(keys, [json!("OPS-1"), json!("SEC-3")]);
    assert_eq!(get(&sim, "issue/SEC-1?fields=project")["fields"]["project"]["key"], "OPS");
    refused(&sim, Method::POST, "issue/bulkfetch", &json!({"issueIdsOrKeys": vec!["1"; 101]}), 400);
    sim.state().project_mut("OPS").expect("OPS").revoke("BROWSE_PROJECTS");
    refused(&sim, Method::GET, "issue/10001", &Value::Null, 404);
    assert_eq!(search(&sim, "summary ~ a"), Ok(vec![]));
    let message = search(&sim, "id = 10001").expect_err("invisible");
    assert!(message.contains("does not exist"), "{message}");
    assert!(search(&sim, "project = OPS").is_err());
}

#[test]
fn what_a_security_level_hides_is_nowhere_to_be_seen() {
    let sim = start();
    sim.state().project_mut("SEC").expect("SEC").hides_new = true;
    let key = create(&sim, "a", &["x"]);
    refused(&sim, Method::GET, &format!("issue/{key}"), &Value::Null, 404);
    assert_eq!(search(&sim, "labels = x"), Ok(vec![]));
    let body = json!({"issueIdsOrKeys": [key]});
    let (_, answer) = jira(&sim, Method::POST, "issue/bulkfetch", &body).expect("answer");
    assert_eq!((answer["issues"].as_array().map(Vec::len), sim.state().issues.len()), (Some(0), 1));
}

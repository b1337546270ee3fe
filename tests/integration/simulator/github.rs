//! GitHub's face.

use reqwest::Method;
use serde_json::{Value, json};

use super::{github, send, start};

#[test]
fn bodies_are_kept_to_the_byte_and_bounded() {
    let sim = start();
    let path = "repos/acme/shop/pulls/7";
    let (_, pull) = github(&sim, Method::GET, path, &Value::Null).expect("answer");
    assert_eq!(
        (pull["body"].as_str(), pull["head"]["repo"]["id"].as_u64()),
        (Some("What this does.\r\n\r\nAnd why."), Some(4711))
    );
    let patch = |body: &str| github(&sim, Method::PATCH, path, &json!({"body": body})).expect("answer");
    assert_eq!(patch(&"ä".repeat(65_536)).0, 200);
    let (status, refusal) = patch(&"a".repeat(65_537));
    assert_eq!((status, refusal["errors"][0]["field"].as_str()), (422, Some("body")));
    assert_eq!(patch("a\r\n<b>").1["body"], "a\r\n<b>");
    assert_eq!(sim.state().github.pull("acme/shop", 7).map(|pull| pull.edits.len()), Some(2));
}

#[test]
fn tokens_decide() {
    let sim = start();
    let url = format!("{}/repos/acme/shop/pulls/7", sim.github_url());
    let ask = |method: &Method, headers: &[(&str, &str)]| {
        let body = if *method == Method::GET { Value::Null } else { json!({"body": "x"}) };
        let (status, body) = send(&url, method, &body, headers).expect("answer");
        (status, body["message"].as_str().unwrap_or_default().to_owned())
    };
    let read_only = ("authorization", "token gh-read-only");
    assert_eq!(ask(&Method::GET, &[("authorization", "Bearer x")]), (401, "Bad credentials".to_owned()));
    assert_eq!(ask(&Method::GET, &[]).0, 404, "private");
    assert_eq!(ask(&Method::GET, &[read_only]).0, 200);
    assert_eq!(ask(&Method::PATCH, &[read_only]), (403, "Resource not accessible by integration".to_owned()));
    assert_eq!(ask(&Method::PATCH, &[("authorization", "Bearer gh-token"), ("if-match", "\"x\"")]).0, 400);
    sim.state().github.repository_mut("acme/shop").expect("repository").private = false;
    assert_eq!(ask(&Method::GET, &[]).0, 200);
    sim.state().github.remaining = 0;
    assert_eq!(ask(&Method::GET, &[read_only]).0, 403);
}

#[test]
fn comments_come_and_go() {
    let sim = start();
    let post = |body: &str| {
        github(&sim, Method::POST, "repos/acme/shop/issues/7/comments", &json!({"body": body}))
            .expect("answer")
    };
    let (status, first) = post("one");
    assert_eq!((status, post("").0), (201, 422));
    post("two");
    let own = format!("repos/acme/shop/issues/comments/{}", first["id"]);
    assert_eq!(github(&sim, Method::PATCH, &own, &json!({"body": "uno"})).expect("answer").1["body"], "uno");
    let list = |query: &str| {
        let (_, list) =
            github(&sim, Method::GET, &format!("repos/acme/shop/issues/7/comments{query}"), &Value::Null)
                .expect("answer");
        list.as_array()
            .expect("list")
            .iter()
            .map(|one| one["body"].as_str().expect("text").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(""), ["uno", "two"]);
    assert_eq!(list("?per_page=1&page=2"), ["two"]);
    assert_eq!(github(&sim, Method::DELETE, &own, &Value::Null).expect("answer").0, 204);
    assert_eq!(github(&sim, Method::GET, &own, &Value::Null).expect("answer").0, 404);
    assert_eq!(list(""), ["two"]);
}

#[test]
fn pull_requests_are_found() {
    let sim = start();
    let head = sim.state().github.pull("acme/shop", 7).expect("pull").head.1.clone();
    let count = |path: &str| {
        let (status, body) = github(&sim, Method::GET, path, &Value::Null).expect("answer");
        assert_eq!(status, 200, "{path}: {body}");
        body.as_array().map_or_else(|| body["total_count"].as_u64().unwrap_or(99), |list| list.len() as u64)
    };
    let cases = [
        ("repos/acme/shop/pulls".to_owned(), 1),
        ("repos/acme/shop/pulls?state=closed".to_owned(), 0),
        ("repos/acme/shop/pulls?head=acme:feature".to_owned(), 1),
        ("repos/acme/shop/pulls?head=other:feature".to_owned(), 0),
        (format!("repos/acme/shop/commits/{head}/pulls"), 1),
        (format!("repos/acme/shop/commits/{}/pulls", "f".repeat(40)), 0),
        ("repos/acme/shop/pulls/7/files".to_owned(), 1),
        ("search/issues?q=repo:acme/shop+is:pr+is:open+%22And%22".to_owned(), 1),
        ("search/issues?q=repo:acme/shop+is:merged".to_owned(), 0),
    ];
    for (path, expected) in cases {
        assert_eq!(count(&path), expected, "{path}");
    }
    let get = |path: &str| github(&sim, Method::GET, path, &Value::Null).expect("answer").1;
    assert_eq!(get("repositories/4711")["full_name"], "acme/shop");
    assert_eq!(get("repos/acme/shop/branches/feature")["commit"]["sha"], json!(head));
    assert_eq!(get("repos/acme/shop/git/ref/heads/feature")["object"]["sha"], json!(head));
}

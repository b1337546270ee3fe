//! What is sent over the network, checked against answers in the shapes of GitHub's OpenAPI description.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::*;
use crate::error::Error;
use crate::github::client::RetryDelays;

/// The answers in the order in which they are given, and what was requested.
struct Wire {
    client: GithubClient,
    journal: Arc<Mutex<Vec<String>>>,
}

type Answer = (u16, Value);

async fn wire(answers: Vec<Answer>) -> Wire {
    let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
    let journal: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&journal);
    let app = Router::new().fallback(async move |request: Request| -> Response {
        let (head, body) = request.into_parts();
        assert_eq!(head.headers["authorization"], "Bearer ghs_secret");
        // a proxy in front of GitHub Enterprise may reject a body of unknown length
        assert!(!head.headers.contains_key("transfer-encoding"));
        let body: Bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let line = format!("{} {} {body}", head.method, head.uri.path_and_query().unwrap());
        log.lock().unwrap().push(line.trim_end().to_owned());
        let (status, answer) = answers.lock().unwrap().pop_front().expect("one request too many");
        (StatusCode::from_u16(status).unwrap(), answer.to_string()).into_response()
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}/api/v3", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = SecretString::from("ghs_secret");
    let short = Duration::from_millis(1);
    let retry =
        RetryDelays { pause: short, unspecified: short, longest: Duration::from_secs(1), settle: short };
    let client = GithubClient::new(&api, Some(&token), "acme/shop", http).unwrap().retry(retry);
    Wire { client, journal }
}

impl Wire {
    /// Compares what was requested with what should have been.
    fn asked(&self, expected: &[&str]) {
        let journal = self.journal.lock().unwrap();
        let journal: Vec<String> =
            journal.iter().map(|line| line.replace("/api/v3/repos/acme/shop/", "")).collect();
        assert_eq!(journal, expected);
        assert_eq!(self.client.requests(), expected.len() as u64);
    }
}

fn pull(number: u64, state: &str, repository: &str, sha: &str, body: &str) -> Value {
    json!({
        "number": number, "state": state, "body": body,
        "head": {"ref": "fix", "sha": sha, "repo": {"full_name": repository}},
        "base": {"ref": "main", "sha": "00", "repo": {"full_name": "acme/shop"}},
    })
}

fn body(text: &str) -> Answer {
    (200, pull(7, "open", "acme/shop", "beef", text))
}

const MINE: &str = "<!-- mine -->";

fn comment(id: u64, text: &str, kind: &str, association: &str) -> Value {
    json!({"id": id, "body": text, "user": {"login": "x", "type": kind}, "author_association": association})
}

#[tokio::test]
async fn the_pull_request_of_a_commit_is_the_one_whose_head_matches() {
    let check = async |found: Value, expected: Option<u64>| {
        let wire = wire(vec![(200, found)]).await;
        let pull = match wire.client.open_pull("Acme/shop", None, "beef").await.unwrap() {
            OfCommit::Newest(pull) => Some(pull.number),
            OfCommit::Older(_) | OfCommit::None => None,
        };
        assert_eq!(pull, expected);
        wire.asked(&["GET commits/beef/pulls?per_page=100"]);
    };
    check(json!([]), None).await;
    check(json!([pull(7, "open", "acme/shop", "BEEF", "")]), Some(7)).await;
    check(json!([pull(7, "closed", "acme/shop", "beef", "")]), None).await;
    check(json!([pull(7, "open", "eve/shop", "beef", "")]), None).await;
    check(json!([pull(7, "open", "acme/shop", "cafe", "")]), None).await;
    let two = [pull(9, "open", "acme/shop", "beef", ""), pull(8, "open", "acme/shop", "beef", "")];
    check(json!(two), Some(8)).await;
    let mut deleted = pull(7, "open", "acme/shop", "beef", "");
    deleted["head"]["repo"] = Value::Null;
    check(json!([deleted]), None).await;
}

#[tokio::test]
async fn an_answer_without_a_description_empties_none() {
    let strange = Err(GithubFailure::Strange);
    let late =
        async |body: &str| Ok::<_, GithubFailure>(Rewrite { text: format!("{body} and ours"), late: true });
    let first = wire(vec![(200, json!({}))]).await;
    assert_eq!(first.client.rewrite(7, late).await, strange);
    first.asked(&["GET pulls/7"]);
    let second = wire(vec![body("hers"), (200, json!({}))]).await;
    assert_eq!(second.client.rewrite(7, late).await, strange);
    second.asked(&["GET pulls/7", "GET pulls/7"]);
}

#[tokio::test]
async fn a_forks_pull_request_is_found_by_its_branch() {
    let fork = json!([pull(7, "open", "eve/shop", "beef", "")]);
    let wire = wire(vec![(422, json!({"message": "No commit found"})), (200, fork)]).await;
    let pull = wire.client.open_pull("eve/shop", Some("fix&x"), "beef").await.unwrap();
    assert!(matches!(pull, OfCommit::Newest(pull) if pull.number == 7));
    wire.asked(&[
        "GET commits/beef/pulls?per_page=100",
        "GET pulls?state=open&head=eve%3Afix%26x&per_page=100",
    ]);
    assert_eq!(wire.client.open_pull("eve/shop", None, "../../x").await, Ok(OfCommit::None));
}

#[tokio::test]
async fn an_older_commit_of_an_open_pull_request_is_known_as_such() {
    let check = async |by_commit: Value, by_branch: Value, expected: Option<u64>| {
        let wire = wire(vec![(200, by_commit), (200, by_branch)]).await;
        let pull = match wire.client.open_pull("acme/shop", Some("fix"), "beef").await.unwrap() {
            OfCommit::Older(pull) => Some(pull.number),
            OfCommit::Newest(_) | OfCommit::None => None,
        };
        assert_eq!(pull, expected);
    };
    let newer = || json!([pull(7, "open", "acme/shop", "cafe", "")]);
    check(newer(), json!([]), Some(7)).await;
    check(json!([]), newer(), Some(7)).await;
    check(json!([]), json!([]), None).await;
    check(json!([]), json!([pull(7, "closed", "acme/shop", "cafe", "")]), None).await;
    check(json!([pull(7, "open", "eve/shop", "cafe", "")]), json!([]), None).await;
    // it contains the commit because the branch was merged there
    let mut other = newer();
    other[0]["head"]["ref"] = json!("other");
    check(other, json!([]), None).await;
}

async fn append(text: &str) -> Result<Rewrite<String>, GithubFailure> {
    Ok(Rewrite::at_once(if text.contains("mine") { text.to_owned() } else { format!("{text} mine") }))
}

#[tokio::test]
async fn a_description_is_written_until_it_stays() {
    let check = async |answers: Vec<Answer>, expected, asked: &[&str]| {
        let wire = wire(answers).await;
        assert_eq!(wire.client.rewrite(7, append).await, Ok(expected));
        wire.asked(asked);
    };
    let (get, patch) = ("GET pulls/7", r#"PATCH pulls/7 {"body":"a mine"}"#);
    let (a, b, mine) = (body("a"), body("b"), body("a mine"));
    check(vec![mine.clone()], Written::Unchanged, &[get]).await;
    check(vec![a.clone(), mine.clone(), mine], Written::Changed, &[get, patch, get]).await;
    let lost = vec![a.clone(), a.clone(), b.clone(), b.clone(), body("b mine")];
    let again = r#"PATCH pulls/7 {"body":"b mine"}"#;
    check(lost, Written::Changed, &[get, patch, get, again, get]).await;
    let always = vec![a.clone(), a.clone(), a.clone(), a.clone(), a.clone(), a.clone(), a];
    check(always, Written::Contested, &[get, patch, get, patch, get, patch, get]).await;
}

#[tokio::test]
async fn what_a_person_writes_meanwhile_is_kept() {
    // `late`: how many times composing needs another request
    let check = async |answers: Vec<Answer>, late: usize, expected, asked: &[&str]| {
        let wire = wire(answers).await;
        let mut left = late;
        let change = async |text: &str| {
            let late = left > 0;
            left = left.saturating_sub(1);
            Ok::<_, GithubFailure>(Rewrite { late, ..append(text).await? })
        };
        assert_eq!(wire.client.rewrite(7, change).await, Ok(expected));
        wire.asked(asked);
    };
    let get = "GET pulls/7";
    let (patch, again) = (r#"PATCH pulls/7 {"body":"a mine"}"#, r#"PATCH pulls/7 {"body":"a person mine"}"#);
    let (a, person) = (body("a"), body("a person"));
    let (mine, both) = (body("a mine"), body("a person mine"));
    // nobody wrote while the tracker was queried
    let answers = vec![a.clone(), a.clone(), mine.clone(), mine.clone()];
    check(answers, 1, Written::Changed, &[get, get, patch, get]).await;
    // somebody did write
    let answers = vec![a.clone(), person.clone(), both.clone(), both.clone()];
    check(answers, 1, Written::Changed, &[get, get, again, get]).await;
    // another job's section brought new tickets, which are queried as well
    let answers = vec![a.clone(), person.clone(), person.clone(), both.clone(), both.clone()];
    check(answers, 2, Written::Changed, &[get, get, get, again, get]).await;
    // a write that has to wait is not sent again unchanged
    for refused in [(429, json!({})), (502, json!({}))] {
        let answers = vec![a.clone(), refused, person.clone(), both.clone(), both.clone()];
        check(answers, 0, Written::Changed, &[get, patch, get, again, get]).await;
    }
    // a gateway gave up although the write succeeded
    let answers = vec![a.clone(), (502, json!({})), mine];
    check(answers, 0, Written::Changed, &[get, patch, get]).await;
    // if the text never stays the same, nothing is written
    let texts = (0..7).map(|number| body(&format!("a {number}"))).collect();
    check(texts, usize::MAX, Written::Contested, &[get; 7]).await;
}

#[tokio::test]
async fn a_comment_is_made_once() {
    let check = async |answers: Vec<Answer>, expected, asked: &[&str]| {
        let wire = wire(answers).await;
        let change = async |old: Option<&str>| -> Result<Rewrite<Option<String>>, GithubFailure> {
            Ok(Rewrite::at_once(Some(old.map_or_else(|| format!("{MINE} new"), |_| format!("{MINE} kept")))))
        };
        assert_eq!(wire.client.rewrite_comment(7, MINE, change).await, Ok(expected));
        wire.asked(asked);
    };
    let look = "GET issues/7/comments?per_page=100&page=1";
    let post = r#"POST issues/7/comments {"body":"<!-- mine --> new"}"#;
    let edit = r#"PATCH issues/comments/3 {"body":"<!-- mine --> kept"}"#;
    let own = |id| comment(id, "<!-- mine --> old", "Bot", "NONE");
    let (none, made) = ((200, json!([])), (201, own(5)));
    let kept = comment(3, "<!-- mine --> kept", "User", "OWNER");
    let (edited, back) = ((200, json!({})), "GET issues/comments/3");
    let after = (200, kept.clone());
    let answers = vec![(200, json!([own(3)])), edited.clone(), after.clone()];
    check(answers, Written::Changed, &[look, edit, back]).await;
    // a concurrent job had read the old text, and wrote it back
    let answers = vec![(200, json!([own(3)])), edited.clone(), (200, own(3)), edited.clone(), after.clone()];
    check(answers, Written::Changed, &[look, edit, back, edit, back]).await;
    check(vec![(200, json!([kept]))], Written::Unchanged, &[look]).await;
    let seen = (200, json!([own(5)]));
    check(vec![none.clone(), made.clone(), seen], Written::Changed, &[look, post, look]).await;
    let duplicate = (200, json!([own(3), own(5)]));
    check(
        vec![none, made.clone(), duplicate, (204, Value::Null), (200, own(3)), edited, after],
        Written::Changed,
        &[look, post, look, "DELETE issues/comments/5", back, edit, back],
    )
    .await;
    let strangers = json!([comment(1, MINE, "User", "NONE"), comment(2, "> <!-- mine -->", "Bot", "NONE")]);
    let seen = (200, json!([own(5)]));
    check(vec![(200, strangers), made, seen], Written::Changed, &[look, post, look]).await;
}

#[tokio::test]
async fn changed_files_are_read_page_by_page() {
    let page = |count: usize| (200, json!(vec![json!({"filename": "a.py", "status": "modified"}); count]));
    let whole = wire(vec![page(100), page(3)]).await;
    let files = whole.client.files(7).await.unwrap();
    assert_eq!((files.paths.len(), files.whole), (103, true));
    whole.asked(&["GET pulls/7/files?per_page=100&page=1", "GET pulls/7/files?per_page=100&page=2"]);
    let many = wire(vec![page(100); FILE_PAGES]).await;
    assert_eq!(many.client.files(7).await.map(|files| (files.paths.len(), files.whole)), Ok((3000, false)));
}

#[tokio::test]
async fn only_what_may_happen_twice_is_repeated() {
    let bad = (502, json!({}));
    let read = wire(vec![bad.clone(), bad.clone(), body("a")]).await;
    assert_eq!(read.client.pull(7).await.map(|pull| pull.body), Ok("a".to_owned()));
    read.asked(&["GET pulls/7"; 3]);

    let patch = wire(vec![body("a"), bad.clone(), body("a"), bad.clone(), body("a"), bad.clone()]).await;
    assert!(matches!(patch.client.rewrite(7, append).await, Err(GithubFailure::Unreachable(_))));
    let both = ["GET pulls/7", r#"PATCH pulls/7 {"body":"a mine"}"#];
    patch.asked(&[both; 3].concat());

    let post = wire(vec![(200, json!([])), bad]).await;
    let change = async |_: Option<&str>| -> Result<Rewrite<Option<String>>, GithubFailure> {
        Ok(Rewrite::at_once(Some("x".to_owned())))
    };
    let outcome = post.client.rewrite_comment(7, MINE, change).await;
    assert_eq!(outcome, Err(GithubFailure::Unreachable("it responded with 502".to_owned())));
    post.asked(&["GET issues/7/comments?per_page=100&page=1", r#"POST issues/7/comments {"body":"x"}"#]);

    let limited = (429, json!({}));
    let post =
        wire(vec![(200, json!([])), limited, (201, comment(5, "x", "Bot", "NONE")), (200, json!([]))]).await;
    assert_eq!(post.client.rewrite_comment(7, MINE, change).await, Ok(Written::Changed));
}

#[tokio::test]
async fn a_read_only_token_is_told_at_once() {
    let refusal = (403, json!({"message": "Resource not accessible by integration"}));
    let wire = wire(vec![body("a"), refusal]).await;
    assert_eq!(wire.client.rewrite(7, append).await, Err(GithubFailure::ReadOnlyToken));
    wire.asked(&["GET pulls/7", r#"PATCH pulls/7 {"body":"a mine"}"#]);
}

#[tokio::test]
async fn no_error_holds_the_token() {
    let token = |text: &str| SecretString::from(text.to_owned());
    let api = "http://127.0.0.1:9/".parse().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(GithubClient::new(&api, Some(&token("ghs_\nsecret")), "acme/shop", http.clone()).is_err());
    let short = Duration::from_millis(1);
    let client = GithubClient::new(&api, Some(&token("ghs_secret")), "acme/shop", http).unwrap();
    let client =
        client.retry(RetryDelays { pause: short, unspecified: short, longest: short, settle: short });
    let failure = client.pull(7).await.unwrap_err();
    let error = format!("{failure:?} {failure} {:?}", Error::from(failure.clone()));
    assert!(error.to_lowercase().contains("refused") && !error.contains("ghs_"), "{error}");
}

/// The same with its dates.
fn timed(number: u64, updated: &str, closed: &str) -> Value {
    let mut pull = pull(number, "closed", "acme/shop", "beef", "hello");
    pull["updated_at"] = json!(updated);
    pull["closed_at"] = json!(closed);
    pull["merged_at"] = json!(closed);
    pull
}

#[tokio::test]
async fn pull_requests_are_listed_page_by_page() {
    let page = |numbers: std::ops::Range<u64>| -> Value {
        numbers.map(|number| pull(number, "open", "acme/shop", "beef", "")).collect()
    };
    let wire = wire(vec![(200, page(0..100)), (200, page(99..120))]).await;
    let listed = wire.client.open_pulls().await.unwrap();
    assert_eq!((listed.items.len(), listed.whole), (120, true), "one stood on both pages");
    let query = "GET pulls?state=open&sort=created&direction=asc&per_page=100";
    wire.asked(&[&format!("{query}&page=1"), &format!("{query}&page=2")]);
}

#[tokio::test]
async fn those_that_ended_long_ago_end_the_list() {
    let (new, old) = ("2026-06-10T00:00:00Z", "2026-05-01T00:00:00Z");
    let mut page: Vec<Value> = (0..99).map(|number| timed(number, new, new)).collect();
    page[7] = timed(7, new, old);
    page.push(timed(99, old, old));
    let wire = wire(vec![(200, json!(page))]).await;
    let listed = wire.client.closed_pulls("2026-06-01T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!((listed.items.len(), listed.whole), (98, true));
    let first = &listed.items[0];
    assert!(first.merged && !first.open && first.closed == new.parse().ok(), "{first:?}");
    wire.asked(&["GET pulls?state=closed&sort=updated&direction=desc&per_page=100&page=1"]);
}

#[tokio::test]
async fn own_comments_are_found_among_all() {
    let of = |id: u64, text: &str, kind: &str, pull: &str| {
        let mut comment = comment(id, text, kind, "NONE");
        comment["issue_url"] = json!(format!("https://api.example/repos/acme/shop/issues/{pull}"));
        comment
    };
    let mine = format!("{MINE} hello");
    let found = json!([
        of(1, &mine, "Bot", "7"),
        of(2, &mine, "User", "7"),
        of(3, "hello", "Bot", "8"),
        of(4, &mine, "Bot", "x"),
    ]);
    let wire = wire(vec![(200, found.clone()), (200, found)]).await;
    let since = "2026-06-01T00:00:00.5Z".parse().ok();
    for since in [since, None] {
        let listed = wire.client.own_comments(&["<!-- other -->", MINE], since, 1).await.unwrap();
        let listed_texts: Vec<_> =
            listed.items.iter().map(|one| (one.id, one.pull, one.body.as_str())).collect();
        assert_eq!((listed_texts, listed.whole), (vec![(1, 7, mine.as_str())], true));
    }
    let query = "GET issues/comments?sort=updated&direction=desc";
    wire.asked(&[
        &format!("{query}&since=2026-06-01T00:00:00Z&per_page=100&page=1"),
        &format!("{query}&per_page=100&page=1"),
    ]);
}

#[tokio::test]
async fn a_list_that_does_not_end_is_not_whole() {
    let page: Value = (0..100).map(|id| comment(id, "hello", "User", "NONE")).collect();
    let wire = wire(vec![(200, page.clone()), (200, page)]).await;
    let listed = wire.client.own_comments(&[MINE], None, 2).await.unwrap();
    assert_eq!((listed.items.len(), listed.whole), (0, false));
}

#[tokio::test]
async fn a_comment_that_is_gone_is_taken_away_already() {
    let wire = wire(vec![(204, Value::Null), (404, json!({})), (403, json!({"message": "no"}))]).await;
    assert_eq!(wire.client.delete_comment(5).await, Ok(()));
    assert_eq!(wire.client.delete_comment(5).await, Ok(()));
    assert_eq!(wire.client.delete_comment(5).await, Err(GithubFailure::Forbidden("no".to_owned())));
}

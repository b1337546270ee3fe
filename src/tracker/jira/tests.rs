//! The client against a script of answers, in the shapes of Jira Cloud's OpenAPI description, with made-up values.

mod writes;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::http::{AddressPolicy, RetryPolicy, Settings};
use crate::model::answer::{Permissions, TicketTexts};
use crate::model::fingerprint::Recipe;
use crate::model::slice::SliceId;

/// What was requested: method, path with query, headers and body.
type Asked = (String, axum::http::HeaderMap, Value);

struct Script {
    answers: Mutex<VecDeque<(u16, Value)>>,
    asked: Mutex<Vec<Asked>>,
}

/// A Jira that gives these answers in order. A text is sent as HTML, and `!` as a header that says that nobody is
/// logged in.
async fn jira(answers: impl IntoIterator<Item = (u16, Value)>) -> (Jira, Arc<Script>) {
    let answers = Mutex::new(answers.into_iter().collect());
    let script = Arc::new(Script { answers, asked: Mutex::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jira", listener.local_addr().unwrap());
    let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&script));
    tokio::spawn(async move { axum::serve(listener, app).await });

    let gate = AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()]);
    let base = Base::parse(&url, &gate).unwrap();
    let retry = RetryPolicy { first: Duration::from_millis(1), repeats: 1, ..RetryPolicy::default() };
    let settings = Settings::new(gate, Instant::now() + Duration::from_secs(20));
    let http = http::Client::new(Settings { retry, ..settings }).unwrap();
    let auth = Credentials::ApiToken { email: "a@b.example".to_owned(), token: "geheim".to_owned().into() };
    (Jira::cloud(http, base, auth), script)
}

async fn answer(State(script): State<Arc<Script>>, request: Request) -> axum::response::Response {
    let what = format!("{} {}", request.method(), request.uri());
    let headers = request.headers().clone();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    script.asked.lock().unwrap().push((what, headers, body));
    let (status, answer) = script.answers.lock().unwrap().pop_front().unwrap_or((599, Value::Null));
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    match answer {
        Value::String(text) if text == "!" => {
            (status, [("x-seraph-loginreason", "AUTHENTICATED_FAILED")], r#"{"issues":[]}"#).into_response()
        }
        Value::String(text) => (status, text).into_response(),
        answer => (status, answer.to_string()).into_response(),
    }
}

impl Script {
    /// The method and path of each request, without the API's root.
    fn paths(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().map(|(what, ..)| what.replace("/jira/rest/api/3/", "")).collect()
    }

    fn body(&self, index: usize) -> Value {
        self.asked.lock().unwrap()[index].2.clone()
    }
}

fn issue(id: u64) -> Value {
    let status = json!({"id": "1", "name": "To Do", "statusCategory": {"key": "new"}});
    json!({"id": id.to_string(), "key": format!("SEC-{id}"), "fields": {"summary": "s", "status": status}})
}

fn issues(ids: &[u64], token: Option<&str>) -> (u16, Value) {
    let issues: Vec<Value> = ids.iter().map(|id| issue(*id)).collect();
    (200, json!({"issues": issues, "nextPageToken": token}))
}

fn ids(answer: Result<Answer, Failure>) -> Vec<u64> {
    match answer {
        Ok(Answer::Tickets(tickets)) => tickets.iter().map(|ticket| ticket.id.id).collect(),
        other => panic!("{other:?}"),
    }
}

fn open() -> Ask {
    Ask::Open {
        labels: vec!["casefile-repo-0123456789ab".to_owned()],
        recent: vec![7],
        own: Vec::new(),
        done: false,
    }
}

fn id(jira: &Jira, id: u64) -> TicketId {
    TicketId { site: jira.site().to_owned(), id }
}

#[tokio::test]
async fn an_account_is_known_by_its_id() {
    let user = json!({"accountId": "5b:1", "displayName": "casefile", "name": ""});
    let (jira, script) = jira([(200, user)]).await;
    let person = crate::model::ticket::Person { id: "5b:1".into(), name: "casefile".into() };
    assert_eq!(jira.answer(&Ask::Account).await, Ok(Answer::Account(person)));
    let (what, headers, _) = script.asked.lock().unwrap()[0].clone();
    assert_eq!(what, "GET /jira/rest/api/3/myself");
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("authorization"), "Basic YUBiLmV4YW1wbGU6Z2VoZWlt");
    assert_eq!(header("accept-language"), "en");
    assert_eq!(header("x-force-accept-language"), "true");
    assert_eq!(header("user-agent"), format!("casefile/{}", env!("CARGO_PKG_VERSION")));
    assert_eq!(jira.requests(), 1);
}

#[tokio::test]
async fn whoever_is_nobody_finds_nothing_out() {
    for ask in [Ask::Account, open(), Ask::Ids(vec![1])] {
        let (jira, _) = jira([(200, json!("!"))]).await;
        let failure = jira.answer(&ask).await.unwrap_err();
        assert!(matches!(&failure, Failure::Credentials(_)), "{failure:?}");
    }
    let (jira, _) = jira([(200, json!("<html>welcome</html>"))]).await;
    let failure = jira.answer(&open()).await.unwrap_err();
    assert!(matches!(&failure, Failure::Unreachable(_) | Failure::Unusable { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_search_goes_page_by_page_and_drops_what_it_saw() {
    let (jira, script) = jira([
        issues(&[], Some("a")),
        issues(&[1, 2], Some("b")),
        issues(&[2, 3], Some("c")),
        issues(&[], None),
    ])
    .await;
    assert_eq!(ids(jira.answer(&open()).await), [1, 2, 3]);
    assert_eq!(script.body(0)["reconcileIssues"], json!([7]));
    assert_eq!(script.body(3)["reconcileIssues"], json!([7]));
    assert_eq!(script.body(3)["nextPageToken"], "c");
    assert_eq!(script.paths(), ["POST search/jql"; 4]);
}

#[tokio::test]
async fn a_search_that_does_not_end_is_no_answer() {
    let (jira, _) = jira([issues(&[1], Some("a")), issues(&[1], Some("a"))]).await;
    assert!(matches!(jira.answer(&open()).await, Err(Failure::Unreachable(_))));
}

#[tokio::test]
async fn a_failed_page_fails_the_whole() {
    let (jira, _) = jira([issues(&[1], Some("a")), (500, json!({})), (500, json!({}))]).await;
    assert!(matches!(jira.answer(&open()).await, Err(Failure::Unusable { blocked: false, .. })));
}

#[tokio::test]
async fn many_names_are_few_questions_and_shorter_ones_where_refused() {
    let names: Vec<_> = (0..801).map(|n| Recipe::new("x").number(n).finish()).collect();
    let refused = (400, json!({"errorMessages": ["too long"], "errors": {}}));
    let answers = [refused.clone(), issues(&[3], None), issues(&[1], None), issues(&[1, 2], None)];
    let (jira, script) = jira(answers).await;
    assert_eq!(ids(jira.answer(&Ask::Labelled(names)).await), [3, 1, 2]);
    let asked: Vec<usize> = (0..4)
        .map(|index| script.body(index)["jql"].as_str().unwrap().matches("casefile-").count())
        .collect();
    assert_eq!(asked, [800, 1, 400, 400]);

    let (jira, script) = self::jira([refused]).await;
    let one = Ask::Labelled(vec![Recipe::new("x").finish()]);
    assert!(matches!(jira.answer(&one).await, Err(Failure::Refused { .. })));
    assert_eq!(script.paths().len(), 1);
}

#[tokio::test]
async fn ids_are_fetched_by_hundreds_and_what_is_missing_is_left_out() {
    let (jira, script) = jira([issues(&[1, 2], None), issues(&[101], None)]).await;
    assert_eq!(ids(jira.answer(&Ask::Ids((1..=101).collect())).await), [1, 2, 101]);
    assert_eq!(script.body(1)["issueIdsOrKeys"], json!(["101"]));
    assert_eq!(script.body(1)["properties"], json!(["casefile"]));
}

#[tokio::test]
async fn what_could_not_be_given_does_not_look_deleted() {
    let error = |id: &str| json!({"id": id, "errorMessage": "busy"});
    let partly = (200, json!({"issues": [issue(1)], "issueErrors": [error("2"), error("3")]}));
    let never = (200, json!({"issues": [], "issueErrors": [error("3")]}));
    let answers = [partly.clone(), issues(&[2], None), issues(&[3], None)];
    let (jira, script) = jira(answers).await;
    assert_eq!(ids(jira.answer(&Ask::Ids(vec![1, 2])).await), [1, 2, 3]);
    assert_eq!(script.body(1)["issueIdsOrKeys"], json!(["2"]));

    let (jira, _) = self::jira([partly, issues(&[2], None), never]).await;
    assert!(matches!(jira.answer(&Ask::Ids(vec![1, 2])).await, Err(Failure::Unreachable(_))));
}

#[tokio::test]
async fn slices_come_with_few_calls_and_only_those_asked_for() {
    let name = |n: u32| SliceId::of_property(&format!("casefile-{n:012}")).unwrap();
    let slice = json!({"version": 1, "scope": {"job": "j", "scanner": "s", "category": "c"},
        "place": {"branch": "main"}});
    let with =
        |id: u64, properties: Value| json!({"id": id.to_string(), "key": "SEC-1", "properties": properties});
    let one = with(1, json!({"casefile-000000000001": slice, "casefile-000000000002": slice}));
    let other = with(2, json!({"casefile-000000000002": "broken"}));
    let (jira, script) = jira([(200, json!({"issues": [one, other]}))]).await;
    let asked = Ask::Slices(vec![(1, vec![name(1)]), (2, vec![name(2)])]);
    let Ok(Answer::Slices(found)) = jira.answer(&asked).await else { panic!() };
    let found: Vec<_> = found.into_iter().map(|(id, name, _)| (id, name)).collect();
    assert_eq!(found, [(1, name(1))]);
    let body = script.body(0);
    assert_eq!(body["issueIdsOrKeys"], json!(["1", "2"]));
    assert_eq!(body["properties"], json!(["casefile-000000000001", "casefile-000000000002"]));
}

#[tokio::test]
async fn texts_are_read_without_markup() {
    let description = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "hello", "marks": [{"type": "strong"}]}]}]});
    let one = json!({"id": "1", "key": "S-1", "fields": {"summary": "s", "description": description}});
    let other = json!({"id": "2", "key": "S-2", "fields": {"summary": "t", "description": null}});
    let (jira, script) = jira([(200, json!({"issues": [one, other]}))]).await;
    let texts = |summary: &str, description: &str| TicketTexts {
        summary: summary.to_owned(),
        description: description.to_owned(),
        comments: 0,
    };
    let expected = vec![(1, texts("s", "hello")), (2, texts("t", ""))];
    assert_eq!(jira.answer(&Ask::Texts(vec![1, 2])).await, Ok(Answer::Texts(expected)));
    assert_eq!(script.body(0)["fields"], json!(["summary", "description", "comment"]));
}

#[tokio::test]
async fn a_small_project_takes_two_calls() {
    let may = json!({"permissions": {"BROWSE_PROJECTS": {"havePermission": true},
        "CREATE_ISSUES": {"havePermission": true}, "EDIT_ISSUES": {"havePermission": false}}});
    let kind = |id: &str, name: &str, subtask: bool| json!({"id": id, "name": name, "subtask": subtask});
    let page = json!({"issueTypes": [kind("1", "Bug", false)], "startAt": 0, "maxResults": 1, "total": 2});
    let rest = json!({"issueTypes": [kind("2", "Sub", true)], "startAt": 1, "maxResults": 1, "total": 2});
    let (jira, script) = jira([(200, may), (200, page), (200, rest)]).await;
    let Ok(Answer::Project(project)) = jira.answer(&Ask::Project("SEC".to_owned())).await else { panic!() };
    assert_eq!(project.issue_types.iter().map(|kind| kind.subtask).collect::<Vec<_>>(), [false, true]);
    assert!(project.may.browse && project.may.create && !project.may.edit && !project.may.link);
    assert!(script.paths()[2].contains("startAt=1"));

    let (jira, _) = self::jira([(404, json!({"errorMessages": ["No project"]}))]).await;
    let Ok(Answer::Project(none)) = jira.answer(&Ask::Project("NO".to_owned())).await else { panic!() };
    assert!(none.may == Permissions::default() && none.issue_types.is_empty(), "others are filed in");
}

#[tokio::test]
async fn a_screen_names_fields_and_their_values() {
    let select = json!({"fieldId": "customfield_1", "key": "customfield_1", "name": "Team", "required": true,
        "operations": ["set"], "schema": {"type": "option", "custom": "x:select", "customId": 1},
        "allowedValues": [{"id": "1", "value": "AppSec"}, {"id": "2", "name": "Other"}, "plain"]});
    let labels = json!({"fieldId": "labels", "key": "labels", "name": "Labels", "required": false,
        "hasDefaultValue": true, "schema": {"type": "array", "items": "string", "system": "labels"}});
    let (jira, _) = jira([(200, json!({"fields": [select, labels], "startAt": 0, "total": 2}))]).await;
    let Ok(Answer::Screen(screen)) = jira.answer(&Ask::Screen("SEC".to_owned(), "1".to_owned())).await else {
        panic!()
    };
    let team = &screen.fields["customfield_1"];
    let choices: Vec<_> = team.allowed.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    assert_eq!(choices, [("1", "AppSec"), ("2", "Other"), ("plain", "plain")]);
    assert_eq!(
        (team.required, team.schema.as_str(), team.custom.as_deref()),
        (true, "option", Some("x:select"))
    );
    let labels = &screen.fields["labels"];
    assert_eq!((labels.has_default, labels.items.as_deref()), (true, Some("string")));
}

#[tokio::test]
async fn newer_tickets_are_found_by_the_keys_that_follow() {
    let (jira, script) = jira([issues(&[41], None), issues(&[42, 138], None), issues(&[], None)]).await;
    let found = jira.newer("SEC", None).await.unwrap();
    assert_eq!(found.iter().map(|ticket| ticket.key.number()).collect::<Vec<_>>(), [42, 138]);
    assert_eq!(script.body(0)["jql"], "project = \"SEC\" ORDER BY key DESC");
    assert_eq!(script.body(0)["maxResults"], 1);
    assert_eq!(script.body(1)["issueIdsOrKeys"][0], "SEC-42");
    assert_eq!(script.body(1)["issueIdsOrKeys"][99], "SEC-141");
    assert_eq!(script.body(2)["issueIdsOrKeys"][0], "SEC-142");

    let (jira, script) = self::jira([issues(&[], None)]).await;
    assert_eq!(jira.newer("SEC", Some(7)).await, Ok(Vec::new()));
    assert_eq!(script.body(0)["issueIdsOrKeys"][0], "SEC-8");
}

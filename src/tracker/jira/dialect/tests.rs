//! The shapes of requests; the functions that build them name the operations.

use serde_json::{Map, Value as Json, json};

use super::common::*;
use super::*;
use crate::document::{Block, Document};
use crate::http::Repeat;
use crate::model::fingerprint::Recipe;
use crate::model::record::{LinkKind, Record};
use crate::model::repository::Place;
use crate::model::scan::Scope;
use crate::model::slice::Slice;
use crate::model::write::{Draft, Edit, Field, FieldContent, Remote};
use crate::tracker::jira::wire;

fn check(call: &Call, path: &str, repeat: Repeat, body: Json) {
    let query: Vec<String> = call.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    assert_eq!(format!("{} /{}{query}", call.method, call.path.join("/")), path);
    assert_eq!(call.repeat, repeat, "{path}");
    assert_eq!(call.body.clone().unwrap_or_default(), body, "{path}");
}

fn record() -> Record {
    serde_json::from_value(json!({"version": 1, "revision": 1, "repository": "h/o/n", "site": "s",
        "names": [], "mode": "type", "origin": {}, "first-seen": "2026-01-01", "severity": "low"}))
    .unwrap()
}

fn slice() -> Slice {
    let scope = Scope { job: "j".into(), scanner: "s".into(), category: "c".into() };
    let place = serde_json::to_value(Place::Branch("main".into())).unwrap();
    serde_json::from_value(json!({"version": 1, "scope": scope, "place": place})).unwrap()
}

fn text(words: &str) -> Document {
    Document::of(vec![Block::text(words)])
}

#[test]
fn questions() {
    let part = IssueParts { fields: &["status"], properties: vec!["casefile".to_owned()] };
    let recent = (1..=60).chain([60]).collect();
    let search = Search { jql: "x".to_owned(), part: part.clone(), recent, size: 100 };
    let newest: Vec<u64> = (11..=60).rev().collect();
    check(
        &Cloud.search(&search, Some("t")),
        "POST /rest/api/3/search/jql",
        Repeat::Yes,
        json!({"jql": "x", "fields": ["status"], "properties": ["casefile"], "maxResults": 100,
            "reconcileIssues": newest, "nextPageToken": "t"}),
    );
    let bare =
        Search { part: IssueParts { properties: Vec::new(), ..part.clone() }, recent: Vec::new(), ..search };
    check(
        &Cloud.search(&bare, None),
        "POST /rest/api/3/search/jql",
        Repeat::Yes,
        json!({"jql": "x", "fields": ["status"], "maxResults": 100}),
    );
    check(
        &Cloud.fetch(&["1".to_owned(), "A-2".to_owned()], &part),
        "POST /rest/api/3/issue/bulkfetch",
        Repeat::Yes,
        json!({"issueIdsOrKeys": ["1", "A-2"], "fields": ["status"], "properties": ["casefile"]}),
    );
    let get = |call: Call, path: &str| check(&call, path, Repeat::Yes, Json::Null);
    get(Cloud.account(), "GET /rest/api/3/myself");
    get(Cloud.status(7), "GET /rest/api/3/issue/7?fields=status");
    get(Cloud.transitions(7), "GET /rest/api/3/issue/7/transitions?expand=transitions.fields");
    get(
        Cloud.issue_types("SEC", 0),
        "GET /rest/api/3/issue/createmeta/SEC/issuetypes?startAt=0&maxResults=200",
    );
    get(
        Cloud.screen("SEC", "3", 50),
        "GET /rest/api/3/issue/createmeta/SEC/issuetypes/3?startAt=50&maxResults=200",
    );
    get(Cloud.all("project", 100), "GET /rest/api/3/project/search?startAt=100&maxResults=100");
    get(
        Cloud.permissions("SEC"),
        "GET /rest/api/3/mypermissions?projectKey=SEC&permissions=BROWSE_PROJECTS,CREATE_ISSUES,\
         EDIT_ISSUES,ADD_COMMENTS,TRANSITION_ISSUES,LINK_ISSUES",
    );
}

#[test]
fn a_create_carries_all_it_writes() {
    let priority = Field { id: "priority".to_owned(), value: FieldContent::Name("High".to_owned()) };
    let draft = Draft {
        group: Recipe::new("x").finish(),
        project: "SEC".to_owned(),
        issue_type: "3".to_owned(),
        summary: "one".to_owned(),
        body: text("body"),
        describes: true,
        labels: vec!["casefile".to_owned()],
        fields: vec![priority],
        record: record(),
        slices: vec![slice()],
    };
    let expected = json!({
        "fields": {"project": {"key": "SEC"}, "issuetype": {"id": "3"}, "summary": "one",
            "description": Cloud.rich(&text("body")), "labels": ["casefile"], "priority": {"name": "High"}},
        "properties": [{"key": "casefile", "value": record()},
            {"key": slice().id().property(), "value": slice()}]});
    check(
        &Cloud.create(&[draft.clone(), draft]),
        "POST /rest/api/3/issue/bulk",
        Repeat::IfRefused,
        json!({"issueUpdates": [expected, expected]}),
    );
}

#[test]
fn an_edit_is_one_request() {
    let edit = Edit {
        summary: Some("two".to_owned()),
        body: Some(text("body")),
        fields: vec![Field {
            id: "duedate".to_owned(),
            value: FieldContent::Date("2026-02-03".parse().unwrap()),
        }],
        comment: Some(text("news")),
        instead: None,
        labels_added: vec!["a".to_owned()],
        labels_removed: vec!["b".to_owned()],
        record: Some(record()),
        slices: vec![slice()],
    };
    check(
        &Cloud.edit(7, &edit, false),
        "PUT /rest/api/3/issue/7",
        Repeat::IfRefused,
        json!({
            "fields": {"summary": "two", "description": Cloud.rich(&text("body")), "duedate": "2026-02-03"},
            "update": {"labels": [{"add": "a"}, {"remove": "b"}],
                "comment": [{"add": {"body": Cloud.rich(&text("news"))}}]},
            "properties": [{"key": "casefile", "value": record()},
                {"key": slice().id().property(), "value": slice()}]}),
    );
    check(
        &Cloud.edit(7, &Edit { summary: Some("two".to_owned()), ..Edit::default() }, true),
        "PUT /rest/api/3/issue/7",
        Repeat::Yes,
        json!({"fields": {"summary": "two"}}),
    );
}

#[test]
fn a_comment_is_for_agents_alone() {
    let edit = Edit { comment: Some(text("news")), ..Edit::default() };
    let comment =
        |internal| DataCenter.edit(7, &edit, internal).body.unwrap()["update"]["comment"][0].clone();
    let properties = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
    assert_eq!(comment(true), json!({"add": {"body": "news", "properties": properties}}));
    assert_eq!(comment(false), json!({"add": {"body": "news"}}));
}

#[test]
fn what_hangs_on_an_issue() {
    let bare = |call: Call, path: &str, repeat| check(&call, path, repeat, Json::Null);
    bare(Cloud.attachment_limit(), "GET /rest/api/3/attachment/meta", Repeat::Yes);
    bare(Cloud.attach(7), "POST /rest/api/3/issue/7/attachments", Repeat::IfRefused);
    bare(Cloud.unremote(7, "a&b"), "DELETE /rest/api/3/issue/7/remotelink?globalId=a&b", Repeat::Yes);
    bare(Cloud.delete(7), "DELETE /rest/api/3/issue/7", Repeat::Yes);
    bare(Cloud.unset(7, "casefile"), "DELETE /rest/api/3/issue/7/properties/casefile", Repeat::Yes);
    bare(Cloud.statuses("SEC"), "GET /rest/api/3/project/SEC/statuses", Repeat::Yes);
    bare(Cloud.people("a@b.example"), "GET /rest/api/3/user/search?query=a@b.example", Repeat::Yes);
    bare(Cloud.people("5b:1"), "GET /rest/api/3/user?accountId=5b:1", Repeat::Yes);
    let link = Remote {
        id: "pull-7".to_owned(),
        title: "acme/shop#7".to_owned(),
        url: "https://github.com/acme/shop/pull/7".to_owned(),
        resolved: true,
    };
    check(
        &Cloud.remote(7, &link),
        "POST /rest/api/3/issue/7/remotelink",
        Repeat::Yes,
        json!({"globalId": "pull-7", "application": {"type": "casefile", "name": "casefile"},
            "object": {"url": "https://github.com/acme/shop/pull/7", "title": "acme/shop#7",
                "status": {"resolved": true}}}),
    );
}

#[test]
fn data_center_has_its_own_ways() {
    let part = IssueParts { fields: &["status", "labels"], properties: vec!["a".to_owned(), "b".to_owned()] };
    let search = Search { jql: "x".to_owned(), part: part.clone(), recent: vec![7], size: 100 };
    let body =
        |from: u32| json!({"jql": "x", "fields": ["status", "labels"], "startAt": from, "maxResults": 100});
    check(&DataCenter.search(&search, None), "POST /rest/api/2/search", Repeat::Yes, body(0));
    check(&DataCenter.search(&search, Some("50")), "POST /rest/api/2/search", Repeat::Yes, body(50));
    let get = |call: Call, path: &str| check(&call, path, Repeat::Yes, Json::Null);
    get(
        DataCenter.fetch(&["SEC-1".to_owned()], &part),
        "GET /rest/api/2/issue/SEC-1?fields=status,labels&properties=a,b",
    );
    get(DataCenter.permissions("SEC"), "GET /rest/api/2/mypermissions?projectKey=SEC");
    get(DataCenter.people("bob"), "GET /rest/api/2/user/search?username=bob");
    assert_eq!(DataCenter.person("bob"), json!({"name": "bob"}));
    assert_eq!(DataCenter.rich(&text("a *b*")), json!("a \\*b\\*"));
    assert_eq!(DataCenter.plain(&json!("a \\*b\\*")), "a *b*");
    assert_eq!(DataCenter.plain(&Json::Null), "");
}

#[test]
fn data_center_goes_on_by_what_was_given() {
    let check = |answer: Json, expected: Option<&str>| {
        let page: wire::Issues = serde_json::from_value(answer.clone()).unwrap();
        assert_eq!(DataCenter.next(&page).as_deref(), expected, "{answer}");
    };
    let page = |start: u32, count: usize, total: u32| {
        let issues: Vec<Json> = (0..count).map(|id| json!({"id": id.to_string()})).collect();
        json!({"startAt": start, "maxResults": 100, "total": total, "issues": issues})
    };
    check(page(0, 50, 120), Some("50"));
    check(page(50, 50, 120), Some("100"));
    check(page(100, 20, 120), None);
    check(page(0, 0, 120), None);
    check(json!({"issues": [{"id": "1"}]}), None);
}

#[test]
fn data_center_takes_what_fits() {
    let long = Document::of((0..9_000).map(|n| Block::text(format!("[{n}] *x*"))).collect());
    let fitted = DataCenter.rich(&DataCenter.fit(long));
    let length = fitted.as_str().unwrap().encode_utf16().count();
    assert!((20_000..32_767).contains(&length), "{length}");
}

#[test]
fn links_and_moves() {
    let link = |kind, name: &str| {
        check(
            &Cloud.link(1, kind, 2),
            "POST /rest/api/3/issueLink",
            Repeat::Yes,
            json!({"type": {"name": name}, "inwardIssue": {"id": "1"}, "outwardIssue": {"id": "2"}}),
        );
    };
    link(LinkKind::Relates, "Relates");
    link(LinkKind::Duplicates, "Duplicate");
    let path = "POST /rest/api/3/issue/7/transitions";
    let fields =
        Cloud.fields(&[Field { id: "resolution".into(), value: FieldContent::Name("Fixed".into()) }]);
    check(
        &Cloud.transition(7, "31", fields),
        path,
        Repeat::IfRefused,
        json!({"transition": {"id": "31"}, "fields": {"resolution": {"name": "Fixed"}}}),
    );
    check(
        &Cloud.transition(7, "31", Map::new()),
        path,
        Repeat::IfRefused,
        json!({"transition": {"id": "31"}}),
    );
}

#[test]
fn values_take_the_shape_of_their_field() {
    let check = |id: &str, value: FieldContent, expected: Json| {
        assert_eq!(Cloud.value(&Field { id: id.to_owned(), value }), expected, "{id}");
    };
    check("customfield_1", FieldContent::Text("x".into()), json!("x"));
    check("customfield_1", FieldContent::Rich(text("x")), Cloud.rich(&text("x")));
    check("customfield_1", FieldContent::Number(9.5), json!(9.5));
    check("duedate", FieldContent::Date("2026-02-03".parse().unwrap()), json!("2026-02-03"));
    check("security", FieldContent::Name("Internal".into()), json!({"name": "Internal"}));
    check("customfield_1", FieldContent::Name("AppSec".into()), json!({"value": "AppSec"}));
    check(
        "components",
        FieldContent::Names(vec!["a".into(), "b".into()]),
        json!([{"name": "a"}, {"name": "b"}]),
    );
    check("customfield_1", FieldContent::Names(vec!["a".into()]), json!([{"value": "a"}]));
    check("customfield_1", FieldContent::Words(vec!["a".into()]), json!(["a"]));
    check("assignee", FieldContent::Person("5b:1".into()), json!({"accountId": "5b:1"}));
    check("parent", FieldContent::Key("SEC-1".into()), json!({"key": "SEC-1"}));
    check("priority", FieldContent::Id("2".into()), json!({"id": "2"}));
    check("versions", FieldContent::Ids(vec!["1".into(), "2".into()]), json!([{"id": "1"}, {"id": "2"}]));
    let cascade = FieldContent::Cascade("1".into(), Some("2".into()));
    check("customfield_1", cascade, json!({"id": "1", "child": {"id": "2"}}));
    check("customfield_1", FieldContent::Cascade("1".into(), None), json!({"id": "1"}));
    check("customfield_1", FieldContent::Url("https://a.example".into()), json!("https://a.example"));
    check("customfield_1", FieldContent::People(vec!["5b:1".into()]), json!([{"accountId": "5b:1"}]));
}

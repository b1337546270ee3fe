//! Jira Cloud: creating and editing, and what it refuses there.

use reqwest::Method;
use serde_json::{Value, json};

use super::{adf, create, get, jira, refused, start, task};

#[test]
fn a_create_is_refused_with_the_field_it_is_about() {
    let sim = start();
    sim.state().project_mut("OPS").expect("OPS").require("customfield_10050");
    sim.state().project_mut("TEAM").expect("TEAM").revoke("CREATE_ISSUES");
    let sub_task = json!({"name": "Sub-task"});
    let cases = [
        ("nonsense", json!(1), "cannot be set. It is not on the appropriate screen, or unknown."),
        ("status", json!({"name": "Done"}), "cannot be set"),
        ("summary", json!("a\nb"), "newline"),
        ("summary", json!("ä".repeat(256)), "255 characters"),
        ("summary", json!(" "), "specify a summary"),
        ("labels", json!(["a b"]), "contains spaces"),
        ("labels", json!(["a".repeat(256)]), "255 characters"),
        ("labels", json!("a"), "not an array"),
        ("description", json!("text"), "must be an Atlassian Document"),
        (
            "description",
            json!({"type": "doc", "version": 1, "content": [{"type": "nonsense"}]}),
            "INVALID_INPUT",
        ),
        ("description", adf(&"a".repeat(32_767)), "CONTENT_LIMIT_EXCEEDED"),
        ("priority", json!({"name": "Urgent"}), "'Urgent' is not valid"),
        ("assignee", json!({"accountId": "nobody"}), "valid value"),
        (
            "assignee",
            json!({"accountId": "712020:00000000-0000-4000-8000-000000000004"}),
            "cannot be assigned",
        ),
        ("components", json!([{"name": "none"}]), "'none' is not valid"),
        ("duedate", json!("2026-02-30"), "date string"),
        ("parent", json!({"key": "SEC-99"}), "Could not find issue"),
        ("customfield_10051", json!("high"), "must be a number"),
        ("customfield_10053", json!({"value": "test"}), "'test' is not valid"),
        ("issuetype", sub_task, "parent issue key or id not specified"),
        ("issuetype", json!({"name": "Epic"}), "valid issue type"),
        ("project", json!({"key": "NONE"}), "valid project is required"),
        ("project", json!({"key": "OPS"}), "Team is required."),
        ("project", json!({"key": "TEAM"}), "do not have permission to create"),
    ];
    for (field, value, words) in cases {
        let mut fields = task("a", &[]);
        fields[field] = value;
        let answer = refused(&sim, Method::POST, "issue", &json!({"fields": fields}), 400);
        assert!(answer.contains(words), "{field}: {answer}");
    }
    assert!(sim.state().issues.is_empty());
}

#[test]
fn a_team_managed_project_has_no_priority() {
    let sim = start();
    let mut fields = task("a", &[]);
    fields["project"] = json!({"key": "TEAM"});
    fields["priority"] = json!({"name": "High"});
    let answer = refused(&sim, Method::POST, "issue", &json!({"fields": fields}), 400);
    assert!(answer.contains("Field 'priority' cannot be set."), "{answer}");
    let names = |project: &str| {
        let meta = get(&sim, &format!("issue/createmeta/{project}/issuetypes/10002?maxResults=200"));
        meta["fields"].as_array().expect("fields").iter().any(|field| field["key"] == "priority")
    };
    assert_eq!((names("SEC"), names("TEAM")), (true, false));
    let page = get(&sim, "issue/createmeta/SEC/issuetypes?startAt=1&maxResults=2");
    assert_eq!((page["total"].as_u64(), page["issueTypes"][0]["name"].as_str()), (Some(4), Some("Bug")));
    refused(&sim, Method::GET, "issue/createmeta/SEC/issuetypes?maxResults=201", &Value::Null, 400);
}

#[test]
fn a_bulk_create_has_an_outcome_for_each_element() {
    let sim = start();
    let bulk = |updates: &[Value]| {
        jira(&sim, Method::POST, "issue/bulk", &json!({"issueUpdates": updates})).expect("answer")
    };
    let good = json!({"fields": task("a", &["x"]), "properties": [{"key": "casefile", "value": {"v": 1}}]});
    let bad = json!({"fields": task("a\nb", &["x"])});
    let (status, body) = bulk(&[good.clone(), bad.clone(), good.clone()]);
    assert_eq!(
        (status, body["issues"][1]["key"].as_str(), body["errors"][0]["failedElementNumber"].as_u64()),
        (201, Some("SEC-2"), Some(1))
    );
    assert!(body["errors"][0]["elementErrors"]["errors"]["summary"].is_string());
    assert_eq!(sim.state().find("SEC-2").expect("issue").properties["casefile"], json!({"v": 1}));
    let (status, body) = bulk(std::slice::from_ref(&bad));
    assert_eq!(
        (status, body["issues"].clone(), body["errors"][0]["status"].as_u64()),
        (400, json!([]), Some(400))
    );
    assert_eq!(bulk(&vec![good; 51]).0, 400);
    assert_eq!(sim.state().issues.len(), 2);
}

#[test]
fn an_edit_is_one_unit() {
    let sim = start();
    let key = create(&sim, "a", &["x", "y"]);
    let path = format!("issue/{key}");
    let edit = json!({
        "fields": {"summary": "b", "priority": {"id": "1"}},
        "update": {"labels": [{"add": "z"}, {"remove": "x"}], "comment": [{"add": {"body": adf("news")}}]},
        "properties": [{"key": "casefile", "value": {"revision": 2}}],
    });
    assert_eq!(jira(&sim, Method::PUT, &path, &edit).expect("answer").0, 204);
    {
        let state = sim.state();
        let issue = state.find(&key).expect("issue");
        assert_eq!(
            (issue.summary.as_str(), issue.priority.as_deref(), issue.labels.join(" ").as_str()),
            ("b", Some("1"), "y z")
        );
        assert_eq!(
            (issue.comment_texts(), &issue.properties["casefile"]),
            (vec!["news\n".to_owned()], &json!({"revision": 2}))
        );
        let fields: Vec<_> =
            issue.history.iter().flat_map(|change| change.items.iter().map(|item| item.field)).collect();
        assert_eq!(fields, ["summary", "labels", "priority"]);
    }
    let half = json!({"fields": {"summary": "c"}, "update": {"comment": [{"add": {"body": "no document"}}]}});
    refused(&sim, Method::PUT, &path, &half, 400);
    refused(
        &sim,
        Method::PUT,
        &path,
        &json!({"fields": {"labels": []}, "update": {"labels": [{"add": "z"}]}}),
        400,
    );
    let long = json!({"fields": {"summary": "c"}, "properties": [{"key": "k", "value": "v".repeat(32_767)}]});
    refused(&sim, Method::PUT, &path, &long, 400);
    refused(&sim, Method::PUT, &format!("{path}/properties/{}", "k".repeat(256)), &json!(1), 400);
    assert_eq!(sim.state().find(&key).expect("issue").summary, "b", "what is refused changes nothing");
    sim.state().project_mut("SEC").expect("SEC").done_is_closed = true;
    assert!(sim.state().transition_as("alice", &key, "Done"));
    refused(&sim, Method::PUT, &path, &json!({"fields": {"summary": "c"}}), 400);
}

#[test]
fn texts_come_back_as_jira_stores_them() {
    let sim = start();
    let cell = json!({"type": "tableCell", "content": [{"type": "paragraph", "content": [
        {"type": "text", "text": "a"}, {"type": "text", "text": "b"}, {"type": "text", "text": "c", "marks": [{"type": "em"}]},
    ]}]});
    let table = json!({"type": "table", "content": [{"type": "tableRow", "content": [cell]}]});
    let mut fields = task(" a ", &[]);
    fields["description"] = json!({"type": "doc", "version": 1, "content": [table]});
    assert_eq!(jira(&sim, Method::POST, "issue", &json!({"fields": fields})).expect("answer").0, 201);
    let fields = get(&sim, "issue/SEC-1")["fields"].clone();
    let table = &fields["description"]["content"][0];
    assert_eq!((fields["summary"].as_str(), table["attrs"]["layout"].as_str()), (Some("a"), Some("default")));
    let texts = &table["content"][0]["content"][0]["content"][0]["content"];
    assert_eq!(
        (texts[0]["text"].as_str(), texts[1]["text"].as_str(), texts[2].is_null()),
        (Some("ab"), Some("c"), true)
    );
}

//! Jira Cloud: everything else.

use reqwest::Method;
use serde_json::{Value, json};

use super::{adf, create, get, jira, refused, send, start};

#[test]
fn transitions_follow_the_workflow() {
    let sim = start();
    create(&sim, "a", &[]);
    sim.state().add_issue("OPS", "alice", |_| {});
    let names = |key: &str| {
        let list = get(&sim, &format!("issue/{key}/transitions?expand=transitions.fields"));
        list["transitions"]
            .as_array()
            .expect("list")
            .iter()
            .map(|one| one["to"]["name"].as_str().expect("name").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("SEC-1"), ["To Do", "In Progress", "Done", "Won't Do"]);
    assert_eq!(names("OPS-1"), ["In Progress"]);
    let go = |key: &str, body: Value| {
        jira(&sim, Method::POST, &format!("issue/{key}/transitions"), &body).expect("answer").0
    };
    let fixed = json!({"resolution": {"name": "Fixed"}});
    assert_eq!(go("OPS-1", json!({"transition": {"id": "21"}})), 400);
    assert_eq!(go("SEC-1", json!({"transition": {"id": "21"}, "fields": fixed})), 400, "not on that screen");
    assert_eq!(go("SEC-1", json!({"transition": {"id": 31}, "fields": fixed})), 204);
    let fields = get(&sim, "issue/SEC-1")["fields"].clone();
    assert_eq!(
        (fields["status"]["statusCategory"]["key"].as_str(), fields["resolution"]["name"].as_str()),
        (Some("done"), Some("Fixed"))
    );
    sim.state().project_mut("SEC").expect("SEC").revoke("TRANSITION_ISSUES");
    assert_eq!((names("SEC-1"), go("SEC-1", json!({"transition": {"id": "11"}}))), (vec![], 400));
}

#[test]
fn links_properties_and_comments_are_kept() {
    let sim = start();
    create(&sim, "a", &[]);
    create(&sim, "b", &[]);
    let link = json!({"type": {"name": "Duplicate"}, "inwardIssue": {"key": "SEC-2"}, "outwardIssue": {"key": "SEC-1"}});
    assert_eq!(jira(&sim, Method::POST, "issueLink", &link).expect("answer").0, 201);
    let links =
        |key: &str| get(&sim, &format!("issue/{key}?fields=issuelinks"))["fields"]["issuelinks"][0].clone();
    assert_eq!(links("SEC-2")["outwardIssue"]["key"], "SEC-1");
    assert_eq!(links("SEC-1")["inwardIssue"]["key"], "SEC-2");

    let remote = |url: &str| json!({"globalId": "g", "object": {"url": url, "title": "t"}});
    let set = |body: &Value| jira(&sim, Method::POST, "issue/SEC-1/remotelink", body).expect("answer").0;
    assert_eq!(
        [set(&remote("https://a")), set(&remote("https://b")), set(&json!({"object": {"url": "https://c"}}))],
        [201, 200, 400]
    );
    let list = get(&sim, "issue/SEC-1/remotelink");
    assert_eq!(
        (list.as_array().map(Vec::len), list[0]["object"]["url"].as_str()),
        (Some(1), Some("https://b"))
    );
    assert_eq!(
        jira(&sim, Method::DELETE, "issue/SEC-1/remotelink?globalId=g", &Value::Null).expect("answer").0,
        204
    );

    let put = || jira(&sim, Method::PUT, "issue/SEC-1/properties/p", &json!([1])).expect("answer").0;
    assert_eq!([put(), put()], [201, 200]);
    assert_eq!(get(&sim, "issue/SEC-1/properties/p"), json!({"key": "p", "value": [1]}));
    assert_eq!(jira(&sim, Method::DELETE, "issue/SEC-1/properties/p", &Value::Null).expect("answer").0, 204);
    refused(&sim, Method::GET, "issue/SEC-1/properties/p", &Value::Null, 404);

    assert!(sim.state().comment_as("bob", "SEC-1", "from Bob"));
    let (status, own) =
        jira(&sim, Method::POST, "issue/SEC-1/comment", &json!({"body": adf("ours")})).expect("answer");
    assert_eq!(status, 201);
    let all = get(&sim, "issue/SEC-1/comment");
    assert_eq!(
        (all["total"].as_u64(), all["comments"][0]["author"]["displayName"].as_str()),
        (Some(2), Some("Bob"))
    );
    let change = |id: &Value| {
        jira(
            &sim,
            Method::PUT,
            &format!("issue/SEC-1/comment/{}", id.as_str().expect("id")),
            &json!({"body": adf("new")}),
        )
        .expect("answer")
        .0
    };
    assert_eq!(change(&own["id"]), 200);
    sim.state().project_mut("SEC").expect("SEC").revoke("EDIT_ALL_COMMENTS");
    assert_eq!(change(&all["comments"][0]["id"]), 400);
}

#[test]
fn attachments_need_the_token_header_and_the_right_part() {
    let sim = start();
    create(&sim, "a", &[]);
    let upload = |part: &str, token: &str| {
        let boundary = "--b\r\n";
        let body = format!(
            "{boundary}Content-Disposition: form-data; name=\"{part}\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n1,2\r\n--b--\r\n"
        );
        let headers = [
            ("authorization", "Basic Ym90QGV4YW1wbGUuY29tOnNpbS10b2tlbg=="),
            ("content-type", "multipart/form-data; boundary=b"),
            ("x-atlassian-token", token),
        ];
        raw(&format!("{}/rest/api/3/issue/SEC-1/attachments", sim.jira_url()), &headers, body)
    };
    assert_eq!(
        [upload("file", "nope"), upload("data", "no-check"), upload("file", "no-check")],
        [403, 400, 200]
    );
    let state = sim.state();
    let held = &state.find("SEC-1").expect("issue").attachments;
    assert_eq!(
        held.iter().map(|one| (one.name.as_str(), one.bytes.as_slice())).collect::<Vec<_>>(),
        [("a.csv", b"1,2".as_slice())]
    );
}

/// The status of a POST with a body that is no JSON.
fn raw(url: &str, headers: &[(&str, &str)], body: String) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let _already = rustls::crypto::ring::default_provider().install_default();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().expect("client");
        let request =
            headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, *value));
        request.body(body).send().await.expect("answer").status().as_u16()
    })
}

#[test]
fn a_clone_has_another_creator_and_the_same_labels() {
    let sim = start();
    let key = create(&sim, "a", &["casefile"]);
    assert!(
        sim.state()
            .edit_as("alice", &key, |issue| drop(issue.properties.insert("casefile".to_owned(), json!(1))))
    );
    let clone = sim.state().clone_as("alice", &key).expect("clone");
    let state = sim.state();
    let clone = state.find(&clone).expect("issue");
    assert_eq!(
        (clone.creator.as_str(), &clone.labels, clone.properties.len()),
        (state.account("alice").as_str(), &vec!["casefile".to_owned()], 0)
    );
    assert_eq!(state.labelled("casefile").len(), 2);
    assert_eq!(state.open_issues().len(), 2);
}

#[test]
fn what_is_asked_before_filing_is_answered() {
    let sim = start();
    assert_eq!(get(&sim, "myself")["emailAddress"], "bot@example.com");
    assert_eq!(get(&sim, "serverInfo")["deploymentType"], "Cloud");
    assert_eq!(get(&sim, "project/10000")["key"], "SEC");
    refused(&sim, Method::GET, "project/NONE", &Value::Null, 404);
    sim.state().project_mut("SEC").expect("SEC").revoke("EDIT_ISSUES");
    let held = get(&sim, "mypermissions?projectKey=SEC&permissions=CREATE_ISSUES,EDIT_ISSUES")["permissions"]
        .clone();
    assert_eq!(
        (held["CREATE_ISSUES"]["havePermission"].as_bool(), held["EDIT_ISSUES"]["havePermission"].as_bool()),
        (Some(true), Some(false))
    );
    refused(&sim, Method::GET, "mypermissions?projectKey=SEC", &Value::Null, 400);
    assert_eq!(get(&sim, "priority/search")["values"][4]["name"], "Lowest");
    assert_eq!(get(&sim, "status").as_array().map(Vec::len), Some(4));
    assert_eq!(get(&sim, "statuses?id=3")[0]["statusCategory"], "IN_PROGRESS");
    let evidence = get(&sim, "field")
        .as_array()
        .and_then(|all| all.iter().find(|one| one["name"] == "Evidence").cloned());
    assert_eq!(
        evidence.expect("field")["schema"]["custom"],
        "com.atlassian.jira.plugin.system.customfieldtypes:textarea"
    );
    let people = |query: &str| get(&sim, query).as_array().map(Vec::len);
    assert_eq!(
        (people("user/search?query=carol"), people("user/assignable/search?project=SEC&query=carol")),
        (Some(1), Some(0))
    );
    assert_eq!(get(&sim, "attachment/meta")["uploadLimit"], 1_000_000);
    let (_, info) = send(&format!("{}/_edge/tenant_info", sim.jira_url()), &Method::GET, &Value::Null, &[])
        .expect("answer");
    assert!(info["cloudId"].is_string());
}

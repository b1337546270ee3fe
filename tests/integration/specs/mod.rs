//! The wire held to the services' own OpenAPI texts, in both directions: what the product asks, and what the simulator
//! answers. The texts lie beside the project (`../shared/specs`); where they do not, nothing is judged.

mod gaps;
mod text;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};

use crate::simulator::{Answer, Face, Request, Simulator};
use text::{Operation, Text, Way};

/// Watches a simulator; when it goes, all that was on the wire must have been as the texts say.
pub(crate) struct Judge(Arc<Mutex<BTreeSet<String>>>);

impl Judge {
    /// Watches from now on; `None` where the texts are not there.
    pub(crate) fn of(simulator: &Simulator) -> Option<Judge> {
        text(Face::GitHub)?;
        let said = Arc::default();
        let judge = Judge(Arc::clone(&said));
        simulator.watch(move |request, answer| {
            let complaints = exchange(request, answer);
            said.lock().unwrap_or_else(PoisonError::into_inner).extend(complaints);
        });
        Some(judge)
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // a test that failed already says why
        let fine = said.is_empty() || std::thread::panicking();
        assert!(fine, "against the OpenAPI texts:\n{}", said.iter().cloned().collect::<Vec<_>>().join("\n"));
    }
}

fn text(face: Face) -> Option<&'static Text> {
    static TEXTS: [OnceLock<Option<Text>>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
    let (place, file) = match face {
        Face::JiraCloud => (0, "jira-cloud-v3.openapi.json"),
        Face::JiraDataCenter => (1, "jira-data-center-10.3.openapi.json"),
        Face::GitHub => (2, "github-subset.openapi.json"),
    };
    TEXTS[place].get_or_init(|| Text::open(file)).as_ref()
}

/// What is wrong with a request, and with what its service answered.
fn exchange(request: &Request, answer: Option<&Answer>) -> Vec<String> {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    // where the gateway's room and Data Center's text begin
    let below = match segments.as_slice() {
        ["_gateway", "ex", "jira", _, rest @ ..] | ["jira", "rest", rest @ ..] => rest,
        all => all,
    };
    // a renamed repository's operations by its number
    let by_number: Vec<&str>;
    let below = match below {
        ["repositories", _, rest @ ..] if !rest.is_empty() && request.face == Face::GitHub => {
            by_number = ["repos", "-", "-"].into_iter().chain(rest.iter().copied()).collect();
            by_number.as_slice()
        }
        below => below,
    };
    let (face, Some(text)) = (request.face, text(request.face)) else { return Vec::new() };
    if gaps::knows(face, &request.method, below) {
        return Vec::new();
    }
    let Some(operation) = text.operation(&request.method, below) else {
        return vec![format!("{face:?} {} {}: there is no such operation", request.method, request.path)];
    };
    let mut wrong = asked(text, &operation, request);
    // the gateway refuses in its own words
    let own = answer.filter(|answer| answer.status != 401 || segments.first() != Some(&"_gateway"));
    wrong.extend(own.into_iter().flat_map(|answer| answered(text, &operation, face, answer)));
    wrong.into_iter().map(|what| format!("{face:?} {}: {what}", operation.name)).collect()
}

/// What is wrong with a request.
fn asked(text: &Text, operation: &Operation, request: &Request) -> Vec<String> {
    let mut wrong = Vec::new();
    let queried = || operation.parameters.iter().filter(|one| one["in"] == "query");
    for (name, value) in &request.query {
        match queried().find(|one| one["name"] == name.as_str()) {
            Some(parameter) => {
                let why = parameter_fits(text, &parameter["schema"], value);
                wrong.extend(why.map(|why| format!("query parameter {name}={value}: {why}")));
            }
            None if gaps::takes(&operation.name, name) => {}
            None => wrong.push(format!("query parameter {name} is not declared")),
        }
    }
    for parameter in &operation.parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        let given = match parameter["in"].as_str() {
            Some("query") => request.param(name).is_some(),
            Some("header") => request.header(name).is_some(),
            _ => true,
        };
        if parameter["required"] == true && !given {
            wrong.push(format!("parameter {name} is missing"));
        }
    }
    if request.header("user-agent").is_none() {
        wrong.push("no User-Agent".to_owned());
    }
    if !request.header("accept").is_some_and(|accept| accept.contains("json") || accept == "*/*") {
        wrong.push(format!("Accept is {:?}", request.header("accept")));
    }
    let declared = text.meant(&operation.said["requestBody"]);
    if request.body.is_empty() {
        if declared["required"] == true {
            wrong.push("the body is missing".to_owned());
        }
        return wrong;
    }
    let kind = request.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    match &declared["content"][kind] {
        Value::Null => wrong.push(format!("a body of type {kind:?} is not declared")),
        content if kind == "application/json" => {
            let body = request.json().unwrap_or_default();
            let errors = text.judge(&operation.name, &content["schema"], Way::Request, &body);
            wrong.extend(errors.into_iter().map(|why| format!("request {why}")));
        }
        // Atlassian says so of each operation that takes a form
        _ if request.header("x-atlassian-token") != Some("no-check") => {
            wrong.push("a form without `X-Atlassian-Token: no-check`".to_owned());
        }
        _ => {}
    }
    wrong
}

/// Why a parameter's text is not what its schema says.
fn parameter_fits(text: &Text, schema: &Value, value: &str) -> Option<String> {
    let schema = text.meant(schema);
    let number = value.parse::<i64>().ok();
    let outside = |limit: &str, is: fn(i64, i64) -> bool| {
        schema[limit].as_i64().zip(number).is_some_and(|(limit, number)| is(number, limit))
    };
    match schema["type"].as_str() {
        Some("integer" | "number") if number.is_none() => Some("no number".to_owned()),
        Some("integer" | "number")
            if outside("maximum", |n, most| n > most) || outside("minimum", |n, least| n < least) =>
        {
            Some("out of bounds".to_owned())
        }
        Some("boolean") if !matches!(value, "true" | "false") => Some("no boolean".to_owned()),
        Some("array") => value.split(',').find_map(|one| parameter_fits(text, &schema["items"], one)),
        _ if schema["enum"].as_array().is_some_and(|all| !all.contains(&json!(value))) => {
            Some("not one of its values".to_owned())
        }
        _ => None,
    }
}

/// What is wrong with an answer of the simulator.
fn answered(text: &Text, operation: &Operation, face: Face, answer: &Answer) -> Vec<String> {
    let status = answer.status.to_string();
    let place = |why: &str| vec![format!("answer {status} {why}")];
    let declared = match &operation.said["responses"][&status] {
        // every operation may refuse, whether or not its text says so
        Value::Null
            if answer.status >= 400
                || gaps::redirects(face, answer.status)
                || gaps::answers(&operation.name, answer.status) =>
        {
            return Vec::new();
        }
        Value::Null => return place("is not declared"),
        response => text.meant(response),
    };
    let contents = declared["content"].as_object().filter(|contents| !contents.is_empty());
    let schema = contents.and_then(|contents| contents.values().next()).map(|content| &content["schema"]);
    if answer.body.is_empty() {
        // Cloud's text gives a schema of nothing to what has no body
        let some = schema.is_some_and(|schema| *schema != json!({}));
        return if some { place("has no body") } else { Vec::new() };
    }
    let (Some(schema), Some(contents)) = (schema, contents) else {
        return if answer.status < 300 { place("has a body, and none is declared") } else { Vec::new() };
    };
    let kind = answer.headers.iter().find(|(name, _)| name == "content-type");
    let kind = kind.and_then(|(_, value)| value.split(';').next()).unwrap_or_default();
    if schema.is_null() {
        // an example alone
        return Vec::new();
    }
    if !contents.contains_key(kind) && !contents.contains_key("*/*") {
        return place(&format!("is {kind}, which is not declared"));
    }
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else { return place("is no JSON") };
    let name = format!("{} {status}", operation.name);
    let judge = |value: &Value| text.judge(&name, schema, Way::Answer, value);
    // Data Center's text describes lists and pages by their elements
    let by_element = face == Face::JiraDataCenter && text.meant(schema)["type"] == "object";
    let errors = match &body {
        Value::Array(all) if by_element => all.iter().flat_map(judge).collect(),
        Value::Object(page) if by_element && page.contains_key("isLast") => {
            page["values"].as_array().into_iter().flatten().flat_map(judge).collect()
        }
        one => judge(one),
    };
    errors.into_iter().map(|why| format!("answer {status} {why}")).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::*;

    fn request(face: Face, line: &str, body: &str) -> Request {
        let (method, target) = line.split_once(' ').unwrap();
        let target = url::Url::parse("http://127.0.0.1").unwrap().join(target).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("user-agent", "x"), ("accept", "application/json"), ("content-type", "application/json")]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Request {
            face,
            method: method.to_owned(),
            path: target.path().to_owned(),
            segments: target.path_segments().unwrap().map(str::to_owned).collect(),
            query: target.query_pairs().into_owned().collect(),
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    /// A request and an answer, and the words of each complaint; none: it is as it should be.
    fn check(face: Face, line: &str, body: &str, answer: (u16, &str), expected: &[&str]) {
        let answer = Answer::text(answer.0, "application/json", answer.1);
        let said = exchange(&request(face, line, body), Some(&answer));
        assert_eq!(said.len(), expected.len(), "{line} {body}: {said:#?}");
        for (said, word) in said.iter().zip(expected) {
            assert!(said.contains(word), "{line} {body}: {said}");
        }
    }

    #[test]
    fn what_is_against_a_text_is_seen() {
        if text(Face::GitHub).is_none() {
            return eprintln!("skipped: ../shared/specs is not there");
        }
        let (cloud, center, github) = (Face::JiraCloud, Face::JiraDataCenter, Face::GitHub);
        let types = "GET /rest/api/3/issue/createmeta/SEC/issuetypes";
        let page = (200, r#"{"issueTypes": [{"id": "1", "name": "Bug"}], "total": 1}"#);
        check(cloud, types, "", page, &[]);
        check(cloud, &format!("{types}?maxResults=200&startAt=0"), "", page, &[]);
        check(cloud, &format!("{types}?maxResults=201"), "", page, &["out of bounds"]);
        check(
            cloud,
            &format!("{types}?maxResults=all&page=2"),
            "",
            page,
            &["no number", "page is not declared"],
        );
        check(cloud, types, "", (200, r#"{"issueTypes": [{"id": 1}]}"#), &["/issueTypes/*/id"]);
        check(cloud, types, "", (200, r#"{"issueTypes": [], "pages": 1}"#), &["'pages' was unexpected"]);
        check(cloud, types, "", (200, ""), &["has no body"]);
        check(cloud, types, "", (204, ""), &["answer 204 is not declared"]);
        check(cloud, "GET /rest/api/3/nothing", "", (200, ""), &["no such operation"]);
        check(cloud, "PATCH /rest/api/3/myself", "", (200, ""), &["no such operation"]);

        let link = "POST /rest/api/3/issueLink";
        let ends = r#""inwardIssue": {"id": "1"}, "outwardIssue": {"id": "2"}"#;
        check(cloud, link, &format!(r#"{{"type": {{"name": "Relates"}}, {ends}}}"#), (201, ""), &[]);
        check(cloud, link, &format!("{{{ends}}}"), (201, ""), &["\"type\" is a required property"]);
        check(cloud, link, "", (201, ""), &["the body is missing"]);
        let edit = r#"{"update": {"labels": {"add": "x"}}, "field": {}}"#;
        let wrong = &["not of type \"array\"", "'field' was unexpected"];
        check(cloud, "PUT /rest/api/3/issue/1", edit, (204, ""), wrong);
        check(cloud, "POST /rest/api/3/issue/1/attachments", "{}", (413, ""), &["is not declared"]);

        let issue = "GET /jira/rest/api/2/issue/SEC-1";
        check(
            center,
            &format!("{issue}?fields=status"),
            "",
            (200, r#"{"id": "1", "fields": {"summary": "x"}}"#),
            &[],
        );
        check(center, issue, "", (200, r#"{"id": 1}"#), &["/id"]);
        check(center, "GET /jira/rest/api/2/resolution", "", (200, r#"[{"id": "1"}, {"id": 2}]"#), &["/id"]);
        check(github, "GET /repos/acme/shop/pulls?state=merged", "", (200, "[]"), &["not one of its values"]);
        check(
            github,
            "PATCH /repos/acme/shop/pulls/7",
            r#"{"text": ""}"#,
            (422, "{}"),
            &["'text' was", "\"message\" is", "documentation_url"],
        );
    }
}

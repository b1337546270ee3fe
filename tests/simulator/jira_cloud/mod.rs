//! Jira Cloud's REST API v3. Each handler names the operation of Atlassian's OpenAPI text (or the recording) that it is
//! shaped from. What Data Center shares with it is used by that face as well.

pub(super) mod attachments;
pub(super) mod bulk;
pub(super) mod comments;
mod gateway;
pub(super) mod hooks;
pub(super) mod issues;
pub(super) mod links;
pub(super) mod meta;
pub(super) mod people;
pub(super) mod properties;
pub(super) mod render;
pub(super) mod screens;
pub(super) mod search;
pub(super) mod texts;
pub(super) mod transitions;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::request::{Answer, Request};
use super::state::{Auth, Issue, Refusal, World};

pub(crate) use render::all_issues;

/// A handler's result; a refusal is written as Jira's error collection.
pub(super) type Reply = Result<Answer, Refusal>;

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    if let Some(answer) = open_to_all(world, request, &parts) {
        return answer;
    }
    if let Some(answer) = gateway::answer(world, request, &parts) {
        return answer;
    }
    if world.sign_in.captcha {
        let body = json!({"message": "Login denied", "status-code": 403});
        return Answer::json(403, &body).with("x-seraph-loginreason", "AUTHENTICATION_DENIED");
    }
    let reply = match who(world, request) {
        Some(account) => route(world, request, &parts, &account),
        None if world.auth == Auth::Nobody => nobody(&parts),
        None => return unauthorized(),
    };
    let answer = replied(reply);
    if world.auth == Auth::Nobody {
        answer.with("x-seraph-loginreason", "AUTHENTICATED_FAILED")
    } else {
        answer
    }
}

/// The reply as an answer, with the refusal's reason for the journal.
fn replied(reply: Reply) -> Answer {
    reply.unwrap_or_else(|refusal| Answer {
        note: refusal.note.clone().or_else(|| Some(refusal.to_json().to_string())),
        ..Answer::json(refusal.status, &refusal.to_json())
    })
}

/// `getServerInfo` (recording 1), and the cloud id, which need no credentials.
fn open_to_all(world: &World, request: &Request, parts: &[&str]) -> Option<Answer> {
    let body = match (request.method.as_str(), parts) {
        ("GET", ["_edge", "tenant_info"]) => {
            json!({"cloudId": world.sign_in.cloud_id})
        }
        ("GET", ["rest", "api", "3", "serverInfo"]) => json!({
            "baseUrl": world.jira_url, "displayUrl": world.jira_url, "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud", "buildNumber": 100_283,
            "serverTime": render::time(world.now()), "serverTitle": "Jira", "defaultLocale": {"locale": "en_US"},
        }),
        _ => return None,
    };
    Some(Answer::json(200, &body))
}

fn unauthorized() -> Answer {
    let body =
        json!({"message": "Client must be authenticated to access this resource.", "status-code": 401});
    let answer = Answer::json(401, &body).with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    answer.with("www-authenticate", "OAuth realm=\"https%3A%2F%2Fsimulator\"")
}

/// The account behind the Basic credentials.
fn who(world: &World, request: &Request) -> Option<String> {
    if world.auth == Auth::Nobody {
        return None;
    }
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (email, token) = pair.split_once(':')?;
    world.login(email, token).map(|user| user.account.clone())
}

/// What somebody without an account gets where nothing is public: 200 and nothing, or "not there".
fn nobody(parts: &[&str]) -> Reply {
    let body = match parts.get(3..).unwrap_or_default() {
        ["myself"] => return Ok(unauthorized()),
        ["search", "jql"] => json!({"issues": [], "isLast": true}),
        ["issue", "bulkfetch"] => json!({"issues": [], "issueErrors": []}),
        ["field" | "status" | "statuses"] | ["user", ..] => json!([]),
        ["mypermissions"] => json!({"permissions": {}}),
        ["priority", "search"] => {
            json!({"values": [], "startAt": 0, "maxResults": 50, "total": 0, "isLast": true})
        }
        ["project", key, ..] => return Err(meta::no_project(key)),
        ["issue", "createmeta", key, ..] => return Err(meta::no_project(key)),
        ["issue"] | ["issue", "bulk"] => {
            return Err(Refusal::field(
                "project",
                "You do not have permission to create issues in this project.",
            ));
        }
        _ => return Err(Refusal::no_issue()),
    };
    Ok(Answer::json(200, &body))
}

#[rustfmt::skip]
fn route(world: &mut World, request: &Request, parts: &[&str], me: &str) -> Reply {
    if let Some(reply) = hooks::of_admin(world, request, parts) {
        return reply;
    }
    let Some((&["rest", "api", "3"], path)) = parts.split_at_checked(3) else { return Ok(not_found()) };
    match (request.method.as_str(), path) {
        ("GET", ["myself"]) => people::myself(world, me),
        ("GET", ["user"]) => people::get(world, request),
        ("GET", ["user", "search"]) => people::search(world, request),
        ("GET", ["user", "assignable", "search"]) => people::assignable(world, request),
        ("GET", ["mypermissions"]) => meta::my_permissions(world, request),
        ("GET", ["project", "search"]) => meta::search_projects(world, request),
        ("GET", ["resolution", "search"]) => meta::search_resolutions(world, request),
        ("GET", ["issue", key, "editmeta"]) => screens::edit_fields(world, key),
        ("GET", ["project", key]) => meta::project(world, key),
        ("GET", ["project", key, "statuses"]) => meta::project_statuses(world, key),
        ("GET", ["issue", "createmeta", project, "issuetypes"]) => screens::issue_types(world, request, project),
        ("GET", ["issue", "createmeta", project, "issuetypes", kind]) => screens::create_fields(world, request, project, kind),
        ("GET", ["priority", "search"]) => meta::priorities(world, request),
        ("GET", ["field"]) => meta::fields(world),
        ("GET", ["status"]) => meta::statuses(world),
        ("GET", ["statuses"]) => meta::statuses_by_id(world, request),
        ("GET", ["statuses", "search"]) => meta::search_statuses(world, request),
        ("GET" | "POST", ["search"]) => Ok(search::gone()),
        ("POST", ["search", "jql"]) => search::by_jql(world, &body(request)?),
        ("POST", ["issue", "bulkfetch"]) => search::bulk_fetch(world, &body(request)?),
        ("POST", ["issue"]) => issues::create_one(world, &body(request)?, me),
        ("POST", ["issue", "bulk"]) => bulk::create_many(world, &body(request)?, me),
        ("GET", ["issue", key]) => issues::get(world, request, key),
        ("PUT", ["issue", key]) => issues::edit(world, request, key, me),
        ("DELETE", ["issue", key]) => issues::delete(world, key),
        ("GET", ["issue", key, "changelog"]) => issues::changelog(world, request, key),
        ("GET", ["issue", key, "properties"]) => properties::keys(world, key),
        ("GET", ["issue", key, "properties", name]) => properties::get(world, key, name),
        ("PUT", ["issue", key, "properties", name]) => properties::put(world, request, key, name, me),
        ("DELETE", ["issue", key, "properties", name]) => properties::delete(world, key, name, me),
        ("GET", ["issue", key, "comment"]) => comments::list(world, request, key),
        ("GET", ["issue", key, "comment", id]) => comments::get(world, key, id),
        ("POST", ["issue", key, "comment"]) => comments::add(world, &body(request)?, key, me),
        ("PUT", ["issue", key, "comment", id]) => comments::update(world, &body(request)?, key, id, me),
        ("GET", ["issue", key, "transitions"]) => transitions::list(world, request, key),
        ("POST", ["issue", key, "transitions"]) => transitions::go(world, &body(request)?, key, me),
        ("GET", ["issueLinkType"]) => links::types(world),
        ("POST", ["issueLink"]) => links::create(world, &body(request)?),
        ("GET", ["issue", key, "remotelink"]) => links::remote_list(world, request, key),
        ("POST", ["issue", key, "remotelink"]) => links::remote_set(world, &body(request)?, key, me),
        ("DELETE", ["issue", key, "remotelink"]) => links::remote_delete(world, request.param("globalId"), None, key, me),
        ("DELETE", ["issue", key, "remotelink", id]) => links::remote_delete(world, None, Some(id), key, me),
        ("POST", ["issue", key, "attachments"]) => attachments::add(world, request, key, me),
        ("GET", ["attachment", "meta"]) => Ok(attachments::meta(world)),
        ("GET", ["webhook"]) => hooks::of_app(world),
        ("POST", ["webhook"]) => hooks::register(world, &body(request)?),
        ("PUT", ["webhook", "refresh"]) => hooks::refresh(world, &body(request)?),
        ("GET", ["attachment", "content", id]) => attachments::content(world, id),
        _ => Ok(not_found()),
    }
}

/// No such operation: on the real site, or only here.
pub(super) fn not_found() -> Answer {
    let answer = Answer::json(404, &json!({"message": "null for uri", "status-code": 404}));
    Answer { note: Some("the simulator has no such operation".to_owned()), ..answer }
}

/// The request's JSON object, or Jira's complaint.
pub(super) fn body(request: &Request) -> Result<Value, Refusal> {
    let value = request.json().filter(Value::is_object);
    value.ok_or_else(|| {
        Refusal::new(400, "There was an error parsing JSON. Check that your request body is valid.")
    })
}

/// The issue, if it is there and may be seen.
pub(super) fn seen<'w>(world: &'w World, key: &str) -> Result<&'w Issue, Refusal> {
    world.find(key).filter(|issue| world.shows(issue)).ok_or_else(Refusal::no_issue)
}

fn permits(world: &World, issue: &Issue, permission: &str) -> bool {
    world.project(&issue.project).is_some_and(|project| project.grants(permission))
}

/// The id of an issue that may be seen and on which the account has this permission; else a refusal with these words.
fn allowed(world: &World, key: &str, permission: &str, status: u16, words: &str) -> Result<u64, Refusal> {
    let issue = seen(world, key)?;
    if permits(world, issue, permission) { Ok(issue.id) } else { Err(Refusal::new(status, words)) }
}

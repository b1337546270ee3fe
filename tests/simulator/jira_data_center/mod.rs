//! Jira Data Center's REST API v2 below a context path, shaped from Atlassian's OpenAPI text of 10.3. What it shares with
//! Cloud is answered by Cloud's handlers over the same world; what Cloud alone has is refused.

mod ask;
mod people;
mod search;
mod texts;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::jira_cloud::{
    Reply, attachments, body, bulk, comments, hooks, issues, links, meta, not_found, properties, render,
    screens, transitions,
};
use super::request::{Answer, Request};
use super::state::World;

pub(super) use texts::WIKI;

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let Some(parts) = parts.strip_prefix(&["jira"]) else {
        // the servlet container's own page, below which there is no Jira
        return Answer::text(404, "text/html;charset=utf-8", "<!doctype html><title>HTTP Status 404</title>");
    };
    if request.method == "GET" && parts == ["rest", "api", "2", "serverInfo"] {
        return Answer::json(200, &server_info(world));
    }
    if world.sign_in.captcha {
        let page = "<html><head><title>Forbidden (403)</title></head></html>";
        let answer = Answer::text(403, "text/html;charset=UTF-8", page);
        return answer.with("x-seraph-loginreason", "AUTHENTICATION_DENIED");
    }
    let Some(account) = who(world, request) else { return unauthorized() };
    route(world, request, parts, &account).unwrap_or_else(|refusal| Answer {
        note: refusal.note.clone().or_else(|| Some(refusal.to_json().to_string())),
        ..Answer::json(refusal.status, &refusal.to_json())
    })
}

/// `getServerInfo`: what tells it from Cloud is `deploymentType`.
fn server_info(world: &World) -> serde_json::Value {
    json!({
        "baseUrl": world.site(), "version": "10.3.2", "versionNumbers": [10, 3, 2], "deploymentType": "Server",
        "buildNumber": 10_030_002, "serverTime": render::time(world.now()), "serverTitle": "Jira",
    })
}

fn unauthorized() -> Answer {
    let page = "<html><head><title>Unauthorized (401)</title></head></html>";
    let answer = Answer::text(401, "text/html;charset=UTF-8", page);
    let answer = answer.with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    answer.with("www-authenticate", "OAuth realm=\"simulator\"")
}

/// The account behind a personal access token, or behind a name and password.
fn who(world: &World, request: &Request) -> Option<String> {
    let header = request.header("authorization")?;
    let known = match header.split_once(' ')? {
        ("Bearer", token) => world.login_by_name(None, token.trim()),
        ("Basic", encoded) => {
            let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
            let (name, password) = pair.split_once(':')?;
            world.login_by_name(Some(name), password)
        }
        _ => None,
    };
    known.map(|user| user.account.clone())
}

#[rustfmt::skip]
fn route(world: &mut World, request: &Request, parts: &[&str], me: &str) -> Reply {
    if let Some(reply) = hooks::of_admin(world, request, parts) {
        return reply;
    }
    let Some((&["rest", "api", "2"], path)) = parts.split_at_checked(3) else { return Ok(not_found()) };
    match (request.method.as_str(), path) {
        ("GET", ["myself"]) => super::jira_cloud::people::myself(world, me),
        ("GET", ["user"]) => people::get(world, request),
        ("GET", ["user", "search"]) => people::search(world, request),
        ("GET", ["mypermissions"]) => ask::permissions(world, request),
        ("GET", ["project"]) => ask::plain(Ok(Answer::json(200, &meta::all_projects(world).into()))),
        ("GET", ["resolution"]) => Ok(Answer::json(200, &meta::all_resolutions(world).into())),
        ("GET", ["issue", key, "editmeta"]) => ask::plain(screens::edit_fields(world, key)),
        ("GET", ["project", key]) => ask::plain(meta::project(world, key)),
        ("GET", ["project", key, "statuses"]) => meta::project_statuses(world, key),
        ("GET", ["issue", "createmeta", project, "issuetypes"]) => ask::told(screens::issue_types(world, request, project)),
        ("GET", ["issue", "createmeta", project, "issuetypes", kind]) => ask::told(screens::create_fields(world, request, project, kind)),
        ("GET", ["priority"]) => ask::priorities(world),
        ("GET", ["field"]) => meta::fields(world),
        ("GET", ["status"]) => meta::statuses(world),
        ("POST", ["search"]) => search::by_jql(world, &body(request)?),
        ("POST", ["issue"]) => issues::create_one(world, &body(request)?, me),
        ("POST", ["issue", "bulk"]) => bulk::create_many(world, &body(request)?, me),
        ("POST", ["issue", _] | ["search", _]) => Ok(Answer::text(405, "text/html;charset=UTF-8", "<html>Method Not Allowed")),
        ("GET", ["issue", key]) => issues::get(world, request, key),
        ("PUT", ["issue", key]) => issues::edit(world, request, key, me),
        ("DELETE", ["issue", key]) => issues::delete(world, key),
        ("GET", ["issue", key, "properties"]) => properties::keys(world, key),
        ("GET", ["issue", key, "properties", name]) => properties::get(world, key, name),
        ("PUT", ["issue", key, "properties", name]) => properties::put(world, request, key, name, me),
        ("DELETE", ["issue", key, "properties", name]) => properties::delete(world, key, name, me),
        ("GET", ["issue", key, "comment"]) => comments::list(world, request, key),
        ("POST", ["issue", key, "comment"]) => comments::add(world, &body(request)?, key, me),
        ("GET", ["issue", key, "transitions"]) => ask::plain(transitions::list(world, request, key)),
        ("POST", ["issue", key, "transitions"]) => transitions::go(world, &body(request)?, key, me),
        ("GET", ["issueLinkType"]) => links::types(world),
        ("POST", ["issueLink"]) => links::create(world, &body(request)?),
        ("GET", ["issue", key, "remotelink"]) => links::remote_list(world, request, key),
        ("POST", ["issue", key, "remotelink"]) => links::remote_set(world, &body(request)?, key, me),
        ("DELETE", ["issue", key, "remotelink"]) => links::remote_delete(world, request.param("globalId"), None, key, me),
        ("POST", ["issue", key, "attachments"]) => attachments::add(world, request, key, me),
        ("GET", ["attachment", "meta"]) => Ok(attachments::meta(world)),
        _ => Ok(not_found()),
    }
}

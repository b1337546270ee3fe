//! Atlassian's API gateway and authorization server, as paths of the site's own port: `/_gateway` and `/_auth`.
//!
//! Shapes: "OAuth 2.0 (3LO) apps" of Atlassian's developer documentation (authorize, token, accessible-resources), and the
//! gateway's 401 (`docs/facts.md`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use url::Url;

use super::super::request::{Answer, Request};
use super::super::state::World;

/// Answers what is not the site's own.
pub(super) fn answer(world: &mut World, request: &Request, parts: &[&str]) -> Option<Answer> {
    let sign_in = &world.sign_in;
    Some(match (request.method.as_str(), parts) {
        ("GET", ["_auth", "authorize"]) => authorize(world, request),
        ("POST", ["_auth", "oauth", "token"]) if sign_in.token_at_server => token(world, request),
        ("POST", ["_gateway", "oauth", "token"]) if sign_in.token_at_gateway => token(world, request),
        ("GET", ["_gateway", "oauth", "token", "accessible-resources"]) => resources(world, request),
        (_, ["_gateway", "ex", "jira", id, ..]) if *id == sign_in.cloud_id => pass(world, request),
        (_, ["_gateway" | "_auth", ..]) => Answer::json(
            404,
            &json!({"status": 404, "error": "Not Found", "message": "No message available"}),
        ),
        _ => return None,
    })
}

/// Jira's API, for those whose token has the scope.
fn pass(world: &mut World, request: &Request) -> Answer {
    let Some(access) = who(world, request) else {
        return unauthorized("Unauthorized");
    };
    let (account, scopes) = (access.account.clone(), access.scopes.clone());
    let mut inner = request.clone();
    inner.segments.drain(..4);
    let parts: Vec<&str> = inner.segments.iter().map(String::as_str).collect();
    if !scopes.iter().any(|scope| scope == needed(&inner.method, &parts)) {
        return unauthorized("Unauthorized; scope does not match");
    }
    super::replied(super::route(world, &inner, &parts, &account))
}

fn who<'w>(world: &'w World, request: &Request) -> Option<&'w super::super::state::Access> {
    let header = request.header("authorization")?;
    if let Some(token) = header.strip_prefix("Bearer ") {
        return world.access(token, None);
    }
    let pair = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?).ok()?).ok()?;
    let (email, token) = pair.split_once(':')?;
    world.access(token, Some(email))
}

/// The classic scope of an operation.
fn needed(method: &str, parts: &[&str]) -> &'static str {
    match parts.get(3..).unwrap_or_default() {
        ["myself"] | ["user", ..] => "read:jira-user",
        ["search", ..] | ["issue", "bulkfetch"] => "read:jira-work",
        ["webhook", ..] => "manage:jira-webhook",
        _ if method == "GET" => "read:jira-work",
        _ => "write:jira-work",
    }
}

fn unauthorized(message: &str) -> Answer {
    Answer::json(401, &json!({"code": 401, "message": message}))
}

/// A person who consents at once: the answer leads back with a code.
fn authorize(world: &mut World, request: &Request) -> Answer {
    let wanted = [("audience", "api.atlassian.com"), ("response_type", "code"), ("prompt", "consent")];
    let wrong = wanted.iter().any(|(name, value)| request.param(name) != Some(value));
    let scopes = request.param("scope").unwrap_or_default();
    let code = world.sign_in.fresh("code");
    let app = world.sign_in.apps.iter_mut().find(|app| Some(app.id.as_str()) == request.param("client_id"));
    let back = request.param("redirect_uri").and_then(|back| Url::parse(back).ok());
    match (app, back, request.param("state")) {
        (Some(app), Some(mut back), Some(state)) if !wrong && scopes.contains("offline_access") => {
            app.codes.push(code.clone());
            back.query_pairs_mut().append_pair("code", &code).append_pair("state", state);
            Answer::empty(302).with("location", back.as_str())
        }
        _ => Answer::text(400, "text/html", "<html>Something is wrong with this request"),
    }
}

/// Exchanges credentials, a code or a refresh token.
fn token(world: &mut World, request: &Request) -> Answer {
    let body = request.json().unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let next = world.sign_in.fresh("refresh");
    let Some(app) = world.sign_in.apps.iter_mut().find(|app| app.id == id && app.secret == secret) else {
        return denied(401, "access_denied");
    };
    let account = app.account.clone();
    let rotated = match text("grant_type").as_str() {
        "client_credentials" if app.is_service => None,
        "authorization_code" => {
            let Some(place) = app.codes.iter().position(|code| *code == text("code")) else {
                return denied(400, "invalid_grant");
            };
            app.codes.remove(place);
            Some(next)
        }
        // the one before is dead from now on
        "refresh_token" if app.refresh.as_deref() == Some(&text("refresh_token")) => Some(next),
        "refresh_token" => return denied(403, "invalid_grant"),
        _ => return denied(400, "unauthorized_client"),
    };
    if rotated.is_some() {
        app.refresh.clone_from(&rotated);
    }
    let mut given = json!({"access_token": world.give_access(&account), "token_type": "Bearer",
        "expires_in": world.sign_in.life.as_secs(), "scope": "read:jira-work write:jira-work read:jira-user"});
    if let Some(refresh) = rotated {
        given["refresh_token"] = json!(refresh);
    }
    Answer::json(200, &given)
}

/// An error of OAuth (RFC 6749, 5.2).
fn denied(status: u16, error: &str) -> Answer {
    Answer::json(status, &json!({"error": error, "error_description": "Unauthorized"}))
}

/// The sites that a consent is good for.
fn resources(world: &World, request: &Request) -> Answer {
    if who(world, request).is_none() {
        return unauthorized("Unauthorized");
    }
    let scopes = super::super::state::SCOPES;
    let site = |id: &str, url: &str| json!({"id": id, "url": url, "name": "site", "scopes": scopes, "avatarUrl": url});
    let mut sites = vec![site(&world.sign_in.cloud_id, &world.jira_url)];
    sites.extend(world.sign_in.other_sites.iter().map(|(id, url)| site(id, url)));
    sites.push(json!({"id": "9-9", "url": "https://wiki.example", "name": "wiki", "scopes": ["read:confluence-content.all"],
        "avatarUrl": ""}));
    Answer::json(200, &Value::Array(sites))
}

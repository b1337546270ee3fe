//! GitHub's REST API, as far as casefile uses it. Each handler names the operation of GitHub's OpenAPI text that it is shaped
//! from.

mod alerts;
mod app;
mod comments;
mod pulls;
mod render;
mod repositories;

use serde_json::{Value, json};

use super::request::{Answer, Request};
use super::state::World;
use super::state::github::Repository;

/// A handler's result; the error is an answer too.
type Reply = Result<Answer, Answer>;

/// Characters that a body may have.
const BODY_LIMIT: usize = 65_536;

/// Answers a request.
pub(crate) fn answer(world: &mut World, request: &Request) -> Answer {
    let reply = match app::answer(world, request) {
        Some(reply) => reply,
        None => of_token(world, request),
    };
    let answer = reply.unwrap_or_else(|answer| answer);
    let note = (answer.status >= 400).then(|| String::from_utf8_lossy(&answer.body).into_owned());
    let remaining = world.github.remaining;
    let answer = answer
        .with("x-ratelimit-limit", "1000")
        .with("x-ratelimit-remaining", remaining.to_string())
        .with("x-ratelimit-used", 1000u32.saturating_sub(remaining).to_string())
        .with("x-ratelimit-reset", (world.now().as_second() + 3600).to_string())
        .with("x-ratelimit-resource", "core")
        .with("x-github-media-type", "github.v3; format=json");
    Answer { note, ..answer }
}

/// Answers whoever has a token, or none.
fn of_token(world: &mut World, request: &Request) -> Reply {
    let access = access(world, request)?;
    if world.github.remaining == 0 {
        return Err(refuse(403, "API rate limit exceeded for installation ID 1."));
    }
    world.github.remaining -= 1;
    route(world, request, access)
}

/// What a token may do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Nobody,
    Read,
    Write,
}

fn access(world: &World, request: &Request) -> Result<Access, Answer> {
    if request.header("user-agent").is_none() {
        return Err(Answer::text(
            403,
            "text/plain",
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    let Some(header) = request.header("authorization") else {
        return Ok(Access::Nobody);
    };
    let token = header.split_once(' ').map(|(_, token)| token.trim()).unwrap_or_default();
    match world.github.tokens.get(token) {
        Some(true) => Ok(Access::Write),
        Some(false) => Ok(Access::Read),
        None => Err(refuse(401, "Bad credentials")),
    }
}

fn route(world: &mut World, request: &Request, access: Access) -> Reply {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let method = request.method.as_str();
    match (method, parts.as_slice()) {
        ("GET", ["rate_limit"]) => return Ok(repositories::rate_limit(world)),
        ("GET", ["search", "issues"]) => {
            return repositories::search(world, request, access != Access::Nobody);
        }
        _ => {}
    }
    let (name, rest) = match parts.as_slice() {
        ["repos", owner, name, rest @ ..] => (format!("{owner}/{name}"), rest),
        ["repositories", id, rest @ ..] => {
            let known = world.github.repositories.iter().find(|one| one.id.to_string() == *id);
            (known.map(|one| one.full_name.clone()).unwrap_or_default(), rest)
        }
        _ => return Err(not_found()),
    };
    if let Some(id) = world.github.renamed.get(&name.to_lowercase()) {
        return Err(moved(world, method, *id, rest));
    }
    let full_name = visible(world, &name, access)?.full_name.clone();
    if method == "GET" {
        return read(world, request, &full_name, rest);
    }
    if access != Access::Write {
        return Err(refuse(403, "Resource not accessible by integration"));
    }
    if request.header("if-match").is_some() {
        return Err(refuse(
            400,
            "Conditional request headers are not allowed in unsafe requests unless supported by the endpoint",
        ));
    }
    write(world, request, &full_name, rest)
}

fn read(world: &World, request: &Request, name: &str, path: &[&str]) -> Reply {
    let repository = world.github.repository(name).ok_or_else(not_found)?;
    match path {
        [] => Ok(Answer::json(200, &render::repository(world, repository))),
        ["branches"] => Ok(repositories::branches(world, request, repository)),
        ["branches", branch @ ..] if !branch.is_empty() => {
            repositories::branch(repository, &branch.join("/"))
        }
        ["git", "ref", space @ ("heads" | "tags"), name @ ..] => {
            repositories::git_ref(world, repository, space, &name.join("/"))
        }
        ["contents", path @ ..] => repositories::contents(world, request, repository, &path.join("/")),
        ["pulls"] => pulls::list(world, request, repository),
        ["pulls", number] => pulls::get(world, repository, number),
        ["pulls", number, "files"] => pulls::files(world, request, repository, number),
        ["commits", commit, "pulls"] => pulls::of_commit(world, request, repository, commit),
        ["issues", "comments"] => Ok(comments::of_repository(world, request, repository)),
        ["code-scanning", "analyses"] => alerts::analyses(world, request, repository),
        [feed, "alerts"] => alerts::list(world, request, repository, feed),
        ["issues", number, "comments"] => comments::list(world, request, repository, number),
        ["issues", "comments", id] => comments::get(world, repository, id),
        _ => Err(not_found()),
    }
}

fn write(world: &mut World, request: &Request, name: &str, path: &[&str]) -> Reply {
    let body = request.json().filter(Value::is_object);
    match (request.method.as_str(), path) {
        ("DELETE", ["issues", "comments", id]) => return comments::delete(world, name, id),
        _ if body.is_none() => return Err(refuse(400, "Problems parsing JSON")),
        _ => {}
    }
    let body = body.unwrap_or_default();
    match (request.method.as_str(), path) {
        ("PATCH", ["pulls", number]) => pulls::update(world, &body, name, number),
        ("POST", ["issues", number, "comments"]) => comments::create(world, &body, name, number),
        ("PATCH", [feed, "alerts", number]) => alerts::update(world, &body, name, feed, number),
        ("PATCH", ["issues", "comments", id]) => comments::update(world, &body, name, id),
        _ => Err(not_found()),
    }
}

/// A private repository is not there for those without a token.
fn visible<'w>(world: &'w World, full_name: &str, access: Access) -> Result<&'w Repository, Answer> {
    let repository = world.github.repository(full_name);
    repository.filter(|one| !one.private || access != Access::Nobody).ok_or_else(not_found)
}

/// GitHub's error object (`basic-error`).
fn refuse(status: u16, message: &str) -> Answer {
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string()});
    Answer::json(status, &body)
}

/// `moved_permanently`, or `temporary_redirect` where the method is to stay: the same below the repository's number.
fn moved(world: &World, method: &str, id: u64, rest: &[&str]) -> Answer {
    let path: String = rest.iter().map(|part| format!("/{part}")).collect();
    let url = format!("{}/repositories/{id}{path}", world.github.url);
    let body = json!({"message": "Moved Permanently", "url": url, "documentation_url": "https://docs.github.com/rest"});
    Answer::json(if method == "GET" { 301 } else { 307 }, &body).with("location", url)
}

fn not_found() -> Answer {
    refuse(404, "Not Found")
}

/// The text of `body`, refused when it is too long (`validation-error`).
fn body_text(body: &Value, resource: &str) -> Result<Option<String>, Answer> {
    let text = match body.get("body") {
        None => return Ok(None),
        Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(_) => {
            return Err(refuse(
                422,
                "Invalid request.\n\nFor 'properties/body', the value is not a string or null.",
            ));
        }
    };
    if text.chars().count() > BODY_LIMIT {
        let message = format!("body is too long (maximum is {BODY_LIMIT} characters)");
        let error = json!({"resource": resource, "code": "custom", "field": "body", "message": message});
        let body = json!({
            "message": "Validation Failed", "errors": [error], "documentation_url": "https://docs.github.com/rest", "status": "422",
        });
        return Err(Answer::json(422, &body));
    }
    Ok(Some(text))
}

/// One page of a list (30 unless asked, 100 at most), with the `Link` header that leads on.
fn page(request: &Request, world: &World, all: Vec<Value>) -> Answer {
    let (url, size) = (&world.github.url, page_size(request, world));
    let number = request.number("page", 1).max(1);
    let last = all.len().div_ceil(size).max(1);
    let others: String = request
        .query
        .iter()
        .filter(|(name, _)| name != "page")
        .map(|(name, value)| format!("{name}={value}&"))
        .collect();
    let link = |to: usize, rel: &str| format!("<{url}{}?{others}page={to}>; rel=\"{rel}\"", request.path);
    let shown: Vec<Value> = all.into_iter().skip((number - 1) * size).take(size).collect();
    let answer = Answer::json(200, &Value::Array(shown));
    if number < last {
        answer.with("link", format!("{}, {}", link(number + 1, "next"), link(last, "last")))
    } else {
        answer
    }
}

fn page_size(request: &Request, world: &World) -> usize {
    request.number("per_page", 30).clamp(1, 100).min(world.short_pages.unwrap_or(100))
}

//! Alerts of code scanning, Dependabot and secret scanning. Secret scanning and analyses are not in the part of GitHub's
//! OpenAPI text at hand; they are shaped from its documentation.

use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::World;
use super::super::state::github::Repository;
use super::{Reply, not_found, page, page_size, refuse, render};

/// What a dismissal may give as its reason (`code-scanning-alert-dismissed-reason`, `dependabot/update-alert`).
const REASONS: [(&str, &[&str]); 2] = [
    ("code-scanning", &["false positive", "won't fix", "used in tests", "mitigated"]),
    ("dependabot", &["fix_started", "inaccurate", "no_bandwidth", "not_used", "tolerable_risk"]),
];

/// `code-scanning/list-recent-analyses`: of a reference, the newest first; 404 where there is none.
pub(super) fn analyses(world: &World, request: &Request, repository: &Repository) -> Reply {
    let wanted = request.param("ref");
    let of_ref = |one: &&Value| wanted.is_none_or(|wanted| one["ref"] == wanted);
    let found: Vec<Value> = repository.alerts.analyses.iter().rev().filter(of_ref).cloned().collect();
    if found.is_empty() {
        return Err(refuse(404, "no analysis found"));
    }
    Ok(page(request, world, found))
}

/// `code-scanning/list-alerts-for-repo`, `dependabot/list-alerts-for-repo`, `secret-scanning/list-alerts-for-repo`.
pub(super) fn list(world: &World, request: &Request, repository: &Repository, feed: &str) -> Reply {
    let alerts = repository.alerts.feeds.get(feed).ok_or_else(|| off(feed))?;
    let states: Option<Vec<&str>> = request.param("state").map(|states| states.split(',').collect());
    if feed == "code-scanning" && states.as_ref().is_some_and(|states| states.len() > 1) {
        return Err(refuse(422, "Invalid request. No subschema in \"oneOf\" matched."));
    }
    let fits = |alert: &&Value| {
        let state = alert["state"].as_str().unwrap_or_default();
        states.as_ref().is_none_or(|states| states.contains(&state))
            && request.param("ref").is_none_or(|wanted| alert["most_recent_instance"]["ref"] == wanted)
    };
    let mut found: Vec<Value> = alerts.iter().filter(fits).cloned().collect();
    if request.param("direction") != Some("asc") {
        found.reverse();
    }
    if request.param("hide_secret") == Some("true") {
        found.iter_mut().for_each(|alert| alert["secret"] = Value::Null);
    }
    match feed {
        "dependabot" if request.param("page").is_some() => {
            Err(refuse(400, "Pagination using the `page` parameter is not supported."))
        }
        "dependabot" => Ok(cursor_page(request, world, found)),
        _ => Ok(page(request, world, found)),
    }
}

/// `code-scanning/update-alert`, `dependabot/update-alert`.
pub(super) fn update(world: &mut World, body: &Value, name: &str, feed: &str, number: &str) -> Reply {
    let reasons =
        REASONS.iter().find(|(own, _)| *own == feed).map(|(_, reasons)| reasons).ok_or_else(not_found)?;
    let number: u64 = number.parse().map_err(|_| not_found())?;
    let (reason, comment) = (&body["dismissed_reason"], &body["dismissed_comment"]);
    let fields = match body["state"].as_str() {
        Some("dismissed") if !reasons.iter().any(|known| reason == known) => {
            return Err(refuse(400, "Invalid dismissal reason"));
        }
        Some("dismissed") if comment.as_str().is_some_and(|text| text.chars().count() > 280) => {
            return Err(refuse(422, "Dismissed comment is too long (maximum is 280 characters)"));
        }
        Some("dismissed") => json!({
            "state": "dismissed", "dismissed_reason": reason, "dismissed_comment": comment,
            "dismissed_at": "2026-01-02T03:04:05Z", "dismissed_by": render::user(world, &world.github.login),
        }),
        Some("open") => json!({
            "state": "open", "dismissed_reason": null, "dismissed_comment": null, "dismissed_at": null, "dismissed_by": null,
        }),
        _ => return Err(refuse(400, "Invalid state")),
    };
    let alerts = &mut world.github.repository_mut(name).ok_or_else(not_found)?.alerts;
    if !alerts.set(feed, number, fields) {
        return Err(not_found());
    }
    alerts.get(feed, number).map(|alert| Answer::json(200, alert)).ok_or_else(not_found)
}

/// What GitHub answers for a feature that is off.
fn off(feed: &str) -> Answer {
    match feed {
        "code-scanning" => {
            refuse(403, "Code Security must be enabled for this repository to use code scanning.")
        }
        "dependabot" => refuse(403, "Dependabot alerts are disabled for this repository."),
        "secret-scanning" => refuse(404, "Secret scanning is disabled on this repository."),
        _ => not_found(),
    }
}

/// One page of a list that is followed by cursors.
fn cursor_page(request: &Request, world: &World, all: Vec<Value>) -> Answer {
    let (url, size) = (&world.github.url, page_size(request, world));
    let start: usize =
        request.param("after").and_then(|cursor| cursor.strip_prefix("cursor,")?.parse().ok()).unwrap_or(0);
    let more = all.len() > start + size;
    let shown: Vec<Value> = all.into_iter().skip(start).take(size).collect();
    let answer = Answer::json(200, &Value::Array(shown));
    if !more {
        return answer;
    }
    let others: String = request
        .query
        .iter()
        .filter(|(name, _)| name != "after")
        .map(|(name, value)| format!("{name}={value}&"))
        .collect();
    let next = start + size;
    answer.with("link", format!("<{url}{}?{others}after=cursor,{next}>; rel=\"next\"", request.path))
}

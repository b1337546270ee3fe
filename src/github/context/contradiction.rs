//! Whether a run's variables and its event's payload agree. If they do not, nothing shows which of them is right, and
//! the run must not get the rights that the more generous one would give.
//!
//! Both are GitHub's: <https://docs.github.com/en/actions/reference/workflows-and-actions/variables> and
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>. What either leaves out contradicts nothing.

use serde_json::Value;

use super::Variables;
use crate::model::repository::Repository;

/// Top-level keys that only the payloads of these events have.
const KEYS: [(&str, &[&str]); 20] = [
    (
        "pull_request",
        &["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"],
    ),
    ("review", &["pull_request_review"]),
    // deployments name the run and the check that created them
    ("workflow_run", &["workflow_run", "deployment", "deployment_status"]),
    ("check_run", &["check_run", "deployment", "deployment_status"]),
    ("check_suite", &["check_suite"]),
    ("merge_group", &["merge_group"]),
    ("issue", &["issues", "issue_comment"]),
    ("comment", &["issue_comment", "pull_request_review_comment", "discussion_comment", "commit_comment"]),
    ("discussion", &["discussion", "discussion_comment"]),
    ("release", &["release"]),
    ("deployment", &["deployment", "deployment_status"]),
    ("deployment_status", &["deployment_status"]),
    ("client_payload", &["repository_dispatch"]),
    ("inputs", &["workflow_dispatch"]),
    ("schedule", &["schedule"]),
    ("forkee", &["fork"]),
    ("registry_package", &["registry_package"]),
    ("pusher", &["push"]),
    ("head_commit", &["push"]),
    ("pages", &["gollum"]),
];

/// The events that run for a pull request.
const PULL_REQUESTS: [&str; 4] =
    ["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"];

/// What does not fit together, as the continuation of "the run contradicts itself: "; `None`: everything fits.
pub(super) fn of(
    event: &str,
    env: &Variables<'_>,
    payload: Option<&Value>,
    own: &Repository,
) -> Option<&'static str> {
    let nothing = Value::Null;
    let payload = payload.unwrap_or(&nothing);
    if !payload.is_null() && !payload.is_object() {
        return Some("the event's payload is not an object");
    }
    of_ref(env).or_else(|| of_repository(payload, own)).or_else(|| of_shape(event, payload)).or_else(|| {
        match event {
            event if PULL_REQUESTS.contains(&event) => of_pull_request(env, payload, own),
            _ if env.get("GITHUB_HEAD_REF").is_some() => {
                Some("GITHUB_HEAD_REF is set, although the event is not about a pull request")
            }
            "push" => of_push(env, payload),
            "workflow_run" => of_workflow_run(payload, own),
            "workflow_dispatch" => of_dispatch(env, payload),
            "deployment" | "deployment_status" => of_deployment(env, payload),
            _ => None,
        }
    })
}

/// Checks the ref alone: its type and its short name match it.
fn of_ref(env: &Variables<'_>) -> Option<&'static str> {
    let kind = env.get("GITHUB_REF_TYPE");
    if kind.as_deref().is_some_and(|kind| !matches!(kind, "branch" | "tag")) {
        return Some("GITHUB_REF_TYPE is neither `branch` nor `tag`");
    }
    let full = env.get("GITHUB_REF")?;
    let (is_tag, short) =
        match ["refs/heads/", "refs/tags/", "refs/pull/"].map(|start| full.strip_prefix(start)) {
            [Some(short), ..] => (false, short),
            [_, Some(short), _] => (true, short),
            [.., Some(short)] => (false, short),
            _ => return Some("GITHUB_REF is not a full ref"),
        };
    if kind.is_some_and(|kind| (kind == "tag") != is_tag) {
        return Some("GITHUB_REF and GITHUB_REF_TYPE differ");
    }
    let is_named = same(env.get("GITHUB_REF_NAME"), Some(short.to_owned()));
    (!is_named).then_some("GITHUB_REF and GITHUB_REF_NAME differ")
}

/// The payload must be about the repository that runs. A rename changes its name and never its id.
fn of_repository(payload: &Value, own: &Repository) -> Option<&'static str> {
    is_other(&payload["repository"], own).then_some("GITHUB_REPOSITORY and the payload's repository differ")
}

/// Whether a payload's repository is known to be a different one.
fn is_other(repository: &Value, own: &Repository) -> bool {
    if !repository["id"].is_null()
        && let Some(id) = own.id
    {
        return repository["id"].as_u64() != Some(id);
    }
    repository["full_name"].as_str().is_some_and(|name| !name.eq_ignore_ascii_case(&own.name))
}

/// No part of the payload may belong to another event.
fn of_shape(event: &str, payload: &Value) -> Option<&'static str> {
    let foreign = |(key, events): &(&str, &[&str])| !payload[*key].is_null() && !events.contains(&event);
    KEYS.iter().any(foreign).then_some("the payload does not match GITHUB_EVENT_NAME")
}

fn of_pull_request(env: &Variables<'_>, payload: &Value, own: &Repository) -> Option<&'static str> {
    let pull = &payload["pull_request"];
    let number = pull["number"].as_u64().or_else(|| payload["number"].as_u64());
    let of_ref = env.get("GITHUB_REF").and_then(|full| full.strip_prefix("refs/pull/").map(str::to_owned));
    let of_ref = of_ref.and_then(|rest| rest.split('/').next().map(str::to_owned));
    if env.get("GITHUB_REF").is_some_and(|full| full.starts_with("refs/tags/")) {
        return Some("the event is about a pull request, but GITHUB_REF is a tag");
    }
    if !same(of_ref, number.map(|number| number.to_string())) || !same(payload["number"].as_u64(), number) {
        return Some("GITHUB_REF and the payload name different pull requests");
    }
    if is_other(&pull["base"]["repo"], own) {
        return Some("the pull request belongs to another repository");
    }
    let differs = |variable: &str, given: &Value| !same(env.get(variable), text(given));
    if differs("GITHUB_HEAD_REF", &pull["head"]["ref"]) || differs("GITHUB_BASE_REF", &pull["base"]["ref"]) {
        return Some("GITHUB_HEAD_REF or GITHUB_BASE_REF does not match the pull request");
    }
    None
}

fn of_push(env: &Variables<'_>, payload: &Value) -> Option<&'static str> {
    if payload["deleted"].as_bool() == Some(true) {
        return Some("the push deleted the ref");
    }
    if !same(env.get("GITHUB_REF"), text(&payload["ref"])) {
        return Some("GITHUB_REF is not the ref that was pushed");
    }
    // for an annotated tag, the payload names the tag's own object
    let is_branch = env.get("GITHUB_REF").is_some_and(|full| full.starts_with("refs/heads/"));
    let commits = [&payload["after"], &payload["head_commit"]["id"]];
    let differs = commits.iter().any(|given| !is_same_commit(env.get("GITHUB_SHA"), text(given)));
    (is_branch && differs).then_some("GITHUB_SHA is not the commit that was pushed")
}

/// Whoever dispatches a workflow over the API may use the short name of the ref.
fn of_dispatch(env: &Variables<'_>, payload: &Value) -> Option<&'static str> {
    let (full, given) = (env.get("GITHUB_REF")?, text(&payload["ref"])?);
    let short = ["refs/heads/", "refs/tags/"].iter().find_map(|start| full.strip_prefix(start));
    (given != full && Some(given.as_str()) != short).then_some("GITHUB_REF is not the ref in the payload")
}

fn of_workflow_run(payload: &Value, own: &Repository) -> Option<&'static str> {
    let run = &payload["workflow_run"];
    is_other(&run["repository"], own).then_some("the triggering workflow belongs to another repository")
}

fn of_deployment(env: &Variables<'_>, payload: &Value) -> Option<&'static str> {
    let commit = text(&payload["deployment"]["sha"]);
    (!is_same_commit(env.get("GITHUB_SHA"), commit)).then_some("GITHUB_SHA is not the deployed commit")
}

/// Whether the values do not differ; a missing value differs from nothing.
fn same<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

fn is_same_commit(one: Option<String>, other: Option<String>) -> bool {
    same(one.map(|id| id.to_ascii_lowercase()), other.map(|id| id.to_ascii_lowercase()))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

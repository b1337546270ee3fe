//! Repositories, their branches, and the search over pull requests.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::World;
use super::super::state::github::{PullRequest, Repository};
use super::{Reply, not_found, refuse, render};

/// `repos/list-branches`: `short-branch`es.
pub(super) fn branches(world: &World, request: &Request, repository: &Repository) -> Answer {
    let one = |(name, commit): (&String, &String)| {
        let url = format!("{}/repos/{}/commits/{commit}", world.github.url, repository.full_name);
        json!({"name": name, "commit": {"sha": commit, "url": url}, "protected": false})
    };
    super::page(request, world, repository.branches.iter().map(one).collect())
}

/// `repos/get-branch`: name and tip alone.
pub(super) fn branch(repository: &Repository, branch: &str) -> Reply {
    let commit = repository.branches.get(branch).ok_or_else(|| refuse(404, "Branch not found"))?;
    Ok(Answer::json(200, &json!({"name": branch, "commit": {"sha": commit}, "protected": false})))
}

/// `git/get-ref`.
pub(super) fn git_ref(world: &World, repository: &Repository, space: &str, name: &str) -> Reply {
    let refs = if space == "tags" { &repository.tags } else { &repository.branches };
    let commit = refs.get(name).ok_or_else(not_found)?;
    let url = format!("{}/repos/{}/git/refs/{space}/{name}", world.github.url, repository.full_name);
    let object = json!({"type": "commit", "sha": commit, "url": url});
    Ok(Answer::json(
        200,
        &json!({"ref": format!("refs/{space}/{name}"), "node_id": "REF_1", "url": url, "object": object}),
    ))
}

/// `repos/get-content` of the default branch: `content-file` up to 1 MB with its content in lines of 60 characters of
/// Base64; a bigger one without it ("Between 1-100 MB ... the `content` field will be an empty string and the `encoding`
/// field will be `none`"); of a folder a `content-directory`.
pub(super) fn contents(world: &World, request: &Request, repository: &Repository, path: &str) -> Reply {
    if request.param("ref").is_some_and(|name| name != repository.default_branch) {
        return Err(refuse(404, "No commit found for the ref"));
    }
    let base = format!("{}/repos/{}", world.github.url, repository.full_name);
    let url = |path: &str| format!("{base}/contents/{path}?ref={}", repository.default_branch);
    let about = |path: &str, kind: &str, size: usize| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (url, blob) = (url(path), format!("{base}/git/blobs/1"));
        let links = json!({"self": url, "git": blob, "html": format!("{base}/blob/main/{path}")});
        json!({
            "type": kind, "name": name, "path": path, "sha": "1", "size": size, "url": links["self"],
            "git_url": links["git"], "html_url": links["html"], "download_url": null, "_links": links,
        })
    };
    if let Some(file) = repository.files.get(path) {
        let mut answer = about(path, "file", file.len());
        let is_small = file.len() <= 1_000_000;
        let encoded = if is_small { BASE64_STANDARD.encode(file) } else { String::new() };
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
        answer["content"] = json!(lines.join("\n") + if is_small { "\n" } else { "" });
        answer["encoding"] = json!(if is_small { "base64" } else { "none" });
        return Ok(Answer::json(200, &answer));
    }
    let start = if path.is_empty() { String::new() } else { format!("{path}/") };
    let below: BTreeSet<(&str, bool)> = repository
        .files
        .keys()
        .filter_map(|file| file.strip_prefix(&start))
        .map(|rest| rest.split_once('/').map_or((rest, false), |(folder, _)| (folder, true)))
        .collect();
    if below.is_empty() {
        return Err(not_found());
    }
    let entry = |(name, is_folder): &(&str, bool)| {
        about(&format!("{start}{name}"), if *is_folder { "dir" } else { "file" }, 0)
    };
    Ok(Answer::json(200, &Value::Array(below.iter().map(entry).collect())))
}

/// `rate-limit/get`.
pub(super) fn rate_limit(world: &World) -> Answer {
    let left = world.github.remaining;
    let core = json!({"limit": 1000, "remaining": left, "used": 1000u32.saturating_sub(left), "reset": world.now().as_second() + 3600});
    Answer::json(200, &json!({"resources": {"core": core}, "rate": core}))
}

/// `search/issues-and-pull-requests`: `repo:`, `is:`, `head:`, `base:`, and words of title and body.
pub(super) fn search(world: &World, request: &Request, known: bool) -> Reply {
    let query = request
        .param("q")
        .filter(|query| !query.trim().is_empty())
        .ok_or_else(|| refuse(422, "Validation Failed"))?;
    let repositories = world.github.repositories.iter().filter(|one| known || !one.private);
    let found: Vec<Value> = repositories
        .flat_map(|one| one.pulls.values().map(move |pull| (one, pull)))
        .filter(|(one, pull)| query.split_whitespace().all(|term| fits(one, pull, term)))
        .map(|(one, pull)| {
            let mut item = render::pull(world, one, pull);
            item["repository_url"] = json!(format!("{}/repos/{}", world.github.url, one.full_name));
            item["pull_request"] = json!({"url": item["url"]});
            item
        })
        .collect();
    Ok(Answer::json(200, &json!({"total_count": found.len(), "incomplete_results": false, "items": found})))
}

fn fits(repository: &Repository, pull: &PullRequest, term: &str) -> bool {
    let Some((qualifier, value)) = term.split_once(':') else {
        let word = term.trim_matches('"');
        return pull.title.contains(word) || pull.body.as_deref().unwrap_or_default().contains(word);
    };
    match (qualifier, value) {
        ("repo", name) => repository.full_name.eq_ignore_ascii_case(name),
        ("is" | "state", "open") => pull.open,
        ("is" | "state", "closed") => !pull.open,
        ("is", "merged") => pull.merged,
        ("is" | "type", "pr" | "pull-request") | ("in", _) => true,
        ("head", branch) => pull.head.0 == branch,
        ("base", branch) => pull.base.0 == branch,
        _ => false,
    }
}

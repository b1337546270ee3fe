//! Repositories, their branches, and the search over pull requests.

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
pub(super) fn git_ref(world: &World, repository: &Repository, branch: &str) -> Reply {
    let commit = repository.branches.get(branch).ok_or_else(not_found)?;
    let url = format!("{}/repos/{}/git/refs/heads/{branch}", world.github.url, repository.full_name);
    let object = json!({"type": "commit", "sha": commit, "url": url});
    Ok(Answer::json(
        200,
        &json!({"ref": format!("refs/heads/{branch}"), "node_id": "REF_1", "url": url, "object": object}),
    ))
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

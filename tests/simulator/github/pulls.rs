//! Pull requests.

use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::World;
use super::super::state::github::{PullRequest, Repository};
use super::{Reply, body_text, not_found, page, render};

/// `pulls/list`: by `state`, `head` (`owner:branch`) and `base`; by number or, with `sort=updated`, by the last change; the
/// newest first unless `direction=asc`.
pub(super) fn list(world: &World, request: &Request, repository: &Repository) -> Reply {
    let state = request.param("state").unwrap_or("open");
    let fits = |pull: &&PullRequest| {
        let owner = pull.head_repository.split('/').next().unwrap_or_default();
        let head = format!("{owner}:{}", pull.head.0);
        (state == "all" || (state == "open") == pull.open)
            && request.param("head").is_none_or(|wanted| wanted == head)
            && request.param("base").is_none_or(|wanted| wanted == pull.base.0)
    };
    let mut found: Vec<&PullRequest> = repository.pulls.values().filter(fits).collect();
    if request.param("sort") == Some("updated") {
        found.sort_by_key(|pull| pull.closed);
    }
    if request.param("direction") != Some("asc") {
        found.reverse();
    }
    Ok(page(request, world, shown(world, repository, found.into_iter())))
}

/// `pulls/get`.
pub(super) fn get(world: &World, repository: &Repository, number: &str) -> Reply {
    Ok(Answer::json(200, &render::pull(world, repository, find(repository, number)?)))
}

/// `pulls/list-files`.
pub(super) fn files(world: &World, request: &Request, repository: &Repository, number: &str) -> Reply {
    let file = |name: &String| {
        json!({
            "sha": "0000000000000000000000000000000000000000", "filename": name, "status": "modified", "additions": 1, "deletions": 0,
            "changes": 1, "blob_url": "", "raw_url": "", "contents_url": "",
        })
    };
    Ok(page(request, world, find(repository, number)?.files.iter().map(file).collect()))
}

/// `repos/list-pull-requests-associated-with-commit`.
pub(super) fn of_commit(world: &World, request: &Request, repository: &Repository, commit: &str) -> Reply {
    let fits = |pull: &&PullRequest| pull.head.1 == commit;
    Ok(page(request, world, shown(world, repository, repository.pulls.values().filter(fits))))
}

/// `pulls/update`: title, body and state.
pub(super) fn update(world: &mut World, body: &Value, name: &str, number: &str) -> Reply {
    let text = body_text(body, "PullRequest")?;
    let (number, now): (u64, _) = (number.parse().map_err(|_| not_found())?, world.now());
    let pull = world.github.pull_mut(name, number).ok_or_else(not_found)?;
    if let Some(text) = text {
        pull.edits.push(text.clone());
        pull.body = Some(text);
    }
    if let Some(title) = body.get("title").and_then(Value::as_str) {
        title.clone_into(&mut pull.title);
    }
    match body.get("state").and_then(Value::as_str) {
        Some("open") => pull.open = true,
        Some("closed") => pull.close(now, false),
        _ => {}
    }
    let repository = world.github.repository(name).ok_or_else(not_found)?;
    get(world, repository, &number.to_string())
}

fn find<'r>(repository: &'r Repository, number: &str) -> Result<&'r PullRequest, Answer> {
    number.parse().ok().and_then(|number: u64| repository.pulls.get(&number)).ok_or_else(not_found)
}

fn shown<'r>(
    world: &World,
    repository: &Repository,
    pulls: impl Iterator<Item = &'r PullRequest>,
) -> Vec<Value> {
    pulls.map(|pull| render::listed_pull(world, repository, pull)).collect()
}

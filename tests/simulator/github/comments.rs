//! Comments in a pull request's conversation.

use serde_json::Value;

use super::super::request::{Answer, Request};
use super::super::state::World;
use super::super::state::github::{IssueComment, Repository};
use super::{Reply, body_text, not_found, page, refuse, render};

/// `issues/list-comments`, the oldest first.
pub(super) fn list(world: &World, request: &Request, repository: &Repository, number: &str) -> Reply {
    let number: u64 = number.parse().map_err(|_| not_found())?;
    let pull = repository.pulls.get(&number).ok_or_else(not_found)?;
    let all = pull.comments.iter().map(|comment| render::comment(world, repository, number, comment));
    Ok(page(request, world, all.collect()))
}

/// `issues/list-comments-for-repo`, the newest first unless `direction=asc`. All comments here are of one time, so `since`
/// leaves none out.
pub(super) fn of_repository(world: &World, request: &Request, repository: &Repository) -> Answer {
    let mut all: Vec<_> = repository
        .pulls
        .values()
        .flat_map(|pull| pull.comments.iter().map(|comment| (pull.number, comment)))
        .collect();
    all.sort_by_key(|(_, comment)| comment.id);
    if request.param("direction") != Some("asc") {
        all.reverse();
    }
    let shown = all.into_iter().map(|(number, comment)| render::comment(world, repository, number, comment));
    page(request, world, shown.collect())
}

/// `issues/get-comment`.
pub(super) fn get(world: &World, repository: &Repository, id: &str) -> Reply {
    let all =
        repository.pulls.values().flat_map(|pull| pull.comments.iter().map(|comment| (pull.number, comment)));
    let (number, comment) =
        all.into_iter().find(|(_, comment)| comment.id.to_string() == id).ok_or_else(not_found)?;
    Ok(Answer::json(200, &render::comment(world, repository, number, comment)))
}

/// `issues/create-comment`.
pub(super) fn create(world: &mut World, body: &Value, name: &str, number: &str) -> Reply {
    let text = body_text(body, "IssueComment")?.filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| refuse(422, "Validation Failed"))?;
    let (id, author) = (world.github.next_id, world.github.login.clone());
    let number: u64 = number.parse().map_err(|_| not_found())?;
    let pull = world.github.pull_mut(name, number).ok_or_else(not_found)?;
    pull.comments.push(IssueComment { id, author, body: text });
    world.github.next_id += 1;
    let repository = world.github.repository(name).ok_or_else(not_found)?;
    get(world, repository, &id.to_string()).map(|answer| Answer { status: 201, ..answer })
}

/// `issues/update-comment`.
pub(super) fn update(world: &mut World, body: &Value, name: &str, id: &str) -> Reply {
    let text = body_text(body, "IssueComment")?.ok_or_else(|| refuse(422, "Validation Failed"))?;
    let repository = world.github.repository_mut(name).ok_or_else(not_found)?;
    let comments = repository.pulls.values_mut().flat_map(|pull| &mut pull.comments);
    let comment = comments.into_iter().find(|comment| comment.id.to_string() == id).ok_or_else(not_found)?;
    comment.body = text;
    let repository = world.github.repository(name).ok_or_else(not_found)?;
    get(world, repository, id)
}

/// `issues/delete-comment`.
pub(super) fn delete(world: &mut World, name: &str, id: &str) -> Reply {
    let repository = world.github.repository_mut(name).ok_or_else(not_found)?;
    for pull in repository.pulls.values_mut() {
        let before = pull.comments.len();
        pull.comments.retain(|comment| comment.id.to_string() != id);
        if pull.comments.len() < before {
            return Ok(Answer::empty(204));
        }
    }
    Err(not_found())
}

//! Accounts.

use serde_json::Value;

use super::super::request::{Answer, Request};
use super::super::state::{Refusal, User, World};
use super::{Reply, meta, render};

/// `getCurrentUser`.
pub(crate) fn myself(world: &World, me: &str) -> Reply {
    Ok(Answer::json(200, &render::account(world, me)))
}

/// `getUser`: by account id alone.
pub(crate) fn get(world: &World, request: &Request) -> Reply {
    let id = request
        .param("accountId")
        .ok_or_else(|| Refusal::new(400, "The query parameter 'accountId' must be given."))?;
    let known = world.users.iter().find(|user| user.account == id);
    let known = known.ok_or_else(|| {
        Refusal::new(404, "Specified user does not exist or you do not have required permissions")
    })?;
    Ok(Answer::json(200, &render::user(world, known)))
}

/// `findUsers`: by words of the name or the address, or by account id.
pub(crate) fn search(world: &World, request: &Request) -> Reply {
    let found: Vec<Value> =
        matching(world, request)?.into_iter().map(|user| render::user(world, user)).collect();
    Ok(Answer::json(200, &Value::Array(found)))
}

/// `findAssignableUsers`: the same among active people, in a project or for an issue.
pub(crate) fn assignable(world: &World, request: &Request) -> Reply {
    let project = match (request.param("project"), request.param("issueKey")) {
        (Some(project), _) => world.project(project).ok_or_else(|| meta::no_project(project))?,
        (None, Some(issue)) => {
            let issue = super::seen(world, issue)?;
            world.project(&issue.project).ok_or_else(Refusal::no_issue)?
        }
        (None, None) => {
            return Err(Refusal::new(400, "Either a project key or an issue key must be given."));
        }
    };
    if !project.grants("BROWSE_PROJECTS") {
        return Err(meta::no_project(&project.key));
    }
    let found = matching(world, request)?.into_iter().filter(|user| user.active);
    Ok(Answer::json(200, &found.map(|user| render::user(world, user)).collect()))
}

fn matching<'w>(world: &'w World, request: &Request) -> Result<Vec<&'w User>, Refusal> {
    let fits = |user: &&User| match (request.param("accountId"), request.param("query")) {
        (Some(account), _) => user.account == account,
        (None, Some(query)) => {
            let query = query.to_lowercase();
            let name = user.display.to_lowercase();
            name.split_whitespace().any(|word| word.starts_with(&query))
                || name == query
                || user.email.starts_with(&query)
        }
        (None, None) => false,
    };
    match (request.param("accountId"), request.param("query")) {
        (None, None) => Err(Refusal::new(400, "Either query or accountId must be given.")),
        (Some(_), Some(_)) => Err(Refusal::new(400, "query and accountId cannot be given together.")),
        _ => Ok(world
            .users
            .iter()
            .filter(fits)
            .skip(request.number("startAt", 0))
            .take(request.number("maxResults", 50))
            .collect()),
    }
}

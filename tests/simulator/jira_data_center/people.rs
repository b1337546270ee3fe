//! Accounts, which are known by their name.

use serde_json::Value;

use super::super::jira_cloud::{Reply, render};
use super::super::request::{Answer, Request};
use super::super::state::{Refusal, User, World};

/// `getUser`: by name alone.
pub(super) fn get(world: &World, request: &Request) -> Reply {
    let name = request.param("username").unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::new(400, "Either username or key must be given."));
    }
    let known = world.users.iter().find(|user| user.name.eq_ignore_ascii_case(name));
    let known = known.ok_or_else(|| Refusal::new(404, format!("The user named '{name}' does not exist")))?;
    Ok(Answer::json(200, &render::user(world, known)))
}

/// `findUsers`: the active ones whose name, display name or address begins with it.
pub(super) fn search(world: &World, request: &Request) -> Reply {
    let words = request.param("username").unwrap_or_default().to_lowercase();
    if words.is_empty() {
        return Err(Refusal::new(400, "The username query parameter was not provided"));
    }
    let fits = |user: &&User| {
        let display = user.display.to_lowercase();
        user.active
            && (user.name.to_lowercase().starts_with(&words)
                || user.email.to_lowercase().starts_with(&words)
                || display.split_whitespace().any(|word| word.starts_with(&words)))
    };
    let found = world.users.iter().filter(fits).take(request.number("maxResults", 50));
    Ok(Answer::json(200, &Value::Array(found.map(|user| render::user(world, user)).collect())))
}

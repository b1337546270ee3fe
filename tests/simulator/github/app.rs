//! GitHub Apps, as GitHub's documentation has `apps/get-repo-installation` and
//! `apps/create-installation-access-token`. The word's signature is not looked at, its claims are.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::World;
use super::{Reply, not_found, refuse};

/// The id of the one installation.
const INSTALLATION: &str = "31";

/// Answers what an app asks in its own name; `None`: it is something else.
pub(super) fn answer(world: &mut World, request: &Request) -> Option<Reply> {
    let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let own = match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["repos", owner, name, "installation"]) => Some(format!("{owner}/{name}")),
        ("POST", ["app", "installations", INSTALLATION, "access_tokens"]) => None,
        _ => return None,
    };
    if !knows(world, request) {
        return Some(Err(refuse(401, "A JSON web token could not be decoded")));
    }
    Some(match own {
        Some(name) if world.github.repository(&name).is_some() => Ok(Answer::json(
            200,
            &json!({"id": 31, "app_id": 4712, "permissions": {"pull_requests": "write"}}),
        )),
        Some(_) => Err(not_found()),
        None => Ok(give(world)),
    })
}

fn give(world: &mut World) -> Answer {
    world.github.next_id += 1;
    let token = format!("ghs_sim{}", world.github.next_id);
    world.github.tokens.insert(token.clone(), true);
    let until = world.now() + jiff::SignedDuration::from_hours(1);
    Answer::json(
        201,
        &json!({"token": token, "expires_at": until.to_string(), "permissions": {"pull_requests": "write"}}),
    )
}

/// Whether the word is the app's: its id, and a time that holds and is not too long.
fn knows(world: &World, request: &Request) -> bool {
    let claims = || -> Option<Value> {
        let word = request.header("authorization")?.strip_prefix("Bearer ")?;
        let claims = URL_SAFE_NO_PAD.decode(word.split('.').nth(1)?).ok()?;
        serde_json::from_slice(&claims).ok()
    };
    let Some(claims) = claims() else { return false };
    let now = world.now().as_second();
    let time = |name: &str| claims[name].as_i64().unwrap_or_default();
    claims["iss"].as_str() == world.github.app.as_deref()
        && time("iat") <= now
        && (now..=now + 600).contains(&time("exp"))
}

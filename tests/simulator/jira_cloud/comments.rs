//! Comments.

use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{Comment, Refusal, World};
use super::{Reply, allowed, permits, render, seen, texts};

/// `getComments`.
pub(crate) fn list(world: &World, request: &Request, key: &str) -> Reply {
    let issue = seen(world, key)?;
    let (start, most) = (request.number("startAt", 0), request.number("maxResults", 100).min(100));
    let mut all: Vec<&Comment> = issue.comments.iter().collect();
    match request.param("orderBy") {
        None | Some("created" | "+created") => {}
        Some("-created") => all.reverse(),
        Some(other) => return Err(Refusal::new(400, format!("Cannot order by '{other}'."))),
    }
    let page: Vec<Value> =
        all.into_iter().skip(start).take(most).map(|one| render::comment(world, issue.id, one)).collect();
    let body = json!({"startAt": start, "maxResults": most, "total": issue.comments.len(), "comments": page});
    Ok(Answer::json(200, &body))
}

/// `getComment`.
pub(crate) fn get(world: &World, key: &str, id: &str) -> Reply {
    let issue = seen(world, key)?;
    let comment =
        issue.comments.iter().find(|comment| comment.id.to_string() == id).ok_or_else(|| missing(id))?;
    Ok(Answer::json(200, &render::comment(world, issue.id, comment)))
}

/// `addComment`, recording 21.
pub(crate) fn add(world: &mut World, body: &Value, key: &str, me: &str) -> Reply {
    let words = "You do not have the permission to comment on this issue.";
    let issue = allowed(world, key, "ADD_COMMENTS", 400, words)?;
    let text = text_of(world, body)?;
    let (id, now) = (world.fresh_id(), world.now());
    let comment = Comment {
        id,
        author: me.to_owned(),
        body: text,
        internal: is_internal(body),
        created: now,
        updated: now,
    };
    let answer = render::comment(world, issue, &comment);
    world.change(issue, me, |issue| issue.comments.push(comment));
    Ok(Answer::json(201, &answer))
}

/// `updateComment`: one's own alone, unless all may be edited.
pub(crate) fn update(world: &mut World, body: &Value, key: &str, id: &str, me: &str) -> Reply {
    let issue = seen(world, key)?;
    let mut comment = issue
        .comments
        .iter()
        .find(|comment| comment.id.to_string() == id)
        .ok_or_else(|| missing(id))?
        .clone();
    let permission = if comment.author == me { "EDIT_OWN_COMMENTS" } else { "EDIT_ALL_COMMENTS" };
    if !permits(world, issue, permission) {
        return Err(Refusal::new(400, "You do not have the permission to edit this comment."));
    }
    let issue = issue.id;
    comment.body = text_of(world, body)?;
    comment.updated = world.now();
    let answer = render::comment(world, issue, &comment);
    world.change(issue, me, |issue| {
        issue
            .comments
            .iter_mut()
            .filter(|held| held.id == comment.id)
            .for_each(|held| *held = comment.clone());
    });
    Ok(Answer::json(200, &answer))
}

/// Whether a comment is for a service desk's agents alone: without that property it is public.
pub(crate) fn is_internal(comment: &Value) -> bool {
    let mut properties = comment.get("properties").and_then(Value::as_array).into_iter().flatten();
    properties.any(|one| {
        one.get("key").is_some_and(|key| key == "sd.public.comment")
            && one.pointer("/value/internal") == Some(&Value::Bool(true))
    })
}

/// The text of a comment's body.
pub(crate) fn text_of(world: &World, body: &Value) -> Result<Value, Refusal> {
    let texts = texts::of(world);
    let text = body.get("body").ok_or_else(|| Refusal::field("comment", "Comment body can not be empty!"))?;
    match (texts.check)(text) {
        Ok(()) => Ok((texts.stored)(text)),
        Err((words, reason)) => Err(Refusal::field("comment", words).noted(format!("comment: {reason}"))),
    }
}

fn missing(id: &str) -> Refusal {
    Refusal::new(404, format!("Can not find a comment for the id: {id}."))
}

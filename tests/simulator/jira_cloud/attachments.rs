//! Attachments.

use serde_json::{Value, json};

use super::super::multipart;
use super::super::request::{Answer, Request};
use super::super::state::{Attachment, Refusal, World};
use super::{Reply, allowed, render};

/// `addAttachment`: needs the header `X-Atlassian-Token: no-check` and parts named `file`.
pub(crate) fn add(world: &mut World, request: &Request, key: &str, me: &str) -> Reply {
    if request.header("x-atlassian-token") != Some("no-check") {
        return Ok(Answer::text(403, "text/html", "XSRF check failed"));
    }
    let words = "You do not have permission to create attachments for this issue.";
    let issue = allowed(world, key, "CREATE_ATTACHMENTS", 403, words)?;
    let parts = request.header("content-type").and_then(|kind| multipart::parse(kind, &request.body));
    let parts = parts.ok_or_else(|| Refusal::new(415, "The request is no multipart form."))?;
    let files: Vec<_> =
        parts.into_iter().filter(|part| part.name == "file" && part.file_name.is_some()).collect();
    if files.is_empty() {
        return Err(Refusal::new(400, "No file was given: the part must be named 'file'."));
    }
    if files.iter().any(|file| file.bytes.len() > world.upload_limit) {
        return Err(Refusal::new(
            413,
            format!("The file exceeds the limit of {} bytes.", world.upload_limit),
        ));
    }
    let mut shown = Vec::new();
    for file in files {
        let attachment = Attachment {
            id: world.fresh_id(),
            author: me.to_owned(),
            name: file.file_name.unwrap_or_default(),
            mime: file.content_type,
            bytes: file.bytes,
            created: world.now(),
        };
        shown.push(render(world, &attachment));
        world.change(issue, me, |issue| issue.attachments.push(attachment));
    }
    Ok(Answer::json(200, &Value::Array(shown)))
}

/// `getAttachmentMeta`.
pub(crate) fn meta(world: &World) -> Answer {
    Answer::json(200, &json!({"enabled": true, "uploadLimit": world.upload_limit}))
}

/// `getAttachmentContent`, without the redirect to the media store.
pub(crate) fn content(world: &World, id: &str) -> Reply {
    let held =
        world.issues.values().flat_map(|issue| &issue.attachments).find(|one| one.id.to_string() == id);
    let held =
        held.ok_or_else(|| Refusal::new(404, format!("The attachment with id '{id}' does not exist")))?;
    Ok(Answer { body: held.bytes.clone(), ..Answer::text(200, &held.mime, "") })
}

/// `Attachment` of the OpenAPI text.
pub(crate) fn render(world: &World, attachment: &Attachment) -> Value {
    let link = |what: &str| format!("{}/attachment/{what}{}", render::root(world), attachment.id);
    json!({
        "self": link(""), "id": attachment.id.to_string(), "filename": attachment.name, "mimeType": attachment.mime,
        "size": attachment.bytes.len(), "content": link("content/"), "created": render::time(attachment.created),
        "author": render::account(world, &attachment.author),
    })
}

//! Links between issues, and remote links.

use serde_json::{Map, Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{LinkType, Refusal, RemoteLink, World};
use super::{Reply, allowed, permits, render, seen};

/// `getIssueLinkTypes`.
pub(crate) fn types(world: &World) -> Reply {
    let one = |kind: &LinkType| {
        let link = format!("{}/issueLinkType/{}", render::root(world), kind.id);
        json!({"id": kind.id, "name": kind.name, "inward": kind.inward, "outward": kind.outward, "self": link})
    };
    Ok(Answer::json(200, &json!({"issueLinkTypes": world.link_types.iter().map(one).collect::<Vec<_>>()})))
}

/// `linkIssues`: the inward issue reads the outward words ("HSP-1 duplicates MKY-1").
pub(crate) fn create(world: &mut World, body: &Value) -> Reply {
    let text = |path: &str| body.pointer(path).and_then(Value::as_str);
    let end = |side: &str| -> Result<u64, Refusal> {
        let given =
            text(&format!("/{side}/key")).or_else(|| text(&format!("/{side}/id"))).unwrap_or_default();
        let issue = seen(world, given)
            .map_err(|_| Refusal::new(404, "No issue could be found with the given id or key."))?;
        let linkable = permits(world, issue, "LINK_ISSUES");
        if linkable { Ok(issue.id) } else { Err(Refusal::new(404, "No Link Issue Permission for issue.")) }
    };
    let (from, to) = (end("inwardIssue")?, end("outwardIssue")?);
    let kind = text("/type/name").or_else(|| text("/type/id")).unwrap_or_default().to_owned();
    world.link(&kind, from, to)?;
    Ok(Answer::empty(201))
}

/// `getRemoteIssueLinks`; with `globalId` the one, as an object.
pub(crate) fn remote_list(world: &World, request: &Request, key: &str) -> Reply {
    let issue = seen(world, key)?;
    if let Some(global) = request.param("globalId") {
        let held = issue.remote_links.iter().find(|link| link.global_id.as_deref() == Some(global));
        let held = held.ok_or_else(|| missing(global))?;
        return Ok(Answer::json(200, &remote(world, &issue.key, held)));
    }
    let all: Vec<Value> = issue.remote_links.iter().map(|link| remote(world, &issue.key, link)).collect();
    Ok(Answer::json(200, &Value::Array(all)))
}

/// `createOrUpdateRemoteIssueLink`: a known global id is updated in place (200); fields left out become null.
pub(crate) fn remote_set(world: &mut World, body: &Value, key: &str, me: &str) -> Reply {
    let issue = allowed(world, key, "LINK_ISSUES", 403, "You do not have permission to link issues.")?;
    for field in ["title", "url"] {
        if body.pointer(&format!("/object/{field}")).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(Refusal::field(field, format!("'{field}' is required.")));
        }
    }
    let global_id = body.get("globalId").and_then(Value::as_str).map(str::to_owned);
    if global_id.as_ref().is_some_and(|id| id.encode_utf16().count() > 255) {
        return Err(Refusal::field("globalId", "'globalId' must not be longer than 255 characters."));
    }
    let keep = ["object", "relationship", "application"];
    let kept: Map<String, Value> = keep
        .iter()
        .map(|name| ((*name).to_owned(), body.get(*name).cloned().unwrap_or(Value::Null)))
        .collect();
    let kept = Value::Object(kept);
    let fresh = world.fresh_id();
    let (id, new) = world
        .change(issue, me, |issue| {
            let held =
                issue.remote_links.iter_mut().find(|link| global_id.is_some() && link.global_id == global_id);
            if let Some(link) = held {
                link.body = kept;
                return (link.id, false);
            }
            issue.remote_links.push(RemoteLink { id: fresh, global_id, body: kept });
            (fresh, true)
        })
        .ok_or_else(Refusal::no_issue)?;
    let link = format!("{}/issue/{key}/remotelink/{id}", render::root(world));
    Ok(Answer::json(if new { 201 } else { 200 }, &json!({"id": id, "self": link})))
}

/// `deleteRemoteIssueLinkByGlobalId`, `deleteRemoteIssueLinkById`.
pub(crate) fn remote_delete(
    world: &mut World,
    global: Option<&str>,
    id: Option<&str>,
    key: &str,
    me: &str,
) -> Reply {
    let issue = allowed(world, key, "LINK_ISSUES", 403, "You do not have permission to link issues.")?;
    let meant = |link: &RemoteLink| {
        id.is_some_and(|id| link.id.to_string() == id)
            || global.is_some_and(|global| link.global_id.as_deref() == Some(global))
    };
    let before = seen(world, key)?.remote_links.len();
    let after = world.change(issue, me, |issue| {
        issue.remote_links.retain(|link| !meant(link));
        issue.remote_links.len()
    });
    if after == Some(before) {
        Err(missing(global.or(id).unwrap_or_default()))
    } else {
        Ok(Answer::empty(204))
    }
}

fn remote(world: &World, key: &str, link: &RemoteLink) -> Value {
    let mut out = link.body.clone();
    if let Some(map) = out.as_object_mut() {
        map.insert("id".to_owned(), json!(link.id));
        map.insert(
            "self".to_owned(),
            json!(format!("{}/issue/{key}/remotelink/{}", render::root(world), link.id)),
        );
        map.insert("globalId".to_owned(), json!(link.global_id));
    }
    out
}

fn missing(which: &str) -> Refusal {
    Refusal::new(404, format!("The remote link '{which}' does not exist."))
}

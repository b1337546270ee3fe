//! How Jira writes what the world holds; shaped from recordings 6 (issue), 21 (comment) and the examples of the OpenAPI text.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::Face;
use super::super::state::{Change, Comment, Field, FieldKind, Issue, Item, Project, Status, User, World};

/// `2025-05-24T13:12:39.255+0000`.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
}

/// Where the face that is spoken to has its API.
pub(crate) fn root(world: &World) -> String {
    let version = if world.face == Face::JiraDataCenter { 2 } else { 3 };
    format!("{}/rest/api/{version}", world.site())
}

/// Data Center knows people by `name` (and an internal `key`), Cloud by `accountId`.
pub(crate) fn user(world: &World, user: &User) -> Value {
    if world.face == Face::JiraDataCenter {
        // `UserJsonBean`
        return json!({
            "self": format!("{}/user?username={}", root(world), user.name), "name": user.name,
            "key": format!("JIRAUSER{}", user.account.chars().last().unwrap_or('0')), "emailAddress": user.email,
            "avatarUrls": {}, "displayName": user.display, "active": user.active, "timeZone": "Etc/UTC",
        });
    }
    json!({
        "self": format!("{}/user?accountId={}", root(world), user.account),
        "accountId": user.account, "accountType": "atlassian",
        "emailAddress": if world.hides_addresses { "" } else { user.email.as_str() }, "avatarUrls": {}, "displayName": user.display, "active": user.active, "timeZone": "Etc/UTC",
    })
}

/// An account by its id; null if there is none.
pub(crate) fn account(world: &World, account: &str) -> Value {
    world.user(account).map_or(Value::Null, |known| user(world, known))
}

pub(crate) fn status(world: &World, status: &Status) -> Value {
    let (id, key, colour, name) = status.category.facts();
    let link = |what: &str, id: &str| format!("{}/{what}/{id}", root(world));
    json!({
        "self": link("status", &status.id), "description": "", "iconUrl": format!("{}/", world.site()),
        "name": status.name, "id": status.id,
        "statusCategory": {
            "self": link("statuscategory", &id.to_string()), "id": id, "key": key, "colorName": colour, "name": name,
        },
    })
}

pub(crate) fn priority(world: &World, id: &str) -> Value {
    let place = id.parse::<usize>().ok().and_then(|id| id.checked_sub(1));
    let Some(name) = place.and_then(|place| world.priorities.get(place)) else {
        return Value::Null;
    };
    let link = format!("{}/priority/{id}", root(world));
    json!({"self": link, "iconUrl": format!("{}/images/icons/priorities/{}.svg", world.site(), name.to_lowercase()), "name": name, "id": id})
}

pub(crate) fn project(world: &World, project: &Project) -> Value {
    json!({
        "self": format!("{}/project/{}", root(world), project.id),
        "id": project.id, "key": project.key, "name": project.name, "projectTypeKey": "software",
        "simplified": project.team_managed, "style": if project.team_managed { "next-gen" } else { "classic" }, "avatarUrls": {},
    })
}

pub(crate) fn comment(world: &World, issue: u64, comment: &Comment) -> Value {
    json!({
        "self": format!("{}/issue/{issue}/comment/{}", root(world), comment.id),
        "id": comment.id.to_string(), "author": account(world, &comment.author), "body": comment.body,
        "updateAuthor": account(world, &comment.author), "created": time(comment.created), "updated": time(comment.updated),
        "jsdPublic": true,
    })
}

pub(crate) fn change(world: &World, number: usize, change: &Change) -> Value {
    let item = |item: &Item| {
        json!({
            "field": item.field, "fieldtype": "jira", "fieldId": item.field, "from": item.from, "fromString": item.from_text,
            "to": item.to, "toString": item.to_text,
        })
    };
    json!({
        "id": (number + 1).to_string(), "author": account(world, &change.author), "created": time(change.at),
        "items": change.items.iter().map(item).collect::<Vec<_>>(),
    })
}

/// An issue with the wanted fields (ids, `*all`, `*navigable`, `-id`) and properties (names, or `*all`).
pub(crate) fn issue(
    world: &World,
    issue: &Issue,
    wanted: &[String],
    properties: &[String],
    changelog: bool,
) -> Value {
    let all = fields(world, issue);
    let everything = wanted.iter().any(|name| name == "*all" || name == "*navigable");
    let names = |name: &str| wanted.iter().any(|one| one == name);
    let keep = |name: &str| {
        (everything || names(name)) && !wanted.iter().any(|one| one.strip_prefix('-') == Some(name))
    };
    let shown: Map<String, Value> = all.into_iter().filter(|(name, _)| keep(name)).collect();
    let mut out = json!({
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields", "id": issue.id.to_string(),
        "self": format!("{}/issue/{}", root(world), issue.id), "key": issue.key,
    });
    if let Some(map) = out.as_object_mut() {
        if !wanted.iter().all(|name| name == "id" || name == "key") {
            map.insert("fields".to_owned(), Value::Object(shown));
        }
        if !properties.is_empty() {
            let wanted = |name: &String| properties.iter().any(|one| one == name || one == "*all");
            let held = issue.properties.iter().filter(|(name, _)| wanted(name));
            let held: Map<String, Value> = held.map(|(name, value)| (name.clone(), value.clone())).collect();
            map.insert("properties".to_owned(), Value::Object(held));
        }
        if changelog {
            let histories: Vec<Value> =
                issue.history.iter().enumerate().rev().map(|(at, one)| change(world, at, one)).collect();
            let count = histories.len();
            map.insert(
                "changelog".to_owned(),
                json!({"startAt": 0, "maxResults": count, "total": count, "histories": histories}),
            );
        }
    }
    out
}

fn fields(world: &World, issue: &Issue) -> Map<String, Value> {
    let here = world.project(&issue.project);
    let kind = here.and_then(|project| project.issue_type(&issue.issue_type));
    let components = issue.components.iter().map(|id| {
        let name = here
            .and_then(|project| project.components.iter().find(|one| one.id == *id))
            .map(|one| one.name.clone());
        json!({"id": id, "name": name})
    });
    let shown_status = world.status(&issue.status).map_or(Value::Null, |one| status(world, one));
    let comments: Vec<Value> = issue.comments.iter().map(|one| comment(world, issue.id, one)).collect();
    let parent = issue.parent.and_then(|id| world.issues.get(&id));
    let value = json!({
        "summary": issue.summary, "description": issue.description, "labels": issue.labels,
        "statusCategory": shown_status.get("statusCategory"), "status": shown_status,
        "issuetype": kind.map(|kind| json!({"id": kind.id, "name": kind.name, "subtask": kind.subtask, "hierarchyLevel": if kind.subtask { -1 } else { 0 }})),
        "project": here.map(|one| project(world, one)),
        "resolution": issue.resolution.as_ref().map(|name| json!({"id": resolution_id(world, name), "name": name})),
        "resolutiondate": issue.resolved().map(time),
        "priority": issue.priority.as_ref().map(|id| priority(world, id)),
        "assignee": issue.assignee.as_ref().map(|who| account(world, who)),
        "reporter": account(world, &issue.reporter), "creator": account(world, &issue.creator),
        "components": components.collect::<Vec<_>>(), "duedate": issue.due,
        "parent": parent.map(|one| json!({"id": one.id.to_string(), "key": one.key})),
        "security": issue.security.as_ref().map(|id| json!({"id": id})),
        "created": time(issue.created), "updated": time(issue.updated),
        "issuelinks": issue_links(world, issue),
        "attachment": issue.attachments.iter().map(|one| super::attachments::render(world, one)).collect::<Vec<_>>(),
        "comment": {"comments": comments, "maxResults": comments.len(), "total": comments.len(), "startAt": 0},
    });
    let Value::Object(mut map) = value else {
        return Map::new();
    };
    let empty = |field: &&Field| field.id.starts_with("customfield_") && field.kind != FieldKind::Elsewhere;
    for field in world.fields.iter().filter(empty) {
        map.insert(field.id.clone(), issue.custom.get(&field.id).cloned().unwrap_or(Value::Null));
    }
    map
}

/// The id that a resolution has by its place.
pub(crate) fn resolution_id(world: &World, name: &str) -> String {
    let place = world.resolutions.iter().position(|known| *known == name);
    place.map_or_else(String::new, |place| (10_000 + place).to_string())
}

fn issue_links(world: &World, issue: &Issue) -> Vec<Value> {
    let mine = world.links.iter().filter(|link| link.from == issue.id || link.to == issue.id);
    mine.filter_map(|link| {
        let kind = world.link_types.iter().find(|kind| kind.name == link.kind)?;
        let (side, other) = if link.from == issue.id { ("outwardIssue", link.to) } else { ("inwardIssue", link.from) };
        let other = world.issues.get(&other)?;
        let state = world.status(&other.status).map(|one| status(world, one));
        Some(json!({
            "id": link.id.to_string(),
            "type": {"id": kind.id, "name": kind.name, "inward": kind.inward, "outward": kind.outward},
            side: {"id": other.id.to_string(), "key": other.key, "fields": {"summary": other.summary, "status": state}},
        }))
    })
    .collect()
}

/// Every issue with everything, for people.
pub(crate) fn all_issues(world: &World) -> Value {
    let everything = ["*all".to_owned()];
    world.issues.values().map(|one| issue(world, one, &everything, &everything, true)).collect()
}

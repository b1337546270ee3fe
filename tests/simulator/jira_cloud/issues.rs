//! Creating, reading, editing and deleting one issue.

use serde_json::{Map, Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{Category, Comment, Draft, Issue, Operation, Project, Refusal, When, World};
use super::{Reply, allowed, body, comments, permits, properties, render, seen, texts};

/// Keys of a create's or an edit's body (`IssueUpdateDetails`).
const KEYS: [&str; 5] = ["fields", "update", "properties", "transition", "historyMetadata"];

type Fields = Map<String, Value>;

/// What `update` asks for beside fields.
#[derive(Default)]
struct Extras {
    comments: Vec<(Value, bool)>,
    /// Kind, whether the new issue reads the outward words, and the other issue.
    links: Vec<(String, bool, u64)>,
}

/// `createIssue`, recording 5.
pub(crate) fn create_one(world: &mut World, body: &Value, me: &str) -> Reply {
    create(world, body, me).map(|created| Answer::json(201, &created))
}

/// Creates one issue, all or nothing; what a create answers.
pub(crate) fn create(world: &mut World, body: &Value, me: &str) -> Result<Value, Refusal> {
    let (fields, update) = parts(body)?;
    let (project, kind) = origin(world, &fields)?;
    let blank = world
        .blank(&project.key, &kind, me)
        .ok_or_else(|| Refusal::field("project", "valid project is required"))?;
    let (mut issue, extras) = filled(world, &project, blank, Operation::Create, &fields, &update)?;
    issue.properties.extend(properties::of_body(body)?);
    if let Some(id) = body.pointer("/transition/id").and_then(Value::as_str) {
        let ways = world.transitions(&issue);
        let way = ways
            .iter()
            .find(|way| way.id == id)
            .ok_or_else(|| Refusal::new(400, format!("Transition id '{id}' is not valid for this issue.")))?;
        issue.status.clone_from(&way.to);
    }
    issue.hidden = project.hides_new;
    let id = world.insert(issue);
    extras.apply(world, id, me)?;
    world.trigger(id, When::Created);
    let key = world.issues.get(&id).map(|issue| issue.key.clone());
    Ok(json!({"id": id.to_string(), "key": key, "self": format!("{}/issue/{id}", render::root(world))}))
}

/// `getIssue`, recording 6. A former key leads to the issue under its new one.
pub(crate) fn get(world: &World, request: &Request, key: &str) -> Reply {
    let issue = seen(world, key)?;
    let list = |name: &str| -> Vec<String> {
        let given = request.query.iter().filter(|(param, _)| param == name);
        given
            .flat_map(|(_, value)| value.split(','))
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    };
    let mut fields = list("fields");
    if fields.is_empty() {
        fields.push("*all".to_owned());
    }
    let changelog = list("expand").iter().any(|part| part == "changelog");
    Ok(Answer::json(200, &render::issue(world, issue, &fields, &list("properties"), changelog)))
}

/// `editIssue`, recording 11: fields, `update` and properties as one.
pub(crate) fn edit(world: &mut World, request: &Request, key: &str, me: &str) -> Reply {
    let body = body(request)?;
    let (fields, update) = parts(&body)?;
    let issue = seen(world, key)?.clone();
    let project = world.project(&issue.project).cloned().ok_or_else(Refusal::no_issue)?;
    let id = issue.id;
    if !project.grants("EDIT_ISSUES") && fields.is_empty() && !update.keys().any(|field| field != "comment") {
        return Err(Refusal::new(400, "You do not have permission to edit issues in this project."));
    }
    let closed = project.done_is_closed && world.category(&issue) == Category::Done;
    if closed || project.closed_to_edits.contains(&issue.status) {
        // The words are not recorded; that it is a 400 is.
        return Err(Refusal::new(400, "The issue is not editable in its current status."));
    }
    let (mut edited, extras) = filled(world, &project, issue, Operation::Edit, &fields, &update)?;
    edited.properties.extend(properties::of_body(&body)?);
    if !extras.comments.is_empty() && !project.grants("ADD_COMMENTS") {
        return Err(Refusal::field("comment", "You do not have the permission to comment on this issue."));
    }
    world.change(id, me, |issue| *issue = edited);
    extras.apply(world, id, me)?;
    world.trigger(id, When::Changed);
    Ok(Answer::empty(204))
}

/// `deleteIssue`.
pub(crate) fn delete(world: &mut World, key: &str) -> Reply {
    let id = allowed(
        world,
        key,
        "DELETE_ISSUES",
        403,
        "You do not have permission to delete issues in this project.",
    )?;
    world.delete(&id.to_string());
    Ok(Answer::empty(204))
}

/// `getChangeLogs`, oldest first.
pub(crate) fn changelog(world: &World, request: &Request, key: &str) -> Reply {
    let issue = seen(world, key)?;
    let (start, most) = (request.number("startAt", 0), request.number("maxResults", 100).min(100));
    let page = issue.history.iter().enumerate().skip(start).take(most);
    let values: Vec<Value> = page.map(|(at, one)| render::change(world, at, one)).collect();
    let total = issue.history.len();
    let last = start + values.len() >= total;
    Ok(Answer::json(
        200,
        &json!({"startAt": start, "maxResults": most, "total": total, "isLast": last, "values": values}),
    ))
}

/// `fields` and `update` of a body that has no other keys than Jira knows, and no field in both.
fn parts(body: &Value) -> Result<(Fields, Fields), Refusal> {
    let body = body.as_object().ok_or_else(invalid)?;
    if !body.keys().all(|key| KEYS.contains(&key.as_str())) {
        return Err(invalid());
    }
    let part = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(value) => value.as_object().cloned().ok_or_else(invalid),
    };
    let (fields, update) = (part("fields")?, part("update")?);
    match fields.keys().find(|key| update.contains_key(*key)) {
        Some(key) => {
            Err(Refusal::field(key, format!("Field '{key}' cannot appear in both 'fields' and 'update'")))
        }
        None => Ok((fields, update)),
    }
}

fn invalid() -> Refusal {
    Refusal::new(400, "Invalid request payload. Refer to the REST API documentation and try again.")
}

/// The project and issue type of a create, if the account may create there.
fn origin(world: &World, fields: &Map<String, Value>) -> Result<(Project, String), Refusal> {
    let given = |field: &str, keys: &[&str]| {
        let value = fields.get(field)?;
        keys.iter().find_map(|key| value.get(*key)).and_then(Value::as_str).map(str::to_owned)
    };
    let project = given("project", &["key", "id"]).and_then(|key| world.project(&key));
    let Some(project) = project.filter(|project| project.grants("BROWSE_PROJECTS")) else {
        return Err(Refusal::field("project", "valid project is required"));
    };
    if !project.grants("CREATE_ISSUES") {
        return Err(Refusal::field(
            "project",
            "You do not have permission to create issues in this project.",
        ));
    }
    let kind = given("issuetype", &["id", "name"]).and_then(|kind| project.issue_type(&kind));
    let kind = kind.ok_or_else(|| Refusal::field("issuetype", "Specify a valid issue type"))?;
    Ok((project.clone(), kind.id.clone()))
}

/// The issue with everything set, or every complaint at once.
fn filled(
    world: &World,
    project: &Project,
    issue: Issue,
    operation: Operation,
    fields: &Map<String, Value>,
    update: &Map<String, Value>,
) -> Result<(Issue, Extras), Refusal> {
    let mut draft =
        Draft { world, project, issue, refusal: Refusal::default(), operation, texts: texts::of(world) };
    draft.set_all(fields);
    let mut extras = Extras::default();
    for (field, verbs) in update {
        for verb in verbs.as_array().into_iter().flatten() {
            let pairs = verb.as_object().into_iter().flatten();
            pairs.for_each(|(verb, value)| one_update(&mut draft, &mut extras, field, verb, value));
        }
    }
    if draft.refusal.is_empty() { Ok((draft.issue, extras)) } else { Err(draft.refusal) }
}

fn one_update(draft: &mut Draft<'_>, extras: &mut Extras, field: &str, verb: &str, value: &Value) {
    match (field, verb) {
        ("labels", "add" | "remove") => draft.relabel(verb == "add", value),
        ("comment", "add") => match (draft.texts.check)(value.get("body").unwrap_or(&Value::Null)) {
            Ok(()) => {
                let body = value.get("body").map(draft.texts.stored);
                extras.comments.extend(body.map(|body| (body, comments::is_internal(value))));
            }
            Err((words, reason)) => {
                draft.refusal.blame("comment", words);
                draft.refusal.note = Some(format!("comment: {reason}"));
            }
        },
        ("issuelinks", "add") => match link_of(draft.world, value) {
            Some(link) => extras.links.push(link),
            None => draft.refusal.blame("issuelinks", "Could not find issue or link type."),
        },
        (_, "set") => draft.set(field, value),
        _ => draft.refusal.blame(field, format!("Field '{field}' does not support operation '{verb}'.")),
    }
}

fn link_of(world: &World, value: &Value) -> Option<(String, bool, u64)> {
    let name = value.pointer("/type/name").or_else(|| value.pointer("/type/id")).and_then(Value::as_str)?;
    let kind = world.link_types.iter().find(|kind| kind.name == name || kind.id == name)?;
    let (outward, other) = match (value.get("outwardIssue"), value.get("inwardIssue")) {
        (Some(other), _) => (true, other),
        (None, Some(other)) => (false, other),
        (None, None) => return None,
    };
    let other = other.get("key").or_else(|| other.get("id")).and_then(Value::as_str)?;
    let other = world.find(other).filter(|issue| permits(world, issue, "LINK_ISSUES"))?;
    Some((kind.name.clone(), outward, other.id))
}

impl Extras {
    fn apply(self, world: &mut World, id: u64, me: &str) -> Result<(), Refusal> {
        for (body, internal) in self.comments {
            let (comment, now) = (world.fresh_id(), world.now());
            let author = me.to_owned();
            let comment = Comment { id: comment, author, body, internal, created: now, updated: now };
            world.change(id, me, |issue| issue.comments.push(comment));
        }
        self.links.into_iter().try_for_each(|(kind, outward, other)| {
            if outward { world.link(&kind, id, other) } else { world.link(&kind, other, id) }
        })
    }
}

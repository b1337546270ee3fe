//! Transitions.

use serde_json::{Map, Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{Comment, Draft, Issue, Operation, Project, Refusal, Transition, World};
use super::{Reply, comments, permits, render, screens, seen, texts};

/// `getTransitions`: none permitted is an empty list.
pub(crate) fn list(world: &World, request: &Request, key: &str) -> Reply {
    let issue = seen(world, key)?;
    let fields = request
        .param("expand")
        .is_some_and(|expand| expand.split(',').any(|part| part == "transitions.fields"));
    let wanted = request.param("transitionId");
    let open = if permits(world, issue, "TRANSITION_ISSUES") { world.transitions(issue) } else { Vec::new() };
    let open = open.iter().filter(|way| wanted.is_none_or(|id| way.id == id));
    let shown: Vec<Value> = open.map(|way| transition(world, way, fields)).collect();
    Ok(Answer::json(200, &json!({"expand": "transitions", "transitions": shown})))
}

/// `doTransition`, recordings 12 and 20 (the id may be a number there).
pub(crate) fn go(world: &mut World, body: &Value, key: &str, me: &str) -> Reply {
    let issue = seen(world, key)?;
    let id = match body.pointer("/transition/id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        _ => return Err(Refusal::new(400, "Missing 'transition' identifier")),
    };
    let open = if permits(world, issue, "TRANSITION_ISSUES") { world.transitions(issue) } else { Vec::new() };
    let way = open.into_iter().find(|way| way.id == id);
    let way =
        way.ok_or_else(|| Refusal::new(400, format!("Transition id '{id}' is not valid for this issue.")))?;
    let resolution = resolution(world, &way, body)?;
    demand(world, &way, body)?;
    let set = further(world, &way, body, issue)?;
    let comment = comment(world, &way, body)?;
    let issue = issue.id;
    world.change(issue, me, |issue| *issue = set);
    world.go(issue, me, &way, resolution)?;
    if let Some(body) = comment {
        let (id, now) = (world.fresh_id(), world.now());
        let comment =
            Comment { id, author: me.to_owned(), body, internal: false, created: now, updated: now };
        world.change(issue, me, |issue| issue.comments.push(comment));
    }
    Ok(Answer::empty(204))
}

/// The resolution that is chosen on the way's screen.
fn resolution(world: &World, way: &Transition, body: &Value) -> Result<Option<String>, Refusal> {
    let chosen = body.pointer("/fields/resolution");
    let Some(value) = chosen.filter(|_| way.screen.iter().any(|field| field == "resolution")) else {
        return Ok(None);
    };
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let mut all = world.resolutions.iter();
    let known =
        all.find(|known| known.eq_ignore_ascii_case(name) || render::resolution_id(world, known) == id);
    known
        .map(|known| Some((*known).to_owned()))
        .ok_or_else(|| Refusal::field("resolution", format!("Resolution name '{name}' is not valid")))
}

/// What the way's screen requires is given, and its validators agree: `errors` by field, else `errorMessages`.
fn demand(world: &World, way: &Transition, body: &Value) -> Result<(), Refusal> {
    let given =
        |field: &String| body.pointer(&format!("/fields/{field}")).is_some_and(|value| !value.is_null());
    if let Some(field) = way.required.iter().find(|field| !given(field)) {
        let name = world.fields.iter().find(|one| one.id == *field).map_or(field, |one| &one.name);
        return Err(Refusal::field(field, format!("{name} is required.")));
    }
    way.validator.map_or(Ok(()), |words| Err(Refusal::new(400, words)))
}

/// The issue with the further fields of the way's screen, as an edit on that screen would set them.
fn further(world: &World, way: &Transition, body: &Value, issue: &Issue) -> Result<Issue, Refusal> {
    let project = world.project(&issue.project).cloned().ok_or_else(Refusal::no_issue)?;
    let project = Project { edit_screen: way.screen.iter().cloned().collect(), ..project };
    let mut draft = Draft {
        world,
        project: &project,
        issue: issue.clone(),
        refusal: Refusal::default(),
        operation: Operation::Edit,
        texts: texts::of(world),
    };
    let fields = body.get("fields").and_then(Value::as_object).into_iter().flatten();
    let on_screen = |field: &str| field == "resolution" && way.screen.iter().any(|one| one == field);
    fields.filter(|(field, _)| !on_screen(field)).for_each(|(field, value)| draft.set(field, value));
    if draft.refusal.is_empty() { Ok(draft.issue) } else { Err(draft.refusal) }
}

fn comment(world: &World, way: &Transition, body: &Value) -> Result<Option<Value>, Refusal> {
    let Some(comment) = body.pointer("/update/comment/0/add") else {
        return Ok(None);
    };
    if way.screen.is_empty() {
        let words = "Field 'comment' cannot be set. It is not on the appropriate screen, or unknown.";
        return Err(Refusal::field("comment", words));
    }
    comments::text_of(world, comment).map(Some)
}

fn transition(world: &World, way: &Transition, with_fields: bool) -> Value {
    let to = world.status(&way.to).map(|status| render::status(world, status));
    let mut out = json!({
        "id": way.id, "name": way.name, "to": to, "hasScreen": !way.screen.is_empty(), "isGlobal": way.from.is_none(),
        "isInitial": false, "isAvailable": true, "isConditional": false,
    });
    if let (true, Some(map)) = (with_fields, out.as_object_mut()) {
        let fields: Map<String, Value> =
            way.screen.iter().filter_map(|id| Some((id.clone(), field(world, way, id)?))).collect();
        map.insert("fields".to_owned(), Value::Object(fields));
    }
    out
}

/// A field of a way's screen.
fn field(world: &World, way: &Transition, id: &str) -> Option<Value> {
    let required = way.required.iter().any(|one| one == id);
    if id == "resolution" {
        return Some(json!({
            "required": required, "schema": {"type": "resolution", "system": "resolution"}, "name": "Resolution", "key": id,
            "operations": ["set"], "hasDefaultValue": false, "allowedValues": allowed(world),
        }));
    }
    let field = world.fields.iter().find(|field| field.id == id)?;
    let mut out = screens::on_transition(field);
    out["required"] = json!(required);
    Some(out)
}

fn allowed(world: &World) -> Vec<Value> {
    let one = |name: &&'static str| json!({"id": render::resolution_id(world, name), "name": name});
    world.resolutions.iter().map(one).collect()
}

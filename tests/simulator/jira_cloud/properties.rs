//! Entity properties of issues.

use serde_json::{Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{Refusal, World};
use super::{Reply, allowed, render, seen};

const KEY_LIMIT: usize = 255;
/// Characters of the JSON.
const VALUE_LIMIT: usize = 32_768;
const NO_EDIT: &str = "You do not have permission to edit issues in this project.";

/// `getIssuePropertyKeys`.
pub(crate) fn keys(world: &World, key: &str) -> Reply {
    let issue = seen(world, key)?;
    let link = |name: &String| format!("{}/issue/{}/properties/{name}", render::root(world), issue.id);
    let keys: Vec<Value> =
        issue.properties.keys().map(|name| json!({"self": link(name), "key": name})).collect();
    Ok(Answer::json(200, &json!({"keys": keys})))
}

/// `getIssueProperty`.
pub(crate) fn get(world: &World, key: &str, name: &str) -> Reply {
    let value = seen(world, key)?.properties.get(name);
    let value = value.ok_or_else(|| missing(name))?;
    Ok(Answer::json(200, &json!({"key": name, "value": value})))
}

/// `setIssueProperty`: 201 for a new one, 200 for another value.
pub(crate) fn put(world: &mut World, request: &Request, key: &str, name: &str, me: &str) -> Reply {
    let id = allowed(world, key, "EDIT_ISSUES", 403, NO_EDIT)?;
    let value = request
        .json()
        .ok_or_else(|| Refusal::new(400, "The property value must be valid, non-empty JSON."))?;
    fits(name, &value)?;
    let old = world
        .change(id, me, |issue| issue.properties.insert(name.to_owned(), value))
        .ok_or_else(Refusal::no_issue)?;
    Ok(Answer::json(if old.is_some() { 200 } else { 201 }, &Value::Null))
}

/// `deleteIssueProperty`.
pub(crate) fn delete(world: &mut World, key: &str, name: &str, me: &str) -> Reply {
    let id = allowed(world, key, "EDIT_ISSUES", 403, NO_EDIT)?;
    let old = world.change(id, me, |issue| issue.properties.remove(name)).flatten();
    old.map(|_| Answer::empty(204)).ok_or_else(|| missing(name))
}

/// `properties` of a create's or an edit's body (`EntityProperty`).
pub(crate) fn of_body(body: &Value) -> Result<Vec<(String, Value)>, Refusal> {
    let list = match body.get("properties") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(list) => {
            list.as_array().ok_or_else(|| Refusal::new(400, "properties: data was not an array"))?
        }
    };
    let one = |property: &Value| {
        let key = property.get("key").and_then(Value::as_str);
        let key = key.ok_or_else(|| Refusal::new(400, "The property key must not be empty."))?;
        let value = property
            .get("value")
            .ok_or_else(|| Refusal::new(400, "The property value must be valid, non-empty JSON."))?;
        fits(key, value)?;
        Ok((key.to_owned(), value.clone()))
    };
    list.iter().map(one).collect()
}

fn fits(name: &str, value: &Value) -> Result<(), Refusal> {
    if name.is_empty() || name.encode_utf16().count() > KEY_LIMIT {
        return Err(Refusal::new(400, "The property key length must be between 1 and 255 characters."));
    }
    let length = value.to_string().encode_utf16().count();
    if length > VALUE_LIMIT {
        let refusal =
            Refusal::new(400, format!("The property value length must not exceed {VALUE_LIMIT} characters."));
        return Err(refusal.noted(format!("{name}: {length} characters")));
    }
    Ok(())
}

fn missing(name: &str) -> Refusal {
    Refusal::new(404, format!("The property '{name}' does not exist."))
}

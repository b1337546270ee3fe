//! Searching by JQL with `startAt`; the server decides how much a page holds.

use serde_json::{Value, json};

use super::super::jira_cloud::{Reply, render};
use super::super::jql;
use super::super::request::Answer;
use super::super::state::{Refusal, World};

/// Keys of `SearchRequestBean`: `properties` is none of them.
const KEYS: [&str; 6] = ["expand", "fields", "jql", "maxResults", "startAt", "validateQuery"];

/// `jira.search.views.default.max`, which more is cut to without a word.
const MOST: usize = 1000;

/// `searchUsingSearchRequest`.
pub(super) fn by_jql(world: &World, body: &Value) -> Reply {
    let unknown = body.as_object().into_iter().flatten().find(|(key, _)| !KEYS.contains(&key.as_str()));
    if let Some((key, _)) = unknown {
        let words =
            format!("Unrecognized field \"{key}\" (class SearchRequestBean), not marked as ignorable");
        return Err(Refusal::new(400, words));
    }
    let text = body.get("jql").and_then(Value::as_str).unwrap_or_default();
    let found = jql::run(world, text, &[]).map_err(|words| Refusal::new(400, words).noted(text))?;
    let start = number(body, "startAt", 0)?;
    let most = number(body, "maxResults", 50)?.min(MOST).min(world.short_pages.unwrap_or(usize::MAX));
    let fields = match body.get("fields") {
        None | Some(Value::Null) => vec!["*navigable".to_owned()],
        Some(list) => {
            let list = list.as_array().ok_or_else(|| Refusal::new(400, "'fields' must be a list."))?;
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
    };
    let page = found.iter().skip(start).take(most).filter_map(|id| world.issues.get(id));
    let issues: Vec<Value> = page.map(|issue| render::issue(world, issue, &fields, &[], false)).collect();
    let body = json!({
        "expand": "names,schema", "startAt": start, "maxResults": most, "total": found.len(), "issues": issues,
    });
    Ok(Answer::json(200, &body))
}

fn number(body: &Value, name: &str, default: usize) -> Result<usize, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| Refusal::new(400, format!("'{name}' must be a number."))),
    }
}

//! What a client asks before it files, where Data Center answers otherwise than Cloud.

use serde_json::{Value, json};

use super::super::jira_cloud::{self, Reply, meta};
use super::super::request::{Answer, Request};
use super::super::state::{Refusal, World};

/// `getPermissions`: all that there are; which ones are wanted cannot be said.
pub(super) fn permissions(world: &World, request: &Request) -> Reply {
    let project = match (request.param("projectKey"), request.param("issueId").or(request.param("issueKey")))
    {
        (Some(key), _) => Some(meta::seen(world, key)?),
        (None, Some(issue)) => world.project(&jira_cloud::seen(world, issue)?.project),
        (None, None) => None,
    };
    let held = |key: &str| match project {
        _ if key.starts_with("ADMINISTER") => false,
        Some(project) => project.grants(key),
        None => world.projects.iter().any(|one| one.grants(key)),
    };
    // `PermissionJsonBean`
    let one = |key: &&str| {
        let shown = json!({"id": "0", "key": key, "name": key, "type": "PROJECT", "description": "", "havePermission": held(key)});
        ((*key).to_owned(), shown)
    };
    let all: serde_json::Map<String, Value> = meta::PERMISSIONS.iter().map(one).collect();
    Ok(Answer::json(200, &json!({"permissions": all})))
}

/// `getPriorities`: a plain list.
pub(super) fn priorities(world: &World) -> Reply {
    Ok(Answer::json(200, &Value::Array(meta::all_priorities(world))))
}

/// What Cloud alone says of transitions, fields, issue types and projects.
#[rustfmt::skip]
const CLOUDS: [&str; 10] = [
    "hasScreen", "isAvailable", "isConditional", "isGlobal", "isInitial", "untranslatedName", "hierarchyLevel",
    "projectTypeKey", "simplified", "style",
];

/// An answer without what Cloud alone says. Fields go by `fieldId` here (`FieldMetaBean`), by `key` there.
pub(super) fn plain(reply: Reply) -> Reply {
    let answer = reply?;
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return Ok(answer) };
    strip(&mut body);
    Ok(Answer { body: body.to_string().into_bytes(), ..answer })
}

fn strip(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(strip),
        Value::Object(map) => {
            map.retain(|name, _| !CLOUDS.contains(&name.as_str()));
            if map.contains_key("operations")
                && let Some(key) = map.remove("key")
            {
                map.insert("fieldId".to_owned(), key);
            }
            map.values_mut().for_each(strip);
        }
        _ => {}
    }
}

/// Create metadata of what is not there or not to be seen is a 400 here.
pub(super) fn told(reply: Reply) -> Reply {
    plain(reply).map_err(|refusal| match refusal.status {
        403 | 404 => Refusal { status: 400, ..refusal },
        _ => refusal,
    })
}

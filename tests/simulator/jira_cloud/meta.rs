//! What a client asks before it files: projects, permissions, screens, priorities, fields, statuses.

use serde_json::{Map, Value, json};

use super::super::request::{Answer, Request};
use super::super::state::{
    Category, Component, Field, FieldKind, IssueType, Project, Refusal, Status, World,
};
use super::{Reply, render, screens};

/// Permission keys that are known; global ones have no project.
pub(crate) const PERMISSIONS: [&str; 22] = [
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "DELETE_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "EDIT_ALL_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "TRANSITION_ISSUES",
    "RESOLVE_ISSUES",
    "CLOSE_ISSUES",
    "LINK_ISSUES",
    "CREATE_ATTACHMENTS",
    "ASSIGN_ISSUES",
    "ASSIGNABLE_USER",
    "SCHEDULE_ISSUES",
    "MODIFY_REPORTER",
    "SET_ISSUE_SECURITY",
    "ADMINISTER_PROJECTS",
    "MOVE_ISSUES",
    "USER_PICKER",
    "ADMINISTER",
];

/// What Jira says of a project that is not there or not to be seen.
pub(crate) fn no_project(key: &str) -> Refusal {
    Refusal::new(404, format!("No project could be found with key '{key}'."))
}

pub(crate) fn seen<'w>(world: &'w World, key: &str) -> Result<&'w Project, Refusal> {
    world.project(key).filter(|project| project.grants("BROWSE_PROJECTS")).ok_or_else(|| no_project(key))
}

/// `getMyPermissions`.
pub(crate) fn my_permissions(world: &World, request: &Request) -> Reply {
    let wanted = request.param("permissions").filter(|list| !list.is_empty());
    let wanted = wanted.ok_or_else(|| Refusal::new(400, "The 'permissions' query parameter is required."))?;
    let project = match request.param("projectKey").or_else(|| request.param("projectId")) {
        Some(key) => Some(seen(world, key)?),
        None => match request.param("issueKey").or_else(|| request.param("issueId")) {
            Some(issue) => world.project(&super::seen(world, issue)?.project),
            None => None,
        },
    };
    let mut out = Map::new();
    for key in wanted.split(',').map(str::trim) {
        if !PERMISSIONS.contains(&key) {
            return Err(Refusal::new(400, format!("Unrecognized permission: {key}")));
        }
        // Without a project: whether it is held in any.
        let held =
            project.map_or_else(|| world.projects.iter().any(|one| one.grants(key)), |one| one.grants(key));
        let held = held && !key.starts_with("ADMINISTER");
        out.insert(key.to_owned(), json!({"id": "0", "key": key, "name": key, "type": "PROJECT", "description": "", "havePermission": held}));
    }
    Ok(Answer::json(200, &json!({"permissions": out})))
}

/// The projects that may be browsed (`getAllProjects` of Data Center).
pub(crate) fn all_projects(world: &World) -> Vec<Value> {
    let seen = world.projects.iter().filter(|project| project.grants("BROWSE_PROJECTS"));
    seen.map(|project| render::project(world, project)).collect()
}

/// `searchProjects`: `PageBeanProject`.
pub(crate) fn search_projects(world: &World, request: &Request) -> Reply {
    paged(request, all_projects(world))
}

/// `ResolutionJsonBean`s (`getResolutions` of Data Center).
pub(crate) fn all_resolutions(world: &World) -> Vec<Value> {
    let one = |name: &&str| {
        let id = render::resolution_id(world, name);
        let link = format!("{}/resolution/{id}", render::root(world));
        json!({"self": link, "id": id, "name": name, "description": "", "iconUrl": ""})
    };
    world.resolutions.iter().map(one).collect()
}

/// `searchResolutions`: `PageBeanResolutionJsonBean`.
pub(crate) fn search_resolutions(world: &World, request: &Request) -> Reply {
    paged(request, all_resolutions(world))
}

/// A page of at most 50, as newer lists come.
fn paged(request: &Request, all: Vec<Value>) -> Reply {
    let (start, most, total) =
        (request.number("startAt", 0), request.number("maxResults", 50).min(50), all.len());
    let values: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let last = start + values.len() >= total;
    Ok(Answer::json(
        200,
        &json!({"values": values, "startAt": start, "maxResults": most, "total": total, "isLast": last}),
    ))
}

/// `getProject`.
pub(crate) fn project(world: &World, key: &str) -> Reply {
    let project = seen(world, key)?;
    let mut out = render::project(world, project);
    if let Some(map) = out.as_object_mut() {
        let kind = |one: &IssueType| json!({"id": one.id, "name": one.name, "subtask": one.subtask});
        map.insert("issueTypes".to_owned(), project.issue_types.iter().map(kind).collect());
        let component = |one: &Component| json!({"id": one.id, "name": one.name});
        map.insert("components".to_owned(), project.components.iter().map(component).collect());
    }
    Ok(Answer::json(200, &out))
}

pub(crate) fn all_priorities(world: &World) -> Vec<Value> {
    (1..=world.priorities.len()).map(|id| render::priority(world, &id.to_string())).collect()
}

/// `searchPriorities`.
pub(crate) fn priorities(world: &World, request: &Request) -> Reply {
    paged(request, all_priorities(world))
}

/// `getFields`, recording 14.
pub(crate) fn fields(world: &World) -> Reply {
    let all = world.fields.iter().map(|field| {
        let custom = field.id.starts_with("customfield_");
        json!({
            "id": field.id, "key": field.id, "name": field.name, "untranslatedName": field.name, "custom": custom,
            "orderable": true, "navigable": true, "searchable": true, "clauseNames": [field.id], "schema": screens::schema(field),
        })
    });
    Ok(Answer::json(200, &all.collect()))
}

/// `getStatuses`.
pub(crate) fn statuses(world: &World) -> Reply {
    Ok(Answer::json(200, &world.statuses.iter().map(|status| render::status(world, status)).collect()))
}

/// `getAllStatuses`: of each issue type; here all types of a project have one workflow.
pub(crate) fn project_statuses(world: &World, key: &str) -> Reply {
    let project = seen(world, key)?;
    let used = |status: &&Status| {
        project.first_status == status.id || project.transitions.iter().any(|way| way.to == status.id)
    };
    let statuses: Vec<Value> =
        world.statuses.iter().filter(used).map(|status| render::status(world, status)).collect();
    let kind = |kind: &IssueType| {
        let link = format!("{}/issuetype/{}", render::root(world), kind.id);
        json!({"self": link, "id": kind.id, "name": kind.name, "subtask": kind.subtask, "statuses": statuses})
    };
    Ok(Answer::json(200, &project.issue_types.iter().map(kind).collect()))
}

/// `getStatusesById`.
pub(crate) fn statuses_by_id(world: &World, request: &Request) -> Reply {
    let ids: Vec<&str> =
        request.query.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()).collect();
    let wanted = world.statuses.iter().filter(|status| ids.is_empty() || ids.contains(&status.id.as_str()));
    Ok(Answer::json(200, &wanted.map(plain).collect()))
}

/// `search` of statuses.
pub(crate) fn search_statuses(world: &World, request: &Request) -> Reply {
    let words = request.param("searchString").unwrap_or_default().to_lowercase();
    let all: Vec<Value> =
        world.statuses.iter().filter(|one| one.name.to_lowercase().contains(&words)).map(plain).collect();
    Ok(Answer::json(
        200,
        &json!({"startAt": 0, "maxResults": 200, "total": all.len(), "isLast": true, "values": all}),
    ))
}

/// The newer statuses API: no `self`, the category as one word.
fn plain(status: &Status) -> Value {
    let category = match status.category {
        Category::New => "TODO",
        Category::Indeterminate => "IN_PROGRESS",
        Category::Done => "DONE",
    };
    json!({"id": status.id, "name": status.name, "statusCategory": category, "scope": {"type": "GLOBAL"}, "description": ""})
}

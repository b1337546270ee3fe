//! Create screens: which issue types a project has, and which fields each takes.

use serde_json::{Map, Value, json};

use super::super::Face;
use super::super::request::{Answer, Request};
use super::super::state::{
    Category, Component, FIRST_OPTION, Field, FieldKind, Project, Refusal, World, first_child,
};
use super::{Reply, meta, render};

/// `getCreateIssueMetaIssueTypes`.
pub(crate) fn issue_types(world: &World, request: &Request, key: &str) -> Reply {
    let project = creatable(world, key)?;
    let link = |id: &str| format!("{}/issuetype/{id}", render::root(world));
    let all = project.issue_types.iter().map(|kind| {
        json!({
            "self": link(&kind.id), "id": kind.id, "name": kind.name, "untranslatedName": kind.name, "description": "",
            "subtask": kind.subtask, "hierarchyLevel": if kind.subtask { -1 } else { i32::from(kind.epic) },
        })
    });
    page(world, request, "issueTypes", all.collect())
}

/// `getCreateIssueMetaIssueTypeId`.
pub(crate) fn create_fields(world: &World, request: &Request, key: &str, kind: &str) -> Reply {
    let project = creatable(world, key)?;
    let kind = project.issue_types.iter().find(|one| one.id == kind);
    let kind = kind.ok_or_else(|| Refusal::new(404, "The issue type could not be found for the project."))?;
    let always = ["project", "issuetype", "summary"];
    let server = world.face == Face::JiraDataCenter;
    let on_screen = world.fields.iter().filter(|field| {
        let label = kind.epic && server && field.kind == FieldKind::EpicName;
        always.contains(&field.id.as_str()) || project.create_screen.contains(&field.id) || label
    });
    let all = on_screen.map(|field| {
        let required = always.contains(&field.id.as_str())
            || field.kind == FieldKind::EpicName
            || project.required.contains(&field.id)
            || (field.id == "parent" && kind.subtask);
        let mut out = json!({
            "fieldId": field.id, "key": field.id, "name": field.name, "required": required, "schema": schema(field),
            "hasDefaultValue": matches!(field.id.as_str(), "priority" | "reporter"), "operations": operations(field),
        });
        if let (Some(values), Some(map)) = (allowed_values(world, project, field), out.as_object_mut()) {
            map.insert("allowedValues".to_owned(), Value::Array(values));
        }
        out
    });
    page(world, request, "fields", all.collect())
}

/// `getEditIssueMeta`: by field id; nothing where the issue takes no edit.
pub(crate) fn edit_fields(world: &World, key: &str) -> Reply {
    let issue = super::seen(world, key)?;
    let project = world.project(&issue.project).ok_or_else(Refusal::no_issue)?;
    let closed = project.done_is_closed && world.category(issue) == Category::Done;
    let closed = closed || project.closed_to_edits.contains(&issue.status);
    let editable = project.grants("EDIT_ISSUES") && !closed;
    let on_screen = world.fields.iter().filter(|field| editable && project.edit_screen.contains(&field.id));
    let all = on_screen.map(|field| {
        let shape = json!({
            "key": field.id, "name": field.name, "required": false, "schema": schema(field),
            "hasDefaultValue": false, "operations": operations(field),
        });
        (field.id.clone(), shape)
    });
    Ok(Answer::json(200, &json!({"fields": all.collect::<Map<_, _>>()})))
}

/// A field of a transition's screen (`IssueTransition.fields`).
pub(crate) fn on_transition(field: &Field) -> Value {
    let mut out = json!({
        "key": field.id, "name": field.name, "required": false, "schema": schema(field),
        "hasDefaultValue": false, "operations": operations(field),
    });
    if let (Some(values), Some(map)) = (choices(field), out.as_object_mut()) {
        map.insert("allowedValues".to_owned(), Value::Array(values));
    }
    out
}

fn creatable<'w>(world: &'w World, key: &str) -> Result<&'w Project, Refusal> {
    let project = meta::seen(world, key)?;
    let words = "You do not have permission to create issues in this project.";
    if project.grants("CREATE_ISSUES") { Ok(project) } else { Err(Refusal::new(403, words)) }
}

/// Data Center calls every page's entries `values`, and says which page is the last (`PageBean`).
fn page(world: &World, request: &Request, name: &str, all: Vec<Value>) -> Reply {
    let (start, most) = (request.number("startAt", 0), request.number("maxResults", 50));
    if most > 200 {
        return Err(Refusal::new(400, "Parameter 'maxResults' must not exceed the limit '200'"));
    }
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let body = if world.face == Face::JiraDataCenter {
        let last = start + values.len() >= total;
        json!({"maxResults": most, "startAt": start, "total": total, "isLast": last, "values": values})
    } else {
        json!({name: values, "startAt": start, "maxResults": most, "total": total})
    };
    Ok(Answer::json(200, &body))
}

pub(crate) fn schema(field: &Field) -> Value {
    let custom = field.id.strip_prefix("customfield_").and_then(|id| id.parse::<u64>().ok());
    let (kind, items, plugin) = match &field.kind {
        FieldKind::Number => ("number", None, "float"),
        FieldKind::Text => ("string", None, "textarea"),
        FieldKind::Summary | FieldKind::Line => ("string", None, "textfield"),
        FieldKind::Date => ("date", None, "datepicker"),
        FieldKind::Labels => ("array", Some("string"), "labels"),
        FieldKind::Components => ("array", Some("component"), "multiselect"),
        FieldKind::Priority => ("priority", None, "select"),
        FieldKind::User => ("user", None, "userpicker"),
        FieldKind::Parent => ("issuelink", None, ""),
        FieldKind::Security => ("securitylevel", None, ""),
        FieldKind::Choice(_) => ("option", None, "select"),
        FieldKind::Several(_) => ("array", Some("option"), "multiselect"),
        FieldKind::Cascade(_) => ("option-with-child", None, "cascadingselect"),
        FieldKind::PlainString(_) => ("any", None, ""),
        FieldKind::TimeTracking => ("timetracking", None, ""),
        FieldKind::Services => ("array", Some("service"), ""),
        FieldKind::Objects => ("array", Some("cmdb-object-field"), ""),
        FieldKind::EpicName => ("string", None, ""),
        FieldKind::Origin => (field.id.as_str(), None, ""),
        FieldKind::Elsewhere => ("any", None, ""),
    };
    let mut out = json!({"type": kind});
    if let Some(map) = out.as_object_mut() {
        if let Some(items) = items {
            map.insert("items".to_owned(), json!(items));
        }
        match custom {
            Some(id) => {
                let kind = match &field.kind {
                    FieldKind::PlainString(kind) => (*kind).to_owned(),
                    FieldKind::Services => {
                        "com.atlassian.jira.plugins.service-entity:service-entity-field-cftype".to_owned()
                    }
                    FieldKind::Objects => "com.atlassian.jira.plugins.cmdb:cmdb-object-cftype".to_owned(),
                    FieldKind::EpicName => "com.pyxis.greenhopper.jira:gh-epic-label".to_owned(),
                    _ => format!("com.atlassian.jira.plugin.system.customfieldtypes:{plugin}"),
                };
                map.insert("custom".to_owned(), json!(kind));
                map.insert("customId".to_owned(), json!(id));
            }
            None => drop(map.insert("system".to_owned(), json!(field.id))),
        }
    }
    out
}

fn operations(field: &Field) -> Value {
    match field.kind {
        FieldKind::Labels | FieldKind::Components => json!(["add", "set", "remove"]),
        FieldKind::Elsewhere => json!([]),
        _ => json!(["set"]),
    }
}

/// `CustomFieldContextOption`s as create metadata has them, numbered from `first`.
fn options(first: usize, values: &[&str]) -> Vec<Value> {
    let option = |(place, value): (usize, &&str)| json!({"id": (first + place).to_string(), "value": value});
    values.iter().enumerate().map(option).collect()
}

fn allowed_values(world: &World, project: &Project, field: &Field) -> Option<Vec<Value>> {
    let named = |list: &[Component]| list.iter().map(|one| json!({"id": one.id, "name": one.name})).collect();
    match &field.kind {
        FieldKind::Priority => Some(meta::all_priorities(world)),
        FieldKind::Components => Some(named(&project.components)),
        FieldKind::Security => Some(named(&project.security_levels)),
        _ => choices(field),
    }
}

/// The options of a custom field.
fn choices(field: &Field) -> Option<Vec<Value>> {
    match &field.kind {
        FieldKind::Choice(values) | FieldKind::Several(values) => Some(options(FIRST_OPTION, values)),
        FieldKind::Cascade(values) => {
            let parents: Vec<&str> = values.iter().map(|(parent, _)| *parent).collect();
            let mut options = options(FIRST_OPTION, &parents);
            for (place, (option, (_, below))) in options.iter_mut().zip(values).enumerate() {
                option["children"] = Value::Array(self::options(first_child(place), below));
            }
            Some(options)
        }
        _ => None,
    }
}

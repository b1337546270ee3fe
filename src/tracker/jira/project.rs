//! A project as the account can use it: permissions, issue types, what their create screens accept.

use super::dialect::PERMISSIONS;
use super::lookup::{choices, hidden};
use super::{Jira, wire};
use crate::model::answer::{Failure, FieldMeta, IssueType, Permissions, Project, Screen};

impl Jira {
    pub(super) async fn project(&self, key: &str) -> Result<Project, Failure> {
        let may = match self.client.ask::<wire::WirePermissions>(&self.dialect.permissions(key)).await {
            Ok(answer) => answer.permissions,
            // the plan reports it, and filing goes on in other projects
            Err(Failure::Gone) => Default::default(),
            Err(failure) => return Err(failure),
        };
        let may = |name: &str| may.get(name).is_some_and(|permission| permission.granted);
        let [browse, create, edit, comment, transition, link] = PERMISSIONS.map(may);
        // without the permission, Jira does not list them
        let issue_types = if browse && create { self.issue_types(key).await? } else { Vec::new() };
        Ok(Project {
            key: key.to_owned(),
            issue_types: issue_types
                .into_iter()
                .map(|kind| IssueType {
                    name: kind
                        .name
                        .or_else(|| kind.untranslated_name.clone())
                        .unwrap_or_else(|| kind.id.clone()),
                    untranslated: kind.untranslated_name,
                    id: kind.id,
                    subtask: kind.subtask,
                    epic: kind.hierarchy_level.map(|level| level > 0),
                })
                .collect(),
            may: Permissions { browse, create, edit, comment, transition, link },
            english: self.is_cloud(),
        })
    }

    async fn issue_types(&self, project: &str) -> Result<Vec<wire::WireIssueType>, Failure> {
        let mut issue_types: Vec<wire::WireIssueType> = Vec::new();
        loop {
            let call = self.dialect.issue_types(project, issue_types.len());
            let page = self.client.ask(&call).await.map_err(|failure| hidden(failure, project))?;
            if !take(&mut issue_types, page) {
                return Ok(issue_types);
            }
        }
    }

    pub(super) async fn screen(&self, project: &str, issue_type: &str) -> Result<Screen, Failure> {
        let mut fields: Vec<wire::WireFieldMeta> = Vec::new();
        loop {
            let call = self.dialect.screen(project, issue_type, fields.len());
            let page = self.client.ask(&call).await.map_err(|failure| hidden(failure, project))?;
            if !take(&mut fields, page) {
                break;
            }
        }
        let named = fields.into_iter().filter_map(|field| {
            let id = field.field_id.clone().or_else(|| field.key.clone())?;
            Some((id, field_meta(field)))
        });
        Ok(Screen { fields: named.collect() })
    }
}

/// Adds a page; returns whether there is more. This depends on what was returned, not on what was requested.
pub(super) fn take<T>(all: &mut Vec<T>, page: wire::Paged<T>) -> bool {
    let given = page.values.len();
    all.extend(page.values);
    let more = page.is_last.map(|last| !last).or_else(|| page.total.map(|total| all.len() < total));
    given > 0 && more == Some(true)
}

pub(super) fn field_meta(field: wire::WireFieldMeta) -> FieldMeta {
    FieldMeta {
        name: field.name,
        required: field.required,
        has_default: field.has_default_value,
        schema: field.schema.kind,
        items: field.schema.items,
        custom: field.schema.custom,
        allowed: choices(&field.allowed_values.unwrap_or_default()),
    }
}

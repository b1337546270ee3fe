//! A ticket as files tell it: with names, where a tracker would take ids.

use crate::document::visible::one_line;
use crate::document::{Document, wiki};
use crate::model::answer::{Project, Screen};
use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;
use crate::model::write::{Draft, Value};

/// A ticket that is not filed, with everything that people would have read on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The group's first name; names the file as well.
    pub group: Fingerprint,
    /// The project's key.
    pub project: String,
    /// The issue type's name.
    pub issue_type: String,
    /// One line.
    pub summary: String,
    /// The description.
    pub body: Document,
    /// The worst of its findings.
    pub severity: Severity,
    /// All labels; by casefile's own it is found again when it was imported.
    pub labels: Vec<String>,
    /// Further fields: the name as people know it, and one value or several.
    pub fields: Vec<(String, Vec<String>)>,
}

impl Item {
    /// A draft with the names that its project and create screen give to ids.
    pub fn of(draft: &Draft, project: Option<&Project>, screen: Option<&Screen>) -> Item {
        let kinds = project.into_iter().flat_map(|project| &project.issue_types);
        let kind = kinds.clone().find(|kind| kind.id == draft.issue_type);
        Item {
            group: draft.group,
            project: draft.project.clone(),
            issue_type: kind.map_or(&draft.issue_type, |kind| &kind.name).clone(),
            summary: one_line(&draft.summary),
            body: draft.body.clone(),
            severity: draft.record.severity,
            labels: draft.labels.clone(),
            fields: draft
                .fields
                .iter()
                .map(|field| (name(&field.id, screen), values(&field.value)))
                .filter(|(_, values)| !values.is_empty())
                .collect(),
        }
    }

    /// The name of its Markdown file.
    pub(super) fn page(&self) -> String {
        format!("{}.md", self.group)
    }
}

/// A field by the name under which Jira's importer knows it.
fn name(id: &str, screen: Option<&Screen>) -> String {
    let known = match id {
        "priority" => "Priority",
        "duedate" => "Due Date",
        "components" => "Component",
        "versions" => "Affects Version",
        "fixVersions" => "Fix Version",
        "assignee" => "Assignee",
        "parent" => "Parent",
        "security" => "Security Level",
        "environment" => "Environment",
        other => {
            let told = screen.and_then(|screen| screen.fields.get(other)).map(|field| one_line(&field.name));
            return told.filter(|name| !name.is_empty()).unwrap_or_else(|| one_line(other));
        }
    };
    known.to_owned()
}

fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => vec![text.clone()],
        Value::Rich(document) => vec![wiki::render(document)],
        Value::Number(number) => vec![number.to_string()],
        // as the importer is told: yyyy-MM-dd
        Value::Date(date) => vec![date.to_string()],
        Value::Name(one) | Value::Person(one) | Value::Key(one) => vec![one.clone()],
        Value::Names(all) | Value::Words(all) => all.clone(),
    }
}

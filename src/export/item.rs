//! A ticket as it is shown in files: with names where a tracker uses ids.

use crate::document::visible::one_line;
use crate::document::{Document, plain};
use crate::model::answer::{Choice, FieldMeta, Project, Screen};
use crate::model::fingerprint::Fingerprint;
use crate::model::severity::Severity;
use crate::model::write::{Draft, FieldContent};

/// A ticket that is not filed, with everything that people would have read on it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// The group's first name; also used for the file's name.
    pub group: Fingerprint,
    /// The project's key.
    pub project: String,
    /// The issue type's name.
    pub issue_type: String,
    /// The summary, on one line.
    pub summary: String,
    /// The description.
    pub body: Document,
    /// The worst of its findings.
    pub severity: Severity,
    /// All labels; by casefile's own, it is found again after it was imported.
    pub labels: Vec<String>,
    /// Other fields: the name that people know, and one value or several.
    pub fields: Vec<(String, Vec<String>)>,
}

impl Item {
    /// A draft with the names that its project and create screen have for ids.
    pub(crate) fn of(draft: &Draft, project: Option<&Project>, screen: Option<&Screen>) -> Item {
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
                .map(|field| {
                    let meta = screen.and_then(|screen| screen.fields.get(&field.id));
                    (name(&field.id, meta), values(&field.value, meta))
                })
                .filter(|(_, values)| !values.is_empty())
                .collect(),
        }
    }

    /// The name of its Markdown file.
    pub(super) fn page(&self) -> String {
        format!("{}.md", self.group)
    }
}

/// A field by the name that Jira's importer uses.
fn name(id: &str, meta: Option<&FieldMeta>) -> String {
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
            let meta = meta.map(|field| one_line(&field.name));
            return meta.filter(|name| !name.is_empty()).unwrap_or_else(|| one_line(other));
        }
    };
    known.to_owned()
}

/// A value as the importer accepts it: ids become the names of the field's choices.
fn values(value: &FieldContent, meta: Option<&FieldMeta>) -> Vec<String> {
    let allowed = meta.map(|field| field.allowed.as_slice()).unwrap_or_default();
    match value {
        FieldContent::Text(text) => vec![text.clone()],
        FieldContent::Rich(document) => vec![plain::render(document).trim().to_owned()],
        FieldContent::Number(number) => vec![number.to_string()],
        // the format that the importer is configured with: yyyy-MM-dd
        FieldContent::Date(date) => vec![date.to_string()],
        FieldContent::Name(one)
        | FieldContent::Person(one)
        | FieldContent::Key(one)
        | FieldContent::Url(one)
        | FieldContent::Group(one) => {
            vec![one.clone()]
        }
        FieldContent::Names(all)
        | FieldContent::Words(all)
        | FieldContent::People(all)
        | FieldContent::Groups(all) => all.clone(),
        FieldContent::Estimate(original, _) => vec![original.clone()],
        FieldContent::Id(id) => vec![chosen(id, allowed).0],
        FieldContent::Ids(ids) => ids.iter().map(|id| chosen(id, allowed).0).collect(),
        FieldContent::Cascade(id, below) => {
            let (name, children) = chosen(id, allowed);
            let below = below.as_ref().map(|id| chosen(id, children).0);
            vec![below.map_or(name.clone(), |below| format!("{name} -> {below}"))]
        }
    }
}

/// A choice's name, and what can be chosen under it.
fn chosen<'c>(id: &str, choices: &'c [Choice]) -> (String, &'c [Choice]) {
    match choices.iter().find(|choice| choice.id == id) {
        Some(choice) => (choice.name.clone(), &choice.children),
        None => (id.to_owned(), &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_names() {
        let choice = |id: &str, name: &str, children| Choice { id: id.into(), name: name.into(), children };
        let below = vec![choice("3", "Payments", Vec::new())];
        let allowed = vec![choice("1", "Shop", below), choice("2", "Bank", Vec::new())];
        let meta = FieldMeta { allowed, ..FieldMeta::default() };
        let check =
            |value: FieldContent, expected: &[&str]| assert_eq!(values(&value, Some(&meta)), expected);
        check(FieldContent::Id("2".into()), &["Bank"]);
        check(FieldContent::Id("9".into()), &["9"]);
        check(FieldContent::Ids(vec!["1".into(), "2".into()]), &["Shop", "Bank"]);
        check(FieldContent::Cascade("1".into(), Some("3".into())), &["Shop -> Payments"]);
        check(FieldContent::Cascade("2".into(), None), &["Bank"]);
        check(FieldContent::Number(7.5), &["7.5"]);
        check(FieldContent::Date(jiff::civil::date(2026, 12, 1)), &["2026-12-01"]);
    }
}

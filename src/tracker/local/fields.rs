//! The fields that a local ticket has, and setting them.

use std::collections::BTreeMap;

use super::front::FrontMatter;
use crate::model::answer::{FieldMeta, IssueType, Screen};
use crate::model::field::{convert, shape};
use crate::model::ticket::{LABEL_LIMIT, Person};
use crate::model::write::{Field, FieldContent, TransitionField};

/// The longest summary, as in Jira, so that what works here works there.
const SUMMARY_LIMIT: usize = 255;

/// The types that a ticket may have: id, name.
const TYPES: [(&str, &str); 3] = [("bug", "Bug"), ("task", "Task"), ("story", "Story")];

/// What is wrong with each field, by id; empty: nothing.
pub(super) type FieldErrors = BTreeMap<String, String>;

/// The types that a ticket may have.
pub(super) fn types() -> Vec<IssueType> {
    TYPES
        .map(|(id, name)| IssueType {
            id: id.into(),
            name: name.into(),
            untranslated: None,
            subtask: false,
            epic: Some(false),
        })
        .into()
}

/// The name of a type by its id.
pub(super) fn type_name(id: &str) -> Option<&'static str> {
    TYPES.iter().find(|(own, _)| *own == id).map(|(_, name)| *name)
}

/// The fields that a new ticket can have: the same for every project and type.
pub(super) fn screen() -> Screen {
    let field = |id: &str, name: &str, schema: &str, items: Option<&str>| {
        let items = items.map(str::to_owned);
        let required = id == "summary";
        let meta =
            FieldMeta { name: name.into(), required, schema: schema.into(), items, ..FieldMeta::default() };
        (id.to_owned(), meta)
    };
    let fields = [
        field("summary", "Summary", "string", None),
        field("description", "Description", "string", None),
        field("labels", "Labels", "array", Some("string")),
        field("priority", "Priority", "priority", None),
        field("assignee", "Assignee", "user", None),
        field("duedate", "Due date", "date", None),
        field("components", "Components", "array", Some("component")),
        field("parent", "Parent", "issuelink", None),
    ];
    Screen { fields: BTreeMap::from(fields) }
}

/// Sets the fields that a ticket has; those that it does not accept are reported, and the others are set.
pub(super) fn set(front: &mut FrontMatter, fields: &[Field]) -> FieldErrors {
    let mut wrong = FieldErrors::new();
    for field in fields {
        if let Err(why) = set_one(front, field) {
            wrong.insert(field.id.clone(), why);
        }
    }
    wrong
}

/// The fields that are meant by their ids or names, as far as they accept what is given.
pub(super) fn meant(given: &[TransitionField]) -> Vec<Field> {
    let screen = screen();
    let one = |given: &TransitionField| {
        let is = |(id, meta): &(&String, &FieldMeta)| {
            **id == given.field || meta.name.to_lowercase() == given.field.trim().to_lowercase()
        };
        let (id, meta) = screen.fields.iter().find(is)?;
        let person = |name: &str| Some(Person { id: name.to_owned(), name: name.to_owned() });
        let value = convert(shape(id, meta), meta, &given.texts, &person).ok()?;
        Some(Field { id: id.clone(), value })
    };
    given.iter().filter_map(one).collect()
}

/// Checks for what Jira would refuse, too: a summary that is not one short line, labels with spaces.
pub(super) fn check(summary: Option<&str>, labels: &[String]) -> FieldErrors {
    let mut wrong = FieldErrors::new();
    let odd =
        |text: &&str| text.trim().is_empty() || is_longer(text, SUMMARY_LIMIT) || text.contains(['\n', '\r']);
    if summary.filter(odd).is_some() {
        wrong.insert("summary".into(), format!("must be one line of 1 to {SUMMARY_LIMIT} characters"));
    }
    if let Err(why) = check_labels(labels) {
        wrong.insert("labels".into(), why);
    }
    wrong
}

fn check_labels(labels: &[String]) -> Result<(), String> {
    let bad = |label: &&String| {
        label.is_empty() || is_longer(label, LABEL_LIMIT) || label.contains(char::is_whitespace)
    };
    match labels.iter().find(bad) {
        Some(label) => Err(format!("`{label}` must have 1 to {LABEL_LIMIT} characters and no spaces")),
        None => Ok(()),
    }
}

fn is_longer(text: &str, limit: usize) -> bool {
    text.chars().count() > limit
}

fn set_one(front: &mut FrontMatter, field: &Field) -> Result<(), String> {
    let word = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    match (field.id.as_str(), &field.value) {
        ("priority", FieldContent::Name(name) | FieldContent::Text(name) | FieldContent::Id(name)) => {
            front.priority = word(name)
        }
        ("assignee", FieldContent::Person(name) | FieldContent::Text(name)) => front.assignee = word(name),
        ("duedate", FieldContent::Date(day)) => front.due = Some(*day),
        ("components", FieldContent::Names(names) | FieldContent::Ids(names)) => {
            front.components.clone_from(names)
        }
        ("parent", FieldContent::Key(key) | FieldContent::Text(key)) => front.parent = word(key),
        ("labels", FieldContent::Words(words)) => {
            check_labels(words)?;
            front.add_labels(words);
        }
        (id, _) if screen().fields.contains_key(id) => return Err("does not accept this value".into()),
        _ => return Err("is not a field of a local ticket".into()),
    }
    Ok(())
}

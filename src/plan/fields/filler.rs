//! The fields of tickets, from the configuration and what a project's create screen accepts.
//!
//! A value that the screen does not accept is left out with a warning; if the field is required, nothing is filed
//! there.

use std::collections::BTreeSet;

use crate::compose::property::PropertySource;
use crate::model::answer::{FieldMeta, IssueType, Screen};
use crate::model::field::{ConversionError, FieldShape, convert_what_fits, listed, shape};
use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::ticket::Person;
use crate::model::write::{Field, FieldContent};
use crate::plan::planner::Planner;
use crate::plan::types::field_note::RejectedValue;
use crate::policy::route::TicketTarget;

/// The ticket whose fields are filled in.
#[derive(Clone, Copy)]
pub(crate) struct Form<'a> {
    pub(crate) target: &'a TicketTarget,
    pub(crate) issue_type: &'a IssueType,
    pub(crate) screen: &'a Screen,
    pub(crate) properties: PropertySource<'a>,
}

/// What a new ticket gets besides its summary, description and casefile's labels.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Filled {
    pub(crate) fields: Vec<Field>,
    pub(crate) labels: Vec<String>,
}

/// What to do if the account is not allowed to look people up.
const UNSEEN: &str = "Create new credentials with the scope `read:jira-user`, or ask a Jira administrator to grant \
                      the account the global permission `Browse users and groups`.";

/// The part of a value that a field does not accept.
struct Bad {
    wrong: ConversionError,
    hint: String,
    /// Whether none of the value remains.
    none: bool,
    /// Where the value comes from.
    source: ValueSource,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueSource {
    /// The configuration.
    Given,
    /// The findings, in casefile's own words.
    Own,
    /// The findings, in a report's words.
    Report,
}

/// A form that is being filled in.
pub(crate) struct Filler<'f, 'd> {
    pub(crate) decision: &'f mut Planner<'d>,
    pub(crate) form: Form<'f>,
    pub(crate) filled: Filled,
    /// Whether a question to the tracker has to be answered first.
    pub(crate) waits: bool,
    /// The required fields that have no value, by id.
    pub(crate) missing: Vec<(String, Problem)>,
}

impl<'f> Filler<'f, '_> {
    /// If the screen has no description, the ticket is filed without saying what was found and where.
    pub(crate) fn describe(&mut self, record: &mut Record) {
        if self.form.screen.fields.contains_key("description") {
            return;
        }
        record.last_written.description = None;
        let message = format!(
            "{}: the create screen has no field `Description`, so tickets do not say what was found or \
             where",
            self.place()
        );
        let hint = "Ask a Jira administrator to add the field to the screen.";
        self.decision
            .problem(Problem::new(format!("project {}", self.form.target.project), message).hint(hint));
    }

    /// A field that has its own key in the configuration.
    pub(crate) fn own(&mut self, key: &str, id: &str, name: &str, texts: &[String]) {
        if texts.is_empty() {
            return;
        }
        let key = format!("jira.{key}");
        match self.form.screen.fields.get(id) {
            Some(meta) => self.set(&key, id, meta, texts, ValueSource::Given),
            None => self.off_screen(&key, name, &[]),
        }
    }

    /// The parent: that of a sub-task, which screens do not always list, or the epic.
    pub(crate) fn parent(&mut self) {
        let Form { target, issue_type, screen, .. } = self.form;
        let Some(parent) = &target.parent else { return };
        let is_epic =
            |meta: &FieldMeta| meta.custom.as_deref().is_some_and(|it| it.ends_with(":gh-epic-link"));
        let epic = screen.fields.iter().find(|(_, meta)| is_epic(meta));
        match (screen.fields.contains_key("parent") || issue_type.subtask, epic) {
            (true, _) => self.push("parent", FieldContent::Key(parent.clone())),
            (false, Some((id, _))) => self.push(id, FieldContent::Text(parent.clone())),
            (false, None) => self.off_screen("jira.parent", "Parent", &[]),
        }
    }

    /// Sets a field of the screen to what the texts mean for it.
    pub(crate) fn set(
        &mut self,
        key: &str,
        id: &str,
        meta: &FieldMeta,
        texts: &[String],
        source: ValueSource,
    ) {
        let shape = shape(id, meta);
        let decision = &mut *self.decision;
        let snapshot = decision.snapshot;
        if matches!(shape, FieldShape::Person | FieldShape::People) {
            for who in texts {
                if decision.needs.person(snapshot, who.trim()).is_none() {
                    self.waits = true;
                }
            }
        }
        if self.waits {
            return;
        }
        let person = |who: &str| -> Option<Person> { snapshot.people.get(who).cloned().flatten() };
        let (value, wrong) = convert_what_fits(shape, meta, texts, &person);
        let none = value.is_none();
        match value {
            Some(FieldContent::Rich(document)) => {
                let fitting = (self.decision.input.fit)(document);
                self.push(id, FieldContent::Rich(fitting));
            }
            Some(value) => self.push(id, value),
            None => {}
        }
        let Some(mut wrong) = wrong else { return };
        let mut hint = listed(if wrong.instead.is_empty() { &meta.allowed } else { &wrong.instead });
        if let (FieldShape::Person | FieldShape::People, Some(why)) = (shape, &snapshot.unseen) {
            wrong.why =
                format!("PROVIDER_SCOPE_UNAVAILABLE: the account is not allowed to search for users ({why})");
            hint = UNSEEN.to_owned();
        }
        // it is not the report's fault that casefile cannot set the field at all
        let source = if shape == FieldShape::Unknown { ValueSource::Given } else { source };
        self.wrong(key, id, meta, Bad { wrong, hint, none, source });
    }

    pub(crate) fn push(&mut self, id: &str, value: FieldContent) {
        self.filled.fields.push(Field { id: id.to_owned(), value });
    }

    /// Notes what the field does not accept.
    fn wrong(&mut self, key: &str, id: &str, meta: &FieldMeta, bad: Bad) {
        let Bad { wrong, hint, none, source } = bad;
        let field = format!("{}, the field `{}` ({id})", self.place(), meta.name);
        let foreign = source == ValueSource::Report;
        if none && meta.required && !meta.has_default {
            let problem =
                Problem::new(key, format!("{field}: {}, and the field is required", wrong.why)).hint(hint);
            self.missing.push((id.to_owned(), if foreign { problem.foreign() } else { problem }));
            return;
        }
        let end = if none { "so it is left out" } else { "so only the other values are set" };
        if source == ValueSource::Given {
            return self
                .decision
                .problem(Problem::new(key, format!("{field}: {}, {end}", wrong.why)).hint(hint));
        }
        let (group, key) = (self.form.properties.group.name(), key.to_owned());
        self.decision.notes.push(RejectedValue { group, key, field, why: wrong.why, end, hint, foreign });
    }

    /// Notes a field that the create screen does not have. `near`: names that may have been meant.
    pub(crate) fn off_screen(&mut self, key: &str, name: &str, near: &[&str]) {
        let problem = Problem::new(
            key,
            format!("{}: the create screen has no field `{name}`, so it is left out", self.place()),
        );
        let hint = match near {
            [] => "Remove the key, or ask a Jira administrator to add the field to the screen.".to_owned(),
            near => format!("Did you mean `{}`?", near.join("` or `")),
        };
        self.decision.problem(problem.hint(hint));
    }

    /// Checks that everything that the screen requires has a value.
    pub(crate) fn require(&mut self) {
        const GIVEN: [&str; 6] = ["project", "issuetype", "summary", "description", "labels", "reporter"];
        let Form { target, issue_type, screen, .. } = self.form;
        let said = self.missing.iter().map(|(id, _)| id.as_str());
        let given: BTreeSet<&str> = GIVEN
            .into_iter()
            .chain(self.filled.fields.iter().map(|field| field.id.as_str()))
            .chain(said)
            .collect();
        let lacks = |(id, meta): &(&String, &FieldMeta)| {
            meta.required && !meta.has_default && !given.contains(id.as_str())
        };
        let mut missing: Vec<(String, Problem)> = Vec::new();
        for (id, meta) in screen.fields.iter().filter(lacks) {
            let how = key_of(id).unwrap_or("jira.fields");
            let hint = match shape(id, meta) {
                FieldShape::Unknown => format!(
                    "casefile cannot set fields of this type (`{}`): ask a Jira administrator to give the field a \
                     default value or to make it optional.",
                    meta.schema
                ),
                _ => format!("Give it a value under `{how}` in the configuration. {}", listed(&meta.allowed)),
            };
            let message = format!("the field `{}` ({id}) is required and has no value", meta.name);
            missing.push((id.clone(), Problem::new(self.place(), message).hint(hint.trim_end())));
        }
        if missing.is_empty() && issue_type.subtask && target.parent.is_none() {
            let message = format!("`{}` is a sub-task type, which needs a parent", issue_type.name);
            let problem = Problem::new(self.place(), message).hint(
                "Name a parent under `jira.parent` in the configuration, or choose another `issue-type`.",
            );
            missing.push(("parent".to_owned(), problem));
        }
        self.missing.extend(missing);
    }

    /// Project and issue type, as messages name them.
    pub(crate) fn place(&self) -> String {
        format!("{}, {}", self.form.target.project, self.form.issue_type.name)
    }
}

/// The key of a field that has its own key.
pub(crate) fn key_of(id: &str) -> Option<&'static str> {
    Some(match id {
        "priority" => "jira.priorities",
        "components" => "jira.components",
        "assignee" => "jira.assignee",
        "parent" => "jira.parent",
        "security" => "jira.security-level",
        "duedate" => "jira.due-in-days",
        _ => return None,
    })
}

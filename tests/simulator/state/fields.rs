//! Setting fields: what the screens allow, what each field takes, and how Jira words its refusals.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::Face;
use super::project::{Field, FieldKind, Project};
use super::values::{cascade, date_of, label_of, labels_of, named, option, summary_of, text};
use super::{Issue, Refusal, World};

/// How a face takes rich text: a document, or wiki markup. The error is what it says of a bad one and why.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    pub(crate) check: fn(&Value) -> Result<(), (String, String)>,
    /// A good one as the service stores it, which is not always as it came.
    pub(crate) stored: fn(&Value) -> Value,
}

/// What is being done with the fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Edit,
}

/// An issue that is being made or changed, not yet in the world.
pub(crate) struct Draft<'w> {
    pub(crate) world: &'w World,
    pub(crate) project: &'w Project,
    pub(crate) issue: Issue,
    pub(crate) refusal: Refusal,
    pub(crate) operation: Operation,
    pub(crate) texts: Texts,
}

type Outcome = Result<(), String>;

impl Draft<'_> {
    /// Sets all fields of a request's `fields`.
    pub(crate) fn set_all(&mut self, fields: &Map<String, Value>) {
        for (id, value) in fields {
            self.set(id, value);
        }
        if self.operation == Operation::Create {
            self.require(fields);
        }
    }

    /// Sets one field, or notes why not.
    pub(crate) fn set(&mut self, id: &str, value: &Value) {
        let known = self.world.fields.iter().find(|field| field.id == id);
        let settable = known.filter(|field| self.on_screen(&field.id) && field.kind != FieldKind::Elsewhere);
        let Some(field) = settable else {
            let message =
                format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.");
            return self.refusal.blame(id, message);
        };
        if let Err(message) = self.assign(field, value) {
            self.refusal.blame(id, message);
        }
    }

    /// Adds or removes one label (`update.labels`).
    pub(crate) fn relabel(&mut self, add: bool, label: &Value) {
        if !self.on_screen("labels") {
            let message = "Field 'labels' cannot be set. It is not on the appropriate screen, or unknown.";
            return self.refusal.blame("labels", message);
        }
        match label_of(label) {
            Ok(label) => {
                self.issue.labels.retain(|held| *held != label);
                if add {
                    self.issue.labels.push(label);
                }
            }
            Err(message) => self.refusal.blame("labels", message),
        }
    }

    fn on_screen(&self, id: &str) -> bool {
        let screen: &BTreeSet<String> = match self.operation {
            Operation::Create => &self.project.create_screen,
            Operation::Edit => &self.project.edit_screen,
        };
        let epic = || self.project.issue_type(&self.issue.issue_type).is_some_and(|kind| kind.epic);
        let label =
            || self.world.fields.iter().any(|field| field.id == id && field.kind == FieldKind::EpicName);
        // without Edit Issues no field is said to be on the screen (JRASERVER-67013)
        let may = self.operation == Operation::Create || self.project.grants("EDIT_ISSUES");
        may && (matches!(id, "project" | "issuetype" | "summary") || screen.contains(id) || label() && epic())
    }

    fn require(&mut self, fields: &Map<String, Value>) {
        if !fields.contains_key("summary") {
            self.refusal.blame("summary", "You must specify a summary of the issue.");
        }
        for id in &self.project.required {
            let given =
                fields.get(id).is_some_and(|value| !value.is_null() && value != &Value::Array(Vec::new()));
            let name = self.world.fields.iter().find(|field| field.id == *id).map_or(id, |field| &field.name);
            if !given {
                self.refusal.blame(id, format!("{name} is required."));
            }
        }
        let kind = self.project.issue_type(&self.issue.issue_type);
        if let Some(label) = self.world.fields.iter().find(|field| field.kind == FieldKind::EpicName)
            && kind.is_some_and(|kind| kind.epic)
            && self.world.face == Face::JiraDataCenter
            && !fields.contains_key(&label.id)
        {
            self.refusal.blame(&label.id, "Epic Name is required.");
        }
        let subtask = kind.is_some_and(|kind| kind.subtask);
        if subtask && self.issue.parent.is_none() && !self.refusal.errors.contains_key("parent") {
            // people's reports quote it: Jira blames the issue type, not the parent
            self.refusal
                .blame("issuetype", "Issue type is a sub-task but parent issue key or id not specified.");
        }
    }

    fn assign(&mut self, field: &Field, value: &Value) -> Outcome {
        match &field.kind {
            FieldKind::Summary => self.issue.summary = summary_of(value)?,
            FieldKind::Text => self.long_text(&field.id, value)?,
            FieldKind::Labels => self.issue.labels = labels_of(value)?,
            FieldKind::Priority => self.issue.priority = Some(self.priority(value)?),
            FieldKind::User => self.person(&field.id, value)?,
            FieldKind::Components => self.issue.components = self.named_list(value)?,
            FieldKind::Parent => self.issue.parent = self.parent(value)?,
            FieldKind::Security => self.issue.security = self.security(value)?,
            FieldKind::Date if field.id == "duedate" => self.issue.due = date_of(value)?,
            FieldKind::Origin => self.origin(&field.id, value)?,
            FieldKind::Date
            | FieldKind::Line
            | FieldKind::Number
            | FieldKind::Choice(_)
            | FieldKind::Several(_)
            | FieldKind::Cascade(_)
            | FieldKind::PlainString(_)
            | FieldKind::TimeTracking
            | FieldKind::Services
            | FieldKind::Objects
            | FieldKind::EpicName => self.custom(field, value)?,
            FieldKind::Elsewhere => return Err("Field is not settable.".to_owned()),
        }
        Ok(())
    }

    fn long_text(&mut self, id: &str, value: &Value) -> Outcome {
        if !value.is_null() {
            (self.texts.check)(value).map_err(|(message, reason)| {
                self.refusal.note = Some(format!("{id}: {reason}"));
                message
            })?;
        }

        let stored = (self.texts.stored)(value);
        if id == "description" {
            self.issue.description = stored;
        } else {
            self.issue.custom.insert(id.to_owned(), stored);
        }
        Ok(())
    }

    fn custom(&mut self, field: &Field, value: &Value) -> Outcome {
        match &field.kind {
            _ if value.is_null() => {}
            FieldKind::PlainString(_) | FieldKind::EpicName if !value.is_string() => {
                return Err("data was not a string".to_owned());
            }
            // `TimeTrackingJsonBean`: durations in Jira's own words
            FieldKind::TimeTracking if text(value, "originalEstimate").is_none() => {
                return Err("Original estimate is required.".to_owned());
            }
            FieldKind::Services
                if !value.as_array().is_some_and(|all| all.iter().all(|one| text(one, "id").is_some())) =>
            {
                return Err("data was not an array of objects with an id".to_owned());
            }
            FieldKind::Line => {
                let text = value.as_str().ok_or("Operation value must be a string")?;
                if text.encode_utf16().count() > 255 {
                    return Err(
                        "The entered text is too long. It exceeds the allowed limit of 255 characters."
                            .to_owned(),
                    );
                }
            }
            FieldKind::Number if !value.is_number() => {
                return Err("Operation value must be a number".to_owned());
            }
            FieldKind::Date => drop(date_of(value)?),
            FieldKind::Choice(values) => {
                let chosen = option(values, value)?;
                self.issue.custom.insert(field.id.clone(), json!({"value": chosen}));
                return Ok(());
            }
            FieldKind::Several(values) => {
                let list = value.as_array().ok_or("data was not an array")?;
                let chosen: Vec<&str> =
                    list.iter().map(|one| option(values, one)).collect::<Result<_, _>>()?;
                self.issue.custom.insert(field.id.clone(), json!(chosen));
                return Ok(());
            }
            FieldKind::Cascade(values) => {
                let chosen = cascade(values, value)?;
                self.issue.custom.insert(field.id.clone(), json!(chosen));
                return Ok(());
            }
            _ => {}
        }
        self.issue.custom.insert(field.id.clone(), value.clone());
        Ok(())
    }

    fn priority(&self, value: &Value) -> Result<String, String> {
        let names = &self.world.priorities;
        if let Some(id) = text(value, "id") {
            let known = id.parse::<usize>().is_ok_and(|id| (1..=names.len()).contains(&id));
            return if known { Ok(id.to_owned()) } else { Err(format!("Priority id '{id}' is not valid")) };
        }
        let name = text(value, "name").ok_or("Could not find valid 'id' or 'name' in priority object.")?;
        let place = names.iter().position(|known| known.eq_ignore_ascii_case(name));
        place
            .map(|place| (place + 1).to_string())
            .ok_or_else(|| format!("Priority name '{name}' is not valid"))
    }

    /// Cloud names people by `accountId` or `id`, Data Center by `name`.
    fn person(&mut self, field: &str, value: &Value) -> Outcome {
        let server = self.world.face == Face::JiraDataCenter;
        let keys: &[&str] = if server { &["name", "key"] } else { &["accountId", "id"] };
        let given = keys.iter().find_map(|key| text(value, key));
        let account = match given {
            None if value.is_null() => None,
            None => return Err(format!("expected Object containing a {} property", keys[0])),
            Some(who) => match self.world.user(who) {
                Some(user) if user.active => Some(user.account.clone()),
                Some(_) => return Err(format!("User '{who}' cannot be assigned issues.")),
                None => return Err("Specify a valid value for ".to_owned() + field),
            },
        };
        match (field, account) {
            ("reporter", Some(who)) => self.issue.reporter = who,
            ("reporter", None) => return Err("Reporter is required.".to_owned()),
            ("assignee", who) => self.issue.assignee = who,
            (custom, who) => drop(self.issue.custom.insert(custom.to_owned(), json!(who))),
        }
        Ok(())
    }

    fn named_list(&self, value: &Value) -> Result<Vec<String>, String> {
        let list = value.as_array().ok_or("data was not an array")?;
        list.iter().map(|one| named(&self.project.components, one, "Component")).collect()
    }

    fn security(&self, value: &Value) -> Result<Option<String>, String> {
        if value.is_null() {
            Ok(None)
        } else {
            named(&self.project.security_levels, value, "Security level").map(Some)
        }
    }

    fn parent(&self, value: &Value) -> Result<Option<u64>, String> {
        if value.is_null() {
            return Ok(None);
        }
        let given =
            text(value, "key").or_else(|| text(value, "id")).ok_or("Could not find issue by id or key.")?;
        let parent = self.world.find(given).ok_or("Could not find issue by id or key.")?;
        if parent.project == self.issue.project {
            Ok(Some(parent.id))
        } else {
            Err("Parent must be in the same project.".to_owned())
        }
    }

    /// Project and issue type were read before; an edit may name the same ones again, as recorded clients do.
    fn origin(&self, field: &str, value: &Value) -> Outcome {
        let given = ["key", "id", "name"].iter().find_map(|key| text(value, key)).unwrap_or_default();
        let same = match field {
            "project" => given == self.project.key || given == self.project.id,
            _ => self.project.issue_type(given).is_some_and(|kind| kind.id == self.issue.issue_type),
        };
        if same { Ok(()) } else { Err(format!("Field '{field}' cannot be changed by an edit.")) }
    }
}

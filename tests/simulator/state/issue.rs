//! An issue with all that hangs on it, and the history of its changes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::World;
use super::links::RemoteLink;

/// An issue, by Jira's own ids.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) key: String,
    /// Keys of before it was moved.
    pub(crate) old_keys: Vec<String>,
    /// Project key.
    pub(crate) project: String,
    /// Issue type id.
    pub(crate) issue_type: String,
    /// Status id.
    pub(crate) status: String,
    pub(crate) resolution: Option<String>,
    pub(crate) summary: String,
    /// As the face that wrote it gave it: a document, or wiki text.
    pub(crate) description: Value,
    pub(crate) labels: Vec<String>,
    /// Priority id.
    pub(crate) priority: Option<String>,
    /// Account id.
    pub(crate) assignee: Option<String>,
    pub(crate) reporter: String,
    pub(crate) creator: String,
    /// Component ids.
    pub(crate) components: Vec<String>,
    /// `YYYY-MM-DD`.
    pub(crate) due: Option<String>,
    pub(crate) parent: Option<u64>,
    /// Not to be seen over the API.
    pub(crate) hidden: bool,
    /// Security level id.
    pub(crate) security: Option<String>,
    /// Custom fields by id, as they were set.
    pub(crate) custom: BTreeMap<String, Value>,
    /// Entity properties.
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) remote_links: Vec<RemoteLink>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) history: Vec<Change>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    /// Account id.
    pub(crate) author: String,
    pub(crate) body: Value,
    /// For a service desk's agents alone: `sd.public.comment` with `internal: true` is among its properties.
    pub(crate) internal: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) author: String,
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) created: Timestamp,
}

/// One entry of the changelog.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Account id.
    pub(crate) author: String,
    pub(crate) at: Timestamp,
    pub(crate) items: Vec<Item>,
}

/// One field's change: ids where it has them, and what people read.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) field: &'static str,
    pub(crate) from: Option<String>,
    pub(crate) from_text: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) to_text: Option<String>,
}

type Shown = (&'static str, Option<String>, Option<String>);

impl Issue {
    /// All text of the description, whatever its form: what a test looks for words in.
    pub(crate) fn description_text(&self) -> String {
        text_of(&self.description)
    }

    /// All that a text search looks at, as words: it breaks texts at everything but letters and digits.
    pub(crate) fn has_word(&self, field: &str, word: &str) -> bool {
        let comments = || self.comment_texts().join("\n");
        let text = match field {
            "summary" => self.summary.clone(),
            "description" => self.description_text(),
            "comment" => comments(),
            _ => [self.summary.clone(), self.description_text(), comments()].join("\n"),
        };
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|one| one.eq_ignore_ascii_case(word))
    }

    /// When its resolution was last set; `None`: it has none.
    pub(crate) fn resolved(&self) -> Option<Timestamp> {
        let sets = |change: &&Change| change.items.iter().any(|item| item.field == "resolution");
        let last = self.history.iter().rev().find(sets).map_or(self.created, |change| change.at);
        self.resolution.as_ref().map(|_| last)
    }

    /// The text of each comment.
    pub(crate) fn comment_texts(&self) -> Vec<String> {
        self.comments.iter().map(|comment| text_of(&comment.body)).collect()
    }
}

impl World {
    /// What the changelog has to say about a change.
    pub(super) fn differences(&self, before: &Issue, after: &Issue) -> Vec<Item> {
        let pairs = self.shown(before).into_iter().zip(self.shown(after));
        let changed = pairs.filter(|(old, new)| old != new);
        changed
            .map(|((field, from, from_text), (_, to, to_text))| Item { field, from, from_text, to, to_text })
            .collect()
    }

    fn shown(&self, issue: &Issue) -> Vec<Shown> {
        let status = self.status(&issue.status).map(|status| status.name.clone());
        let number = |id: &String| id.parse::<usize>().ok().and_then(|id| id.checked_sub(1));
        let priority = issue.priority.as_ref().and_then(number).and_then(|at| self.priorities.get(at));
        let person = issue.assignee.as_ref().and_then(|who| self.user(who)).map(|user| user.display.clone());
        let description = (!issue.description.is_null()).then(|| text_of(&issue.description));
        vec![
            ("status", Some(issue.status.clone()), status),
            ("resolution", None, issue.resolution.clone()),
            ("summary", None, Some(issue.summary.clone())),
            ("description", None, description),
            ("labels", None, Some(issue.labels.join(" "))),
            ("priority", issue.priority.clone(), priority.map(|name| (*name).to_owned())),
            ("assignee", issue.assignee.clone(), person),
            ("duedate", issue.due.clone(), issue.due.clone()),
            ("Key", None, Some(issue.key.clone())),
        ]
    }
}

/// The text of a document or a string, blocks parted by line breaks.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(node) => {
            if let Some(Value::String(text)) = node.get("text") {
                return text.clone();
            }
            let inner = node.get("content").map(text_of).unwrap_or_default();
            let inline = matches!(node.get("type").and_then(Value::as_str), Some("text" | "doc"));
            if inline { inner } else { inner + "\n" }
        }
        Value::Array(nodes) => nodes.iter().map(text_of).collect(),
        _ => String::new(),
    }
}

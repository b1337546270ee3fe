//! What can be written to a tracker: complete values that the plan produces and apply sends.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::record::{Record, State};
use super::slice::Slice;
use super::ticket::{Category, TicketId};
use crate::document::Document;

/// A ticket, or the one that this plan will create.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ref {
    /// It exists.
    Known(TicketId),
    /// It will exist once the group of this name is filed.
    New(Fingerprint),
}

/// A field's value, according to its meaning; a dialect gives it its format.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldContent {
    /// One line of text.
    Text(String),
    /// Text with structure.
    Rich(Document),
    /// A number.
    Number(f64),
    /// A day.
    Date(Date),
    /// One of several, by name (priority, select, security level).
    Name(String),
    /// Several of several, by name (components, versions, check boxes).
    Names(Vec<String>),
    /// Plain words (labels).
    Words(Vec<String>),
    /// A person, by account id or name.
    Person(String),
    /// Another ticket, by its key (parent).
    Key(String),
    /// One of several, by the tracker's id (an option, a priority, a level).
    Id(String),
    /// Several of several, by their ids.
    Ids(Vec<String>),
    /// An option and one of those under it, by their ids.
    Cascade(String, Option<String>),
    /// An address on the web.
    Url(String),
    /// Several people, by account id or name.
    People(Vec<String>),
    /// A group of people, by name.
    Group(String),
    /// Several groups of people, by name.
    Groups(Vec<String>),
    /// How long the work takes in total, and how long from now on, in the tracker's notation (`2d 4h`).
    Estimate(String, Option<String>),
}

/// A field to set.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The tracker's id, e.g. `priority`, `customfield_10010`.
    pub id: String,
    /// Its new value.
    pub value: FieldContent,
}

/// A field by its name or id, with its value in words: what they mean depends on the screen, which only the tracker
/// sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitionField {
    /// The name that the configuration uses.
    pub field: String,
    /// One value, or several.
    pub texts: Vec<String>,
}

/// A ticket to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The group's first name.
    pub group: Fingerprint,
    /// The project's key.
    pub project: String,
    /// The issue type's id.
    pub issue_type: String,
    /// One line of at most 255 characters.
    pub summary: String,
    /// The description.
    pub body: Document,
    /// Whether the tracker accepts a description; without one, the ticket is still filed.
    pub describes: bool,
    /// All labels: casefile's own and the user's.
    pub labels: Vec<String>,
    /// Other fields. Any of them may be left out if the tracker refuses it.
    pub fields: Vec<Field>,
    /// What casefile stores on it.
    pub record: Record,
    /// What this run's scans saw.
    pub slices: Vec<Slice>,
}

/// A change of a ticket: one unit, sent as one request if the tracker supports that.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {
    /// A new summary.
    pub summary: Option<String>,
    /// A new description.
    pub body: Option<Document>,
    /// Other fields to set.
    pub fields: Vec<Field>,
    /// A comment to add.
    pub comment: Option<Document>,
    /// What the comment says if the tracker does not accept the new description and nothing else says it.
    pub instead: Option<Document>,
    /// Labels to add.
    pub labels_added: Vec<String>,
    /// Labels to remove.
    pub labels_removed: Vec<String>,
    /// The record with its next revision.
    pub record: Option<Record>,
    /// Slices to write.
    pub slices: Vec<Slice>,
}

impl Edit {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Edit::default()
    }
}

/// A file that is attached to a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A plain file name.
    pub name: String,
    /// Its media type, e.g. `text/csv`.
    pub media_type: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A link from a ticket to the web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Remote {
    /// Its identity on its ticket: at most 255 characters. A second one replaces the first.
    pub id: String,
    /// The text of the link.
    pub title: String,
    /// The target.
    pub url: String,
    /// Whether what it leads to is settled: it is shown struck through.
    #[serde(default)]
    pub resolved: bool,
}

/// The target of a move.
#[derive(Debug, Clone, PartialEq)]
pub enum MoveTarget {
    /// A status, by name (ignoring case) or id.
    Status(String),
    /// Any status of this category; if there are several, the first that the workflow offers.
    Any(Category),
}

impl From<&str> for MoveTarget {
    fn from(status: &str) -> MoveTarget {
        MoveTarget::Status(status.to_owned())
    }
}

impl std::fmt::Display for MoveTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MoveTarget::Status(status) => write!(f, "`{status}`"),
            MoveTarget::Any(Category::New) => f.write_str("a status for work that has not begun"),
            MoveTarget::Any(Category::InProgress) => f.write_str("a status for work in progress"),
            MoveTarget::Any(Category::Done) => f.write_str("a status for work that is done"),
        }
    }
}

/// A move to a status.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The target.
    pub to: MoveTarget,
    /// A resolution, set if the transition's screen accepts one.
    pub resolution: Option<String>,
    /// Other fields, set if the transition's screen accepts them.
    pub fields: Vec<TransitionField>,
    /// The state that the status stands for, if the configuration names it.
    pub state: Option<State>,
}

//! What a tracker can be asked, what it answers, and how it fails.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fingerprint::Fingerprint;
use super::slice::{Slice, SliceId};
use super::ticket::{Person, Status, Ticket, TicketKey};

/// How many tickets one query by ID requests if there may be very many: as many as a Jira search returns at once.
pub const IDS_AT_ONCE: usize = 100;

/// A query to the tracker. Each is answered completely or fails.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ask {
    /// The account. Asked first: an expired token can make everything else look empty.
    Account,
    /// The tickets with any of this repository's labels that are not done. Answer: tickets.
    Open {
        /// The repository's labels.
        labels: Vec<String>,
        /// Ids of recent creations that the index may not contain yet: hints only.
        recent: Vec<u64>,
        /// The run's own slices, to be read along with the tickets as far as that costs few calls
        /// ([`Ticket::own`]).
        own: Vec<SliceId>,
        /// Whether the tickets of [`Ask::Done`] are wanted, too, if that takes no additional call. Answer: open and
        /// done; tickets, if it would take one.
        done: bool,
    },
    /// The tickets with any of this repository's labels that are done and were changed within the last 30 days: a
    /// person may have closed them before their findings were proven gone. Answer: tickets.
    Done {
        /// The repository's labels.
        labels: Vec<String>,
        /// As for [`Ask::Open`].
        own: Vec<SliceId>,
    },
    /// All tickets with any of this repository's labels, done or not. Answer: tickets.
    Marked {
        /// The repository's labels.
        labels: Vec<String>,
    },
    /// The tickets, done or not, that carry the label of any of these names. Answer: tickets.
    Labelled(Vec<Fingerprint>),
    /// The tickets, done or not, whose description or comments contain the [reference word](super::ticket::token) of any of
    /// these names: their labels may be gone. Anybody can write one, so what is found is a claim. Answer: tickets.
    Mentioned(Vec<Fingerprint>),
    /// The tickets with these ids, wherever they are now; those that are deleted or hidden are left out.
    /// Answer: tickets.
    Ids(Vec<u64>),
    /// Only the IDs of this repository's tickets that are not done, as a plain search finds them: what
    /// the next run would see. Answer: made.
    Made {
        /// The repository's labels.
        labels: Vec<String>,
    },
    /// The slices of these tickets' records. Answer: slices.
    Slices(Vec<(u64, Vec<SliceId>)>),
    /// All slices on these tickets, whether their records list them or not: concurrent jobs overwrite each other's
    /// lists. Answer: all slices.
    AllSlices(Vec<u64>),
    /// Summary and description of these tickets, as plain text. Answer: texts.
    Texts(Vec<u64>),
    /// A project: its issue types, and what the account is allowed to do there. Answer: project.
    Project(String),
    /// The fields on the create screen of an issue type: project key, issue type id. Answer: screen.
    Screen(String, String),
    /// The person with this e-mail address, account id or user name. Answer: person.
    Person(String),
    /// The tickets with these keys, moved ones under their new key; those that are deleted or hidden are left out.
    /// Answer: tickets.
    Find(Vec<TicketKey>),
    /// The statuses that a project's tickets can have. Answer: statuses.
    Statuses(String),
    /// What the site offers, whatever the project. Answer: offers.
    Offers,
    /// What can be done with a ticket as it is now. Answer: takes.
    Takes(u64),
}

/// What the tracker answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// To [`Ask::Account`].
    Account(Person),
    /// To [`Ask::Open`], [`Ask::Done`], [`Ask::Marked`], [`Ask::Labelled`], [`Ask::Mentioned`],
    /// [`Ask::Ids`] and [`Ask::Find`]; each ticket once.
    Tickets(Vec<Ticket>),
    /// To an [`Ask::Open`] that also wants done tickets, including those of [`Ask::Done`]; each ticket once.
    OpenAndDone(Vec<Ticket>),
    /// To [`Ask::Made`].
    Made(Vec<u64>),
    /// To [`Ask::Slices`]; a slice that does not exist or cannot be read is left out.
    Slices(Vec<(u64, SliceId, Slice)>),
    /// To [`Ask::AllSlices`]; `None`: it exists but cannot be read.
    AllSlices(Vec<(u64, SliceId, Option<Slice>)>),
    /// To [`Ask::Texts`].
    Texts(Vec<(u64, TicketTexts)>),
    /// To [`Ask::Project`].
    Project(Project),
    /// To [`Ask::Screen`].
    Screen(Screen),
    /// To [`Ask::Person`]; `None`: unknown, deactivated, or not visible to the account.
    Person(Option<Person>),
    /// To [`Ask::Person`]: the account is not allowed to look people up at all, and why.
    Unseen(String),
    /// To [`Ask::Statuses`]; each once.
    Statuses(Vec<Status>),
    /// To [`Ask::Offers`].
    Offers(Offers),
    /// To [`Ask::Takes`].
    Takes(Takes),
}

/// What a site offers, whatever the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    /// The projects that the account can see; only the first ones if there are very many.
    pub projects: Vec<ProjectName>,
    /// The names of its resolutions; empty: unknown.
    pub resolutions: Vec<String>,
    /// The names of its link types; empty: linking is disabled.
    pub links: Vec<String>,
    /// Whether files can be attached.
    pub attachments: bool,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProjectName {
    /// Its key, e.g. `SEC`.
    pub key: String,
    /// As people know it.
    pub name: String,
}

/// What can be done with a ticket as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Takes {
    /// The statuses that one transition leads to.
    pub statuses: Vec<Status>,
    /// The ids of the fields on its edit screen.
    pub fields: BTreeSet<String>,
}

/// What people read on a ticket, as plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketTexts {
    /// The summary.
    pub summary: String,
    /// The description without its markup.
    pub description: String,
    /// How many comments there are.
    pub comments: usize,
}

/// A project as the account can use it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Its key, e.g. `SEC`.
    pub key: String,
    /// Its issue types in the project's order.
    pub issue_types: Vec<IssueType>,
    /// What the account is allowed to do there.
    pub may: Permissions,
    /// Whether its names are in English, whatever the account's language is.
    pub english: bool,
}

/// An issue type of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueType {
    /// The tracker's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its untranslated name, if the site has one.
    pub untranslated: Option<String>,
    /// Whether it needs a parent.
    pub subtask: bool,
    /// Whether it is an epic's, or on a level above that; `None`: its create screen shows it.
    pub epic: Option<bool>,
}

/// What the account is allowed to do in a project.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions {
    /// See tickets.
    pub browse: bool,
    /// Create tickets.
    pub create: bool,
    /// Change tickets; also needed to set a record.
    pub edit: bool,
    /// Write comments.
    pub comment: bool,
    /// Move tickets through their workflow.
    pub transition: bool,
    /// Link tickets to each other.
    pub link: bool,
}

impl Permissions {
    /// All of them.
    pub const ALL: Permissions =
        Permissions { browse: true, create: true, edit: true, comment: true, transition: true, link: true };
}

/// What a create screen contains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Screen {
    /// By field id, e.g. `priority`, `customfield_10010`.
    pub fields: BTreeMap<String, FieldMeta>,
}

impl Screen {
    /// Whether it belongs to an epic: it asks for the epic's name (`com.pyxis.greenhopper.jira:gh-epic-label`).
    pub fn is_epics(&self) -> bool {
        let label =
            |meta: &FieldMeta| meta.custom.as_deref().is_some_and(|it| it.ends_with(":gh-epic-label"));
        self.fields.values().any(label)
    }
}

/// A field on a create screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldMeta {
    /// As people know it.
    pub name: String,
    /// Whether it is required.
    pub required: bool,
    /// Whether Jira fills it in by itself.
    pub has_default: bool,
    /// Jira's type, e.g. `string`, `option`, `array`.
    pub schema: String,
    /// The type of the elements of an array.
    pub items: Option<String>,
    /// The custom field's kind, e.g. `…:textarea`.
    pub custom: Option<String>,
    /// The values that it accepts; empty: not restricted, or unknown.
    pub allowed: Vec<Choice>,
}

/// A value that a field accepts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The tracker's id.
    pub id: String,
    /// As people know it.
    pub name: String,
    /// What can be chosen under it.
    pub children: Vec<Choice>,
}

/// Why the tracker did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It understood and refused; nothing happened.
    Refused {
        /// What is wrong with each field, by its id.
        fields: BTreeMap<String, String>,
        /// What else is wrong.
        message: String,
    },
    /// There was no answer that says whether it happened.
    Unknown(String),
    /// The credentials are missing, wrong or expired.
    Credentials(Denied),
    /// The account is not allowed to do that.
    Scope(String),
    /// The address must not be used (`docs/jira.md`).
    Blocked(String),
    /// The ticket does not exist, or is not visible to the account.
    Gone,
    /// casefile did not try, because it could not find the result again; nothing happened.
    Withheld {
        /// What would become of it.
        why: String,
        /// What to do about it.
        hint: String,
    },
    /// It did not happen because the run's time was over.
    OutOfTime,
    /// It did not happen because the run was stopped by SIGTERM or Ctrl-C.
    Stopped,
    /// It could not be reached, or the answer does not come from the tracker; nothing happened.
    Unreachable(String),
    /// The answer does not come from the tracker, or the tracker is not available, and it is known why; nothing
    /// happened.
    Unusable {
        /// Whether the address must not be used because it leads to another host.
        blocked: bool,
        /// What answered, and how.
        why: String,
        /// What to do about it.
        hint: String,
    },
    /// The folder of a local tracker is damaged, or must not be accessed; nothing happened.
    Folder {
        /// What is wrong with which file.
        why: String,
        /// What to do about it.
        hint: String,
    },
}

/// Why credentials were rejected. Each authentication method has its own advice, so it is attached where the method is
/// known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// What the tracker said or did.
    pub why: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl<T: Into<String>> From<T> for Denied {
    fn from(why: T) -> Denied {
        Denied { why: why.into(), hint: String::new() }
    }
}

impl Failure {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Failure::Credentials(denied) if !denied.hint.is_empty() => &denied.hint,
            Failure::Folder { hint, .. } | Failure::Unusable { hint, .. } | Failure::Withheld { hint, .. } => hint,
            Failure::Credentials(_) => "Check JIRA_BASE_URL and the credentials in the environment.",
            Failure::Scope(_) => {
                "Ask a Jira administrator to give the account that permission, or create new credentials with that \
                 scope."
            }
            Failure::Blocked(_) => {
                "Check the address; a private network must be listed under `jira.allow-networks` in the configuration."
            }
            Failure::Unreachable(_) => {
                "Check the address, the network, `proxy` and `ca-file`, or the ticket folder, then run casefile \
                 again: nothing is filed twice."
            }
            Failure::Unknown(_) => "Run casefile again: it files what is missing, and files nothing twice.",
            Failure::OutOfTime => "Run casefile again, or give it more time with `--time-limit`.",
            Failure::Stopped => "Run casefile again: it continues where it stopped, and files nothing twice.",
            Failure::Refused { .. } => {
                "Change the configuration, or the project's screens and fields, as the tracker's message requires."
            }
            Failure::Gone => "",
        }
        .to_owned()
    }

    /// Whether it may still have happened.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Failure::Unknown(_))
    }

    /// Whether nothing else will work either, so that the run should stop sending requests.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Failure::Credentials(_)
                | Failure::Blocked(_)
                | Failure::OutOfTime
                | Failure::Stopped
                | Failure::Unreachable(_)
                | Failure::Unusable { .. }
                | Failure::Folder { .. }
        )
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Refused { fields, message } => {
                let mut words: Vec<String> = fields
                    .iter()
                    .filter(|(_, why)| !why.is_empty())
                    .map(|(field, why)| format!("{field}: {why}"))
                    .collect();
                if !message.is_empty() {
                    words.insert(0, message.clone());
                }
                if words.is_empty() {
                    words.push("no reason was given".to_owned());
                }
                write!(f, "refused: {}", words.join("; "))
            }
            Failure::Unknown(why) => write!(f, "no clear response: {why}"),
            Failure::Credentials(denied) => write!(f, "PROVIDER_AUTH_REQUIRED: {}", denied.why),
            Failure::Scope(why) => write!(f, "PROVIDER_SCOPE_UNAVAILABLE: {why}"),
            Failure::Blocked(why) => write!(f, "PROVIDER_BASE_URL_BLOCKED: {why}"),
            Failure::Gone => f.write_str("the ticket does not exist, or the account cannot see it"),
            Failure::OutOfTime => f.write_str("the time limit was reached"),
            Failure::Stopped => f.write_str("the run was stopped by a signal"),
            Failure::Unusable { blocked: true, why, .. } => write!(f, "PROVIDER_BASE_URL_BLOCKED: {why}"),
            Failure::Unreachable(why) | Failure::Unusable { why, .. } => {
                write!(f, "PROVIDER_UNREACHABLE: {why}")
            }
            Failure::Folder { why, .. } | Failure::Withheld { why, .. } => f.write_str(why),
        }
    }
}

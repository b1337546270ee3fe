//! A ticket as the tracker shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::digest::SliceDigest;
use super::fingerprint::Fingerprint;
use super::record::Record;
use super::repository::Repository;
use super::slice::SliceId;
pub use super::ticket_id::TicketId;

/// The label that every casefile ticket carries. Without it, a ticket is never written to.
pub const LABEL: &str = "casefile";

/// The label of one name of a group.
pub fn label(name: Fingerprint) -> String {
    format!("{LABEL}-{name}")
}

/// The word in a ticket's description by which a text search finds it if its labels are gone: only letters and digits,
/// so that an index does not split it.
pub fn token(name: Fingerprint) -> String {
    format!("{LABEL}{name}")
}

/// casefile's own labels on a ticket: its mark, the repository's, and one for each of the group's names.
pub fn labels(repository: &Repository, names: &[Fingerprint]) -> Vec<String> {
    let own = [LABEL.to_owned()].into_iter().chain(repository.labels());
    own.chain(names.iter().copied().map(label)).collect()
}

/// The group's name in a label, if it is such a label.
pub fn label_name(label: &str) -> Option<Fingerprint> {
    label.strip_prefix("casefile-")?.parse().ok()
}

/// How long a label may be, in characters (`docs/facts.md`).
pub(crate) const LABEL_LIMIT: usize = 255;

/// A ticket's name for people, e.g. `SEC-12`; changes when the ticket moves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TicketKey(String);

impl TicketKey {
    /// A key of the form `PROJECT-NUMBER`; anything else is not a key.
    pub fn parse(text: &str) -> Option<TicketKey> {
        let (project, number) = text.rsplit_once('-')?;
        let letters = project.starts_with(|c: char| c.is_ascii_uppercase())
            && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        let digits = !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
        (letters && digits && !number.is_empty() && text.len() <= 255).then(|| TicketKey(text.to_owned()))
    }

    /// The project's part.
    pub fn project(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(project, _)| project)
    }

    /// The number within the project.
    pub fn number(&self) -> u64 {
        self.0.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a status means, whatever its name: Jira's status category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Not begun (`new`, and `undefined`).
    New,
    /// Being worked on (`indeterminate`).
    InProgress,
    /// Finished (`done`).
    Done,
}

/// A status of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The tracker's id.
    pub id: String,
    /// Its name in the language that casefile requests.
    pub name: String,
    /// What it means.
    pub category: Category,
}

/// A person or an app's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Account id on Cloud, name on Data Center.
    pub id: String,
    /// As people know them.
    pub name: String,
}

/// A ticket as the tracker shows it, without its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// What identifies it.
    pub id: TicketId,
    /// What people know it as.
    pub key: TicketKey,
    /// Its page.
    pub url: String,
    /// The summary, on one line.
    pub summary: String,
    /// Its status in the workflow.
    pub status: Status,
    /// Why it is done, if it is.
    pub resolution: Option<String>,
    /// When it was resolved.
    pub resolved: Option<Timestamp>,
    /// The priority's name.
    pub priority: Option<String>,
    /// Who works on it.
    pub assignee: Option<Person>,
    /// The due date.
    pub due: Option<Date>,
    /// All its labels.
    pub labels: Vec<String>,
    /// Who created it.
    pub creator: Option<Person>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// What casefile stores on it; `None`: nothing, or something that cannot be read.
    pub record: Option<Record>,
    /// The digests of those of the run's own slices that were requested along with it; `None`: there is none that can
    /// be read. They are the run's own, whatever another job made of the record's list.
    pub own: BTreeMap<SliceId, Option<SliceDigest>>,
}

impl Ticket {
    /// Whether work on it is not finished.
    pub fn is_open(&self) -> bool {
        self.status.category != Category::Done
    }

    /// Whether it carries the label.
    pub fn has_label(&self, label: &str) -> bool {
        self.labels.iter().any(|own| own == label)
    }

    /// Whether it carries any of these labels.
    pub fn has_any(&self, labels: &[String]) -> bool {
        labels.iter().any(|label| self.has_label(label))
    }

    /// The names of groups in its labels.
    pub fn names(&self) -> impl Iterator<Item = Fingerprint> {
        self.labels.iter().filter_map(|label| label_name(label))
    }

    /// The names of groups in its labels, and those in its record, which nobody removes by mistake. A record that was
    /// copied from another ticket, or that belongs to a ticket that gave way, names none.
    pub fn all_names(&self) -> BTreeSet<Fingerprint> {
        let own =
            |record: &&Record| record.ticket.is_none_or(|id| id == self.id.id) && record.successor.is_none();
        let noted = self.record.iter().filter(own).flat_map(|record| record.names.iter().copied());
        self.names().chain(noted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_from_other_text() {
        let check = |text: &str, ok| assert_eq!(TicketKey::parse(text).is_some(), ok, "{text}");
        check("SEC-12", true);
        check("A_1-7", true);
        check("sec-12", false);
        check("SEC-0", false);
        check("SEC-", false);
        check("-1", false);
        check("SEC-1\" OR 1=1", false);
    }

    #[test]
    fn a_label_gives_its_name_back() {
        let name = super::super::fingerprint::Recipe::new("x").finish();
        assert_eq!(label_name(&label(name)), Some(name));
        assert_eq!(label_name("casefile"), None);
        assert_eq!(label_name("casefile-repo-0123456789ab"), None);
    }
}

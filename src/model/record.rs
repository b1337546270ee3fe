//! What casefile stores on a ticket for itself: version 1.
//!
//! It is kept on customers' tickets as entity properties: the record under `casefile`, and one [slice](super::slice)
//! for each scope and place beside it. Losing any of it loses detail, not deduplication, which rests on the labels.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::digest::SliceDigest;
use super::finding::FindingKind;
use super::fingerprint::{Fingerprint, Recipe};
use super::repository::Place;
use super::severity::Severity;
use super::slice::SliceId;
use super::ticket_id::TicketId;

/// The version that this version of casefile writes.
pub const VERSION: u32 = 1;

/// How many flapping findings a record names; if there are more, it names none. Together with the maximum of linked
/// ones, there is no room for more.
pub const FLAPPED: usize = 200;

/// How many former names of its site a record keeps.
const SITES: usize = 8;

/// How many scanners a record names.
const SCANNERS: usize = 8;

/// How long the name of one may be, in bytes.
const LONGEST_SCANNER: usize = 64;

/// How findings are grouped.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// One ticket per finding.
    Vulnerability,
    /// One ticket per rule of a scanner, or per advisory.
    #[default]
    Type,
    /// One ticket per scanner and file; for packages, one per manifest.
    File,
    /// One ticket per package, over all its advisories and manifests, or within an image: what one upgrade fixes.
    /// Findings that are not about a package are grouped as in `type`.
    Package,
}

impl Mode {
    /// All of them.
    pub const ALL: [Mode; 4] = [Mode::Vulnerability, Mode::Type, Mode::File, Mode::Package];

    /// The word in configuration and records.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Vulnerability => "vulnerability",
            Mode::Type => "type",
            Mode::File => "file",
            Mode::Package => "package",
        }
    }
}

/// The state of a group's findings, as casefile reports it to the tracker.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Present.
    Open,
    /// A pull request would resolve it.
    InProgress,
    /// Proven gone.
    Resolved,
    /// Skipped everywhere.
    Closed,
}

impl State {
    /// Its key under `states` in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            State::Open => "open",
            State::InProgress => "in-progress",
            State::Resolved => "resolved",
            State::Closed => "closed",
        }
    }
}

/// What casefile knows about a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Record {
    /// [`VERSION`], or that of a later version of casefile.
    pub version: u32,
    /// Counts casefile's writes: after an ambiguous response it shows whether one succeeded.
    pub revision: u64,
    /// `host/owner/name` when it was last written; the label holds the identity.
    pub repository: String,
    /// The site that it was written on, under the name that it had then.
    pub site: String,
    /// Former names of the site, as far as records were written under these names; the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// The ticket's own id, once it is known: a clone that copied the record would name another ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<u64>,
    /// The account that created the ticket, as the tracker knows it: written when the ticket is created, so that a
    /// change of the account does not make it somebody else's. `None`: a person created it, and `link` added findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The day on which labels that something had removed were restored: this is not repeated soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relabelled: Option<Date>,
    /// The group's names, the first one first.
    pub names: Vec<Fingerprint>,
    /// How the group was made.
    pub mode: Mode,
    /// The rules of its findings, hashed as in [`super::slice::Entry::rule`], at most 8: if a finding was edited or
    /// moved, the ticket that it left is found by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<u32>,
    /// The route whose `continue` gave it a separate ticket, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Where it was first filed from.
    pub origin: FiledFrom,
    /// The day on which it was first seen (UTC).
    pub first_seen: Date,
    /// Its severity when last written.
    pub severity: Severity,
    /// What casefile last wrote, hashed, to notice a person's changes.
    #[serde(default)]
    pub last_written: WrittenValues,
    /// The state that casefile last reported to the tracker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_reported: Option<State>,
    /// What is still pending for the ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Pending>,
    /// Findings that a person put here with `link`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<Fingerprint>,
    /// Its slices, each with the digest of what it holds, so that an unchanged one need not be read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slices: BTreeMap<SliceId, SliceDigest>,
    /// The day on which a finding was seen although the ticket was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurred: Option<Date>,
    /// The days on which casefile resolved it: one that flaps is left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolved: Vec<Date>,
    /// Open pull requests that would resolve it and were announced on the ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remediation: Vec<u64>,
    /// Other open tickets of the same group that people work on: they were linked, once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<u64>,
    /// The ids of the fields that the last edit had to leave out because the tracker refused them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<String>,
    /// The ticket that this one was merged into, or that replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<TicketId>,
    /// What is needed to decide when its findings are gone.
    #[serde(default)]
    pub life: Life,
    /// What a later version of casefile wrote and this one does not know; kept as it is.
    #[serde(flatten)]
    pub later: Map<String, Value>,
}

impl Record {
    /// A record as it is stored on a ticket; `None`: it was lost or damaged. A record of a later version that this
    /// version of casefile cannot read is still recognised, so that it is not overwritten.
    pub fn read(stored: &Value) -> Option<Record> {
        Record::deserialize(stored).ok().or_else(|| {
            let version = stored.get("version").and_then(Value::as_u64)?;
            let version = u32::try_from(version).ok().filter(|version| *version > VERSION)?;
            let date = Date::constant(1970, 1, 1);
            Record::deserialize(&json!({"version": version, "revision": 0, "repository": "", "site": "",
                "names": [], "mode": Mode::Type, "origin": {}, "first-seen": date, "severity": "info"}))
            .ok()
        })
    }

    /// Turns it into the record that the next edit of a ticket writes. If the site's name has changed since it was
    /// written, the tickets that it still has to be linked to are on the renamed site, too.
    pub fn follow(&mut self, ticket: &TicketId) {
        // anybody who can edit the ticket may have written any number
        self.revision = self.revision.checked_add(1).unwrap_or(1);
        self.ticket = Some(ticket.id);
        for owed in &mut self.pending {
            if let Pending::Link(_, to) = owed
                && to.site == self.site
            {
                to.site.clone_from(&ticket.site);
            }
        }
        if self.site != ticket.site {
            let former = std::mem::replace(&mut self.site, ticket.site.clone());
            self.sites.retain(|site| *site != former && *site != ticket.site);
            self.sites.push(former);
            let beyond = self.sites.len().saturating_sub(SITES);
            self.sites.drain(..beyond);
        }
    }

    /// The names that its site has or had.
    pub fn all_sites(&self) -> impl Iterator<Item = &String> {
        self.sites.iter().chain([&self.site])
    }

    /// What its findings have in common that identifies them.
    pub fn content(&self) -> Content {
        let kinds = &self.life.kinds;
        let advisory = |kind: &FindingKind| matches!(kind, FindingKind::Dependency | FindingKind::Container);
        match self.mode {
            _ if kinds.is_empty() || !kinds.iter().all(advisory) => Content::Findings,
            Mode::File | Mode::Package => Content::Advisories,
            Mode::Vulnerability | Mode::Type => Content::OneAdvisory,
        }
    }

    /// Whether a later version of casefile wrote it: this one then does not write to the ticket.
    pub fn is_later(&self) -> bool {
        self.version > VERSION
    }
}

/// What the findings of a ticket have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing is known that all of them have in common.
    Findings,
    /// They are advisories on packages: each is the same whoever reports it, and under whichever of its names.
    Advisories,
    /// They are all about one advisory, so those on one package are one finding, whatever its name.
    OneAdvisory,
}

impl Content {
    /// Whether all of them are advisories on packages.
    pub fn is_advisories(self) -> bool {
        self != Content::Findings
    }
}

/// What is needed to decide when a ticket's findings are gone, without reading its slices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Life {
    /// The present and former kinds of its findings.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<FindingKind>,
    /// The scanners that reported its findings, at most 8: for people who look at many tickets.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub scanners: BTreeSet<String>,
    /// Where its findings are present, according to its slices.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub stands: BTreeSet<Place>,
    /// The day (UTC) of casefile's last write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touched: Option<Date>,
    /// Slices whose scope no longer seems to run, since the day on which that was noticed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub silent: BTreeMap<SliceId, Date>,
    /// Findings that were resolved too often lately, at most [`FLAPPED`]: any others are new.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub flapped: BTreeSet<Fingerprint>,
    /// If it was filed, or a scope was added to it, by a run that would have resolved too many others at once: the
    /// newest ticket that existed then. It does not count against those others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<u64>,
    /// Scanners of its slices that have listed rules that found nothing: a rule that such a scanner does not list is
    /// not checked.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub listing: BTreeSet<String>,
}

impl Life {
    /// Notes that scanners reported findings of the ticket, as far as there is room for their names.
    pub fn reported_by<'s>(&mut self, scanners: impl Iterator<Item = &'s str>) {
        for scanner in scanners {
            if self.scanners.len() < SCANNERS && !scanner.is_empty() && scanner.len() <= LONGEST_SCANNER {
                self.scanners.insert(scanner.to_owned());
            }
        }
    }
}

/// Where a ticket was first filed from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct FiledFrom {
    /// The branch.
    pub branch: String,
    /// The commit.
    pub commit: String,
    /// The pull request, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u64>,
    /// The workflow run's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What casefile last wrote to fields that people may change.
///
/// Texts are hashed as plain text with white space folded, because Jira rewrites what it stores.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct WrittenValues {
    /// The summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Fingerprint>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Fingerprint>,
    /// The priority's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The assignee's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// The due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

impl WrittenValues {
    /// Reverts what was planned for a field, by its id, and was not written.
    pub fn forget(&mut self, field: &str) {
        match field {
            "priority" => self.priority = None,
            "assignee" => self.assignee = None,
            "duedate" => self.due = None,
            "description" => self.description = None,
            "summary" => self.summary = None,
            _ => {}
        }
    }

    /// The identity of a text as people read it.
    pub fn text(text: &str) -> Fingerprint {
        Recipe::new("text").words(text).finish()
    }
}

/// Something that a ticket still needs and that takes a separate request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pending {
    /// A link to another ticket.
    Link(LinkKind, TicketId),
    /// A move to the status that stands for a state.
    Go(State),
    /// A file, by its content.
    Attach(String),
    /// A link to a web page, by its global id.
    Remote {
        /// Updated in place if it exists already; at most 255 characters.
        id: String,
        /// The text of the link.
        title: String,
        /// The target.
        url: String,
    },
}

/// How two tickets are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// The first follows the second, which was done.
    Relates,
    /// The first says the same as the second.
    Duplicates,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_version_wrote_is_kept() {
        let text = r#"{"version":2,"revision":7,"repository":"github.com/a/b","site":"s","names":[],
            "mode":"type","origin":{},"first-seen":"2026-01-01","severity":"low","mood":"calm"}"#;
        let record: Record = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&record).unwrap()["mood"], "calm");
    }

    #[test]
    fn the_next_edit_writes_the_sites_present_name() {
        let link = |site: &str| Pending::Link(LinkKind::Relates, TicketId { site: site.to_owned(), id: 4 });
        let text = r#"{"version":1,"revision":7,"repository":"github.com/a/b","site":"old","names":[],
            "mode":"type","origin":{},"first-seen":"2026-01-01","severity":"low"}"#;
        let mut record: Record = serde_json::from_str(text).unwrap();
        record.pending = vec![link("old"), link("elsewhere")];
        record.follow(&TicketId { site: "new".to_owned(), id: 5 });
        assert_eq!((record.revision, record.ticket, record.site.as_str()), (8, Some(5), "new"));
        assert_eq!(record.pending, [link("new"), link("elsewhere")]);
    }

    #[test]
    fn a_record_that_only_a_later_version_can_read_is_known_as_such() {
        let read = |stored: Value| Record::read(&stored).map(|record| record.is_later());
        assert_eq!(read(json!({"version": 2, "mode": "cluster"})), Some(true));
        assert_eq!(read(json!({"version": 1, "mode": "cluster"})), None);
        assert_eq!(read(json!("garbage")), None);
    }
}

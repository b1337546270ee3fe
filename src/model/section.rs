//! What the section of a pull request's description remembers.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code_place::{CodePlace, FurtherPlaces};
use super::distinct::Distinct;
use super::new_finding::NewFindings;
use super::remembered::Remembered;
use super::severity::Severity;
use super::ticket::{Status, TicketId, TicketKey};

/// The hidden data of a section: the rows of each scan, and each ticket as it was last shown.
///
/// It is read back from a description that anybody may have edited: each ticket in it is a claim.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Section {
    /// The version of this format: 1.
    pub version: u32,
    /// The tickets of each scan, by the scope's fingerprint in hex.
    pub scans: BTreeMap<String, Vec<Row>>,
    /// Each ticket as it was last shown.
    pub shown: Vec<Shown>,
    /// The new findings of each scan, by scan and site, hashed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub new: BTreeMap<String, NewFindings>,
    /// The tickets that runs for this pull request created, oldest first, by site.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made: BTreeMap<String, Vec<Remembered>>,
}

impl Section {
    /// Whether it shows nothing.
    pub fn is_empty(&self) -> bool {
        self.scans.is_empty() && self.new.is_empty()
    }

    /// The same with tickets under the present names of their site.
    #[must_use]
    pub fn renamed(mut self, now: &BTreeMap<TicketId, TicketId>) -> Section {
        let rows = self.scans.values_mut().flatten().map(|row| &mut row.ticket);
        let new = self.new.values_mut().flat_map(|new| &mut new.listed).filter_map(|one| one.ticket.as_mut());
        for ticket in rows.chain(new).chain(self.shown.iter_mut().map(|shown| &mut shown.ticket)) {
            if let Some(now) = now.get(ticket) {
                ticket.clone_from(now);
            }
        }
        self
    }
}

/// A ticket's part in a pull request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Row {
    /// Which.
    pub ticket: TicketId,
    /// Why it is listed.
    pub role: Role,
    /// The first place of its findings that the scan saw; omitted if the repository is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<CodePlace>,
    /// The others.
    #[serde(flatten)]
    pub further: FurtherPlaces,
}

impl Row {
    /// A ticket's row without a place.
    pub fn new(ticket: TicketId, role: Role) -> Row {
        Row { ticket, role, at: None, further: FurtherPlaces::default() }
    }

    /// All its places.
    pub fn places(&self) -> Distinct {
        self.at.as_ref().map(|at| self.further.and(at)).unwrap_or_default()
    }
}

/// Why a section lists a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Filed from this pull request.
    Filed,
    /// It existed already.
    Tracked,
    /// It is resolved when the pull request is merged.
    Resolves,
}

/// A ticket as the section shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    /// Which.
    pub ticket: TicketId,
    /// Its key.
    pub key: String,
    /// Its page.
    pub url: String,
    /// Its severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Its summary, on one line; omitted if the repository is public.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Its status; `None`: the ticket was deleted.
    #[serde(default)]
    pub status: Option<Status>,
    /// Whether a person closed it as accepted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accepted: bool,
    /// The assignee's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// The priority's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// The revision of its record; 0: unknown. A change while it stays the same was not made by casefile.
    #[serde(default, skip_serializing_if = "is_unknown")]
    pub revision: u64,
}

fn is_unknown(revision: &u64) -> bool {
    *revision == 0
}

impl Shown {
    /// Whether a run for this ticket's site could have left it like this: a key, and a link to that key's page on that
    /// very site. Another site cannot be asked whether this is true, but no link to it can lead anywhere else.
    pub fn is_at_its_site(&self) -> bool {
        let site = &self.ticket.site;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:/_[]".contains(&byte);
        let host = site.split('/').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let loopback = matches!(name, "127.0.0.1" | "localhost" | "[::1]");
        let scheme = if loopback { "http" } else { "https" };
        let is_page = self.url == format!("{scheme}://{site}/browse/{}", self.key)
            || self.url == format!("https://{site}/browse/{}", self.key);
        !name.is_empty() && site.bytes().all(is_plain) && is_page && TicketKey::parse(&self.key).is_some()
    }

    /// Whether both look the same, whatever casefile wrote in between.
    pub fn shows(&self, other: &Shown) -> bool {
        *self == Shown { revision: self.revision, ..other.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_another_site_leads_to_that_site_alone() {
        let check = |site: &str, key: &str, url: &str, expected: bool| {
            let shown = Shown {
                ticket: TicketId { site: site.to_owned(), id: 1 },
                key: key.to_owned(),
                url: url.to_owned(),
                severity: None,
                summary: String::new(),
                status: None,
                accepted: false,
                assignee: None,
                priority: None,
                due: None,
                revision: 0,
            };
            assert_eq!(shown.is_at_its_site(), expected, "{site} {key} {url}");
        };
        check("ops.example", "OPS-7", "https://ops.example/browse/OPS-7", true);
        check("ops.example/jira", "OPS-7", "https://ops.example/jira/browse/OPS-7", true);
        check("127.0.0.1:80/jira", "OPS-7", "http://127.0.0.1:80/jira/browse/OPS-7", true);
        check("ops.example", "OPS-7", "http://ops.example/browse/OPS-7", false);
        check("ops.example", "OPS-7", "https://evil.example/browse/OPS-7", false);
        check("ops.example", "OPS-7", "https://ops.example/browse/OPS-8", false);
        check("ops.example", "[x](y)", "https://ops.example/browse/[x](y)", false);
        check("ops.example/a)b", "OPS-7", "https://ops.example/a)b/browse/OPS-7", false);
        check("", "OPS-7", "https:///browse/OPS-7", false);
    }
}

//! Findings that a pull request introduces and that have no ticket, as its section remembers them.

use std::collections::BTreeMap;
use std::ops::Not;

use serde::{Deserialize, Serialize};

use super::code_place::{CodePlace, FurtherPlaces};
use super::distinct::Distinct;
use super::fingerprint::Fingerprint;
use super::severity::Severity;
use super::ticket::TicketId;

/// The new findings of one scan on a pull request: those without a ticket, and those that reach `fail-on`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewFindings {
    /// The branch that files them when the pull request is merged, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Whether no ticket of the repository was found, so that nothing is known about what the base already has.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub first: bool,
    /// How many have no ticket, by the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub without_ticket: BTreeMap<NoTicket, usize>,
    /// How many tickets these will be, by the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tickets: BTreeMap<NoTicket, usize>,
    /// `fail-on`, if it is set; omitted if the repository is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<Severity>,
    /// How many reach `fail-on`.
    #[serde(default, skip_serializing_if = "is_none")]
    pub failing: usize,
    /// The worst of them, by their tickets; omitted if the repository is public.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<NewGroup>,
}

impl NewFindings {
    /// How many of them the section remembers and results list.
    pub const LISTED: usize = 50;

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.without_ticket.is_empty() && self.failing == 0
    }
}

/// The findings of one ticket, or of one that is still to be filed, that a pull request introduces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewGroup {
    /// The name of their group.
    pub id: Fingerprint,
    /// The title that their ticket has or would have, on one line.
    pub title: String,
    /// What to update, if the title does not say it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fix: String,
    /// The highest severity among them.
    pub severity: Severity,
    /// Where the worst is.
    #[serde(flatten)]
    pub place: CodePlace,
    /// Where the others are.
    #[serde(flatten)]
    pub further: FurtherPlaces,
    /// The ticket that stands for them, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Why they have no ticket, if they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<NoTicket>,
    /// Whether one of them reaches `fail-on`.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub fails: bool,
    /// Those that have no ticket.
    #[serde(default)]
    pub findings: Distinct,
    /// Those that reach `fail-on`.
    #[serde(default)]
    pub failing: Distinct,
}

impl NewGroup {
    /// All places.
    pub fn places(&self) -> Distinct {
        if self.place.path.is_empty() { Distinct::default() } else { self.further.and(&self.place) }
    }
}

/// Why a finding has no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoTicket {
    /// It is filed by the branch that the pull request is merged into.
    OnMerge,
    /// That branch adds it to the ticket of its group, which exists already.
    JoinsOnMerge,
    /// Neither its branch nor the one that it is merged into is among the configured branches.
    BranchNotTracked,
    /// There are more new tickets than `max-new`.
    Deferred,
    /// `create: manual`, or `--only` names others.
    NotSelected,
    /// It could not be filed.
    Failed,
}

impl NoTicket {
    /// Whether a ticket is filed without anybody's doing: when the pull request is merged, or by a later run.
    pub fn becomes_ticket(self) -> bool {
        matches!(self, NoTicket::OnMerge | NoTicket::Deferred | NoTicket::Failed)
    }

    /// The reason in plain words, for tables of Markdown as well as for terminals. `base`: the branch that files it.
    pub fn describe(self, base: Option<&str>) -> String {
        self.describe_for("the ticket", base)
    }

    /// The same if it is known which ticket the finding is added to.
    pub fn describe_for(self, ticket: &str, base: Option<&str>) -> String {
        match (self, base) {
            (NoTicket::OnMerge, Some(base)) => format!("filed when merged into {base}"),
            (NoTicket::OnMerge, None) => "filed when merged".to_owned(),
            (NoTicket::JoinsOnMerge, Some(base)) => format!("added to {ticket} when merged into {base}"),
            (NoTicket::JoinsOnMerge, None) => format!("added to {ticket} when merged"),
            (NoTicket::BranchNotTracked, _) => {
                "not filed, because the branch is not among the configured branches".to_owned()
            }
            (NoTicket::Deferred, _) => {
                "deferred to a later run, because max-new limits how many tickets one run files".to_owned()
            }
            (NoTicket::NotSelected, _) => "not filed, because --only does not name it".to_owned(),
            (NoTicket::Failed, _) => "could not be filed".to_owned(),
        }
    }

    /// The same for several findings, after the number of them and of their tickets.
    pub fn line(self, findings: usize, tickets: usize, base: Option<&str>) -> String {
        let noun = if findings == 1 { "finding" } else { "findings" };
        let of = match tickets {
            1 if findings > 1 => " (1 ticket)".to_owned(),
            2.. => format!(" ({tickets} tickets)"),
            _ => String::new(),
        };
        format!("{findings} new {noun}{of}: {}", self.describe(base))
    }
}

/// How many new findings there are and how many tickets they will be. Nothing is said about the tickets of findings that
/// nobody has selected, or if it is not known how many there are. `why`: the reasons why they have no ticket yet.
pub fn counted(findings: usize, tickets: usize, why: impl Iterator<Item = NoTicket> + Clone) -> String {
    let of_existing = why.clone().all(|why| why == NoTicket::JoinsOnMerge);
    match (findings, tickets) {
        (1, _) if of_existing => "1 new finding of an existing ticket".to_owned(),
        (_, 1) if of_existing => format!("{findings} new findings of an existing ticket"),
        (_, 2..) if of_existing => format!("{findings} new findings of {tickets} existing tickets"),
        (1, _) => "1 new finding".to_owned(),
        (_, 0) => format!("{findings} new findings"),
        (_, _) if !why.clone().all(NoTicket::becomes_ticket) => format!("{findings} new findings"),
        (_, 1) => format!("{findings} new findings that will become 1 ticket"),
        (_, _) => format!("{findings} new findings that will become {tickets} tickets"),
    }
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_counted_with_the_tickets_that_they_will_be() {
        let check = |findings, tickets, why: &[NoTicket], expected: &str| {
            assert_eq!(counted(findings, tickets, why.iter().copied()), expected);
        };
        let merge = [NoTicket::OnMerge];
        check(1, 1, &merge, "1 new finding");
        check(13, 4, &merge, "13 new findings that will become 4 tickets");
        check(13, 1, &[NoTicket::Deferred, NoTicket::Failed], "13 new findings that will become 1 ticket");
        check(13, 0, &merge, "13 new findings");
        check(13, 4, &[NoTicket::BranchNotTracked], "13 new findings");
        check(13, 4, &[NoTicket::Deferred, NoTicket::NotSelected], "13 new findings");
        check(1, 1, &[NoTicket::JoinsOnMerge], "1 new finding of an existing ticket");
        check(3, 1, &[NoTicket::JoinsOnMerge], "3 new findings of an existing ticket");
        check(3, 2, &[NoTicket::JoinsOnMerge], "3 new findings of 2 existing tickets");
        check(3, 2, &[NoTicket::OnMerge, NoTicket::JoinsOnMerge], "3 new findings");
        let line = |findings, tickets| NoTicket::OnMerge.line(findings, tickets, Some("main"));
        assert_eq!(line(1, 1), "1 new finding: filed when merged into main");
        assert_eq!(line(13, 4), "13 new findings (4 tickets): filed when merged into main");
    }
}

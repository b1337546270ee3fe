//! The section's tables: one row per ticket or new finding, the most important first.

use std::collections::BTreeMap;

use super::new_rows::{FAILS, NewRow};
use crate::compose::columns::widening;
use crate::compose::{Provenance, cut, links};
use crate::document::Inline;
use crate::document::markdown::inline;
use crate::model::code_place::CodePlace;
use crate::model::new_finding::{NewFindings, NoTicket};
use crate::model::repository::Repository;
use crate::model::section::Shown;
use crate::model::severity::Severity;
use crate::model::ticket::{Category, TicketId};

/// How many rows of a table are visible without unfolding.
pub(super) const UNFOLDED: usize = 10;

/// The longest text of a row that is shown, in characters.
const TEXT: usize = 160;

/// The longest path that is shown whole, in characters: its end is more informative than its beginning.
const PATH: usize = 60;

/// Rows of cells in Markdown, under their titles.
pub(super) struct MarkdownTable {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl MarkdownTable {
    /// The table without columns that are empty in every row; the first one always stays.
    pub(super) fn new(head: &[&str], rows: Vec<Vec<String>>) -> MarkdownTable {
        let used = |at: usize| at == 0 || rows.iter().any(|row| row.get(at).is_some_and(|it| !it.is_empty()));
        let kept: Vec<bool> = (0..head.len()).map(used).collect();
        let keep = |cells: Vec<String>| {
            cells.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell).collect()
        };
        MarkdownTable {
            head: keep(head.iter().map(|title| (*title).to_owned()).collect()),
            rows: rows.into_iter().map(keep).collect(),
        }
    }

    /// Its lines: ten rows, and the others collapsed.
    pub(super) fn lines(&self) -> Vec<String> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let (seen, folded) = self.rows.split_at(self.rows.len().min(UNFOLDED));
        let mut lines = self.part(seen);
        if !folded.is_empty() {
            let summary = format!("<details><summary>{} more</summary>", folded.len());
            lines.extend([String::new(), summary, String::new()]);
            lines.extend(self.part(folded));
            lines.extend(["", "</details>"].map(str::to_owned));
        }
        lines
    }

    /// Its lines with every row, for a place that is already collapsed.
    pub(super) fn whole(&self) -> Vec<String> {
        if self.rows.is_empty() { Vec::new() } else { self.part(&self.rows) }
    }

    fn part(&self, rows: &[Vec<String>]) -> Vec<String> {
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        let rule = format!("|{}", " --- |".repeat(self.head.len()));
        [line(&self.head), rule].into_iter().chain(rows.iter().map(|row| line(row))).collect()
    }
}

/// Makes links to places in the repository.
pub(super) struct PlaceLinks(Provenance);

impl PlaceLinks {
    pub(super) fn of(repository: &Repository) -> PlaceLinks {
        PlaceLinks(Provenance {
            repository: repository.clone(),
            branch: String::new(),
            commit: String::new(),
            run_url: None,
            pull_request: None,
            branches: BTreeMap::new(),
            untracked: std::sync::Arc::default(),
        })
    }

    /// `path:line`, as a link if there is a page, and how many more places there are.
    fn cell(&self, place: &CodePlace, more: usize) -> String {
        if place.path.is_empty() {
            return String::new();
        }
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        inline(&[links::remembered(short(place), place, &self.0)]) + &more
    }
}

/// `path:line`, with only the end of a long path.
fn short(place: &CodePlace) -> String {
    let path = crate::document::visible::one_line(&place.path);
    let long = path.chars().count();
    let path = if long > PATH {
        let end: String = path.chars().skip(long - PATH).collect();
        format!("…{}", end.find('/').map_or(end.as_str(), |at| &end[at..]))
    } else {
        path
    };
    if place.line > 0 { format!("{path}:{}", place.line) } else { path }
}

/// New findings, one row for each ticket that they have or will have. If all have no ticket for the same reason, the
/// reason is given once, above the table.
pub(super) fn new_findings(
    rows: &[NewRow<'_>],
    tickets: &BTreeMap<&TicketId, &Shown>,
    places: &PlaceLinks,
) -> (Option<String>, MarkdownTable) {
    // the column has the key of a ticket that exists
    let why = |row: &NewRow<'_>| {
        row.group.why.filter(|why| *why != NoTicket::JoinsOnMerge).map(|why| why.describe(row.base))
    };
    let first = rows.first().and_then(why);
    let common = first.filter(|first| rows.iter().all(|one| why(one).as_ref() == Some(first)));
    let keys = rows.iter().filter_map(|row| tickets.get(row.group.ticket.as_ref()?));
    let spaces = keys.map(|shown| widening(&shown.key)).max().unwrap_or(0);
    let last = format!("Ticket{}", "&nbsp;".repeat(spaces));
    let cells = |row: &NewRow<'_>| {
        let one = row.group;
        let fails = if one.fails { format!("{FAILS}&nbsp;") } else { String::new() };
        let ticket = one.ticket.as_ref().and_then(|ticket| tickets.get(ticket)).map(|shown| key(shown));
        let ticket = ticket.map(|ticket| match (one.why, row.base) {
            (Some(NoTicket::JoinsOnMerge), Some(base)) => {
                ticket + &below(&text(&format!("when merged into {base}")))
            }
            _ => ticket,
        });
        let why = why(row).filter(|_| common.is_none()).map(|why| text(&why));
        vec![
            fails + &severity(Some(one.severity)),
            text(&one.title) + &below(&text(&one.fix)) + &below(&places.cell(&one.place, row.more)),
            ticket.or(why).unwrap_or_default(),
        ]
    };
    let table = MarkdownTable::new(&["Severity", "New finding", &last], rows.iter().map(cells).collect());
    (common.map(|why| format!("No ticket yet: {}.", text(&why))), table)
}

/// A separate line within a cell.
fn below(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("<br>{line}") }
}

/// A ticket as it is listed.
#[derive(Clone, Copy)]
pub(super) struct TicketRow<'p> {
    /// The ticket.
    pub(super) shown: &'p Shown,
    /// The first place of its findings.
    pub(super) at: Option<&'p CodePlace>,
    /// How many more places there are.
    pub(super) more: usize,
}

/// Tickets; `is_full`: with everything that is known about them.
pub(super) fn tickets(tickets: &[TicketRow<'_>], is_full: bool, places: &PlaceLinks) -> MarkdownTable {
    let keys = tickets.iter().map(|row| row.shown.key.as_str());
    // a key is broken at its hyphen if the column is narrow
    let first = format!("Ticket{}", "&nbsp;".repeat(keys.map(widening).max().unwrap_or(0)));
    let head: &[&str] = match is_full {
        true => &[&first, "Severity", "Summary", "Status", "Due", "Assignee"],
        false => &[&first, "Status"],
    };
    let row = |row @ &TicketRow { shown, .. }: &TicketRow<'_>| match is_full {
        true => vec![
            key(shown),
            severity(shown.severity),
            summary(row, places),
            status(shown),
            shown.due.map_or_else(String::new, |due| due.to_string().replace('-', "&#8209;")),
            shown.assignee.as_deref().map_or_else(String::new, text),
        ],
        false => vec![key(shown), status(shown)],
    };
    MarkdownTable::new(head, tickets.iter().map(row).collect())
}

fn severity(severity: Option<Severity>) -> String {
    match severity {
        Some(Severity::Critical) => format!("{}&nbsp;**critical**", Severity::Critical.mark()),
        Some(severity) => format!("{}&nbsp;{severity}", severity.mark()),
        None => String::new(),
    }
}

/// A ticket's key with a link to its page; a deleted ticket has no page.
fn key(shown: &Shown) -> String {
    let page = shown.status.is_some().then_some(shown.url.as_str());
    inline(&[links::ticket(&shown.key, page)])
}

fn summary(row: &TicketRow<'_>, places: &PlaceLinks) -> String {
    let place = row.at.map(|at| places.cell(at, row.more)).unwrap_or_default();
    text(&row.shown.summary) + &below(&place)
}

/// A status, marked if work has begun or is done.
fn status(shown: &Shown) -> String {
    let Some(status) = &shown.status else { return "_deleted, or not visible_".to_owned() };
    let name = text(&status.name);
    match status.category {
        Category::Done if shown.accepted => format!("✔ {name} (accepted)"),
        Category::Done => format!("✔ {name}"),
        Category::InProgress => format!("▶ {name}"),
        Category::New => name,
    }
}

fn text(text: &str) -> String {
    inline(&[Inline::text(cut(text, TEXT))])
}

/// The reasons why findings have no ticket, one line each, for places where no finding may be named.
pub(super) fn reasons(all: &[&NewFindings]) -> Vec<String> {
    let mut counts: BTreeMap<(NoTicket, Option<&str>), (usize, usize)> = BTreeMap::new();
    for new in all {
        for (why, count) in &new.without_ticket {
            let known = counts.entry((*why, new.base.as_deref())).or_default();
            *known = (known.0 + count, known.1 + new.tickets.get(why).copied().unwrap_or(0));
        }
    }
    let line = |((why, base), (findings, tickets)): ((NoTicket, Option<&str>), (usize, usize))| {
        format!("- {}", text(&why.line(findings, tickets, base)))
    };
    counts.into_iter().map(line).collect()
}

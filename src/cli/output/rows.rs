//! Tickets as rows of a list, and the words for what became of them.

use std::cmp::Reverse;
use std::path::Path;

use crate::cli::args::CommonArgs;
use crate::cli::output::list::ListRow;
use crate::cli::output::printer::Channel;
use crate::cli::output::ticket_findings::TicketFindings;
use crate::cli::output::words::counted;
use crate::cli::setup::prepare::Prepared;
use crate::compose::section::TicketDetail;
use crate::model::survey::Sighting;
use crate::pipeline::result::{Action, CommandOutcome, ResultTicket};

/// How many findings of a ticket are listed with their IDs.
const IDS: usize = 20;

/// A ticket's summary without the prefix that every summary has.
pub(crate) fn title<'t>(ticket: &'t ResultTicket, prefix: &str) -> &'t str {
    let bare = ticket.summary.strip_prefix(prefix).map(str::trim_start);
    bare.filter(|bare| !bare.is_empty()).unwrap_or(&ticket.summary)
}

/// Makes rows of tickets.
pub(super) struct TicketRows<'a> {
    findings: TicketFindings<'a>,
    detail: TicketDetail,
    prefix: &'a str,
    /// The working directory.
    here: &'a Path,
    /// Whether IDs are shown.
    verbose: bool,
    /// Whether the page's address is shown because the key is not a link.
    names_pages: bool,
}

impl<'a> TicketRows<'a> {
    pub(super) fn of(
        outcome: &'a CommandOutcome,
        prepared: &'a Prepared,
        common: &CommonArgs,
        to: Channel,
    ) -> TicketRows<'a> {
        TicketRows {
            findings: TicketFindings::of(&outcome.survey),
            detail: prepared.detail(),
            prefix: &prepared.config.summary_prefix,
            here: &prepared.root,
            verbose: common.verbose > 0,
            names_pages: to.width().is_none(),
        }
    }

    pub(super) fn row(&self, ticket: &ResultTicket) -> ListRow {
        let mut row = ListRow {
            action: cell(ticket.action),
            key: ticket.key.clone(),
            url: ticket.url.clone(),
            title: ticket.status.clone().unwrap_or_default(),
            ..ListRow::default()
        };
        let page = match ticket.url.as_deref() {
            Some(page) if page.starts_with("http") => self.names_pages.then(|| page.to_owned()),
            file => file.map(|file| from_here(file, self.here)),
        };
        if self.detail != TicketDetail::Full {
            row.notes.extend(page);
            return row;
        }
        row.severity = ticket.severity;
        row.title = title(ticket, self.prefix).to_owned();
        let findings = self.findings.all(ticket);
        row.notes.extend(self.places(&findings, &row.title));
        row.notes.extend(page);
        if self.verbose {
            row.notes.push(format!("group {}", ticket.group));
            let finding = |one: &&Sighting| format!("finding {} {}", one.id(), self.findings.place(one));
            row.notes.extend(findings.iter().take(IDS).map(finding));
            if findings.len() > IDS {
                row.notes.push(format!(
                    "… and {}; `--format json` lists all of them",
                    counted(findings.len() - IDS, "more finding")
                ));
            }
        }
        row
    }

    /// Where findings are: the worst one's place, and how many more places there are; and their rule, unless the title
    /// names it.
    fn places(&self, findings: &[&Sighting], title: &str) -> Option<String> {
        let worst = findings.iter().min_by_key(|one| Reverse(one.severity))?;
        let more = match self.findings.count_places(findings) {
            1 => String::new(),
            places => format!(" and {} more", places - 1),
        };
        let rule = self.findings.common_rule(findings).filter(|rule| !title.contains(rule));
        let rule = rule.map_or(String::new(), in_brackets);
        let line = format!("{}{more}{rule}", self.findings.place(worst));
        Some(line.trim().to_owned()).filter(|line| !line.is_empty())
    }
}

/// A file's path from the working directory.
fn from_here(file: &str, here: &Path) -> String {
    Path::new(file).strip_prefix(here).map_or_else(|_| file.to_owned(), |file| file.display().to_string())
}

/// A rule's id in brackets, after a place.
pub(super) fn in_brackets(rule: &str) -> String {
    if rule.is_empty() { String::new() } else { format!(" ({rule})") }
}

/// An action in its column: groups that are not selected are shown as skipped, because nothing is done.
pub(crate) fn cell(action: Action) -> &'static str {
    if action == Action::NotSelected { "-" } else { word(action) }
}

/// The word that is printed for an action.
pub(super) fn word(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Created => "created",
        Action::Refile => "refile",
        Action::Refiled => "refiled",
        Action::Reopen => "reopen",
        Action::Reopened => "reopened",
        Action::Resolve => "resolve",
        Action::Resolved => "resolved",
        Action::Leave | Action::Gone => "gone",
        Action::Close => "close",
        Action::Closed => "closed",
        Action::Update => "update",
        Action::Updated => "updated",
        Action::Tracked => "tracked",
        Action::Deferred => "deferred",
        Action::NotSelected => "not-selected",
        Action::Failed => "failed",
    }
}

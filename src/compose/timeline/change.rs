//! What people changed on a ticket: the difference between what a section shows and what the tracker says, without
//! casefile's own edits.

use std::collections::BTreeMap;

use crate::compose::section::TicketDetail;
use crate::compose::{cut, links};
use crate::config::States;
use crate::document::Inline;
use crate::document::markdown::inline;
use crate::model::section::Shown;
use crate::model::ticket::{Status, Ticket, TicketId, TicketKey};

/// The longest name that a line repeats, in characters.
const NAME: usize = 100;

/// A ticket as the tracker has it.
#[derive(Debug, Clone, PartialEq)]
pub struct CurrentTicket {
    /// As the section would show it.
    pub shown: Shown,
    /// What casefile itself wrote.
    pub own: LastWritten,
}

/// Which values of a ticket are as casefile itself wrote them, so that no person changed them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastWritten {
    /// It is in the status that casefile moved it to.
    pub status: bool,
    /// The priority's name.
    pub priority: bool,
    /// The assignee.
    pub assignee: bool,
    /// The due date.
    pub due: bool,
}

impl LastWritten {
    /// According to the ticket's record. `states`: where casefile moves tickets.
    pub fn of(ticket: &Ticket, states: &States) -> LastWritten {
        let Some(record) = &ticket.record else { return LastWritten::default() };
        let target = record.last_reported.and_then(|state| states.target(state));
        let is = |status: &Status, word: &str| {
            status.id == word || status.name.to_lowercase() == word.to_lowercase()
        };
        let assignee = ticket.assignee.as_ref().map(|person| &person.id);
        LastWritten {
            status: target.is_some_and(|target| is(&ticket.status, &target.status)),
            priority: ticket.priority.is_some() && ticket.priority == record.last_written.priority,
            assignee: assignee.is_some() && assignee == record.last_written.assignee.as_ref(),
            due: ticket.due.is_some() && ticket.due == record.last_written.due,
        }
    }
}

/// What people changed on a ticket, as plain text: `status changed from "In Progress" to "Done"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketChange {
    /// The key that the section shows.
    pub key: TicketKey,
    /// The ticket's page, if it still has one.
    pub page: Option<String>,
    /// The key that the ticket has now, if it was moved.
    pub moved: Option<TicketKey>,
    /// What else changed; may be empty.
    pub what: String,
}

impl TicketChange {
    /// The line for it, in which `escape` makes foreign words harmless and `link` links a key to the page. Keys need no
    /// escaping: their characters have no special meaning anywhere.
    fn line(&self, escape: impl Fn(&str) -> String, link: impl Fn(&TicketKey) -> String) -> String {
        let moved = self.moved.as_ref().map(|key| format!("moved to {}", link(key)));
        let what = Some(escape(&self.what)).filter(|what| !what.is_empty());
        let parts: Vec<String> = moved.into_iter().chain(what).collect();
        // the page belongs to the key that the ticket has now
        let key = if self.moved.is_some() { self.key.to_string() } else { link(&self.key) };
        format!("{key}: {}", parts.join("; "))
    }

    /// The same for a document.
    pub fn inlines(&self) -> Vec<Inline> {
        let key = |key: &TicketKey| links::ticket(key.as_str(), self.page.as_deref());
        let mut line = match &self.moved {
            Some(now) => vec![Inline::code(self.key.as_str()), Inline::text(": moved to "), key(now)],
            None => vec![key(&self.key), Inline::text(": ")],
        };
        let separator = if self.moved.is_some() && !self.what.is_empty() { "; " } else { "" };
        line.push(Inline::text(format!("{separator}{}", self.what)));
        line
    }

    /// The same as Markdown, in which keys link to the ticket's page.
    pub(super) fn markdown(&self) -> String {
        let link = |key: &TicketKey| match &self.page {
            Some(page) => inline(&[links::ticket(key.as_str(), Some(page))]),
            None => key.to_string(),
        };
        self.line(|what| inline(&[Inline::text(what)]), link)
    }
}

impl std::fmt::Display for TicketChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.line(str::to_owned, ToString::to_string))
    }
}

/// What people changed since a section was written, in the section's order. Tickets that were not read now are not
/// listed, and neither are casefile's own edits.
pub fn changes(
    before: &[Shown],
    now: &BTreeMap<TicketId, CurrentTicket>,
    detail: TicketDetail,
) -> Vec<TicketChange> {
    if detail == TicketDetail::Counts {
        return Vec::new();
    }
    let change = |before: &Shown| {
        let seen = now.get(&before.ticket)?;
        let what = differences(before, seen, detail).join("; ");
        // it comes from a text that anybody may have edited
        let key = TicketKey::parse(&before.key)?;
        let both = before.status.is_some() && seen.shown.status.is_some();
        let moved = TicketKey::parse(&seen.shown.key).filter(|now| both && *now != key);
        let page = seen.shown.status.is_some().then(|| seen.shown.url.clone());
        let page = page.filter(|page| page.starts_with("http"));
        (moved.is_some() || !what.is_empty()).then_some(TicketChange { key, page, moved, what })
    };
    before.iter().filter_map(change).collect()
}

fn differences(
    before: &Shown,
    CurrentTicket { shown: now, own }: &CurrentTicket,
    detail: TicketDetail,
) -> Vec<String> {
    let (was, is) = match (&before.status, &now.status) {
        (Some(was), Some(is)) => (was, is),
        (Some(_), None) => return vec!["deleted, or no longer visible to casefile".to_owned()],
        (None, Some(is)) => return vec![format!("visible again, with status {}", quoted(&is.name))],
        (None, None) => return Vec::new(),
    };
    let mut found = Vec::new();
    // a status without an id was only assumed, right after filing
    let known = !was.id.is_empty();
    // if casefile moved it once, people may have moved it back and forth since
    let edited = before.revision == 0 || before.revision != now.revision;
    if known && !(own.status && edited) && (was.id != is.id && was.name != is.name) {
        found.push(format!("status changed from {} to {}", quoted(&was.name), quoted(&is.name)));
    }
    // without a summary, the section remembers only the key and the status
    if detail == TicketDetail::Keys || before.summary.is_empty() {
        return found;
    }
    // casefile writes these when the severity changes
    let worse = before.severity != now.severity;
    let assigned = own.assignee && before.assignee.is_none();
    let mut compare = |what: &str, was: Option<&str>, is: Option<&str>, own: bool| {
        if was != is && !own {
            found.push(difference(what, was, is));
        }
    };
    compare("priority", before.priority.as_deref(), now.priority.as_deref(), own.priority && worse);
    compare("assignee", before.assignee.as_deref(), now.assignee.as_deref(), assigned);
    let (was, is) = (before.due.map(|day| day.to_string()), now.due.map(|day| day.to_string()));
    compare("due date", was.as_deref(), is.as_deref(), own.due && worse);
    found
}

/// In the words of Jira's changelog.
fn difference(what: &str, was: Option<&str>, is: Option<&str>) -> String {
    match (was, is) {
        (Some(was), Some(is)) => format!("{what} changed from {} to {}", quoted(was), quoted(is)),
        (None, Some(is)) => format!("{what} set to {}", quoted(is)),
        (Some(was), None) => format!("{what} {} removed", quoted(was)),
        (None, None) => String::new(),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", cut(name, NAME))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::severity::Severity;
    use crate::model::ticket::Category;

    fn shown(key: &str) -> Shown {
        Shown {
            ticket: TicketId { site: "acme.example".to_owned(), id: 1 },
            key: key.to_owned(),
            url: String::new(),
            severity: Some(Severity::High),
            summary: "a summary".to_owned(),
            status: status("In Progress"),
            accepted: false,
            assignee: None,
            priority: Some("High".to_owned()),
            due: None,
            revision: 0,
        }
    }

    fn status(name: &str) -> Option<Status> {
        Some(Status { id: format!("id of {name}"), name: name.to_owned(), category: Category::New })
    }

    fn lines(before: Shown, now: Shown, own: LastWritten, detail: TicketDetail) -> String {
        let now = BTreeMap::from([(now.ticket.clone(), CurrentTicket { shown: now, own })]);
        changes(&[before], &now, detail).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_line_says_what_people_changed() {
        let check = |now: Shown, expected: &str| {
            assert_eq!(lines(shown("SEC-42"), now, LastWritten::default(), TicketDetail::Full), expected);
        };
        let base = shown("SEC-42");
        check(base.clone(), "");
        let both = Shown { status: status("Done"), assignee: Some("Alice".to_owned()), ..base.clone() };
        check(both, r#"SEC-42: status changed from "In Progress" to "Done"; assignee set to "Alice""#);
        let less = Shown { priority: None, due: Some("2026-06-01".parse().unwrap()), ..base.clone() };
        check(less, r#"SEC-42: priority "High" removed; due date set to "2026-06-01""#);
        let moved = Shown { key: "OPS-7".to_owned(), priority: Some("Low".to_owned()), ..base.clone() };
        check(moved, r#"SEC-42: moved to OPS-7; priority changed from "High" to "Low""#);
        check(Shown { status: None, ..base.clone() }, "SEC-42: deleted, or no longer visible to casefile");
        check(Shown { summary: "another".to_owned(), ..base.clone() }, "");
        // a renamed status is still the same one
        let renamed = Status { name: "Doing".to_owned(), ..base.status.clone().unwrap() };
        check(Shown { status: Some(renamed), ..base }, "");
    }

    #[test]
    fn what_was_never_seen_did_not_change() {
        let check = |before: Shown, detail, expected: &str| {
            let now = Shown { status: status("Done"), assignee: Some("Alice".to_owned()), ..shown("SEC-42") };
            assert_eq!(lines(before, now, LastWritten::default(), detail), expected);
        };
        let base = shown("SEC-42");
        let filed = Status { id: String::new(), ..status("new").unwrap() };
        check(
            Shown { status: Some(filed), ..base.clone() },
            TicketDetail::Full,
            r#"SEC-42: assignee set to "Alice""#,
        );
        let moved = r#"SEC-42: status changed from "In Progress" to "Done""#;
        check(Shown { summary: String::new(), priority: None, ..base.clone() }, TicketDetail::Full, moved);
        check(base.clone(), TicketDetail::Keys, moved);
        check(base.clone(), TicketDetail::Counts, "");
        check(
            Shown { status: None, ..base.clone() },
            TicketDetail::Full,
            r#"SEC-42: visible again, with status "Done""#,
        );
        check(Shown { key: "[x](y)".to_owned(), ..base }, TicketDetail::Full, "");
    }

    #[test]
    fn what_casefile_wrote_itself_has_no_line() {
        let check = |own: LastWritten, now: Shown, expected: &str| {
            assert_eq!(lines(shown("SEC-42"), now, own, TicketDetail::Full), expected);
        };
        let all = LastWritten { status: true, priority: true, assignee: true, due: true };
        let base = shown("SEC-42");
        check(all, Shown { status: status("Done"), assignee: Some("Bot".to_owned()), ..base.clone() }, "");
        let urgent = Shown { priority: Some("Highest".to_owned()), ..base };
        check(all, urgent.clone(), r#"SEC-42: priority changed from "High" to "Highest""#);
        check(all, Shown { severity: Some(Severity::Critical), ..urgent }, "");
    }

    #[test]
    fn a_move_without_an_edit_of_casefiles_is_a_persons() {
        let check = |revision: u64, expected: &str| {
            let before = Shown { revision: 3, ..shown("SEC-42") };
            let now = Shown { revision, status: status("Done"), ..before.clone() };
            let own = LastWritten { status: true, ..LastWritten::default() };
            assert_eq!(lines(before, now, own, TicketDetail::Full), expected);
        };
        check(4, "");
        check(3, r#"SEC-42: status changed from "In Progress" to "Done""#);
    }
}

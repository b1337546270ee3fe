//! A ticket as the page shows it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::spelling;
use crate::model::severity::Severity;
use crate::model::ticket::{Category, Ticket};

/// A ticket as the page shows it.
#[derive(Debug, Clone)]
pub(crate) struct TicketRow {
    /// Its key, e.g. `SEC-12`.
    pub key: String,
    /// Its page in the tracker; empty if it has none.
    pub url: String,
    /// Its summary, on one line.
    pub summary: String,
    /// The highest severity of its findings; `None`: its record was lost.
    pub severity: Option<Severity>,
    /// Its status by name.
    pub status: String,
    /// What that means.
    pub category: Category,
    /// The assignee.
    pub owner: Option<String>,
    /// The due date.
    pub due: Option<Date>,
    /// The day (UTC) on which its findings were first seen, otherwise on which it was created.
    pub since: Option<Date>,
    /// The day (UTC) on which it was done.
    pub resolved: Option<Date>,
    /// The key of its project.
    pub project: String,
    /// The repository whose findings it holds.
    pub repository: String,
    /// The scanners that reported them.
    pub scanners: Vec<String>,
}

/// Their names as people know them, in order.
fn scanners(names: &BTreeSet<String>) -> Vec<String> {
    names.iter().map(|name| spelling::scanner(name).to_owned()).collect()
}

impl TicketRow {
    /// The row of a ticket.
    pub(crate) fn of(ticket: &Ticket) -> TicketRow {
        let day = |moment: Timestamp| moment.to_zoned_datetime(TimeZone::UTC).date();
        let record = ticket.record.as_ref();
        let is_done = ticket.status.category == Category::Done;
        TicketRow {
            key: ticket.key.to_string(),
            url: ticket.url.clone(),
            summary: ticket.summary.clone(),
            severity: record.map(|record| record.severity),
            status: ticket.status.name.clone(),
            category: ticket.status.category,
            owner: ticket.assignee.as_ref().map(|person| person.name.clone()),
            due: ticket.due,
            since: record.map(|record| record.first_seen).or(ticket.created.map(day)),
            resolved: ticket.resolved.map(day).filter(|_| is_done),
            project: ticket.key.project().to_owned(),
            repository: record.map(|record| record.repository.clone()).unwrap_or_default(),
            scanners: record.map(|record| scanners(&record.life.scanners)).unwrap_or_default(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.category != Category::Done
    }

    /// Whether it is overdue.
    pub(super) fn is_overdue(&self, today: Date) -> bool {
        self.is_open() && self.due.is_some_and(|due| due < today)
    }

    /// How long its findings have been known, in days.
    pub(super) fn age(&self, today: Date) -> i32 {
        self.since.map_or(0, |since| (today - since).get_days().max(0))
    }

    /// The sort key of rows: open before done, overdue first, then the most severe and the oldest.
    pub(super) fn urgency(&self, today: Date) -> impl Ord + use<> {
        let urgency = (self.is_open(), self.is_overdue(today), self.severity, self.age(today));
        let (project, number) = self.key.rsplit_once('-').unwrap_or((&self.key, ""));
        (Reverse(urgency), project.to_owned(), number.parse::<u64>().unwrap_or_default())
    }
}

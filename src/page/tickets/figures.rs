//! The figures about the tickets.

use jiff::ToSpan;
use jiff::civil::Date;

use super::row::TicketRow;
use crate::model::severity::Severity;

/// How many weeks are shown.
const WEEKS: usize = 12;

/// The age groups: the last day of each, and its name.
pub(super) const AGES: [(i32, &str); 4] =
    [(7, "up to 7 days"), (30, "8 to 30 days"), (90, "31 to 90 days"), (i32::MAX, "over 90 days")];

/// The figures.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) open: usize,
    pub(super) overdue: usize,
    /// Open ones that are not assigned to anybody.
    pub(super) unassigned: usize,
    pub(super) done: usize,
    /// Done ones of which nobody knows when they were done: they are in no week.
    pub(super) undated: usize,
    /// Open ones by severity, the worst first, those without a record last.
    pub(super) severities: Vec<SeverityCount>,
    /// The last weeks, the current one last.
    pub(super) weeks: Vec<Week>,
}

/// The open tickets of one severity.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SeverityCount {
    pub(super) severity: Option<Severity>,
    pub(super) open: usize,
    pub(super) overdue: usize,
    pub(super) by_age: [usize; AGES.len()],
}

/// What happened in a week.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Week {
    /// Its Monday.
    pub(super) monday: Date,
    pub(super) opened: usize,
    pub(super) resolved: usize,
}

impl Figures {
    pub(super) fn of(rows: &[TicketRow], today: Date) -> Figures {
        let open = || rows.iter().filter(|row| row.is_open());
        let worst_first = Severity::ALL.into_iter().map(Some).chain([None]);
        let severities = worst_first.filter_map(|severity| {
            let of: Vec<&TicketRow> = open().filter(|row| row.severity == severity).collect();
            let mut by_age = [0; AGES.len()];
            for row in &of {
                by_age[AGES.iter().position(|(last, _)| row.age(today) <= *last).unwrap_or(0)] += 1;
            }
            let overdue = of.iter().filter(|row| row.is_overdue(today)).count();
            (!of.is_empty()).then_some(SeverityCount { severity, open: of.len(), overdue, by_age })
        });
        Figures {
            open: open().count(),
            overdue: open().filter(|row| row.is_overdue(today)).count(),
            unassigned: open().filter(|row| row.owner.is_none()).count(),
            done: rows.len() - open().count(),
            undated: rows.iter().filter(|row| !row.is_open() && row.resolved.is_none()).count(),
            severities: severities.collect(),
            weeks: weeks(rows, today),
        }
    }
}

/// The last weeks, each from Monday to Sunday (UTC).
fn weeks(rows: &[TicketRow], today: Date) -> Vec<Week> {
    let into_week = i64::from(today.weekday().to_monday_zero_offset());
    let Ok(current) = today.checked_sub(into_week.days()) else { return Vec::new() };
    let mondays = (0..WEEKS).rev().filter_map(|back| current.checked_sub((back as i64).weeks()).ok());
    let mut weeks: Vec<Week> = mondays.map(|monday| Week { monday, opened: 0, resolved: 0 }).collect();
    let index = |day: Option<Date>| weeks_since(day?, current).and_then(|back| WEEKS.checked_sub(1 + back));
    for row in rows {
        if let Some(week) = index(row.since).and_then(|at| weeks.get_mut(at)) {
            week.opened += 1;
        }
        if let Some(week) = index(row.resolved).and_then(|at| weeks.get_mut(at)) {
            week.resolved += 1;
        }
    }
    weeks
}

/// How many weeks before the one that begins at `current` a day is; `None`: after it.
fn weeks_since(day: Date, current: Date) -> Option<usize> {
    let days = (current - day).get_days();
    // a week lasts until six days after its Monday
    usize::try_from((days + 6).div_euclid(7)).ok()
}

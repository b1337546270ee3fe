//! Due dates by severity: so many days after a finding was first seen.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::record::Record;
use crate::model::severity::Severity;
use crate::model::ticket::Ticket;
use crate::model::write::FieldContent;
use crate::plan::fields::filler::Filler;
use crate::policy::route::TicketTarget;

impl Filler<'_, '_> {
    /// Sets the due date and returns it.
    pub(crate) fn due(&mut self, first_seen: Date, severity: Severity) -> Option<Date> {
        let due = due(self.form.target, first_seen, severity)?;
        if !self.form.screen.fields.contains_key("duedate") {
            self.off_screen("jira.due-in-days", "Due date", &[]);
            return None;
        }
        self.push("duedate", FieldContent::Date(due));
        Some(due)
    }
}

/// The day until which a finding of this severity is to be fixed.
pub(crate) fn due(target: &TicketTarget, first_seen: Date, severity: Severity) -> Option<Date> {
    let days = target.due_in_days.get(&severity)?;
    first_seen.checked_add(i64::from(*days).days()).ok()
}

/// An earlier due date if the severity requires it and nobody else has changed it. A ticket without a due date gets one
/// only if its findings got worse: its project may not have the field.
pub(crate) fn follow(target: &TicketTarget, ticket: &Ticket, record: &Record, worse: bool) -> Option<Date> {
    let last_written = record.last_written.due;
    let due = due(target, record.first_seen, record.severity)?;
    let earlier = last_written.map_or(worse, |last_written| due < last_written);
    (ticket.due == last_written && earlier).then_some(due)
}

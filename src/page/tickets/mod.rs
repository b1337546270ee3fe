//! The page of all tickets that casefile filed.
//!
//! | file | what is in it |
//! |---|---|
//! | `row` | a ticket as the page shows it |
//! | `figures` | what is counted: by severity, by age, week by week |
//! | `spelling` | how scanners spell their names |
//! | `parts` | the page's parts as HTML |

mod figures;
mod parts;
mod row;
mod spelling;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) use row::TicketRow;

use super::frame::Frame;
use figures::Figures;

/// The contents of the page.
#[derive(Debug, Clone)]
pub(crate) struct TicketPage<'p> {
    /// Whose tickets: a repository, or the tracker's site.
    pub title: &'p str,
    /// Where they are stored, in words.
    pub source: &'p str,
    /// How a ticket gets the day on which it was done, as a sentence; empty: that is up to the tracker.
    pub dating: &'p str,
    /// When they were read.
    pub now: Timestamp,
    /// The tickets, open ones and done ones.
    pub rows: Vec<TicketRow>,
}

impl TicketPage<'_> {
    /// The page.
    pub(crate) fn render(mut self) -> String {
        let today = self.now.to_zoned_datetime(TimeZone::UTC).date();
        // the most urgent tickets come first, even without a script that sorts
        self.rows.sort_by_cached_key(|row| row.urgency(today));
        let figures = Figures::of(&self.rows, today);
        let mut content = String::with_capacity(1024 * self.rows.len());
        parts::cards(&mut content, &figures);
        parts::undated(&mut content, &figures, self.dating);
        parts::severities(&mut content, &figures);
        parts::weeks(&mut content, &figures);
        parts::breakdowns(&mut content, &self.rows);
        parts::tickets(&mut content, &self.rows, today);
        let about = [self.title, self.source];
        let heading = "Security tickets";
        Frame { heading, about: &about, verb: "read", at: self.now, has_list: true }.around(&content)
    }
}

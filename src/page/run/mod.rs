//! The page of a single run: the overview, its tickets with their findings, and further details.

mod findings;
#[cfg(test)]
mod tests;
mod ticket;

use jiff::Timestamp;

pub(crate) use findings::FindingTable;
pub(crate) use ticket::RunTicket;

use super::elements::{self, Card};
use super::frame::Frame;
use super::list;
use crate::compose::Provenance;
use crate::compose::section::TicketDetail;
use crate::document::{Block, html};

/// The contents of the page.
#[derive(Debug)]
pub(crate) struct RunPage<'p> {
    /// The repository's name.
    pub repository: &'p str,
    /// The branch or the pull request.
    pub place: &'p str,
    /// When the run began.
    pub now: Timestamp,
    /// Where its findings come from, so that their places link to the code.
    pub provenance: &'p Provenance,
    /// How much may be shown where the page can be read.
    pub detail: TicketDetail,
    /// The most important numbers, each with whether one above zero is bad news.
    pub counts: Vec<(String, usize, bool)>,
    /// What went wrong, one sentence each.
    pub alerts: Vec<String>,
    /// That findings reached `fail-on`, in one sentence, and the findings as far as they may be shown.
    pub reached: Option<(String, FindingTable)>,
    /// What readers should know before they look at the tickets.
    pub overview: Vec<Block>,
    /// The tickets in the order in which they are listed, if they may be named.
    pub tickets: Vec<RunTicket>,
    /// Other findings that deserve separate attention.
    pub findings: Vec<FindingTable>,
    /// What follows those findings.
    pub details: Vec<Block>,
}

impl RunPage<'_> {
    /// The page.
    pub(crate) fn render(self) -> String {
        let mut content = String::with_capacity(2048 * self.tickets.len());
        let cards =
            self.counts.iter().map(|(name, count, is_bad)| Card { name, count: *count, is_bad: *is_bad });
        elements::cards(&mut content, cards);
        for alert in &self.alerts {
            content.push_str(&format!("<p class=\"alert\">{}</p>\n", html::escape(alert)));
        }
        if let Some((sentence, table)) = &self.reached {
            let sentence = html::escape(sentence);
            let sentence = match &table.rows[..] {
                [] => sentence,
                _ => format!("<a href=\"#{}\">{sentence}</a>", table.id),
            };
            content.push_str(&format!("<p class=\"alert\">{sentence}</p>\n"));
        }
        content.push_str(&html::render(&self.overview));
        if let Some((_, table)) = &self.reached {
            table.render(&mut content, self.provenance);
        }
        let has_list = self.detail != TicketDetail::Counts;
        if has_list {
            self.list(&mut content);
        }
        self.findings.iter().for_each(|table| table.render(&mut content, self.provenance));
        content.push_str(&html::render(&self.details));
        let about = [self.repository, self.place];
        let heading = "Findings of one run";
        Frame { heading, about: &about, verb: "run", at: self.now, has_list }.around(&content)
    }

    fn list(&self, out: &mut String) {
        let columns =
            if self.detail == TicketDetail::Full { &ticket::COLUMNS[..] } else { &ticket::KEY_COLUMNS[..] };
        let prefix = list::shared_prefix(self.tickets.iter().map(|ticket| ticket.summary.as_str()));
        let row = |ticket: &RunTicket| match self.detail {
            TicketDetail::Full => ticket.row(prefix, self.provenance),
            _ => ticket.key_row(),
        };
        list::tickets(out, columns, self.tickets.iter().map(row));
    }
}

//! One self-contained page of what casefile filed, to open in a browser, to print and to hand on.
//!
//! | file | what is in it |
//! |---|---|
//! | `row` | a ticket as the page shows it |
//! | `figures` | what is counted: by severity, by age, week by week |
//! | `parts` | the page's parts as HTML |
//! | `page.css`, `page.js` | its looks, and what makes its table sort and filter |
//!
//! The page loads nothing and sends nothing: its content security policy allows only its own style and script, by their
//! hashes. Without scripts it shows everything, unsorted and unfiltered. Every text of a ticket is escaped by
//! [`html`](crate::document::html).

mod figures;
mod parts;
mod row;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

pub(crate) use row::TicketRow;

use crate::document::html::escape;
use figures::Figures;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// By what a page that was written by casefile is known, so that a later one may take its place.
pub(crate) const MARK: &str = "<!DOCTYPE html>\n<!-- written by casefile report -->\n";

/// What the page is about.
#[derive(Debug, Clone)]
pub(crate) struct TicketPage<'p> {
    /// Whose tickets: a repository, or the tracker's site.
    pub title: &'p str,
    /// Where they lie, in words.
    pub source: &'p str,
    /// When they were read.
    pub now: Timestamp,
    /// The tickets, open ones and done ones.
    pub rows: Vec<TicketRow>,
}

impl TicketPage<'_> {
    /// The page.
    pub(crate) fn render(mut self) -> String {
        let today = self.now.to_zoned_datetime(TimeZone::UTC).date();
        // what has to be done first comes first, also where no script sorts
        self.rows.sort_by_cached_key(|row| row.urgency(today));
        let figures = Figures::of(&self.rows, today);
        let mut out = String::with_capacity(16 * 1024 + 1024 * self.rows.len());
        out.push_str(MARK);
        out.push_str(&format!(
            "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; \
             script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'\">\n<title>{} · security tickets</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n",
            hash(STYLE),
            hash(SCRIPT),
            escape(self.title),
        ));
        parts::head(&mut out, self.title, self.source, self.now);
        out.push_str("<main>\n");
        parts::cards(&mut out, &figures);
        parts::severities(&mut out, &figures);
        parts::weeks(&mut out, &figures);
        parts::breakdowns(&mut out, &self.rows);
        parts::tickets(&mut out, &self.rows, today);
        out.push_str(&format!("</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"));
        out
    }
}

/// A source of a content security policy that allows this text and no other.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text.as_bytes())))
}

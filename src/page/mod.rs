//! Self-contained pages to open in a browser, to print and to hand on.
//!
//! | file | what is in it |
//! |---|---|
//! | `tickets` | the page of all tickets: figures, weeks, and the list |
//! | `run` | the page of a single run |
//! | `frame` | what every page has around its content |
//! | `list` | the table that can be searched, filtered and sorted |
//! | `elements` | links, severities and cards as HTML |
//! | `page.css`, `page.js` | their looks, and what makes the list sort and filter |
//!
//! A page loads nothing and sends nothing: its content security policy allows only its own style and script, by their
//! hashes. Without scripts it shows everything, unsorted and unfiltered. Every text of a ticket or a report is escaped by
//! [`html`](crate::document::html).

mod elements;
mod frame;
mod list;
mod run;
mod tickets;

pub(crate) use frame::MARK;
pub(crate) use run::{FindingTable, RunPage, RunTicket};
pub(crate) use tickets::{TicketPage, TicketRow};

//! The timeline: what people changed on a pull request's tickets, one line each, in a comment of its own. It is the
//! difference between what the section shows and what the tracker says.

mod change;
mod comment;

pub use change::{CurrentTicket, LastWritten, TicketChange, changes};
pub use comment::{MARKER, append, remove};

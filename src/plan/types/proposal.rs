//! Groups that need a ticket.

use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;

/// A group, or a part of it, that needs a ticket.
#[derive(Debug)]
pub(crate) struct Proposal<'a> {
    pub(crate) group: &'a Group,
    pub(crate) findings: Vec<Sighting>,
    /// The done ticket that it follows.
    pub(crate) old: Option<&'a Ticket>,
}

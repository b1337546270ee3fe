//! Where tickets are stored. Reading and writing are separate traits: a dry run holds a tracker that can
//! only be read, so it cannot write by mistake.

pub mod jira;
pub mod local;

use std::future::Future;

use crate::document::Document;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::record::LinkKind;
use crate::model::scan::Problem;
use crate::model::slice::SliceId;
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::model::write::{Attachment, Draft, Edit, Move, Remote};

/// A tracker that answers questions.
pub trait Read: Send + Sync {
    /// The host and context path that ticket ids belong to, e.g. `acme.atlassian.net`.
    fn site(&self) -> &str;

    /// Where people find a ticket.
    fn page(&self, key: &TicketKey) -> String;

    /// The document, or as much of it as fits into a description or comment here.
    fn fit(&self, document: Document) -> Document;

    /// Answers a query completely or fails; an answer is never partial.
    fn answer(&self, ask: &Ask) -> impl Future<Output = Result<Answer, Failure>> + Send;

    /// The tickets of a project whose key's number is greater than `known`, read without the search index if the
    /// tracker can do that; with `None`, greater than the newest that a search finds. It serves to look for what an
    /// unanswered create may have left behind.
    fn newer(
        &self,
        project: &str,
        known: Option<u64>,
    ) -> impl Future<Output = Result<Vec<Ticket>, Failure>> + Send;

    /// What the tracker noticed along the way and people should know: nothing failed because of it.
    fn remarks(&self) -> Vec<Problem> {
        Vec::new()
    }

    /// How many requests have been sent so far.
    fn requests(&self) -> u64;
}

/// A tracker that can be written to.
pub trait Write: Read {
    /// How many drafts one create takes at most.
    fn batch(&self) -> usize;

    /// Creates tickets, each with its labels, record and slices; one outcome per draft, in order. It is sent once:
    /// after [`Failure::Unknown`], the caller searches before it tries again.
    fn create(&self, drafts: &[Draft]) -> impl Future<Output = Vec<Result<Made, Failure>>> + Send;

    /// Changes a ticket as one unit. A refused field refuses the whole unit, and nothing happened.
    fn edit(&self, id: &TicketId, edit: &Edit) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Links two tickets; a link that exists is left as it is.
    fn link(
        &self,
        from: &TicketId,
        kind: LinkKind,
        to: &TicketId,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Moves a ticket to a status through the one transition that leads there; a ticket that is already there is left
    /// as it is. [`Failure::Refused`] names the statuses that are available.
    fn go(&self, id: &TicketId, to: &Move) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Attaches a file to a ticket. It is sent once; for one that is too large, [`Failure::Refused`] names the limit.
    fn attach(&self, id: &TicketId, file: &Attachment) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Links a ticket to the web; a link with the same id is replaced in its place.
    fn remote(&self, id: &TicketId, link: &Remote) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Removes a web link from a ticket; it is fine if there is none.
    fn unremote(&self, id: &TicketId, link: &str) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Deletes a ticket with everything attached to it.
    fn delete(&self, id: &TicketId) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Removes these labels, the record and these slices from a ticket; it is fine if some are not there. The labels go
    /// last, so that a ticket that was only partly processed is found again.
    fn unmark(
        &self,
        id: &TicketId,
        labels: &[String],
        slices: &[SliceId],
    ) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A ticket that was just created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it is identified by.
    pub id: TicketId,
    /// What people know it as.
    pub key: TicketKey,
}

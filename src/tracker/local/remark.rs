//! Changes that a person made to the folder: harmless, but not with the effect that they may expect.

use super::Local;
use super::page::TicketFile;
use crate::model::answer::Failure;
use crate::model::scan::Problem;
use crate::model::ticket::{Ticket, TicketKey};

impl Local {
    /// Remembers anything unusual about an open ticket's files, once.
    pub(super) fn remark(&self, ticket: &Ticket, page: &TicketFile) -> Result<(), Failure> {
        let number = ticket.key.number();
        let other = page.front.key.as_deref().and_then(TicketKey::parse).filter(|own| own.number() != number);
        let problem = match other {
            _ if !ticket.is_open() => return Ok(()),
            Some(own) => Some(copy(&self.folder.shown(&ticket.key), &own)),
            None => {
                self.folder.lost(number, page)?.map(|path| lost(&ticket.key, &path.display().to_string()))
            }
        };
        if let (Some(problem), Ok(mut remarks)) = (problem, self.remarks.lock()) {
            remarks.entry(number).or_insert(problem.foreign());
        }
        Ok(())
    }
}

fn copy(file: &str, own: &TicketKey) -> Problem {
    let message = format!(
        "its `key` is {own}, so casefile treats the file as a copy that a person made, and never writes \
         to it"
    );
    Problem::new(file, message).hint(format!(
        "delete the copy, or rename the file back to {own}.md; if it is meant to be a separate ticket, remove \
         `key` and the labels that begin with `casefile` from it instead"
    ))
}

fn lost(key: &TicketKey, path: &str) -> Problem {
    let message = format!("casefile's record of this ticket, {path}, is missing or damaged");
    Problem::new(key.to_string(), message).hint(
        "nothing is filed twice; the next run writes a new record, which lacks the \
               results of earlier scans",
    )
}

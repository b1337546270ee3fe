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
    let message =
        format!("its `key` says {own}, so it is treated as a person's copy, which is never written to");
    Problem::new(file, message).hint(format!(
        "delete the copy; or name the file {own}.md again; or, if it is a ticket of its own, remove `key` and the \
         labels that begin with `casefile` from it"
    ))
}

fn lost(key: &TicketKey, path: &str) -> Problem {
    let message = format!("casefile's record of it in {path} is lost or damaged");
    Problem::new(key.to_string(), message)
        .hint("nothing is filed twice; a run writes a new one, but what earlier scans saw is lost")
}

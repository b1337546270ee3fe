//! What a ticket has besides its fields: files in a folder with its name, links to the web in its front matter, and
//! casefile's own marks.

use super::Local;
use super::folder::{Writer, refused};
use crate::model::answer::Failure;
use crate::model::slice::SliceId;
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::model::write::Remote;

/// The longest id of a link, as in Jira, so that what works here works there.
const LINK_ID_LIMIT: usize = 255;

impl Local {
    /// Tickets by the key that they have, or had when they were created.
    pub(super) fn find(&self, wanted: &[TicketKey]) -> Result<Vec<Ticket>, Failure> {
        let tickets = self.folder.tickets()?;
        let mut found = Vec::new();
        for key in wanted {
            let Some(now) = tickets.get(&key.number()) else { continue };
            let is = now == key || self.folder.page(now)?.front.key.as_deref() == Some(key.as_str());
            found.extend(is.then(|| now.clone()));
        }
        found.sort_by_key(TicketKey::number);
        found.dedup();
        self.read(found.into_iter(), |_| true)
    }

    /// Removes labels, record and slices from a ticket; its text names the sidecar without them, so that all of it
    /// happens at once.
    pub(super) fn strip(
        &self,
        writer: &Writer<'_>,
        id: &TicketId,
        labels: &[String],
        slices: &[SliceId],
    ) -> Result<(), Failure> {
        let (key, mut page) = self.open(id)?;
        let mut sidecar = self.folder.sidecar(id.id, &page)?;
        page.front.labels.retain(|label| !labels.contains(label));
        sidecar.unset(slices);
        writer.write(&key, &mut page, &sidecar)
    }
}

/// Checks for what Jira would refuse, too.
pub(super) fn check(link: &Remote) -> Result<(), Failure> {
    if link.id.encode_utf16().count() > LINK_ID_LIMIT {
        return Err(refused(format!("a link's ID can have at most {LINK_ID_LIMIT} characters")));
    }
    if link.title.trim().is_empty() || link.url.trim().is_empty() {
        return Err(refused("a link needs a title and an address".to_owned()));
    }
    Ok(())
}

/// Adds or replaces a link; returns whether that changed anything.
pub(super) fn put(links: &mut Vec<Remote>, link: &Remote) -> bool {
    match links.iter_mut().find(|own| own.id == link.id) {
        Some(own) if own == link => false,
        Some(own) => {
            own.clone_from(link);
            true
        }
        None => {
            links.push(link.clone());
            true
        }
    }
}

/// Removes a link; returns whether it existed.
pub(super) fn take(links: &mut Vec<Remote>, link: &str) -> bool {
    let before = links.len();
    links.retain(|own| own.id != link);
    links.len() < before
}

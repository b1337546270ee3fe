//! The tickets that a section references. A description can be edited by anybody, so a reference is a claim: the ticket
//! is shown only if the tracker confirms that it carries one of the repository's labels.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::section;
use crate::compose::timeline::{CurrentTicket, LastWritten};
use crate::model::answer::{Answer, Ask, Failure, IDS_AT_ONCE};
use crate::model::section::{Section, Shown};
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::pipeline::annotate::section_builder::SectionBuilder;
use crate::pipeline::job::Job;
use crate::tracker::Read;

/// How many referenced tickets are read at most, because anybody can add more to a description.
pub(crate) const MOST_REFERENCES: usize = 200;

/// The site where the tickets are.
#[derive(Clone, Copy)]
pub(crate) struct TicketSite<'s> {
    /// Its name.
    pub(crate) name: &'s str,
    /// Whether there are others.
    pub(super) others: bool,
}

impl<'s> TicketSite<'s> {
    /// The site of a job's tracker.
    pub(crate) fn of<T: Read>(tracker: &'s T, job: &Job<'_>) -> TicketSite<'s> {
        TicketSite { name: tracker.site(), others: job.other_sites }
    }
}

/// The tickets that a section references and that may be this site's, each once.
pub(crate) fn referenced(section: &Section, site: TicketSite<'_>) -> BTreeSet<u64> {
    let former: BTreeSet<&TicketId> = of_other_sites(section, site).map(|shown| &shown.ticket).collect();
    let rows = section.scans.values().flatten().map(|row| &row.ticket);
    let may_be = |ticket: &&TicketId| ticket.site == site.name || former.contains(ticket);
    rows.filter(may_be).map(|ticket| ticket.id).collect()
}

/// The tickets of other sites as a section shows them. This site may have had such a name before; then it has a ticket
/// with the same ID and key.
fn of_other_sites<'s>(section: &'s Section, site: TicketSite<'s>) -> impl Iterator<Item = &'s Shown> {
    let other = move |shown: &&Shown| !site.others && shown.ticket.site != site.name;
    section.shown.iter().filter(other).filter(|shown| TicketKey::parse(&shown.key).is_some())
}

/// Asks for tickets. One without an answer is deleted, or hidden.
pub(crate) async fn read_tickets<T: Read>(
    tracker: &T,
    ids: &[u64],
    read: &mut BTreeMap<u64, Option<Ticket>>,
) -> Result<(), Failure> {
    for ids in ids.chunks(IDS_AT_ONCE) {
        if let Answer::Tickets(tickets) = tracker.answer(&Ask::Ids(ids.to_vec())).await? {
            read.extend(ids.iter().map(|id| (*id, None)));
            read.extend(tickets.into_iter().map(|ticket| (ticket.id.id, Some(ticket))));
        }
    }
    Ok(())
}

impl SectionBuilder<'_> {
    /// Verifies the tickets that the rows of other jobs reference, and shows those that the tracker confirms. A deleted
    /// ticket is shown as such, with the key that it had. `labels`: the repository's.
    ///
    /// # Errors
    /// The tracker could not be queried; what it answered before is kept.
    pub(crate) async fn verify_references<T: Read>(
        &mut self,
        tracker: &T,
        labels: &[String],
        body: &str,
    ) -> Result<(), Failure> {
        let site = TicketSite { name: tracker.site(), others: self.other_sites };
        let before = section::read(body);
        let mut old = before.clone();
        self.remove_own_rows(&mut old);
        let unseen = self.unseen(&before);
        let asked = self.read_references(tracker, &(&referenced(&old, site) | &unseen)).await;
        // their rows are replaced, but the timeline reports them
        for id in unseen {
            if matches!(self.read.get(&id), Some(None)) {
                self.show_deleted(id, &before);
            }
        }
        let former: Vec<Shown> = of_other_sites(&old, site).cloned().collect();
        former.into_iter().for_each(|shown| self.recognise_renamed(shown, labels));
        let old = old.renamed(&self.renamed);
        for id in self.unshown(&old) {
            match self.read.get(&id).cloned() {
                Some(Some(ticket)) if ticket.has_any(labels) => {
                    self.show(&ticket);
                    self.note_current(&ticket);
                }
                Some(None) => self.show_deleted(id, &old),
                // it belongs to another repository, or nothing is known about it
                Some(Some(_)) | None => {}
            }
        }
        asked
    }

    /// Removes the rows that this run replaces. Rows of another site stay: they may belong to this site under a former
    /// name.
    fn remove_own_rows(&self, old: &mut Section) {
        let replaced = old.scans.iter_mut().filter(|(scan, _)| self.scans.contains_key(*scan));
        replaced.for_each(|(_, rows)| rows.retain(|row| row.ticket.site != self.site));
    }

    /// The tickets of this site, in rows that this run replaces, that it has not seen: their findings may be gone, or
    /// the tickets themselves.
    fn unseen(&self, before: &Section) -> BTreeSet<u64> {
        let replaced = before.scans.iter().filter(|(scan, _)| self.scans.contains_key(*scan));
        let rows = replaced.flat_map(|(_, rows)| rows).map(|row| &row.ticket);
        rows.filter(|ticket| ticket.site == self.site && !self.has(ticket.id))
            .map(|ticket| ticket.id)
            .collect()
    }

    /// Reads the referenced tickets that are not known yet, as many as the budget allows.
    async fn read_references<T: Read>(
        &mut self,
        tracker: &T,
        referenced: &BTreeSet<u64>,
    ) -> Result<(), Failure> {
        let unknown = referenced.iter().copied().filter(|id| !self.read.contains_key(id) && !self.has(*id));
        let unknown: Vec<u64> = unknown.take(self.budget).collect();
        self.budget -= unknown.len();
        read_tickets(tracker, &unknown, &mut self.read).await
    }

    /// Takes a ticket of another site for this site's if ID and key are the same, the label is the repository's, and
    /// the ticket's record says that the site had that name. Two sites that were set up alike have the same IDs and
    /// keys.
    fn recognise_renamed(&mut self, was: Shown, labels: &[String]) {
        let now = TicketId { site: self.site.clone(), id: was.ticket.id };
        if let Some(ticket) = self.read.get(&now.id).cloned().flatten() {
            self.note_sites(&ticket);
        }
        if !self.sites.get(&now.id).is_some_and(|sites| sites.contains(&was.ticket.site)) {
            return;
        }
        let is_shown = self.shown.get(&now).is_some_and(|shown| shown.key == was.key);
        let read = self.read.get(&now.id).and_then(Option::as_ref);
        let is_there = read.is_some_and(|ticket| ticket.key.as_str() == was.key && ticket.has_any(labels));
        if is_shown || is_there {
            self.renamed.insert(was.ticket, now);
        }
    }

    /// The tickets of this site that a section references and that are not shown yet.
    fn unshown(&self, old: &Section) -> BTreeSet<u64> {
        let rows = old.scans.values().flatten().map(|row| &row.ticket);
        let own = rows.filter(|ticket| ticket.site == self.site).map(|ticket| ticket.id);
        own.filter(|id| !self.has(*id)).collect()
    }

    /// Shows a ticket that no longer exists as the section showed it, without its status.
    fn show_deleted(&mut self, id: u64, old: &Section) {
        let ticket = TicketId { site: self.site.clone(), id };
        let was = old.shown.iter().find(|was| was.ticket == ticket);
        let Some(was) = was.filter(|was| TicketKey::parse(&was.key).is_some()) else { return };
        let shown = Shown { status: None, ..was.clone() };
        let current = CurrentTicket { shown: shown.clone(), own: LastWritten::default() };
        self.current.insert(ticket.clone(), current);
        self.shown.insert(ticket, shown);
    }

    fn has(&self, id: u64) -> bool {
        self.shown.contains_key(&TicketId { site: self.site.clone(), id })
    }
}

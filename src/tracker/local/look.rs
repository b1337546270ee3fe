//! Reading: the files' content as tickets, slices and texts.

use std::collections::BTreeMap;

use super::front::FrontMatter;
use super::{Local, SITE, account, workflow};
use crate::model::answer::{Answer, Failure, TicketTexts};
use crate::model::fingerprint::Fingerprint;
use crate::model::slice::SliceId;
use crate::model::ticket::{Category, Person, Ticket, TicketId, TicketKey, token};

impl Local {
    /// The tickets for which `wanted` holds, ordered by id.
    pub(super) fn tickets(&self, wanted: impl Fn(&Ticket) -> bool) -> Result<Vec<Ticket>, Failure> {
        self.read(self.folder.tickets()?.into_values(), wanted)
    }

    /// The tickets whose description contains the reference word of any of these names.
    pub(super) fn mentioned(&self, names: &[Fingerprint]) -> Result<Vec<Ticket>, Failure> {
        let words: Vec<String> = names.iter().copied().map(token).collect();
        let mut found = Vec::new();
        for key in self.folder.tickets()?.into_values() {
            let body = self.folder.page(&key)?.body;
            if words.iter().any(|word| body.contains(word)) {
                found.push(key);
            }
        }
        self.read(found.into_iter(), |_| true)
    }

    pub(super) fn read(
        &self,
        keys: impl Iterator<Item = TicketKey>,
        wanted: impl Fn(&Ticket) -> bool,
    ) -> Result<Vec<Ticket>, Failure> {
        let mut tickets = Vec::new();
        for key in keys {
            let page = self.folder.page(&key)?;
            let mut ticket = self.ticket(key, &page.front);
            if wanted(&ticket) {
                ticket.record = self.folder.sidecar(ticket.id.id, &page)?.record();
                self.remark(&ticket, &page)?;
                tickets.push(ticket);
            }
        }
        Ok(tickets)
    }

    /// What the front matter says; the record is not part of it.
    pub(super) fn ticket(&self, key: TicketKey, front: &FrontMatter) -> Ticket {
        let status = workflow::status(&front.status);
        let done = status.category == Category::Done;
        let own =
            front.key.as_deref().and_then(TicketKey::parse).is_some_and(|own| own.number() == key.number());
        Ticket {
            id: TicketId { site: SITE.into(), id: key.number() },
            url: self.folder.shown(&key),
            key,
            summary: front.summary.clone(),
            status,
            resolution: front.resolution.clone().filter(|_| done),
            resolved: front.resolved.filter(|_| done),
            priority: front.priority.clone(),
            assignee: front.assignee.clone().map(|name| Person { id: name.clone(), name }),
            due: front.due,
            labels: front.labels.clone(),
            creator: Some(if own { account() } else { somebody() }),
            created: front.created,
            record: None,
            own: BTreeMap::new(),
        }
    }

    pub(super) fn slices(&self, wanted: &[(u64, Vec<SliceId>)]) -> Result<Answer, Failure> {
        let keys = self.folder.tickets()?;
        let mut slices = Vec::new();
        for (id, names) in wanted {
            let Some(key) = keys.get(id) else { continue };
            let sidecar = self.folder.sidecar(*id, &self.folder.page(key)?)?;
            let found = names.iter().filter_map(|name| Some((*id, name.clone(), sidecar.slice(name)?)));
            slices.extend(found);
        }
        Ok(Answer::Slices(slices))
    }

    /// The tickets for which `wanted` holds, with the digests of these slices.
    pub(super) fn tickets_with(
        &self,
        own: &[SliceId],
        wanted: impl Fn(&Ticket) -> bool,
    ) -> Result<Vec<Ticket>, Failure> {
        let mut tickets = self.tickets(wanted)?;
        for ticket in &mut tickets {
            let sidecar = self.folder.sidecar(ticket.id.id, &self.folder.page(&ticket.key)?)?;
            let digest = |id: &SliceId| sidecar.slice(id).map(|slice| slice.digest());
            ticket.own = own.iter().map(|id| (id.clone(), digest(id))).collect();
        }
        Ok(tickets)
    }

    pub(super) fn all_slices(&self, ids: &[u64]) -> Result<Answer, Failure> {
        let keys = self.folder.tickets()?;
        let mut slices = Vec::new();
        for id in ids {
            let Some(key) = keys.get(id) else { continue };
            let sidecar = self.folder.sidecar(*id, &self.folder.page(key)?)?;
            slices.extend(sidecar.slice_ids().map(|name| (*id, name.clone(), sidecar.slice(name))));
        }
        Ok(Answer::AllSlices(slices))
    }

    pub(super) fn texts(&self, wanted: &[u64]) -> Result<Answer, Failure> {
        let keys = self.folder.tickets()?;
        let mut texts = Vec::new();
        for id in wanted {
            let Some(key) = keys.get(id) else { continue };
            let page = self.folder.page(key)?;
            let description = self.folder.sidecar(*id, &page)?.plain(&page.body);
            let comments = page.comment_count();
            texts.push((*id, TicketTexts { summary: page.front.summary, description, comments }));
        }
        Ok(Answer::Texts(texts))
    }
}

/// Whoever created a file by hand.
fn somebody() -> Person {
    Person { id: "person".into(), name: "a person".into() }
}

//! Writes to Jira: bulk creates, edits as one unit, links.

use std::collections::BTreeMap;

use super::failure::check;
use super::{Jira, bulk};
use crate::model::answer::Failure;
use crate::model::record::LinkKind;
use crate::model::ticket::TicketId;
use crate::model::write::{Draft, Edit};
use crate::tracker::Made;

/// How many issues one bulk create takes.
pub(super) const BATCH: usize = 50;

impl Jira {
    pub(super) async fn created(&self, drafts: &[Draft]) -> Vec<Result<Made, Failure>> {
        let mut outcomes = Vec::with_capacity(drafts.len());
        // what comes first is on top, so that outcomes keep the order of the drafts
        let mut left: Vec<&[Draft]> = drafts.chunks(BATCH).rev().collect();
        while let Some(drafts) = left.pop() {
            match self.client.send(&self.dialect.create(drafts)).await {
                // nothing happened: half of it may be small enough
                Ok(answer) if answer.status == 413 && drafts.len() > 1 => {
                    let (one, other) = drafts.split_at(drafts.len() / 2);
                    left.extend([other, one]);
                }
                // an old server, or a proxy that does not let this path through: nothing happened either
                Ok(answer) if answer.status == 404 && !self.dialect.searches_properties() => {
                    for draft in drafts {
                        let answer = self.client.send(&self.dialect.create_one(draft)).await;
                        outcomes.push(answer.and_then(|answer| bulk::outcome(answer, &self.site)));
                    }
                }
                Ok(answer) => outcomes.extend(bulk::outcomes(answer, drafts.len(), &self.site)),
                Err(failure) => outcomes.extend(vec![Err(failure); drafts.len()]),
            }
        }
        outcomes
    }

    pub(super) async fn edited(&self, id: &TicketId, edit: &Edit) -> Result<(), Failure> {
        if edit.is_empty() {
            return Ok(());
        }
        self.client.send_only(&self.dialect.edit(self.own(id)?, edit, self.internal_comments)).await
    }

    pub(super) async fn linked(&self, from: &TicketId, kind: LinkKind, to: &TicketId) -> Result<(), Failure> {
        let answer = self.client.send(&self.dialect.link(self.own(from)?, kind, self.own(to)?)).await?;
        match (answer.status, check(answer)) {
            // Jira does not say which of the two is gone, or whether linking is disabled
            (404, Err(Failure::Gone)) => {
                Err(refused("one of the two tickets is not visible, or linking is disabled"))
            }
            (_, checked) => checked.map(drop),
        }
    }

    /// The numeric id of a ticket of this site: ids from another site would mean other tickets here.
    pub(super) fn own(&self, id: &TicketId) -> Result<u64, Failure> {
        if id.site == self.site {
            Ok(id.id)
        } else {
            Err(refused(&format!("the ticket belongs to {}, not to {}", id.site, self.site)))
        }
    }
}

pub(super) fn refused(message: &str) -> Failure {
    Failure::Refused { fields: BTreeMap::new(), message: message.to_owned() }
}

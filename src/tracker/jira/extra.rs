//! What a ticket has besides its fields: files, and casefile's own marks.

use std::collections::BTreeSet;

use super::Jira;
use super::dialect::Call;
use super::write::refused;
use crate::model::answer::Failure;
use crate::model::slice::{PROPERTY, SliceId};
use crate::model::ticket::TicketId;
use crate::model::write::{Attachment, Edit};

impl Jira {
    /// Attaches a file if the site accepts it: one that is too large is not sent at all.
    pub(super) async fn attached(&self, id: &TicketId, file: &Attachment) -> Result<(), Failure> {
        let id = self.own(id)?;
        let ask = self.dialect.attachment_limit();
        let settings = self.attachments.get_or_try_init(|| self.client.ask(&ask)).await?;
        if !settings.enabled {
            return Err(refused("attachments are disabled on this site"));
        }
        let size = file.content.len() as u64;
        match settings.upload_limit {
            Some(limit) if size > limit => Err(refused(&format!(
                "{} is {size} bytes long, but the site accepts at most {limit}",
                file.name
            ))),
            _ => self.client.upload(&self.dialect.attach(id), file).await,
        }
    }

    /// Removes the slices, the record and the labels, in this order: the ticket is found by its labels until the rest
    /// is gone. Slices that no record lists any more are removed, too.
    pub(super) async fn unmarked(
        &self,
        id: &TicketId,
        labels: &[String],
        slices: &[SliceId],
    ) -> Result<(), Failure> {
        let number = self.own(id)?;
        let there = self.slice_ids(number).await?;
        let slices: BTreeSet<&SliceId> = slices.iter().chain(&there).collect();
        let properties = slices.into_iter().map(SliceId::property).chain([PROPERTY.to_owned()]);
        for property in properties {
            self.absent(&self.dialect.unset(number, &property)).await?;
        }
        self.edited(id, &Edit { labels_removed: labels.to_vec(), ..Edit::default() }).await
    }

    /// Deletes something; it is fine if it does not exist.
    pub(super) async fn absent(&self, call: &Call) -> Result<(), Failure> {
        match self.client.send_only(call).await {
            Err(Failure::Gone) => Ok(()),
            other => other,
        }
    }
}

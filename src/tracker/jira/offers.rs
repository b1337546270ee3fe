//! What a site offers whatever the project, and what can be changed on a ticket: asked before anything is filed.

use serde::de::DeserializeOwned;

use super::project::take;
use super::ticket::status;
use super::{Jira, wire};
use crate::model::answer::{Failure, Offers, ProjectName, Takes};

/// How many projects are listed at most, plus or minus a page.
const PROJECTS: usize = 500;

impl Jira {
    /// What the account cannot see is left empty: that is no reason to file nothing.
    pub(super) async fn offers(&self) -> Result<Offers, Failure> {
        let projects: Vec<wire::WireProject> = available(self.all("project").await)?;
        let resolutions: Vec<wire::WireNamed> = available(self.all("resolution").await)?;
        let links =
            available(self.client.ask::<wire::LinkTypes>(&self.dialect.link_types()).await.map(Some))?;
        let files = self.client.ask::<wire::AttachmentSettings>(&self.dialect.attachment_limit()).await;
        Ok(Offers {
            projects: projects.into_iter().map(|one| ProjectName { key: one.key, name: one.name }).collect(),
            resolutions: resolutions.into_iter().map(|one| one.name).collect(),
            links: links
                .map(|links| links.types)
                .unwrap_or_default()
                .into_iter()
                .map(|one| one.name)
                .collect(),
            attachments: available(files.map(Some))?.is_some_and(|settings| settings.enabled),
        })
    }

    async fn all<T: DeserializeOwned>(&self, what: &'static str) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        while all.len() < PROJECTS {
            let more = match self.client.ask(&self.dialect.all(what, all.len())).await? {
                wire::WireList::All(listed) => return Ok(listed),
                wire::WireList::Page(page) => take(&mut all, page),
            };
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// Where a ticket can be moved to, and what can be changed on it.
    pub(super) async fn takes(&self, ticket: u64) -> Result<Takes, Failure> {
        let open: wire::Transitions = self.client.ask(&self.dialect.transitions(ticket)).await?;
        let screen: wire::EditMeta = self.client.ask(&self.dialect.edit_screen(ticket)).await?;
        Ok(Takes {
            statuses: open.transitions.into_iter().map(|transition| status(transition.to)).collect(),
            fields: screen.fields.into_keys().collect(),
        })
    }
}

/// An answer, or nothing if the site does not have that or does not show it to this account.
fn available<T: Default>(answer: Result<T, Failure>) -> Result<T, Failure> {
    match answer {
        Err(Failure::Gone | Failure::Refused { .. } | Failure::Scope(_)) => Ok(T::default()),
        other => other,
    }
}

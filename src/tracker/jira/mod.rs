//! Jira: one client, and a dialect for each kind, which only shapes requests and reads answers.

mod auth;
mod bulk;
mod client;
mod dialect;
mod extra;
mod failure;
pub(crate) mod hooks;
pub mod jql;
mod lookup;
mod offers;
mod page;
mod project;
mod read;
mod slices;
#[cfg(test)]
mod tests;
mod ticket;
mod transition;
mod wire;
mod write;

use tokio::sync::OnceCell;

pub use self::auth::{ConsentedSite, Credentials, Gateway, Grant, OauthApp, Vault, is_cloud_id};
use self::client::JiraClient;
use self::dialect::{Cloud, DataCenter, Dialect};
pub use self::hooks::{Hook, Hooked};
use crate::document::Document;
use crate::http::{self, Base};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::auth_method::AuthMethod;
use crate::model::record::LinkKind;
use crate::model::slice::SliceId;
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::model::write::{Attachment, Draft, Edit, Move, Remote};
use crate::tracker::{Made, Read, Write};

/// A Jira site, as one account sees it.
pub struct Jira {
    client: JiraClient,
    site: String,
    dialect: Box<dyn Dialect>,
    /// Whether comments on service desk tickets are for agents only.
    internal_comments: bool,
    /// Looked up when the first file is attached.
    attachments: OnceCell<wire::AttachmentSettings>,
}

impl Jira {
    /// A site of Jira Cloud. Nothing is sent yet.
    pub fn cloud(http: http::Client, base: Base, auth: Credentials) -> Jira {
        Jira::of(http, base, auth, Box::new(Cloud))
    }

    /// A Jira Data Center; its base URL ends with the context path. Nothing is sent yet.
    pub fn data_center(http: http::Client, base: Base, auth: Credentials) -> Jira {
        Jira::of(http, base, auth, Box::new(DataCenter))
    }

    fn of(http: http::Client, base: Base, auth: Credentials, dialect: Box<dyn Dialect>) -> Jira {
        let (site, client) = (base.site(), JiraClient::new(http, base, auth));
        Jira { site, client, dialect, internal_comments: true, attachments: OnceCell::new() }
    }

    /// The same, with comments on service desk tickets either visible to customers or not.
    #[must_use]
    pub fn with_internal_comments(self, internal: bool) -> Jira {
        Jira { internal_comments: internal, ..self }
    }

    /// The authentication method.
    pub fn method(&self) -> AuthMethod {
        self.client.method()
    }

    /// Whether it is Jira Cloud; if not, it is Jira Data Center.
    pub fn is_cloud(&self) -> bool {
        self.dialect.searches_properties()
    }
}

impl Read for Jira {
    fn site(&self) -> &str {
        &self.site
    }

    fn page(&self, key: &TicketKey) -> String {
        self.client.base.at(["browse", key.as_str()]).into()
    }

    fn fit(&self, document: Document) -> Document {
        self.dialect.fit(document)
    }

    async fn answer(&self, ask: &Ask) -> Result<Answer, Failure> {
        self.answered(ask).await
    }

    async fn newer(&self, project: &str, known: Option<u64>) -> Result<Vec<Ticket>, Failure> {
        self.newer_than(project, known).await
    }

    fn requests(&self) -> u64 {
        self.client.http.requests()
    }
}

impl Write for Jira {
    fn batch(&self) -> usize {
        write::BATCH
    }

    async fn create(&self, drafts: &[Draft]) -> Vec<Result<Made, Failure>> {
        self.created(drafts).await
    }

    async fn edit(&self, id: &TicketId, edit: &Edit) -> Result<(), Failure> {
        self.edited(id, edit).await
    }

    async fn link(&self, from: &TicketId, kind: LinkKind, to: &TicketId) -> Result<(), Failure> {
        self.linked(from, kind, to).await
    }

    async fn go(&self, id: &TicketId, to: &Move) -> Result<(), Failure> {
        self.gone_to(id, to).await
    }

    async fn attach(&self, id: &TicketId, file: &Attachment) -> Result<(), Failure> {
        self.attached(id, file).await
    }

    async fn remote(&self, id: &TicketId, link: &Remote) -> Result<(), Failure> {
        self.client.send_only(&self.dialect.remote(self.own(id)?, link)).await
    }

    async fn unremote(&self, id: &TicketId, link: &str) -> Result<(), Failure> {
        self.absent(&self.dialect.unremote(self.own(id)?, link)).await
    }

    async fn delete(&self, id: &TicketId) -> Result<(), Failure> {
        self.client.send_only(&self.dialect.delete(self.own(id)?)).await
    }

    async fn unmark(&self, id: &TicketId, labels: &[String], slices: &[SliceId]) -> Result<(), Failure> {
        self.unmarked(id, labels, slices).await
    }
}

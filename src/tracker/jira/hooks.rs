//! Jira's webhooks: the one that calls `casefile serve` is found by its address, created if it is missing, and renewed
//! before it expires.
//!
//! Admin webhooks need the permission "Administer Jira" (Atlassian, "Webhooks": `/rest/webhooks/1.0/webhook` on Cloud,
//! `/rest/jira-webhook/1.0/webhooks` on Data Center 10.0 and later). An OAuth app has dynamic ones
//! (`registerDynamicWebhooks`), which expire after 30 days.

use reqwest::Method as Verb;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Jira;
use super::dialect::Call;
use super::failure::check;
use crate::http::Repeat;
use crate::model::answer::Failure;
use crate::model::auth_method::AuthMethod;
use crate::model::ticket::LABEL;

/// Its name in Jira's own list.
const NAME: &str = "casefile";

/// The events that change a ticket.
const EVENTS: [&str; 2] = ["jira:issue_updated", "jira:issue_deleted"];

/// More webhooks than an app can have.
const PAGE: u32 = 100;

/// A webhook that should exist.
#[derive(Debug, Clone, Copy)]
pub struct Hook<'a> {
    /// Where it is sent.
    pub url: &'a str,
    /// What it is signed with; dynamic ones are authenticated with the app's own secret.
    pub secret: Option<&'a SecretString>,
    /// The projects whose tickets a dynamic one is for: its filter does not support labels.
    pub projects: &'a [String],
}

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hooked {
    /// It existed.
    Kept,
    /// It was created.
    Made,
    /// It existed, and is valid for another 30 days.
    Renewed,
}

#[derive(Deserialize)]
struct Registered {
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct WebhookPage {
    #[serde(default)]
    values: Vec<Registered>,
}

/// `ContainerForRegisteredWebhooks`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Results {
    webhook_registration_result: Vec<WebhookOutcome>,
}

#[derive(Deserialize)]
pub(crate) struct WebhookOutcome {
    #[serde(default)]
    errors: Vec<String>,
}

impl Jira {
    /// Makes sure that a webhook with this address exists. An existing one stays as it is.
    ///
    /// # Errors
    /// [`Failure::Scope`] if the account is not allowed to have webhooks, and any failure on the way.
    pub async fn hook(&self, hook: &Hook<'_>) -> Result<Hooked, Failure> {
        let done = match self.method() {
            AuthMethod::Oauth => self.dynamic(hook).await,
            _ => self.by_admin(hook).await,
        };
        done.map_err(|failure| match failure {
            Failure::Gone | Failure::Scope(_) if self.method() == AuthMethod::Oauth => {
                Failure::Scope(format!(
                    "the login is not allowed to register webhooks; run `casefile login --webhooks` \
                     ({failure})"
                ))
            }
            Failure::Gone | Failure::Scope(_) => Failure::Scope(format!(
                "the account is not allowed to register webhooks; it needs the permission \"Administer Jira\" \
                 ({failure})"
            )),
            other => other,
        })
    }

    async fn by_admin(&self, hook: &Hook<'_>) -> Result<Hooked, Failure> {
        let Some(secret) = hook.secret else {
            return Err(refused("a webhook cannot be registered without a secret"));
        };
        let filters = json!({"issue-related-events-section": format!("labels = {LABEL}")});
        let mut body = json!({"name": NAME, "url": hook.url, "events": EVENTS, "filters": filters});
        let path: &[&str] = if self.method().is_for_cloud() {
            body["excludeBody"] = json!(false);
            body["secret"] = json!(secret.expose_secret());
            &["rest", "webhooks", "1.0", "webhook"]
        } else {
            body["active"] = json!(true);
            body["configuration"] = json!({"EXCLUDE_BODY": "false", "SECRET": secret.expose_secret()});
            &["rest", "jira-webhook", "1.0", "webhooks"]
        };
        let there: Vec<Registered> = self.client.ask(&call(Verb::GET, path, None)).await?;
        if there.iter().any(|one| one.url == hook.url) {
            return Ok(Hooked::Kept);
        }
        let mut answer = self.client.send(&call(Verb::POST, path, Some(body))).await?;
        if !(200..300).contains(&answer.status) {
            // the answer may quote what it was sent
            let said = String::from_utf8_lossy(&answer.body).replace(secret.expose_secret(), "***");
            answer.body = said.into_bytes();
        }
        check(answer).map(|_| Hooked::Made)
    }

    async fn dynamic(&self, hook: &Hook<'_>) -> Result<Hooked, Failure> {
        let path = &["rest", "api", "3", "webhook"];
        let mut list = call(Verb::GET, path, None);
        list.query = vec![("maxResults", PAGE.to_string())];
        let there: WebhookPage = self.client.ask(&list).await?;
        let ids: Vec<u64> =
            there.values.iter().filter(|one| one.url == hook.url).filter_map(|one| one.id).collect();
        if !ids.is_empty() {
            let path = &["rest", "api", "3", "webhook", "refresh"];
            self.client.send_only(&call(Verb::PUT, path, Some(json!({"webhookIds": ids})))).await?;
            return Ok(Hooked::Renewed);
        }
        let projects: Vec<String> = hook.projects.iter().map(|key| format!("\"{key}\"")).collect();
        if projects.is_empty() {
            return Err(refused(
                "a dynamic webhook needs at least one project; set `serve.sites.NAME.projects`",
            ));
        }
        let filter = format!("project in ({})", projects.join(", "));
        let body = json!({"url": hook.url, "webhooks": [{"events": EVENTS, "jqlFilter": filter}]});
        let answer = check(self.client.send(&call(Verb::POST, path, Some(body))).await?)?;
        let results: Results = serde_json::from_slice(&answer.body)
            .map_err(|why| Failure::Unknown(format!("Jira's response cannot be parsed ({why})")))?;
        let errors: Vec<String> =
            results.webhook_registration_result.into_iter().flat_map(|one| one.errors).collect();
        if errors.is_empty() { Ok(Hooked::Made) } else { Err(refused(&errors.join("; "))) }
    }
}

/// A registration is not repeated blindly: two webhooks would send everything twice.
fn call(method: Verb, path: &[&str], body: Option<Value>) -> Call {
    let repeat = if method == Verb::POST { Repeat::IfRefused } else { Repeat::Yes };
    Call {
        method,
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        query: Vec::new(),
        body,
        repeat,
    }
}

fn refused(message: &str) -> Failure {
    Failure::Refused { fields: Default::default(), message: message.to_owned() }
}

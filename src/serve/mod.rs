//! `casefile serve`: Jira's webhooks, each a hint to read a ticket again and to bring the pull requests that show it up
//! to date. It keeps no state; any number of them may run at the same time.
//!
//! 1. `listen` takes connections that `admission` lets in, one request each, with a time limit for each part of it.
//! 2. `router` bounds the body, checks the `signature`, reads the `hint`, and hands it to the dispatcher.
//! 3. `dispatcher` looks the ticket up, finds the repositories that it belongs to, and updates their pull requests with the
//!    `refresh` of the pipeline; what arrives in the meantime waits in a `coalescer`.
//! 4. `register` keeps the webhooks themselves in Jira.
//!
//! The futures of the pipeline stay on one thread, so the dispatcher has a thread of its own: the one that calls
//! [`serve`]. Connections have the runtime's.

mod admission;
mod alarm;
mod coalescer;
mod dispatcher;
mod hint;
mod listen;
mod log_throttle;
mod register;
mod router;
mod signature;

use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet, spawn_local};
use tokio::time::timeout;
use url::Url;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::github::app::Access;
use crate::model::repository::Repository;
use crate::tracker::jira::Jira;
use alarm::Alarm;
pub use alarm::SlackChannel;
use dispatcher::Dispatcher;
pub use hint::{Hint, TicketHint};
pub use signature::WebhookVerifier;

/// The name in logs of the site without a name.
const DEFAULT: &str = "default";

/// How many hints can wait; the next one is answered with 503, and Jira sends it again.
const WAITING: usize = 2_000;

/// How long work in progress may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);

/// The settings of the server.
pub struct ServeSettings {
    /// What the user configured.
    pub config: Config,
    /// The Jira sites.
    pub sites: Vec<WebhookSite>,
    /// The repositories whose pull requests are kept up to date.
    pub repositories: Vec<Repository>,
    /// Access to GitHub.
    pub github: Access,
    /// The address at which Jira reaches this server, if the webhooks are to be registered.
    pub register: Option<Url>,
    /// The current time.
    pub clock: fn() -> Timestamp,
    /// Who is notified of failures, if anybody.
    pub slack: Option<SlackChannel>,
}

/// A Jira site that sends webhooks.
pub struct WebhookSite {
    /// The end of its path; `None`: the site of `jira`, whose path has no name.
    pub name: Option<String>,
    /// The site.
    pub tracker: Jira,
    /// Verifies that a webhook comes from it.
    pub verifier: WebhookVerifier,
    /// The secret that its webhooks are signed with; `None`: they belong to an OAuth app.
    pub secret: Option<SecretString>,
    /// The projects whose tickets a dynamic webhook is registered for.
    pub projects: Vec<String>,
}

impl WebhookSite {
    /// Its name in logs.
    fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(DEFAULT)
    }
}

/// Serves until `stop` comes; then work in progress is finished, within a time limit.
///
/// # Errors
/// The listener cannot be used.
pub async fn serve(
    listener: TcpListener,
    settings: ServeSettings,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    LocalSet::new().run_until(served(listener, settings, stop)).await
}

async fn served(
    listener: TcpListener,
    settings: ServeSettings,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let address = listener
        .local_addr()
        .map_err(|error| Error::new(crate::error::ErrorClass::Machine, format!("cannot listen: {error}")))?;
    let (orders, mut ordered) = mpsc::channel::<router::Order>(WAITING);
    let ready = Arc::new(AtomicBool::new(false));
    let app = router::router(&settings, orders, Arc::clone(&ready));
    let alarm = Rc::new(Alarm::new(settings.slack.clone()));
    let dispatcher = Rc::new(Dispatcher::new(settings));
    spawn_local(wake(Rc::clone(&dispatcher), Arc::clone(&ready), Rc::clone(&alarm)));
    if let Some(url) = dispatcher.register() {
        for site in 0..dispatcher.sites() {
            spawn_local(register::keep(Rc::clone(&dispatcher), site, url.clone()));
        }
    }
    let working = spawn_local(async move {
        let mut work = JoinSet::new();
        while let Some(order) = ordered.recv().await {
            while work.try_join_next().is_some() {}
            let (dispatcher, alarm) = (Rc::clone(&dispatcher), Rc::clone(&alarm));
            work.spawn_local(async move {
                let outcome = dispatcher.handle(order.site, &order.hint).await;
                let failure = outcome.as_ref().err().cloned();
                // whoever asked may have gone away; the work is still done
                let _ = order.reply.send(outcome);
                if let Some(failure) = failure {
                    alarm.raise("a webhook could not be handled", &failure.message, &failure.hint).await;
                }
            });
        }
        while work.join_next().await.is_some() {}
    });
    tracing::info!(%address, "listening");
    listen::listen(listener, app, stop, || {
        ready.store(false, Ordering::Relaxed);
        tracing::info!("stopping: work in progress will be finished");
    })
    .await;
    if timeout(GRACE, working).await.is_err() {
        tracing::warn!("some webhooks were not handled in time; Jira will send them again");
    }
    tracing::info!("ended");
    Ok(())
}

/// Marks the server as ready as soon as each site and each repository has answered.
async fn wake(dispatcher: Rc<Dispatcher>, ready: Arc<AtomicBool>, alarm: Rc<Alarm>) {
    let mut pause = Duration::from_secs(1);
    while let Err(failure) = dispatcher.look_around().await {
        tracing::warn!(error = %failure.message, hint = %failure.hint, "the server is not ready");
        alarm.raise("the server is not ready", &failure.message, &failure.hint).await;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(60));
    }
    ready.store(true, Ordering::Relaxed);
    tracing::info!("ready");
}

//! HTTP requests and their answers: 200 for everything that is done or not ours, so that nobody learns which tickets
//! and sites there are; 503 for what Jira should send again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http_body_util::BodyExt;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::admission::ConnectionSlot;
use super::dispatcher::{HintOutcome, RetryableFailure};
use super::log_throttle::LogThrottle;
use super::{DEFAULT, Hint, ServeSettings, WebhookVerifier};
use crate::model::ticket::TicketKey;

/// The longest body that is read, in bytes; Jira's are some kilobytes.
const LIMIT: usize = 1 << 20;

/// How much of a longer body is read and discarded, so that its sender receives the answer.
const PAST: usize = 8 << 20;

/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);

/// How long an answer waits for the work. If that takes longer, it goes on, and the answer is 503.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// A hint on its way to the dispatcher, and where its result is awaited.
pub(super) struct Order {
    /// Which of the sites.
    pub(super) site: usize,
    pub(super) hint: Hint,
    pub(super) reply: oneshot::Sender<HintOutcome>,
}

/// What is needed to answer requests.
struct Responder {
    /// By the name in the path; the empty one is the site of `jira`.
    sites: BTreeMap<String, (usize, WebhookVerifier)>,
    orders: mpsc::Sender<Order>,
    ready: Arc<AtomicBool>,
    clock: fn() -> Timestamp,
    throttle: LogThrottle,
}

/// The routes. `orders` closes when the router is dropped.
pub(super) fn router(
    settings: &ServeSettings,
    orders: mpsc::Sender<Order>,
    ready: Arc<AtomicBool>,
) -> Router {
    let sites = settings.sites.iter().enumerate();
    let sites =
        sites.map(|(index, site)| (site.name.clone().unwrap_or_default(), (index, site.verifier.clone())));
    let (clock, throttle) = (settings.clock, LogThrottle::default());
    let responder = Responder { sites: sites.collect(), orders, ready, clock, throttle };
    Router::new()
        .route("/webhooks/jira", post(default))
        .route("/webhooks/jira/{name}", post(named))
        .route("/webhooks/jira/{site}/{key}", post(of_site))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readiness))
        .with_state(Arc::new(responder))
}

async fn readiness(State(responder): State<Arc<Responder>>) -> (StatusCode, &'static str) {
    if responder.ready.load(Ordering::Relaxed) {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

async fn default(
    State(responder): State<Arc<Responder>>,
    Extension(place): Extension<Arc<ConnectionSlot>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    responder.receive("", None, &place, &headers, body).await
}

/// A site's name, or a ticket of the site without a name: Jira's `${issue.key}`. No name of a site contains capitals.
async fn named(
    State(responder): State<Arc<Responder>>,
    Path(name): Path<String>,
    Extension(place): Extension<Arc<ConnectionSlot>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    match TicketKey::parse(&name).filter(|_| !responder.sites.contains_key(&name)) {
        Some(key) => responder.receive("", Some(key), &place, &headers, body).await,
        None => responder.receive(&name, None, &place, &headers, body).await,
    }
}

async fn of_site(
    State(responder): State<Arc<Responder>>,
    Path((site, key)): Path<(String, String)>,
    Extension(place): Extension<Arc<ConnectionSlot>>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    responder.receive(&site, TicketKey::parse(&key), &place, &headers, body).await
}

impl Responder {
    /// `named`: the ticket in the address.
    async fn receive(
        &self,
        key: &str,
        named: Option<TicketKey>,
        place: &ConnectionSlot,
        headers: &HeaderMap,
        body: Body,
    ) -> StatusCode {
        let body = match read(body).await {
            Ok(body) => body,
            Err(status) => return status,
        };
        // a signature for an unknown site takes as long to check as a wrong one
        let known = self.sites.get(key);
        let Some((_, verifier)) = known.or(self.sites.values().next()) else { return StatusCode::OK };
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let fits = verifier.fits_body(header("x-hub-signature"), &body)
            || verifier.fits_app(header("authorization"), (self.clock)());
        let Some((site, _)) = known else {
            tracing::info!("ignored a webhook for an unknown site");
            return StatusCode::OK;
        };
        let key = if key.is_empty() { DEFAULT } else { key };
        if !fits {
            let message = "ignored a webhook that is not signed with the site's secret";
            if let Some(suppressed) = self.throttle.admit(message, Instant::now()) {
                tracing::warn!(site = key, suppressed, "{message}");
            }
            return StatusCode::OK;
        }
        // if the body names the ticket, its number counts, because it stays when the ticket is moved
        let Some(hint) = Hint::read(&body).or_else(|| named.map(Hint::of_key)) else {
            tracing::info!(site = key, "ignored a webhook that is not about a ticket");
            return StatusCode::OK;
        };
        if !place.keep() {
            let message = "too many webhooks are already being handled; Jira will send this one again";
            return self.again(key, &hint.ticket.to_string(), Instant::now(), message, None);
        }
        self.hand_on(*site, hint, key).await
    }

    async fn hand_on(&self, site: usize, hint: Hint, key: &str) -> StatusCode {
        let (ticket, begun) = (hint.ticket.to_string(), Instant::now());
        let (reply, replied) = oneshot::channel();
        if self.orders.try_send(Order { site, hint, reply }).is_err() {
            return self.again(
                key,
                &ticket,
                begun,
                "too many webhooks are already waiting; Jira will send this one again",
                None,
            );
        }
        match timeout(ANSWER_TIME, replied).await {
            Ok(Ok(Ok(done))) => {
                let repositories = done.repositories;
                let (changed, millis) = (done.changed, millis_since(begun));
                tracing::info!(site = key, ticket, repositories, changed, millis, "handled a webhook");
                StatusCode::OK
            }
            Ok(Ok(Err(failure))) => {
                let message = "a webhook could not be handled; Jira will send it again";
                self.again(key, &ticket, begun, message, Some(&failure))
            }
            Ok(Err(_)) | Err(_) => {
                let message = "handling a webhook took too long; Jira will send it again";
                self.again(key, &ticket, begun, message, None)
            }
        }
    }

    /// The answer if it did not work. During an outage, each webhook ends like this.
    fn again(
        &self,
        site: &str,
        ticket: &str,
        begun: Instant,
        message: &'static str,
        failure: Option<&RetryableFailure>,
    ) -> StatusCode {
        let (millis, now) = (millis_since(begun), Instant::now());
        let (error, hint) =
            failure.map_or(("", ""), |failure| (failure.message.as_str(), failure.hint.as_str()));
        match self.throttle.admit(message, now) {
            Some(suppressed) => tracing::warn!(site, ticket, millis, suppressed, error, hint, "{message}"),
            None => tracing::debug!(site, ticket, millis, error, hint, "{message}"),
        }
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn millis_since(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The body, or the status to answer with instead.
async fn read(mut body: Body) -> Result<Vec<u8>, StatusCode> {
    let until = Instant::now() + BODY_TIME;
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while let Some(frame) = timeout_at(until, body.frame()).await.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        let Ok(frame) = frame else { return Err(StatusCode::BAD_REQUEST) };
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen > PAST {
            break;
        }
        if seen <= LIMIT {
            bytes.extend_from_slice(&data);
        }
    }
    if seen > LIMIT { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(bytes) }
}

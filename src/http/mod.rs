//! One HTTP client for trackers: checked and pinned addresses, no redirects, bounded answers, and one policy for what
//! is retried. No credential is visible in its errors or in any `Debug`.

pub mod address;
mod base;
mod failure;
mod limit;
mod policy;
mod request;
mod resolve;
pub(crate) mod stop;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::{Certificate, Identity, NoProxy};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::{Host, Url};

pub use self::address::{AddressPolicy, AddressStanding};
pub use self::base::Base;
pub(crate) use self::failure::{CONTEXT, SIGN_ON};
use self::limit::Limiter;
pub use self::policy::RetryPolicy;
use self::policy::asked;
pub(crate) use self::policy::{Pauses, ResponseClass, seconds};
pub use self::request::{Repeat, Request, Response};
use self::resolve::{Pinned, Resolver};
pub use self::stop::Stop;
use crate::document::mask;
use crate::error::Error;
use crate::model::answer::Failure;

/// How long connecting may take, including name resolution and TLS.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long one request may take, including its answer's body.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// How long a connection waits for the next request: shorter than in servers, because a create on a connection that the
/// server is just closing would be ambiguous.
const IDLE_TIME: Duration = Duration::from_secs(15);
/// How long an answer may be, decompressed.
const ANSWER_LIMIT: usize = 64 << 20;

/// The settings of a client.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which addresses may be connected to.
    pub gate: AddressPolicy,
    /// The proxy, if there is one; the environment is not read.
    pub proxy: Option<Proxy>,
    /// Certificate authorities in addition to the system's, as PEM.
    pub authorities: Option<Vec<u8>>,
    /// A certificate with its private key, as PEM, for a server that requires one (mTLS).
    pub identity: Option<SecretString>,
    /// When the run's time is over, or it is stopped.
    pub stop: Stop,
    /// How many requests are sent at once.
    pub at_once: usize,
    /// What is retried, and after which pauses.
    pub retry: RetryPolicy,
}

impl Settings {
    /// The usual settings: no proxy, the system's authorities, four requests at once.
    pub fn new(gate: AddressPolicy, stop: impl Into<Stop>) -> Settings {
        let stop = stop.into();
        let retry = RetryPolicy::default();
        Settings { gate, proxy: None, authorities: None, identity: None, stop, at_once: 4, retry }
    }
}

/// A proxy, which then resolves names. Its URL may contain credentials.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Its address.
    pub url: SecretString,
    /// Hosts that are reached without it, as in `NO_PROXY`.
    pub except: Option<String>,
}

/// Sends requests. Clones share connections, limits and the count.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// Whether there is a certificate to present.
    has_identity: bool,
    gate: Arc<AddressPolicy>,
    names: Resolver,
    stop: Stop,
    retry: RetryPolicy,
    permits: Semaphore,
    sent: AtomicU64,
    /// What the server's rate limit leaves for all requests together.
    limiter: Mutex<Limiter>,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// If the proxy or the certificate authorities cannot be used.
    pub fn new(settings: Settings) -> Result<Client, Error> {
        Client::of(settings, Resolver::System)
    }

    fn of(settings: Settings, names: Resolver) -> Result<Client, Error> {
        let gate = Arc::new(settings.gate);
        let resolver = Pinned { names: names.clone(), gate: Arc::clone(&gate), proxy: None };
        Ok(Client(Arc::new(Inner {
            has_identity: settings.identity.is_some(),
            http: build(
                Some(resolver),
                settings.proxy.as_ref(),
                settings.authorities.as_deref(),
                settings.identity.as_ref(),
            )?,
            gate,
            names,
            stop: settings.stop,
            retry: settings.retry,
            permits: Semaphore::new(settings.at_once.max(1)),
            sent: AtomicU64::new(0),
            limiter: Mutex::new(Limiter::new(Instant::now())),
        })))
    }

    /// How many requests were sent, including retries.
    pub fn requests(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// Whether a URL may be reached after resolving its name: what `doctor` prints as `allowlist_status`.
    ///
    /// # Errors
    /// If the name cannot be resolved.
    pub async fn standing(&self, url: &Url) -> Result<AddressStanding, Failure> {
        let resolved = match url.host() {
            Some(Host::Domain(name)) => self
                .0
                .names
                .addresses(name)
                .await
                .map_err(|why| Failure::Unreachable(format!("{name} cannot be resolved: {why}")))?,
            _ => Vec::new(),
        };
        Ok(self.0.gate.standing(url, &resolved))
    }

    /// Sends a request, and retries it if that is allowed, until the deadline; returns the last answer.
    ///
    /// # Errors
    /// [`Failure::Blocked`] for an address that must not be used and a redirect to another host; [`Failure::Unusable`]
    /// if a login page is in the way, or the server's rate limit did not end; [`Failure::Unreachable`] if nothing was
    /// sent; [`Failure::Unknown`] if it may have been processed; [`Failure::OutOfTime`] or [`Failure::Stopped`] if it
    /// was not, or if it does not matter because it may be repeated. If time runs out while the server fails, its
    /// failure is reported.
    pub async fn send(&self, request: &Request) -> Result<Response, Failure> {
        self.0.gate.url(&request.url).map_err(Failure::Blocked)?;
        let mut pauses = self.0.retry.pauses();
        let mut before: Option<Result<Response, Failure>> = None;
        let reported =
            |ended: Result<Response, Failure>| ended.and_then(|answer| failure::of_answer(request, answer));
        loop {
            let ended = self.once(request).await;
            let (ending, wanted) = match &ended {
                Ok(answer) => (ResponseClass::of(answer), asked(answer)),
                Err(Failure::Unreachable(_)) => (ResponseClass::NotSent, None),
                Err(Failure::Unknown(_)) => (ResponseClass::Unclear, None),
                Err(Failure::OutOfTime) => return before.map_or(ended, reported),
                Err(_) => return ended,
            };
            let Some(pause) = pauses.after(request.repeat, ending, wanted) else { return reported(ended) };
            // more time would not help if a server fails
            if Instant::now() + pause >= self.0.stop.deadline() {
                return reported(ended);
            }
            tracing::debug!("{request:?}: retrying in {pause:?}");
            if ending == ResponseClass::Limited || wanted.is_some() {
                self.limiter().hold(Instant::now(), pause);
            }
            if !self.0.stop.pause(pause).await {
                return self.0.stop.over().map_or_else(|| reported(ended), Err);
            }
            before = Some(ended);
        }
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.0.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the rate limit lets another request through.
    async fn turn(&self) -> Result<Turn<'_>, Failure> {
        loop {
            let Err(wait) = self.limiter().take(Instant::now()) else { return Ok(Turn(self)) };
            if Instant::now() + wait >= self.0.stop.deadline() {
                return Err(self.0.stop.over().unwrap_or_else(|| failure::limited(Some(wait))));
            }
            if !self.0.stop.pause(wait).await {
                return Err(self.0.stop.over().unwrap_or(Failure::OutOfTime));
            }
        }
    }

    /// Sends it once. `Unreachable`: nothing was sent. `Unknown`: it may have been processed.
    async fn once(&self, request: &Request) -> Result<Response, Failure> {
        let reads = request.reads();
        let _permit = tokio::select! {
            biased;
            over = self.0.stop.drops(reads) => return Err(over),
            permit = self.0.permits.acquire() => permit,
        };
        let _turn = tokio::select! {
            biased;
            over = self.0.stop.drops(reads) => return Err(over),
            turn = self.turn() => turn?,
        };
        // a timer may fire a moment late
        if Instant::now() >= self.0.stop.deadline() {
            return Err(Failure::OutOfTime);
        }
        self.0.sent.fetch_add(1, Ordering::Relaxed);
        let answer = self.answered(request, reads).await?;
        self.limiter().learn(Instant::now(), &answer);
        Ok(answer)
    }

    /// The answer, unless the run ends before it comes.
    async fn answered(&self, request: &Request, reads: bool) -> Result<Response, Failure> {
        tokio::select! {
            biased;
            answer = self.exchange(request) => answer,
            over = self.0.stop.drops(reads) => Err(match request.repeat {
                Repeat::Yes => over,
                Repeat::IfRefused if over == Failure::Stopped => {
                    Failure::Unknown("the run was stopped before the response arrived".to_owned())
                }
                Repeat::IfRefused => {
                    Failure::Unknown("the time limit was reached before the response arrived".to_owned())
                }
            }),
        }
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Failure> {
        let mut sending =
            self.0.http.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        let mut answer = sending
            .send()
            .await
            .map_err(|error| failure::of_sending(&request.url, error, self.0.has_identity))?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failure::of_reading)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(failure::too_long());
            }
            body.extend_from_slice(&chunk);
        }
        if !answer.status().is_success() {
            // a refusal may quote what was sent
            mask::refusal(&mut body);
        }
        Ok(Response { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
    }
}

/// A request that the rate limit has let through, until it ends.
struct Turn<'c>(&'c Client);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.limiter().leave();
    }
}

/// A client for an address that the runner itself names and that may be anywhere (GitHub's API): no redirects, the same
/// TLS, proxy and time-outs, but no address policy.
///
/// # Errors
/// If the proxy or the certificate authorities cannot be used.
pub fn trusted(proxy: Option<&Proxy>, authorities: Option<&[u8]>) -> Result<reqwest::Client, Error> {
    build(None, proxy, authorities, None)
}

/// The connection layer: TLS by rustls with ring, against the system's authorities.
fn build(
    mut resolver: Option<Pinned>,
    proxy: Option<&Proxy>,
    authorities: Option<&[u8]>,
    identity: Option<&SecretString>,
) -> Result<reqwest::Client, Error> {
    // one provider per process; if there is already one, it is the same
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("casefile/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIME)
        .timeout(REQUEST_TIME)
        .pool_idle_timeout(IDLE_TIME)
        .no_proxy();
    if let Some(proxy) = proxy {
        // http is for loopback addresses, and those do not go through the proxy
        let address = proxy.url.expose_secret();
        let wrong = || Error::usage("the address of the proxy is not a URL of the form http://host:port");
        let host = Url::parse(address).map_err(|_| wrong())?.host_str().map(str::to_owned);
        if let Some(resolver) = &mut resolver {
            resolver.proxy = host;
        }
        let except = proxy.except.as_deref().and_then(NoProxy::from_string);
        builder = builder.proxy(reqwest::Proxy::https(address).map_err(|_| wrong())?.no_proxy(except));
    }
    if let Some(pem) = authorities {
        let read = Certificate::from_pem_bundle(pem);
        let read = read.ok().filter(|certificates| !certificates.is_empty()).ok_or_else(|| {
            Error::usage("ca-file contains no readable certificate")
                .hint("use a PEM file, in which each certificate begins with -----BEGIN CERTIFICATE-----")
        })?;
        builder = builder.tls_certs_merge(read);
    }
    if let Some(pem) = identity {
        builder = builder.identity(certificate(pem.expose_secret())?);
    }
    if let Some(resolver) = resolver {
        builder = builder.dns_resolver(resolver);
    }
    builder.build().map_err(|why| {
        if identity.is_some() && failure::words(&why).contains("key") {
            return Error::usage("the client certificate and the private key do not match")
                .hint("use the key that belongs to the certificate");
        }
        Error::remote(format!("TLS cannot be set up: {}", failure::words(&why)))
            .hint("install the system's certificate authorities (package ca-certificates), or set `ca-file`")
    })
}

/// A client's certificate with its private key. What is wrong is reported without a word of either.
fn certificate(pem: &str) -> Result<Identity, Error> {
    let wrong = |why: &str, hint: &str| {
        Error::usage(format!("the client certificate cannot be used: {why}")).hint(hint)
    };
    let form = "use PEM files, in which the certificate begins with -----BEGIN CERTIFICATE----- and the key with \
                -----BEGIN PRIVATE KEY-----";
    if pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || pem.contains("Proc-Type: 4,ENCRYPTED") {
        let hint = "decrypt the key (`openssl pkey -in key.pem -out plain.pem`) and store the decrypted key as a secret";
        return Err(wrong("its private key is encrypted", hint));
    }
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        return Err(wrong("it contains no certificate", form));
    }
    if !pem.contains("PRIVATE KEY-----") {
        return Err(wrong("it has no private key", "set `client-key`, or JIRA_CLIENT_KEY"));
    }
    Identity::from_pem(pem.as_bytes()).map_err(|_| wrong("it cannot be read as PEM", form))
}

//! One client for GitHub's API: what is retried, for how long, and how many requests there were.

use std::borrow::Cow;
use std::error::Error as _;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use url::Url;

use super::context::Visibility;
use super::failure::{self, GithubFailure};
use super::link;
use crate::document::mask;
use crate::error::Error;
use crate::http;
use crate::http::{Pauses, Repeat, ResponseClass, Stop};

/// How often a request is retried at most.
const REPEATS: usize = 2;

/// The longest answer that is read; a page of 100 pull requests comes nowhere near it.
const ANSWER_LIMIT: usize = 32 << 20;

/// How long one request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A repository over GitHub's API.
pub struct GithubClient {
    crab: Octocrab,
    repository: String,
    requests: AtomicU64,
    /// The repository's number, once GitHub has reported that the repository was renamed; 0 until then.
    moved: AtomicU64,
    retry: RetryDelays,
    stop: Option<Stop>,
}

/// How long to wait before a request is sent again.
#[derive(Debug, Clone, Copy)]
pub struct RetryDelays {
    /// After an answer without a clear meaning; twice as long the second time, with jitter.
    pub pause: Duration,
    /// If a rate limit does not specify how long. GitHub asks for at least a minute.
    pub unspecified: Duration,
    /// The longest wait for a rate limit; a longer one fails instead.
    pub longest: Duration,
    /// How long to wait between writing a text and reading it back (up to twice as long), so that a concurrent write
    /// that overwrote ours is seen.
    pub settle: Duration,
}

impl Default for RetryDelays {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        RetryDelays {
            pause: seconds(1),
            unspecified: seconds(60),
            longest: seconds(90),
            settle: Duration::from_millis(400),
        }
    }
}

impl RetryDelays {
    fn pauses(&self) -> Pauses {
        let (first, longest) = (self.pause, self.pause * 4);
        http::RetryPolicy { first, longest, asked: self.longest, repeats: REPEATS }.pauses()
    }
}

/// What GitHub says about a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryInfo {
    /// Its numeric id, which a rename does not change.
    pub id: u64,
    /// `owner/name`.
    pub name: String,
    /// Who can see it.
    pub visibility: Visibility,
}

#[derive(Deserialize)]
struct WireRepository {
    id: u64,
    full_name: String,
    visibility: Option<String>,
    private: Option<bool>,
}

/// What a request does. Reading, and setting a text to a value, have the same effect when done twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Patch,
    Post,
    Delete,
}

impl Verb {
    fn repeat(self) -> Repeat {
        match self {
            Verb::Get | Verb::Patch => Repeat::Yes,
            Verb::Post | Verb::Delete => Repeat::IfRefused,
        }
    }
}

/// A successful answer, which may be a page of a list.
pub(super) struct ResponsePage {
    pub(super) body: Vec<u8>,
    /// The query of the next page; empty: there is one, but no way to get to it.
    pub(super) next: Option<String>,
    /// The number of the last page, if pages have numbers.
    pub(super) last: Option<usize>,
}

impl GithubClient {
    /// A client for `repository` (`owner/name`) at the API's address, using the given HTTP client, which does not
    /// follow redirects; without a token it sees what everybody sees. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The token contains characters that cannot be sent, or the address cannot be used.
    pub fn new(
        api: &Url,
        token: Option<&SecretString>,
        repository: &str,
        http: reqwest::Client,
    ) -> Result<GithubClient, Error> {
        // octocrab puts it into a header and assumes that it is valid there
        if token.is_some_and(|token| !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::usage("GITHUB_TOKEN contains characters that a token cannot contain"));
        }
        token.into_iter().for_each(|token| mask::hold(token.expose_secret()));
        let crab = Octocrab::builder();
        let crab = if let Some(token) = token { crab.personal_token(token.clone()) } else { crab };
        let crab = crab.base_uri(api.as_str());
        let crab = crab.and_then(|builder| builder.build_with_reqwest(http));
        let crab = crab.map_err(|_| Error::usage(format!("GitHub's API address {api} cannot be used")))?;
        Ok(GithubClient {
            crab,
            repository: repository.to_owned(),
            requests: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            retry: RetryDelays::default(),
            stop: None,
        })
    }

    /// The same, but nothing is retried after this deadline.
    #[must_use]
    pub fn stop(mut self, stop: Stop) -> GithubClient {
        self.stop = Some(stop);
        self
    }

    /// The same with other delays.
    #[must_use]
    pub fn retry(mut self, retry: RetryDelays) -> GithubClient {
        self.retry = retry;
        self
    }

    /// What the repository is now, even if it was renamed or transferred.
    ///
    /// # Errors
    /// GitHub could not be asked, or does not show it to this token.
    pub async fn about(&self) -> Result<RepositoryInfo, GithubFailure> {
        let route = format!("/repos/{}", self.repository);
        let what = format!("repository {}", self.repository);
        let wire: WireRepository = read(&self.send_to(Verb::Get, &route, None::<&()>, &what).await?)?;
        let visibility = Visibility::of_github(wire.visibility.as_deref(), wire.private);
        Ok(RepositoryInfo { id: wire.id, name: wire.full_name, visibility })
    }

    /// How many requests have been sent so far, including retries.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Waits until a concurrent job that had read the same text has written its own, so that a lost write is noticed.
    /// The delay varies, so that several jobs do not write again at the same moment.
    pub(super) async fn settle(&self) {
        let spread = RandomState::new().build_hasher().finish() % 100;
        tokio::time::sleep(self.retry.settle.mul_f64(1.0 + spread as f64 / 100.0)).await;
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, what: &str) -> Result<T, GithubFailure> {
        read(&self.send(Verb::Get, path, None::<&()>, what).await?)
    }

    /// A page of a list, and where the next one is.
    pub(super) async fn page(&self, path: &str, what: &str) -> Result<ResponsePage, GithubFailure> {
        self.exchange(Verb::Get, &self.below(path), None::<&()>, what).await
    }

    /// A further page of a list: once the run is over, none is read, because a list may have no end.
    pub(super) async fn further(&self, path: &str, what: &str) -> Result<ResponsePage, GithubFailure> {
        if self.stop.as_ref().is_some_and(Stop::is_over) {
            return Err(GithubFailure::Unreachable(
                "the run ended before the whole list was read".to_owned(),
            ));
        }
        self.exchange(Verb::Get, &self.below(path), None::<&()>, what).await
    }

    /// Sends a request, relative to the repository's path, until it is answered, and returns the answer's body.
    pub(super) async fn send(
        &self,
        verb: Verb,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<Vec<u8>, GithubFailure> {
        self.send_to(verb, &self.below(path), body, what).await
    }

    /// The same for a route that is not relative to the repository's path.
    pub(super) async fn send_to(
        &self,
        verb: Verb,
        route: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<Vec<u8>, GithubFailure> {
        Ok(self.exchange(verb, route, body, what).await?.body)
    }

    fn below(&self, path: &str) -> String {
        format!("/repos/{}/{path}", self.repository)
    }

    /// Sends a change that must not be repeated as it is, because what it is based on may have changed after a pause.
    /// `None`: it failed in a way that may be temporary, and the required pause is over; it may have been made.
    pub(super) async fn send_once(
        &self,
        verb: Verb,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
        pauses: &mut Pauses,
    ) -> Result<Option<Vec<u8>>, GithubFailure> {
        match self.sent(verb, &self.below(path), body, what).await {
            Ok(answer) => Ok(Some(answer.body)),
            Err(failure) => self.pause_after(verb, failure, pauses).await.map(|()| None),
        }
    }

    /// The pauses between the attempts of one request.
    pub(super) fn pauses(&self) -> Pauses {
        self.retry.pauses()
    }

    async fn exchange(
        &self,
        verb: Verb,
        route: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<ResponsePage, GithubFailure> {
        let mut pauses = self.pauses();
        loop {
            match self.sent(verb, route, body, what).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => self.pause_after(verb, failure, &mut pauses).await?,
            }
        }
    }

    /// Waits until a request with this failure may be sent again.
    ///
    /// # Errors
    /// The same failure, if it must not be sent again, or if there is no time for it.
    async fn pause_after(
        &self,
        verb: Verb,
        failure: GithubFailure,
        pauses: &mut Pauses,
    ) -> Result<(), GithubFailure> {
        let (ending, wanted) = match &failure {
            // a rate-limited request was not carried out, whatever it was to do
            GithubFailure::RateLimited(wait) => {
                (ResponseClass::Limited, Some(wait.unwrap_or(self.retry.unspecified)))
            }
            GithubFailure::Unreachable(_) => (ResponseClass::Unclear, None),
            _ => return Err(failure),
        };
        let Some(pause) = pauses.after(verb.repeat(), ending, wanted) else { return Err(failure) };
        tracing::debug!(%failure, ?pause, "asking GitHub again");
        if self.pause(pause).await { Ok(()) } else { Err(failure) }
    }

    /// One request, sent again at once if the repository turns out to have another name.
    async fn sent(
        &self,
        verb: Verb,
        route: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<ResponsePage, GithubFailure> {
        let answer = self.once(verb, &self.present(route), body, what).await;
        // a request that was answered with another location was not carried out, whatever it was to do
        match answer {
            Err(GithubFailure::Moved { to: Some((id, below)), .. })
                if self.below_repository(route) == Some(below.as_str()) =>
            {
                self.moved.store(id, Ordering::Relaxed);
                self.once(verb, &self.present(route), body, what).await
            }
            answer => answer,
        }
    }

    /// The present form of a route if the repository was renamed: by number, on the same server.
    fn present<'r>(&self, route: &'r str) -> Cow<'r, str> {
        let below = route.strip_prefix("/repos/").and_then(|rest| rest.strip_prefix(&self.repository));
        match (self.moved.load(Ordering::Relaxed), below) {
            (id @ 1.., Some(below)) if self.below_repository(route).is_some() => {
                Cow::Owned(format!("/repositories/{id}{below}"))
            }
            _ => Cow::Borrowed(route),
        }
    }

    /// The path relative to the repository, without its query. A redirect to anywhere else is not that of a renamed
    /// repository.
    fn below_repository<'r>(&self, route: &'r str) -> Option<&'r str> {
        let below = route.strip_prefix("/repos/")?.strip_prefix(self.repository.as_str())?;
        let path = below.split('?').next()?.trim_end_matches('/');
        (path.is_empty() || path.starts_with('/')).then_some(path)
    }

    /// Waits; returns whether there is time left. A pause that would end too late is skipped.
    async fn pause(&self, pause: Duration) -> bool {
        match &self.stop {
            Some(stop) => Instant::now() + pause < stop.deadline() && stop.pause(pause).await,
            None => {
                tokio::time::sleep(pause).await;
                true
            }
        }
    }

    async fn once(
        &self,
        verb: Verb,
        route: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<ResponsePage, GithubFailure> {
        // the repository's own route has no trailing slash
        let route = route.trim_end_matches('/');
        self.requests.fetch_add(1, Ordering::Relaxed);
        let exchange = async {
            let answer = match verb {
                Verb::Get => self.crab._get(route).await,
                Verb::Patch => self.crab._patch(route, body).await,
                Verb::Post => self.crab._post(route, body).await,
                Verb::Delete => self.crab._delete(route, body).await,
            };
            let answer = answer
                .map_err(|error| GithubFailure::Unreachable(mask::text(&cause(&error)).into_owned()))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_LIMIT).collect().await;
            let body = body
                .map_err(|_| GithubFailure::Unreachable("GitHub's response was cut off".to_owned()))?
                .to_bytes();
            let mut body = body.to_vec();
            if !head.status.is_success() {
                // GitHub or a proxy may quote what was sent in a refusal
                mask::refusal(&mut body);
            }
            let header = |name: &str| Some(head.headers.get(name)?.to_str().ok()?.to_owned());
            match failure::of_answer(head.status.as_u16(), &header, &body, what) {
                Some(failure) => Err(failure),
                None => {
                    let link = header("link").unwrap_or_default();
                    Ok(ResponsePage { body, next: link::query(&link, "next"), last: link::last_page(&link) })
                }
            }
        };
        // what was done before the end is reported on the pull request, so reading that gets a moment, too
        let stopped = async {
            match &self.stop {
                Some(stop) => stop.lapses(verb == Verb::Get).await,
                None => std::future::pending().await,
            }
        };
        let unreachable = |why: String| Err(GithubFailure::Unreachable(why));
        tokio::select! {
            biased;
            answer = tokio::time::timeout(TIME_LIMIT, exchange) => answer.unwrap_or_else(|_| {
                unreachable(format!("no response within {} seconds", TIME_LIMIT.as_secs()))
            }),
            () = stopped => unreachable("the run ended before the response arrived".to_owned()),
        }
    }
}

/// Parses an answer from GitHub.
pub(super) fn read<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, GithubFailure> {
    serde_json::from_slice(answer).map_err(|error| {
        tracing::debug!(%error, "received a response that is not in the format of GitHub's API");
        GithubFailure::Strange
    })
}

/// The innermost reason: the outer ones repeat addresses.
fn cause(error: &octocrab::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    match inner.downcast_ref::<octocrab::Error>() {
        Some(_) => error.source().map_or_else(|| "no connection".to_owned(), ToString::to_string),
        None => inner.to_string(),
    }
}

/// How many elements a page has: GitHub's maximum.
pub(super) const PAGE: usize = 100;

/// The contents of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagedList<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Whether that is all.
    pub whole: bool,
}

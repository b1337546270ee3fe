//! One client for GitHub's API: what is repeated, for how long, and how many requests there were.

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

/// How often a request is repeated at most.
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
    /// The repository's number, once GitHub said that it has another name now; 0 before.
    moved: AtomicU64,
    retry: RetryDelays,
    stop: Option<Stop>,
}

/// How long to wait before a request is sent again.
#[derive(Debug, Clone, Copy)]
pub struct RetryDelays {
    /// After an answer that says nothing; twice as long the second time, with jitter.
    pub pause: Duration,
    /// Where a rate limit does not specify how long. GitHub asks for at least a minute.
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

/// What GitHub says of a repository.
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

/// What a request does. Reading, and setting a text to a value, mean the same when done twice.
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

/// A good answer, which may be a page of a list.
pub(super) struct ResponsePage {
    pub(super) body: Vec<u8>,
    /// The query of the page that comes next; empty: there is one, and no way to it.
    pub(super) next: Option<String>,
    /// The number of the last page, where pages have numbers.
    pub(super) last: Option<usize>,
}

impl GithubClient {
    /// A client for `repository` (`owner/name`) at the API's address, over the given HTTP client,
    /// which follows no redirects; without a token it sees what everybody sees. To be called within a tokio
    /// runtime.
    ///
    /// # Errors
    /// The token has characters that cannot be sent, or the address cannot be used.
    pub fn new(
        api: &Url,
        token: Option<&SecretString>,
        repository: &str,
        http: reqwest::Client,
    ) -> Result<GithubClient, Error> {
        // octocrab makes a header of it and takes for granted that it is one
        if token.is_some_and(|token| !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::usage("GITHUB_TOKEN contains characters that cannot be in a token"));
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

    /// The same, but nothing is repeated beyond this end.
    #[must_use]
    pub fn stop(mut self, stop: Stop) -> GithubClient {
        self.stop = Some(stop);
        self
    }

    /// The same with other waits.
    #[must_use]
    pub fn retry(mut self, retry: RetryDelays) -> GithubClient {
        self.retry = retry;
        self
    }

    /// What the repository is now, also where it was renamed or given to somebody else.
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

    /// How many requests were sent so far, repeated ones counted.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Waits until a concurrent job that had read the same text has written its own, so that a lost write is seen. How
    /// long differs, so that several do not write again in the same moment.
    pub(super) async fn settle(&self) {
        let spread = RandomState::new().build_hasher().finish() % 100;
        tokio::time::sleep(self.retry.settle.mul_f64(1.0 + spread as f64 / 100.0)).await;
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str, what: &str) -> Result<T, GithubFailure> {
        read(&self.send(Verb::Get, path, None::<&()>, what).await?)
    }

    /// A page of a list, and where it leads on to.
    pub(super) async fn page(&self, path: &str, what: &str) -> Result<ResponsePage, GithubFailure> {
        self.exchange(Verb::Get, &self.below(path), None::<&()>, what).await
    }

    /// A further page of a list: when the run is over none is read, because a list may have no end.
    pub(super) async fn further(&self, path: &str, what: &str) -> Result<ResponsePage, GithubFailure> {
        if self.stop.as_ref().is_some_and(Stop::is_over) {
            return Err(GithubFailure::Unreachable(
                "the run ended before the whole list was read".to_owned(),
            ));
        }
        self.exchange(Verb::Get, &self.below(path), None::<&()>, what).await
    }

    /// Sends a request below the repository's path until it is answered, and gives the answer's body.
    pub(super) async fn send(
        &self,
        verb: Verb,
        path: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<Vec<u8>, GithubFailure> {
        self.send_to(verb, &self.below(path), body, what).await
    }

    /// The same for a route that does not lie below the repository's path.
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

    /// Sends a change that must not be repeated as it is, because what it is based on may be another one after a
    /// pause. `None`: it failed in a way that may pass, and the pause that this takes is over; it may have happened.
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

    /// The pauses between the tries of one request.
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

    /// Waits until a request that failed so may be sent again.
    ///
    /// # Errors
    /// The same failure, where it may not, or where there is no time for it.
    async fn pause_after(
        &self,
        verb: Verb,
        failure: GithubFailure,
        pauses: &mut Pauses,
    ) -> Result<(), GithubFailure> {
        let (ending, wanted) = match &failure {
            // a limited request did not happen, whatever it was to do
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

    /// One request, sent again at once where the repository turns out to have another name.
    async fn sent(
        &self,
        verb: Verb,
        route: &str,
        body: Option<&(impl Serialize + ?Sized)>,
        what: &str,
    ) -> Result<ResponsePage, GithubFailure> {
        let answer = self.once(verb, &self.present(route), body, what).await;
        // what was answered with another place did not happen, whatever it was to do
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

    /// A route as it is where the repository was renamed: by its number, at the same server.
    fn present<'r>(&self, route: &'r str) -> Cow<'r, str> {
        let below = route.strip_prefix("/repos/").and_then(|rest| rest.strip_prefix(&self.repository));
        match (self.moved.load(Ordering::Relaxed), below) {
            (id @ 1.., Some(below)) if self.below_repository(route).is_some() => {
                Cow::Owned(format!("/repositories/{id}{below}"))
            }
            _ => Cow::Borrowed(route),
        }
    }

    /// The path below the repository, without its query. A redirect that leads elsewhere is not of a renamed
    /// repository.
    fn below_repository<'r>(&self, route: &'r str) -> Option<&'r str> {
        let below = route.strip_prefix("/repos/")?.strip_prefix(self.repository.as_str())?;
        let path = below.split('?').next()?.trim_end_matches('/');
        (path.is_empty() || path.starts_with('/')).then_some(path)
    }

    /// Waits; says whether there is time left. What would end too late is not waited for.
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
        // the repository itself has no slash at its end
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
            let body =
                body.map_err(|_| GithubFailure::Unreachable("its answer was cut off".to_owned()))?.to_bytes();
            let mut body = body.to_vec();
            if !head.status.is_success() {
                // whoever refuses, GitHub or a proxy, may quote what was sent
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
        // what was done before the end is reported on the pull request, so reading that has its moment too
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
                unreachable(format!("no answer within {} seconds", TIME_LIMIT.as_secs()))
            }),
            () = stopped => unreachable("the run ended before the answer came".to_owned()),
        }
    }
}

/// Parses what GitHub answered.
pub(super) fn read<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, GithubFailure> {
    serde_json::from_slice(answer).map_err(|error| {
        tracing::debug!(%error, "an answer that is not from GitHub");
        GithubFailure::Strange
    })
}

/// The innermost reason: what lies around it repeats addresses.
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

/// How many elements a page has: GitHub's most.
pub(super) const PAGE: usize = 100;

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagedList<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Whether that is all.
    pub whole: bool,
}

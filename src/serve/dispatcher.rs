//! Does what a hint asks for: looks up the ticket, finds its repositories, and updates the pull requests that show it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::OnceCell;
use url::Url;

use super::coalescer::Coalescer;
use super::{Hint, ServeSettings, TicketHint, WebhookSite};
use crate::apply::Stop;
use crate::config::Config;
use crate::error::Error;
use crate::github::app::Access;
use crate::github::client::{GithubClient, RepositoryInfo, RetryDelays};
use crate::github::context::Visibility;
use crate::github::failure::GithubFailure;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::repository::{Place, Repository};
use crate::model::run::Run;
use crate::model::ticket::{LABEL, TicketKey};
use crate::pipeline::{self, Annotator, Job, Only, Watch, detail};
use crate::tracker::Read;

/// How long one check of a repository's pull requests may take.
const TIME: Duration = Duration::from_secs(60);

/// The longest pause that GitHub's rate limit may ask for; if it takes longer, Jira sends the webhook again.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What became of a hint.
pub(super) type HintOutcome = Result<DispatchResult, RetryableFailure>;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct DispatchResult {
    /// How many repositories the ticket belongs to.
    pub(super) repositories: usize,
    /// How many of their pull requests were updated, including those for other waiting hints.
    pub(super) changed: usize,
}

/// A failure that may not occur at the next attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RetryableFailure {
    pub(super) message: String,
    pub(super) hint: String,
}

impl RetryableFailure {
    fn new(message: impl Into<String>) -> RetryableFailure {
        RetryableFailure { message: message.into(), hint: String::new() }
    }
}

impl From<Failure> for RetryableFailure {
    fn from(failure: Failure) -> RetryableFailure {
        RetryableFailure { message: failure.to_string(), hint: failure.hint() }
    }
}

impl From<GithubFailure> for RetryableFailure {
    fn from(failure: GithubFailure) -> RetryableFailure {
        let error = Error::from(failure);
        RetryableFailure { hint: error.advice().unwrap_or_default().to_owned(), message: error.to_string() }
    }
}

/// The labels of tickets, by id; a missing one was deleted, or is hidden.
type Labels = Rc<BTreeMap<u64, Vec<String>>>;

/// Updates the pull requests of tickets, by site.
type Refreshing = Coalescer<(usize, TicketHint), HintOutcome>;

/// What the work needs.
struct Tools {
    config: Config,
    sites: Vec<WebhookSite>,
    github: Access,
    clock: fn() -> Timestamp,
}

/// A repository that is served.
struct Served {
    tools: Rc<Tools>,
    named: Repository,
    /// The labels of its tickets, as soon as its GitHub ID is known.
    labels: OnceCell<Vec<String>>,
}

/// The dispatcher: whoever gives it a hint gets the result.
pub(super) struct Dispatcher {
    tools: Rc<Tools>,
    register: Option<Url>,
    /// Look-ups of tickets, one site at a time.
    lookups: Vec<Rc<Coalescer<u64, Result<Labels, RetryableFailure>>>>,
    /// Updates of pull requests, one repository at a time, for tickets by site.
    repositories: Vec<(Rc<Served>, Rc<Refreshing>)>,
}

impl Dispatcher {
    pub(super) fn new(settings: ServeSettings) -> Dispatcher {
        let ServeSettings { config, sites, repositories, github, register, clock, .. } = settings;
        let tools = Rc::new(Tools { config, sites, github, clock });
        let lookups = (0..tools.sites.len()).map(|site| {
            let tools = Rc::clone(&tools);
            Coalescer::new(move |ids| {
                let tools = Rc::clone(&tools);
                Box::pin(async move { tools.look_up(site, ids).await })
            })
        });
        let served = repositories.into_iter().map(|named| {
            let served = Rc::new(Served { tools: Rc::clone(&tools), named, labels: OnceCell::new() });
            let coalescer = Coalescer::new({
                let served = Rc::clone(&served);
                move |tickets| {
                    let served = Rc::clone(&served);
                    Box::pin(async move { served.refresh(tickets).await })
                }
            });
            (served, coalescer)
        });
        Dispatcher { lookups: lookups.collect(), repositories: served.collect(), tools, register }
    }

    /// How many sites there are.
    pub(super) fn sites(&self) -> usize {
        self.tools.sites.len()
    }

    /// One of them.
    pub(super) fn site(&self, index: usize) -> Option<&WebhookSite> {
        self.tools.sites.get(index)
    }

    /// The address at which the webhooks are to be registered.
    pub(super) fn register(&self) -> Option<Url> {
        self.register.clone()
    }

    /// Does what a hint asks for. Doing it twice changes nothing.
    pub(super) async fn handle(&self, site: usize, hint: &Hint) -> HintOutcome {
        let lookup = self
            .lookups
            .get(site)
            .ok_or_else(|| RetryableFailure::new("the webhook's site is not configured"))?;
        let ended = || RetryableFailure::new("processing the webhook ended without a result");
        let (ticket, found) = match &hint.ticket {
            TicketHint::Id(id) => {
                let labels = lookup.hand_in(*id).await.ok_or_else(ended)??;
                (hint.ticket.clone(), labels.get(id).cloned())
            }
            TicketHint::Key(key) => match self.tools.find(site, key).await? {
                Some((id, labels)) => (TicketHint::Id(id), Some(labels)),
                // sections remember the keys of deleted tickets
                None => (hint.ticket.clone(), None),
            },
        };
        // only the webhook can say to which repositories a deleted ticket belonged; if it does not, all repositories
        // are refreshed
        let labels = found.or_else(|| hint.labels.clone());
        let labels = labels.as_ref();
        if labels.is_some_and(|labels| !labels.iter().any(|label| label == LABEL)) {
            return Ok(DispatchResult::default());
        }
        let (mut work, mut unknown) = (Vec::new(), None);
        for (served, coalescer) in &self.repositories {
            match served.labels().await {
                Ok(own) if labels.is_none_or(|labels| labels.iter().any(|label| own.contains(label))) => {
                    work.push(coalescer.hand_in((site, ticket.clone())));
                }
                Ok(_) => {}
                Err(failure) => unknown = Some(failure),
            }
        }
        let mut done = DispatchResult { repositories: work.len(), changed: 0 };
        for outcome in join_all(work).await {
            done.changed += outcome.ok_or_else(ended)??.changed;
        }
        // a repository that cannot be queried matters only if the ticket may belong to it
        let matters = labels.is_none() || done.repositories == 0;
        unknown.filter(|_| matters).map_or(Ok(done), Err)
    }

    /// Whether every site accepts our credentials and every repository exists.
    pub(super) async fn look_around(&self) -> Result<(), RetryableFailure> {
        for site in &self.tools.sites {
            site.tracker.answer(&Ask::Account).await.map_err(|failure| {
                let failure = RetryableFailure::from(failure);
                RetryableFailure { message: format!("site {}: {}", site.label(), failure.message), ..failure }
            })?;
        }
        for (served, _) in &self.repositories {
            served.labels().await?;
        }
        Ok(())
    }
}

impl Tools {
    async fn look_up(&self, site: usize, ids: Vec<u64>) -> Result<Labels, RetryableFailure> {
        let site = self
            .sites
            .get(site)
            .ok_or_else(|| RetryableFailure::new("the webhook's site is not configured"))?;
        match site.tracker.answer(&Ask::Ids(ids)).await? {
            Answer::Tickets(tickets) => {
                Ok(Rc::new(tickets.into_iter().map(|ticket| (ticket.id.id, ticket.labels)).collect()))
            }
            _ => Err(RetryableFailure::new("the tracker's response does not match the query")),
        }
    }
}

impl Tools {
    /// The id and the labels of the ticket with a key, if it exists.
    async fn find(
        &self,
        site: usize,
        key: &TicketKey,
    ) -> Result<Option<(u64, Vec<String>)>, RetryableFailure> {
        let site = self
            .sites
            .get(site)
            .ok_or_else(|| RetryableFailure::new("the webhook's site is not configured"))?;
        match site.tracker.answer(&Ask::Find(vec![key.clone()])).await? {
            Answer::Tickets(tickets) => {
                Ok(tickets.into_iter().next().map(|ticket| (ticket.id.id, ticket.labels)))
            }
            _ => Err(RetryableFailure::new("the tracker's response does not match the query")),
        }
    }
}

impl Served {
    /// The labels of its tickets.
    async fn labels(&self) -> Result<&Vec<String>, RetryableFailure> {
        let asked = async { Ok(self.identity(&self.about().await?).labels()) };
        self.labels.get_or_try_init(|| asked).await
    }

    async fn about(&self) -> Result<RepositoryInfo, RetryableFailure> {
        Ok(self.client().await?.about().await?)
    }

    async fn client(&self) -> Result<GithubClient, RetryableFailure> {
        let client = self.tools.github.client(&self.named.name, (self.tools.clock)()).await?;
        Ok(client.retry(RetryDelays { longest: LONGEST_PAUSE, ..RetryDelays::default() }))
    }

    fn identity(&self, about: &RepositoryInfo) -> Repository {
        Repository { id: Some(about.id), name: about.name.clone(), ..self.named.clone() }
    }

    /// Updates the pull requests that show any of these tickets, by site.
    async fn refresh(&self, tickets: Vec<(usize, TicketHint)>) -> HintOutcome {
        // its visibility may have changed since the last time
        let about = self.about().await?;
        let mut by_site: BTreeMap<usize, (Vec<u64>, Vec<TicketKey>)> = BTreeMap::new();
        for (site, ticket) in tickets {
            let (ids, keys) = by_site.entry(site).or_default();
            match ticket {
                TicketHint::Id(id) => ids.push(id),
                TicketHint::Key(key) => keys.push(key),
            }
        }
        let mut done = DispatchResult { repositories: 1, changed: 0 };
        for (site, (ids, keys)) in by_site {
            let site = self
                .tools
                .sites
                .get(site)
                .ok_or_else(|| RetryableFailure::new("the webhook's site is not configured"))?;
            let both = [Only::Tickets(&ids), Only::Keys(&keys)];
            for only in both.into_iter().zip([ids.is_empty(), keys.is_empty()]) {
                if let (only, false) = only {
                    done.changed += self.refresh_of(site, only, &about).await?;
                }
            }
        }
        Ok(done)
    }

    async fn refresh_of(
        &self,
        site: &WebhookSite,
        only: Only<'_>,
        about: &RepositoryInfo,
    ) -> Result<usize, RetryableFailure> {
        let (config, client) = (&self.tools.config, self.client().await?);
        let run = run(self.identity(about), (self.tools.clock)());
        let exposed = matches!(about.visibility, Visibility::Public | Visibility::Unknown);
        let job = Job {
            config,
            run: &run,
            root: Default::default(),
            only: Vec::new(),
            recent: Vec::new(),
            remembered: Vec::new(),
            at_tip: false,
            mass_resolve: false,
            detail: detail(config, exposed, false),
            detail_of_forks: detail(config, exposed, true),
            other_sites: self.tools.sites.len() > 1,
            known: Vec::new(),
            asked: 0,
            annotator: Some(Annotator {
                client,
                number: None,
                head_repository: None,
                found: None,
                pull: None,
                no_comment: std::sync::OnceLock::new(),
            }),
            stop: Stop::after(TIME),
            watch: &Unwatched,
        };
        let refreshed = pipeline::refresh(&site.tracker, &job, only).await;
        if refreshed.failed {
            let joined = |text: fn(&crate::model::scan::Problem) -> &String| {
                let texts = refreshed.problems.iter().map(text).filter(|text| !text.is_empty());
                texts.map(String::as_str).collect::<Vec<_>>().join("; ")
            };
            let message = format!("{}: {}", self.named.name, joined(|problem| &problem.message));
            return Err(RetryableFailure { message, hint: joined(|problem| &problem.hint) });
        }
        Ok(refreshed.pull_requests.iter().filter(|pull| pull.changed).count())
    }
}

/// A run that is not for any commit.
fn run(repository: Repository, now: Timestamp) -> Run {
    Run {
        repository,
        branch: String::new(),
        place: Place::Branch(String::new()),
        commit: String::new(),
        checkout: String::new(),
        pull_request: None,
        base: None,
        url: None,
        job: String::new(),
        pattern: None,
        untrusted: None,
        now,
    }
}

/// A watcher that ignores everything.
struct Unwatched;

impl Watch for Unwatched {
    fn stage(&self, _: &'static str) {}

    fn progress(&self, _: usize, _: usize) {}
}

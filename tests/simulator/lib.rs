//! Jira and GitHub in one process, for tests: one [`state::World`] and a face for each service, over HTTP on loopback.
//!
//! `state/` knows nothing of HTTP; `jira_cloud/`, `jira_data_center/` and `github/` are faces, a function from a request and
//! the world to an answer each; `server` is what carries them, with `journal` and `faults` in between. Both Jiras show the
//! same world: a test speaks to one of them. `arguments` says what the program of its own can be told.
#![allow(dead_code, unused_imports, reason = "three programs include this, and each uses its part")]

mod adf;
pub(crate) mod arguments;
mod faults;
mod github;
mod jira_cloud;
mod jira_data_center;
mod journal;
mod jql;
mod limiter;
mod multipart;
mod request;
mod server;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use adf::check as check_adf;
pub(crate) use faults::{Fault, Kind, Moment, Nth};
pub(crate) use journal::Entry;
pub(crate) use limiter::Limiter;
pub(crate) use request::{Answer, Request};
pub(crate) use state::github::{PullRequest, Repository};
pub(crate) use state::{
    Auth, Category, Does, Issue, IssueType, Project, RemoteLink, Transition, When, World,
};

/// One of the services that the world is seen through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    JiraCloud,
    JiraDataCenter,
    GitHub,
}

/// How a simulator starts; everything but the port can be changed later in [`Simulator::state`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Jira Cloud's port; GitHub's and Data Center's are the next ones. 0 takes free ones.
    pub(crate) port: u16,
    /// How long the search index takes to see a change.
    pub(crate) lag: Duration,
    /// How long each answer takes.
    pub(crate) latency: Duration,
}

/// A running simulator; it stops when it is dropped.
pub(crate) struct Simulator {
    shared: Arc<Shared>,
    server: server::Server,
}

/// What all connections work on.
struct Shared {
    world: Mutex<World>,
    journal: Mutex<Vec<Entry>>,
    faults: Mutex<faults::Faults>,
    witness: Mutex<Option<Witness>>,
    bend: Mutex<Option<Bend>>,
    limiter: Mutex<Option<Limiter>>,
    latency: Duration,
}

/// Sees each request with what its service answered: `None` where a fault kept the request from it.
type Witness = Arc<dyn Fn(&Request, Option<&Answer>) + Send + Sync>;

/// Says the same in another way: what a service may answer as well.
type Bend = Arc<dyn Fn(&Request, &mut Answer) + Send + Sync>;

impl Simulator {
    /// Starts both faces on a thread of their own, with the default world. Panics without loopback ports: there is nothing
    /// to test then.
    #[allow(clippy::panic, reason = "a test without its server cannot go on")]
    pub(crate) fn start(options: Options) -> Self {
        match Self::try_start(options) {
            Ok(simulator) => simulator,
            Err(error) => panic!("the simulator cannot listen: {error}"),
        }
    }

    /// The same, for a port that may be taken.
    pub(crate) fn try_start(options: Options) -> std::io::Result<Self> {
        let mut world = World::with_defaults();
        world.index.lag = options.lag;
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            journal: Mutex::default(),
            faults: Mutex::default(),
            witness: Mutex::default(),
            bend: Mutex::default(),
            limiter: Mutex::default(),
            latency: options.latency,
        });
        let server = server::Server::start(options.port, &shared)?;
        {
            let mut world = lock(&shared.world);
            world.jira_url = server.jira_url();
            world.data_center_url = server.data_center_url();
            world.github.url = server.github_url();
        }
        Ok(Self { shared, server })
    }

    /// Base URL of the Jira Cloud site, without a slash at its end.
    pub(crate) fn jira_url(&self) -> String {
        self.server.jira_url()
    }

    /// Base URL of the Jira Data Center site, context path included, without a slash at its end.
    pub(crate) fn data_center_url(&self) -> String {
        self.server.data_center_url()
    }

    /// Base URL of GitHub's REST API, without a slash at its end.
    pub(crate) fn github_url(&self) -> String {
        self.server.github_url()
    }

    /// The world, to arrange and to assert. Let go of it before the next request: handlers wait for it.
    pub(crate) fn state(&self) -> MutexGuard<'_, World> {
        lock(&self.shared.world)
    }

    /// Every request so far, in the order in which they were handled.
    pub(crate) fn journal(&self) -> Vec<Entry> {
        lock(&self.shared.journal).clone()
    }

    /// The requests that ask for a change, also those that were refused or cut.
    pub(crate) fn writes(&self) -> Vec<Entry> {
        self.journal().into_iter().filter(|entry| entry.write).collect()
    }

    /// Forgets the journal, so that the next run is looked at alone.
    pub(crate) fn clear_journal(&self) {
        lock(&self.shared.journal).clear();
    }

    /// Shows every request from now on to `witness`, with the answer before a fault spoils it.
    pub(crate) fn watch(&self, witness: impl Fn(&Request, Option<&Answer>) + Send + Sync + 'static) {
        *lock(&self.shared.witness) = Some(Arc::new(witness));
    }

    /// Has every answer from now on leave as `bend` makes it.
    pub(crate) fn bend(&self, bend: impl Fn(&Request, &mut Answer) + Send + Sync + 'static) {
        *lock(&self.shared.bend) = Some(Arc::new(bend));
    }

    /// Limits the rate of requests to Jira, or ends that; gives the limiter before, with its counts.
    pub(crate) fn limit(&self, limiter: Option<Limiter>) -> Option<Limiter> {
        std::mem::replace(&mut *lock(&self.shared.limiter), limiter)
    }

    /// Adds a fault; counting for its `nth` starts now.
    pub(crate) fn fault(&self, fault: Fault) {
        lock(&self.shared.faults).add(fault);
    }

    /// A person who does something right before the matching ones of all requests from now on, but never between a read
    /// of a text at GitHub and the write that follows at once. She is told how often she did something before.
    pub(crate) fn person(&self, nth: Nth, act: impl Fn(&mut World, usize) + Send + Sync + 'static) {
        lock(&self.shared.faults).person(nth, Arc::new(act));
    }

    /// Takes all faults, hooks and people away.
    pub(crate) fn clear_faults(&self) {
        *lock(&self.shared.faults) = faults::Faults::default();
    }

    /// Calls `hook` at the n-th request from now (1 is the next): [`Moment::Before`] cuts it unhandled, [`Moment::After`]
    /// has it handled and its answer lost, as for a client that is killed there.
    pub(crate) fn on_request(&self, nth: usize, moment: Moment, hook: Box<dyn FnOnce() + Send>) {
        lock(&self.shared.faults).hook(nth, moment, hook);
    }
}

/// A lock that a test's failure elsewhere does not take away.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

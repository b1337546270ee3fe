//! What this run is for: repository, branch, commit, pull request, and whether its code may file tickets. The only
//! reader of GitHub's environment.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::error::{Error, ErrorClass, Result};
use crate::model::repository::Repository;

pub(crate) mod checkout;
mod contradiction;
mod elsewhere;
pub(crate) mod event;
mod matrix;
mod payload;
mod trust;

pub(crate) use checkout::{DefaultBranch, EventCheckout};
pub(crate) use elsewhere::FlagOverrides;
pub(crate) use event::{TriggerEvent, is_queue};
pub(crate) use trust::{ReadOnlyReason, Trust};

use payload::Payload;

/// The longest event payload that is read. GitHub's own limit for webhooks is 25 MB.
const EVENT_LIMIT: u64 = 32 << 20;

/// What a run is for.
#[derive(Debug, Clone)]
pub(crate) struct EventContext {
    /// The repository whose workflow runs.
    pub repository: Repository,
    /// Who can see that repository.
    pub visibility: Visibility,
    /// Whether it runs in a CI system, so that what is printed may be public.
    pub ci: bool,
    /// What started the workflow.
    pub event: TriggerEvent,
    /// The branch whose code was scanned; for a pull request, its head. `None`: a tag, or a checkout that is on no
    /// branch.
    pub branch: Option<String>,
    /// The commit whose code was scanned; for a pull request, its head.
    pub commit: Option<String>,
    /// The commit that the workflow runs on: for a pull request, GitHub's test merge of it; for `workflow_run` and
    /// `pull_request_target`, the default branch's.
    pub workflow_commit: Option<String>,
    /// The repository that the scanned commit comes from, `owner/name`; `None`: it was deleted, or
    /// is unknown.
    pub head_repository: Option<String>,
    /// The pull request that the event is about. For a push or `workflow_run`, it is to be looked up by head repository
    /// and commit.
    pub pull_request: Option<EventPullRequest>,
    /// The ticket that a `repository_dispatch` names (`client_payload.ticket`, or `.issue.key`): text from a stranger.
    pub ticket: Option<String>,
    /// Whether this run may write to the tracker, judging by the code's origin.
    pub trust: Trust,
    /// Whether the checkout may contain code other than the default branch's, so that its configuration may have been
    /// written by anybody who can push: a pull request, or an event that runs on another ref.
    pub is_off_default: bool,
    /// Whether Dependabot started the workflow.
    pub is_dependabot: bool,
    /// The name of the workflow whose reports these are; for `workflow_run`, the one that ran before.
    pub workflow: Option<String>,
    /// The job's id within the workflow.
    pub job: Option<String>,
    /// The values of the job's matrix for this run, as one line; `None`: it has none.
    pub matrix: Option<String>,
    /// The page of this attempt of the run.
    pub run_url: Option<String>,
    /// Whether somebody enabled the runner's debug logging.
    pub debug: bool,
    /// The CI system that it runs in, if it is a known one other than GitHub Actions.
    pub system: Option<&'static str>,
    /// How to reach GitHub and the runner.
    pub runner: Runner,
}

/// A pull request as an event names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventPullRequest {
    /// Its number.
    pub number: u64,
    /// The branch that it is to be merged into.
    pub base: Option<String>,
}

/// Who can see a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Those who were given access.
    Private,
    /// The members of the enterprise.
    Internal,
    /// The event does not say.
    Unknown,
}

impl Visibility {
    /// What GitHub says about a repository. GitHub Enterprise Server before 3.2 has only `private`, which there
    /// includes internal.
    pub(in crate::github) fn of_github(visibility: Option<&str>, private: Option<bool>) -> Visibility {
        match (visibility, private) {
            (Some("public"), _) | (None, Some(false)) => Visibility::Public,
            (Some("private"), _) | (None, Some(true)) => Visibility::Private,
            (Some("internal"), _) => Visibility::Internal,
            (Some(_), _) | (None, None) => Visibility::Unknown,
        }
    }
}

/// How to reach GitHub's API, and the files through which a step communicates with its runner.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runner {
    /// The API's address.
    pub api: Option<Url>,
    /// The token.
    pub token: Option<SecretString>,
    /// Where step outputs go.
    pub output: Option<PathBuf>,
    /// Where the step summary goes.
    pub summary: Option<PathBuf>,
}

/// A variable of the environment, if it is set.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

impl EventContext {
    /// Reads GitHub's environment and event file; outside GitHub Actions, the checkout around `directory`.
    ///
    /// # Errors
    /// The environment contradicts itself, or a plain checkout does not name its repository.
    pub(crate) fn read(directory: &Path) -> Result<EventContext> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads GitHub's environment")]
        let environment = |name: &str| std::env::var(name).ok();
        if in_actions(&environment) {
            let event = match environment("GITHUB_EVENT_PATH").filter(|path| !path.is_empty()) {
                Some(path) => Some(read_event(Path::new(&path))?),
                None => None,
            };
            return EventContext::of(&environment, event);
        }
        EventContext::of_checkout(&environment, &EventCheckout::read(directory)?)
    }

    /// What GitHub Actions' variables and the event's payload say.
    ///
    /// # Errors
    /// The variables that every run has are missing or malformed.
    pub(crate) fn of(env: Environment<'_>, event: Option<Value>) -> Result<EventContext> {
        let env = Variables(env);
        let name = env.need("GITHUB_REPOSITORY")?;
        if !is_repository_name(&name) {
            return Err(Error::usage("GITHUB_REPOSITORY is not of the form `owner/name`"));
        }
        let server = env.get("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
        let host = host_of(&server)?;
        let mut repository =
            Repository { host, id: env.number("GITHUB_REPOSITORY_ID")?, name, also: Vec::new() };
        let event_name = env.need("GITHUB_EVENT_NAME")?;
        let contradiction = contradiction::of(&event_name, &env, event.as_ref(), &repository);
        let payload = event.map(Payload::of).unwrap_or_default();
        repository.id = repository.id.or(payload.repository.id);
        let event = TriggerEvent::of(&event_name);
        let head = event::HeadRepository::of(&event, &env, &payload, &repository.name);
        // the reports belong to that workflow, whichever one processes them
        let run_before = payload.workflow_run.as_ref().filter(|_| event == TriggerEvent::WorkflowRun);
        let run_before = run_before.and_then(|run| run.workflow.clone());
        Ok(EventContext {
            run_url: env.get("GITHUB_RUN_ID").map(|run| {
                let attempt = env.get("GITHUB_RUN_ATTEMPT").unwrap_or_else(|| "1".to_owned());
                let server = server.trim_end_matches('/');
                format!("{server}/{}/actions/runs/{run}/attempts/{attempt}", repository.name)
            }),
            trust: trust::of(&event, &env, &payload, &repository, &head, contradiction),
            is_off_default: event::is_off_default(&event, &env, payload.default_branch.as_deref()),
            visibility: payload.repository.visibility(),
            ticket: payload.ticket.filter(|_| event == TriggerEvent::RepositoryDispatch),
            repository,
            ci: true,
            event,
            branch: head.branch,
            commit: head.commit,
            workflow_commit: env.get("GITHUB_SHA"),
            head_repository: head.repository,
            pull_request: head.pull_request,
            is_dependabot: env.get("GITHUB_ACTOR").is_some_and(|actor| actor == "dependabot[bot]"),
            workflow: run_before.or_else(|| env.get("GITHUB_WORKFLOW")),
            job: env.get("GITHUB_JOB"),
            matrix: env.get("CASEFILE_MATRIX").and_then(|values| matrix::values(&values)),
            debug: env.get("RUNNER_DEBUG").as_deref() == Some("1"),
            system: None,
            runner: Runner::of(&env)?,
        })
    }

    /// What a plain checkout says, outside GitHub Actions.
    ///
    /// # Errors
    /// The address of the API is not one that a token may be sent to.
    pub(crate) fn of_checkout(env: Environment<'_>, checkout: &EventCheckout) -> Result<EventContext> {
        let env = Variables(env);
        Ok(EventContext {
            repository: checkout.repository.clone(),
            visibility: Visibility::Unknown,
            ci: env.get("CI").is_some_and(|value| value != "false"),
            event: TriggerEvent::Checkout,
            branch: checkout.branch.clone(),
            commit: checkout.commit.clone(),
            workflow_commit: checkout.commit.clone(),
            head_repository: Some(checkout.repository.name.clone()),
            pull_request: None,
            ticket: None,
            trust: Trust::MayWrite,
            is_off_default: false,
            is_dependabot: false,
            workflow: None,
            job: None,
            matrix: None,
            run_url: None,
            debug: false,
            system: None,
            runner: Runner { output: None, summary: None, ..Runner::of(&env)? },
        })
    }

    /// Whether everybody can see what GitHub shows about this run (`SECURITY.md`).
    pub(crate) fn is_exposed(&self) -> bool {
        match self.visibility {
            Visibility::Public => true,
            Visibility::Unknown => self.ci,
            Visibility::Private | Visibility::Internal => false,
        }
    }

    /// The name of this run's scans without `--scope`: workflow and job and, for a job with a matrix, the values that
    /// it runs with. The index in the matrix is not part of it: a new leg shifts the others' indexes.
    pub(crate) fn scope(&self) -> String {
        let job = match (&self.workflow, &self.job) {
            (Some(workflow), Some(job)) => format!("{workflow}/{job}"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => "local".to_owned(),
        };
        match &self.matrix {
            Some(values) => format!("{job} ({values})"),
            None => job,
        }
    }

    /// GitHub's API, if it is the API of the server that the repository is on: another server may have a repository
    /// with the same name.
    pub(crate) fn own_api(&self) -> Option<&Url> {
        let is_own =
            |api: &&Url| self.event != TriggerEvent::Checkout || is_api_of(api, &self.repository.host);
        self.runner.api.as_ref().filter(is_own)
    }

    /// Whose pull request this is, if GitHub gives no secrets to such pull requests.
    pub(crate) fn without_secrets(&self) -> Option<&'static str> {
        match (&self.event, self.trust) {
            (TriggerEvent::PullRequest, Trust::ReadsOnly(ReadOnlyReason::Fork)) => Some("a fork"),
            (TriggerEvent::PullRequest, _) if self.is_dependabot => Some("Dependabot"),
            _ => None,
        }
    }

    /// The name about which GitHub has to say whether it is a branch's or a tag's before this run may write.
    pub(crate) fn ref_to_ask(&self) -> Option<&str> {
        self.branch.as_deref().filter(|_| self.trust == Trust::ReadsOnly(ReadOnlyReason::RefUntold))
    }

    /// Adds what GitHub said about [`EventContext::ref_to_ask`].
    pub(crate) fn ref_is(&mut self, is_branch: bool, is_tag: bool) {
        if self.ref_to_ask().is_some() {
            self.trust = trust::of_refs(is_branch, is_tag);
        }
    }

    /// Refuses a checkout that is not at the event's own commit if the workflow is the default branch's.
    ///
    /// Such a run has the secrets, while anybody who opens an issue, writes a comment or finishes a check decides which
    /// code a workflow checks out, so that code's configuration must not be followed. `head` is the checkout's commit;
    /// if it is unknown, the checkout is refused, too.
    ///
    /// # Errors
    /// A usage error that names both commits.
    pub(crate) fn require_own_checkout(&self, head: Option<&str>) -> Result<()> {
        if self.event.runs_on_scanned_code() {
            return Ok(());
        }
        match (head, self.workflow_commit.as_deref()) {
            (Some(head), Some(own)) if head.eq_ignore_ascii_case(own) => Ok(()),
            (head, own) => Err(Error::usage(format!(
                "for `{}` events, the checkout must be at the workflow's own commit {}, but it is at {}",
                self.event.name(),
                own.unwrap_or("(unknown)"),
                head.unwrap_or("an unknown commit")
            ))
            .hint(
                "use actions/checkout without `ref`, and download the scanners' reports from an artifact: \
                 casefile never takes its configuration from code that a stranger may have written",
            )),
        }
    }
}

impl Runner {
    /// The runner's files, if we run in GitHub Actions: for an error that occurs before anything else is known.
    pub(crate) fn of_environment() -> Option<Runner> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads GitHub's environment")]
        let environment = |name: &str| std::env::var(name).ok();
        let path = |name| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let (output, summary) = (path("GITHUB_OUTPUT"), path("GITHUB_STEP_SUMMARY"));
        in_actions(&environment).then(|| Runner { output, summary, ..Runner::default() })
    }

    fn of(env: &Variables<'_>) -> Result<Runner> {
        let api = env.get("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned());
        let api = Url::parse(&api).ok().filter(may_take_a_token).ok_or_else(|| {
            Error::usage("GITHUB_API_URL is not an https address that a token may be sent to")
        })?;
        let token = env.get("GITHUB_TOKEN").map(|token| token.trim().to_owned());
        Ok(Runner {
            api: Some(api),
            token: token.filter(|token| !token.is_empty()).map(SecretString::from),
            output: env.get("GITHUB_OUTPUT").map(PathBuf::from),
            summary: env.get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        })
    }
}

/// Variables that count as unset when they are empty.
struct Variables<'e>(Environment<'e>);

impl Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    fn need(&self, name: &str) -> Result<String> {
        self.get(name).ok_or_else(|| {
            Error::usage(format!(
                "{name} is not set, although casefile seems to be running in GitHub Actions"
            ))
            .hint("unset GITHUB_ACTIONS and GITHUB_EVENT_NAME to run outside GitHub Actions")
        })
    }

    fn number(&self, name: &str) -> Result<Option<u64>> {
        let number = self.get(name).map(|text| text.parse()).transpose();
        number.map_err(|_| Error::usage(format!("{name} is not a number")))
    }
}

/// Whether this is GitHub Actions. An event alone says so, too: whoever hands on only some of the runner's variables, to
/// a container for example, still runs what the event checked out.
pub(crate) fn in_actions(env: Environment<'_>) -> bool {
    env("GITHUB_ACTIONS").as_deref() == Some("true")
        || env("GITHUB_EVENT_NAME").is_some_and(|event| !event.trim().is_empty())
}

fn read_event(path: &Path) -> Result<Value> {
    let wrong = |why: String| {
        Error::new(
            ErrorClass::Machine,
            format!("this run's event file ({}) cannot be read: {why}", path.display()),
        )
    };
    // opening a pipe would wait for whoever writes into it
    if !fs::metadata(path).map_err(|error| wrong(error.to_string()))?.is_file() {
        return Err(wrong("it is not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| wrong(error.to_string()))?;
    file.take(EVENT_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
    if bytes.len() as u64 > EVENT_LIMIT {
        return Err(wrong(format!("it is larger than {EVENT_LIMIT} bytes")));
    }
    serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))
}

fn host_of(server: &str) -> Result<String> {
    let url = Url::parse(server).ok();
    let host = url.as_ref().and_then(|url| {
        let host = url.host_str()?.to_ascii_lowercase();
        Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
    });
    host.ok_or_else(|| Error::usage("GITHUB_SERVER_URL is not a valid address"))
}

/// `https`, or a loopback address for tests; nothing that contains credentials.
fn may_take_a_token(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && loopback);
    scheme && url.username().is_empty() && url.password().is_none()
}

/// Whether an API belongs to a server. On loopback, it stands for GitHub's own.
pub(crate) fn is_api_of(api: &Url, host: &str) -> bool {
    let name = api.host_str().unwrap_or_default();
    let full = api.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
    let loopback = api.scheme() == "http" && host == "github.com";
    loopback || full == host || full.strip_prefix("api.") == Some(host)
}

/// Whether it is `owner/name` in GitHub's own alphabet, so that no part of it has a meaning in an address.
pub(crate) fn is_repository_name(name: &str) -> bool {
    let part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    name.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name))
}

#[cfg(test)]
mod tests;

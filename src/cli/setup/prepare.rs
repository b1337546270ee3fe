//! From arguments to a job: configuration, context, limits.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::apply::Stop;
use crate::cli::args::{CommonArgs, RunOptions, TrackerName};
use crate::cli::output::printer;
use crate::cli::output::progress::ProgressReporter;
use crate::cli::setup::configuration::{self, Configured, configured};
use crate::cli::setup::identity::{self, Learnt};
use crate::cli::setup::origin::{self, CodeOrigin};
use crate::cli::setup::{connect, watchdog};
use crate::compose::section::TicketDetail;
use crate::config::{Config, ReportEntry, TrackerKind};
use crate::error::{Error, Result};
use crate::github::context::{EventContext, FlagOverrides, TriggerEvent, Trust};
use crate::model::alert::Feed;
use crate::model::fingerprint::Fingerprint;
use crate::model::repository::Place;
use crate::model::run::Run;
use crate::pipeline::{Annotator, Job, detail};
use crate::report::files;
use crate::tracker::jira::Jira;
use crate::tracker::local::{FOLDER, Local, Turn};

/// Everything that a run is made of, before the tracker is known.
pub(crate) struct Prepared {
    pub(crate) config: Config,
    /// The file that the configuration was read from.
    file: Option<String>,
    pub(crate) context: EventContext,
    pub(crate) run: Run,
    pub(crate) root: PathBuf,
    pub(crate) stop: Stop,
    pub(crate) progress: ProgressReporter,
    only: Vec<Fingerprint>,
    learnt: Learnt,
    origin: CodeOrigin,
}

/// Reads configuration, environment and checkout, and finds out which repository it is.
pub(crate) async fn prepare(common: &CommonArgs, args: &RunOptions) -> Result<Prepared> {
    let found = configured(common)?;
    configuration::require(&found, common)?;
    prepare_with(found, common, args).await
}

/// The same for a command that does not use a tracker, so that none has to be configured.
pub(crate) async fn prepare_without_tracker(common: &CommonArgs, args: &RunOptions) -> Result<Prepared> {
    prepare_with(configured(common)?, common, args).await
}

async fn prepare_with(found: Configured, common: &CommonArgs, args: &RunOptions) -> Result<Prepared> {
    let Configured { here, mut config, file, path } = found;
    overlay(&mut config, common, args)?;
    let flags = FlagOverrides { pull_request: args.pull_request, commit: args.commit.clone() };
    let mut context = identity::context(&here, &config)?.with_flags(flags);
    origin::require_own_checkout(&context, &here, path.as_deref())?;
    context.is_off_default |= origin::is_laid_over(&context, &here, path.as_deref());
    let stop = Stop::after(args.time_limit);
    watchdog::watch(&stop);
    let mut learnt = identity::learn(&mut context, &config, &here, &stop).await?;
    learnt.requests += origin::settle_pull(&mut context, &config, &here, &stop).await?;
    let mut origin = origin::settle(&context, &mut config, &here, path.as_deref(), &stop).await?;
    config.max_new = args.max_new.unwrap_or(config.max_new);
    learnt.requests += origin.requests + origin::settle_ref(&mut context, &config, &here, &stop).await?;
    #[expect(clippy::disallowed_methods, reason = "the clock is read once")]
    let now = Timestamp::now();
    let run = run(common, args, &config, &context, &mut origin, now);
    let only = args.only.iter().map(|id| id.parse()).collect::<std::result::Result<_, String>>();
    let only = only.map_err(|why| Error::usage(why).hint("`casefile plan --format json` prints the IDs"))?;
    if common.verbose == 0 && context.debug {
        printer::say("debug logging is on in GitHub Actions; `-vv` shows casefile's own debug output");
    }
    let progress = ProgressReporter::new(common);
    let prepared = Prepared { config, file, run, root: here, stop, progress, only, learnt, origin, context };
    if !common.quiet {
        printer::say(&prepared.source());
        prepared.elsewhere().iter().for_each(|line| printer::say(line));
    }
    Ok(prepared)
}

impl Prepared {
    /// Jira, as the configuration and the environment specify it, if anything may be sent there.
    ///
    /// # Errors
    /// No trusted source says where it is, or the configuration or the credentials cannot be used.
    pub(crate) fn jira(&self, stop: impl Into<Stop>) -> Result<Jira> {
        // errors in the configuration remain, whatever GitHub answers next time
        let jira = self.jira_to_check(stop)?;
        self.learnt.barred.clone().map_or(Ok(jira), Err)
    }

    /// The same for checking the setup, for which the repository's ID need not be known.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn jira_to_check(&self, stop: impl Into<Stop>) -> Result<Jira> {
        if let Some(error) = &self.origin.barred {
            return Err(error.clone());
        }
        connect::jira(&self.config, &self.root, stop).map_err(|error| self.origin.explain(error))
    }

    /// Whether no trusted source says where the tracker is, so that not even a check may be sent there.
    pub(crate) fn is_refused(&self) -> bool {
        self.origin.barred.is_some()
    }

    /// Why nothing may be sent to the tracker.
    pub(crate) fn barred(&self) -> Option<&Error> {
        self.origin.barred.as_ref().or(self.learnt.barred.as_ref())
    }

    /// Which configuration and which tracker this run uses.
    pub(crate) fn source(&self) -> String {
        configuration::source(&self.config, self.file.as_deref(), self.detail())
    }

    /// What a CI system other than GitHub Actions was understood to say, in one line.
    fn elsewhere(&self) -> Option<String> {
        let (system, run) = (self.context.system?, &self.run);
        let branch = Some(run.branch.as_str()).filter(|branch| !branch.is_empty());
        let commit = run.commit.get(..7);
        let parts = [
            branch.map(|name| format!("branch {name}")),
            run.pull_request.map(|number| format!("pull request #{number}")),
            commit.map(|id| format!("commit {id}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let facts = if parts.is_empty() {
            "neither the branch nor the commit is known".to_owned()
        } else {
            parts.join(", ")
        };
        Some(format!("{system}: {facts}"))
    }

    /// The job for a tracker of this site.
    pub(crate) fn job(&self, args: &RunOptions, site: &str) -> Result<Job<'_>> {
        let annotator =
            connect::github(&self.config, &self.root, &self.context, &self.stop)?.map(|client| Annotator {
                client,
                number: self.context.pull_request.as_ref().map(|pull| pull.number),
                head_repository: self.may_look_up().then(|| self.context.head_repository.clone()).flatten(),
                found: None,
                pull: None,
                no_comment: std::sync::OnceLock::new(),
            });
        let (recent, remembered) = crate::cli::setup::state::recall(&self.root, args.state.as_deref(), site);
        Ok(Job {
            config: &self.config,
            run: &self.run,
            root: self.root.clone(),
            only: self.only.clone(),
            recent,
            remembered,
            at_tip: self.is_at_tip(),
            mass_resolve: args.allow_mass_resolve,
            detail: self.detail_of(self.context.trust.is_fork()),
            detail_of_forks: self.detail_of(true),
            annotator,
            other_sites: !self.config.serve.sites.is_empty(),
            known: self.learnt.problem.iter().chain(&self.origin.problems).cloned().collect(),
            asked: self.learnt.requests,
            stop: self.stop.clone(),
            watch: &self.progress,
        })
    }

    /// Whether the branch is the one that is checked out here, on a person's machine.
    fn is_at_tip(&self) -> bool {
        let context = &self.context;
        context.event == TriggerEvent::Checkout
            && !context.ci
            && context.branch.as_ref() == Some(&self.run.branch)
    }

    /// Whether the pull request is to be looked up by the scanned commit.
    fn may_look_up(&self) -> bool {
        let context = &self.context;
        let is_branch = context.system.is_some() && context.pull_request.is_none();
        is_branch || matches!(context.event, TriggerEvent::Push | TriggerEvent::WorkflowRun)
    }

    /// How much may be printed: a person's own terminal is not public.
    pub(crate) fn detail(&self) -> TicketDetail {
        let exposed = self.context.ci && self.context.is_exposed();
        detail(&self.config, exposed, self.context.trust.is_fork())
    }

    /// How much may be shown on GitHub (`SECURITY.md`).
    fn detail_of(&self, fork: bool) -> TicketDetail {
        detail(&self.config, self.context.is_exposed(), fork)
    }
}

/// Flags take precedence over the file.
fn overlay(config: &mut Config, common: &CommonArgs, args: &RunOptions) -> Result<()> {
    let unknown = |entry: &&String| entry.starts_with("github:") && Feed::of_entry(entry).is_none();
    if let Some(entry) = common.reports.iter().find(unknown) {
        let known = Feed::ALL.map(|feed| format!("`github:{}`", feed.name())).join(", ");
        return Err(Error::usage(format!("`--reports {entry}` does not name a kind of GitHub alert"))
            .hint(format!("known: {known}")));
    }
    let wrong = common.reports.iter().find_map(|entry| Some((entry, files::check(entry).err()?)));
    if let Some((entry, why)) = wrong {
        return Err(Error::usage(format!("`--reports {entry}`: {why}")).hint(
            "a glob is a path relative to the current folder, with `*` for any name and `**` for any \
             number of folders",
        ));
    }
    if !common.reports.is_empty() {
        config.reports = common.reports.iter().map(ReportEntry::glob).collect();
    }
    if let Some(tracker) = common.tracker {
        config.tracker = tracker.into();
        config.is_tracker_named = true;
    }
    config.max_new = args.max_new.unwrap_or(config.max_new);
    config.fail_on = args.fail_on.or(config.fail_on);
    if config.tracker == TrackerKind::Local
        && let Some(jira) = &mut config.jira
        && common.tracker == Some(TrackerName::Local)
    {
        jira.url = None;
    }
    Ok(())
}

fn run(
    common: &CommonArgs,
    args: &RunOptions,
    config: &Config,
    context: &EventContext,
    origin: &mut CodeOrigin,
    now: Timestamp,
) -> Run {
    let base = context.pull_request.as_ref().and_then(|pull| pull.base.clone());
    let head = common.branch.clone().or_else(|| context.branch.clone()).unwrap_or_default();
    let pattern = config.pattern(&head, base.as_deref()).map(str::to_owned);
    let pattern = pattern.filter(|_| origin.allows(&head, base.as_deref()));
    let untrusted = match &context.trust {
        Trust::MayWrite => None,
        Trust::ReadsOnly(why) => Some(why.to_string()),
    };
    let number = context.pull_request.as_ref().map(|pull| pull.number);
    Run {
        repository: context.repository.clone(),
        place: number.map_or_else(|| Place::Branch(head.clone()), Place::PullRequest),
        branch: head,
        commit: context.commit.clone().unwrap_or_default(),
        checkout: context.workflow_commit.clone().unwrap_or_default(),
        pull_request: number,
        base,
        url: context.run_url.clone(),
        job: args.scope.clone().unwrap_or_else(|| context.scope()),
        pattern,
        untrusted,
        now,
    }
}

/// The folder of tickets, with this process's turn to write there; waits for the turn.
pub(crate) async fn local(prepared: &Prepared) -> Result<(Local, Turn)> {
    let tracker = Local::new(prepared.root.join(FOLDER), prepared.run.now);
    let turn = tracker.turn(&prepared.stop).await;
    let turn = turn.map_err(|why| Error::remote(why.to_string()).hint(why.hint()))?;
    Ok((tracker, turn))
}

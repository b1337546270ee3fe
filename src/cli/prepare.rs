//! From what was typed to what is to be done: configuration, context, limits.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::identity::{self, Learnt};
use super::progress::Progress;
use super::{Common, OutputFormat, RunArgs, connect, output};
use crate::apply::Stop;
use crate::compose::section::Detail;
use crate::config::{self, BranchSide, Config, ReportEntry, TrackerKind};
use crate::error::{Error, Fault, Result};
use crate::github::context::{Checkout, Context, Event, Trust};
use crate::model::alert::Feed;
use crate::model::fingerprint::Fingerprint;
use crate::model::repository::Place;
use crate::model::run::Run;
use crate::model::scan::Problem;
use crate::pipeline::{Annotator, Job, detail};
use crate::report::files;

/// Where the configuration is looked for.
const FILES: [&str; 2] = [".github/casefile.yml", "casefile.yml"];

/// The longest configuration that is read, in bytes.
const LIMIT: u64 = 1 << 20;

/// Everything that a run is made of, before the tracker is known.
pub(super) struct Prepared {
    pub(super) config: Config,
    pub(super) context: Context,
    pub(super) run: Run,
    pub(super) root: PathBuf,
    pub(super) stop: Stop,
    pub(super) progress: Progress,
    only: Vec<Fingerprint>,
    learnt: Learnt,
}

/// Reads configuration, environment and checkout, and learns which repository it is.
pub(super) async fn prepare(common: &Common, args: &RunArgs) -> Result<Prepared> {
    let (here, mut config) = configured(common)?;
    let root = root(&here);
    overlay(&mut config, common, args)?;
    let mut context = identity::context(&here, &config)?;
    context.require_own_checkout(Checkout::commit(&root).as_deref())?;
    let stop = Stop::after(args.time_limit);
    let learnt = identity::learn(&mut context, &config, &here, &stop).await?;
    #[expect(clippy::disallowed_methods, reason = "the clock is read once")]
    let now = Timestamp::now();
    let run = run(common, args, &config, &context, now);
    let only = args.only.iter().map(|id| id.parse()).collect::<std::result::Result<_, String>>();
    let only = only.map_err(|why| Error::usage(why).hint("`casefile plan` prints the identities"))?;
    if common.verbose == 0 && context.debug {
        output::say("debug logs are on; `-vv` says everything");
    }
    Ok(Prepared { config, run, root: here, stop, progress: Progress::new(common), only, learnt, context })
}

/// The folder that the command was started in, and the configuration that holds there.
pub(super) fn configured(common: &Common) -> Result<(PathBuf, Config)> {
    #[expect(clippy::disallowed_methods, reason = "the folder that the command was started in")]
    let here = std::env::current_dir()
        .map_err(|error| Error::usage(format!("the current folder cannot be told: {error}")))?;
    let root = root(&here);
    let folder = if common.config.is_none() && !has_configuration(&here) { &root } else { &here };
    let config = configuration(common, folder)?;
    Ok((here, config))
}

impl Prepared {
    /// The job for a tracker of this site.
    pub(super) fn job(&self, args: &RunArgs, site: &str) -> Result<Job<'_>> {
        let annotator =
            connect::github(&self.config, &self.root, &self.context, &self.stop)?.map(|client| Annotator {
                client,
                number: self.context.pull_request.as_ref().map(|pull| pull.number),
                head_repository: self.may_look_up().then(|| self.context.head_repository.clone()).flatten(),
                found: None,
                pull: None,
            });
        Ok(Job {
            config: &self.config,
            run: &self.run,
            root: self.root.clone(),
            only: self.only.clone(),
            recent: super::state::recent(args.state.as_deref(), site),
            at_tip: self.is_at_tip(),
            mass_resolve: args.allow_mass_resolve,
            detail: self.detail_of(self.context.trust.is_fork()),
            detail_of_forks: self.detail_of(true),
            annotator,
            other_sites: !self.config.serve.sites.is_empty(),
            known: self.learnt.problem.iter().cloned().collect(),
            asked: self.learnt.requests,
            stop: self.stop.clone(),
            watch: &self.progress,
        })
    }

    /// Whether the branch is the one that is checked out here, on a person's machine.
    fn is_at_tip(&self) -> bool {
        let context = &self.context;
        context.event == Event::Checkout && !context.ci && context.branch.as_ref() == Some(&self.run.branch)
    }

    /// Whether the pull request is to be looked up by the scanned commit.
    fn may_look_up(&self) -> bool {
        matches!(self.context.event, Event::Push | Event::WorkflowRun)
            && matches!(self.context.trust, Trust::MayWrite | Trust::ReadsOnly(_))
    }

    /// How much may be printed: a person's own terminal is none of GitHub's surfaces.
    pub(super) fn detail(&self) -> Detail {
        let exposed = self.context.ci && self.context.is_exposed();
        detail(&self.config, exposed, self.context.trust.is_fork())
    }

    /// How much GitHub's surfaces may tell (DESIGN section 10).
    fn detail_of(&self, fork: bool) -> Detail {
        detail(&self.config, self.context.is_exposed(), fork)
    }
}

/// The checkout's root: the nearest folder with `.git`, else the folder itself.
fn root(here: &Path) -> PathBuf {
    here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here).to_owned()
}

fn has_configuration(folder: &Path) -> bool {
    FILES.into_iter().any(|name| folder.join(name).symlink_metadata().is_ok())
}

fn configuration(common: &Common, here: &Path) -> Result<Config> {
    let (path, name) = match &common.config {
        Some(path) => (here.join(path), path.display().to_string()),
        None => match FILES.into_iter().find(|name| here.join(name).symlink_metadata().is_ok()) {
            Some(name) => (here.join(name), name.to_owned()),
            None => return Ok(Config::default()),
        },
    };
    let wrong = |why: String| Error::usage(format!("the configuration {name} cannot be read: {why}"));
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    if path.ancestors().take_while(|part| *part != here).filter(|part| part.starts_with(here)).any(is_link) {
        return Err(wrong("it is, or lies behind, a symbolic link, which is not followed".to_owned())
            .hint("put the file itself there, or name another one with `--config`"));
    }
    let kind = path.symlink_metadata().map_err(|error| {
        wrong(error.to_string()).hint("`--config` takes a file's path from the current folder")
    });
    let kind = kind?.file_type();
    if !kind.is_file() {
        return Err(wrong("it is not a regular file".to_owned()));
    }
    let mut text = String::new();
    let file = File::open(&path).map_err(|error| wrong(error.to_string()))?;
    file.take(LIMIT + 1).read_to_string(&mut text).map_err(|error| wrong(error.to_string()))?;
    if text.len() as u64 > LIMIT {
        return Err(wrong("it is longer than 1 MiB".to_owned()));
    }
    config::parse(&text, &name).map_err(|problems| {
        let many = if problems.len() == 1 { "a problem" } else { "problems" };
        let fault = |one: Problem| Fault { place: one.place, message: one.message, hint: one.hint };
        Error::usage(format!("{name} has {many}"))
            .of(problems.into_iter().map(fault).collect())
            .hint("nothing was read or written; `casefile schema` prints what the file may hold")
    })
}

/// Flags beat the file.
fn overlay(config: &mut Config, common: &Common, args: &RunArgs) -> Result<()> {
    let unknown = |entry: &&String| entry.starts_with("github:") && Feed::of_entry(entry).is_none();
    if let Some(entry) = common.reports.iter().find(unknown) {
        let known = Feed::ALL.map(|feed| format!("`github:{}`", feed.name())).join(", ");
        return Err(Error::usage(format!("`--reports {entry}` names no alerts that GitHub has"))
            .hint(format!("known are {known}")));
    }
    let wrong = common.reports.iter().find_map(|entry| Some((entry, files::check(entry).err()?)));
    if let Some((entry, why)) = wrong {
        return Err(Error::usage(format!("`--reports {entry}`: {why}")).hint(
            "a glob is a path from the current folder, with `*` for any name and `**` for any folders",
        ));
    }
    if !common.reports.is_empty() {
        config.reports = common.reports.iter().map(ReportEntry::glob).collect();
    }
    if let Some(tracker) = common.tracker {
        config.tracker = tracker.into();
    }
    config.max_new = args.max_new.unwrap_or(config.max_new);
    config.fail_on = args.fail_on.or(config.fail_on);
    if config.tracker == TrackerKind::Local
        && let Some(jira) = &mut config.jira
        && common.tracker == Some(super::TrackerName::Local)
    {
        jira.url = None;
    }
    Ok(())
}

fn run(common: &Common, args: &RunArgs, config: &Config, context: &Context, now: Timestamp) -> Run {
    let base = context.pull_request.as_ref().and_then(|pull| pull.base.clone());
    let head = common.branch.clone().or_else(|| context.branch.clone()).unwrap_or_default();
    let held = match config.pull_request.branch {
        BranchSide::Base => base.clone().unwrap_or_else(|| head.clone()),
        BranchSide::Head => head.clone(),
    };
    let pattern = config.branches.allows(&held).map(str::to_owned).filter(|_| !held.is_empty());
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

/// Refuses a way of printing that a command does not have.
pub(super) fn check_format(common: &Common, allowed: &[OutputFormat]) -> Result<()> {
    if allowed.contains(&common.format) {
        return Ok(());
    }
    Err(Error::usage("`--format markdown` belongs to `casefile plan`"))
}

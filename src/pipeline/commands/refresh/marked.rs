//! The pull requests that show tickets: those with a section in the description or in casefile's comment. The texts
//! come with the lists, so none is requested on its own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::compose::section::{self, PullRequestStatus, TicketDetail};
use crate::config::{Annotate, TrackerKind};
use crate::github::client::GithubClient;
use crate::github::failure::GithubFailure;
use crate::github::pulls::Pull;
use crate::model::scan::Problem;
use crate::model::section::{Section, Shown};
use crate::pipeline::annotate::section_builder::{self, TicketSite};
use crate::pipeline::commands::refresh::result::Refreshed;
use crate::pipeline::job::Job;

/// How many pages of comments are read before pull requests are requested one by one: casefile's comments are among all
/// those that changed recently.
const COMMENT_PAGES: usize = 10;

/// A pull request with a section.
pub(crate) struct Marked {
    pub(crate) pull: Pull,
    /// Its description, if that has a section.
    pub(crate) description: Option<String>,
    /// casefile's comment, if that has one.
    pub(crate) comment: Option<String>,
    sections: Vec<Section>,
}

impl Marked {
    fn of(pull: Pull, comment: Option<String>) -> Option<Marked> {
        let with_section = |text: String| {
            let section = section::read(&text);
            (!section.is_empty()).then_some((text, section))
        };
        let (description, comment) = (with_section(pull.body.clone()), comment.and_then(with_section));
        let mut sections = Vec::new();
        let mut text = |found: Option<(String, Section)>| {
            let (text, section) = found?;
            sections.push(section);
            Some(text)
        };
        let (description, comment) = (text(description), text(comment));
        (!sections.is_empty()).then_some(Marked { pull, description, comment, sections })
    }

    /// The tickets of this site that it references.
    pub(crate) fn references(&self, site: TicketSite<'_>) -> BTreeSet<u64> {
        self.sections.iter().flat_map(|section| section_builder::referenced(section, site)).collect()
    }

    /// The tickets as it shows them.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Shown> {
        self.sections.iter().flat_map(|section| &section.shown)
    }

    /// Whether it shows tickets of another kind of tracker: a local folder knows nothing about Jira's tickets, and its
    /// own are nowhere else.
    pub(crate) fn is_of_another(&self, job: &Job<'_>, site: &str) -> bool {
        let mut rows = self.sections.iter().flat_map(|section| section.scans.values()).flatten();
        job.config.tracker == TrackerKind::Local && rows.any(|row| row.ticket.site != site)
    }

    /// The texts with a section.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.description, &self.comment].into_iter().flatten().map(String::as_str)
    }

    pub(crate) fn standing(&self) -> PullRequestStatus {
        match (self.pull.open, self.pull.merged) {
            (true, _) => PullRequestStatus::Live,
            (false, true) => PullRequestStatus::Merged,
            (false, false) => PullRequestStatus::Closed,
        }
    }

    /// How much may be shown there: a pull request from a fork is read by its author.
    pub(crate) fn detail(&self, job: &Job<'_>) -> TicketDetail {
        let head = self.pull.head_repository.as_deref();
        let own = head.is_some_and(|head| head.eq_ignore_ascii_case(&job.run.repository.name));
        if own { job.detail } else { job.detail_of_forks }
    }
}

/// The open pull requests, and those that were closed recently, each once.
pub(crate) async fn list(
    client: &GithubClient,
    job: &Job<'_>,
    done: &mut Refreshed,
) -> Result<Vec<Pull>, GithubFailure> {
    let config = job.config;
    let mut listed = client.open_pulls().await?;
    if config.refresh.closed_days > 0 {
        let days = SignedDuration::from_hours(24 * i64::from(config.refresh.closed_days));
        let since = job.run.now.checked_sub(days).unwrap_or(Timestamp::UNIX_EPOCH);
        let closed = client.closed_pulls(since).await?;
        listed.whole &= closed.whole;
        listed.items.extend(closed.items);
    }
    if !listed.whole {
        done.problems.push(
            Problem::new(
                "pull requests",
                "there are too many pull requests to read in one run; those that were not read are left unchanged",
            )
            .hint("Lower `refresh.closed-days`."),
        );
    }
    let mut seen = BTreeSet::new();
    listed.items.retain(|pull| seen.insert(pull.number));
    Ok(listed.items)
}

/// Those of the pull requests that have a section.
pub(crate) async fn read(
    client: &GithubClient,
    job: &Job<'_>,
    pulls: &[Pull],
) -> Result<Vec<Marked>, GithubFailure> {
    let mut comments = match job.config.pull_request.annotate {
        Annotate::Comment | Annotate::Both => comments(client, pulls).await?,
        Annotate::Description | Annotate::None => BTreeMap::new(),
    };
    let marked = |pull: &Pull| Marked::of(pull.clone(), comments.remove(&pull.number));
    Ok(pulls.iter().filter_map(marked).collect())
}

/// casefile's comments with a section, by pull request.
async fn comments(client: &GithubClient, pulls: &[Pull]) -> Result<BTreeMap<u64, String>, GithubFailure> {
    let since = pulls.iter().map(|pull| pull.created).min().flatten();
    let listed = client.own_comments(&[section::COMMENT], since, COMMENT_PAGES).await?;
    // if there are several, the oldest is the one that is written to
    let mut found: BTreeMap<u64, (u64, String)> = BTreeMap::new();
    for comment in listed.items {
        let known = found.get(&comment.pull).is_some_and(|(id, _)| *id < comment.id);
        if !known {
            found.insert(comment.pull, (comment.id, comment.body));
        }
    }
    let mut found: BTreeMap<u64, String> = found.into_iter().map(|(pull, (_, body))| (pull, body)).collect();
    if !listed.whole {
        for pull in pulls.iter().map(|pull| pull.number) {
            if !found.contains_key(&pull)
                && let Some(body) = client.own_comment(pull, section::COMMENT).await?
            {
                found.insert(pull, body);
            }
        }
    }
    Ok(found)
}

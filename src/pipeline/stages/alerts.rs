//! GitHub's own alerts: read as reports before the survey, and changed after filing if they follow their tickets.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use crate::apply::Outcomes;
use crate::config::ReportEntry;
use crate::error::Error;
use crate::github::alerts::Missing;
use crate::github::failure::GithubFailure;
use crate::model::alert::{AlertChange, AlertId, AlertTo, Feed};
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::pipeline::job::Job;
use crate::plan::Plan;
use crate::report::source::ReportSource;

/// What GitHub answered about a feed.
pub(crate) enum FeedAnswer {
    /// Its alerts, and what is missing of them.
    Alerts(ReportSource, Option<Problem>),
    /// Nothing, and why.
    Nothing(Problem),
    /// Nothing of code scanning yet: the pull request is still being analysed, or is not analysed at all.
    NotYet(Problem),
}

/// An alert that follows its ticket, in the JSON result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ChangedAlert {
    /// `code-scanning` or `dependabot`.
    pub feed: &'static str,
    /// Its number.
    pub number: u64,
    /// What became of it: `dismissed`, `reopened` or `failed`; in a plan, `dismiss` or `reopen`.
    pub action: &'static str,
    /// GitHub's reason for a dismissal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The ticket that it follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// Reads the feeds that `reports` names, each once.
pub(crate) async fn fetch(job: &Job<'_>) -> Vec<FeedAnswer> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for entry in &job.config.reports {
        if let Some(feed) = Feed::of_entry(&entry.path)
            && seen.insert(feed)
        {
            job.watch.stage("reading GitHub's alerts");
            all.push(read(job, feed, entry).await.unwrap_or_else(FeedAnswer::Nothing));
        }
    }
    all
}

async fn read(job: &Job<'_>, feed: Feed, entry: &ReportEntry) -> Result<FeedAnswer, Problem> {
    let problem = |message: &str| Problem::new(&entry.path, message);
    let annotator = job.annotator.as_ref();
    let annotator = annotator.ok_or_else(|| {
        let hint = format!("set GITHUB_TOKEN in the environment, and {}", permission(feed, "read"));
        problem("cannot be read: GITHUB_TOKEN is not set").hint(hint)
    })?;
    let reference = match &job.run.place {
        Place::PullRequest(number) => format!("refs/pull/{number}/merge"),
        Place::Branch(name) if name.is_empty() => {
            let unknown = problem("cannot be read: the branch is not known");
            return Err(unknown.hint("name it with `--branch`"));
        }
        Place::Branch(name) => format!("refs/heads/{name}"),
    };
    let listing = annotator.client.alerts(feed, &reference);
    let late = || {
        problem("not read in time").hint(
            "reading alerts may take at most half of the time limit, so that time is left for the reports; \
             raise `--time-limit` to allow more",
        )
    };
    let listing = match job.stop.spare(Duration::MAX, listing).await.ok_or_else(late)? {
        Ok(listing) => listing,
        Err(GithubFailure::NotFound(_))
            if feed == Feed::CodeScanning && matches!(job.run.place, Place::PullRequest(_)) =>
        {
            let message =
                format!("GitHub has no analysis of {reference} yet, so its alerts are left out of this run");
            return Ok(FeedAnswer::NotYet(problem(&message).hint(
                "the alerts of a pull request are complete once its code has been analysed: start casefile after the \
                 workflow that does so (`on: workflow_run`), and let that workflow run for pull requests",
            )));
        }
        Err(why) => return Err(unreadable(feed, why, entry)),
    };
    let mut source = ReportSource::bytes(entry.path.as_str(), listing.packed);
    source.base.clone_from(&entry.base);
    source.category.clone_from(&entry.category);
    source.format = Some(format(feed));
    source.live = true;
    let rest = listing.missing.map(|missing| {
        let message = missing.to_string();
        match missing {
            Missing::Failed(why) => Problem { message, ..unreadable(feed, why, entry) },
            Missing::TooMany | Missing::NoWay => problem(&message),
        }
    });
    Ok(FeedAnswer::Alerts(source, rest))
}

/// The reader of a feed's alerts.
pub(crate) fn format(feed: Feed) -> &'static str {
    match feed {
        Feed::CodeScanning => "github-code-scanning",
        Feed::Dependabot => "github-dependabot",
        Feed::SecretScanning => "github-secret-scanning",
    }
}

fn unreadable(feed: Feed, why: GithubFailure, entry: &ReportEntry) -> Problem {
    let enabled = match feed {
        Feed::CodeScanning => {
            "check that code scanning is enabled, and that a scanner has uploaded its results for this branch or pull \
             request"
        }
        Feed::Dependabot => "check that Dependabot alerts are enabled",
        Feed::SecretScanning => "check that secret scanning is enabled",
    };
    let permission = permission(feed, "read");
    let (message, hint) = match why {
        GithubFailure::ReadOnlyToken => {
            ("the token is not allowed to read these alerts".to_owned(), permission)
        }
        GithubFailure::NotFound(_) | GithubFailure::Refused(_) | GithubFailure::Forbidden(_) => {
            (why.to_string(), format!("{enabled}; {permission}"))
        }
        _ => {
            let error = Error::from(why);
            (error.to_string(), error.advice().unwrap_or_default().to_owned())
        }
    };
    Problem::new(&entry.path, message).hint(hint)
}

/// How a token gets access to a feed.
fn permission(feed: Feed, access: &str) -> String {
    match (feed, access) {
        (Feed::CodeScanning, _) => format!("give the job `permissions: security-events: {access}`"),
        (Feed::Dependabot, "read") => "give the job `permissions: vulnerability-alerts: read`".to_owned(),
        (Feed::Dependabot, _) => {
            "use a GitHub App token or a fine-grained token with `Dependabot alerts: write` as GITHUB_TOKEN"
                .to_owned()
        }
        (Feed::SecretScanning, _) => format!(
            "use a GitHub App token or a fine-grained token with `Secret scanning alerts: {access}`; the job's own \
             token cannot have this permission"
        ),
    }
}

/// Changes the alerts as planned. Returns those that were not changed, with one problem per reason; nothing else is
/// affected.
pub(crate) async fn change(job: &Job<'_>, plan: &Plan, outcomes: &mut Outcomes) -> BTreeSet<AlertId> {
    let mut left: BTreeSet<AlertId> = plan.alerts.iter().map(|change| change.alert).collect();
    let Some(annotator) = job.annotator.as_ref().filter(|_| !left.is_empty()) else { return left };
    job.watch.stage("updating GitHub's alerts");
    let mut refused = BTreeSet::new();
    for (done, change) in plan.alerts.iter().enumerate() {
        job.watch.progress(done, plan.alerts.len());
        let feed = change.alert.feed;
        if refused.contains(&feed) {
            continue;
        }
        if job.stop.is_over() {
            let were = if left.len() == 1 { "alert was" } else { "alerts were" };
            let message = format!("{} {were} not updated: the time limit was reached", left.len());
            outcomes
                .problems
                .push(Problem::new("GitHub's alerts", message).hint("the next run will update what is left"));
            break;
        }
        let Err(why) = annotator.client.change_alert(change).await else {
            left.remove(&change.alert);
            continue;
        };
        let (message, hint) = match &why {
            GithubFailure::ReadOnlyToken => {
                ("the token is not allowed to change these alerts".to_owned(), permission(feed, "write"))
            }
            _ => {
                let error = Error::from(why.clone());
                (error.to_string(), error.advice().unwrap_or_default().to_owned())
            }
        };
        outcomes.problems.push(Problem::new(change.alert.to_string(), message).hint(hint));
        // a refusal may be specific to one alert; any other failure applies to all of them
        if !matches!(
            why,
            GithubFailure::Refused(_) | GithubFailure::Forbidden(_) | GithubFailure::NotFound(_)
        ) {
            refused.insert(feed);
        }
    }
    left
}

/// What becomes of alerts, or became of them: `left` were not changed.
pub(crate) fn changed(plan: &Plan, left: Option<&BTreeSet<AlertId>>) -> Vec<ChangedAlert> {
    let row = |change: &AlertChange| {
        let (reason, action) = match (&change.to, left) {
            (AlertTo::Dismissed { reason, .. }, None) => (Some(*reason), "dismiss"),
            (AlertTo::Dismissed { reason, .. }, Some(_)) => (Some(*reason), "dismissed"),
            (AlertTo::Open, None) => (None, "reopen"),
            (AlertTo::Open, Some(_)) => (None, "reopened"),
        };
        let failed = left.is_some_and(|left| left.contains(&change.alert));
        ChangedAlert {
            feed: change.alert.feed.name(),
            number: change.alert.number,
            action: if failed { "failed" } else { action },
            reason,
            ticket: change.ticket.clone(),
        }
    };
    plan.alerts.iter().map(row).collect()
}

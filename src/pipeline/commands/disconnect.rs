//! `casefile disconnect`: removes all of casefile's marks from a repository's tickets and pull requests; the tickets
//! stay. It first looks for them, and then removes exactly what it showed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::apply::apply;
use crate::compose::{section, timeline};
use crate::document::marker::has_marker;
use crate::error::Error;
use crate::github::client::GithubClient;
use crate::github::failure::GithubFailure;
use crate::github::rewrite::{Rewrite, Written};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::scan::Problem;
use crate::model::section::Role;
use crate::model::ticket::Ticket;
use crate::model::write::Ref;
use crate::pipeline::annotate::post::PostError;
use crate::pipeline::job::Job;
use crate::pipeline::outcome::ticket::Requests;
use crate::plan::{self, Plan};
use crate::tracker::{Read, Write};

/// How many pages of comments are looked through: 20,000 comments.
const COMMENT_PAGES: usize = 200;

/// The marks, and what became of them: the JSON result, version 1.
#[derive(Debug, Serialize)]
pub(crate) struct Marks {
    version: u32,
    /// Whether they were to be removed, or only to be shown.
    pub done: bool,
    /// The tickets with marks.
    pub tickets: Vec<TicketMarks>,
    /// The pull requests with marks.
    pub pull_requests: Vec<PullMarks>,
    /// What could not be read or done.
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub requests: Requests,
    /// Whether the tracker or GitHub refused something, or could not be reached.
    #[serde(skip)]
    pub failed: bool,
    #[serde(skip)]
    plan: Plan,
}

/// A ticket with marks.
#[derive(Debug, Serialize)]
pub(crate) struct TicketMarks {
    /// Its key.
    pub key: String,
    /// Its page.
    pub url: String,
    /// Whether they were removed.
    pub removed: bool,
    #[serde(skip)]
    id: u64,
}

/// A pull request with marks.
#[derive(Debug, Default, Serialize)]
pub(crate) struct PullMarks {
    /// Its number.
    pub number: u64,
    /// Whether its description has a section.
    pub section: bool,
    /// How many comments of casefile's own it has.
    pub comments: usize,
    /// Whether they were removed.
    pub removed: bool,
    #[serde(skip)]
    ids: Vec<u64>,
}

/// What would be removed. Nothing is written.
///
/// # Errors
/// The tracker or GitHub could not be read.
pub(crate) async fn marks<T: Read>(tracker: &T, job: &Job<'_>) -> Result<Marks, Error> {
    let mut problems = job.known.clone();
    let (pulls, resolving) = match &job.annotator {
        Some(annotator) => {
            job.watch.stage("reading pull requests");
            pulls(&annotator.client, &mut problems).await?
        }
        None => {
            let problem = Problem::new("GitHub", "pull requests are skipped: GITHUB_TOKEN is not set");
            problems.push(problem.hint("Set GITHUB_TOKEN to a token that can write to pull requests."));
            Default::default()
        }
    };
    job.watch.stage("looking at tickets");
    let tickets = tickets(tracker, job).await.map_err(|failure| {
        Error::remote(format!("tickets could not be read, so nothing was changed: {failure}"))
            .hint(failure.hint())
    })?;
    let mut plan = plan::disconnect(&tickets, &job.run.repository, &resolving);
    problems.append(&mut plan.problems);
    let by_id: BTreeMap<u64, &Ticket> = tickets.iter().map(|ticket| (ticket.id.id, ticket)).collect();
    let planned = plan.works.iter().filter_map(|work| match &work.on {
        Ref::Known(id) => by_id.get(&id.id),
        Ref::New(_) => None,
    });
    let tickets = planned.map(|ticket| TicketMarks {
        key: ticket.key.to_string(),
        url: ticket.url.clone(),
        removed: false,
        id: ticket.id.id,
    });
    let tickets = tickets.collect();
    let mut marks = Marks {
        version: 1,
        done: false,
        tickets,
        pull_requests: pulls.into_values().collect(),
        problems,
        requests: Requests::default(),
        failed: false,
        plan,
    };
    marks.count(tracker, job);
    Ok(marks)
}

/// Takes the marks off: the tickets' first, because the pull requests show which links are casefile's.
/// What fails is left for another time.
pub(crate) async fn disconnect<T: Write>(tracker: &T, job: &Job<'_>, mut marks: Marks) -> Marks {
    marks.done = true;
    job.watch.stage("removing marks from tickets");
    job.stop.close();
    let progress = |done, of| job.watch.progress(done, of);
    let outcomes = apply(tracker, &marks.plan, &job.stop, &progress).await;
    for ticket in &mut marks.tickets {
        let mut unwritten = outcomes.undone.iter().chain(&outcomes.unedited);
        let failure = unwritten.find(|(id, _)| id.id == ticket.id).map(|(_, failure)| failure);
        ticket.removed = matches!(failure, None | Some(Failure::Gone));
        if let Some(failure) = failure.filter(|_| !ticket.removed) {
            let message = format!("its marks could not be removed: {failure}");
            marks.problems.push(Problem::new(&ticket.key, message).hint(failure.hint()));
            marks.failed = true;
        }
    }
    marks.problems.extend(outcomes.problems);
    if let Some(annotator) = job.annotator.as_ref().filter(|_| !marks.failed) {
        job.watch.stage("removing marks from pull requests");
        clean(&annotator.client, job, &mut marks).await;
    }
    marks.count(tracker, job);
    marks
}

impl Marks {
    fn count<T: Read>(&mut self, tracker: &T, job: &Job<'_>) {
        let github = job.github_requests();
        self.requests = Requests { tracker: tracker.requests(), github };
    }
}

type Pulls = BTreeMap<u64, PullMarks>;

/// The pull requests with marks, and by ticket those that say that they resolve it.
async fn pulls(
    client: &GithubClient,
    problems: &mut Vec<Problem>,
) -> Result<(Pulls, BTreeMap<u64, BTreeSet<u64>>), GithubFailure> {
    let mut found = Pulls::new();
    let mut resolving: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    let listed = client.all_pulls().await?;
    let comments = client.own_comments(&[section::COMMENT, timeline::MARKER], None, COMMENT_PAGES).await?;
    if !listed.whole || !comments.whole {
        let problem =
            Problem::new("GitHub", "there are too many pull requests or comments to read in one run");
        problems.push(problem.hint("Run `casefile disconnect` again until it finds nothing more to remove."));
    }
    let texts = listed.items.iter().map(|pull| (pull.number, &pull.body));
    for (number, text) in texts.chain(comments.items.iter().map(|comment| (comment.pull, &comment.body))) {
        let rows = section::read(text).scans.into_values().flatten();
        // whatever name their site had then: removing a link that does not exist costs little
        for row in rows.filter(|row| row.role == Role::Resolves) {
            resolving.entry(row.ticket.id).or_default().insert(number);
        }
    }
    for pull in listed.items.iter().filter(|pull| section::remove(&pull.body) != pull.body) {
        found.entry(pull.number).or_default().section = true;
    }
    for comment in comments.items {
        let marks = found.entry(comment.pull).or_default();
        marks.comments += 1;
        marks.ids.push(comment.id);
    }
    found.iter_mut().for_each(|(number, marks)| marks.number = *number);
    Ok((found, resolving))
}

async fn tickets<T: Read>(tracker: &T, job: &Job<'_>) -> Result<Vec<Ticket>, Failure> {
    // an expired token can make everything else look empty
    tracker.answer(&Ask::Account).await?;
    match tracker.answer(&Ask::Marked { labels: job.run.repository.labels() }).await? {
        Answer::Tickets(tickets) => Ok(tickets),
        _ => Ok(Vec::new()),
    }
}

async fn clean(client: &GithubClient, job: &Job<'_>, marks: &mut Marks) {
    for pull in &mut marks.pull_requests {
        if job.stop.is_over() {
            let problem = Problem::new("pull requests", "the time limit was reached");
            marks
                .problems
                .push(problem.hint("Run `casefile disconnect` again: it continues where it stopped."));
            marks.failed = true;
            return;
        }
        match clean_one(client, pull).await {
            Ok(Written::Contested) => {
                let message = "somebody else overwrote its description or a comment after each attempt to remove the marks";
                marks.problems.push(Problem::new(format!("pull request #{}", pull.number), message));
                marks.failed = true;
            }
            Ok(_) => pull.removed = true,
            Err(failure) => {
                let PostError { error, everywhere, .. } = PostError::from(failure);
                let hint = error.advice().unwrap_or_default().to_owned();
                let place = format!("pull request #{}", pull.number);
                marks.problems.push(Problem::new(place, error.to_string()).hint(hint));
                marks.failed = true;
                if everywhere {
                    return;
                }
            }
        }
    }
}

async fn clean_one(client: &GithubClient, pull: &PullMarks) -> Result<Written, GithubFailure> {
    for id in &pull.ids {
        if client.clear_comment(*id, others).await? == Written::Contested {
            return Ok(Written::Contested);
        }
    }
    if !pull.section {
        return Ok(Written::Unchanged);
    }
    client.rewrite(pull.number, async |body| Ok(Rewrite::at_once(section::remove(body)))).await
}

/// What people wrote in one of casefile's comments.
fn others(text: &str) -> String {
    if !has_marker(text, section::COMMENT) {
        return timeline::remove(text);
    }
    section::remove(&text.replacen(section::COMMENT, "", 1)).trim().to_owned()
}

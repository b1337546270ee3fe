//! What a refresh did: its JSON result, and what its summary shows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::compose::overview::{Overview, Sums};
use crate::compose::section::TicketDetail;
use crate::compose::timeline::TicketChange;
use crate::document::Block;
use crate::error::Error;
use crate::github::pulls::Pull;
use crate::github::rewrite::Written;
use crate::model::scan::Problem;
use crate::model::section::Shown;
use crate::model::severity::Severity;
use crate::model::ticket::{Ticket as Own, TicketId};
use crate::pipeline::annotate::post::PostResult;
use crate::pipeline::annotate::section_builder::SectionBuilder;
use crate::pipeline::job::Job;
use crate::pipeline::outcome::ticket::Requests;
use crate::tracker::Read;

/// The JSON result, version 1, as far as it may be shown on GitHub.
#[derive(Debug, Serialize)]
pub(crate) struct Refreshed {
    version: u32,
    /// The pull requests that were checked.
    pub pull_requests: Vec<RefreshedPullRequest>,
    /// The tickets that they show.
    pub tickets: Vec<RefreshedTicket>,
    /// What is open in the repository, if all of it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Sums>,
    /// The keys of the tickets that were resolved: the only pull requests that had their findings were closed
    /// without being merged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resolved: Vec<String>,
    /// What could not be read or done.
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub requests: Requests,
    /// What is worth knowing and not a problem.
    #[serde(skip)]
    pub remarks: Vec<String>,
    /// What is open, for the step summary.
    #[serde(skip)]
    pub blocks: Vec<Block>,
    /// How many tickets could not be moved to the status of their findings' state.
    #[serde(skip)]
    pub unmoved: usize,
    /// Whether the tracker or GitHub refused something, or could not be reached.
    #[serde(skip)]
    pub failed: bool,
    #[serde(skip)]
    seen: BTreeMap<TicketId, RefreshedTicket>,
}

/// A pull request.
#[derive(Debug, Serialize)]
pub(crate) struct RefreshedPullRequest {
    /// Its number.
    pub number: u64,
    /// `open`, `merged` or `closed`.
    pub state: &'static str,
    /// Whether what it shows was brought up to date.
    pub changed: bool,
    /// What people had changed on its tickets, in the timeline's words.
    pub changes: Vec<String>,
    /// The same, from which texts with links are made.
    #[serde(skip)]
    pub timeline: Vec<TicketChange>,
}

/// A ticket as pull requests show it now.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RefreshedTicket {
    /// Its key.
    pub key: String,
    /// Its page.
    pub url: String,
    /// Its status; `None`: it was deleted, or is hidden.
    pub status: Option<String>,
    /// Its severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Its summary, on one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The assignee's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// The priority's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The due date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// The pull requests that show it.
    pub pull_requests: Vec<u64>,
}

impl Default for Refreshed {
    fn default() -> Self {
        Refreshed {
            version: 1,
            pull_requests: Vec::new(),
            tickets: Vec::new(),
            open: None,
            resolved: Vec::new(),
            problems: Vec::new(),
            requests: Requests::default(),
            remarks: Vec::new(),
            blocks: Vec::new(),
            unmoved: 0,
            failed: false,
            seen: BTreeMap::new(),
        }
    }
}

impl Refreshed {
    /// Notes that something failed.
    pub(crate) fn failed(&mut self, place: &str, error: &Error) {
        let hint = error.advice().unwrap_or_default().to_owned();
        self.problems.push(Problem::new(place, error.to_string()).hint(hint));
        self.failed = true;
    }

    /// Notes that a pull request was checked.
    pub(crate) fn refreshed(&mut self, pull: &Pull, page: &SectionBuilder<'_>, timeline: PostResult) {
        let state = match (pull.open, pull.merged) {
            (true, _) => "open",
            (false, true) => "merged",
            (false, false) => "closed",
        };
        self.pull_requests.push(RefreshedPullRequest {
            number: pull.number,
            state,
            changed: timeline.written == Written::Changed,
            changes: timeline.changes.iter().map(ToString::to_string).collect(),
            timeline: timeline.changes,
        });
        if page.detail == TicketDetail::Counts {
            return;
        }
        for shown in page.shown() {
            let ticket = self
                .seen
                .entry(shown.ticket.clone())
                .or_insert_with(|| RefreshedTicket::of(&shown, page.detail));
            ticket.pull_requests.push(pull.number);
        }
    }

    /// Notes what is open.
    pub(crate) fn overview<'t>(&mut self, open: impl Iterator<Item = &'t Own>, job: &Job<'_>) {
        let overview = Overview::of(open, job.run.today());
        self.open = Some(overview.sums(job.detail));
        self.blocks = overview.blocks(job.detail, &job.config.summary_prefix);
    }

    /// Counts requests; omits what must not be shown where everybody can read it.
    pub(crate) fn finish<T: Read>(&mut self, tracker: &T, job: &Job<'_>) {
        let github = job.github_requests();
        self.requests = Requests { tracker: tracker.requests(), github };
        self.tickets = std::mem::take(&mut self.seen).into_values().collect();
        if job.detail == TicketDetail::Counts {
            self.resolved.clear();
        }
        if job.detail != TicketDetail::Full {
            self.problems.retain(|problem| !problem.foreign);
        }
    }
}

impl RefreshedTicket {
    fn of(shown: &Shown, detail: TicketDetail) -> RefreshedTicket {
        let whole = detail == TicketDetail::Full;
        RefreshedTicket {
            key: shown.key.clone(),
            url: shown.url.clone(),
            status: shown.status.as_ref().map(|status| status.name.clone()),
            severity: shown.severity.filter(|_| whole),
            summary: if whole { shown.summary.clone() } else { String::new() },
            assignee: shown.assignee.clone().filter(|_| whole),
            priority: shown.priority.clone().filter(|_| whole),
            due: shown.due.filter(|_| whole).map(|day| day.to_string()),
            pull_requests: Vec::new(),
        }
    }
}

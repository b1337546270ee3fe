//! Tells the pull request which tickets stand for its findings.

use std::collections::{BTreeMap, BTreeSet};

use super::Job;
use super::result::Result;
use crate::apply::Outcomes;
use crate::compose::section::{self, Update};
use crate::config::{Annotate, FindingScope};
use crate::error::Error;
use crate::github::client::Client;
use crate::github::failure::Failure;
use crate::github::pulls::Written;
use crate::model::answer::{Answer, Ask};
use crate::model::scan::Problem;
use crate::model::section::{Role, Row, Shown};
use crate::model::survey::Survey;
use crate::model::ticket::{Category, Status, Ticket, TicketId};
use crate::model::write::Draft;
use crate::plan::{Plan, Snapshot};
use crate::tracker::Read;

/// How many tickets that a description names are looked at: anybody can write there.
const CLAIMS: usize = 200;

/// Reaches the pull request.
pub struct Annotator {
    /// GitHub's API.
    pub client: Client,
    /// The pull request, where the event names it.
    pub number: Option<u64>,
    /// Where the scanned commit comes from, `owner/name`: a push's pull request is looked up by it.
    pub head_repository: Option<String>,
}

/// The files that the pull request changes, where only findings in them count; `None`: all count.
pub(super) async fn changed_files(job: &mut Job<'_>) -> Option<BTreeSet<String>> {
    let annotator = job.annotator.as_ref()?;
    let number = annotator.number?;
    if job.config.pull_request.scope != FindingScope::Changed {
        return None;
    }
    let files = annotator.client.files(number).await.ok()?;
    files.whole.then(|| files.paths.into_iter().collect())
}

/// Brings the section up to date. What goes wrong here is said and costs nothing else; gives whether
/// GitHub failed. A token that may not write is no failure: a fork's run has no other.
pub(super) async fn annotate<T: Read>(
    tracker: &T,
    job: &mut Job<'_>,
    survey: &Survey,
    plan: &Plan,
    snapshot: &Snapshot,
    outcomes: &Outcomes,
    result: &mut Result,
) -> bool {
    let mode = job.config.pull_request.annotate;
    let Some(annotator) = job.annotator.take().filter(|_| mode != Annotate::None) else { return false };
    job.watch.stage("annotating the pull request");
    let page = Page::of(tracker, job, survey, plan, snapshot, Some(outcomes));
    let mut failed = false;
    match write(tracker, job, &annotator, page, mode).await {
        Ok(None) => {}
        Ok(Some((number, annotated))) => {
            result.pull_request = Some(super::result::PullRequest { number, annotated });
            if !annotated {
                result.problems.push(Problem::new(
                    format!("pull request #{number}"),
                    "its description was overwritten by somebody else each time; the next run writes it",
                ));
            }
        }
        Err(Untold { error, by_github }) => {
            failed = by_github;
            let hint = error.advice().unwrap_or_default().to_owned();
            result.problems.push(Problem::new("pull request", error.to_string()).hint(hint));
        }
    }
    result.requests.github = annotator.client.requests();
    failed
}

/// Why the pull request was not told.
struct Untold {
    error: Error,
    /// Whether GitHub failed or refused what this run should be able to do.
    by_github: bool,
}

impl From<Failure> for Untold {
    fn from(failure: Failure) -> Untold {
        Untold { by_github: failure != Failure::ReadOnlyToken, error: failure.into() }
    }
}

impl From<section::NoRoom> for Untold {
    fn from(why: section::NoRoom) -> Untold {
        let error = Error::remote(why.to_string())
            .hint("Shorten the description, or set `pull-request.annotate: comment` in the configuration.");
        Untold { error, by_github: false }
    }
}

/// What people would see in a section of this run's tickets alone; of a plan, which has no outcomes,
/// those too that are to be filed.
pub(super) fn preview<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    survey: &Survey,
    plan: &Plan,
    snapshot: &Snapshot,
    outcomes: Option<&Outcomes>,
) -> String {
    let page = Page::of(tracker, job, survey, plan, snapshot, outcomes);
    section::preview(&Update { scans: &page.scans, shown: &page.shown(), detail: job.detail })
}

async fn write<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    annotator: &Annotator,
    mut page: Page,
    mode: Annotate,
) -> std::result::Result<Option<(u64, bool)>, Untold> {
    let client = &annotator.client;
    let number = match (annotator.number, &annotator.head_repository) {
        (Some(number), _) => number,
        (None, Some(head)) => {
            let branch = Some(job.run.branch.as_str()).filter(|branch| !branch.is_empty());
            match client.open_pull(head, branch, &job.run.commit).await? {
                Some(pull) => pull.number,
                None => return Ok(None),
            }
        }
        (None, None) => return Ok(None),
    };
    let label = job.run.repository.label();
    let detail = job.detail;
    let mut annotated = true;
    if matches!(mode, Annotate::Description | Annotate::Both) {
        let written = client
            .rewrite(number, async |body| {
                page.vouch(tracker, &label, body).await;
                let update = Update { scans: &page.scans, shown: &page.shown(), detail };
                Ok::<_, Untold>(section::update(body, &update)?)
            })
            .await?;
        annotated &= written != Written::Contested;
    }
    if matches!(mode, Annotate::Comment | Annotate::Both) {
        client
            .rewrite_comment(number, section::COMMENT, async |body: Option<&str>| {
                page.vouch(tracker, &label, body.unwrap_or_default()).await;
                let update = Update { scans: &page.scans, shown: &page.shown(), detail };
                Ok::<_, Untold>(section::update_comment(body, &update)?)
            })
            .await?;
    }
    Ok(Some((number, annotated)))
}

/// What this run has to say.
struct Page {
    site: String,
    scans: BTreeMap<String, Vec<Row>>,
    shown: BTreeMap<TicketId, Shown>,
    asked: BTreeSet<u64>,
}

impl Page {
    fn of<T: Read>(
        tracker: &T,
        job: &Job<'_>,
        survey: &Survey,
        plan: &Plan,
        snapshot: &Snapshot,
        outcomes: Option<&Outcomes>,
    ) -> Page {
        let nothing = Outcomes::default();
        let done = outcomes.unwrap_or(&nothing);
        let mut page = Page {
            site: tracker.site().to_owned(),
            scans: BTreeMap::new(),
            shown: BTreeMap::new(),
            asked: BTreeSet::new(),
        };
        for seen in &survey.scans {
            page.scans.entry(seen.scope.fingerprint().to_string()).or_default();
        }
        let groups: BTreeMap<_, _> = survey.groups.iter().map(|group| (group.name(), group)).collect();
        let drafts: BTreeMap<_, _> = plan.creates.iter().map(|draft| (draft.group, draft)).collect();
        for fate in &plan.fates {
            let draft = drafts.get(&fate.group);
            let made = done.made.get(&fate.group).zip(draft);
            let known = fate.verdict.ticket().and_then(|id| snapshot.ticket(id.id));
            let known = known.or_else(|| done.found.get(&fate.group));
            let (shown, role) = match (known, made) {
                (Some(ticket), _) => (show(ticket), role(ticket, job.run.pull_request)),
                (None, Some((made, draft))) => {
                    let sample = done.samples.get(&draft.project);
                    let shown = Shown {
                        ticket: made.id.clone(),
                        key: made.key.to_string(),
                        url: tracker.page(&made.key),
                        severity: Some(draft.record.severity),
                        summary: draft.summary.clone(),
                        status: sample.map(|sample| sample.status.clone()),
                        assignee: sample.and_then(|sample| Some(sample.assignee.as_ref()?.name.clone())),
                        priority: draft.record.wrote.priority.clone(),
                        due: draft.record.wrote.due,
                    };
                    (shown, Role::Filed)
                }
                (None, None) => match draft.filter(|_| outcomes.is_none()) {
                    Some(draft) => (planned(draft, &page), Role::Filed),
                    None => continue,
                },
            };
            let row = Row { ticket: shown.ticket.clone(), role };
            page.shown.insert(shown.ticket.clone(), shown);
            let ids: BTreeSet<_> = fate.findings.iter().collect();
            let sightings = groups.get(&fate.group).into_iter().flat_map(|group| &group.sightings);
            for sighting in sightings.filter(|one| ids.contains(&one.id())) {
                let Some(seen) = survey.scans.get(sighting.scan as usize) else { continue };
                let rows = page.scans.entry(seen.scope.fingerprint().to_string()).or_default();
                if !rows.contains(&row) {
                    rows.push(row.clone());
                }
            }
        }
        page
    }

    /// Looks at the tickets that other jobs' rows name: each is a claim until the tracker says that it
    /// carries this repository's label.
    async fn vouch<T: Read>(&mut self, tracker: &T, label: &str, body: &str) {
        let old = section::read(body);
        let claimed: BTreeSet<u64> = old
            .scans
            .iter()
            .filter(|(scan, _)| !self.scans.contains_key(*scan))
            .flat_map(|(_, rows)| rows)
            .map(|row| &row.ticket)
            .filter(|ticket| ticket.site == self.site && !self.shown.contains_key(ticket))
            .map(|ticket| ticket.id)
            .filter(|id| !self.asked.contains(id))
            .take(CLAIMS)
            .collect();
        if claimed.is_empty() {
            return;
        }
        let ids: Vec<u64> = claimed.iter().copied().collect();
        self.asked.extend(claimed);
        for ids in ids.chunks(100) {
            if let Ok(Answer::Tickets(tickets)) = tracker.answer(&Ask::Ids(ids.to_vec())).await {
                let ours = tickets.iter().filter(|ticket| ticket.has_label(label));
                self.shown.extend(ours.map(|ticket| (ticket.id.clone(), show(ticket))));
            }
        }
    }

    fn shown(&self) -> Vec<Shown> {
        self.shown.values().cloned().collect()
    }
}

/// A ticket that is still to be filed. It has no id, and so takes one that no tracker comes to.
fn planned(draft: &Draft, page: &Page) -> Shown {
    let name = "to be filed".to_owned();
    Shown {
        ticket: TicketId { site: page.site.clone(), id: u64::MAX - page.shown.len() as u64 },
        key: "new".to_owned(),
        url: String::new(),
        severity: Some(draft.record.severity),
        summary: draft.summary.clone(),
        status: Some(Status { id: String::new(), name, category: Category::New }),
        assignee: None,
        priority: None,
        due: None,
    }
}

fn show(ticket: &Ticket) -> Shown {
    Shown {
        ticket: ticket.id.clone(),
        key: ticket.key.to_string(),
        url: ticket.url.clone(),
        severity: ticket.record.as_ref().map(|record| record.severity),
        summary: ticket.summary.clone(),
        status: Some(ticket.status.clone()),
        assignee: ticket.assignee.as_ref().map(|person| person.name.clone()),
        priority: ticket.priority.clone(),
        due: ticket.due,
    }
}

/// A ticket that was first filed from this pull request stays so in later runs.
fn role(ticket: &Ticket, pull_request: Option<u64>) -> Role {
    let origin = ticket.record.as_ref().and_then(|record| record.origin.pull_request);
    if pull_request.is_some() && origin == pull_request { Role::Filed } else { Role::Tracked }
}

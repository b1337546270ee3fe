//! What the tracker says: which account it is, what the account may do, and what would make a run fail.

use std::collections::BTreeSet;

use crate::model::answer::{Answer, Ask, Failure, Offers, ProjectName};
use crate::model::check::{Check, Health};
use crate::model::ticket::TicketKey;
use crate::pipeline::commands::doctor::{TestTicket, failure, sample, states};
use crate::pipeline::job::Job;
use crate::plan::{self, Examined, Snapshot};
use crate::tracker::Read;

/// More queries than any configuration needs.
const QUESTIONS: usize = 1_000;

/// What the tracker says.
#[derive(Debug, Default)]
pub(crate) struct TrackerFindings {
    /// Who we are.
    pub account: Option<String>,
    /// The projects that the account can see.
    pub projects: Vec<ProjectName>,
    /// What was found.
    pub checks: Vec<Check>,
    /// The test ticket that was filed.
    pub test_ticket: Option<TestTicket>,
}

impl TrackerFindings {
    /// Whether a ticket can be filed, judging by what was found.
    pub(crate) fn is_well(&self) -> bool {
        self.account.is_some() && self.checks.iter().all(|check| check.state != Health::Failed)
    }
}

/// Asks the tracker everything that a run would ask before it files. Writes nothing.
pub(crate) async fn tracker<T: Read>(tracker: &T, job: &Job<'_>) -> TrackerFindings {
    job.watch.stage("checking the tracker");
    let mut seen = TrackerFindings::default();
    match tracker.answer(&Ask::Account).await {
        Ok(Answer::Account(person)) => {
            seen.checks.push(Check::ok("account", "the tracker accepted the credentials"));
            seen.account = Some(person.name);
        }
        Ok(_) => {}
        Err(why) => {
            seen.checks.push(failure("account", &why));
            return seen;
        }
    }
    if let Err(why) = look(tracker, job, &mut seen).await {
        seen.checks.push(failure("tracker", &why));
    }
    seen
}

async fn look<T: Read>(tracker: &T, job: &Job<'_>, seen: &mut TrackerFindings) -> Result<(), Failure> {
    let offers = match tracker.answer(&Ask::Offers).await? {
        Answer::Offers(offers) => offers,
        _ => Offers::default(),
    };
    seen.projects.clone_from(&offers.projects);
    seen.checks.extend(examine(tracker, job).await?);
    seen.checks.extend(parents(tracker, job).await?);
    seen.checks.extend(states::states(tracker, job, &offers).await?);
    seen.checks.extend(links_and_files(job, &offers));
    Ok(())
}

/// Targets with their permissions, screens and fields.
async fn examine<T: Read>(tracker: &T, job: &Job<'_>) -> Result<Vec<Check>, Failure> {
    let survey = sample::of_all_sorts(job.config, job.run);
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    let mut snapshot = Snapshot::default();
    for _ in 0..QUESTIONS {
        if let Some(over) = job.stop.over() {
            return Err(over);
        }
        match plan::examine(&input, &snapshot) {
            Examined::Checks(checks) => return Ok(checks),
            Examined::Ask(ask) => {
                let answer = tracker.answer(&ask).await?;
                snapshot.learn(&ask, answer);
            }
        }
    }
    Err(Failure::Unreachable("the tracker's responses do not match the queries".to_owned()))
}

/// Whether the configured parents exist.
async fn parents<T: Read>(tracker: &T, job: &Job<'_>) -> Result<Vec<Check>, Failure> {
    let named: BTreeSet<String> =
        plan::targets(job.config).into_iter().filter_map(|(_, target)| target.parent).collect();
    let keys: Vec<TicketKey> = named.iter().filter_map(|key| TicketKey::parse(key)).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // a moved one has another key, so each is requested separately
    let mut checks = Vec::new();
    for key in keys {
        let found = tracker.answer(&Ask::Find(vec![key.clone()])).await?;
        checks.push(match found {
            Answer::Tickets(tickets) if !tickets.is_empty() => Check::ok("parent", format!("{key} exists")),
            _ => Check::warning("parent", format!("{key} does not exist, or the account cannot see it")).hint(
                "Correct `parent`; until then, tickets are filed without a parent, and sub-tasks are not filed.",
            ),
        });
    }
    Ok(checks)
}

fn links_and_files(job: &Job<'_>, offers: &Offers) -> Vec<Check> {
    let mut checks = Vec::new();
    let lacking: Vec<&str> = ["Relates", "Duplicate"]
        .into_iter()
        .filter(|kind| !offers.links.iter().any(|one| one == kind))
        .collect();
    checks.push(if lacking.is_empty() {
        Check::ok("links", "tickets can be linked with the link types Relates and Duplicate")
    } else {
        let message =
            format!("there is no link type {}, so casefile creates no such links", lacking.join(" or "));
        let which = if lacking.len() == 1 { "this link type" } else { "these link types" };
        Check::warning("links", message)
            .hint(format!("Ask a Jira administrator to enable issue linking and to add {which}."))
    });
    if job.config.jira.as_ref().is_some_and(|jira| !jira.attach.is_empty()) {
        checks.push(if offers.attachments {
            Check::ok("attachments", "files can be attached")
        } else {
            Check::warning("attachments", "they are disabled on this site, so `jira.attach` does nothing")
                .hint("Remove `jira.attach`, or ask a Jira administrator to enable attachments.")
        });
    }
    checks
}

//! Statuses and edit screens, as far as existing tickets show them.

use std::collections::BTreeSet;

use crate::model::answer::{Answer, Ask, Failure, Offers, Takes};
use crate::model::check::Check;
use crate::model::ticket::{Status, Ticket};
use crate::pipeline::job::Job;
use crate::plan;
use crate::tracker::Read;

/// How many tickets of a project are examined, each in a different status.
const TICKETS: usize = 3;

/// The statuses of every project that tickets are filed in.
pub(crate) async fn states<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    offers: &Offers,
) -> Result<Vec<Check>, Failure> {
    let labels = job.run.repository.labels();
    let Answer::Tickets(ours) =
        tracker.answer(&Ask::Open { labels, recent: Vec::new(), own: Vec::new(), done: false }).await?
    else {
        return Ok(Vec::new());
    };
    let projects: BTreeSet<String> =
        plan::targets(job.config).into_iter().map(|(_, target)| target.project).collect();
    let mut checks = Vec::new();
    for project in projects {
        let statuses = match tracker.answer(&Ask::Statuses(project.clone())).await {
            Ok(Answer::Statuses(statuses)) => statuses,
            // it has already been reported that the project cannot be seen
            Ok(_) | Err(Failure::Scope(_) | Failure::Gone) => continue,
            Err(failure) => return Err(failure),
        };
        let seen = samples(tracker, &ours, &project).await?;
        checks.extend(plan::statuses(job.config, &project, &statuses, offers, &seen));
        checks.extend(edit_screen(&project, seen.iter().map(|(_, takes)| takes)));
    }
    Ok(checks)
}

/// What can be done with some tickets of a project, each in a different status.
async fn samples<T: Read>(
    tracker: &T,
    ours: &[Ticket],
    project: &str,
) -> Result<Vec<(Status, Takes)>, Failure> {
    let mut known = BTreeSet::new();
    let here = ours.iter().filter(|ticket| ticket.key.project() == project);
    let mut seen = Vec::new();
    for ticket in here.filter(|ticket| known.insert(ticket.status.id.clone())).take(TICKETS) {
        if let Answer::Takes(takes) = tracker.answer(&Ask::Takes(ticket.id.id)).await? {
            seen.push((ticket.status.clone(), takes));
        }
    }
    Ok(seen)
}

/// Labels are added to tickets later, too. A ticket that accepts no edits at all says nothing about the screen.
pub(crate) fn edit_screen<'t>(project: &str, seen: impl Iterator<Item = &'t Takes>) -> Option<Check> {
    let name = format!("edit screen of {project}");
    let mut seen = seen.filter(|takes| !takes.fields.is_empty()).peekable();
    seen.peek()?;
    Some(if seen.all(|takes| takes.fields.contains("labels")) {
        Check::ok(name, "it has a Labels field")
    } else {
        Check::warning(name, "it has no Labels field, so the labels of tickets cannot be kept up to date")
            .hint("Ask a Jira administrator to add Labels to the edit screen.")
    })
}

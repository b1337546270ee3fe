//! Pull requests that were closed without merging resolve nothing: what they said on tickets is taken
//! back. The one thing that a refresh writes to a tracker.

use super::Job;
use super::look::Looked;
use super::marked::Marked;
use super::result::Refreshed;
use crate::apply::apply;
use crate::compose::section::Standing;
use crate::model::answer::Failure;
use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::survey::Survey;
use crate::model::ticket::{LABEL, Ticket};
use crate::pipeline::page;
use crate::plan::{self, Plan, Withdrawn};
use crate::tracker::Write;

/// Takes back what closed pull requests said, one after the other because two can have said it on the same
/// ticket, and reads the tickets again. A run that may not write leaves it to one that may.
pub(super) async fn withdraw<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    marked: &[Marked],
    looked: &mut Looked,
    done: &mut Refreshed,
) -> Result<(), Failure> {
    if job.run.untrusted.is_some() {
        return Ok(());
    }
    let fit = |document| tracker.fit(document);
    let survey = Survey::default();
    let input = job.input(&survey, tracker.site(), &fit);
    for pull in marked.iter().filter(|pull| pull.standing() == Standing::Closed) {
        let number = pull.pull.number;
        let tickets = looked.found.values().flatten().filter(|ticket| is_ours(ticket, job));
        let works: Vec<_> = tickets
            .filter_map(|ticket| {
                let work = plan::withdraw(&input, ticket, number, Withdrawn::Closed)?;
                Some((ticket.id.id, work))
            })
            .collect();
        if works.is_empty() {
            continue;
        }
        let ids: Vec<u64> = works.iter().map(|(id, _)| *id).collect();
        let plan = Plan { works: works.into_iter().map(|(_, work)| work).collect(), ..Plan::default() };
        let plan = plan.naming(looked.found.values().flatten());
        let outcomes = apply(tracker, &plan, &job.stop, &|_, _| {}).await;
        done.failed |= outcomes.failed();
        done.problems.extend(outcomes.undone.iter().map(|(id, failure)| {
            let message = format!("what pull request #{number} said could not be taken back: {failure}");
            let place =
                plan.keys.get(&id.id).map_or_else(|| format!("ticket {}", id.id), ToString::to_string);
            Problem::new(place, message).hint(failure.hint()).foreign()
        }));
        done.problems.extend(outcomes.problems);
        page::look(tracker, &ids, &mut looked.found).await?;
    }
    Ok(())
}

/// Whether casefile may write to a ticket: it carries the marks, and its record is its own, not a copy's.
fn is_ours(ticket: &Ticket, job: &Job<'_>) -> bool {
    let own = |record: &Record| !record.is_later() && record.ticket.is_none_or(|id| id == ticket.id.id);
    ticket.has_label(LABEL)
        && ticket.has_any(&job.run.repository.labels())
        && ticket.record.as_ref().is_some_and(own)
}

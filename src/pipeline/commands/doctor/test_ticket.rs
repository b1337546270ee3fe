//! The proof: a ticket is filed as a run would file it, and deleted again.

use serde::Serialize;

use crate::apply::{apply, discard};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::check::{Check, Health};
use crate::model::write::Draft;
use crate::pipeline::commands::doctor::states::edit_screen;
use crate::pipeline::commands::doctor::{failure, sample};
use crate::pipeline::job::Job;
use crate::plan::{self, Plan, Snapshot, Trial};
use crate::tracker::{Made, Read, Write};

/// The name of the check.
pub(crate) const NAME: &str = "test ticket";

/// More queries than a draft needs.
const QUESTIONS: usize = 50;

/// The test ticket that was filed.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TestTicket {
    /// Its key.
    pub key: String,
    /// Its page.
    pub url: String,
    /// Whether it was deleted again.
    pub deleted: bool,
}

/// Files a test ticket, and deletes it unless it is to be kept.
pub(crate) async fn test_ticket<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    keep: bool,
) -> (Vec<Check>, Option<TestTicket>) {
    if let Some(why) = &job.run.untrusted {
        let hint = "Run casefile on a branch of the repository itself, or on your own machine.";
        return (vec![Check::failed(NAME, format!("nothing is filed from here: {why}")).hint(hint)], None);
    }
    job.watch.stage("filing a test ticket");
    let plan = match draft(tracker, job).await {
        Ok(plan) => plan,
        Err(check) => return (vec![check], None),
    };
    let outcomes = apply(tracker, &plan, &job.stop, &|_, _| {}).await;
    let mut checks: Vec<Check> =
        outcomes.problems.iter().map(|problem| Check::of(NAME, Health::Warning, problem)).collect();
    let (Some(draft), Some(made)) = (plan.creates.first(), outcomes.made.values().next()) else {
        let why = outcomes.unfiled.values().next().cloned();
        checks.push(failure(NAME, &why.unwrap_or(Failure::OutOfTime)));
        return (checks, None);
    };
    let mut ticket = TestTicket { key: made.key.to_string(), url: tracker.page(&made.key), deleted: false };
    if let Ok(Answer::Takes(takes)) = tracker.answer(&Ask::Takes(made.id.id)).await {
        checks.extend(edit_screen(made.key.project(), std::iter::once(&takes)));
    }
    if keep {
        checks.push(Check::ok(NAME, format!("filed as {}, and kept: {}", ticket.key, ticket.url)));
        return (checks, Some(ticket));
    }
    checks.push(match discard(tracker, &made.id).await {
        Ok(()) => {
            ticket.deleted = true;
            Check::ok(NAME, format!("filed as {} ({}), then deleted", ticket.key, ticket.url))
        }
        Err(why) => left(tracker, job, made, draft, &ticket, &why).await,
    });
    (checks, Some(ticket))
}

/// What would be written.
async fn draft<T: Read>(tracker: &T, job: &Job<'_>) -> Result<Plan, Check> {
    let survey = sample::of_test_ticket(job.config, job.run);
    let fit = |document| tracker.fit(document);
    let input = job.input(&survey, tracker.site(), &fit);
    let mut snapshot = Snapshot::default();
    for _ in 0..QUESTIONS {
        match plan::trial(&input, &snapshot) {
            Trial::Plan(plan) => return Ok(*plan),
            Trial::Impossible(problem) => return Err(Check::of(NAME, Health::Failed, &problem)),
            Trial::Ask(ask) => {
                let answer = tracker.answer(&ask).await.map_err(|why| failure(NAME, &why))?;
                snapshot.learn(&ask, answer);
            }
        }
    }
    Err(Check::failed(NAME, "the tracker's responses do not match the queries"))
}

/// The ticket could not be deleted: cleans up as far as possible.
async fn left<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    made: &Made,
    draft: &Draft,
    ticket: &TestTicket,
    why: &Failure,
) -> Check {
    let outcomes = apply(tracker, &plan::put_away(&made.id, draft), &job.stop, &|_, _| {}).await;
    let done = if outcomes.failed() || !outcomes.unmoved.is_empty() || !outcomes.unedited.is_empty() {
        "it may still be open, or still have some of casefile's labels"
    } else {
        "it was closed, and casefile's labels were removed"
    };
    let message = format!("{} was filed but could not be deleted ({why}); {done}", ticket.key);
    Check::warning(NAME, message).hint(format!("Delete it yourself: {}", ticket.url))
}

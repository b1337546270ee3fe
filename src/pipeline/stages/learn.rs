//! Queries the tracker until nothing is missing for the plan.

use std::collections::BTreeMap;

use crate::compose::section;
use crate::config::Annotate;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::remembered::Remembered;
use crate::model::ticket::Ticket;
use crate::model::write::Ref;
use crate::pipeline::job::Job;
use crate::pipeline::stages::branch_tips;
use crate::plan::{Input, Next, Plan, Snapshot, Work, next};
use crate::tracker::Read;

/// More queries than any plan needs: a tracker whose answers do not match the queries would be asked for ever.
const QUESTIONS: usize = 10_000;

/// The plan of a run, and everything that the tracker answered for it. If a query fails, nothing is planned.
pub(crate) async fn learn<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
) -> Result<(Plan, Snapshot), Failure> {
    job.watch.stage("looking at tickets");
    decided(tracker, job, Snapshot::default(), |snapshot| next(input, snapshot)).await
}

/// The plan that `decide` makes from what is known, and from the answers to its queries.
pub(crate) async fn decided<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    mut snapshot: Snapshot,
    decide: impl Fn(&Snapshot) -> Next,
) -> Result<(Plan, Snapshot), Failure> {
    let mut problems = Vec::new();
    for _ in 0..QUESTIONS {
        if let Some(over) = job.stop.over() {
            return Err(over);
        }
        match decide(&snapshot) {
            Next::Plan(mut plan) => {
                // it may have been cut off, and nothing of it would be done
                if let Some(over) = job.stop.over() {
                    return Err(over);
                }
                plan.problems.extend(problems);
                return Ok((*plan, snapshot));
            }
            Next::Look(places) => {
                for place in places {
                    let head = branch_tips::head(job, &place, &mut problems).await;
                    snapshot.learn_head(place, head);
                }
            }
            Next::Recall => {
                let made = recall(job).await.and_then(|mut made| made.remove(tracker.site()));
                snapshot.learn_recalled(made.unwrap_or_default());
            }
            Next::Ask(ask) => {
                let answer = match tracker.answer(&ask).await {
                    // they are requested only for a warning
                    Err(failure) if matches!(ask, Ask::Statuses(_)) && !failure.is_final() => {
                        Answer::Statuses(Vec::new())
                    }
                    answer => answer?,
                };
                snapshot.learn(&ask, answer);
            }
        }
    }
    Err(Failure::Unreachable("the tracker's responses do not match the queries".to_owned()))
}

/// What the section of the job's pull request remembers about tickets that were created, by site. It is a hint: if it
/// cannot be read, there is none, and the description as it was when the run began is as good as a newer one.
async fn recall(job: &Job<'_>) -> Option<BTreeMap<String, Vec<Remembered>>> {
    let annotator = job.annotator.as_ref()?;
    let number = annotator.number.or_else(|| annotator.merge().map(|merge| merge.number))?;
    let text = match job.config.pull_request.annotate {
        Annotate::None => return None,
        Annotate::Comment => {
            let comment = annotator.client.own_comment(number, section::COMMENT).await.ok()?;
            if comment.is_none() {
                annotator.no_comment.get_or_init(|| ());
            }
            comment
        }
        Annotate::Description | Annotate::Both => Some(match &annotator.pull {
            Some(pull) if pull.number == number => pull.body.clone(),
            _ => annotator.client.pull(number).await.ok()?.body,
        }),
    };
    Some(section::read(&text?).made)
}

/// Reads the tickets that the plan changed once more, so that they are shown as they are now, and returns them as they
/// were before. If they cannot be read, they are shown as they were.
pub(crate) async fn again<T: Read>(
    tracker: &T,
    plan: &Plan,
    snapshot: &mut Snapshot,
) -> BTreeMap<u64, Ticket> {
    let known = |work: &Work| match &work.on {
        Ref::Known(id) => Some(id.id),
        Ref::New(_) => None,
    };
    let ids: Vec<u64> = plan.works.iter().filter_map(known).collect();
    let before = ids.iter().filter_map(|id| Some((*id, snapshot.ticket(*id)?.clone()))).collect();
    let ask = Ask::Ids(ids);
    if ask != Ask::Ids(Vec::new())
        && let Ok(answer) = tracker.answer(&ask).await
    {
        snapshot.learn(&ask, answer);
    }
    before
}

//! Asks the tracker until nothing is missing for the plan.

use super::Job;
use crate::model::answer::Failure;
use crate::plan::{Input, Next, Plan, Snapshot, next};
use crate::tracker::Read;

/// More questions than any plan takes: a tracker that answers past the question would be asked for
/// ever.
const QUESTIONS: usize = 10_000;

/// The plan, and all that the tracker answered for it. Where a question fails, nothing is planned.
pub(super) async fn learn<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
) -> Result<(Plan, Snapshot), Failure> {
    job.watch.stage("looking at tickets");
    let mut snapshot = Snapshot::default();
    for _ in 0..QUESTIONS {
        if job.stop.is_over() {
            return Err(Failure::OutOfTime);
        }
        match next(input, &snapshot) {
            Next::Plan(plan) => return Ok((*plan, snapshot)),
            Next::Ask(ask) => {
                let answer = tracker.answer(&ask).await?;
                snapshot.learn(&ask, answer);
            }
        }
    }
    Err(Failure::Unreachable("the tracker's answers do not fit the questions".to_owned()))
}

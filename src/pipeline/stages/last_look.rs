//! After filing: tickets whose findings this run and concurrent runs stopped seeing at the same time.

use crate::apply::{Outcomes, apply};
use crate::model::answer::Ask;
use crate::pipeline::job::Job;
use crate::pipeline::stages::learn;
use crate::plan::{self, Input, Plan, Snapshot};
use crate::tracker::Write;

/// Looks once more at tickets that the plan left to others, and resolves those that no finding is left for. What cannot
/// be read now is left for the next run.
pub(crate) async fn finish<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
    snapshot: &mut Snapshot,
    plan: &mut Plan,
    outcomes: &mut Outcomes,
) {
    let mut partially_resolved = plan::partially_resolved(plan);
    partially_resolved.retain(|id, _| outcomes.undone.keys().all(|undone| undone.id != *id));
    if partially_resolved.is_empty() || job.stop.over().is_some() {
        return;
    }
    partially_resolved.keys().for_each(|id| snapshot.forget_slices(*id));
    let decide = |snapshot: &Snapshot| plan::finish(input, snapshot, &partially_resolved);
    let Ok((second, mut known)) = learn::decided(tracker, job, snapshot.clone(), decide).await else {
        return;
    };
    // only after all slices on a ticket have been read does its record show who was the last to write
    let ids: Vec<u64> = second.endings.iter().map(|ending| ending.ticket.id).collect();
    if ids.is_empty() {
        return;
    }
    let ask = Ask::Ids(ids);
    let Ok(answer) = tracker.answer(&ask).await else { return };
    known.learn(&ask, answer);
    let second = plan::leave_to_others(second, &known, &partially_resolved);
    *snapshot = known;
    let ended = apply(tracker, &second, &job.stop, &|_, _| {}).await;
    outcomes.extend(ended);
    plan.endings.retain(|ending| second.endings.iter().all(|other| other.ticket != ending.ticket));
    plan.endings.extend(second.endings);
    plan.problems.extend(second.problems);
}

//! After filing: new tickets are moved to the status of the state `open` if their workflow begins elsewhere.

use crate::apply::{Outcomes, apply};
use crate::model::answer::{Answer, Ask};
use crate::pipeline::job::Job;
use crate::plan::{self, Input, Plan, Snapshot};
use crate::tracker::Write;

/// Moves them, and reads the new tickets again.
pub(crate) async fn move_new<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
    snapshot: &Snapshot,
    plan: &Plan,
    outcomes: &mut Outcomes,
) {
    let made = plan.creates.iter().filter_map(|draft| {
        let made = outcomes.made.get(&draft.group)?;
        Some((draft, &made.id, &outcomes.samples.get(&draft.project)?.status))
    });
    let mut second = plan::initial_transitions(input, snapshot, &made.collect::<Vec<_>>());
    if second.is_empty() {
        return;
    }
    second.keys.extend(outcomes.made.values().map(|made| (made.id.id, made.key.clone())));
    let moved = apply(tracker, &second, &job.stop, &|_, _| {}).await;
    outcomes.extend(moved);
    let ids = outcomes.samples.values().map(|sample| sample.id.id).collect();
    if let Ok(Answer::Tickets(tickets)) = tracker.answer(&Ask::Ids(ids)).await {
        for sample in outcomes.samples.values_mut() {
            if let Some(now) = tickets.iter().find(|ticket| ticket.id == sample.id) {
                sample.clone_from(now);
            }
        }
    }
}

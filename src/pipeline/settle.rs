//! After filing: until the next run would find what was made, and the twins of a run at our side.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Job;
use crate::apply::{Outcomes, apply};
use crate::model::answer::{Answer, Ask};
use crate::model::scan::Problem;
use crate::model::ticket::TicketId;
use crate::plan::{self, Input, Plan, Snapshot};
use crate::tracker::Write;

/// Pauses before each look, in seconds: 30 in all. A search index lags by some 2 seconds, so the second
/// look mostly is the last.
const PAUSES: [u64; 5] = [0, 3, 4, 8, 15];

/// Looks until a plain search finds the new tickets, and merges the twins that the same look finds.
pub(super) async fn settle<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
    snapshot: &mut Snapshot,
    plan: &Plan,
    outcomes: &mut Outcomes,
) {
    // what its project hides is said already, and waiting does not show it
    let seen = outcomes.made.values().filter(|made| !outcomes.hidden.contains(made.key.project()));
    let made: BTreeSet<u64> = seen.map(|made| made.id.id).collect();
    if made.is_empty() {
        return;
    }
    job.watch.stage("waiting for the search index");
    let ask = Ask::Made { labels: job.run.repository.labels() };
    let (mut found, mut answered) = (BTreeSet::new(), false);
    for pause in PAUSES {
        if !job.stop.pause(Duration::from_secs(pause)).await {
            break;
        }
        if let Ok(Answer::Made(ids)) = tracker.answer(&ask).await {
            found.extend(ids);
            answered = true;
        }
        if made.is_subset(&found) {
            break;
        }
    }
    let unseen = made.difference(&found).count();
    // a run that was stopped before it asked knows nothing of the index
    if unseen > 0 && answered {
        let message = format!("{unseen} new tickets are not found by a search yet");
        outcomes.problems.push(Problem::new(tracker.site(), message).hint(
            "The index lags. Keep the `--state` file between runs, so that the next run knows them all the same.",
        ));
    }
    let strangers: Vec<u64> = found.iter().copied().filter(|id| snapshot.ticket(*id).is_none()).collect();
    let strangers: Vec<u64> = strangers.into_iter().filter(|id| !made.contains(id)).collect();
    if strangers.is_empty() {
        return;
    }
    let both: Vec<u64> = strangers.into_iter().chain(made).collect();
    for ids in both.chunks(100) {
        let ask = Ask::Ids(ids.to_vec());
        if let Ok(answer) = tracker.answer(&ask).await {
            snapshot.learn(&ask, answer);
        }
    }
    let drafts: Vec<_> =
        plan.creates.iter().filter_map(|draft| Some((draft, &outcomes.made.get(&draft.group)?.id))).collect();
    let (second, instead): (Plan, Vec<(_, TicketId)>) = plan::settle(input, snapshot, &drafts);
    let merged = apply(tracker, &second, &job.stop, &|_, _| {}).await;
    outcomes.extend(merged);
    for (group, main) in instead {
        if let Some(ticket) = snapshot.ticket(main.id) {
            outcomes.made.remove(&group);
            outcomes.found.insert(group, ticket.clone());
        }
    }
}

//! After filing: waits until the next run would find the new tickets, and finds duplicates of a concurrent run.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::apply::{Outcomes, apply};
use crate::model::answer::{Answer, Ask, Failure, IDS_AT_ONCE};
use crate::model::scan::Problem;
use crate::model::ticket::TicketId;
use crate::pipeline::job::Job;
use crate::pipeline::stages::relabel;
use crate::plan::{self, Input, Plan, Snapshot};
use crate::tracker::Write;

/// Pauses before each search, in seconds: 30 in total. A search index lags by some 2 seconds, so the second search is
/// usually the last.
const PAUSES: [u64; 5] = [0, 3, 4, 8, 15];

/// How many searches may fail before this is reported: each was already retried if that helps.
const FAILED: usize = 2;

/// Searches until a plain search finds the new tickets, restores the labels that a rule removed from them, and merges
/// the duplicates that the same search finds.
pub(crate) async fn dedupe<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
    snapshot: &mut Snapshot,
    plan: &Plan,
    outcomes: &mut Outcomes,
) {
    if outcomes.made.is_empty() {
        return;
    }
    job.watch.stage("waiting for the search index");
    let at_once = relabel::suspects(plan, outcomes);
    relabel::keep(tracker, job, input, plan, &at_once, outcomes).await;
    let made: BTreeSet<u64> = waited_for(outcomes);
    let found = found(tracker, job, &made, outcomes).await;
    let unseen: BTreeSet<u64> = made.difference(&found).copied().collect();
    let visible = outcomes.made.values().filter(|made| found.contains(&made.id.id));
    outcomes.seen.extend(visible.map(|made| made.id.clone()));
    // a rule may have changed them in the meantime, which is why they are not found
    relabel::keep(tracker, job, input, plan, &unseen, outcomes).await;
    // those that lost their labels are found by their description
    let mut strangers = relabel::duplicates(tracker, plan, outcomes).await;
    strangers.extend(found);
    strangers
        .retain(|id| snapshot.ticket(*id).is_none() && outcomes.made.values().all(|made| made.id.id != *id));
    if !strangers.is_empty() {
        merge(tracker, job, input, snapshot, plan, &strangers, outcomes).await;
    }
}

/// The new tickets that a search will find: tickets that are hidden or lost their labels are not waited for.
fn waited_for(outcomes: &Outcomes) -> BTreeSet<u64> {
    let lost = |id: &TicketId| outcomes.hidden.contains(id) || outcomes.unlabelled.contains(id);
    outcomes.made.values().filter(|made| !lost(&made.id)).map(|made| made.id.id).collect()
}

/// What a plain search finds in the end; it is repeated until it finds these.
async fn found<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    made: &BTreeSet<u64>,
    outcomes: &mut Outcomes,
) -> BTreeSet<u64> {
    let ask = Ask::Made { labels: job.run.repository.labels() };
    let (mut found, mut failures) = (BTreeSet::new(), Vec::<Failure>::new());
    let mut answered = false;
    for pause in PAUSES {
        if made.is_empty() || !job.stop.pause(Duration::from_secs(pause)).await {
            break;
        }
        match tracker.answer(&ask).await {
            Ok(Answer::Made(ids)) => {
                found.extend(ids);
                answered = true;
            }
            Ok(_) => {}
            Err(failure) => failures.push(failure),
        }
        let is_over = failures.last().is_some_and(Failure::is_final) || failures.len() >= FAILED;
        if made.is_subset(&found) || is_over {
            break;
        }
    }
    let unseen = made.difference(&found).count();
    if let (Some(failure), true) = (failures.last(), unseen > 0) {
        outcomes.unlooked = true;
        let message = format!("after filing, the search for {} failed: {failure}", tickets(unseen));
        outcomes.problems.push(Problem::new(tracker.site(), message).hint(
            "Run casefile again: the next run looks for new tickets before it files anything, and merges duplicates that \
             another run filed at the same time.",
        ));
    } else if unseen > 0 && answered {
        // a run that was stopped before it asked knows nothing about the index
        let message = match unseen {
            1 => "1 new ticket is not in the search results yet".to_owned(),
            _ => format!("{unseen} new tickets are not in the search results yet"),
        };
        outcomes.problems.push(Problem::new(tracker.site(), message).hint(
            "The search index is lagging. Keep the `--state` file between runs, so that the next run knows \
             about every new ticket.",
        ));
    }
    found
}

fn tickets(count: usize) -> String {
    if count == 1 { "1 new ticket".to_owned() } else { format!("{count} new tickets") }
}

/// Merges the duplicates among tickets that another run has just created.
async fn merge<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
    snapshot: &mut Snapshot,
    plan: &Plan,
    strangers: &BTreeSet<u64>,
    outcomes: &mut Outcomes,
) {
    let made = outcomes.made.values().filter(|made| !outcomes.hidden.contains(&made.id));
    let both: Vec<u64> = strangers.iter().copied().chain(made.map(|made| made.id.id)).collect();
    for ids in both.chunks(IDS_AT_ONCE) {
        let ask = Ask::Ids(ids.to_vec());
        if let Ok(answer) = tracker.answer(&ask).await {
            snapshot.learn(&ask, answer);
        }
    }
    let drafts: Vec<_> =
        plan.creates.iter().filter_map(|draft| Some((draft, &outcomes.made.get(&draft.group)?.id))).collect();
    let (second, instead): (Plan, Vec<(_, TicketId)>) = plan::dedupe(input, snapshot, &drafts);
    let merged = apply(tracker, &second, &job.stop, &|_, _| {}).await;
    outcomes.extend(merged);
    for (group, main) in instead {
        if let Some(ticket) = snapshot.ticket(main.id) {
            if let Some(made) = outcomes.made.remove(&group) {
                outcomes.unlabelled.remove(&made.id);
            }
            outcomes.found.insert(group, ticket.clone());
        }
    }
}

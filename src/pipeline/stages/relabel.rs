//! New tickets that a rule of the site changed or hid: their labels are restored once, and what cannot be found again
//! is noted.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::{Outcomes, apply};
use crate::model::answer::{Answer, Ask, IDS_AT_ONCE};
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::{Ticket, TicketKey};
use crate::model::write::Draft;
use crate::pipeline::job::Job;
use crate::plan::{self, Input, Plan};
use crate::tracker::Write;

/// The new tickets that are checked before any search: those in projects whose first new ticket was hidden, or lost its
/// labels.
pub(crate) fn suspects(plan: &Plan, outcomes: &Outcomes) -> BTreeSet<u64> {
    let lost = |project: &str| match outcomes.samples.get(project) {
        Some(sample) => plan.creates.iter().any(|draft| {
            outcomes.made.get(&draft.group).is_some_and(|made| made.id == sample.id)
                && draft.record.names.iter().any(|name| sample.names().all(|own| own != *name))
        }),
        None => true,
    };
    let mut projects: BTreeMap<&str, bool> = BTreeMap::new();
    let suspect = plan.creates.iter().filter_map(|draft| {
        let made = outcomes.made.get(&draft.group)?;
        let lost = *projects.entry(&draft.project).or_insert_with(|| lost(&draft.project));
        lost.then_some(made.id.id)
    });
    suspect.collect()
}

/// Checks new tickets, and restores the labels that some of them lost. Those on which the labels do not stay, and those
/// that cannot be seen, are noted.
pub(crate) async fn keep<T: Write>(
    tracker: &T,
    job: &Job<'_>,
    input: &Input<'_>,
    plan: &Plan,
    which: &BTreeSet<u64>,
    outcomes: &mut Outcomes,
) {
    if which.is_empty() || job.stop.over().is_some() {
        return;
    }
    let Some(seen) = read(tracker, which, outcomes).await else { return };
    let made: Vec<_> = outcomes.made.values().filter(|made| which.contains(&made.id.id)).cloned().collect();
    let visible = made.iter().filter(|made| seen.contains_key(&made.id.id));
    outcomes.seen.extend(visible.map(|made| made.id.clone()));
    let hidden: Vec<TicketKey> = made
        .iter()
        .filter(|made| !seen.contains_key(&made.id.id) && outcomes.hidden.insert(made.id.clone()))
        .map(|made| made.key.clone())
        .collect();
    outcomes.problems.extend(unseen(&hidden));
    let drafts: BTreeMap<u64, &Draft> = plan
        .creates
        .iter()
        .filter_map(|draft| Some((outcomes.made.get(&draft.group)?.id.id, draft)))
        .collect();
    let both: Vec<(&Draft, &Ticket)> =
        seen.values().filter_map(|ticket| Some((*drafts.get(&ticket.id.id)?, ticket))).collect();
    let second = plan::relabel(input, &both);
    if second.is_empty() {
        return;
    }
    let ids: BTreeSet<u64> = second.relabelled.iter().map(|id| id.id).collect();
    let put = apply(tracker, &second, &job.stop, &|_, _| {}).await;
    outcomes.extend(put);
    let Some(seen) = read(tracker, &ids, outcomes).await else { return };
    let now: Vec<(&Draft, &Ticket)> =
        seen.values().filter_map(|ticket| Some((*drafts.get(&ticket.id.id)?, ticket))).collect();
    let gone = plan::relabel(input, &now).relabelled;
    let (gone, back): (Vec<&Ticket>, Vec<&Ticket>) =
        now.iter().map(|(_, ticket)| *ticket).partition(|ticket| gone.contains(&ticket.id));
    let keys = |tickets: &[&Ticket]| tickets.iter().map(|ticket| ticket.key.clone()).collect::<Vec<_>>();
    outcomes.problems.extend(plan::put_back(&keys(&back)).into_iter().chain(plan::unlabelled(&keys(&gone))));
    outcomes.unlabelled.extend(gone.into_iter().map(|ticket| ticket.id.clone()));
}

/// The tickets with these ids; `None`, which is reported: they could not be read.
async fn read<T: Write>(
    tracker: &T,
    which: &BTreeSet<u64>,
    outcomes: &mut Outcomes,
) -> Option<BTreeMap<u64, Ticket>> {
    let ids: Vec<u64> = which.iter().copied().collect();
    let mut seen = BTreeMap::new();
    for ids in ids.chunks(IDS_AT_ONCE) {
        match tracker.answer(&Ask::Ids(ids.to_vec())).await {
            Ok(Answer::Tickets(tickets)) => {
                seen.extend(tickets.into_iter().map(|ticket| (ticket.id.id, ticket)));
            }
            Ok(_) => {}
            Err(failure) => {
                outcomes.unlooked = true;
                let message = format!("new tickets could not be read back after filing: {failure}");
                outcomes.problems.push(Problem::new(tracker.site(), message).hint(failure.hint()));
                return None;
            }
        }
    }
    Some(seen)
}

/// The ids of tickets that another run may have created for the same groups, if labels do not stay: a search by label
/// finds neither.
pub(crate) async fn duplicates<T: Write>(tracker: &T, plan: &Plan, outcomes: &Outcomes) -> BTreeSet<u64> {
    let lost = plan.creates.iter().filter(|draft| {
        outcomes.made.get(&draft.group).is_some_and(|made| outcomes.unlabelled.contains(&made.id))
    });
    let names: Vec<Fingerprint> = lost.flat_map(|draft| draft.record.names.iter().copied()).collect();
    if names.is_empty() {
        return BTreeSet::new();
    }
    match tracker.answer(&Ask::Mentioned(names)).await {
        Ok(Answer::Tickets(tickets)) => tickets.into_iter().map(|ticket| ticket.id.id).collect(),
        // the next run finds them
        _ => BTreeSet::new(),
    }
}

/// What people should know about new tickets that cannot be seen.
fn unseen(keys: &[TicketKey]) -> Option<Problem> {
    let named: Vec<String> = keys.iter().take(10).map(ToString::to_string).collect();
    let more = if keys.len() > named.len() {
        format!(" and {} more", keys.len() - named.len())
    } else {
        String::new()
    };
    let message = "created, but not visible to casefile's own account";
    (!keys.is_empty()).then(|| {
        Problem::new(format!("{}{more}", named.join(", ")), message).hint(
            "Check the project's issue security scheme, any rules that set a security level, and the browse permission.",
        )
    })
}

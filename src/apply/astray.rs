//! Tickets that had lost everything by which a search finds them, their labels and the words in their text, and that
//! turn up when the first new ticket of their project is checked: their records still say what they stand for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::outcomes::Outcomes;
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::{LABEL, Ticket, token};
use crate::model::write::{Draft, Edit};
use crate::plan::Plan;
use crate::tracker::Write;

/// Restores their labels, so that the next run finds them, and reports this. Nothing is filed for what a done ticket
/// stands for: the next run decides that. `made` shows which account files tickets: one that another account created
/// belongs to somebody else, whatever its record says.
pub(super) async fn restore<T: Write>(
    tracker: &T,
    plan: &Plan,
    (project, made): (&str, &Ticket),
    tickets: &[Ticket],
    outcomes: &mut Outcomes,
    queue: &mut VecDeque<Draft>,
) {
    let own: BTreeSet<u64> = outcomes.made.values().map(|made| made.id.id).collect();
    let is_astray = |ticket: &&Ticket| {
        let is_ours = made.creator.is_some() && ticket.creator == made.creator;
        is_ours && !own.contains(&ticket.id.id) && !ticket.has_label(LABEL)
    };
    let named: BTreeMap<Fingerprint, &Ticket> = tickets
        .iter()
        .filter(is_astray)
        .filter_map(|ticket| Some((ticket, ticket.record.as_ref()?)))
        .flat_map(|(ticket, record)| record.names.iter().map(move |name| (*name, ticket)))
        .collect();
    let drafts = plan.creates.iter().filter(|draft| draft.project == project);
    let pairs: Vec<(&Draft, &Ticket)> = drafts
        .filter_map(|draft| Some((draft, *draft.record.names.iter().find_map(|name| named.get(name))?)))
        .collect();
    let found = mentioned(tracker, &pairs).await;
    for (draft, ticket) in pairs.into_iter().filter(|(draft, _)| !found.contains(&draft.group)) {
        let labels_added = draft.labels.iter().filter(|label| !ticket.has_label(label)).cloned().collect();
        let edit = Edit { labels_added, ..Edit::default() };
        let restored = tracker.edit(&ticket.id, &edit).await;
        outcomes.unlabelled.insert(ticket.id.clone());
        outcomes.problems.push(problem(draft, ticket, outcomes, restored.as_ref().err()));
        if !ticket.is_open() && queue.iter().any(|queued| queued.group == draft.group) {
            queue.retain(|queued| queued.group != draft.group);
            let why = format!(
                "{} was filed for the same findings, but casefile's labels were missing from it",
                ticket.key
            );
            let hint = match restored {
                Ok(()) => "The labels were restored, so the next run continues with that ticket.",
                Err(_) => "Allow the account to edit that ticket, so that casefile can restore the labels.",
            };
            let hint = hint.to_owned();
            outcomes.unfiled.insert(draft.group, Failure::Withheld { why, hint });
        }
    }
}

/// The groups whose ticket still has the words by which it is found, or about whose ticket nothing is known: a rule
/// removes the labels of a ticket that another run is just creating.
async fn mentioned<T: Write>(tracker: &T, pairs: &[(&Draft, &Ticket)]) -> BTreeSet<Fingerprint> {
    if pairs.is_empty() {
        return BTreeSet::new();
    }
    let all = || pairs.iter().map(|(draft, _)| draft.group).collect();
    let ids: BTreeSet<u64> = pairs.iter().map(|(_, ticket)| ticket.id.id).collect();
    let Ok(Answer::Texts(texts)) = tracker.answer(&Ask::Texts(ids.into_iter().collect())).await else {
        return all();
    };
    let texts: BTreeMap<u64, _> = texts.into_iter().collect();
    let is_mentioned = |(draft, ticket): &&(&Draft, &Ticket)| {
        texts
            .get(&ticket.id.id)
            .is_none_or(|text| draft.record.names.iter().any(|name| text.description.contains(&token(*name))))
    };
    pairs.iter().filter(is_mentioned).map(|(draft, _)| draft.group).collect()
}

fn problem(draft: &Draft, ticket: &Ticket, outcomes: &Outcomes, refused: Option<&Failure>) -> Problem {
    let lost = "the ticket has lost casefile's labels and the reference word in its description";
    let duplicate = outcomes
        .made
        .get(&draft.group)
        .map(|made| format!(", so {} was filed for the same findings", made.key));
    let restored = match refused {
        None => "; the labels were restored".to_owned(),
        Some(failure) => format!("; the labels could not be restored: {failure}"),
    };
    let message = format!("{lost}{}{restored}", duplicate.unwrap_or_default());
    Problem::new(ticket.key.to_string(), message).hint(
        "Check for an automation rule that overwrites labels and descriptions, and change it so that it only \
         adds to them. Once the ticket has its labels again, the next run recognises it and closes the \
         duplicate, if there is one.",
    )
}

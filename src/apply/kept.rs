//! Whether the tracker keeps casefile's records: an app or a proxy may accept and drop them. Each run would then start
//! the records of all tickets afresh.

use super::outcomes::Outcomes;
use super::work;
use crate::http::Stop;
use crate::model::answer::{Answer, Ask};
use crate::model::scan::Problem;
use crate::model::ticket::{LABEL, Ticket, TicketId, label, token};
use crate::model::write::Ref;
use crate::plan::{Plan, Work};
use crate::tracker::Write;

/// Notes in the outcomes that a ticket to which a record was just written does not have one.
pub(super) fn check(ticket: &Ticket, outcomes: &mut Outcomes) {
    if ticket.record.is_some() || outcomes.forgets {
        return;
    }
    outcomes.forgets = true;
    let message = "the record in the ticket's entity properties was accepted but not kept, so casefile \
                   cannot tell which findings are gone or have come back";
    outcomes.problems.push(Problem::new(ticket.key.to_string(), message).hint(
        "Check whether an app or a proxy discards the entity properties. Nothing is filed twice in the \
         meantime, because casefile recognises its tickets by their labels.",
    ));
}

/// Whether a ticket that was just created is found again: by its labels or, if a rule removed them, by the words in its
/// description.
pub(super) async fn is_found_again<T: Write>(tracker: &T, plan: &Plan, ticket: &Ticket) -> bool {
    let draft = plan.creates.iter().find(|draft| ticket.all_names().contains(&draft.group));
    let Some(draft) = draft else { return ticket.has_label(LABEL) };
    if draft.record.names.iter().all(|name| ticket.has_label(&label(*name))) && ticket.has_label(LABEL) {
        return true;
    }
    match tracker.answer(&Ask::Texts(vec![ticket.id.id])).await {
        Ok(Answer::Texts(texts)) => {
            texts.iter().any(|(_, texts)| texts.description.contains(&token(draft.group)))
        }
        _ => false,
    }
}

/// The plan's works, without those that start a record where none would be kept: the first of them is done and checked
/// before the others.
pub(super) async fn works<T: Write>(
    tracker: &T,
    plan: &Plan,
    stop: &Stop,
    progress: &(dyn Fn(usize) + Sync),
    outcomes: &mut Outcomes,
) -> Vec<Work> {
    let mut left = plan.works.clone();
    let first = left.iter().position(|work| begun(plan, work).is_some()).filter(|_| !outcomes.forgets);
    if let Some(at) = first {
        let work = left.remove(at);
        work::work(tracker, std::slice::from_ref(&work), &plan.keys, stop, progress, outcomes).await;
        if let Some(id) = begun(plan, &work)
            .filter(|id| !outcomes.undone.contains_key(id) && !outcomes.unedited.contains_key(id))
            && let Ok(Answer::Tickets(tickets)) = tracker.answer(&Ask::Ids(vec![id.id])).await
        {
            tickets.iter().for_each(|ticket| check(ticket, outcomes));
        }
    }
    if outcomes.forgets {
        left.retain(|work| begun(plan, work).is_none());
    }
    left
}

/// The ticket whose record a work starts afresh, if it does.
fn begun<'w>(plan: &Plan, work: &'w Work) -> Option<&'w TicketId> {
    match &work.on {
        Ref::Known(id) => plan.begun.contains(id).then_some(id),
        Ref::New(_) => None,
    }
}

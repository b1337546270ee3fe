//! The steps of an edit, and the moves that earlier runs owe to a ticket.

use crate::config::valid::Config;
use crate::model::record::{Pending, Record, State};
use crate::model::ticket::{Category, Ticket};
use crate::model::write::{Edit, Ref};
use crate::plan::tickets::records::next_of;
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Step, Work};

/// The steps of an edit, in this order: the links that are pending for the ticket, the edit with the next record, and
/// the move to the status of the state `go`. The move comes last because a done ticket may not accept edits. Until it
/// is made, the record says that it is pending, so that the next run makes it if this one ends in between.
pub(crate) fn steps(config: &Config, mut edit: Edit, mut next: Record, go: Option<State>) -> Vec<Step> {
    let mut steps = owed_links(&next);
    let go = go.and_then(|state| Some((state, transitions::go(config, state)?)));
    next.pending = go.iter().map(|(state, _)| Pending::Go(*state)).collect();
    edit.record = Some(next.clone());
    steps.push(Step::Edit(Box::new(edit)));
    if let Some((_, go)) = go {
        steps.push(Step::Try(go, Box::new(settling(Record { revision: next.revision + 1, ..next }))));
    }
    steps
}

/// The links that were left over when the ticket was created or last edited. A move has its own step, if it is still
/// wanted, and attachments are made where their text is composed.
fn owed_links(record: &Record) -> Vec<Step> {
    let links = record.pending.iter().filter_map(|pending| match pending {
        Pending::Link(kind, to) => Some(Step::Link(*kind, Ref::Known(to.clone()))),
        Pending::Go(_) | Pending::Attach(_) | Pending::Remote { .. } => None,
    });
    links.collect()
}

/// The edit after which nothing is pending for a ticket.
fn settling(mut next: Record) -> Edit {
    next.pending.clear();
    Edit { record: Some(next), ..Edit::default() }
}

/// The move that is pending for a ticket and still wanted.
pub(crate) fn owed_state(record: &Record) -> Option<State> {
    record.pending.iter().find_map(|pending| match pending {
        Pending::Go(state) if record.last_reported == Some(*state) => Some(*state),
        _ => None,
    })
}

/// Whether only moves are pending for a ticket.
pub(crate) fn owes_moves_alone(record: &Record) -> bool {
    record.pending.iter().all(|owed| matches!(owed, Pending::Go(_)))
}

/// The work that only moves a ticket for which nothing else is pending: as long as its workflow does not allow the
/// move, nothing is written. A person may have moved it in the meantime, and then it stays there.
pub(crate) fn move_alone(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Option<Work> {
    let begun = ticket.status.category != Category::New;
    let fits = |state: &State| match state {
        State::InProgress => !begun,
        State::Open => !begun || transitions::is_at(&input.config.states, &ticket.status, State::InProgress),
        State::Resolved | State::Closed => true,
    };
    let state = owed_state(record).filter(|state| owes_moves_alone(record) && fits(state))?;
    let go = transitions::go_from(input.config, ticket, state)?;
    let settled = Box::new(settling(next_of(input, ticket, record)));
    Some(Work { on: Ref::Known(ticket.id.clone()), steps: vec![Step::Try(go, settled)] })
}

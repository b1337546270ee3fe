//! The steps of an edit, and the moves that earlier runs owe to a ticket.

use crate::config::valid::Config;
use crate::model::record::Pending;
use crate::model::record::Record;
use crate::model::record::State;
use crate::model::ticket::Category;
use crate::model::ticket::Ticket;
use crate::model::write::Edit;
use crate::model::write::Ref;
use crate::plan::tickets::records::next_of;
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::plan::Step;
use crate::plan::types::plan::Work;

/// The steps of an edit: what is owed to the ticket comes first, and a move to the status of a state
/// last, because a done ticket may be closed to edits. What is owed stands in the record until it is done.
pub(crate) fn steps(config: &Config, mut edit: Edit, mut next: Record, go: Option<State>) -> Vec<Step> {
    let mut steps: Vec<Step> = next.pending.iter().filter_map(owed_step).collect();
    let go = go.and_then(|state| Some((state, transitions::go(config, state)?)));
    next.pending = go.iter().map(|(state, _)| Pending::Go(*state)).collect();
    let mut settled = next.clone();
    edit.record = Some(next);
    steps.push(Step::Edit(Box::new(edit)));
    if let Some((_, go)) = go {
        settled.pending.clear();
        settled.revision += 1;
        let edit = Edit { record: Some(settled), ..Edit::default() };
        steps.push(Step::Try(go, Box::new(edit)));
    }
    steps
}

/// A step that was left over when the ticket was made or last edited.
fn owed_step(pending: &Pending) -> Option<Step> {
    match pending {
        Pending::Link(kind, to) => Some(Step::Link(*kind, Ref::Known(to.clone()))),
        // a move has its own step, if it is still wanted
        Pending::Go(_) | Pending::Attach(_) | Pending::Remote { .. } => None,
    }
}

/// The move that is owed to a ticket and still wanted.
pub(crate) fn owed_state(record: &Record) -> Option<State> {
    record.pending.iter().find_map(|pending| match pending {
        Pending::Go(state) if record.told == Some(*state) => Some(*state),
        _ => None,
    })
}

pub(crate) fn owes_moves_alone(record: &Record) -> bool {
    record.pending.iter().all(|owed| matches!(owed, Pending::Go(_)))
}

/// The work that only moves a ticket, where nothing else is owed to it: as long as its workflow does not let it move,
/// nothing is written. A person may have moved it meanwhile, and then that is where it stays.
pub(crate) fn move_alone(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Option<Work> {
    let begun = ticket.status.category != Category::New;
    let fits = |state: &State| match state {
        State::InProgress => !begun,
        State::Open => !begun || transitions::is_at(&input.config.states, &ticket.status, State::InProgress),
        State::Resolved | State::Closed => true,
    };
    let state = owed_state(record).filter(|state| owes_moves_alone(record) && fits(state))?;
    let go = transitions::go_from(input.config, ticket, state)?;
    let mut settled = next_of(input, ticket, record);
    settled.pending.clear();
    let edit = Edit { record: Some(settled), ..Edit::default() };
    Some(Work { on: Ref::Known(ticket.id.clone()), steps: vec![Step::Try(go, Box::new(edit))] })
}

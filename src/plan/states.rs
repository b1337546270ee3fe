//! A finding's state, as a status of the tracker.

use std::collections::BTreeMap;

use crate::config::{Config, FieldValue, States};
use crate::model::record::State;
use crate::model::ticket::{Status, Ticket};
use crate::model::write::{Field, Move, Target, Value};

/// The move to the status that stands for a state; `None`: the state moves no ticket.
pub(super) fn go(config: &Config, state: State) -> Option<Move> {
    let target = config.states.target(state)?;
    Some(Move {
        to: Target::Status(target.status.clone()),
        resolution: target.resolution.clone(),
        fields: fields(&target.fields),
    })
}

/// The same, unless the ticket is there already.
pub(super) fn go_from(config: &Config, ticket: &Ticket, state: State) -> Option<Move> {
    go(config, state).filter(|_| !is_at(&config.states, &ticket.status, state))
}

/// Whether a status is the one that stands for a state.
pub(super) fn is_at(states: &States, status: &Status, state: State) -> bool {
    states.state(&status.name, &status.id) == Some(state)
}

/// Fields of a transition's screen. Their types are told by nothing that the plan asks for, so each is
/// sent as text, several values as words; one that the tracker refuses is left out.
fn fields(wanted: &BTreeMap<String, FieldValue>) -> Vec<Field> {
    let field = |(id, value): (&String, &FieldValue)| {
        let FieldValue::Values(values) = value else { return None };
        let value = match values.as_slice() {
            [one] => Value::Text(one.clone()),
            several => Value::Words(several.to_vec()),
        };
        Some(Field { id: id.clone(), value })
    };
    wanted.iter().filter_map(field).collect()
}

//! New tickets whose workflow does not begin in the status of the state `open`.

use crate::model::record::State;
use crate::model::ticket::{Status, TicketId};
use crate::model::write::{Draft, Edit, Ref};
use crate::plan::tickets::steps::steps;
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Plan, Work};
use crate::plan::types::snapshot::Snapshot;

/// The small plan that moves new tickets to the status of the state `open`; each ticket comes with the status in which
/// its project's tickets begin. Nothing if that is the same status, or if the state has none there.
pub fn initial_transitions(
    input: &Input<'_>,
    snapshot: &Snapshot,
    made: &[(&Draft, &TicketId, &Status)],
) -> Plan {
    let mut plan = Plan::default();
    for (draft, id, status) in made {
        let elsewhere = !transitions::is_at(&input.config.states, status, State::Open);
        // a status with another name may stand in for it
        let instead = transitions::instead(input.config, snapshot, &draft.project, State::Open);
        let lacking = instead.is_some_and(|other| other.is_none_or(|other| other.id == status.id));
        if input.config.states.target(State::Open).is_none() || !elsewhere || lacking {
            continue;
        }
        let mut next = draft.record.clone();
        next.follow(id);
        // links have steps of their own in the plan that creates the ticket
        next.pending.clear();
        let steps = steps(input.config, Edit::default(), next, Some(State::Open));
        let mut work = Work { on: Ref::Known((*id).clone()), steps };
        transitions::redirect(input.config, snapshot, &draft.project, &mut work);
        plan.works.push(work);
    }
    plan
}

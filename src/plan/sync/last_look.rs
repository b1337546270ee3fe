//! After applying: jobs that lose a ticket's findings at one time each see that the others have them still. The one
//! that wrote last looks again, and ends the ticket where nothing is left.

use crate::plan::resolve::missing::decide_missing_ticket;
use std::collections::BTreeMap;

use crate::model::record::Record;
use crate::model::ticket::TicketId;
use crate::model::write::Ref;
use crate::plan::planner::Planner;
use crate::plan::resolve::mass_resolve;
use crate::plan::types::ending::How;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::plan::{Plan, Step};
use crate::plan::types::snapshot::Snapshot;

/// The tickets that a plan has taken findings off and left open because others have some, each with the record that
/// it writes.
pub fn partially_resolved(plan: &Plan) -> BTreeMap<u64, Record> {
    let partially_resolved = plan.endings.iter().filter(|ending| ending.how == How::PartiallyResolved);
    let works = partially_resolved.filter_map(|ending| {
        let on = Ref::Known(ending.ticket.clone());
        Some((ending.ticket.id, plan.works.iter().find(|work| work.on == on)?))
    });
    let record = |step: &Step| match step {
        Step::Edit(edit) | Step::Try(_, edit) => edit.record.clone(),
        _ => None,
    };
    works.filter_map(|(id, work)| Some((id, work.steps.iter().rev().find_map(record)?))).collect()
}

/// What is to be done on those of these tickets that nothing stands for any more, by what lies on them now.
pub fn finish(input: &Input<'_>, snapshot: &Snapshot, partially_resolved: &BTreeMap<u64, Record>) -> Next {
    let mut decision = Planner::new(input, snapshot);
    for (id, record) in partially_resolved {
        let ticket = snapshot.ticket(*id).filter(|ticket| ticket.is_open() && decision.is_ours(ticket));
        if let Some(ticket) = ticket {
            decide_missing_ticket(&mut decision, ticket, record, None);
        }
    }
    if decision.needs.is_empty()
        && let Some(problem) = mass_resolve::guard(&decision)
    {
        let plan = Plan { problems: vec![problem], ..Plan::default() };
        return Next::Plan(Box::new(plan));
    }
    decision.finish()
}

/// Takes out of the plan the tickets whose record is another one than this run has written: another job wrote after
/// it, so that it is that job's to end them. The snapshot has the tickets as they are after all of them was read.
pub fn leave_to_others(
    mut plan: Plan,
    snapshot: &Snapshot,
    partially_resolved: &BTreeMap<u64, Record>,
) -> Plan {
    let ours = |on: &TicketId| {
        let now = snapshot.ticket(on.id).and_then(|ticket| ticket.record.as_ref());
        now.is_some() && now == partially_resolved.get(&on.id)
    };
    plan.works.retain(|work| matches!(&work.on, Ref::Known(on) if ours(on)));
    plan.endings.retain(|ending| ours(&ending.ticket));
    plan
}

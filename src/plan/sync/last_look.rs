//! After applying: of several jobs that stop seeing a ticket's findings at the same time, each sees that the others
//! still have them. The job that wrote last looks again, and resolves the ticket if nothing is left.

use std::collections::BTreeMap;

use crate::model::record::Record;
use crate::model::ticket::TicketId;
use crate::model::write::Ref;
use crate::plan::planner::Planner;
use crate::plan::resolve::mass_resolve;
use crate::plan::resolve::missing::decide_missing_ticket;
use crate::plan::types::ending::How;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::plan::{Plan, Step};
use crate::plan::types::snapshot::Snapshot;

/// The tickets from which a plan has removed findings and which it has left open because others have some, each with
/// the record that it writes.
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

/// What is to be done with those of these tickets that no finding is left for, judging by their slices now.
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

/// Removes from the plan the tickets whose record is not the one that this run wrote: another job wrote after it, so it
/// is up to that job to resolve them. The snapshot has the tickets as they were after all slices had been read.
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

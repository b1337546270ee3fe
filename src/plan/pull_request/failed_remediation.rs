//! A pull request that announced that it would resolve a ticket is merged or closed, and the ticket's findings are
//! still present: the announcement is retracted.

use crate::model::repository::Place;
use crate::plan::planner::Planner;
use crate::plan::presence::gone::is_at_tip;
use crate::plan::presence::liveness::head;
use crate::plan::pull_request::retract::{RetractReason, amend, taken_back};
use crate::plan::tickets::ownership::record_of;
use crate::plan::types::snapshot::BranchTip;

/// Retracts what pull requests announced on tickets if this branch's newest commit still has findings of them.
pub(crate) fn retract_failed(decision: &mut Planner<'_>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    if !matches!(input.run.place, Place::Branch(_)) || !input.run.writes() {
        return;
    }
    let tracked = decision.tracked.clone();
    for ticket in tracked.into_iter().filter_map(|id| snapshot.ticket(id)) {
        let Some(record) = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket)) else {
            continue;
        };
        let mut record = record.clone();
        for number in record.remediation.clone() {
            let over = head(decision, &Place::PullRequest(number)) == Some(&BranchTip::Gone);
            if !over || is_at_tip(decision) != Some(true) {
                continue;
            }
            if let Some(change) = taken_back(input, ticket, &record, number, RetractReason::Failed) {
                (record.remediation, record.last_reported) =
                    (change.remediation.clone(), change.last_reported);
                amend(&mut decision.plan, input, ticket, &record, change);
            }
        }
    }
}

//! A pull request that said it would resolve a ticket is merged, or closed, and the ticket's findings are still
//! there: what it said is taken back.

use super::decision::Decision;
use super::ours::record_of;
use super::snapshot::Head;
use super::withdraw::{Withdrawn, taken_back};
use crate::model::repository::Place;

impl Decision<'_> {
    /// Takes back what pull requests said on tickets of which this branch's newest commit has findings.
    pub(super) fn vain(&mut self) {
        let (input, snapshot) = (self.input, self.snapshot);
        if !matches!(input.run.place, Place::Branch(_)) || !input.run.writes() {
            return;
        }
        let tracked = self.tracked.clone();
        for ticket in tracked.into_iter().filter_map(|id| snapshot.ticket(id)) {
            let Some(record) = record_of(ticket, input.site).filter(|_| self.is_ours(ticket)) else {
                continue;
            };
            let mut record = record.clone();
            for number in record.remediation.clone() {
                let over = self.head(&Place::PullRequest(number)) == Some(&Head::Gone);
                if !over || self.is_at_tip() != Some(true) {
                    continue;
                }
                if let Some(change) = taken_back(input, ticket, &record, number, Withdrawn::Vain) {
                    (record.remediation, record.told) = (change.remediation.clone(), change.told);
                    self.plan.amend(input, ticket, &record, change);
                }
            }
        }
    }
}

//! A repository that is known by several identities has the labels of all of them on its tickets, so that a run that
//! knows only one of them finds what the others filed.

use crate::model::write::{Edit, Ref};
use crate::plan::planner::Planner;
use crate::plan::types::plan::{Step, Work};

/// Adds the repository's labels that open tickets lack: together with other writes to the ticket if there are any,
/// otherwise on their own, once.
pub(crate) fn add_repository_labels(decision: &mut Planner<'_>) {
    let labels = decision.input.run.repository.labels();
    if labels.len() < 2 || !decision.input.run.writes() {
        return;
    }
    let leaving: Vec<&Ref> = decision.plan.merges.iter().map(|work| &work.on).collect();
    let mut lacking = Vec::new();
    for ticket in decision.snapshot.tickets().filter(|ticket| ticket.is_open() && ticket.has_any(&labels)) {
        let on = Ref::Known(ticket.id.clone());
        let lacks: Vec<String> = labels.iter().filter(|label| !ticket.has_label(label)).cloned().collect();
        if !lacks.is_empty() && decision.is_ours(ticket) && !leaving.contains(&&on) {
            lacking.push((on, lacks));
        }
    }
    for (on, lacks) in lacking {
        let works = decision.plan.works.iter_mut().filter(|work| work.on == on);
        let edit = works.flat_map(|work| &mut work.steps).find_map(|step| match step {
            Step::Edit(edit) => Some(edit),
            _ => None,
        });
        match edit {
            Some(edit) => edit.labels_added.extend(lacks),
            None => {
                let edit = Edit { labels_added: lacks, ..Edit::default() };
                decision.plan.works.push(Work { on, steps: vec![Step::Edit(Box::new(edit))] });
            }
        }
    }
}

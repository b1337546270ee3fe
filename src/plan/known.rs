//! A repository that is known by several identities has the labels of all on its tickets, so that a run that knows
//! one of them alone finds what the others filed.

use super::decision::Decision;
use super::{Step, Work};
use crate::model::write::{Edit, Ref};

impl Decision<'_> {
    /// Gives open tickets the repository's labels that they lack: with what is written to them anyway, else by
    /// themselves, once.
    pub(super) fn mark(&mut self) {
        let labels = self.input.run.repository.labels();
        if labels.len() < 2 || !self.input.run.writes() {
            return;
        }
        let leaving: Vec<&Ref> = self.plan.merges.iter().map(|work| &work.on).collect();
        let mut lacking = Vec::new();
        for ticket in self.snapshot.tickets().filter(|ticket| ticket.is_open() && ticket.has_any(&labels)) {
            let on = Ref::Known(ticket.id.clone());
            let lacks: Vec<String> =
                labels.iter().filter(|label| !ticket.has_label(label)).cloned().collect();
            if !lacks.is_empty() && self.is_ours(ticket) && !leaving.contains(&&on) {
                lacking.push((on, lacks));
            }
        }
        for (on, lacks) in lacking {
            let works = self.plan.works.iter_mut().filter(|work| work.on == on);
            let edit = works.flat_map(|work| &mut work.steps).find_map(|step| match step {
                Step::Edit(edit) => Some(edit),
                _ => None,
            });
            match edit {
                Some(edit) => edit.labels_added.extend(lacks),
                None => {
                    let edit = Edit { labels_added: lacks, ..Edit::default() };
                    self.plan.works.push(Work { on, steps: vec![Step::Edit(Box::new(edit))] });
                }
            }
        }
    }
}

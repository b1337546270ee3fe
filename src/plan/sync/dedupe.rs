//! After applying: a concurrent run may have filed the same group at the same moment.

use crate::model::fingerprint::Fingerprint;
use crate::model::ticket::{Ticket, TicketId};
use crate::model::write::{Draft, Edit, Ref};
use crate::plan::matching::duplicates::give_way;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Plan, Step, Work};
use crate::plan::types::snapshot::Snapshot;

/// Which of the tickets that this run just created give way to an older one from another run, and the small plan that
/// carries this out. The younger one always gives way, so two runs never undo each other.
pub fn dedupe(
    input: &Input<'_>,
    snapshot: &Snapshot,
    made: &[(&Draft, &TicketId)],
) -> (Plan, Vec<(Fingerprint, TicketId)>) {
    let mut plan = Plan::default();
    let mut instead = Vec::new();
    for (draft, made) in made {
        let is_twin = |ticket: &&Ticket| {
            ticket.id.id < made.id
                && ticket.is_open()
                && crate::plan::tickets::ownership::is_recorded(input, snapshot, ticket)
                && ticket.all_names().iter().any(|name| draft.record.names.contains(name))
        };
        let Some(main) = snapshot.tickets().find(is_twin) else { continue };
        if let Some(mut record) = crate::plan::tickets::ownership::record_of(main, input.site).cloned() {
            let lacks = draft.slices.iter().filter(|slice| !record.slices.contains_key(&slice.id()));
            let slices: Vec<_> = lacks.cloned().collect();
            if !slices.is_empty() {
                record.follow(&main.id);
                record.slices.extend(slices.iter().map(|slice| (slice.id(), slice.digest())));
                let edit = Edit { record: Some(record), slices, ..Edit::default() };
                let steps = vec![Step::Edit(Box::new(edit))];
                plan.works.push(Work { on: Ref::Known(main.id.clone()), steps });
            }
        }
        let Some(duplicate) = snapshot.ticket(made.id) else { continue };
        plan.merges.push(give_way(input, duplicate, draft.record.clone(), main));
        instead.push((draft.group, main.id.clone()));
    }
    (plan.naming(snapshot.tickets()), instead)
}

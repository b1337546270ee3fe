//! Labels that something removed: an automation rule that sets labels replaces all of them. The record stored on the
//! ticket still says what it is.

use std::collections::{BTreeSet, HashSet};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::survey::Group;
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::model::write::Ref;
use crate::plan::planner::Planner;
use crate::plan::tickets::labels::{back, lacking, put_back, unlabelled};
use crate::plan::tickets::ownership::{is_due_labels, stripped};
use crate::plan::types::plan::{Step, Work};

/// Restores labels that something removed from tickets that are ours according to their record: together with other
/// writes to the ticket if there are any, otherwise on their own. This is done once: if they do not stay, that is
/// reported instead, and the ticket is tracked by its record.
pub(crate) fn restore_labels(decision: &mut Planner<'_>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    if !input.run.writes() {
        return;
    }
    let stripped = |ticket| Some((ticket, stripped(ticket, &input.run.repository, input.site)?));
    let stripped: Vec<(&Ticket, &Record)> = snapshot.tickets().filter_map(stripped).collect();
    if stripped.is_empty() {
        return;
    }
    let leaving: Vec<&Ref> = decision.plan.merges.iter().map(|work| &work.on).collect();
    let groups: HashSet<Fingerprint> =
        input.survey.groups.iter().flat_map(|group| group.names.iter().copied()).collect();
    let findings: HashSet<Fingerprint> =
        input.survey.groups.iter().flat_map(Group::kept).flat_map(|one| one.anchors).flatten().collect();
    let lost = stripped.into_iter().filter(|(ticket, record)| {
        // it was found by something that anybody can write, and belongs to another repository if none of its names is
        // known here
        let known = record.names.iter().any(|name| groups.contains(name))
            || record.linked.iter().any(|finding| findings.contains(finding));
        let known = known && decision.is_recorded(ticket);
        let stays = !leaving.contains(&&Ref::Known(ticket.id.clone()));
        known && stays
    });
    for (ticket, record) in lost.collect::<Vec<_>>() {
        if is_due_labels(input, record) {
            restore_labels_of(decision, ticket, record);
            decision.plan.relabelled.insert(ticket.id.clone());
        } else {
            decision.plan.unlabelled.insert(ticket.id.clone());
        }
    }
    let keys = |ids: &BTreeSet<TicketId>| -> Vec<TicketKey> {
        ids.iter().filter_map(|id| Some(snapshot.ticket(id.id)?.key.clone())).collect()
    };
    let (back, gone) = (keys(&decision.plan.relabelled), keys(&decision.plan.unlabelled));
    decision.plan.problems.extend(put_back(&back).into_iter().chain(unlabelled(&gone)));
}

fn restore_labels_of(decision: &mut Planner<'_>, ticket: &Ticket, record: &Record) {
    let input = decision.input;
    let on = Ref::Known(ticket.id.clone());
    let lacks = lacking(input, ticket, record);
    let today = Some(input.run.today());
    let steps = decision.plan.works.iter_mut().filter(|work| work.on == on).flat_map(|work| &mut work.steps);
    let mut written = false;
    for step in steps {
        let (Step::Edit(edit) | Step::Note(edit) | Step::Try(_, edit)) = step else { continue };
        let Some(record) = &mut edit.record else { continue };
        record.relabelled = today;
        if !written {
            let added: Vec<String> =
                lacks.iter().filter(|label| !edit.labels_added.contains(label)).cloned().collect();
            edit.labels_added.extend(added);
        }
        written = true;
    }
    if !written {
        let edit = Box::new(back(input, ticket, record));
        // a done ticket may not accept edits
        let step = if ticket.is_open() { Step::Edit(edit) } else { Step::Note(edit) };
        decision.plan.works.push(Work { on, steps: vec![step] });
    }
}

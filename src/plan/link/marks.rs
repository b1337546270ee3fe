//! What `link` and `unlink` remove from tickets: names of groups and linked findings, and in the end all marks.

use std::collections::BTreeSet;

use crate::compose::comments;
use crate::document::Document;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::slice::{Entry, Slice};
use crate::model::survey::Group;
use crate::model::ticket::{LABEL, Ticket, label, labels};
use crate::model::write::{Edit, Ref};
use crate::plan::link::chosen::{ChosenGroup, anchors, findings};
use crate::plan::observed::observation::emptied;
use crate::plan::tickets::ownership::{is_guest, is_ours, is_shared, record_of};
use crate::plan::tickets::records::add_life;
use crate::plan::types::input::Input;
use crate::plan::types::plan::{Step, Work};
use crate::plan::types::snapshot::Snapshot;

/// What another ticket gives up because its findings now belong to this ticket, including the `whole` groups; `None`:
/// nothing.
pub(crate) fn leave(
    input: &Input<'_>,
    snapshot: &Snapshot,
    other: &Ticket,
    ticket: &Ticket,
    chosen: &[ChosenGroup<'_>],
    whole: &[&Group],
    is_new: bool,
) -> Option<Work> {
    let old = own_record(other, input.site);
    let linked = old.map(|old| old.linked.as_slice()).unwrap_or_default();
    let anchors = anchors(chosen);
    let gone: BTreeSet<Fingerprint> = linked.iter().copied().filter(|id| anchors.contains(id)).collect();
    let carried = whole.iter().filter(|group| carries(other, group));
    let names: BTreeSet<Fingerprint> = carried.flat_map(|group| group.names.iter().copied()).collect();
    let parts = chosen.iter().filter(|part| carries(other, part.group));
    let count = parts.map(|part| findings(std::slice::from_ref(part)).len()).sum();
    let slices = match is_guest(input, ticket) {
        // nothing is recorded there
        true => Vec::new(),
        false => without(input, snapshot, other, &anchors),
    };
    let moves = is_new || !names.is_empty() || !slices.is_empty();
    // a comment was added, but the run was interrupted before the marks were removed
    let said = old.is_some_and(|old| old.successor.as_ref() == Some(&ticket.id));
    let announces = count > 0 && other.is_open() && moves && !said;
    if gone.is_empty() && names.is_empty() && slices.is_empty() && !announces {
        return None;
    }
    let comment = announces.then(|| -> Document {
        (input.fit)(comments::moved(
            comments::OtherTicket { key: ticket.key.as_str(), url: &ticket.url },
            count,
        ))
    });
    let mut left = shed(input, snapshot, other, &gone, &names, slices);
    if left.is_bare
        && let Some(record) = &mut left.edit.record
    {
        record.successor = Some(ticket.id.clone());
    }
    Some(work(other, left, comment, is_shared(other, &input.run.repository)))
}

/// What is left of a ticket's marks.
pub(crate) struct Left {
    edit: Edit,
    /// Whether no finding is left, so that all marks go.
    is_bare: bool,
}

/// Removes linked findings and names of groups from a ticket's marks. `slices`: the slices that hold less as a result.
pub(crate) fn shed(
    input: &Input<'_>,
    snapshot: &Snapshot,
    ticket: &Ticket,
    gone: &BTreeSet<Fingerprint>,
    names: &BTreeSet<Fingerprint>,
    slices: Vec<Slice>,
) -> Left {
    let mut record = own_record(ticket, input.site).cloned();
    if let Some(record) = &mut record {
        record.follow(&ticket.id);
        record.linked.retain(|id| !gone.contains(id));
        record.names.retain(|name| !names.contains(name));
        if !slices.is_empty() {
            add_life(input, record, &slices, snapshot.slices_of(ticket.id.id));
        }
    }
    let none_linked = record.as_ref().is_none_or(|record| record.linked.is_empty());
    let is_bare = none_linked && ticket.names().all(|name| names.contains(&name));
    let own = labels(&input.run.repository, &[]);
    let shared = none_linked && is_another(input, ticket, names);
    let labels_removed = ticket.labels.iter().filter(|mark| {
        let named = names.iter().any(|name| **mark == label(*name));
        named || (is_bare && own.contains(mark)) || (shared && *mark != LABEL && own.contains(mark))
    });
    let labels_removed = labels_removed.cloned().collect();
    Left { edit: Edit { labels_removed, record, slices, ..Edit::default() }, is_bare }
}

/// Whether a ticket also belongs to another repository, and no group of this one keeps a name there.
pub(crate) fn is_another(input: &Input<'_>, ticket: &Ticket, gone: &BTreeSet<Fingerprint>) -> bool {
    let groups = &input.survey.groups;
    let stays = |name| !gone.contains(&name) && groups.iter().any(|group| group.names.contains(&name));
    is_shared(ticket, &input.run.repository) && !ticket.names().any(stays)
}

/// The work that removes the marks. A ticket keeps none of them in the end, unless it also belongs to another
/// repository.
pub(crate) fn work(ticket: &Ticket, left: Left, comment: Option<Document>, shared: bool) -> Work {
    if shared || !left.is_bare {
        return edit_of(ticket, Edit { comment, ..left.edit });
    }
    let Edit { labels_removed, record, .. } = left.edit;
    let slices = record.iter().flat_map(|record| record.slices.keys().cloned()).collect();
    let edit = comment.map(|comment| Edit { comment: Some(comment), record, ..Edit::default() });
    let mut steps: Vec<Step> = edit.into_iter().map(|edit| Step::Edit(Box::new(edit))).collect();
    steps.push(Step::Unmark(labels_removed, slices));
    Work { on: Ref::Known(ticket.id.clone()), steps }
}

/// Whether a ticket carries one of a group's names.
pub(crate) fn carries(ticket: &Ticket, group: &Group) -> bool {
    group.names.iter().any(|name| ticket.has_label(&label(*name)))
}

/// A ticket's record, unless it was copied from another ticket or site.
pub(crate) fn own_record<'t>(ticket: &'t Ticket, site: &str) -> Option<&'t Record> {
    record_of(ticket, site).filter(|record| record.ticket.is_none_or(|id| id == ticket.id.id))
}

/// Whether casefile created a ticket: it wrote the summary, or, if the record was lost, its account is the creator.
pub(crate) fn is_by_casefile(ticket: &Ticket, snapshot: &Snapshot, site: &str) -> bool {
    match own_record(ticket, site) {
        Some(record) => record.last_written.summary.is_some(),
        None => is_ours(ticket, snapshot, site),
    }
}

pub(crate) fn edit_of(ticket: &Ticket, edit: Edit) -> Work {
    Work { on: Ref::Known(ticket.id.clone()), steps: vec![Step::Edit(Box::new(edit))] }
}

/// The slices of a ticket that hold some of these findings, with these removed.
pub(crate) fn without(
    input: &Input<'_>,
    snapshot: &Snapshot,
    ticket: &Ticket,
    gone: &BTreeSet<Fingerprint>,
) -> Vec<Slice> {
    let is_gone = |entry: &Entry| gone.contains(&entry.fingerprint);
    let slices = snapshot.slices_of(ticket.id.id).map(|(_, slice)| slice);
    let with = slices.filter(|slice| !is_guest(input, ticket) && slice.kept.0.iter().any(is_gone));
    let partially_resolved = with.map(|slice| match slice.kept.0.iter().all(is_gone) {
        true => emptied(slice),
        false => {
            let mut slice = slice.clone();
            slice.kept.0.retain(|entry| !is_gone(entry));
            slice
        }
    });
    partially_resolved.collect()
}

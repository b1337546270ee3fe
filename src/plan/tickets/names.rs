//! The names that an open ticket is known by: labels of its groups.

use std::collections::BTreeSet;

use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::repository;
use crate::model::survey::Group;
use crate::model::ticket::{Ticket, label, label_name};
use crate::model::write::Edit;
use crate::plan::observed::ticket_scope::TicketScope;
use crate::plan::tickets::ownership::is_due_labels;
use crate::plan::types::input::Input;

/// How many names of a group become labels.
const NAMES: usize = 8;

/// Whether a ticket carries the names of its groups. A run that knows the repository by more identities, or by others,
/// puts other names on it. If not all fit, one of each identity is enough, so that no run removes what another adds;
/// with several groups, one name of each is enough.
pub(crate) fn is_named(input: &Input<'_>, ticket_scopes: &[TicketScope<'_>], ticket: &Ticket) -> bool {
    // what was restored once and removed again is not restored every time
    let noted = ticket.record.as_ref().filter(|record| !is_due_labels(input, record));
    let noted = noted.map(|record| record.names.as_slice()).unwrap_or_default();
    let has = |name: &Fingerprint| ticket.has_label(&label(*name)) || noted.contains(name);
    let groups: Vec<&Group> = ticket_scopes
        .iter()
        .filter(|ticket_scope| ticket_scope.is_group())
        .map(|ticket_scope| ticket_scope.group)
        .collect();
    if groups.iter().all(|group| group.names.iter().all(has)) {
        return true;
    }
    let full = ticket.names().count() >= NAMES;
    if groups.len() > 1 {
        return full && groups.iter().all(|group| group.names.iter().take(1).all(has));
    }
    let known = input.run.repository.labels();
    let others = ticket.labels.iter().any(|label| repository::is_label(label) && !known.contains(label));
    others && full && groups.iter().all(|group| group.names.iter().take(known.len()).all(has))
}

/// Adds labels for new names to the ticket. If there are more than fit, the oldest additional ones are removed, and
/// every group keeps its first name.
pub(crate) fn rename(edit: &mut Edit, next: &mut Record, ticket_scopes: &[TicketScope<'_>], ticket: &Ticket) {
    let mut seen = BTreeSet::new();
    let old = ticket.labels.iter().filter_map(|label| label_name(label));
    let groups: Vec<&Group> = ticket_scopes
        .iter()
        .filter(|ticket_scope| ticket_scope.is_group())
        .map(|ticket_scope| ticket_scope.group)
        .collect();
    let own = groups.iter().flat_map(|group| group.names.iter().copied());
    let mut names: Vec<Fingerprint> = match groups.as_slice() {
        [_] => own.chain(old.clone()).collect(),
        several => several.iter().map(|group| group.name()).chain(old.clone()).chain(own).collect(),
    };
    names.retain(|name| seen.insert(*name));
    names.truncate(NAMES.max(groups.len()));
    let has: BTreeSet<Fingerprint> = old.collect();
    edit.labels_added = names.iter().filter(|name| !has.contains(name)).map(|name| label(*name)).collect();
    edit.labels_removed = has.iter().filter(|name| !names.contains(name)).map(|name| label(*name)).collect();
    next.names = names;
}

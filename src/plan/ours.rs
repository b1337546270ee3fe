//! Which tickets are casefile's own, and which a person accepted.

use jiff::ToSpan;

use super::Input;
use super::snapshot::Snapshot;
use super::states::{is, is_at};
use crate::config::States;
use crate::model::record::{Record, State};
use crate::model::repository::{self, Repository};
use crate::model::ticket::{LABEL, Ticket};

/// Whether casefile's account made a ticket, or `link` or an edit of ours recorded that it is ours.
/// A person's clone copies labels and perhaps the record, but not its creator or its id.
pub(super) fn is_ours(ticket: &Ticket, snapshot: &Snapshot, site: &str) -> bool {
    let account = snapshot.account.as_ref().map(|account| &account.id);
    let creator = ticket.creator.as_ref().map(|creator| &creator.id);
    let known = record_of(ticket, site).and_then(|record| record.ticket);
    let later = ticket.record.as_ref().is_some_and(Record::is_later);
    ticket.has_label(LABEL)
        && !later
        && known.map_or(creator.is_some() && creator == account, |id| id == ticket.id.id)
}

/// Whether a ticket is another repository's first: nothing is written there but what `link` puts on it. The scans of
/// two repositories may be called the same, and so may their branches and pull requests, so that each would take the
/// other's findings for gone.
pub(super) fn is_guest(input: &Input<'_>, ticket: &Ticket) -> bool {
    let own = &input.run.repository;
    let Some(record) = record_of(ticket, input.site).filter(|_| is_shared(ticket, own)) else { return false };
    if record.repository.is_empty() {
        let groups = &input.survey.groups;
        return !ticket.names().any(|name| groups.iter().any(|group| group.names.contains(&name)));
    }
    let former = || Repository::named(&record.repository).map(|named| named.fingerprint());
    !record.repository.eq_ignore_ascii_case(&own.to_string())
        && !former().is_some_and(|one| own.also.contains(&one))
}

/// Whether a ticket carries the label of another repository.
pub(super) fn is_shared(ticket: &Ticket, repository: &Repository) -> bool {
    let own = repository.labels();
    ticket.labels.iter().any(|label| repository::is_label(label) && !own.contains(label))
}

/// A ticket's record, unless it was copied from a ticket of another site. The same site may have had another name
/// when it was written: a record that names the ticket itself is its own, and one that names none yet is if
/// casefile made the ticket, as [`is_ours`] sees to it.
pub(super) fn record_of<'t>(ticket: &'t Ticket, site: &str) -> Option<&'t Record> {
    let is_own = |record: &&Record| record.ticket.is_none_or(|id| id == ticket.id.id);
    ticket.record.as_ref().filter(|record| record.site == site || is_own(record))
}

/// Whether a ticket is where `states` closes tickets: in that status, and where the state `resolved` has the same one, with
/// that resolution.
fn is_closed(states: &States, ticket: &Ticket) -> bool {
    let Some(closed) = states.target(State::Closed) else { return false };
    if !is(&ticket.status, &closed.status) {
        return false;
    }
    let shared = states.target(State::Resolved).is_some_and(|other| is(&ticket.status, &other.status));
    let same = |wanted: &String| {
        ticket.resolution.as_ref().is_some_and(|now| now.to_lowercase() == wanted.to_lowercase())
    };
    !shared || closed.resolution.as_ref().is_some_and(same)
}

/// Whether a person closed a ticket as accepted, and that still counts. What casefile itself closed
/// is never accepted.
pub(super) fn is_accepted(input: &Input<'_>, ticket: &Ticket) -> bool {
    let told = record_of(ticket, input.site).and_then(|record| record.told);
    let told = told.filter(|state| matches!(state, State::Resolved | State::Closed));
    if told.is_some_and(|state| is_at(&input.config.states, &ticket.status, state)) {
        return false;
    }
    let recurrence = &input.config.recurrence;
    let words = [Some(&ticket.status.name), ticket.resolution.as_ref()];
    let named = words.into_iter().flatten().any(|word| recurrence.accepts(word))
        || is_closed(&input.config.states, ticket);
    let lasting = match (recurrence.accepted_days, ticket.resolved) {
        (Some(days), Some(resolved)) => {
            let since = resolved.to_zoned(jiff::tz::TimeZone::UTC).date();
            since.checked_add(i64::from(days).days()).is_ok_and(|until| input.run.today() <= until)
        }
        _ => true,
    };
    named && lasting
}

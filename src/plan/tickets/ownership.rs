//! Which tickets are casefile's own, and which a person accepted.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::config::{Config, States};
use crate::model::record::{Record, State};
use crate::model::repository;
use crate::model::repository::Repository;
use crate::model::ticket::{LABEL, Ticket};
use crate::plan::tickets::transitions::{is, is_at};
use crate::plan::types::input::Input;
use crate::plan::types::snapshot::Snapshot;

/// For how many days labels that were restored are not restored again: if a rule removes them each time, the two must
/// not fight.
const UNTIL_AGAIN: i32 = 7;

/// Whether casefile created a ticket, or `link` or an edit by casefile recorded that it is ours, whatever labels it
/// carries.
///
/// The record says which account created the ticket, so that it stays ours when the token becomes another account's. A
/// person's clone copies labels and perhaps the record, but not its creator or its id.
fn is_made(ticket: &Ticket, snapshot: &Snapshot, site: &str) -> bool {
    let account = snapshot.account.as_ref().map(|account| &account.id);
    let creator = ticket.creator.as_ref().map(|creator| &creator.id);
    let by_account = creator.is_some() && creator == account;
    let later = ticket.record.as_ref().is_some_and(Record::is_later);
    let made = match record_of(ticket, site) {
        Some(Record { ticket: Some(id), .. }) => *id == ticket.id.id,
        Some(Record { creator: Some(maker), .. }) => by_account || creator == Some(maker),
        _ => by_account,
    };
    made && !later
}

/// The record of a ticket that lost casefile's label, or the repository's, and is still known by its record. A ticket
/// that gave way to another lost its labels to casefile.
pub(crate) fn stripped<'t>(ticket: &'t Ticket, repository: &Repository, site: &str) -> Option<&'t Record> {
    let whole = ticket.has_label(LABEL) && ticket.has_any(&repository.labels());
    let own = |record: &&Record| {
        let stands = !record.names.is_empty() || !record.linked.is_empty();
        record.successor.is_none() && stands && !is_shared(ticket, repository)
    };
    record_of(ticket, site).filter(|_| !whole).filter(own)
}

/// Whether a ticket stands for findings because casefile created it, although something removed its labels.
pub(crate) fn is_recorded(input: &Input<'_>, snapshot: &Snapshot, ticket: &Ticket) -> bool {
    let lost = || stripped(ticket, &input.run.repository, input.site).is_some();
    is_made(ticket, snapshot, input.site) && (ticket.has_label(LABEL) || lost())
}

/// Whether labels that something removed from a ticket may be restored today.
pub(crate) fn is_due_labels(input: &Input<'_>, record: &Record) -> bool {
    let again = |day: Date| day.checked_add(UNTIL_AGAIN.days()).is_ok_and(|again| input.run.today() >= again);
    record.relabelled.is_none_or(again)
}

/// Whether casefile may write to a ticket: it carries casefile's label.
pub(crate) fn is_ours(ticket: &Ticket, snapshot: &Snapshot, site: &str) -> bool {
    ticket.has_label(LABEL) && is_made(ticket, snapshot, site)
}

/// Whether a ticket belongs to another repository first: nothing is written there except what `link` adds to it. The
/// scans of two repositories may have the same names, and so may their branches and pull requests, so that each would
/// take the other's findings for gone.
pub(crate) fn is_guest(input: &Input<'_>, ticket: &Ticket) -> bool {
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
pub(crate) fn is_shared(ticket: &Ticket, repository: &Repository) -> bool {
    let own = repository.labels();
    ticket.labels.iter().any(|label| repository::is_label(label) && !own.contains(label))
}

/// A ticket's record, unless it was copied from a ticket of another site. The same site may have had another name when
/// the record was written: a record that names the ticket itself belongs to it, and one that names no ticket yet does
/// if casefile created the ticket, which [`is_ours`] checks.
pub(crate) fn record_of<'t>(ticket: &'t Ticket, site: &str) -> Option<&'t Record> {
    let is_own = |record: &&Record| record.ticket.is_none_or(|id| id == ticket.id.id);
    ticket.record.as_ref().filter(|record| record.site == site || is_own(record))
}

/// Whether a ticket is where `states` closes tickets: in that status and, if the state `resolved` has the same status,
/// with that resolution.
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

/// Whether a person closed a ticket as accepted, and the acceptance is still valid. What casefile itself closed is
/// never accepted.
pub(crate) fn is_accepted(input: &Input<'_>, ticket: &Ticket) -> bool {
    is_accepted_on(input.config, input.site, input.run.today(), ticket)
}

/// The same for a ticket of this site, on this day.
pub fn is_accepted_on(config: &Config, site: &str, today: Date, ticket: &Ticket) -> bool {
    let state = record_of(ticket, site).and_then(|record| record.last_reported);
    let state = state.filter(|state| matches!(state, State::Resolved | State::Closed));
    if state.is_some_and(|state| is_at(&config.states, &ticket.status, state)) {
        return false;
    }
    let recurrence = &config.recurrence;
    let words = [Some(&ticket.status.name), ticket.resolution.as_ref()];
    let named =
        words.into_iter().flatten().any(|word| recurrence.accepts(word)) || is_closed(&config.states, ticket);
    let lasting = match (recurrence.accepted_days, ticket.resolved) {
        (Some(days), Some(resolved)) => {
            let since = resolved.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
            since.checked_add(i64::from(days).days()).is_ok_and(|until| today <= until)
        }
        _ => true,
    };
    named && lasting
}

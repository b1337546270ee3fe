//! What the tracker says about the tickets that pull requests show.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::answer::{Answer, Ask, Failure};
use crate::model::section::Shown;
use crate::model::ticket::{Person, Ticket, TicketKey};
use crate::pipeline::annotate::section_builder::{self, MOST_REFERENCES, TicketSite};
use crate::pipeline::annotate::shown::TicketView;
use crate::pipeline::commands::refresh::marked::Marked;
use crate::pipeline::commands::refresh::only::Only;
use crate::pipeline::commands::refresh::result::Refreshed;
use crate::pipeline::job::Job;
use crate::tracker::Read;

/// The tickets that were read.
#[derive(Default)]
pub(crate) struct Looked {
    /// The account that read them.
    pub(crate) account: Option<Person>,
    /// By id; `None`: deleted, or hidden.
    pub(crate) found: BTreeMap<u64, Option<Ticket>>,
    /// Those that a search for the repository's open tickets found.
    open: BTreeSet<u64>,
}

impl Looked {
    /// The repository's open tickets, if they were requested.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Ticket> {
        self.open.iter().filter_map(|id| self.found.get(id)?.as_ref())
    }

    /// All tickets that exist.
    pub(crate) fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.found.values().flatten()
    }

    /// Those of these tickets that no search confirmed.
    pub(crate) fn beyond<'c>(&'c self, references: &'c BTreeSet<u64>) -> impl Iterator<Item = u64> + use<'c> {
        references.iter().copied().filter(|id| !self.open.contains(id))
    }
}

/// Keeps the pull requests that are wanted, and reads their tickets: the open ones a hundred at a time, from the search
/// index, the others by id. If a search result differs from what is shown, the ticket is also read by id: the index
/// lags, and would revert what has already been reported.
pub(crate) async fn look<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    only: Only<'_>,
    marked: &mut Vec<Marked>,
    done: &mut Refreshed,
) -> Result<Looked, Failure> {
    let mut looked = Looked::default();
    // an expired token can make everything else look empty, and all tickets would look deleted
    if let Answer::Account(account) = tracker.answer(&Ask::Account).await? {
        looked.account = Some(account);
    }
    narrow(tracker, job, only, marked, done).await?;
    let site = TicketSite::of(tracker, job);
    let all = matches!(only, Only::All);
    if all || marked.iter().any(|pull| pull.references(site).len() > MOST_REFERENCES) {
        let ask = Ask::Open {
            labels: job.run.repository.labels(),
            recent: job.recent.clone(),
            own: Vec::new(),
            done: false,
        };
        if let Answer::Tickets(tickets) = tracker.answer(&ask).await? {
            looked.open = tickets.iter().map(|ticket| ticket.id.id).collect();
            looked.found.extend(tickets.into_iter().map(|ticket| (ticket.id.id, Some(ticket))));
        }
    }
    let (view, mut wanted) = (TicketView::of(job), BTreeSet::new());
    for pull in marked.iter() {
        let references = pull.references(site);
        wanted.extend(looked.beyond(&references).take(MOST_REFERENCES));
        let otherwise = |shown: &&Shown| match looked.found.get(&shown.ticket.id) {
            Some(Some(ticket)) => !is_as_shown(view.show(ticket), shown),
            _ => false,
        };
        let shown = pull.shown().filter(|shown| shown.ticket.site == site.name);
        wanted.extend(shown.filter(otherwise).map(|shown| shown.ticket.id));
    }
    let wanted: Vec<u64> = wanted.into_iter().collect();
    section_builder::read_tickets(tracker, &wanted, &mut looked.found).await?;
    Ok(looked)
}

/// Keeps the pull requests that show a wanted ticket. A deleted ticket is recognised by the key that is shown.
async fn narrow<T: Read>(
    tracker: &T,
    job: &Job<'_>,
    only: Only<'_>,
    marked: &mut Vec<Marked>,
    done: &mut Refreshed,
) -> Result<(), Failure> {
    let (ids, keys) = match only {
        Only::All => return Ok(()),
        Only::Tickets(ids) => (ids.to_vec(), [].as_slice()),
        Only::Keys(keys) => (find(tracker, keys).await?, keys),
    };
    let site = TicketSite::of(tracker, job);
    marked.retain(|pull| {
        let references = pull.references(site);
        ids.iter().any(|id| references.contains(id))
            || pull.shown().any(|shown| keys.iter().any(|key| key.as_str() == shown.key))
    });
    if marked.is_empty() {
        let names = keys.iter().map(TicketKey::as_str).collect::<Vec<_>>().join(", ");
        let which = if names.is_empty() { "the ticket".to_owned() } else { names };
        let them = if keys.len() > 1 { "them" } else { "it" };
        let message = format!("no open or recently closed pull request shows {them}: there is nothing to do");
        done.remarks.push(format!("{which}: {message}"));
    }
    Ok(())
}

async fn find<T: Read>(tracker: &T, keys: &[TicketKey]) -> Result<Vec<u64>, Failure> {
    match tracker.answer(&Ask::Find(keys.to_vec())).await? {
        Answer::Tickets(tickets) => Ok(tickets.iter().map(|ticket| ticket.id.id).collect()),
        _ => Ok(Vec::new()),
    }
}

/// Whether a section shows a ticket as it is now, as far as the section remembers it.
fn is_as_shown(now: Shown, shown: &Shown) -> bool {
    let whole = !shown.summary.is_empty();
    if whole { now.shows(shown) } else { (&now.key, &now.status) == (&shown.key, &shown.status) }
}

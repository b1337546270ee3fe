//! What a pull request's section is to say: collected from a run, or from the tickets that a refresh read, and verified
//! before it is rendered.
//!
//! | file | what is in it |
//! |---|---|
//! | `of_run` | what a run adds: the tickets of its groups, by scan |
//! | `references` | which tickets the section names already, and which of them may be shown |

mod of_run;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::section::{self, PullRequestStatus, TicketDetail, Update};
use crate::compose::timeline::{CurrentTicket, LastWritten};
use crate::model::code_place::FurtherPlaces;
use crate::model::new_finding::NewFindings;
use crate::model::remembered::Remembered;
use crate::model::repository::Repository;
use crate::model::scan::Scope;
use crate::model::section::{Row, Shown};
use crate::model::ticket::{Ticket, TicketId};
use crate::pipeline::annotate::shown::TicketView;
use crate::pipeline::job::Job;
use crate::pipeline::outcome::run_context::RunContext;
use crate::tracker::Read;

pub(crate) use references::{MOST_REFERENCES, TicketSite, read_tickets, referenced};

/// What people would see in a section with only this run's tickets; for a plan, which has no outcomes, including those
/// that are to be filed.
pub(crate) fn preview<T: Read>(known: &RunContext<'_, T>) -> String {
    let builder = SectionBuilder::of(known);
    section::preview(&builder.update(&builder.shown()))
}

/// The contents of a pull request's section.
pub(crate) struct SectionBuilder<'a> {
    site: String,
    other_sites: bool,
    view: TicketView<'a>,
    /// The repository that places refer to.
    repository: &'a Repository,
    /// How much may be shown.
    pub(crate) detail: TicketDetail,
    status: PullRequestStatus,
    /// The rows of each scan of this run.
    scans: BTreeMap<String, Vec<Row>>,
    /// The new findings of each scan.
    new: BTreeMap<String, NewFindings>,
    /// The tickets that may be shown: this run's, and those that the tracker confirmed.
    shown: BTreeMap<TicketId, Shown>,
    /// The present and former names of the site, according to the tickets' records.
    sites: BTreeMap<u64, BTreeSet<String>>,
    /// The tickets that this run created, by site.
    made: BTreeMap<String, Vec<Remembered>>,
    /// Tickets that the section knows by a former name of the site.
    pub(crate) renamed: BTreeMap<TicketId, TicketId>,
    /// The tickets as people left them: before this run's own edits.
    pub(crate) current: BTreeMap<TicketId, CurrentTicket>,
    /// The tickets that were read because a section references them; `None`: deleted, or hidden.
    read: BTreeMap<u64, Option<Ticket>>,
    /// How many more referenced tickets are read.
    budget: usize,
    /// Whether a section is not written if the tickets that it references could not be read.
    pub(crate) strict: bool,
}

impl<'a> SectionBuilder<'a> {
    fn new<T: Read>(tracker: &T, job: &Job<'a>, detail: TicketDetail) -> SectionBuilder<'a> {
        let site = TicketSite::of(tracker, job);
        SectionBuilder {
            site: site.name.to_owned(),
            other_sites: site.others,
            view: TicketView::of(job),
            repository: &job.run.repository,
            detail,
            status: PullRequestStatus::Live,
            scans: BTreeMap::new(),
            new: BTreeMap::new(),
            shown: BTreeMap::new(),
            sites: BTreeMap::new(),
            made: BTreeMap::new(),
            renamed: BTreeMap::new(),
            current: BTreeMap::new(),
            read: BTreeMap::new(),
            budget: MOST_REFERENCES,
            strict: false,
        }
    }

    /// What there is to say without a run: tickets that have already been read, and how many more referenced tickets
    /// may be read.
    pub(crate) fn refreshed<T: Read>(
        tracker: &T,
        job: &Job<'a>,
        (detail, status): (TicketDetail, PullRequestStatus),
        read: BTreeMap<u64, Option<Ticket>>,
        budget: usize,
    ) -> SectionBuilder<'a> {
        SectionBuilder { status, read, budget, strict: true, ..SectionBuilder::new(tracker, job, detail) }
    }

    /// The tickets that may be shown.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.shown.values().cloned().collect()
    }

    /// The changes to a section.
    pub(crate) fn update<'u>(&'u self, shown: &'u [Shown]) -> Update<'u> {
        let SectionBuilder { scans, new, made, renamed, repository, detail, status, .. } = self;
        let (site, detail, standing) = (&self.site, *detail, *status);
        Update { scans, new, repository, site, shown, renamed, made, detail, standing }
    }

    /// Lists a ticket once among those of a scan.
    fn list(&mut self, scope: &Scope, row: &Row) {
        let rows = self.scans.entry(scope.fingerprint().to_string()).or_default();
        match rows.iter_mut().find(|known| (&known.ticket, known.role) == (&row.ticket, row.role)) {
            // a scope may have several scans, and one ticket several groups' findings
            Some(known) => {
                let places = known.places().with(&row.places());
                known.at = known.at.take().or_else(|| row.at.clone());
                known.further =
                    known.at.as_ref().map(|at| FurtherPlaces::beside(at, &places)).unwrap_or_default();
            }
            None => rows.push(row.clone()),
        }
    }

    /// Shows a ticket as it was read.
    fn show(&mut self, ticket: &Ticket) {
        self.shown.insert(ticket.id.clone(), self.view.show(ticket));
    }

    fn note_sites(&mut self, ticket: &Ticket) {
        let sites = ticket.record.iter().flat_map(|record| record.all_sites()).cloned();
        self.sites.entry(ticket.id.id).or_default().extend(sites);
    }

    /// Notes how people left a ticket, so that the timeline can compare it with what the section shows.
    fn note_current(&mut self, ticket: &Ticket) {
        self.note_sites(ticket);
        let own = LastWritten::of(ticket, &self.view.config().states);
        let current = CurrentTicket { shown: self.view.show(ticket), own };
        self.current.insert(ticket.id.clone(), current);
    }
}

//! What a run has to say in a pull request's section.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::Outcomes;
use crate::compose::section::{self, PullRequestStatus, TicketDetail, Update};
use crate::compose::timeline::{CurrentTicket, LastWritten};
use crate::model::answer::{Answer, Ask, Failure};
use crate::model::finding::FindingKind;
use crate::model::new_finding::{CodePlace, NewFindings};
use crate::model::remembered::Remembered;
use crate::model::repository::Repository;
use crate::model::scan::Scope;
use crate::model::section::{Role, Row, Section, Shown};
use crate::model::survey::{Group, Sighting, Survey};
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::pipeline::annotate::shown::{TicketView, role, unseen};
use crate::pipeline::job::Job;
use crate::pipeline::outcome::news::News;
use crate::pipeline::outcome::run_context::RunContext;
use crate::tracker::Read;

/// How many tickets that a description names are looked at: anybody can write there.
pub(crate) const CLAIMS: usize = 200;

/// What people would see in a section of this run's tickets alone; of a plan, which has no outcomes,
/// those too that are to be filed.
pub(crate) fn preview<T: Read>(known: &RunContext<'_, T>) -> String {
    let page = SectionBuilder::of(known);
    section::preview(&page.update(&page.shown()))
}

/// The tickets that a section names and that may be this site's, each once. Each is a claim.
pub(crate) fn claimed(section: &Section, site: TicketSite<'_>) -> BTreeSet<u64> {
    let former: BTreeSet<&TicketId> = former(section, site).map(|shown| &shown.ticket).collect();
    let rows = section.scans.values().flatten().map(|row| &row.ticket);
    let may_be = |ticket: &&TicketId| ticket.site == site.name || former.contains(ticket);
    rows.filter(may_be).map(|ticket| ticket.id).collect()
}

/// The tickets of other sites as a section shows them. This one may have been called so before: then it has a
/// ticket with the same id and key.
fn former<'s>(section: &'s Section, site: TicketSite<'s>) -> impl Iterator<Item = &'s Shown> {
    let other = move |shown: &&Shown| !site.others && shown.ticket.site != site.name;
    section.shown.iter().filter(other).filter(|shown| TicketKey::parse(&shown.key).is_some())
}

/// Where tickets are.
#[derive(Clone, Copy)]
pub(crate) struct TicketSite<'s> {
    /// What it is called.
    pub(crate) name: &'s str,
    /// Whether there are others.
    others: bool,
}

impl<'s> TicketSite<'s> {
    /// The site of a job's tracker.
    pub(crate) fn of<T: Read>(tracker: &'s T, job: &Job<'_>) -> TicketSite<'s> {
        TicketSite { name: tracker.site(), others: job.other_sites }
    }
}

/// What is to be said in a pull request's section.
pub(crate) struct SectionBuilder<'a> {
    site: String,
    other_sites: bool,
    view: TicketView<'a>,
    /// The repository, in which places lie.
    repository: &'a Repository,
    /// How much may be shown.
    pub(crate) detail: TicketDetail,
    standing: PullRequestStatus,
    /// The rows of each scan of this run.
    scans: BTreeMap<String, Vec<Row>>,
    /// What each of them found new.
    new: BTreeMap<String, NewFindings>,
    shown: BTreeMap<TicketId, Shown>,
    /// What the site is or was called, as the records of tickets have it.
    sites: BTreeMap<u64, BTreeSet<String>>,
    /// The tickets that this run made, by site.
    made: BTreeMap<String, Vec<Remembered>>,
    /// Tickets that the section knows by a name that the site had before.
    pub(crate) renamed: BTreeMap<TicketId, TicketId>,
    /// The tickets as people left them: before this run's own edits.
    pub(crate) seen: BTreeMap<TicketId, CurrentTicket>,
    /// The tickets that were looked at; `None`: deleted, or hidden.
    looked: BTreeMap<u64, Option<Ticket>>,
    /// How many more claims are looked at.
    budget: usize,
    /// Whether a section is not written with tickets that could not be looked at.
    pub(crate) strict: bool,
}

impl<'a> SectionBuilder<'a> {
    /// What a run has to say.
    pub(crate) fn of<T: Read>(known: &RunContext<'a, T>) -> SectionBuilder<'a> {
        let RunContext { tracker, job, survey, plan, snapshot, outcomes, before, .. } = *known;
        let nothing = Outcomes::default();
        let done = outcomes.unwrap_or(&nothing);
        let mut page = SectionBuilder::new(tracker, job, job.detail);
        for seen in &survey.scans {
            page.scans.entry(seen.scope.fingerprint().to_string()).or_default();
        }
        let groups: BTreeMap<_, _> = survey.groups.iter().map(|group| (group.name(), group)).collect();
        for fate in &plan.fates {
            let draft = known.drafts.get(&fate.group).copied();
            let ticket = fate.verdict.ticket().and_then(|id| snapshot.ticket(id.id));
            let ticket = ticket.or_else(|| done.found.get(&fate.group));
            let (shown, role) = match (ticket, done.made.get(&fate.group), draft) {
                (Some(ticket), ..) => (page.view.show(ticket), role(ticket, job.run.pull_request)),
                (None, Some(made), Some(draft)) => {
                    let (url, sample) = (tracker.page(&made.key), done.samples.get(&draft.project));
                    (page.view.filed(made, url, draft, sample), Role::Filed)
                }
                (None, None, Some(draft)) if outcomes.is_none() => {
                    (page.view.planned(draft, tracker.site(), page.shown.len()), Role::Filed)
                }
                (None, None, None) if let Some(one) = plan.hidden.get(&fate.group) => {
                    (unseen(one, tracker), Role::Filed)
                }
                _ => continue,
            };
            if let Some(ticket) = ticket {
                page.see(before.get(&ticket.id.id).unwrap_or(ticket));
            }
            let (id, group) = (shown.ticket.clone(), groups.get(&fate.group));
            page.shown.insert(id.clone(), shown);
            let ids: BTreeSet<_> = fate.findings.iter().collect();
            let sightings = group.into_iter().flat_map(|group| &group.sightings);
            let mut by_scan: BTreeMap<u32, Vec<&Sighting>> = BTreeMap::new();
            for one in sightings.filter(|one| ids.contains(&one.id())) {
                by_scan.entry(one.scan).or_default().push(one);
            }
            for (scan, sightings) in by_scan {
                let Some(seen) = survey.scans.get(scan as usize) else { continue };
                let (at, more) = place(&sightings, group.copied(), survey, &job.run.commit);
                page.list(&seen.scope, &Row { ticket: id.clone(), role, at, more });
            }
        }
        page.new = News::of(known).by_scope(known);
        let made =
            outcomes.map(|outcomes| crate::pipeline::outcome::made::made(plan, outcomes)).unwrap_or_default();
        if !made.is_empty() {
            page.made.insert(tracker.site().to_owned(), made);
        }
        for remedy in &plan.remedies {
            let Some(ticket) = snapshot.ticket(remedy.ticket.id) else { continue };
            page.shown.insert(ticket.id.clone(), page.view.show(ticket));
            page.note_sites(ticket);
            let row = Row::new(ticket.id.clone(), Role::Resolves);
            remedy.scopes.iter().for_each(|scope| page.list(scope, &row));
        }
        page
    }

    /// Lists a ticket once among those of a scan.
    fn list(&mut self, scope: &Scope, row: &Row) {
        let rows = self.scans.entry(scope.fingerprint().to_string()).or_default();
        match rows.iter_mut().find(|known| (&known.ticket, known.role) == (&row.ticket, row.role)) {
            // a scope may have several scans, and one ticket several groups' findings
            Some(known) if row.at.is_some() => known.more += row.more + 1,
            Some(_) => {}
            None => rows.push(row.clone()),
        }
    }

    /// What there is to say without a run: tickets that were looked at already, and how many claims
    /// beside them may be.
    pub(crate) fn refreshed<T: Read>(
        tracker: &T,
        job: &Job<'a>,
        (detail, standing): (TicketDetail, PullRequestStatus),
        looked: BTreeMap<u64, Option<Ticket>>,
        budget: usize,
    ) -> SectionBuilder<'a> {
        SectionBuilder { standing, looked, budget, strict: true, ..SectionBuilder::new(tracker, job, detail) }
    }

    fn new<T: Read>(tracker: &T, job: &Job<'a>, detail: TicketDetail) -> SectionBuilder<'a> {
        let site = TicketSite::of(tracker, job);
        SectionBuilder {
            site: site.name.to_owned(),
            other_sites: site.others,
            view: TicketView::of(job),
            repository: &job.run.repository,
            detail,
            standing: PullRequestStatus::Live,
            scans: BTreeMap::new(),
            new: BTreeMap::new(),
            shown: BTreeMap::new(),
            sites: BTreeMap::new(),
            made: BTreeMap::new(),
            renamed: BTreeMap::new(),
            seen: BTreeMap::new(),
            looked: BTreeMap::new(),
            budget: CLAIMS,
            strict: false,
        }
    }

    /// Looks at the tickets that other jobs' rows name: each is a claim until the tracker says that it
    /// carries one of this repository's labels. One that is not there any more is shown as deleted, by the key
    /// that it had.
    ///
    /// # Errors
    /// The tracker could not be asked; what it answered before is kept.
    pub(crate) async fn vouch<T: Read>(
        &mut self,
        tracker: &T,
        labels: &[String],
        body: &str,
    ) -> Result<(), Failure> {
        let mut old = section::read(body);
        let site = TicketSite { name: &self.site, others: self.other_sites };
        let former: Vec<Shown> = former(&old, site).cloned().collect();
        for rows in
            old.scans.iter_mut().filter(|(scan, _)| self.scans.contains_key(*scan)).map(|(_, rows)| rows)
        {
            // this run has its own rows; those of another site may be of this one under a former name
            rows.retain(|row| row.ticket.site != self.site);
        }
        let claims = claimed(&old, site);
        let unknown = claims.iter().copied().filter(|id| !self.looked.contains_key(id));
        let unknown: Vec<u64> = unknown.filter(|id| !self.has(*id)).take(self.budget).collect();
        self.budget -= unknown.len();
        let asked = look(tracker, &unknown, &mut self.looked).await;
        for was in former {
            self.recognise(was, labels);
        }
        let old = old.renamed(&self.renamed);
        let rows = old.scans.values().flatten().map(|row| &row.ticket);
        let claims: BTreeSet<u64> =
            rows.filter(|ticket| ticket.site == self.site).map(|ticket| ticket.id).collect();
        for id in claims.into_iter().filter(|id| !self.has(*id)).collect::<Vec<_>>() {
            match self.looked.get(&id).cloned() {
                Some(Some(ticket)) if ticket.has_any(labels) => {
                    self.shown.insert(ticket.id.clone(), self.view.show(&ticket));
                    self.see(&ticket);
                }
                Some(None) => {
                    let ticket = TicketId { site: self.site.clone(), id };
                    let was = old.shown.iter().find(|was| was.ticket == ticket);
                    if let Some(was) = was.filter(|was| TicketKey::parse(&was.key).is_some()) {
                        let shown = Shown { status: None, ..was.clone() };
                        self.seen.insert(
                            ticket.clone(),
                            CurrentTicket { shown: shown.clone(), own: LastWritten::default() },
                        );
                        self.shown.insert(ticket, shown);
                    }
                }
                Some(Some(_)) | None => {}
            }
        }
        asked
    }

    /// Takes a ticket of another site for this site's where id and key are the same, the label is the
    /// repository's, and the ticket's record says that the site was called so. Two sites that were set up alike
    /// have the same ids and keys.
    fn recognise(&mut self, was: Shown, labels: &[String]) {
        let now = TicketId { site: self.site.clone(), id: was.ticket.id };
        if let Some(ticket) = self.looked.get(&now.id).cloned().flatten() {
            self.note_sites(&ticket);
        }
        if !self.sites.get(&now.id).is_some_and(|sites| sites.contains(&was.ticket.site)) {
            return;
        }
        let is_known = self.shown.get(&now).is_some_and(|shown| shown.key == was.key);
        let looked = self.looked.get(&now.id).and_then(Option::as_ref);
        let is_there = looked.is_some_and(|ticket| ticket.key.as_str() == was.key && ticket.has_any(labels));
        if is_known || is_there {
            self.renamed.insert(was.ticket, now);
        }
    }

    /// The tickets that the tracker vouches for.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.shown.values().cloned().collect()
    }

    /// The section's part of it.
    pub(crate) fn update<'u>(&'u self, shown: &'u [Shown]) -> Update<'u> {
        let SectionBuilder { scans, new, made, renamed, repository, detail, standing, .. } = self;
        let (site, detail, standing) = (&self.site, *detail, *standing);
        Update { scans, new, repository, site, shown, renamed, made, detail, standing }
    }

    fn has(&self, id: u64) -> bool {
        self.shown.contains_key(&TicketId { site: self.site.clone(), id })
    }

    fn note_sites(&mut self, ticket: &Ticket) {
        let sites = ticket.record.iter().flat_map(|record| record.all_sites()).cloned();
        self.sites.entry(ticket.id.id).or_default().extend(sites);
    }

    fn see(&mut self, ticket: &Ticket) {
        self.note_sites(ticket);
        let own = LastWritten::of(ticket, &self.view.config().states);
        let seen = CurrentTicket { shown: self.view.show(ticket), own };
        self.seen.insert(ticket.id.clone(), seen);
    }
}

/// Asks for tickets; what is not answered is deleted, or hidden.
pub(crate) async fn look<T: Read>(
    tracker: &T,
    ids: &[u64],
    looked: &mut BTreeMap<u64, Option<Ticket>>,
) -> Result<(), Failure> {
    for ids in ids.chunks(100) {
        if let Answer::Tickets(tickets) = tracker.answer(&Ask::Ids(ids.to_vec())).await? {
            looked.extend(ids.iter().map(|id| (*id, None)));
            looked.extend(tickets.into_iter().map(|ticket| (ticket.id.id, Some(ticket))));
        }
    }
    Ok(())
}

/// Where the first of a ticket's findings is that a scan saw, and how many further places there are.
fn place(
    sightings: &[&Sighting],
    group: Option<&Group>,
    survey: &Survey,
    commit: &str,
) -> (Option<CodePlace>, usize) {
    let places: BTreeSet<(&str, u32)> = sightings
        .iter()
        .map(|one| (survey.path(one), one.line))
        .filter(|(path, _)| !path.is_empty())
        .collect();
    let worst =
        sightings.iter().min_by_key(|one| (std::cmp::Reverse(one.severity), survey.path(one), one.line));
    let Some(worst) = worst.filter(|worst| !survey.path(worst).is_empty()) else { return (None, 0) };
    let is_file = group.is_some_and(|group| group.kind != FindingKind::Container);
    let commit = if is_file { commit.to_owned() } else { String::new() };
    let at = CodePlace { path: survey.path(worst).to_owned(), line: worst.line, commit };
    (Some(at), places.len().saturating_sub(1))
}

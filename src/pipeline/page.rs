//! What a run has to say in a pull request's section.

use std::collections::{BTreeMap, BTreeSet};

use super::known::Known;
use crate::apply::Outcomes;
use crate::compose::section::{self, Update};
use crate::model::answer::{Answer, Ask};
use crate::model::section::{Role, Row, Shown};
use crate::model::ticket::{Category, Status, Ticket, TicketId};
use crate::model::write::Draft;
use crate::tracker::Read;

/// How many tickets that a description names are looked at: anybody can write there.
const CLAIMS: usize = 200;

/// What people would see in a section of this run's tickets alone; of a plan, which has no outcomes,
/// those too that are to be filed.
pub(super) fn preview<T: Read>(known: &Known<'_, T>) -> String {
    let page = Page::of(known);
    section::preview(&Update { scans: &page.scans, shown: &page.shown(), detail: known.job.detail })
}

/// What this run has to say.
pub(super) struct Page {
    site: String,
    /// The rows of each scan.
    pub(super) scans: BTreeMap<String, Vec<Row>>,
    shown: BTreeMap<TicketId, Shown>,
    asked: BTreeSet<u64>,
}

impl Page {
    pub(super) fn of<T: Read>(known: &Known<'_, T>) -> Page {
        let Known { tracker, job, survey, plan, snapshot, outcomes } = *known;
        let nothing = Outcomes::default();
        let done = outcomes.unwrap_or(&nothing);
        let mut page = Page {
            site: tracker.site().to_owned(),
            scans: BTreeMap::new(),
            shown: BTreeMap::new(),
            asked: BTreeSet::new(),
        };
        for seen in &survey.scans {
            page.scans.entry(seen.scope.fingerprint().to_string()).or_default();
        }
        let groups: BTreeMap<_, _> = survey.groups.iter().map(|group| (group.name(), group)).collect();
        let drafts: BTreeMap<_, _> = plan.creates.iter().map(|draft| (draft.group, draft)).collect();
        for fate in &plan.fates {
            let draft = drafts.get(&fate.group);
            let made = done.made.get(&fate.group).zip(draft);
            let ticket = fate.verdict.ticket().and_then(|id| snapshot.ticket(id.id));
            let ticket = ticket.or_else(|| done.found.get(&fate.group));
            let (shown, role) = match (ticket, made) {
                (Some(ticket), _) => (show(ticket), role(ticket, job.run.pull_request)),
                (None, Some((made, draft))) => {
                    let sample = done.samples.get(&draft.project);
                    let shown = Shown {
                        ticket: made.id.clone(),
                        key: made.key.to_string(),
                        url: tracker.page(&made.key),
                        severity: Some(draft.record.severity),
                        summary: draft.summary.clone(),
                        status: Some(sample.map_or_else(begun, |sample| sample.status.clone())),
                        assignee: sample.and_then(|sample| Some(sample.assignee.as_ref()?.name.clone())),
                        priority: draft.record.wrote.priority.clone(),
                        due: draft.record.wrote.due,
                    };
                    (shown, Role::Filed)
                }
                (None, None) => match draft.filter(|_| outcomes.is_none()) {
                    Some(draft) => (planned(draft, &page), Role::Filed),
                    None => continue,
                },
            };
            let row = Row { ticket: shown.ticket.clone(), role };
            page.shown.insert(shown.ticket.clone(), shown);
            let ids: BTreeSet<_> = fate.findings.iter().collect();
            let sightings = groups.get(&fate.group).into_iter().flat_map(|group| &group.sightings);
            for sighting in sightings.filter(|one| ids.contains(&one.id())) {
                let Some(seen) = survey.scans.get(sighting.scan as usize) else { continue };
                let rows = page.scans.entry(seen.scope.fingerprint().to_string()).or_default();
                if !rows.contains(&row) {
                    rows.push(row.clone());
                }
            }
        }
        for remedy in &plan.remedies {
            let Some(ticket) = snapshot.ticket(remedy.ticket.id) else { continue };
            page.shown.insert(ticket.id.clone(), show(ticket));
            for scope in &remedy.scopes {
                let rows = page.scans.entry(scope.fingerprint().to_string()).or_default();
                rows.push(Row { ticket: ticket.id.clone(), role: Role::Resolves });
            }
        }
        page
    }

    /// Looks at the tickets that other jobs' rows name: each is a claim until the tracker says that it
    /// carries this repository's label.
    pub(super) async fn vouch<T: Read>(&mut self, tracker: &T, label: &str, body: &str) {
        let old = section::read(body);
        let claimed: BTreeSet<u64> = old
            .scans
            .iter()
            .filter(|(scan, _)| !self.scans.contains_key(*scan))
            .flat_map(|(_, rows)| rows)
            .map(|row| &row.ticket)
            .filter(|ticket| ticket.site == self.site && !self.shown.contains_key(ticket))
            .map(|ticket| ticket.id)
            .filter(|id| !self.asked.contains(id))
            .take(CLAIMS)
            .collect();
        if claimed.is_empty() {
            return;
        }
        let ids: Vec<u64> = claimed.iter().copied().collect();
        self.asked.extend(claimed);
        for ids in ids.chunks(100) {
            if let Ok(Answer::Tickets(tickets)) = tracker.answer(&Ask::Ids(ids.to_vec())).await {
                let ours = tickets.iter().filter(|ticket| ticket.has_label(label));
                self.shown.extend(ours.map(|ticket| (ticket.id.clone(), show(ticket))));
            }
        }
    }

    /// The tickets that the tracker vouches for.
    pub(super) fn shown(&self) -> Vec<Shown> {
        self.shown.values().cloned().collect()
    }
}

/// A ticket that is still to be filed. It has no id, and so takes one that no tracker comes to.
/// The status of a ticket that was just made and not seen since.
fn begun() -> Status {
    Status { id: String::new(), name: "new".to_owned(), category: Category::New }
}

fn planned(draft: &Draft, page: &Page) -> Shown {
    let name = "to be filed".to_owned();
    Shown {
        ticket: TicketId { site: page.site.clone(), id: u64::MAX - page.shown.len() as u64 },
        key: "new".to_owned(),
        url: String::new(),
        severity: Some(draft.record.severity),
        summary: draft.summary.clone(),
        status: Some(Status { id: String::new(), name, category: Category::New }),
        assignee: None,
        priority: None,
        due: None,
    }
}

fn show(ticket: &Ticket) -> Shown {
    Shown {
        ticket: ticket.id.clone(),
        key: ticket.key.to_string(),
        url: ticket.url.clone(),
        severity: ticket.record.as_ref().map(|record| record.severity),
        summary: ticket.summary.clone(),
        status: Some(ticket.status.clone()),
        assignee: ticket.assignee.as_ref().map(|person| person.name.clone()),
        priority: ticket.priority.clone(),
        due: ticket.due,
    }
}

/// A ticket that was first filed from this pull request stays so in later runs.
fn role(ticket: &Ticket, pull_request: Option<u64>) -> Role {
    let origin = ticket.record.as_ref().and_then(|record| record.origin.pull_request);
    if pull_request.is_some() && origin == pull_request { Role::Filed } else { Role::Tracked }
}

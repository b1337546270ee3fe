//! A ticket as a section shows it.

use jiff::civil::Date;

use crate::config::Config;
use crate::model::remembered::Remembered;
use crate::model::section::{Role, Shown};
use crate::model::ticket::{Category, Status, Ticket, TicketId, TicketKey};
use crate::model::write::Draft;
use crate::pipeline::job::Job;
use crate::plan::is_accepted_on;
use crate::tracker::{Made, Read};

/// How tickets are shown.
#[derive(Clone, Copy)]
pub(crate) struct TicketView<'a> {
    config: &'a Config,
    today: Date,
}

impl<'a> TicketView<'a> {
    /// The way in which a job's sections show them.
    pub(crate) fn of(job: &Job<'a>) -> TicketView<'a> {
        TicketView { config: job.config, today: job.run.today() }
    }

    /// The configuration.
    pub(crate) fn config(self) -> &'a Config {
        self.config
    }

    /// A ticket that was read.
    pub(crate) fn show(self, ticket: &Ticket) -> Shown {
        let accepted = !ticket.is_open() && is_accepted_on(self.config, &ticket.id.site, self.today, ticket);
        Shown {
            ticket: ticket.id.clone(),
            key: ticket.key.to_string(),
            url: ticket.url.clone(),
            severity: ticket.record.as_ref().map(|record| record.severity),
            summary: self.summary(&ticket.summary),
            status: Some(ticket.status.clone()),
            accepted,
            assignee: ticket.assignee.as_ref().map(|person| person.name.clone()),
            priority: ticket.priority.clone(),
            due: ticket.due,
            revision: ticket.record.as_ref().map_or(0, |record| record.revision),
        }
    }

    /// A ticket that was just filed, which is shown with the details of one of its project that was read.
    pub(crate) fn filed(self, made: &Made, url: String, draft: &Draft, sample: Option<&Ticket>) -> Shown {
        Shown {
            severity: Some(draft.record.severity),
            summary: self.summary(&draft.summary),
            status: Some(sample.map_or_else(begun, |sample| sample.status.clone())),
            assignee: sample.and_then(|sample| Some(sample.assignee.as_ref()?.name.clone())),
            priority: draft.record.last_written.priority.clone(),
            due: draft.record.last_written.due,
            revision: draft.record.revision,
            ..bare(made.id.clone(), made.key.to_string(), url)
        }
    }

    /// A ticket that is still to be filed. It has no id, so it gets one that no tracker reaches: the `index`-th from
    /// the last.
    pub(crate) fn planned(self, draft: &Draft, site: &str, index: usize) -> Shown {
        let ticket = TicketId { site: site.to_owned(), id: u64::MAX - index as u64 };
        let name = "to be filed".to_owned();
        Shown {
            severity: Some(draft.record.severity),
            summary: self.summary(&draft.summary),
            status: Some(Status { id: String::new(), name, category: Category::New }),
            ..bare(ticket, "new".to_owned(), String::new())
        }
    }

    /// The summary without the prefix that every summary has: it is clear from the section.
    fn summary(self, summary: &str) -> String {
        let bare = summary.strip_prefix(self.config.summary_prefix.as_str()).map(str::trim_start);
        bare.filter(|bare| !bare.is_empty()).unwrap_or(summary).to_owned()
    }
}

/// A ticket that an earlier run created and that cannot be seen.
pub(crate) fn unseen<T: Read>(one: &Remembered, tracker: &T) -> Shown {
    let url = TicketKey::parse(&one.key).map(|key| tracker.page(&key)).unwrap_or_default();
    bare(TicketId { site: tracker.site().to_owned(), id: one.id }, one.key.clone(), url)
}

/// A ticket that was first filed from this pull request is still shown as filed in later runs.
pub(crate) fn role(ticket: &Ticket, pull_request: Option<u64>) -> Role {
    let origin = ticket.record.as_ref().and_then(|record| record.origin.pull_request);
    if pull_request.is_some() && origin == pull_request { Role::Filed } else { Role::Tracked }
}

/// A ticket about which nothing else is known.
fn bare(ticket: TicketId, key: String, url: String) -> Shown {
    Shown {
        ticket,
        key,
        url,
        severity: None,
        summary: String::new(),
        status: None,
        accepted: false,
        assignee: None,
        priority: None,
        due: None,
        revision: 0,
    }
}

/// The status of a ticket that was just created and has not been seen since.
fn begun() -> Status {
    Status { id: String::new(), name: "new".to_owned(), category: Category::New }
}

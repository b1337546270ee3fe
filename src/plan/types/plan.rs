//! Everything that a run would write.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::alert::AlertChange;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::LinkKind;
use crate::model::remembered::Remembered;
use crate::model::scan::Problem;
use crate::model::slice::SliceId;
use crate::model::ticket::{Ticket, TicketId, TicketKey};
use crate::model::write::{Attachment, Draft, Edit, Move, Ref, Remote};
use crate::plan::types::ending::Ending;
use crate::plan::types::outcome::GroupOutcome;
use crate::plan::types::remediation::Remediation;

/// Everything that a run would write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Tickets to create, most severe first.
    pub creates: Vec<Draft>,
    /// What is to be done on individual tickets, each in its own order.
    pub works: Vec<Work>,
    /// What is to be done when all of that is done: duplicates that give way.
    pub merges: Vec<Work>,
    /// Tickets whose record was lost and is started afresh: without a comment, because it may be lost again.
    pub begun: BTreeSet<TicketId>,
    /// Tickets whose labels were removed, and are restored.
    pub relabelled: BTreeSet<TicketId>,
    /// Tickets whose labels were restored before and did not stay: they are known only by their record.
    pub unlabelled: BTreeSet<TicketId>,
    /// The tickets that cannot be seen and are not created again, by their groups.
    pub hidden: BTreeMap<Fingerprint, Remembered>,
    /// Groups whose ticket cannot be found any more, so that they get another one.
    pub unfindable: BTreeSet<Fingerprint>,
    /// What becomes of each group that has a finding to file, in order of the groups.
    pub outcomes: Vec<GroupOutcome>,
    /// Tickets whose findings are gone.
    pub endings: Vec<Ending>,
    /// Tickets whose findings seem gone, on a commit that is not the newest, which proves nothing.
    pub unproven: BTreeSet<TicketId>,
    /// Tickets that the pull request resolves when it is merged.
    pub remediations: Vec<Remediation>,
    /// Findings that the pull request's base has, according to the record; known only if `fail-on` needs it, for groups
    /// of that severity.
    pub on_base: BTreeSet<Fingerprint>,
    /// What becomes of GitHub's alerts because of what people did to their tickets.
    pub alerts: Vec<AlertChange>,
    /// What the user should know.
    pub problems: Vec<Problem>,
    /// The keys of existing tickets, by id: people know them by their keys.
    pub keys: BTreeMap<u64, TicketKey>,
}

impl Plan {
    /// Adds the keys of the tickets that the plan is about, as far as they are among these.
    #[must_use]
    pub fn naming<'t>(mut self, tickets: impl IntoIterator<Item = &'t Ticket>) -> Plan {
        let about: BTreeSet<&Ref> = self.works.iter().chain(&self.merges).flat_map(Work::about).collect();
        let named = tickets.into_iter().filter(|ticket| about.contains(&Ref::Known(ticket.id.clone())));
        self.keys.extend(named.map(|ticket| (ticket.id.id, ticket.key.clone())));
        self
    }

    /// The same without comments, for edits that are made again.
    #[must_use]
    pub fn without_comments(mut self) -> Plan {
        for step in self.works.iter_mut().flat_map(|work| &mut work.steps) {
            if let Step::Edit(edit) = step {
                edit.comment = None;
            }
        }
        self
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.creates.is_empty() && self.works.is_empty() && self.merges.is_empty() && self.alerts.is_empty()
    }
}

/// Steps on one ticket; if one fails, those after it are left for the next run.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The ticket.
    pub on: Ref,
    /// In this order.
    pub steps: Vec<Step>,
}

impl Work {
    /// The ticket, and those that it is linked to.
    fn about(&self) -> impl Iterator<Item = &Ref> {
        let linked = self.steps.iter().filter_map(|step| match step {
            Step::Link(_, to) => Some(to),
            _ => None,
        });
        std::iter::once(&self.on).chain(linked)
    }
}

/// One request's worth of work on a ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Change it.
    Edit(Box<Edit>),
    /// Link it to another.
    Link(LinkKind, Ref),
    /// Move it to a status.
    Go(Move),
    /// Write what casefile stores there for itself; a ticket that accepts no edits is left without it.
    Note(Box<Edit>),
    /// Move it to a status if its workflow leads there, and note that with the edit. If either fails, the other is not
    /// done: a done ticket may not accept edits.
    Try(Move, Box<Edit>),
    /// Attach a file to it.
    Attach(Attachment),
    /// Link it to the web, in place of the link with the same id.
    Remote(Remote),
    /// Remove the link with this id from it.
    Unremote(String),
    /// Remove these labels, the record and these slices from it.
    Unmark(Vec<String>, Vec<SliceId>),
}

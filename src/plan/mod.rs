//! Questions, decisions, actions: everything that a run would write, as data.
//!
//! [`next`] looks at the survey and at the tracker's answers so far. Where a decision needs to know
//! more, it gives the next question; when nothing is missing, the plan. It is pure, so the number of
//! calls is something a test can see. After applying, [`settle`] makes a second, small plan for the
//! twins that a run side by side has made.

mod accepted;
mod adopt;
mod alerts;
mod attach;
mod base;
mod begin;
mod brake;
mod closed;
mod decide;
mod decision;
mod difference;
mod disconnect;
mod draft;
mod edit;
mod edited;
mod ending;
mod examine;
mod fields;
mod finish;
mod flap;
mod gone;
mod holdings;
mod known;
mod labels;
pub mod link;
mod needs;
mod ours;
mod pair;
mod place;
mod propose;
mod recall;
mod recur;
mod remedy;
mod resolve;
mod settle;
mod share;
mod slices;
mod snapshot;
mod stand;
mod states;
#[cfg(test)]
mod tests;
mod twins;
mod vain;
mod vanish;
mod withdraw;

pub use begin::begin;
pub use closed::{Ended, closed, concerns};
pub use decide::{Next, next};
pub use disconnect::disconnect;
pub use ending::{Ending, How};
pub use examine::{Examined, Trial, examine, put_away, statuses, targets, trial};
pub use finish::{finish, leave_to_others, lessened};
pub use labels::{put_back, relabel, unlabelled};
pub use remedy::Remedy;
pub use settle::settle;
pub use snapshot::{Head, Snapshot};
pub use withdraw::global_ids;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::document::Document;
use crate::model::alert::AlertChange;
use crate::model::finding::Aside;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::LinkKind;
use crate::model::remembered::Remembered;
use crate::model::run::{Merge, Run};
use crate::model::scan::Problem;
use crate::model::slice::SliceId;
use crate::model::survey::Survey;
use crate::model::ticket::{Key, Ticket, TicketId};
use crate::model::write::{Attachment, Draft, Edit, Move, Ref, Remote};

/// What a plan is made of.
pub struct Input<'a> {
    /// All that the reports say.
    pub survey: &'a Survey,
    /// What is being run on.
    pub run: &'a Run,
    /// The pull request that the run is about, though its event is a push.
    pub merge: Option<&'a Merge>,
    /// What the user wants.
    pub config: &'a Config,
    /// Findings or groups to file, where the user names them (`--only`); empty: all.
    pub only: &'a [Fingerprint],
    /// The tracker's host and context path.
    pub site: &'a str,
    /// Ids of tickets that were made lately, which the tracker's index may not know yet.
    pub recent: &'a [u64],
    /// What earlier runs remember of the tickets that they made.
    pub remembered: &'a [Remembered],
    /// Whether there is a pull request whose section may remember more.
    pub recalls: bool,
    /// Whether so many tickets may be resolved at once that it looks like a scan that failed.
    pub mass_resolve: bool,
    /// Shortens a document to what the tracker takes.
    pub fit: &'a dyn Fn(Document) -> Document,
}

/// Everything that a run would write.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Tickets to make, severest first.
    pub creates: Vec<Draft>,
    /// What is to be done on single tickets, each in its own order.
    pub works: Vec<Work>,
    /// What is to be done when all of that is done: twins that give way.
    pub merges: Vec<Work>,
    /// Tickets whose record was lost and is begun anew: without a word to people, because it may be lost again.
    pub begun: BTreeSet<TicketId>,
    /// Tickets whose labels were taken off, and are put back.
    pub relabelled: BTreeSet<TicketId>,
    /// Tickets whose labels were put back before and did not stay: they are known by their record alone.
    pub unlabelled: BTreeSet<TicketId>,
    /// The tickets that cannot be seen and are not made again, by their groups.
    pub hidden: BTreeMap<Fingerprint, Remembered>,
    /// Groups whose ticket cannot be found any more, so that they get another one.
    pub vanished: BTreeSet<Fingerprint>,
    /// What becomes of each group that has a finding to file, in order of the groups.
    pub fates: Vec<Fate>,
    /// Tickets that findings left.
    pub endings: Vec<Ending>,
    /// Tickets of which findings seem gone, on a commit that is not the newest and so proves nothing.
    pub unproven: BTreeSet<TicketId>,
    /// Tickets that the pull request resolves when it is merged.
    pub remedies: Vec<Remedy>,
    /// Findings that the pull request's base has, as the record says; known only where `fail-on` asks for it, of
    /// groups as bad as that.
    pub on_base: BTreeSet<Fingerprint>,
    /// What becomes of GitHub's alerts, because of what people did to their tickets.
    pub alerts: Vec<AlertChange>,
    /// What the user should know.
    pub problems: Vec<Problem>,
    /// The keys of tickets that are there already, by id: people know them by these.
    pub keys: BTreeMap<u64, Key>,
}

impl Plan {
    /// The plan with the keys of what it is about, as far as these are the tickets.
    #[must_use]
    pub fn naming<'t>(mut self, tickets: impl IntoIterator<Item = &'t Ticket>) -> Plan {
        let about: BTreeSet<&Ref> = self.works.iter().chain(&self.merges).flat_map(Work::about).collect();
        let named = tickets.into_iter().filter(|ticket| about.contains(&Ref::Known(ticket.id.clone())));
        self.keys.extend(named.map(|ticket| (ticket.id.id, ticket.key.clone())));
        self
    }

    /// Whether nothing would be written.
    pub fn is_empty(&self) -> bool {
        self.creates.is_empty() && self.works.is_empty() && self.merges.is_empty() && self.alerts.is_empty()
    }
}

/// Steps on one ticket; when one fails, those after it are left for the next run.
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
    /// Write what casefile keeps there for itself; a ticket that takes no edit is left without.
    Note(Box<Edit>),
    /// Move it to a status if its workflow leads there, and strike that off with the edit. Neither costs
    /// anything else: a done ticket may take no edit.
    Try(Move, Box<Edit>),
    /// Hang a file on it.
    Attach(Attachment),
    /// Link it to the web, in the place of the link with the same id.
    Remote(Remote),
    /// Take the link with this id off it.
    Unremote(String),
    /// Take these labels, the record and these slices off it.
    Unmark(Vec<String>, Vec<SliceId>),
}

/// What becomes of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// Its first name.
    pub group: Fingerprint,
    /// Its findings that this is about.
    pub findings: Vec<Fingerprint>,
    /// What happens.
    pub verdict: Verdict,
}

/// What happens to a group, or to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// A ticket will be made.
    Create,
    /// A ticket will be made, linked to a done one.
    Refile(TicketId),
    /// A ticket exists, and there is nothing to tell it.
    Tracked(TicketId),
    /// A ticket exists and is changed.
    Update(TicketId),
    /// A done ticket is opened again.
    Reopen(TicketId),
    /// A done ticket is told, or was told and has its days of grace.
    Recurred(TicketId),
    /// Set aside.
    Aside(Aside, Option<TicketId>),
    /// Beyond `max-new`: the next run's.
    Held,
    /// The branch, or whose code it is, does not allow filing: why.
    NotAllowed(String),
    /// It cannot be filed: why.
    Impossible(Box<Problem>),
}

impl Verdict {
    /// The ticket that stands for the findings, where there is one.
    pub fn ticket(&self) -> Option<&TicketId> {
        match self {
            Verdict::Tracked(id) | Verdict::Update(id) | Verdict::Reopen(id) | Verdict::Recurred(id) => {
                Some(id)
            }
            Verdict::Aside(_, id) => id.as_ref(),
            _ => None,
        }
    }
}

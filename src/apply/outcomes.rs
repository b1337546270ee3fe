//! What became of a plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::answer::Failure;
use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::model::ticket::{Ticket, TicketId};
use crate::tracker::Made;

/// What became of a plan.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// The tickets that were created, by their group's first name.
    pub made: BTreeMap<Fingerprint, Made>,
    /// Groups whose ticket turned up while filing: another run had created it.
    pub found: BTreeMap<Fingerprint, Ticket>,
    /// For each project, a ticket as it was right after it was created, which shows how the others began.
    pub samples: BTreeMap<String, Ticket>,
    /// Tickets that were created and that are not visible to the account that created them: no search will find them.
    pub hidden: BTreeSet<TicketId>,
    /// Tickets that were created and that the account has seen since. For the others it is not known whether it can see
    /// them.
    pub seen: BTreeSet<TicketId>,
    /// Tickets that were created and do not keep casefile's labels: no search by label will find them.
    pub unlabelled: BTreeSet<TicketId>,
    /// Whether the tickets that were created could not be checked.
    pub unlooked: bool,
    /// Groups that could not be filed, and why.
    pub unfiled: BTreeMap<Fingerprint, Failure>,
    /// Tickets whose steps were not all done, and why.
    pub undone: BTreeMap<TicketId, Failure>,
    /// Tickets of which nothing could be changed, and why: their status or their project does not accept edits.
    pub unedited: BTreeMap<TicketId, Failure>,
    /// Tickets that their workflow did not allow to be moved to where they should be.
    pub unmoved: BTreeSet<TicketId>,
    /// Whether the tracker drops what casefile notes on tickets.
    pub forgets: bool,
    /// What was left out or refused along the way, for people.
    pub problems: Vec<Problem>,
}

impl Outcomes {
    /// Whether anything that the plan wanted did not happen and is not for people to decide. It is not a failure if a
    /// ticket does not accept something where it is now.
    pub fn failed(&self) -> bool {
        let lost = !self.unfiled.is_empty() || !self.undone.is_empty();
        lost || self.unlooked || !self.hidden.is_empty() || !self.unlabelled.is_empty()
    }

    /// Adds what became of a second plan.
    pub fn extend(&mut self, other: Outcomes) {
        self.made.extend(other.made);
        self.found.extend(other.found);
        self.samples.extend(other.samples);
        self.hidden.extend(other.hidden);
        self.seen.extend(other.seen);
        self.unlabelled.extend(other.unlabelled);
        self.unlooked |= other.unlooked;
        self.forgets |= other.forgets;
        self.unfiled.extend(other.unfiled);
        self.undone.extend(other.undone);
        self.unedited.extend(other.unedited);
        self.unmoved.extend(other.unmoved);
        self.problems.extend(other.problems);
    }
}

/// Called with the progress: how much is done, and how much there is in total.
pub type ApplyProgress<'a> = &'a (dyn Fn(usize, usize) + Sync);

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
    /// The tickets that were made, by their group's first name.
    pub made: BTreeMap<Fingerprint, Made>,
    /// Groups whose ticket turned up while filing: another run had made it.
    pub found: BTreeMap<Fingerprint, Ticket>,
    /// By project a ticket as it is right after it was made, which shows how the others began.
    pub samples: BTreeMap<String, Ticket>,
    /// Tickets that were made and cannot be seen by the account that made them: no search will find them.
    pub hidden: BTreeSet<TicketId>,
    /// Tickets that were made and that the account has seen since. Of the others it is not known whether it can.
    pub seen: BTreeSet<TicketId>,
    /// Tickets that were made and do not keep casefile's labels: no search by these will find them.
    pub unlabelled: BTreeSet<TicketId>,
    /// Whether the tickets that were made could not be looked at.
    pub unlooked: bool,
    /// Groups that could not be filed, each with why.
    pub unfiled: BTreeMap<Fingerprint, Failure>,
    /// Tickets whose steps were not all done, each with why.
    pub undone: BTreeMap<TicketId, Failure>,
    /// Tickets of which nothing could be changed, each with why: their status or their project takes no edit.
    pub unedited: BTreeMap<TicketId, Failure>,
    /// Tickets that their workflow did not let move where they should be.
    pub unmoved: BTreeSet<TicketId>,
    /// Whether the tracker drops what casefile notes on tickets.
    pub forgets: bool,
    /// What was left out or refused on the way, for people.
    pub problems: Vec<Problem>,
}

impl Outcomes {
    /// Whether anything that the plan wanted did not happen and is not people's to decide. What a ticket does not
    /// take where it is now is no failure.
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

/// Told how far the work is: how much is done, of how much.
pub type ApplyProgress<'a> = &'a (dyn Fn(usize, usize) + Sync);

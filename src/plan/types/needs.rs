//! What decisions still need to know, combined into as few queries as possible.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::answer::{Ask, Project, Screen, TicketTexts};
use crate::model::fingerprint::Fingerprint;
use crate::model::repository::Place;
use crate::model::slice::SliceId;
use crate::model::survey::Group;
use crate::model::ticket::{Person, Status, Ticket};
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::snapshot::{BranchTip, Snapshot};

/// What is missing.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    labelled: Vec<Fingerprint>,
    mentioned: Vec<Fingerprint>,
    ids: BTreeSet<u64>,
    slices: BTreeMap<u64, Vec<SliceId>>,
    all_slices: BTreeSet<u64>,
    texts: BTreeSet<u64>,
    people: BTreeSet<String>,
    projects: BTreeSet<String>,
    screens: BTreeSet<(String, String)>,
    heads: BTreeSet<Place>,
    recall: bool,
    statuses: BTreeSet<String>,
}

impl Needs {
    /// Whether the tickets with a group's labels are known; if not, asks for them.
    pub(crate) fn labelled(&mut self, snapshot: &Snapshot, group: &Group) -> bool {
        let known = group.names.iter().all(|name| snapshot.names_asked.contains(name));
        if !known {
            self.labelled.extend(&group.names);
        }
        known
    }

    /// Whether the tickets that have a group's reference words in their description are known; if not, asks for them.
    pub(crate) fn mentioned(&mut self, snapshot: &Snapshot, group: &Group) -> bool {
        let known = group.names.iter().all(|name| snapshot.tokens_asked.contains(name));
        if !known {
            self.mentioned.extend(&group.names);
        }
        known
    }

    /// Whether it is known that there is such a ticket, or that there is none that we can see; if not, asks for it.
    pub(crate) fn id(&mut self, snapshot: &Snapshot, id: u64) -> bool {
        let known = snapshot.tickets.contains_key(&id) || snapshot.ids_asked.contains(&id);
        if !known {
            self.ids.insert(id);
        }
        known
    }

    /// Whether all slices that a ticket's record names have been read; if not, asks for them.
    pub(crate) fn slices(&mut self, snapshot: &Snapshot, ticket: &Ticket) -> bool {
        let unread = snapshot.unread(ticket);
        let known = unread.is_empty();
        if !known {
            self.slices.insert(ticket.id.id, unread);
        }
        known
    }

    /// Whether all slices on a ticket have been read, whatever its record lists; if not, asks for them. Needed before a
    /// ticket is resolved or closed, and before a finding is taken for one that the ticket never held.
    pub(crate) fn all_slices(&mut self, snapshot: &Snapshot, ticket: &Ticket) -> bool {
        let known = snapshot.all_slices.contains_key(&ticket.id.id);
        if !known {
            self.all_slices.insert(ticket.id.id);
        }
        known
    }

    /// A ticket's texts, if they were read; the inner `None`: it has none that we can see.
    pub(crate) fn texts<'s>(
        &mut self,
        snapshot: &'s Snapshot,
        ticket: u64,
    ) -> Option<Option<&'s TicketTexts>> {
        let known = snapshot.texts.get(&ticket).map(Option::as_ref);
        if known.is_none() {
            self.texts.insert(ticket);
        }
        known
    }

    /// The person that an address, id or name belongs to, if that was asked; the inner `None`: nobody.
    pub(crate) fn person<'s>(&mut self, snapshot: &'s Snapshot, who: &str) -> Option<Option<&'s Person>> {
        let known = snapshot.people.get(who).map(Option::as_ref);
        if known.is_none() {
            self.people.insert(who.to_owned());
        }
        known
    }

    /// A project, if it was read.
    pub(crate) fn project<'s>(&mut self, snapshot: &'s Snapshot, key: &str) -> Option<&'s Project> {
        let known = snapshot.projects.get(key);
        if known.is_none() {
            self.projects.insert(key.to_owned());
        }
        known
    }

    /// A create screen, if it was read.
    pub(crate) fn screen<'s>(
        &mut self,
        snapshot: &'s Snapshot,
        project: &str,
        kind: &str,
    ) -> Option<&'s Screen> {
        let key = (project.to_owned(), kind.to_owned());
        let known = snapshot.screens.get(&key);
        if known.is_none() {
            self.screens.insert(key);
        }
        known
    }

    /// The statuses of a project, if they were read.
    pub(crate) fn statuses<'s>(&mut self, snapshot: &'s Snapshot, project: &str) -> Option<&'s [Status]> {
        let known = snapshot.statuses.get(project).map(Vec::as_slice);
        if known.is_none() {
            self.statuses.insert(project.to_owned());
        }
        known
    }

    /// What GitHub says about a place, if it was asked.
    pub(crate) fn head<'s>(&mut self, snapshot: &'s Snapshot, place: &Place) -> Option<&'s BranchTip> {
        let known = snapshot.heads.get(place);
        if known.is_none() {
            self.heads.insert(place.clone());
        }
        known
    }

    /// Whether it is known what the pull request's section remembers, if there is one; if not, asks for it.
    pub(crate) fn recalled(&mut self, input: &Input<'_>, snapshot: &Snapshot) -> bool {
        let known = !input.recalls || snapshot.recalled.is_some();
        self.recall |= !known;
        known
    }

    /// Whether nothing is missing.
    pub(crate) fn is_empty(&self) -> bool {
        let Needs {
            labelled,
            mentioned,
            ids,
            slices,
            all_slices,
            texts,
            projects,
            screens,
            heads,
            people,
            statuses,
            recall,
        } = self;
        let found = labelled.is_empty() && mentioned.is_empty() && ids.is_empty();
        let asks = found && slices.is_empty() && all_slices.is_empty() && texts.is_empty();
        let screens = projects.is_empty() && screens.is_empty() && statuses.is_empty();
        asks && !recall && screens && heads.is_empty() && people.is_empty()
    }

    /// The question to ask first: the tracker's answer may make a question to GitHub unnecessary.
    pub(crate) fn first(self) -> Option<Next> {
        let heads: Vec<Place> = self.heads.iter().cloned().collect();
        let recall = self.recall.then_some(Next::Recall);
        let look = recall.or((!heads.is_empty()).then_some(Next::Look(heads)));
        self.first_ask().map(Next::Ask).or(look)
    }

    /// What is found by label may answer other questions.
    fn first_ask(self) -> Option<Ask> {
        if !self.labelled.is_empty() {
            return Some(Ask::Labelled(self.labelled));
        }
        if !self.ids.is_empty() {
            return Some(Ask::Ids(self.ids.into_iter().collect()));
        }
        if !self.mentioned.is_empty() {
            return Some(Ask::Mentioned(self.mentioned));
        }
        if !self.slices.is_empty() {
            return Some(Ask::Slices(self.slices.into_iter().collect()));
        }
        if !self.all_slices.is_empty() {
            return Some(Ask::AllSlices(self.all_slices.into_iter().collect()));
        }
        if !self.texts.is_empty() {
            return Some(Ask::Texts(self.texts.into_iter().collect()));
        }
        if let Some(project) = self.projects.into_iter().next() {
            return Some(Ask::Project(project));
        }
        if let Some((project, kind)) = self.screens.into_iter().next() {
            return Some(Ask::Screen(project, kind));
        }
        if let Some(who) = self.people.into_iter().next() {
            return Some(Ask::Person(who));
        }
        self.statuses.into_iter().next().map(Ask::Statuses)
    }
}

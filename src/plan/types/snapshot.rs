//! Everything that the tracker and GitHub have answered so far.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::answer::{Answer, Ask, Project, Screen, TicketTexts};
use crate::model::digest::SliceDigest;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::remembered::Remembered;
use crate::model::repository::Place;
use crate::model::slice::{Slice, SliceId};
use crate::model::ticket::{Person, Status, Ticket};

/// The answers, and what was asked: an empty answer is not the same as no answer.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) account: Option<Person>,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) open_asked: bool,
    pub(crate) done_asked: bool,
    pub(crate) names_asked: BTreeSet<Fingerprint>,
    /// Ids of tickets that were asked for: those that are not among the tickets afterwards are deleted or hidden.
    pub(crate) ids_asked: BTreeSet<u64>,
    /// Names whose reference words were looked for in descriptions.
    pub(crate) tokens_asked: BTreeSet<Fingerprint>,
    /// By ticket; `None`: there is no such slice, or it cannot be read.
    pub(crate) slices: BTreeMap<u64, BTreeMap<SliceId, Option<Slice>>>,
    /// The tickets all of whose slices were read, whether listed or not; each with the slices that exist and cannot be
    /// read.
    pub(crate) all_slices: BTreeMap<u64, BTreeSet<SliceId>>,
    pub(crate) texts: BTreeMap<u64, Option<TicketTexts>>,
    pub(crate) projects: BTreeMap<String, Project>,
    pub(crate) screens: BTreeMap<(String, String), Screen>,
    pub(crate) people: BTreeMap<String, Option<Person>>,
    /// Why the account is not allowed to look people up, if it is not.
    pub(crate) unseen: Option<String>,
    /// By project; empty: they could not be read.
    pub(crate) statuses: BTreeMap<String, Vec<Status>>,
    pub(crate) heads: BTreeMap<Place, BranchTip>,
    /// What the pull request's section remembers about tickets that were created.
    pub(crate) recalled: Option<Vec<Remembered>>,
}

/// What GitHub says about a branch or an open pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BranchTip {
    /// Its newest commit.
    At(String),
    /// There is no such branch; the pull request is not open.
    Gone,
    /// It could not be asked.
    Unknown,
}

impl Snapshot {
    /// Adds the tracker's answer to a question.
    pub fn learn(&mut self, ask: &Ask, answer: Answer) {
        match ask {
            Ask::Open { .. } => self.open_asked = true,
            Ask::Done { .. } => self.done_asked = true,
            Ask::Labelled(names) => self.names_asked.extend(names),
            Ask::Ids(ids) => self.ids_asked.extend(ids),
            Ask::Mentioned(names) => self.tokens_asked.extend(names),
            Ask::Slices(wanted) => {
                for (ticket, ids) in wanted {
                    let slices = self.slices.entry(*ticket).or_default();
                    for id in ids {
                        slices.entry(id.clone()).or_default();
                    }
                }
            }
            Ask::AllSlices(ids) => ids.iter().for_each(|id| {
                self.all_slices.entry(*id).or_default();
            }),
            Ask::Texts(ids) => ids.iter().for_each(|id| {
                self.texts.entry(*id).or_default();
            }),
            Ask::Account | Ask::Made { .. } | Ask::Project(_) | Ask::Screen(..) => {}
            Ask::Person(_) | Ask::Find(_) | Ask::Statuses(_) | Ask::Marked { .. } => {}
            Ask::Offers | Ask::Takes(_) => {}
        }
        match (ask, answer) {
            (_, Answer::Account(person)) => self.account = Some(person),
            (_, Answer::Tickets(tickets)) => tickets.into_iter().for_each(|ticket| self.add(ticket)),
            (_, Answer::OpenAndDone(tickets)) => {
                self.done_asked = true;
                tickets.into_iter().for_each(|ticket| self.add(ticket));
            }
            (_, Answer::Slices(slices)) => {
                for (ticket, id, slice) in slices {
                    self.slices.entry(ticket).or_default().insert(id, Some(slice));
                }
            }
            (_, Answer::AllSlices(slices)) => {
                for (ticket, id, slice) in slices {
                    if slice.is_none() {
                        self.all_slices.entry(ticket).or_default().insert(id.clone());
                    }
                    self.slices.entry(ticket).or_default().insert(id, slice);
                }
            }
            (_, Answer::Texts(texts)) => {
                self.texts.extend(texts.into_iter().map(|(ticket, texts)| (ticket, Some(texts))));
            }
            (Ask::Project(key), Answer::Project(project)) => {
                self.projects.insert(key.clone(), project);
            }
            (Ask::Screen(project, kind), Answer::Screen(screen)) => {
                self.screens.insert((project.clone(), kind.clone()), screen);
            }
            (Ask::Person(who), Answer::Person(person)) => {
                self.people.insert(who.clone(), person);
            }
            (Ask::Person(who), Answer::Unseen(why)) => {
                self.people.insert(who.clone(), None);
                self.unseen = Some(why);
            }
            (Ask::Statuses(project), Answer::Statuses(statuses)) => {
                self.statuses.insert(project.clone(), statuses);
            }
            (_, Answer::Made(_) | Answer::Project(_) | Answer::Screen(_)) => {}
            (
                _,
                Answer::Person(_)
                | Answer::Unseen(_)
                | Answer::Statuses(_)
                | Answer::Offers(_)
                | Answer::Takes(_),
            ) => {}
        }
    }

    /// Adds what GitHub says about a place.
    pub fn learn_head(&mut self, place: Place, head: BranchTip) {
        self.heads.insert(place, head);
    }

    /// Adds what the pull request's section remembers about tickets that were created.
    pub fn learn_recalled(&mut self, made: Vec<Remembered>) {
        self.recalled = Some(made);
    }

    /// Adds a ticket, e.g. one that was just created.
    pub fn add(&mut self, mut ticket: Ticket) {
        if ticket.own.is_empty()
            && let Some(known) = self.tickets.get_mut(&ticket.id.id)
        {
            ticket.own = std::mem::take(&mut known.own);
        }
        self.tickets.insert(ticket.id.id, ticket);
    }

    /// Forgets what slices of a ticket hold: somebody else may have written to them.
    pub fn forget_slices(&mut self, ticket: u64) {
        self.slices.remove(&ticket);
        self.all_slices.remove(&ticket);
        if let Some(ticket) = self.tickets.get_mut(&ticket) {
            ticket.own.clear();
        }
    }

    /// A ticket by the tracker's id.
    pub fn ticket(&self, id: u64) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    /// All tickets that are known, oldest first.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// A project, if it was asked for.
    pub fn project(&self, key: &str) -> Option<&Project> {
        self.projects.get(key)
    }

    /// The create screen of an issue type (by its id) of a project, if it was asked for.
    pub fn screen(&self, project: &str, issue_type: &str) -> Option<&Screen> {
        self.screens.get(&(project.to_owned(), issue_type.to_owned()))
    }

    /// The slices of a ticket that were read.
    pub(crate) fn slices_of(&self, ticket: u64) -> impl Iterator<Item = (&SliceId, &Slice)> {
        let slices = self.slices.get(&ticket).into_iter().flatten();
        slices.filter_map(|(id, slice)| slice.as_ref().map(|slice| (id, slice)))
    }

    /// The slices that a ticket's record names, or that the ticket was found with, and that have not been asked for
    /// yet.
    pub(crate) fn unread(&self, ticket: &Ticket) -> Vec<SliceId> {
        let named = ticket.record.iter().flat_map(|record| record.slices.keys());
        let own = ticket.own.iter().filter(|(_, digest)| digest.is_some()).map(|(id, _)| id);
        let named: BTreeSet<&SliceId> = named.chain(own).collect();
        let read = self.slices.get(&ticket.id.id);
        named.into_iter().filter(|id| read.is_none_or(|read| !read.contains_key(id))).cloned().collect()
    }

    /// The digest of a ticket's slice: computed from the slice itself if it was read or the ticket was found with it,
    /// otherwise as listed in the record. Concurrent jobs overwrite each other's lists, so a list by itself never
    /// decides anything that could lose data.
    pub(crate) fn digest(&self, ticket: &Ticket, record: &Record, id: &SliceId) -> Option<SliceDigest> {
        if let Some(read) = self.slices.get(&ticket.id.id).and_then(|read| read.get(id)) {
            return read.as_ref().map(Slice::digest);
        }
        ticket.own.get(id).map_or_else(|| record.slices.get(id).copied(), |own| *own)
    }

    /// Whether a ticket has a slice that exists and cannot be read: what it holds is not known to be gone.
    pub(crate) fn has_unreadable(&self, ticket: u64, known: &BTreeMap<SliceId, Slice>) -> bool {
        let unreadable = self.all_slices.get(&ticket).into_iter().flatten();
        unreadable.into_iter().any(|id| !known.contains_key(id))
    }
}

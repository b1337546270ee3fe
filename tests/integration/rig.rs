//! A tracker under test, and short ways to ask it.

use casefile::model::answer::{Answer, Ask, Failure, TicketTexts};
use casefile::model::record::WrittenValues;
use casefile::model::slice::{Slice, SliceId};
use casefile::model::ticket::Ticket;
use casefile::model::write::{Draft, Move, Remote};
use casefile::tracker::{Made, Read, Write};

use crate::drafts::{self, repository};

/// A tracker under test, and a look behind it.
pub(crate) trait Rig {
    /// What is held to the contract.
    type Tracker: Write + 'static;

    /// A handle on the same tracker as every other handle.
    fn tracker(&self) -> Self::Tracker;

    /// A project in which tickets can be made, and the id of an issue type of it.
    fn project(&self) -> (&str, &str);

    /// A person's e-mail address and the id that they are known by.
    fn person(&self) -> (String, String);

    /// A ticket's comments, links and files, which no question asks for.
    fn behind(&self, ticket: &Made) -> Behind;
}

/// What the tracker holds and does not tell.
pub(crate) struct Behind {
    /// The comments with whatever is around them, as one text.
    pub(crate) comments: String,
    /// How many links it has.
    pub(crate) links: usize,
    /// The files that hang on it: name and content, in the order of their names.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// The links to the web, in the order in which they came.
    pub(crate) remote: Vec<Remote>,
}

pub(crate) fn draft(rig: &impl Rig, n: u64) -> Draft {
    let (project, issue_type) = rig.project();
    drafts::draft(n, project, issue_type)
}

pub(crate) async fn make(rig: &impl Rig, drafts: &[Draft]) -> Vec<Made> {
    rig.tracker().create(drafts).await.into_iter().map(Result::unwrap).collect()
}

pub(crate) async fn go(rig: &impl Rig, made: &Made, to: &str) -> Result<(), Failure> {
    let to = Move { to: to.into(), resolution: None, fields: Vec::new(), state: None };
    rig.tracker().go(&made.id, &to).await
}

pub(crate) async fn tickets(rig: &impl Rig, ask: &Ask) -> Vec<Ticket> {
    match rig.tracker().answer(ask).await.unwrap() {
        Answer::Tickets(tickets) => tickets,
        other => panic!("{other:?}"),
    }
}

/// The ids of the tickets that an answer holds, by rising id.
pub(crate) async fn ids(rig: &impl Rig, ask: &Ask) -> Vec<u64> {
    let mut ids: Vec<u64> = tickets(rig, ask).await.iter().map(|ticket| ticket.id.id).collect();
    ids.sort_unstable();
    ids
}

pub(crate) async fn open(rig: &impl Rig) -> Vec<u64> {
    ids(rig, &Ask::Open { labels: repository().labels(), recent: Vec::new(), own: Vec::new(), done: false })
        .await
}

pub(crate) async fn one(rig: &impl Rig, made: &Made) -> Ticket {
    let mut tickets = tickets(rig, &Ask::Ids(vec![made.id.id])).await;
    assert_eq!(tickets.len(), 1);
    tickets.remove(0)
}

pub(crate) async fn texts(rig: &impl Rig, made: &Made) -> TicketTexts {
    match rig.tracker().answer(&Ask::Texts(vec![made.id.id])).await.unwrap() {
        Answer::Texts(mut texts) if texts.len() == 1 => texts.remove(0).1,
        other => panic!("{other:?}"),
    }
}

/// Slices of a ticket, in order of their names.
pub(crate) async fn slices(rig: &impl Rig, made: &Made, names: &[SliceId]) -> Vec<(SliceId, Slice)> {
    match rig.tracker().answer(&Ask::Slices(vec![(made.id.id, names.to_vec())])).await.unwrap() {
        Answer::Slices(mut slices) => {
            slices.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
            slices.into_iter().map(|(_, name, slice)| (name, slice)).collect()
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refused_for(outcome: Result<(), Failure>, field: &str) {
    match outcome {
        Err(Failure::Refused { fields, .. }) if fields.contains_key(field) => {}
        other => panic!("{field} must be refused: {other:?}"),
    }
}

/// Texts are the same where their words are.
pub(crate) fn same(one: &str, other: &str) {
    assert_eq!(WrittenValues::text(one), WrittenValues::text(other), "{one:?} is not {other:?}");
}

pub(crate) fn sorted(labels: &[String]) -> Vec<String> {
    let mut labels = labels.to_vec();
    labels.sort();
    labels
}

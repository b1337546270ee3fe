//! Tickets in a folder: one Markdown file per ticket, with its fields as front matter that a person may edit. A full
//! tracker, for trying casefile out, for air-gapped use, and as proof that the traits are right.
//!
//! A ticket's id is the number in its key, and each number is used once in the whole folder: a file that is renamed to
//! another project's key is the same ticket, moved.

mod change;
mod extra;
mod fields;
mod folder;
mod front;
mod look;
mod page;
mod remark;
mod sidecar;
mod turn;
mod workflow;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use self::folder::{TicketFolder, refused};
pub use self::turn::Turn;
use super::{Made, Read, Write};
use crate::document::Document;
use crate::model::answer::{Answer, Ask, Failure, Offers, Permissions, Project, Takes};
use crate::model::record::LinkKind;
use crate::model::scan::Problem;
use crate::model::slice::SliceId;
use crate::model::ticket::{Category, Person, Ticket, TicketId, TicketKey, label};
use crate::model::write::{Attachment, Draft, Edit, Move, MoveTarget, Remote};

/// The folder's name if none is given.
pub const FOLDER: &str = "casefile-tickets";

/// The site of local tickets, and the name of casefile's account there.
const SITE: &str = "local";

/// How many drafts one create takes: as many as in Jira, so that a trial run behaves the same.
const BATCH: usize = 50;

/// A folder of tickets.
#[derive(Debug)]
pub struct Local {
    folder: TicketFolder,
    now: Timestamp,
    requests: AtomicU64,
    /// By ticket.
    remarks: Mutex<BTreeMap<u64, Problem>>,
}

impl Local {
    /// The tickets in the folder `root`, which the first write creates; `now` is the date of what is written.
    pub fn new(root: impl Into<PathBuf>, now: Timestamp) -> Local {
        Local {
            folder: TicketFolder::new(root.into()),
            now,
            requests: AtomicU64::new(0),
            remarks: Mutex::default(),
        }
    }

    /// Whether tickets can be written: a file is created where they are, or would be, and deleted again.
    pub fn probe(&self) -> Result<(), Failure> {
        self.folder.probe()
    }

    fn count(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}

impl Read for Local {
    fn site(&self) -> &str {
        SITE
    }

    fn page(&self, key: &TicketKey) -> String {
        self.folder.shown(key)
    }

    /// A file can hold everything.
    fn fit(&self, document: Document) -> Document {
        document
    }

    async fn answer(&self, ask: &Ask) -> Result<Answer, Failure> {
        self.count();
        let _reader = self.folder.reader().await?;
        match ask {
            Ask::Account => Ok(Answer::Account(account())),
            // listing all is no more work than listing the open or the latest
            Ask::Open { labels, own, done: true, .. } => {
                self.tickets_with(own, |ticket| ticket.has_any(labels)).map(Answer::OpenAndDone)
            }
            Ask::Open { labels, own, .. } => {
                let open = |ticket: &Ticket| ticket.is_open() && ticket.has_any(labels);
                self.tickets_with(own, open).map(Answer::Tickets)
            }
            Ask::Done { labels, own } => {
                let done = |ticket: &Ticket| !ticket.is_open() && ticket.has_any(labels);
                self.tickets_with(own, done).map(Answer::Tickets)
            }
            Ask::Marked { labels } => self.tickets(|ticket| ticket.has_any(labels)).map(Answer::Tickets),
            Ask::Made { labels } => {
                let open = self.tickets(|ticket| ticket.is_open() && ticket.has_any(labels))?;
                Ok(Answer::Made(open.iter().map(|ticket| ticket.id.id).collect()))
            }
            Ask::Labelled(names) => {
                let labels: Vec<String> = names.iter().copied().map(label).collect();
                self.tickets(|ticket| ticket.has_any(&labels)).map(Answer::Tickets)
            }
            Ask::Mentioned(names) => self.mentioned(names).map(Answer::Tickets),
            Ask::Ids(ids) => {
                let keys = self.folder.tickets()?.into_iter().filter(|(id, _)| ids.contains(id));
                self.read(keys.map(|(_, key)| key), |_| true).map(Answer::Tickets)
            }
            Ask::Slices(wanted) => self.slices(wanted),
            Ask::AllSlices(ids) => self.all_slices(ids),
            Ask::Texts(wanted) => self.texts(wanted),
            Ask::Project(key) => project(key).map(Answer::Project).ok_or(Failure::Gone),
            Ask::Screen(key, kind) => {
                let known = project(key).is_some() && fields::type_name(kind).is_some();
                if known { Ok(Answer::Screen(fields::screen())) } else { Err(Failure::Gone) }
            }
            // a folder has no accounts: any name is a person
            Ask::Person(who) => Ok(Answer::Person(named(who))),
            Ask::Find(keys) => self.find(keys).map(Answer::Tickets),
            Ask::Statuses(_) => Ok(Answer::Statuses(workflow::all())),
            // in a file, any word is valid, so there is no list of projects and resolutions
            Ask::Offers => Ok(Answer::Offers(Offers {
                links: ["Relates", "Duplicate"].map(str::to_owned).into(),
                attachments: true,
                ..Offers::default()
            })),
            Ask::Takes(_) => Ok(Answer::Takes(Takes {
                statuses: workflow::all(),
                fields: fields::screen().fields.into_keys().collect(),
            })),
        }
    }

    /// A folder has no index that lags: nothing is newer than what a search finds.
    async fn newer(&self, project: &str, known: Option<u64>) -> Result<Vec<Ticket>, Failure> {
        self.count();
        let _reader = self.folder.reader().await?;
        let Some(known) = known else { return Ok(Vec::new()) };
        let newer = |key: &TicketKey| key.project() == project && key.number() > known;
        self.read(self.folder.tickets()?.into_values().filter(newer), |_| true)
    }

    fn remarks(&self) -> Vec<Problem> {
        self.remarks.lock().map(|remarks| remarks.values().cloned().collect()).unwrap_or_default()
    }

    /// How many queries and writes there were; each reads the folder at most once.
    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Write for Local {
    fn batch(&self) -> usize {
        BATCH
    }

    async fn create(&self, drafts: &[Draft]) -> Vec<Result<Made, Failure>> {
        self.count();
        if drafts.len() > BATCH {
            let failure = refused(format!("at most {BATCH} tickets can be created at once"));
            return vec![Err(failure); drafts.len()];
        }
        match self.folder.writer().await {
            Ok(mut writer) => drafts.iter().map(|draft| self.make(&mut writer, draft)).collect(),
            Err(failure) => vec![Err(failure); drafts.len()],
        }
    }

    async fn edit(&self, id: &TicketId, edit: &Edit) -> Result<(), Failure> {
        self.count();
        self.known(id).await?;
        let writer = self.folder.writer().await?;
        self.change(&writer, id, edit)
    }

    async fn link(&self, from: &TicketId, kind: LinkKind, to: &TicketId) -> Result<(), Failure> {
        let verb = match kind {
            LinkKind::Relates => "relates to",
            LinkKind::Duplicates => "duplicates",
        };
        let is = |link: &String| {
            let other = link.strip_prefix(verb).and_then(|key| TicketKey::parse(key.trim()));
            other.is_some_and(|other| other.number() == to.id)
        };
        self.refront(from, |own, front| {
            let link = format!("{verb} {}", own.key(to)?);
            let new = !front.links.iter().any(is);
            front.links.extend(new.then_some(link));
            Ok(new)
        })
        .await
    }

    async fn go(&self, id: &TicketId, to: &Move) -> Result<(), Failure> {
        self.refront(id, |own, front| {
            let is = workflow::status(&front.status);
            let status = match &to.to {
                MoveTarget::Any(category) if is.category == *category => return Ok(false),
                MoveTarget::Any(category) => workflow::first(*category),
                // a person's own word is a status if the ticket is already there
                MoveTarget::Status(word) if workflow::status(word).id == is.id => return Ok(false),
                MoveTarget::Status(word) => workflow::target(word).ok_or_else(|| {
                    let open = workflow::names();
                    refused(format!("no transition leads to `{word}`; possible transitions: {open}"))
                })?,
            };
            let done = status.category == Category::Done;
            front.status = status.name;
            front.resolution = to.resolution.clone().filter(|_| done);
            front.resolved = done.then_some(own.now);
            // as in Jira: set if the transition accepts them, otherwise left out
            fields::set(front, &fields::meant(&to.fields));
            Ok(true)
        })
        .await
    }

    async fn attach(&self, id: &TicketId, file: &Attachment) -> Result<(), Failure> {
        self.count();
        self.known(id).await?;
        let writer = self.folder.writer().await?;
        writer.attach(&self.key(id)?, &file.name, &file.content)
    }

    async fn remote(&self, id: &TicketId, link: &Remote) -> Result<(), Failure> {
        extra::check(link)?;
        self.refront(id, |_, front| Ok(extra::put(&mut front.remote, link))).await
    }

    async fn unremote(&self, id: &TicketId, link: &str) -> Result<(), Failure> {
        let ended = self.refront(id, |_, front| Ok(extra::take(&mut front.remote, link))).await;
        // as in Jira, which does not say whether the link or the ticket does not exist
        if ended == Err(Failure::Gone) { Ok(()) } else { ended }
    }

    async fn delete(&self, id: &TicketId) -> Result<(), Failure> {
        self.count();
        self.known(id).await?;
        let writer = self.folder.writer().await?;
        writer.delete(&self.key(id)?)
    }

    async fn unmark(&self, id: &TicketId, labels: &[String], slices: &[SliceId]) -> Result<(), Failure> {
        self.count();
        self.known(id).await?;
        let writer = self.folder.writer().await?;
        self.strip(&writer, id, labels, slices)
    }
}

fn named(who: &str) -> Option<Person> {
    let who = who.trim();
    (!who.is_empty()).then(|| Person { id: who.to_owned(), name: who.to_owned() })
}

/// Any word that can begin a key is a project, in which everybody is allowed to do everything.
fn project(key: &str) -> Option<Project> {
    TicketKey::parse(&format!("{key}-1"))?;
    Some(Project { key: key.to_owned(), issue_types: fields::types(), may: Permissions::ALL, english: true })
}

/// casefile's own account.
fn account() -> Person {
    Person { id: SITE.into(), name: SITE.into() }
}

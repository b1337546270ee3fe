//! The tracker of the rig: it answers questions, and carries out plans.

use std::collections::BTreeMap;

use crate::document::plain;
use crate::model::answer::{Answer, IssueType, Offers, Project, Takes};
use crate::model::fingerprint::Fingerprint;
use crate::model::ticket::{Category, Person, Status, TicketId, TicketKey, label, token};
use crate::model::write::{MoveTarget, Ref};
use crate::plan::tests::world::*;

impl World {
    /// What the tracker answers to a question, which is counted.
    pub(crate) fn answer(&mut self, ask: &Ask) -> Answer {
        let (name, answer) = match ask {
            Ask::Account => ("account", Answer::Account(person(&self.account))),
            Ask::Open { labels, own, .. } => {
                ("open", self.found_with(own, |ticket| ticket.is_open() && ticket.has_any(labels)))
            }
            Ask::Done { labels, own } => {
                ("done", self.found_with(own, |ticket| !ticket.is_open() && ticket.has_any(labels)))
            }
            Ask::Labelled(names) => {
                ("labelled", self.found(|one| names.iter().any(|name| one.has_label(&label(*name)))))
            }
            Ask::Mentioned(names) => {
                let says = |id: &u64| {
                    let text = self.texts.get(id).map(|texts| texts.description.as_str()).unwrap_or_default();
                    names.iter().any(|name| text.contains(&token(*name)))
                };
                ("mentioned", self.found(|ticket| says(&ticket.id.id)))
            }
            Ask::Ids(ids) => ("ids", self.found(|ticket| ids.contains(&ticket.id.id))),
            Ask::Marked { labels } => ("marked", self.found(|ticket| ticket.has_any(labels))),
            Ask::Made { .. } => ("made", Answer::Made(self.tickets.keys().copied().collect())),
            Ask::Slices(wanted) => {
                let all = wanted.iter().flat_map(|(ticket, ids)| ids.iter().map(|id| (*ticket, id.clone())));
                let read = all.filter_map(|key| {
                    let slice = self.slices.get(&key)?.clone();
                    Some((key.0, key.1, slice))
                });
                ("slices", Answer::Slices(read.collect()))
            }
            Ask::AllSlices(ids) => {
                let all = self.slices.iter().filter(|((ticket, _), _)| ids.contains(ticket));
                let all = all.map(|((ticket, id), slice)| (*ticket, id.clone(), Some(slice.clone())));
                let closed = ids
                    .iter()
                    .flat_map(|ticket| self.unreadable.iter().map(|id| (*ticket, id.clone(), None)));
                ("all slices", Answer::AllSlices(all.chain(closed).collect()))
            }
            Ask::Texts(ids) => {
                let read = ids.iter().filter_map(|id| Some((*id, self.texts.get(id)?.clone())));
                ("texts", Answer::Texts(read.collect()))
            }
            Ask::Project(key) => {
                let kind = |id: &str, name: &str, subtask| IssueType {
                    id: id.into(),
                    untranslated: None,
                    name: name.into(),
                    subtask,
                    epic: Some(false),
                };
                let issue_types = vec![kind("1", "Sub-task", true), kind("2", "Task", false)];
                (
                    "project",
                    Answer::Project(Project { key: key.clone(), issue_types, may: self.may, english: true }),
                )
            }
            Ask::Screen(..) => ("screen", Answer::Screen(self.screen.clone())),
            // Carol has left
            Ask::Person(who) => ("person", Answer::Person((who != "carol").then(|| person(who)))),
            Ask::Find(keys) => ("find", self.found(|ticket| keys.contains(&ticket.key))),
            Ask::Statuses(_) => (
                "statuses",
                Answer::Statuses(["To Do", "In Progress", "Done", "Won't Do"].map(status).to_vec()),
            ),
            Ask::Offers => ("offers", Answer::Offers(Offers::default())),
            Ask::Takes(_) => ("takes", Answer::Takes(Takes::default())),
        };
        self.asked.push(name);
        answer
    }

    fn found(&self, wanted: impl Fn(&Ticket) -> bool) -> Answer {
        Answer::Tickets(self.tickets.values().filter(|ticket| wanted(ticket)).cloned().collect())
    }

    /// The same with the digests of these slices.
    fn found_with(&self, own: &[SliceId], wanted: impl Fn(&Ticket) -> bool) -> Answer {
        let with = |ticket: &Ticket| {
            let digest = |id: &SliceId| self.slices.get(&(ticket.id.id, id.clone())).map(Slice::digest);
            let own = own.iter().map(|id| (id.clone(), digest(id))).collect();
            Ticket { own, ..ticket.clone() }
        };
        Answer::Tickets(self.tickets.values().filter(|ticket| wanted(ticket)).map(with).collect())
    }

    /// The latest commit of a branch or pull request.
    pub(crate) fn head(&mut self, place: Place) -> BranchTip {
        self.asked.push("head");
        let here =
            if place == self.run.place { BranchTip::At(self.run.commit.clone()) } else { BranchTip::Unknown };
        self.heads.get(&place).cloned().unwrap_or(here)
    }

    /// Carries out a plan.
    pub(crate) fn apply(&mut self, plan: Plan) {
        let mut made: BTreeMap<Fingerprint, u64> = BTreeMap::new();
        for draft in plan.creates {
            let id = self.tickets.len() as u64 + 1;
            made.insert(draft.group, id);
            let texts = TicketTexts {
                summary: draft.summary.clone(),
                description: plain::render(&draft.body),
                comments: 0,
            };
            self.texts.insert(id, texts);
            self.slices.extend(draft.slices.into_iter().map(|slice| ((id, slice.id()), slice)));
            let ticket = Ticket {
                id: TicketId { site: SITE.to_owned(), id },
                key: TicketKey::parse(&format!("SEC-{id}")).unwrap(),
                url: String::new(),
                summary: draft.summary,
                status: status("To Do"),
                resolution: None,
                resolved: None,
                priority: draft.record.last_written.priority.clone(),
                assignee: draft.record.last_written.assignee.as_deref().map(person),
                due: draft.record.last_written.due,
                labels: draft.labels,
                creator: Some(person(&self.account)),
                created: None,
                record: Some(draft.record),
                own: BTreeMap::new(),
            };
            self.tickets.insert(id, ticket);
        }
        for work in plan.works.into_iter().chain(plan.merges) {
            let id = match work.on {
                Ref::Known(id) => id.id,
                Ref::New(group) => made[&group],
            };
            work.steps.into_iter().for_each(|step| self.step(id, step));
        }
    }

    fn step(&mut self, id: u64, step: Step) {
        if let Step::Note(edit) = step {
            return self.step(id, Step::Edit(edit));
        }
        if let Step::Try(go, edit) = step {
            self.step(id, Step::Go(go));
            return self.step(id, Step::Edit(edit));
        }
        let (ticket, texts) = (self.tickets.get_mut(&id).unwrap(), self.texts.get_mut(&id).unwrap());
        match step {
            Step::Edit(edit) => {
                ticket.labels.retain(|label| !edit.labels_removed.contains(label));
                ticket.labels.extend(edit.labels_added);
                texts.comments += usize::from(edit.comment.is_some());
                if let Some(body) = edit.body {
                    texts.description = plain::render(&body);
                }
                if let Some(summary) = edit.summary {
                    texts.summary = summary;
                }
                ticket.record = edit.record.or(ticket.record.take());
                self.slices.extend(edit.slices.into_iter().map(|slice| ((id, slice.id()), slice)));
            }
            Step::Go(go) => {
                ticket.status = match go.to {
                    MoveTarget::Status(name) => status(&name),
                    MoveTarget::Any(Category::Done) => status("Done"),
                    MoveTarget::Any(_) => status("To Do"),
                };
            }
            Step::Unmark(labels, _) => {
                ticket.labels.retain(|label| !labels.contains(label));
                ticket.record = None;
            }
            Step::Link(..) | Step::Attach(_) | Step::Remote(_) | Step::Unremote(_) => {}
            Step::Note(_) | Step::Try(..) => {}
        }
    }
}

/// A person whose name is their id.
pub(crate) fn person(id: &str) -> Person {
    Person { id: id.to_owned(), name: id.to_owned() }
}

/// A status with this name, done unless it is known to be something else.
pub(crate) fn status(name: &str) -> Status {
    let category = match name {
        "To Do" => Category::New,
        "In Progress" => Category::InProgress,
        _ => Category::Done,
    };
    Status { id: name.to_lowercase(), name: name.to_owned(), category }
}

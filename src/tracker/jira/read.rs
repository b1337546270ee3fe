//! Answers queries, page by page and batch by batch, each completely or not at all.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use futures_util::stream::{self, StreamExt};

use super::auth::anonymous;
use super::dialect::{IssueParts, Search};
use super::failure::{not_jira, unreadable};
use super::ticket::{FIELDS, number, person, ticket};
use super::{Jira, jql, slices, wire};
use crate::model::answer::{Answer, Ask, Failure, TicketTexts};
use crate::model::digest::SliceDigest;
use crate::model::fingerprint::Fingerprint;
use crate::model::slice::{PROPERTY, Slice, SliceId};
use crate::model::ticket::{LABEL, Person, Ticket};

/// How many issues with fields Jira returns per page.
const PAGE: u32 = 100;
/// How many issues Jira returns per page if only their ids are requested.
const PAGE_OF_IDS: u32 = 5_000;
/// How many keys are read at the same time if each takes a call.
const FEW_KEYS: usize = 16;
/// This many keys in a row that do not exist are taken for the end of a project.
const GAP: u64 = 8;
/// How many slices a search of Jira Cloud returns along with the record: it allows five properties.
const ALONG: usize = 4;
/// How many further calls the digests of a run's other slices may take.
const FEW_CALLS: usize = 3;
/// How many tickets' property keys are requested at the same time: each ticket takes a call.
const KEYS_AT_ONCE: usize = 4;
/// With fewer names than this, a query that is refused was not refused for its length.
const FEW_NAMES: usize = 50;
/// Where reference words are searched for. A site that cannot search one of these fields is asked with the next ones.
const FIELDS_WITH_WORDS: [&[&str]; 3] = [&["description", "comment"], &["description"], &["text"]];

impl Jira {
    pub(super) async fn answered(&self, ask: &Ask) -> Result<Answer, Failure> {
        Ok(match ask {
            Ask::Account => Answer::Account(self.account().await?),
            Ask::Open { labels, recent, own, done } => {
                // elsewhere each ticket that is found takes a call
                if *done && self.dialect.searches_properties() {
                    Answer::OpenAndDone(self.search_own(jql::open_and_done(labels), recent, own).await?)
                } else {
                    Answer::Tickets(self.open(labels, recent, own).await?)
                }
            }
            Ask::Done { labels, own } => Answer::Tickets(self.search(jql::done(labels), &[], own).await?),
            Ask::Marked { labels } => Answer::Tickets(self.search(jql::marked(labels), &[], &[]).await?),
            Ask::Made { labels } => Answer::Made(self.made(labels).await?),
            Ask::Labelled(names) => Answer::Tickets(self.labelled(names).await?),
            Ask::Mentioned(names) => Answer::Tickets(self.mentioned(names).await?),
            Ask::Ids(ids) => Answer::Tickets(self.tickets(&texts(ids), &[]).await?),
            Ask::Slices(wanted) => Answer::Slices(self.slices(wanted).await?),
            Ask::AllSlices(ids) => Answer::AllSlices(self.all_slices(ids).await?),
            Ask::Texts(ids) => Answer::Texts(self.texts(ids).await?),
            Ask::Project(key) => Answer::Project(self.project(key).await?),
            Ask::Screen(project, issue_type) => Answer::Screen(self.screen(project, issue_type).await?),
            Ask::Person(who) => match self.whose(who).await {
                Err(Failure::Scope(why)) => Answer::Unseen(why),
                found => Answer::Person(found?),
            },
            Ask::Find(keys) => {
                let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
                Answer::Tickets(self.tickets(&keys, &[]).await?)
            }
            Ask::Statuses(project) => Answer::Statuses(self.statuses(project).await?),
            Ask::Offers => Answer::Offers(self.offers().await?),
            Ask::Takes(ticket) => Answer::Takes(self.takes(*ticket).await?),
        })
    }

    async fn account(&self) -> Result<Person, Failure> {
        let asked = self.client.ask::<wire::User>(&self.dialect.account()).await;
        let user = asked.map_err(|failure| match failure {
            // no ticket was asked for: what does not exist is the API itself
            Failure::Gone => not_jira("the response (status 404)"),
            other => other,
        })?;
        person(user).ok_or_else(|| anonymous(self.client.method()))
    }

    /// Searches page after page. Jira has been seen to repeat tokens and issues, so repeated issues are dropped, and a
    /// repeated token ends the search.
    async fn search(&self, jql: String, recent: &[u64], own: &[SliceId]) -> Result<Vec<Ticket>, Failure> {
        if self.dialect.searches_properties() {
            let own = &own[..own.len().min(ALONG)];
            let search = Search { jql, part: whole(own), recent: recent.to_vec(), size: PAGE };
            return self.pages(search).await?.into_iter().map(|issue| self.ticket(issue, own)).collect();
        }
        let part = IssueParts { fields: &["status"], properties: Vec::new() };
        let search = Search { jql, part, recent: Vec::new(), size: PAGE };
        let found: Vec<String> = self.pages(search).await?.into_iter().map(|issue| issue.id).collect();
        self.tickets(&found, own).await
    }

    /// The tickets with any of the repository's labels that are not done. If a search cannot reconcile recent ids,
    /// these tickets are read, and judged by the same rule.
    async fn open(&self, labels: &[String], recent: &[u64], own: &[SliceId]) -> Result<Vec<Ticket>, Failure> {
        if self.dialect.searches_properties() {
            return self.search_own(jql::open(labels), recent, own).await;
        }
        let mut found = self.search(jql::open(labels), recent, own).await?;
        let known: HashSet<u64> = found.iter().map(|ticket| ticket.id.id).collect();
        let missing: Vec<u64> = recent.iter().copied().filter(|id| !known.contains(id)).collect();
        let ours = |ticket: &Ticket| ticket.is_open() && ticket.has_any(labels) && ticket.has_label(LABEL);
        found.extend(self.tickets(&texts(&missing), own).await?.into_iter().filter(ours));
        Ok(found)
    }

    /// A search with the digests of all of a run's own slices.
    async fn search_own(&self, jql: String, recent: &[u64], own: &[SliceId]) -> Result<Vec<Ticket>, Failure> {
        let mut found = self.search(jql, recent, own).await?;
        self.add_own(&mut found, own.get(ALONG..).unwrap_or_default()).await?;
        Ok(found)
    }

    /// Adds to the open tickets the digests of slices for which a search has no room, if a few calls are enough for
    /// them.
    async fn add_own(&self, tickets: &mut [Ticket], own: &[SliceId]) -> Result<(), Failure> {
        let open = || tickets.iter().filter(|ticket| ticket.is_open());
        let wanted: Vec<(u64, Vec<SliceId>)> = open().map(|ticket| (ticket.id.id, own.to_vec())).collect();
        let calls = slices::batches(&wanted, self.dialect.at_once()).len();
        if own.is_empty() || calls > FEW_CALLS {
            return Ok(());
        }
        let read = self.slices(&wanted).await?;
        let mut read: HashMap<(u64, SliceId), SliceDigest> =
            read.into_iter().map(|(ticket, id, slice)| ((ticket, id), slice.digest())).collect();
        for ticket in tickets.iter_mut().filter(|ticket| ticket.is_open()) {
            let id = ticket.id.id;
            ticket.own.extend(own.iter().map(|slice| (slice.clone(), read.remove(&(id, slice.clone())))));
        }
        Ok(())
    }

    /// The ids that a plain search finds now.
    async fn made(&self, labels: &[String]) -> Result<Vec<u64>, Failure> {
        let part = IssueParts { fields: &["id"], properties: Vec::new() };
        let search = Search { jql: jql::open(labels), part, recent: Vec::new(), size: PAGE_OF_IDS };
        let issues = self.pages(search).await?;
        issues.iter().map(|issue| number(&issue.id).map_err(|why| unreadable(&why))).collect()
    }

    async fn pages(&self, search: Search) -> Result<Vec<wire::WireIssue>, Failure> {
        let mut found = Vec::new();
        let (mut seen, mut tokens) = (HashSet::new(), HashSet::new());
        let mut next: Option<String> = None;
        loop {
            let page: wire::Issues = self.client.ask(&self.dialect.search(&search, next.as_deref())).await?;
            next = self.dialect.next(&page);
            for issue in page.issues {
                if seen.insert(issue.id.clone()) {
                    found.push(issue);
                }
            }
            let Some(token) = next.clone() else { return Ok(found) };
            if !tokens.insert(token) {
                let why = "the search keeps returning the same page, so its result may be incomplete";
                return Err(Failure::Unreachable(why.to_owned()));
            }
        }
    }

    /// Looks names up in a few long queries; one that Jira refuses is sent again in two halves.
    async fn labelled(&self, names: &[Fingerprint]) -> Result<Vec<Ticket>, Failure> {
        let mut left: VecDeque<&[Fingerprint]> = names.chunks(jql::NAMES).collect();
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        while let Some(names) = left.pop_front() {
            match self.search(jql::labelled(names), &[], &[]).await {
                Ok(tickets) => {
                    found.extend(tickets.into_iter().filter(|ticket| seen.insert(ticket.id.id)));
                }
                Err(Failure::Refused { .. }) if names.len() > FEW_NAMES => {
                    let (one, other) = names.split_at(names.len() / 2);
                    left.extend([one, other]);
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(found)
    }

    /// Looks for words in descriptions and comments; a query that Jira refuses is sent again for other fields, and in two
    /// halves. If it accepts none, nothing can be found in this way, which is only a second way of looking.
    async fn mentioned(&self, names: &[Fingerprint]) -> Result<Vec<Ticket>, Failure> {
        let mut left: VecDeque<&[Fingerprint]> = names.chunks(jql::WORDS).collect();
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let mut fields = FIELDS_WITH_WORDS.iter().peekable();
        while let Some(names) = left.pop_front() {
            let Some(searched) = fields.peek() else { break };
            match self.search(jql::mentioned(searched, names), &[], &[]).await {
                Ok(tickets) => found.extend(tickets.into_iter().filter(|ticket| seen.insert(ticket.id.id))),
                // most likely it is too long
                Err(Failure::Refused { .. }) if names.len() > FEW_NAMES && searched.len() == 1 => {
                    let (one, other) = names.split_at(names.len() / 2);
                    left.extend([one, other]);
                }
                Err(Failure::Refused { .. }) => {
                    fields.next();
                    left.push_front(names);
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(found)
    }

    async fn tickets(&self, which: &[String], own: &[SliceId]) -> Result<Vec<Ticket>, Failure> {
        self.fetch(which, &whole(own)).await?.into_iter().map(|issue| self.ticket(issue, own)).collect()
    }

    /// The slices on a ticket, according to the keys of its properties.
    pub(super) async fn slice_ids(&self, id: u64) -> Result<Vec<SliceId>, Failure> {
        let there: wire::PropertyKeys = self.client.ask(&self.dialect.property_keys(id)).await?;
        Ok(there.keys.iter().filter_map(|key| SliceId::of_property(&key.key)).collect())
    }

    /// All slices on these tickets, according to the keys of each ticket's properties. A ticket that has been deleted
    /// in the meantime has none.
    async fn all_slices(&self, ids: &[u64]) -> Result<Vec<(u64, SliceId, Option<Slice>)>, Failure> {
        let keys = ids.iter().copied().map(|id| async move {
            match self.slice_ids(id).await {
                Err(Failure::Gone) => Ok((id, Vec::new())),
                ids => ids.map(|ids| (id, ids)),
            }
        });
        let answers: Vec<_> = stream::iter(keys).buffered(KEYS_AT_ONCE).collect().await;
        let mut wanted: Vec<(u64, Vec<SliceId>)> = Vec::new();
        for answer in answers {
            wanted.push(answer?);
        }
        let read = self.slices(&wanted).await?;
        let mut read: HashMap<(u64, SliceId), Slice> =
            read.into_iter().map(|(ticket, id, slice)| ((ticket, id), slice)).collect();
        let there = wanted.into_iter().flat_map(|(ticket, ids)| ids.into_iter().map(move |id| (ticket, id)));
        Ok(there.map(|(ticket, id)| (ticket, id.clone(), read.remove(&(ticket, id)))).collect())
    }

    async fn slices(&self, wanted: &[(u64, Vec<SliceId>)]) -> Result<Vec<(u64, SliceId, Slice)>, Failure> {
        let asked: BTreeSet<(u64, &SliceId)> =
            wanted.iter().flat_map(|(id, slices)| slices.iter().map(|slice| (*id, slice))).collect();
        let batches = slices::batches(wanted, self.dialect.at_once()).into_iter().map(|batch| async move {
            let part = IssueParts { fields: &["summary"], properties: batch.properties() };
            let which: Vec<u64> = batch.tickets.into_iter().collect();
            self.fetch(&texts(&which), &part).await
        });
        let answers: Vec<_> = stream::iter(batches).buffered(self.dialect.side_by_side()).collect().await;
        let mut found = Vec::new();
        for issues in answers {
            for issue in issues? {
                let id = number(&issue.id).map_err(|why| unreadable(&why))?;
                let read = issue.properties.unwrap_or_default().into_iter().filter_map(|(key, value)| {
                    let name = SliceId::of_property(&key).filter(|name| asked.contains(&(id, name)))?;
                    Some((id, name, serde_json::from_value(value).ok()?))
                });
                found.extend(read);
            }
        }
        Ok(found)
    }

    async fn texts(&self, ids: &[u64]) -> Result<Vec<(u64, TicketTexts)>, Failure> {
        let part = IssueParts { fields: &["summary", "description", "comment"], properties: Vec::new() };
        let issues = self.fetch(&texts(ids), &part).await?;
        let read = issues.into_iter().map(|issue| {
            let description = issue.fields.description.map(|stored| self.dialect.plain(&stored));
            let texts = TicketTexts {
                summary: issue.fields.summary.unwrap_or_default(),
                description: description.unwrap_or_default(),
                comments: issue.fields.comment.map_or(0, |comments| comments.total),
            };
            Ok((number(&issue.id).map_err(|why| unreadable(&why))?, texts))
        });
        read.collect()
    }

    pub(super) async fn newer_than(&self, project: &str, known: Option<u64>) -> Result<Vec<Ticket>, Failure> {
        let mut last = match known {
            Some(number) => number,
            None => self.newest(project).await?,
        };
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let keys: Vec<String> = (1..=self.dialect.at_once().max(FEW_KEYS) as u64)
                .map(|step| format!("{project}-{}", last + step))
                .collect();
            let tickets = self.tickets(&keys, &[]).await?;
            if tickets.is_empty() {
                return Ok(found);
            }
            last += keys.len() as u64;
            let highest = tickets.iter().map(|ticket| ticket.key.number()).max().unwrap_or(0);
            found.extend(tickets.into_iter().filter(|ticket| seen.insert(ticket.id.id)));
            if highest + GAP < last {
                return Ok(found);
            }
        }
    }

    /// The number of the newest key in the index; 0: the project is empty.
    async fn newest(&self, project: &str) -> Result<u64, Failure> {
        let part = IssueParts { fields: &["status"], properties: Vec::new() };
        let search = Search { jql: jql::newest(project), part, recent: Vec::new(), size: 1 };
        let page: wire::Issues = self.client.ask(&self.dialect.search(&search, None)).await?;
        let keys = page.issues.iter().filter_map(|issue| crate::model::ticket::TicketKey::parse(&issue.key));
        Ok(keys.map(|key| key.number()).max().unwrap_or(0))
    }

    /// Issues by id or key; those that do not exist are left out. Those that Jira says it could not return this time
    /// are requested again in smaller batches: they must not look deleted.
    async fn fetch(&self, which: &[String], part: &IssueParts) -> Result<Vec<wire::WireIssue>, Failure> {
        let mut left: Vec<Vec<String>> =
            which.chunks(self.dialect.at_once()).map(<[String]>::to_vec).collect();
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        while !left.is_empty() {
            let batches = std::mem::take(&mut left).into_iter().map(|batch| async move {
                let got = self.fetch_once(&batch, part).await;
                got.map(|got| (batch.len(), got))
            });
            let mut answers = stream::iter(batches).buffered(self.dialect.side_by_side());
            while let Some(answer) = answers.next().await {
                let (asked, (issues, failed)) = answer?;
                found.extend(issues.into_iter().filter(|issue| seen.insert(issue.id.clone())));
                if let [error, ..] = failed.as_slice() {
                    if asked == 1 {
                        return Err(Failure::Unreachable(format!(
                            "issue {} cannot be read: {}",
                            error.id, error.error_message
                        )));
                    }
                    let ids: Vec<String> = failed.into_iter().map(|error| error.id).collect();
                    left.extend(ids.chunks(asked.div_ceil(2)).map(<[String]>::to_vec));
                }
            }
        }
        Ok(found)
    }

    /// The issues from one call, and those that it could not return.
    async fn fetch_once(
        &self,
        which: &[String],
        part: &IssueParts,
    ) -> Result<(Vec<wire::WireIssue>, Vec<wire::IssueError>), Failure> {
        match self.client.ask(&self.dialect.fetch(which, part)).await {
            Ok(wire::Fetched::Several(got)) => Ok((got.issues, got.issue_errors.unwrap_or_default())),
            Ok(wire::Fetched::One(issue)) => Ok((vec![*issue], Vec::new())),
            Err(Failure::Gone) if self.dialect.at_once() == 1 => Ok((Vec::new(), Vec::new())),
            Err(failure) => Err(failure),
        }
    }

    fn ticket(&self, issue: wire::WireIssue, own: &[SliceId]) -> Result<Ticket, Failure> {
        ticket(issue, &self.client.base, own).map_err(|why| unreadable(&why))
    }
}

/// Everything that a ticket is read from, and these slices.
fn whole(own: &[SliceId]) -> IssueParts {
    let properties = std::iter::once(PROPERTY.to_owned()).chain(own.iter().map(SliceId::property));
    IssueParts { fields: FIELDS, properties: properties.collect() }
}

fn texts(ids: &[u64]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

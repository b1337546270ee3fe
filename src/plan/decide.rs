//! The decision, group by group (the table of DESIGN section 5).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::holdings::{self, Holding, Holdings};
use super::needs::Needs;
use super::slices;
use super::snapshot::Snapshot;
use super::{Fate, Input, Plan, Verdict, adopt, draft, edit, recur, twins};
use crate::config::{Create, Jira, LOCAL_PROJECT};
use crate::model::answer::Ask;
use crate::model::finding::Aside;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{LABEL, Ticket};
use crate::model::write::{Draft, Ref};
use crate::policy::condition::Facts;
use crate::policy::route::{self, Target};

/// What comes next: a question to the tracker, or the plan.
#[derive(Debug)]
pub enum Next {
    /// This must be known first.
    Ask(Ask),
    /// Nothing is missing.
    Plan(Box<Plan>),
}

/// Decides, or asks what it takes to decide. The same survey and answers always give the same plan.
pub fn next(input: &Input<'_>, snapshot: &Snapshot) -> Next {
    if snapshot.account.is_none() {
        return Next::Ask(Ask::Account);
    }
    if !snapshot.open_asked {
        let label = input.run.repository.label();
        return Next::Ask(Ask::Open { label, recent: input.recent.to_vec() });
    }
    let mut decision = Decision::new(input, snapshot);
    decision.all();
    match decision.needs.first() {
        Some(ask) => Next::Ask(ask),
        None => Next::Plan(Box::new(decision.plan)),
    }
}

/// A decision in the making.
pub(super) struct Decision<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) snapshot: &'a Snapshot,
    /// What the configuration says of tickets, wherever they go.
    pub(super) jira: Jira,
    pub(super) needs: Needs,
    pub(super) plan: Plan,
    by_name: HashMap<Fingerprint, Vec<u64>>,
    drafts: Vec<(usize, Draft)>,
}

impl<'a> Decision<'a> {
    fn new(input: &'a Input<'a>, snapshot: &'a Snapshot) -> Decision<'a> {
        let mut by_name: HashMap<Fingerprint, Vec<u64>> = HashMap::new();
        for ticket in snapshot.tickets() {
            for name in ticket.names() {
                by_name.entry(name).or_default().push(ticket.id.id);
            }
        }
        Decision {
            input,
            snapshot,
            jira: input.config.jira.clone().unwrap_or_else(|| Jira::new(LOCAL_PROJECT)),
            needs: Needs::default(),
            plan: Plan::default(),
            by_name,
            drafts: Vec::new(),
        }
    }

    fn all(&mut self) {
        let groups = &self.input.survey.groups;
        let thorough = groups.iter().any(|group| group.kept().next().is_some() && !self.is_unchanged(group));
        let holdings = Holdings::of(self.input, self.snapshot, thorough, &mut self.needs);
        let adopted = adopt::adopt(self);
        for group in groups {
            self.group(group, &holdings, adopted.get(&group.name()).copied());
        }
        self.limit();
    }

    /// Whether a group has its open ticket and nothing to tell it.
    fn is_unchanged(&self, group: &Group) -> bool {
        let there: Vec<Sighting> = group.kept().copied().collect();
        let looks = slices::looks(self.input, group, &there);
        self.candidates(group).any(|ticket| {
            let record = record_of(ticket, self.input.site);
            ticket.is_open()
                && record.is_some_and(|record| slices::known(&looks, record, &self.input.run.place))
        })
    }

    /// The tickets with one of a group's labels, oldest first.
    pub(super) fn candidates(&self, group: &Group) -> impl Iterator<Item = &'a Ticket> + use<'a> {
        let ids: BTreeSet<u64> =
            group.names.iter().filter_map(|name| self.by_name.get(name)).flatten().copied().collect();
        let snapshot = self.snapshot;
        ids.into_iter().filter_map(|id| snapshot.ticket(id))
    }

    /// Where a new ticket of a group goes, by its worst finding.
    pub(super) fn target(&self, group: &Group) -> Target {
        let routes = &self.input.config.routes;
        let route = Facts::of_worst(group).and_then(|facts| route::way(routes, &facts).main);
        Target::new(self.input.config, route)
    }

    pub(super) fn is_ours(&self, ticket: &Ticket) -> bool {
        is_ours(ticket, self.snapshot, self.input.site)
    }

    fn group(&mut self, group: &Group, holdings: &Holdings, adopted: Option<u64>) {
        let mut rest = Vec::new();
        let mut held: Vec<(Holding, Vec<Sighting>)> = Vec::new();
        let own: BTreeSet<u64> = self.candidates(group).map(|ticket| ticket.id.id).collect();
        for sighting in group.kept() {
            match holdings.holding(group, sighting) {
                Some(Holding::Tracked(id)) if own.contains(&id.id) => rest.push(*sighting),
                Some(holding) => match held.iter_mut().find(|(known, _)| *known == holding) {
                    Some((_, sightings)) => sightings.push(*sighting),
                    None => held.push((holding, vec![*sighting])),
                },
                None => rest.push(*sighting),
            }
        }
        for (holding, sightings) in held {
            let verdict = match holding {
                Holding::Tracked(id) => Verdict::Tracked(id),
                Holding::Accepted(id) => Verdict::Aside(Aside::Accepted, Some(id)),
            };
            self.fate(group, &sightings, verdict);
        }
        if rest.is_empty() {
            return;
        }
        let open: Vec<&Ticket> = self
            .candidates(group)
            .chain(adopted.and_then(|id| self.snapshot.ticket(id)))
            .filter(|ticket| ticket.is_open())
            .collect();
        let main = open.iter().find(|ticket| self.is_ours(ticket)).or(open.first()).copied();
        let verdict = match main {
            Some(main) => twins::merge(self, group, main, &open)
                .and_then(|inheritance| edit::track(self, group, &rest, main, inheritance)),
            None => self.unfiled(group, &rest),
        };
        if let Some(verdict) = verdict {
            self.fate(group, &rest, verdict);
        }
    }

    /// A group without an open ticket.
    fn unfiled(&mut self, group: &Group, rest: &[Sighting]) -> Option<Verdict> {
        if let Some(why) = not_allowed(self.input) {
            return Some(Verdict::NotAllowed(why));
        }
        if !self.needs.labelled(self.snapshot, group) {
            return None;
        }
        let done = self.candidates(group).filter(|ticket| !ticket.is_open() && self.is_ours(ticket)).last();
        match done {
            // What its person accepted is set aside by now; the rest was never there.
            Some(done) if !holdings::is_accepted(self.input, done) => recur::recur(self, group, rest, done),
            _ => self.create(group, rest, None),
        }
    }

    /// Files a group, or the part of it that the user names.
    pub(super) fn create(
        &mut self,
        group: &Group,
        rest: &[Sighting],
        old: Option<&Ticket>,
    ) -> Option<Verdict> {
        let chosen = selected(self.input, group, rest);
        if chosen.is_empty() {
            return Some(Verdict::Aside(Aside::NotSelected, None));
        }
        match draft::draft(self, group, &chosen, old) {
            Err(problem) => {
                if !self.plan.problems.contains(&problem) {
                    self.plan.problems.push(problem.clone());
                }
                Some(Verdict::Impossible(problem))
            }
            Ok(None) => None,
            Ok(Some(draft)) => {
                self.plan.fresh.extend(chosen.iter().map(Sighting::id));
                self.drafts.push((self.plan.fates.len(), draft));
                Some(old.map_or(Verdict::Create, |old| Verdict::Refile(old.id.clone())))
            }
        }
    }

    fn fate(&mut self, group: &Group, sightings: &[Sighting], verdict: Verdict) {
        let mut seen = BTreeSet::new();
        let findings = sightings.iter().map(Sighting::id).filter(|id| seen.insert(*id)).collect();
        self.plan.fates.push(Fate { group: group.name(), findings, verdict });
    }

    /// Keeps the severest of the new tickets, up to `max-new`; the others wait.
    fn limit(&mut self) {
        let mut drafts = std::mem::take(&mut self.drafts);
        drafts.sort_by_key(|(_, draft)| (std::cmp::Reverse(draft.record.severity), draft.group));
        let held: BTreeMap<_, _> = drafts
            .split_off(drafts.len().min(self.input.config.max_new))
            .into_iter()
            .map(|(fate, draft)| (draft.group, fate))
            .collect();
        for fate in held.values() {
            self.plan.fates[*fate].verdict = Verdict::Held;
        }
        self.plan.works.retain(|work| !matches!(&work.on, Ref::New(group) if held.contains_key(group)));
        self.plan.creates = drafts.into_iter().map(|(_, draft)| draft).collect();
    }
}

/// Whether casefile's account made a ticket, or `link` or an edit of ours recorded that it is ours.
/// A person's clone copies labels and perhaps the record, but not its creator or its id.
pub(super) fn is_ours(ticket: &Ticket, snapshot: &Snapshot, site: &str) -> bool {
    let account = snapshot.account.as_ref().map(|account| &account.id);
    let creator = ticket.creator.as_ref().map(|creator| &creator.id);
    let known = record_of(ticket, site).and_then(|record| record.ticket);
    ticket.has_label(LABEL) && known.map_or(creator.is_some() && creator == account, |id| id == ticket.id.id)
}

/// A ticket's record, unless it was copied from another site.
pub(super) fn record_of<'t>(ticket: &'t Ticket, site: &str) -> Option<&'t Record> {
    ticket.record.as_ref().filter(|record| record.site == site)
}

/// Why this run files nothing, if it does not.
pub(super) fn not_allowed(input: &Input<'_>) -> Option<String> {
    let run = input.run;
    run.untrusted.clone().or_else(|| {
        let branch = &run.branch;
        run.pattern.is_none().then(|| format!("branch `{branch}` is not among the configured branches"))
    })
}

/// The findings that the user wants filed.
fn selected(input: &Input<'_>, group: &Group, rest: &[Sighting]) -> Vec<Sighting> {
    let all = input.only.is_empty() && input.config.create == Create::Auto;
    if all || group.names.iter().any(|name| input.only.contains(name)) {
        return rest.to_vec();
    }
    rest.iter().filter(|one| input.only.iter().any(|only| one.is(*only))).copied().collect()
}

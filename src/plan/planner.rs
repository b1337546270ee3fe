//! A decision in progress: what it is about, what is missing, and what has been decided so far.

use std::collections::{BTreeSet, HashMap};

use crate::config::{JiraConfig, LOCAL_PROJECT};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::Record;
use crate::model::scan::Problem;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{LABEL, Ticket};
use crate::plan::observed::observation;
use crate::plan::observed::proof::Proof;
use crate::plan::tickets::assignments::Assignments;
use crate::plan::tickets::ownership::{is_due_labels, is_guest, is_ours, is_recorded, record_of, stripped};
use crate::plan::types::field_note::RejectedValue;
use crate::plan::types::input::Input;
use crate::plan::types::needs::Needs;
use crate::plan::types::next::Next;
use crate::plan::types::outcome::{GroupAction, GroupOutcome};
use crate::plan::types::plan::Plan;
use crate::plan::types::proposal::Proposal;
use crate::plan::types::snapshot::Snapshot;
use crate::policy::condition::Facts;
use crate::policy::route::{TicketTarget, way};

/// A decision in progress.
pub(crate) struct Planner<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) snapshot: &'a Snapshot,
    /// The part of the configuration that applies to tickets wherever they are filed.
    pub(crate) jira: JiraConfig,
    pub(crate) needs: Needs,
    pub(crate) plan: Plan,
    by_name: HashMap<Fingerprint, Vec<u64>>,
    /// Groups that need a ticket.
    pub(crate) proposals: Vec<Proposal<'a>>,
    /// Values of findings that fields do not accept.
    pub(crate) notes: Vec<RejectedValue>,
    pub(crate) proof: Proof<'a>,
    /// Open tickets that a group of this run has findings for.
    pub(crate) tracked: BTreeSet<u64>,
    /// Findings that a ticket holds although it is not their group's.
    pub(crate) assignments: Assignments,
    /// Whether the mass-resolve guard holds the run back.
    pub(crate) held_back: bool,
    /// Whether records are trusted to list all of a ticket's slices; otherwise every ticket that would be resolved is
    /// read completely first.
    pub(crate) believes_records: bool,
    /// Whether a ticket was decided on the basis of a trusted record, without reading all of its slices.
    pub(crate) used_unread_record: bool,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(input: &'a Input<'a>, snapshot: &'a Snapshot) -> Planner<'a> {
        let mut by_name: HashMap<Fingerprint, Vec<u64>> = HashMap::new();
        for ticket in snapshot.tickets() {
            let recorded = is_recorded(input, snapshot, ticket);
            let names = if recorded { ticket.all_names() } else { ticket.names().collect() };
            for name in names {
                by_name.entry(name).or_default().push(ticket.id.id);
            }
        }
        Planner {
            input,
            snapshot,
            jira: input.config.jira.clone().unwrap_or_else(|| JiraConfig::new(LOCAL_PROJECT)),
            needs: Needs::default(),
            plan: Plan::default(),
            by_name,
            proposals: Vec::new(),
            notes: Vec::new(),
            proof: Proof::of(input, snapshot),
            tracked: BTreeSet::new(),
            assignments: Assignments::default(),
            held_back: false,
            believes_records: false,
            used_unread_record: false,
        }
    }

    /// A planner that trusts records to list all of a ticket's slices.
    pub(crate) fn believing(input: &'a Input<'a>, snapshot: &'a Snapshot) -> Planner<'a> {
        Planner { believes_records: true, ..Planner::new(input, snapshot) }
    }

    /// A planner in which nothing is proven, because the mass-resolve guard holds the run back.
    pub(crate) fn held_back(input: &'a Input<'a>, snapshot: &'a Snapshot) -> Planner<'a> {
        Planner { proof: Proof::none(input), held_back: true, ..Planner::new(input, snapshot) }
    }

    /// Whether a group has an open ticket and nothing to add to it.
    pub(crate) fn is_unchanged(&self, group: &Group) -> bool {
        let there: Vec<Sighting> = group.kept().copied().collect();
        let observations = observation::observe(self.input, group, &there);
        self.candidates(group).any(|ticket| {
            let record = record_of(ticket, self.input.site);
            ticket.is_open()
                && record
                    .is_some_and(|record| observation::known(&observations, self.snapshot, ticket, record))
        })
    }

    /// The tickets with one of a group's labels, oldest first.
    pub(crate) fn candidates(&self, group: &Group) -> impl Iterator<Item = &'a Ticket> + use<'a> {
        let of = |loose: bool| -> BTreeSet<u64> {
            let names = group.names.iter().filter(|name| group.loose.contains(name) == loose);
            names.filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
        };
        let own = of(false);
        let ids = if own.is_empty() && !group.loose.is_empty() { of(true) } else { own };
        let snapshot = self.snapshot;
        ids.into_iter().filter_map(|id| snapshot.ticket(id))
    }

    /// Where a new ticket for a group is filed, by its worst finding.
    pub(crate) fn target(&self, group: &Group) -> TicketTarget {
        let Input { config, survey, run, .. } = self.input;
        let route = match &group.route {
            Some(name) => config.routes.iter().find(|route| route.name == *name),
            None => Facts::of_worst(group).and_then(|facts| way(&config.routes, &facts.on(&run.branch)).main),
        };
        TicketTarget::new(config, route).owned(config, survey.owners(group))
    }

    /// Whether a ticket is casefile's and this repository may write to it, including tickets whose labels are being
    /// restored.
    pub(crate) fn is_ours(&self, ticket: &Ticket) -> bool {
        let back = || {
            let lost = stripped(ticket, &self.input.run.repository, self.input.site);
            lost.is_some_and(|record| is_due_labels(self.input, record)) && self.is_recorded(ticket)
        };
        (is_ours(ticket, self.snapshot, self.input.site) || back()) && !is_guest(self.input, ticket)
    }

    /// Whether a ticket stands for findings because casefile made it, whether or not it carries labels.
    pub(crate) fn is_recorded(&self, ticket: &Ticket) -> bool {
        is_recorded(self.input, self.snapshot, ticket) && !is_guest(self.input, ticket)
    }

    /// Notes, once, that the account cannot see who created tickets, if that is why this one must not be written to.
    pub(crate) fn note_hidden_creators(&mut self, ticket: &Ticket) {
        let known = record_of(ticket, self.input.site).and_then(|record| record.ticket);
        let hidden = known.is_none() && self.snapshot.tickets().all(|ticket| ticket.creator.is_none());
        if !hidden || !ticket.has_label(LABEL) || !self.input.run.writes() {
            return;
        }
        let message = "the account cannot see who created tickets (`creator`), so casefile cannot tell \
                       which tickets are its own: it tracks the tickets, but writes nothing to them";
        let hint = "Give the account access to that field, or link the tickets with `casefile link`.";
        self.problem(Problem::new(self.input.site, message).hint(hint));
    }

    /// Notes something that the user should know, once.
    pub(crate) fn problem(&mut self, problem: Problem) {
        if !self.plan.problems.contains(&problem) {
            self.plan.problems.push(problem);
        }
    }

    /// Notes what becomes of some of a group's findings.
    pub(crate) fn note_outcome(&mut self, group: &Group, sightings: &[Sighting], action: GroupAction) {
        let mut seen = BTreeSet::new();
        let findings = sightings.iter().map(Sighting::id).filter(|id| seen.insert(*id)).collect();
        self.plan.outcomes.push(GroupOutcome { group: group.name(), findings, action });
    }

    /// The plan, if nothing is missing for it; otherwise the next question.
    pub(crate) fn finish(self) -> Next {
        let Planner { needs, plan, snapshot, .. } = self;
        needs.first().unwrap_or_else(|| Next::Plan(Box::new(plan.naming(snapshot.tickets()))))
    }

    /// Whether so many findings seem gone at once that the run was held back, or would be if its commit were the
    /// newest.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.held_back || self.plan.unproven.len() > FEW
    }

    /// Marks the tickets that such a run files, or adds a scope to, with the newest ticket that existed before.
    pub(crate) fn mark_beside(&self, record: &mut Record) {
        if self.is_doubtful() && record.life.beside.is_none() {
            record.life.beside = self.snapshot.tickets().map(|ticket| ticket.id.id).max();
        }
    }
}

/// How many tickets a run may resolve, however few its scopes have.
pub(crate) const FEW: usize = 10;

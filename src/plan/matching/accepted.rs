//! Accepted findings that have a different identity now: the file or lock file moved, the rule was renamed, another
//! report sees a different version, or a pull request edits the line. They are the same findings, so they stay
//! accepted.

use std::collections::{BTreeSet, HashMap};

use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Mode, Record, State};
use crate::model::repository::Place;
use crate::model::slice::{Entry, Slice};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::Ticket;
use crate::plan::observed::observation;
use crate::plan::observed::observation::Observation;
use crate::plan::observed::rematch::{Candidate, is_same_hole, rematch_within};
use crate::plan::planner::Planner;
use crate::plan::tickets::ownership::{is_accepted, record_of};

/// Notes which findings are accepted ones, although no ticket holds their present identity.
pub(crate) fn match_accepted<'a>(decision: &mut Planner<'a>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let accepted = |ticket: &&Ticket| !ticket.is_open() && is_accepted(input, ticket);
    let mut groups = None;
    for ticket in snapshot.tickets().filter(accepted) {
        if let Some(record) = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket)) {
            let groups = groups.get_or_insert_with(|| Groups::of(decision)).of_ticket(ticket, record);
            match_accepted_on(decision, ticket, record, &groups);
        }
    }
}

fn match_accepted_on<'a>(
    decision: &mut Planner<'a>,
    ticket: &'a Ticket,
    record: &'a Record,
    groups: &[&'a Group],
) {
    let input = decision.input;
    let content = record.content();
    let advisory = content.is_advisories();
    let mut old = entries_accepted_on(decision, ticket, advisory);
    if old.is_empty() {
        return;
    }
    let skipped = groups.iter().flat_map(|group| &group.sightings).filter(|one| one.skipped.is_some());
    let skipped: BTreeSet<Fingerprint> = skipped.flat_map(|one| one.anchors).flatten().collect();
    old.retain(|entry| !skipped.contains(&entry.fingerprint));
    let here: BTreeSet<Fingerprint> =
        groups.iter().flat_map(|group| group.kept()).flat_map(|one| one.anchors).flatten().collect();
    let is_known = |entry: &Entry| here.contains(&entry.fingerprint);
    // another report without a version may mean the version that this one has
    if !advisory && old.iter().all(is_known) {
        return;
    }
    let mut candidates = Vec::new();
    for group in groups.iter().copied() {
        let Some(some) = unknown_to_open(decision, group) else { return };
        candidates.extend(some);
    }
    let mut seen = BTreeSet::new();
    candidates.retain(|one: &Candidate| seen.insert(one.entry.fingerprint));
    // nobody notes on an accepted ticket that a finding is gone, so another one in the same file may be new; for a pull
    // request, the scan of its base decides after the merge
    let on_pull_request = input.run.pull_request.is_some();
    let is_same = |one: &Candidate, old: &Entry| {
        advisory || on_pull_request || (old.text != 0 && old.text == one.entry.text)
    };
    for (one, matched) in candidates.iter().zip(rematch_within(input.survey, &old, &candidates, content)) {
        if matched.is_some_and(|at| is_same(one, &old[at])) {
            decision.assignments.accept(record.route.as_ref(), one.entry.fingerprint, ticket);
        }
    }
}

/// Notes which findings without a version or a manifest are the same as findings that were skipped with theirs. Only a
/// report that knows the version and the manifest can say that a finding is harmless, so its verdict also counts where
/// another report omits them.
pub(crate) fn match_closed<'a>(decision: &mut Planner<'a>) {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let mut groups = None;
    for ticket in snapshot.tickets() {
        let record = record_of(ticket, input.site).filter(|_| decision.is_ours(ticket));
        let closed = |record: &&Record| {
            record.last_reported == Some(State::Closed) && record.content().is_advisories()
        };
        if let Some(record) = record.filter(closed) {
            let groups = groups.get_or_insert_with(|| Groups::of(decision)).of_ticket(ticket, record);
            match_closed_on(decision, ticket, record, &groups);
        }
    }
}

fn match_closed_on<'a>(
    decision: &mut Planner<'a>,
    ticket: &'a Ticket,
    record: &'a Record,
    groups: &[&'a Group],
) {
    let survey = decision.input.survey;
    let says_less =
        |one: &&Sighting| one.text != 0 && (one.text & 0xffff == 0 || survey.path(one).is_empty());
    let candidates: Vec<&Sighting> = groups.iter().flat_map(|group| group.kept()).filter(says_less).collect();
    if candidates.is_empty() || !decision.needs.slices(decision.snapshot, ticket) {
        return;
    }
    // a scope of this run speaks for itself
    let is_here = |slice: &Slice| survey.scans.iter().any(|seen| seen.scope == slice.scope);
    let slices = decision.snapshot.slices_of(ticket.id.id).map(|(_, slice)| slice);
    // by package: whether each is present or skipped
    let mut others: HashMap<u32, Vec<(bool, &Entry)>> = HashMap::new();
    for slice in slices.filter(|slice| !is_here(slice)) {
        let kept = slice.kept.0.iter().map(|entry| (true, entry));
        for (kept, entry) in kept.chain(slice.skipped.0.iter().map(|entry| (false, entry))) {
            others.entry(entry.text >> 16).or_default().push((kept, entry));
        }
    }
    for one in candidates {
        let candidate = observation::entry(survey, one);
        let known = others.get(&(one.text >> 16)).map_or(&[][..], Vec::as_slice);
        let is_same = |entry: &Entry| is_same_hole(survey, record.content(), entry, &candidate);
        let mut same = known.iter().filter(|(_, entry)| is_same(entry)).map(|(kept, _)| *kept).peekable();
        if same.peek().is_some() && !same.any(|kept| kept) {
            decision.assignments.close(record.route.as_ref(), one.id(), ticket);
        }
    }
}

/// What a ticket's slices hold that may have another name here. For code, that is what the scopes of this run had in
/// its place, or at the base of its pull request; an advisory is the same whichever scanner reports it.
fn entries_accepted_on<'a>(decision: &Planner<'a>, ticket: &Ticket, advisory: bool) -> Vec<Entry> {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let run = input.run;
    let is_here = |place: &Place| match (&run.base, run.pull_request) {
        (Some(base), Some(_)) => *place == run.place || *place == Place::Branch(base.clone()),
        _ => *place == run.place,
    };
    let ran = |slice: &Slice| {
        let mut scans = input.survey.scans.iter().filter(|seen| seen.scope == slice.scope).peekable();
        scans.peek().is_some() && scans.all(|seen| seen.whole)
    };
    let slices = snapshot.slices_of(ticket.id.id).map(|(_, slice)| slice);
    let slices: Vec<&Slice> = slices.filter(|slice| advisory || ran(slice)).collect();
    // a new branch starts with the findings of the one it was created from
    let any_here = slices.iter().any(|slice| is_here(&slice.place));
    let slices = slices.into_iter().filter(|slice| advisory || !any_here || is_here(&slice.place));
    let mut seen = BTreeSet::new();
    let entries = slices.flat_map(|slice| slice.kept.0.iter().chain(&slice.skipped.0)).copied();
    entries.filter(|entry| seen.insert(entry.fingerprint)).collect()
}

/// A group's findings, except those that its open tickets know; `None`: these must be read first.
fn unknown_to_open<'a>(decision: &mut Planner<'a>, group: &Group) -> Option<Vec<Candidate>> {
    let (input, snapshot) = (decision.input, decision.snapshot);
    let all: Vec<Sighting> = group.kept().copied().collect();
    let free: Vec<Sighting> =
        all.iter().filter(|one| decision.assignments.of_finding(group, one).is_none()).copied().collect();
    let candidates = |observations: Vec<Observation>| {
        observations.into_iter().flat_map(|observation| observation.candidates).collect()
    };
    let open: Vec<&Ticket> = decision.candidates(group).filter(|ticket| ticket.is_open()).collect();
    let observations = observation::observe(input, group, &free);
    let knows = |open: &&Ticket| {
        let record = record_of(open, input.site);
        record.is_some_and(|record| observation::known(&observations, snapshot, open, record))
    };
    if free.is_empty() || open.iter().any(knows) {
        return Some(Vec::new());
    }
    let mut read = true;
    for ticket in &open {
        read &= decision.needs.slices(snapshot, ticket);
    }
    if !read {
        return None;
    }
    let slices = open.iter().flat_map(|open| snapshot.slices_of(open.id.id)).map(|(_, slice)| slice);
    let known: BTreeSet<Fingerprint> =
        slices.flat_map(|slice| &slice.kept.0).map(|entry| entry.fingerprint).collect();
    let is_new = |one: &&Sighting| !one.anchors.iter().flatten().any(|anchor| known.contains(anchor));
    let left: Vec<Sighting> = all.iter().filter(is_new).copied().collect();
    Some(candidates(observation::observe(input, group, &left)))
}

/// The groups that have findings to file, indexed by what leads from a ticket to them.
struct Groups<'a> {
    by_name: HashMap<Fingerprint, Vec<&'a Group>>,
    /// Those without a ticket, because their name has changed.
    by_rule: HashMap<u32, Vec<&'a Group>>,
}

impl<'a> Groups<'a> {
    fn of(decision: &Planner<'a>) -> Groups<'a> {
        let mut groups = Groups { by_name: HashMap::new(), by_rule: HashMap::new() };
        for group in decision.input.survey.groups.iter().filter(|group| group.kept().next().is_some()) {
            for name in &group.names {
                groups.by_name.entry(*name).or_default().push(group);
            }
            if group.mode != Mode::Type && decision.candidates(group).next().is_none() {
                let rules: BTreeSet<u32> = group.kept().map(|one| one.rule).collect();
                rules.into_iter().for_each(|rule| groups.by_rule.entry(rule).or_default().push(group));
            }
        }
        let renamed = &decision.input.survey.renamed;
        for (former, now) in renamed {
            if let Some(known) = groups.by_rule.get(now).cloned() {
                groups.by_rule.entry(*former).or_insert(known);
            }
        }
        groups
    }

    /// Those whose findings may be among a ticket's.
    fn of_ticket(&self, ticket: &Ticket, record: &Record) -> Vec<&'a Group> {
        let named = ticket.names().filter_map(|name| self.by_name.get(&name)).flatten();
        let of_mode = |group: &&&Group| group.mode == record.mode;
        let renamed = record.rules.iter().filter_map(|rule| self.by_rule.get(rule)).flatten().filter(of_mode);
        let mut seen = BTreeSet::new();
        let all = named.chain(renamed).filter(|group| group.route == record.route);
        all.filter(|group| seen.insert(group.name())).copied().collect()
    }
}

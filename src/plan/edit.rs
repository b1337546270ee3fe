//! A group that has an open ticket: what the ticket does not know yet.

use std::collections::BTreeSet;

use super::decision::Decision;
use super::ours::record_of;
use super::slices::{self, Difference};
use super::twins::Inheritance;
use super::{Step, Verdict, Work, attach, draft, fields};
use crate::compose::comments;
use crate::config::CommentEvent;
use crate::model::answer::Texts;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{LinkKind, Pending, Record, Wrote};
use crate::model::repository::Place;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Ticket, label, label_name};
use crate::model::write::{Edit, Move, Ref, Target};

/// How many names of a group are labels.
const NAMES: usize = 8;

/// Tracks a group on its ticket, which is edited only where its content changed: its findings, their
/// severity, their advisory. `None`: more must be known first.
pub(super) fn track(
    decision: &mut Decision<'_>,
    group: &Group,
    rest: &[Sighting],
    ticket: &Ticket,
    inheritance: Inheritance,
) -> Option<Verdict> {
    let input = decision.input;
    let tracked = Verdict::Tracked(ticket.id.clone());
    if !input.run.writes() || !decision.is_ours(ticket) {
        return Some(tracked);
    }
    let looks = slices::looks(input, group, rest);
    let record = record_of(ticket, input.site);
    let named = group.names.iter().all(|name| ticket.has_label(&label(*name)));
    let inherits = !inheritance.slices.is_empty() || !inheritance.linked.is_empty();
    let owed = record.is_some_and(|record| !record.pending.is_empty());
    let knows = record.is_some_and(|record| slices::known(&looks, record, &input.run.place));
    if knows && named && !inherits && !owed {
        if let (Some(record), Place::PullRequest(_)) = (record, &input.run.place) {
            decision.plan.fresh.extend(slices::alone(&looks, record));
        }
        return Some(tracked);
    }
    if !decision.needs.slices(decision.snapshot, ticket) {
        return None;
    }
    let mut difference = slices::difference(decision.snapshot, ticket, &looks);
    if let Some(record) = record {
        // who linked them knows of them
        difference.added.retain(|finding| !record.linked.contains(finding));
    }
    if !difference.added.is_empty() && !decision.needs.labelled(decision.snapshot, group) {
        // Whether a person accepted what seems to be new is known by tickets that are done.
        return None;
    }
    let severity = difference.severity.unwrap_or(group.severity);
    let worse = record.is_none_or(|record| record.severity != severity);
    let content = !difference.added.is_empty() || worse || difference.facts;
    decision.plan.fresh.extend(difference.added.union(&difference.alone));
    let silent = difference.changed.is_empty() && named && !inherits && !owed;
    if !content && silent {
        return Some(tracked);
    }
    let texts = if content { decision.needs.texts(decision.snapshot, ticket.id.id)? } else { None };
    let mut next = next_record(decision, group, ticket);
    next.severity = severity;
    let mut edit = Edit { slices: difference.changed.clone(), ..Edit::default() };
    edit.slices.extend(inheritance.slices);
    next.slices.extend(edit.slices.iter().map(|slice| (slice.id(), slice.digest())));
    rename(&mut edit, &mut next, group, ticket);
    if content {
        let target = decision.target(group);
        edit.fields = fields::follow(decision, &target, ticket, &mut next, worse)?;
        news(decision, group, rest, &difference, texts, &mut edit, &mut next);
    }
    let mut steps: Vec<Step> = Vec::new();
    next.twins.extend(inheritance.linked.iter().map(|twin| twin.id));
    steps.extend(inheritance.linked.into_iter().map(|twin| Step::Link(LinkKind::Relates, Ref::Known(twin))));
    steps.extend(owed_steps(decision, &next));
    if content || next.pending.iter().any(|owed| matches!(owed, Pending::Attach(_))) {
        let files = attach::files(decision, &draft::part(group, rest));
        steps.extend(files.into_iter().map(Step::Attach));
    }
    next.pending.clear();
    edit.record = Some(next);
    steps.push(Step::Edit(Box::new(edit)));
    decision.plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps });
    Some(if content { Verdict::Update(ticket.id.clone()) } else { tracked })
}

/// What people should read: the new description where nobody changed it, a comment for what is new.
fn news(
    decision: &Decision<'_>,
    group: &Group,
    rest: &[Sighting],
    difference: &Difference,
    texts: Option<&Texts>,
    edit: &mut Edit,
    next: &mut Record,
) {
    let input = decision.input;
    let part = draft::part(group, rest);
    let is_ours = |now: Option<&str>, wrote: Option<Fingerprint>| {
        now.is_some_and(|now| wrote == Some(Wrote::text(now)))
    };
    let words = draft::words(decision, &part, &difference.elsewhere);
    let own_description = is_ours(texts.map(|texts| texts.description.as_str()), next.wrote.description);
    if own_description {
        next.wrote.description = Some(words.description_hash());
        edit.body = Some(words.body);
    }
    if is_ours(texts.map(|texts| texts.summary.as_str()), next.wrote.summary)
        && next.wrote.summary != Some(Wrote::text(&words.summary))
    {
        next.wrote.summary = Some(Wrote::text(&words.summary));
        edit.summary = Some(words.summary);
    }
    let wants = decision.jira.comments.contains(&CommentEvent::Added);
    let added: Vec<Fingerprint> = difference.added.iter().copied().collect();
    if !added.is_empty() && (wants || !own_description) {
        let comment = comments::added(&part, input.survey, &input.run.provenance(), &added);
        edit.comment = Some((input.fit)(comment));
    } else if added.is_empty() && !own_description {
        let comment = comments::news(&part, input.survey, &input.run.provenance(), &["description"]);
        edit.comment = Some((input.fit)(comment));
    }
}

/// Puts labels for new names on the ticket. A label more than fit lets the oldest further one go.
fn rename(edit: &mut Edit, next: &mut Record, group: &Group, ticket: &Ticket) {
    let mut seen = BTreeSet::new();
    let old = ticket.labels.iter().filter_map(|label| label_name(label));
    let mut names: Vec<Fingerprint> = group.names.iter().copied().chain(old.clone()).collect();
    names.retain(|name| seen.insert(*name));
    names.truncate(NAMES);
    let has: BTreeSet<Fingerprint> = old.collect();
    edit.labels_added = names.iter().filter(|name| !has.contains(name)).map(|name| label(*name)).collect();
    edit.labels_removed = has.iter().filter(|name| !names.contains(name)).map(|name| label(*name)).collect();
    next.names = names;
}

/// The steps that were left over when the ticket was made or last edited.
fn owed_steps(decision: &Decision<'_>, record: &Record) -> Vec<Step> {
    let step = |pending: &Pending| match pending {
        Pending::Link(kind, to) => Some(Step::Link(*kind, Ref::Known(to.clone()))),
        Pending::Go(state) => decision.input.config.states.target(*state).map(|target| {
            let to = Target::Status(target.status.clone());
            Step::Go(Move { to, resolution: target.resolution.clone(), fields: Vec::new() })
        }),
        Pending::Attach(_) | Pending::Remote { .. } => None,
    };
    record.pending.iter().filter_map(step).collect()
}

/// The ticket's record as its next edit writes it, begun anew where it was lost.
pub(super) fn next_record(decision: &Decision<'_>, group: &Group, ticket: &Ticket) -> Record {
    let input = decision.input;
    let mut record = match record_of(ticket, input.site) {
        Some(record) => record.clone(),
        None => draft::first_record(input, group),
    };
    record.revision += 1;
    record.ticket = Some(ticket.id.id);
    record.repository = input.run.repository.to_string();
    record.rules = draft::rules(group.kept().map(|one| one.rule).chain(record.rules.iter().copied()));
    record
}

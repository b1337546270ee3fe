//! Findings that have an open ticket: what the ticket does not know yet.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::difference::{Difference, difference};
use super::ours::record_of;
use super::resolve::owed_state;
use super::share::{self, Share};
use super::twins::Inheritance;
use super::{Input, Step, Verdict, Work, attach, draft, fields, gone, link, slices, states};
use crate::compose::comments;
use crate::config::{CommentEvent, Config};
use crate::model::answer::Texts;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{LinkKind, Pending, Record, State, Wrote};
use crate::model::repository::{self, Place};
use crate::model::slice::{Slice, SliceId, holds_nothing};
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{Ticket, label, label_name};
use crate::model::write::{Edit, Ref};

/// How many names of a group are labels.
const NAMES: usize = 8;

/// Tracks all that a ticket stands for, whose content alone edits it: its findings, their severity, their
/// advisory. One edit says it all; what becomes of each share is in the order of the shares. `None`: more must
/// be known first.
pub(super) fn track(
    decision: &mut Decision<'_>,
    shares: &[Share<'_>],
    ticket: &Ticket,
    inheritance: Inheritance,
) -> Option<Vec<Verdict>> {
    let input = decision.input;
    let tracked = vec![Verdict::Tracked(ticket.id.clone()); shares.len()];
    if !input.run.writes() || !decision.is_ours(ticket) {
        decision.note_hidden_creators(ticket);
        return Some(tracked);
    }
    let mut looks = share::looks(input, shares);
    let record = record_of(ticket, input.site);
    if let Some(record) = record {
        slices::complete(input, &decision.proof, record, &mut looks);
    }
    let named = is_named(input, shares, ticket);
    let inherits = !inheritance.slices.is_empty() || !inheritance.linked.is_empty();
    let owed = record.is_some_and(|record| !record.pending.is_empty());
    let knows = record.is_some_and(|record| slices::known(&looks, record, &input.run.place));
    // a scope that was noted as silent is not
    let noted = |record: &Record| looks.iter().any(|look| record.life.silent.contains_key(&look.slice.id()));
    let owed = owed || record.is_some_and(noted);
    if knows && named && !inherits && !owed {
        return Some(tracked);
    }
    if !decision.needs.slices(decision.snapshot, ticket) {
        return None;
    }
    let mut difference = difference(decision, ticket, &looks);
    // who linked them knows of them
    let linked = shares.iter().filter(|share| !share.is_group()).flat_map(|share| &share.rest);
    let linked: BTreeSet<Fingerprint> = linked.map(Sighting::id).collect();
    let by_person = |finding: &Fingerprint| {
        linked.contains(finding) || record.is_some_and(|record| record.linked.contains(finding))
    };
    difference.added.retain(|finding| !by_person(finding));
    let mut asked = true;
    for share in shares.iter().filter(|share| !share.among(&difference.added).is_empty()) {
        // Whether a person accepted what seems to be new is known by tickets that are done.
        asked &= decision.needs.labelled(decision.snapshot, share.group);
    }
    if !asked {
        return None;
    }
    let main = share::main(shares, record);
    let first = main.or(shares.first())?;
    let severity = difference.severity.unwrap_or(first.group.severity);
    let worse = record.is_none_or(|record| record.severity != severity);
    let content = !difference.added.is_empty() || worse || difference.facts || difference.loses();
    let content = content && record.is_some();
    let silent = difference.changed.is_empty() && named && !inherits && !owed;
    if !content && silent {
        return Some(tracked);
    }
    let texts = if content { decision.needs.texts(decision.snapshot, ticket.id.id)? } else { None };
    let mut next = next_record(decision, first.group, ticket);
    shares.iter().for_each(|share| cover(&mut next, share.group));
    // one that was edited is linked by what it is known by now
    link::note(&mut next, shares.iter().filter(|share| !share.is_group()).flat_map(|share| &share.rest));
    next.severity = severity;
    if matches!(next.told, Some(State::Resolved | State::Closed)) {
        // it is back, and a person has opened the ticket: where they moved it, it stays
        (next.told, next.recurred) = (Some(State::Open), None);
    }
    let mut edit = Edit { slices: difference.changed.clone(), ..Edit::default() };
    edit.slices.extend(inheritance.slices);
    next.life.silent.retain(|id, _| looks.iter().all(|look| look.slice.id() != *id));
    add_life(input, &mut next, &edit.slices, decision.snapshot.slices_of(ticket.id.id));
    if main.is_some() {
        rename(&mut edit, &mut next, shares, ticket);
    }
    if content {
        if let Some(main) = main {
            let target = decision.target(main.group);
            edit.fields = fields::follow(decision, &target, ticket, &mut next, worse)?;
        }
        let quiet = difference.loses() && !difference.facts && !worse;
        news(decision, shares, &difference, quiet, texts, &mut edit, &mut next);
    }
    let mut steps: Vec<Step> = Vec::new();
    next.twins.extend(inheritance.linked.iter().map(|twin| twin.id));
    steps.extend(inheritance.linked.into_iter().map(|twin| Step::Link(LinkKind::Relates, Ref::Known(twin))));
    let is_new = |share: &Share<'_>| match difference.added.is_empty() {
        true => std::ptr::eq(share, first),
        false => !share.among(&difference.added).is_empty(),
    };
    let owes = next.pending.iter().any(|owed| matches!(owed, Pending::Attach(_)));
    for share in shares.iter().filter(|share| owes || (content && is_new(share))) {
        let files = attach::files(decision, &draft::part(share.group, &share.rest));
        steps.extend(files.into_iter().map(Step::Attach));
    }
    let go = owed_state(&next);
    steps.extend(self::steps(input.config, edit, next, go));
    if record.is_none() {
        decision.plan.begun.insert(ticket.id.clone());
    }
    decision.plan.works.push(Work { on: Ref::Known(ticket.id.clone()), steps });
    let verdict = |share| match content && is_new(share) {
        true => Verdict::Update(ticket.id.clone()),
        false => Verdict::Tracked(ticket.id.clone()),
    };
    Some(shares.iter().map(verdict).collect())
}

/// What people should read: the new description where nobody changed it, a comment for what is new.
fn news(
    decision: &Decision<'_>,
    shares: &[Share<'_>],
    difference: &Difference,
    quiet: bool,
    texts: Option<&Texts>,
    edit: &mut Edit,
    next: &mut Record,
) {
    let (input, provenance) = (decision.input, decision.input.run.provenance());
    let is_ours = |now: Option<&str>, wrote: Option<Fingerprint>| {
        now.is_some_and(|now| wrote == Some(Wrote::text(now)))
    };
    let main = share::main(shares, Some(&*next));
    let described =
        main.filter(|_| is_ours(texts.map(|texts| texts.description.as_str()), next.wrote.description));
    if let Some(main) = main {
        let words = draft::words(decision, &draft::part(main.group, &main.rest), &difference.elsewhere);
        if described.is_some() {
            next.wrote.description = Some(words.description_hash());
            edit.body = Some(words.body);
        }
        if is_ours(texts.map(|texts| texts.summary.as_str()), next.wrote.summary)
            && next.wrote.summary != Some(Wrote::text(&words.summary))
        {
            next.wrote.summary = Some(Wrote::text(&words.summary));
            edit.summary = Some(words.summary);
        }
    }
    let wants = decision.jira.comments.contains(&CommentEvent::Added);
    let mut added = Vec::new();
    for share in shares {
        let new = share.among(&difference.added);
        let is_described = described.is_some_and(|main| std::ptr::eq(main, share));
        if !new.is_empty() && (wants || !is_described) {
            let part = draft::part(share.group, &share.rest);
            added.push((share, comments::added(&part, input.survey, &provenance, &new)));
        }
    }
    // a description says what one group has, and nothing of what was linked to the ticket
    let tells_all = described.is_some() && shares.len() == 1 && next.linked.is_empty();
    let gone = difference.gone_everywhere();
    if !difference.added.is_empty() {
        edit.comment = share::joined(decision, added, shares.len() > 1);
    } else if gone > 0 && !tells_all && decision.jira.comments.contains(&CommentEvent::Gone) {
        edit.comment = Some((input.fit)(comments::dropped(gone, &provenance)));
    } else if described.is_none()
        && !quiet
        && let Some(first) = main.or(shares.first())
    {
        let part = draft::part(first.group, &first.rest);
        // where casefile wrote no description, nobody edited it
        let edited: &[&str] = if next.wrote.description.is_some() { &["description"] } else { &[] };
        let comment = comments::news(&part, input.survey, &provenance, edited);
        edit.comment = Some((input.fit)(comment));
    }
}

/// Whether a ticket is known by the names of its groups. A run that knows the repository by more, or by other
/// identities puts other names on it; where not all fit, one of each identity is enough, so that neither run takes
/// off what the other puts on. Of several groups one name each is enough there.
fn is_named(input: &Input<'_>, shares: &[Share<'_>], ticket: &Ticket) -> bool {
    let has = |name: &Fingerprint| ticket.has_label(&label(*name));
    let groups: Vec<&Group> =
        shares.iter().filter(|share| share.is_group()).map(|share| share.group).collect();
    if groups.iter().all(|group| group.names.iter().all(has)) {
        return true;
    }
    let full = ticket.names().count() >= NAMES;
    if groups.len() > 1 {
        return full && groups.iter().all(|group| group.names.iter().take(1).all(has));
    }
    let known = input.run.repository.labels();
    let others = ticket.labels.iter().any(|label| repository::is_label(label) && !known.contains(label));
    others && full && groups.iter().all(|group| group.names.iter().take(known.len()).all(has))
}

/// Puts labels for new names on the ticket. A label more than fit lets the oldest further one go, and no group goes
/// without its first name.
fn rename(edit: &mut Edit, next: &mut Record, shares: &[Share<'_>], ticket: &Ticket) {
    let mut seen = BTreeSet::new();
    let old = ticket.labels.iter().filter_map(|label| label_name(label));
    let groups: Vec<&Group> =
        shares.iter().filter(|share| share.is_group()).map(|share| share.group).collect();
    let own = groups.iter().flat_map(|group| group.names.iter().copied());
    let mut names: Vec<Fingerprint> = match groups.as_slice() {
        [_] => own.chain(old.clone()).collect(),
        several => several.iter().map(|group| group.name()).chain(old.clone()).chain(own).collect(),
    };
    names.retain(|name| seen.insert(*name));
    names.truncate(NAMES.max(groups.len()));
    let has: BTreeSet<Fingerprint> = old.collect();
    edit.labels_added = names.iter().filter(|name| !has.contains(name)).map(|name| label(*name)).collect();
    edit.labels_removed = has.iter().filter(|name| !names.contains(name)).map(|name| label(*name)).collect();
    next.names = names;
}

/// The steps of an edit: what is owed to the ticket comes first, and a move to the status of a state
/// last, because a done ticket may be closed to edits. What is owed stands in the record until it is done.
pub(super) fn steps(config: &Config, mut edit: Edit, mut next: Record, go: Option<State>) -> Vec<Step> {
    let mut steps: Vec<Step> = next.pending.iter().filter_map(owed_step).collect();
    let go = go.and_then(|state| Some((state, states::go(config, state)?)));
    next.pending = go.iter().map(|(state, _)| Pending::Go(*state)).collect();
    let mut settled = next.clone();
    edit.record = Some(next);
    steps.push(Step::Edit(Box::new(edit)));
    if let Some((_, go)) = go {
        settled.pending.clear();
        settled.revision += 1;
        let edit = Edit { record: Some(settled), ..Edit::default() };
        steps.push(Step::Try(go, Box::new(edit)));
    }
    steps
}

/// A step that was left over when the ticket was made or last edited.
fn owed_step(pending: &Pending) -> Option<Step> {
    match pending {
        Pending::Link(kind, to) => Some(Step::Link(*kind, Ref::Known(to.clone()))),
        // a move has its own step, if it is still wanted
        Pending::Go(_) | Pending::Attach(_) | Pending::Remote { .. } => None,
    }
}

/// The ticket's record as its next edit writes it, begun anew where it was lost.
pub(super) fn next_record(decision: &Decision<'_>, group: &Group, ticket: &Ticket) -> Record {
    let input = decision.input;
    let mut record = match record_of(ticket, input.site) {
        Some(record) => next_of(input, ticket, record),
        None => next_of(input, ticket, &draft::first_record(input, group)),
    };
    cover(&mut record, group);
    record
}

/// Notes in a record of what sort a group is.
fn cover(record: &mut Record, group: &Group) {
    record.rules = draft::rules(group.kept().map(|one| one.rule).chain(record.rules.iter().copied()));
    record.life.kinds.extend(&group.kinds);
}

/// The record as the next edit writes it, whatever that is about.
pub(super) fn next_of(input: &Input<'_>, ticket: &Ticket, record: &Record) -> Record {
    let mut record = record.clone();
    record.follow(&ticket.id);
    record.repository = input.run.repository.to_string();
    record.life.touched = Some(input.run.today());
    record
}

/// Brings the record up to date with slices that are written, and with the others that were `read`.
pub(super) fn add_life<'s>(
    input: &Input<'_>,
    next: &mut Record,
    written: &[Slice],
    read: impl Iterator<Item = (&'s SliceId, &'s Slice)>,
) {
    next.slices.extend(written.iter().map(|slice| (slice.id(), slice.digest())));
    let listing: Vec<String> = gone::listed(input, next).collect();
    next.life.listing.extend(listing);
    next.life.touched = Some(input.run.today());
    let mut slices: BTreeMap<SliceId, &Slice> = read.map(|(id, slice)| (id.clone(), slice)).collect();
    slices.extend(written.iter().map(|slice| (slice.id(), slice)));
    let standing = slices.values().filter(|slice| !slice.kept.0.is_empty());
    let stands: BTreeSet<Place> = standing.map(|slice| slice.place.clone()).collect();
    let all = next.slices.iter().all(|(id, digest)| slices.contains_key(id) || holds_nothing(digest));
    if all {
        next.life.stands.clear();
    }
    next.life.stands.extend(stands);
}

//! `link` and `unlink`: a person says which ticket stands for findings. The ticket's own text stays as it
//! is; only casefile's marks on it change. A finding is linked to one ticket at most.

use std::collections::BTreeSet;

use crate::compose::comments;
use crate::model::answer::Ask;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, WrittenValues};
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{LABEL, Ticket, TicketId, TicketKey, label, labels};
use crate::model::write::Edit;
use crate::plan::link::chosen::{ChosenGroup, Which, chosen, findings};
use crate::plan::link::marks::{
    carries, edit_of, is_another, is_by_casefile, leave, own_record, shed, without, work,
};
use crate::plan::link::moved::taken;
use crate::plan::tickets::linked::{LINKED, identities};
use crate::plan::tickets::ownership::{is_ours, is_shared};
use crate::plan::tickets::records;
use crate::plan::tickets::records::add_life;
use crate::plan::types::input::Input;
use crate::plan::types::plan::Plan;
use crate::plan::types::snapshot::Snapshot;

/// What linking or unlinking involves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LinkPlan {
    /// What is written to the ticket itself; if that fails, the rest must not be done.
    pub first: Plan,
    /// What is written to the tickets that had the findings before.
    pub then: Plan,
    /// The selected findings that exist.
    pub findings: Vec<Fingerprint>,
    /// The tickets that had some of them before.
    pub from: Vec<TicketId>,
    /// What the person should know.
    pub problems: Vec<Problem>,
}

/// What must be known of the tracker, in this order; the answer to [`Ask::Find`] is the ticket.
pub fn questions(input: &Input<'_>, key: &TicketKey) -> [Ask; 3] {
    let labels = input.run.repository.labels();
    [
        Ask::Account,
        Ask::Open { labels, recent: input.recent.to_vec(), own: Vec::new(), done: false },
        Ask::Find(vec![key.clone()]),
    ]
}

/// Assigns findings to a ticket, whoever created it.
///
/// # Errors
/// No finding is selected, there are too many of them, or a later version of casefile wrote the ticket's record.
pub fn link(
    input: &Input<'_>,
    snapshot: &Snapshot,
    ticket: &Ticket,
    which: &Which,
) -> Result<LinkPlan, Problem> {
    check_version(ticket)?;
    let chosen = chosen(input, which)?;
    let old = own_record(ticket, input.site);
    let other_names = |group: &Group| ticket.names().any(|name| !group.names.contains(&name));
    let whole = match chosen.as_slice() {
        // a ticket can only carry the names of one group; findings of another group are recorded one by one
        [one] if one.whole && !other_names(one.group) => Some(one.group),
        _ => None,
    };
    let ours = is_ours(ticket, snapshot, input.site);
    let known = |part: &ChosenGroup<'_>| ours && carries(ticket, part.group);
    let mut linked: Vec<Fingerprint> = old.map(|old| old.linked.clone()).unwrap_or_default();
    let before = linked.len();
    let mut seen: BTreeSet<Fingerprint> = linked.iter().copied().collect();
    let mut new: Vec<(&Group, usize)> = Vec::new();
    for part in chosen.iter().filter(|part| !known(part)) {
        let (all, had) = (part.sightings.iter().flat_map(|one| identities(one)), linked.len());
        linked.extend(all.filter(|id| seen.insert(*id)));
        if linked.len() > had {
            new.push((part.group, findings(std::slice::from_ref(part)).len()));
        }
    }
    if linked.len() > LINKED && whole.is_none() {
        let message = format!("it cannot hold more than {LINKED} linked findings");
        return Err(Problem::new(ticket.key.to_string(), message).hint(
            "use `--group` to link a whole group to a ticket that has none yet, or link fewer findings",
        ));
    }
    // a whole group is also known by its labels
    linked.truncate(LINKED);

    let names = whole.map(|group| group.names.as_slice()).unwrap_or_default();
    let mut lacking = labels(&input.run.repository, names);
    lacking.retain(|label| !ticket.has_label(label));
    let mut result = LinkPlan { findings: findings(&chosen), ..LinkPlan::default() };
    result.problems.extend(is_shared(ticket, &input.run.repository).then(|| shared(input, ticket)));
    if (!lacking.is_empty() || linked.len() != before)
        && let Some(mut record) = record(input, snapshot, ticket, &chosen)
    {
        if let Some(group) = whole.filter(|_| record.names.is_empty()) {
            record.names.clone_from(&group.names);
            record.mode = group.mode;
        }
        record.linked = linked;
        let slices = taken(input, snapshot, ticket, &chosen, whole.is_some());
        if !slices.is_empty() {
            add_life(input, &mut record, &slices, snapshot.slices_of(ticket.id.id));
        }
        // no updates are posted on another repository's ticket
        let announces = !new.is_empty() && !is_shared(ticket, &input.run.repository);
        let comment =
            announces.then(|| (input.fit)(comments::linked(&new, input.survey, &input.provenance())));
        let edit = Edit { comment, labels_added: lacking, record: Some(record), slices, ..Edit::default() };
        result.first.works.push(edit_of(ticket, edit));
    }
    let is_new = result.first != Plan::default();
    let is_linked = |one: &Sighting| one.anchors.iter().flatten().any(|anchor| seen.contains(anchor));
    let all_linked = |part: &&ChosenGroup<'_>| !known(part) && part.group.kept().all(is_linked);
    let left: Vec<&Group> = chosen.iter().filter(all_linked).map(|part| part.group).chain(whole).collect();
    for other in snapshot.tickets().filter(|other| other.id != ticket.id) {
        if is_ours(other, snapshot, input.site)
            && let Some(work) = leave(input, snapshot, other, ticket, &chosen, &left, is_new)
        {
            result.then.works.push(work);
            result.from.push(other.id.clone());
        }
    }
    Ok(result)
}

/// Removes findings from a ticket again; with nothing selected, all that were linked to it, or, if there were none,
/// what casefile itself filed there. A ticket that has nothing left loses its marks and no longer belongs to casefile:
/// it stays as it is, and the next run files the findings as if they were new.
///
/// # Errors
/// No finding is selected, or a later version of casefile wrote the ticket's record.
pub fn unlink(
    input: &Input<'_>,
    snapshot: &Snapshot,
    ticket: &Ticket,
    which: &Which,
) -> Result<LinkPlan, Problem> {
    check_version(ticket)?;
    let old = own_record(ticket, input.site);
    let linked = old.map(|old| old.linked.as_slice()).unwrap_or_default();
    let (mut gone, mut names): (BTreeSet<Fingerprint>, BTreeSet<Fingerprint>) = Default::default();
    if which.is_empty() {
        gone.extend(linked);
        names.extend(ticket.names());
    } else {
        // findings that are no longer reported can be selected, too
        gone.extend(which.findings.iter().filter(|id| linked.contains(id)));
        names.extend(which.groups.iter().filter(|id| ticket.has_label(&label(**id))));
        match chosen(input, which) {
            Ok(chosen) => {
                gone.extend(
                    chosen.iter().flat_map(|part| &part.sightings).flat_map(|one| one.anchors).flatten(),
                );
                names.extend(chosen.iter().flat_map(|part| &part.group.names));
            }
            Err(problem) if gone.is_empty() && names.is_empty() => return Err(problem),
            Err(_) => {}
        }
    }
    let own = is_by_casefile(ticket, snapshot, input.site);
    let carried = |names: &BTreeSet<Fingerprint>| names.iter().any(|name| ticket.has_label(&label(*name)));
    let before = carried(&names);
    if own {
        let whole = wholly_meant(input, which);
        names.retain(|name| if which.is_empty() { linked.is_empty() } else { whole.contains(name) });
    }
    let stays = before && !carried(&names);
    let shared = is_shared(ticket, &input.run.repository);
    let is_known = |name: &Fingerprint| input.survey.groups.iter().any(|group| group.names.contains(name));
    let all = gone.clone();
    gone.retain(|id| linked.contains(id));
    let slices = without(input, snapshot, ticket, if own && names.is_empty() { &gone } else { &all });
    // names that belong to another repository stay
    names.retain(|name| ticket.has_label(&label(*name)) && (!shared || is_known(name)));
    let mut result = LinkPlan { findings: meant(input, &gone), ..LinkPlan::default() };
    if own {
        let groups =
            input.survey.groups.iter().filter(|group| group.names.iter().any(|name| names.contains(name)));
        let all: BTreeSet<Fingerprint> = groups.flat_map(Group::kept).map(Sighting::id).collect();
        let known: BTreeSet<Fingerprint> = result.findings.iter().copied().collect();
        result.findings.extend(all.difference(&known));
    }
    if stays && which.is_empty() {
        let message = "the linked findings were removed, but the ticket still stands for the group for which casefile \
                       created it";
        let problem = Problem::new(ticket.key.to_string(), message);
        result.problems.push(problem.hint("run the command again to remove the group as well"));
    } else if stays {
        let message = "casefile created this ticket for the group that these findings belong to, so it \
             remains the whole group's ticket";
        let problem = Problem::new(ticket.key.to_string(), message);
        let hint = "name the whole group with `--group`, or link the findings to another ticket";
        result.problems.push(problem.hint(hint));
    }
    // an unlink that was interrupted has left only the labels
    let rest = which.is_empty() && ticket.has_label(LABEL);
    let ours = || input.run.repository.labels().iter().any(|label| ticket.has_label(label));
    let none_linked = linked.iter().all(|id| gone.contains(id));
    let still_ours = none_linked && ours() && is_another(input, ticket, &names);
    let rest = rest && if shared { still_ours } else { !own || (linked.is_empty() && !before) };
    if !gone.is_empty() || !names.is_empty() || rest {
        let left = shed(input, snapshot, ticket, &gone, &names, slices);
        result.first.works.push(work(ticket, left, None, shared));
    }
    Ok(result)
}

/// The names of groups that are meant as a whole: selected by name, or through each of their findings.
fn wholly_meant(input: &Input<'_>, which: &Which) -> BTreeSet<Fingerprint> {
    let chosen = chosen(input, which).unwrap_or_default();
    let whole = chosen.iter().filter(|part| part.whole).flat_map(|part| part.group.names.iter().copied());
    whole.chain(which.groups.iter().copied()).collect()
}

/// What a person should know when linking findings to a ticket that also belongs to another repository.
fn shared(input: &Input<'_>, ticket: &Ticket) -> Problem {
    let whose = own_record(ticket, input.site).map(|record| record.repository.as_str());
    let whose = whose.filter(|name| !name.is_empty() && *name != input.run.repository.to_string());
    let whose = whose.map_or_else(|| "another repository".to_owned(), str::to_owned);
    Problem::new(ticket.key.to_string(), format!("it also belongs to {whose}"))
        .hint("no updates about these findings are posted to this ticket; check that it is the one you mean")
        .foreign()
}

/// The findings that linked fingerprints stand for; fingerprints that are no longer found stand for themselves.
fn meant(input: &Input<'_>, linked: &BTreeSet<Fingerprint>) -> Vec<Fingerprint> {
    let mut left = linked.clone();
    let mut found = BTreeSet::new();
    for one in input.survey.groups.iter().flat_map(Group::kept) {
        for anchor in one.anchors.iter().flatten().filter(|anchor| linked.contains(anchor)) {
            left.remove(anchor);
            found.insert(one.id());
        }
    }
    found.extend(left);
    found.into_iter().collect()
}

/// The ticket's record with its next revision; a first record says nothing about texts, because casefile wrote none.
fn record(
    input: &Input<'_>,
    snapshot: &Snapshot,
    ticket: &Ticket,
    chosen: &[ChosenGroup<'_>],
) -> Option<Record> {
    let sightings = || chosen.iter().flat_map(|part| &part.sightings);
    let worst = sightings().map(|one| one.severity).max().unwrap_or(Severity::Info);
    let mut record = match own_record(ticket, input.site) {
        Some(old) => old.clone(),
        None => Record {
            revision: 0,
            names: Vec::new(),
            severity: worst,
            last_written: WrittenValues::default(),
            // it is not known which repository it belongs to first
            repository: match is_shared(ticket, &input.run.repository) {
                true => String::new(),
                false => input.run.repository.to_string(),
            },
            // a person created it, or it is not known who did
            creator: None,
            ..records::first_record(input, snapshot, chosen.first()?.group)
        },
    };
    record.follow(&ticket.id);
    // what is linked is not news for the next run
    record.severity = record.severity.max(worst);
    record.rules = records::rules(sightings().map(|one| one.rule).chain(record.rules.iter().copied()));
    record.life.kinds.extend(chosen.iter().flat_map(|part| &part.group.kinds));
    Some(record)
}

fn check_version(ticket: &Ticket) -> Result<(), Problem> {
    if ticket.record.as_ref().is_some_and(Record::is_later) {
        let message = "a later version of casefile wrote the record of this ticket";
        return Err(Problem::new(ticket.key.to_string(), message).hint("use that version, or a later one"));
    }
    Ok(())
}

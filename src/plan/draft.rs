//! A group that has no ticket: everything that its new one says and carries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::decision::Decision;
use super::fields::{self, Filled, Form};
use super::ours::record_of;
use super::snapshot::Snapshot;
use super::{Input, attach, gone, place, slices};
use crate::compose::property::Properties;
use crate::compose::ticket as compose;
use crate::document::{Document, plain};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Life, LinkKind, Origin, Pending, Record, State, VERSION, Wrote};
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{self, Ticket};
use crate::model::write::{Draft, Ref};
use crate::plan::{Step, Work};

/// The ticket for some of a group's findings. `Ok(None)`: more must be known first. The problem says
/// why it cannot be filed.
pub(super) fn draft(
    decision: &mut Decision<'_>,
    group: &Group,
    sightings: &[Sighting],
    old: Option<&Ticket>,
) -> Result<Option<Draft>, Problem> {
    let input = decision.input;
    let part = part(group, sightings);
    let target = decision.target(&part);
    let key = target.project.clone();
    let Some(project) = decision.needs.project(decision.snapshot, &key) else { return Ok(None) };
    place::check_permissions(project)?;
    let Some(issue_type) = decision.issue_type(project, target.issue_type.as_deref())? else {
        return Ok(None);
    };
    let Some(screen) = decision.needs.screen(decision.snapshot, &key, &issue_type.id) else {
        return Ok(None);
    };
    place::check_labels(&key, &issue_type.name, screen)?;

    let words = words(decision, &part, &BTreeMap::new());
    let mut record = first_record(input, decision.snapshot, &part);
    record.wrote.summary = Some(Wrote::text(&words.summary));
    record.wrote.description = Some(words.description_hash());
    let provenance = input.run.provenance();
    let properties = Properties {
        group: &part,
        survey: input.survey,
        provenance: &provenance,
        first_seen: record.first_seen,
    };
    let form = Form { target: &target, issue_type, screen, properties };
    let Some(Filled { fields, labels }) = fields::fill(decision, form, &mut record)? else { return Ok(None) };
    let slices: Vec<_> = slices::looks(input, group, sightings).into_iter().map(|look| look.slice).collect();
    record.slices = slices.iter().map(|slice| (slice.id(), slice.digest())).collect();
    record.life = Life {
        kinds: group.kinds.clone(),
        touched: Some(input.run.today()),
        stands: BTreeSet::from([input.run.place.clone()]),
        listing: gone::listed(input, &record).collect(),
        ..Life::default()
    };
    decision.mark_beside(&mut record);
    let mut steps = Vec::new();
    if let Some(old) = old {
        if let Some(old) = record_of(old, input.site) {
            record.resolved.clone_from(&old.resolved);
        }
        record.pending.push(Pending::Link(LinkKind::Relates, old.id.clone()));
        steps.push(Step::Link(LinkKind::Relates, Ref::Known(old.id.clone())));
    }
    let files = attach::files(decision, &part);
    record.pending.extend(attach::owed(&files));
    steps.extend(files.into_iter().map(Step::Attach));
    if !steps.is_empty() {
        let mut settled = record.clone();
        settled.pending.clear();
        settled.revision += 1;
        let edit = crate::model::write::Edit { record: Some(settled), ..Default::default() };
        steps.push(Step::Edit(Box::new(edit)));
        decision.plan.works.push(Work { on: Ref::New(part.name()), steps });
    }
    let own = ticket::labels(&input.run.repository, &part.names);
    Ok(Some(Draft {
        group: part.name(),
        project: key,
        issue_type: issue_type.id.clone(),
        summary: words.summary,
        body: words.body,
        describes: record.wrote.description.is_some(),
        labels: own.into_iter().chain(labels).collect(),
        fields,
        record,
        slices,
    }))
}

/// A group with some of its findings alone, each once however many scans saw it: as the one has it that calls it
/// worst.
pub(super) fn part(group: &Group, sightings: &[Sighting]) -> Group {
    let mut part = group.clone();
    let chosen: BTreeSet<_> = sightings.iter().map(Sighting::id).collect();
    part.sightings.retain(|one| one.aside.is_none() && chosen.contains(&one.id()));
    worst_of_each(&mut part.sightings, Sighting::id, |one| one.severity);
    worst_of_each(&mut part.exemplars, |one| one.id, |one| one.severity);
    part.weigh();
    part
}

/// Keeps of what several scans tell of one finding what calls it worst, the first among equals, where that is in
/// the order.
fn worst_of_each<T>(all: &mut Vec<T>, id: impl Fn(&T) -> Fingerprint, severity: impl Fn(&T) -> Severity) {
    let mut worst: HashMap<Fingerprint, (Severity, usize)> = HashMap::new();
    for (at, one) in all.iter().enumerate() {
        let known = worst.entry(id(one)).or_insert((severity(one), at));
        if severity(one) > known.0 {
            *known = (severity(one), at);
        }
    }
    let mut at = 0..;
    all.retain(|one| worst.get(&id(one)).map(|(_, chosen)| *chosen) == at.next());
}

/// What people read on a ticket.
pub(super) struct Words {
    pub(super) summary: String,
    pub(super) body: Document,
}

impl Words {
    pub(super) fn description_hash(&self) -> Fingerprint {
        Wrote::text(&plain::render(&self.body))
    }
}

pub(super) fn words(decision: &Decision<'_>, group: &Group, elsewhere: &BTreeMap<Place, usize>) -> Words {
    let input = decision.input;
    let elsewhere: Vec<(String, usize)> =
        elsewhere.iter().map(|(place, count)| (place.to_string(), *count)).collect();
    let summary = compose::summary(group, input.survey, &input.config.summary_prefix);
    let sections = &decision.jira.sections;
    let body = compose::description(group, input.survey, &input.run.provenance(), sections, &elsewhere);
    let mut body = (input.fit)(body);
    // beyond what was made to fit: it must not be what is left out
    body.parts.push(compose::reference(&group.names));
    Words { summary, body }
}

/// The record of a ticket that casefile has not written to yet.
pub(super) fn first_record(input: &Input<'_>, snapshot: &Snapshot, group: &Group) -> Record {
    let run = input.run;
    Record {
        version: VERSION,
        revision: 1,
        repository: run.repository.to_string(),
        site: input.site.to_owned(),
        ticket: None,
        creator: snapshot.account.as_ref().map(|account| account.id.clone()),
        relabelled: None,
        names: group.names.clone(),
        mode: group.mode,
        rules: rules(group.kept().map(|one| one.rule)),
        route: group.route.clone(),
        origin: Origin {
            branch: run.branch.clone(),
            commit: run.commit.clone(),
            pull_request: run.pull_request,
            run: run.url.clone(),
        },
        first_seen: run.today(),
        severity: group.severity,
        wrote: Wrote::default(),
        told: Some(State::Open),
        pending: Vec::new(),
        linked: Vec::new(),
        slices: BTreeMap::new(),
        recurred: None,
        resolved: Vec::new(),
        remediation: Vec::new(),
        twins: Vec::new(),
        sites: Vec::new(),
        refused: BTreeSet::new(),
        successor: None,
        life: Life::default(),
        later: serde_json::Map::new(),
    }
}

/// The rules that a record names: at most 8, each once.
pub(super) fn rules(all: impl Iterator<Item = u32>) -> Vec<u32> {
    let distinct: BTreeSet<u32> = all.collect();
    distinct.into_iter().take(8).collect()
}

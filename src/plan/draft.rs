//! A group that has no ticket: everything that its new one says and carries.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::{Input, attach, slices};
use crate::compose::ticket as compose;
use crate::document::{Document, plain};
use crate::model::answer::{Choice, IssueType, Permissions, Project, Screen};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{LinkKind, Origin, Pending, Record, State, VERSION, Wrote};
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::model::severity::Severity;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket::{self, Ticket};
use crate::model::write::{Draft, Field, Ref, Value};
use crate::plan::{Step, Work};
use crate::policy::route::Target;

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
    check_permissions(project)?;
    let issue_type = issue_type(project, target.issue_type.as_deref())?;
    let Some(screen) = decision.needs.screen(decision.snapshot, &key, &issue_type.id) else {
        return Ok(None);
    };
    check_screen(&key, &issue_type.name, screen)?;

    let words = words(decision, &part, &BTreeMap::new());
    let mut record = first_record(input, &part);
    record.wrote.summary = Some(Wrote::text(&words.summary));
    record.wrote.description = Some(words.description_hash());
    let mut fields = Vec::new();
    if let Some(priority) = priority(decision, screen, &target, part.severity) {
        record.wrote.priority = Some(priority.clone());
        fields.push(Field { id: "priority".to_owned(), value: Value::Name(priority) });
    }
    let slices: Vec<_> = slices::looks(input, group, sightings).into_iter().map(|look| look.slice).collect();
    record.slices = slices.iter().map(|slice| (slice.id(), slice.digest())).collect();
    let mut steps = Vec::new();
    if let Some(old) = old {
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
    let labels = ticket::labels(&input.run.repository, &part.names);
    Ok(Some(Draft {
        group: part.name(),
        project: key,
        issue_type: issue_type.id.clone(),
        summary: words.summary,
        body: words.body,
        labels: labels.into_iter().chain(target.labels.iter().cloned()).collect(),
        fields,
        record,
        slices,
    }))
}

/// A group with some of its findings alone, each once however many scans saw it.
pub(super) fn part(group: &Group, sightings: &[Sighting]) -> Group {
    let mut part = group.clone();
    let chosen: BTreeSet<_> = sightings.iter().map(Sighting::id).collect();
    let mut seen = BTreeSet::new();
    part.sightings.retain(|one| one.aside.is_none() && chosen.contains(&one.id()) && seen.insert(one.id()));
    part.exemplars.dedup_by_key(|exemplar| exemplar.id);
    part.weigh();
    part
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
    Words { summary, body: (input.fit)(body) }
}

/// The record of a ticket that casefile has not written to yet.
pub(super) fn first_record(input: &Input<'_>, group: &Group) -> Record {
    let run = input.run;
    Record {
        version: VERSION,
        revision: 1,
        repository: run.repository.to_string(),
        site: input.site.to_owned(),
        ticket: None,
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
        successor: None,
        later: serde_json::Map::new(),
    }
}

/// The rules that a record names: at most 8, each once.
pub(super) fn rules(all: impl Iterator<Item = u32>) -> Vec<u32> {
    let distinct: BTreeSet<u32> = all.collect();
    distinct.into_iter().take(8).collect()
}

/// The priority for a severity, where the screen has one and takes that value.
fn priority(
    decision: &mut Decision<'_>,
    screen: &Screen,
    target: &Target,
    severity: Severity,
) -> Option<String> {
    let field = screen.fields.get("priority")?;
    let name = target.priorities.get(&severity)?;
    if field.allowed.is_empty() {
        return Some(name.clone());
    }
    let known = field.allowed.iter().find(|allowed| allowed.name.to_lowercase() == name.to_lowercase());
    if known.is_none() {
        let project = &target.project;
        let problem = Problem::new(
            format!("jira.priorities.{severity}"),
            format!("project {project} has no priority `{name}`; its tickets are filed without one"),
        )
        .hint(format!("Use one of: {}.", names(&field.allowed)));
        if !decision.plan.problems.contains(&problem) {
            decision.plan.problems.push(problem);
        }
    }
    known.map(|known| known.name.clone())
}

fn names(choices: &[Choice]) -> String {
    choices.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The configured issue type, else Bug, Task or Story, else the first that needs no parent.
fn issue_type<'p>(project: &'p Project, wanted: Option<&str>) -> Result<&'p IssueType, Problem> {
    let named = |name: &str| {
        let name = name.to_lowercase();
        project.issue_types.iter().find(|kind| kind.name.to_lowercase() == name || kind.id == name)
    };
    let found = match wanted {
        Some(name) => named(name),
        None => ["Bug", "Task", "Story"]
            .into_iter()
            .find_map(|name| named(name).filter(|kind| !kind.subtask))
            .or_else(|| project.issue_types.iter().find(|kind| !kind.subtask)),
    };
    found.ok_or_else(|| {
        let names: Vec<_> = project.issue_types.iter().map(|kind| kind.name.as_str()).collect();
        let wanted = wanted.unwrap_or("Bug");
        Problem::new("jira.issue-type", format!("project {} has no issue type `{wanted}`", project.key))
            .hint(format!("Its issue types are: {}.", names.join(", ")))
    })
}

/// Nothing is filed where casefile could not find, mark or edit its own tickets.
fn check_permissions(project: &Project) -> Result<(), Problem> {
    let Permissions { browse, create, edit, .. } = project.may;
    let lacking: Vec<&str> = [("Browse Projects", browse), ("Create Issues", create), ("Edit Issues", edit)]
        .into_iter()
        .filter_map(|(name, has)| (!has).then_some(name))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let message = if browse {
        format!("the account lacks {} in project {}", lacking.join(", "), project.key)
    } else {
        format!("project {} does not exist, or the account may not browse it", project.key)
    };
    Err(Problem::new("PROVIDER_SCOPE_UNAVAILABLE", message)
        .hint("Let a Jira administrator grant it; without it nothing is filed there."))
}

/// Labels are what tickets are found by; and what a screen requires must be given.
fn check_screen(project: &str, issue_type: &str, screen: &Screen) -> Result<(), Problem> {
    const GIVEN: [&str; 7] =
        ["project", "issuetype", "summary", "description", "labels", "reporter", "priority"];
    let place = format!("{project}, {issue_type}");
    if !screen.fields.contains_key("labels") {
        return Err(Problem::new(
            place,
            "the create screen has no Labels field, so tickets could not be found again",
        )
        .hint(
            "Let a Jira administrator put Labels on the create screen; until then nothing is filed there.",
        ));
    }
    for (id, field) in &screen.fields {
        if field.required && !field.has_default && !GIVEN.contains(&id.as_str()) {
            let values = match field.allowed.as_slice() {
                [] => String::new(),
                allowed => format!(" It takes: {}.", names(allowed)),
            };
            return Err(Problem::new(
                place,
                format!("the field `{}` ({id}) is required and has no value", field.name),
            )
            .hint(format!("Give it one under `jira.fields` in the configuration.{values}")));
        }
    }
    Ok(())
}

//! A group that has no ticket: everything that its new ticket says and carries.

use std::collections::BTreeSet;

use crate::compose::property::PropertySource;
use crate::compose::ticket as compose;
use crate::document::{Document, plain};
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Life, LinkKind, Pending, WrittenValues};
use crate::model::scan::Problem;
use crate::model::survey::{Group, Sighting};
use crate::model::ticket;
use crate::model::ticket::Ticket;
use crate::model::write::{Draft, Ref};
use crate::plan::create::attachments;
use crate::plan::fields::destination;
use crate::plan::fields::destination::issue_type_of;
use crate::plan::fields::fill;
use crate::plan::fields::filler::{Filled, Form};
use crate::plan::observed::observation;
pub(crate) use crate::plan::observed::part::part;
use crate::plan::observed::proof::listed;
use crate::plan::planner::Planner;
use crate::plan::presence::difference::Difference;
use crate::plan::tickets::ownership::record_of;
use crate::plan::tickets::records::first_record;
use crate::plan::types::plan::{Step, Work};

/// The ticket for some of a group's findings. `Ok(None)`: more must be known first. The problem says why the ticket
/// cannot be filed.
pub(crate) fn draft(
    decision: &mut Planner<'_>,
    group: &Group,
    sightings: &[Sighting],
    old: Option<&Ticket>,
) -> Result<Option<Draft>, Problem> {
    let input = decision.input;
    let part = part(group, sightings);
    let target = decision.target(&part);
    let key = target.project.clone();
    let Some(project) = decision.needs.project(decision.snapshot, &key) else { return Ok(None) };
    destination::check_permissions(project)?;
    let Some(issue_type) = issue_type_of(decision, project, target.issue_type.as_deref())? else {
        return Ok(None);
    };
    let Some(screen) = decision.needs.screen(decision.snapshot, &key, &issue_type.id) else {
        return Ok(None);
    };
    destination::check_labels(&key, &issue_type.name, screen)?;

    let words = words(decision, &part, &Difference::default());
    let mut record = first_record(input, decision.snapshot, &part);
    record.last_written.summary = Some(WrittenValues::text(&words.summary));
    record.last_written.description = Some(words.description_hash());
    let provenance = input.provenance();
    let properties = PropertySource {
        group: &part,
        survey: input.survey,
        provenance: &provenance,
        first_seen: record.first_seen,
    };
    let form = Form { target: &target, issue_type, screen, properties };
    let Some(Filled { fields, labels }) = fill::fill(decision, form, &mut record)? else { return Ok(None) };
    let slices: Vec<_> = observation::observe(input, group, sightings)
        .into_iter()
        .map(|observation| observation.slice)
        .collect();
    record.slices = slices.iter().map(|slice| (slice.id(), slice.digest())).collect();
    record.life = Life {
        kinds: group.kinds.clone(),
        touched: Some(input.run.today()),
        stands: BTreeSet::from([input.run.place.clone()]),
        listing: listed(input, &record).collect(),
        ..Life::default()
    };
    record.life.reported_by(slices.iter().map(|slice| &*slice.scope.scanner));
    decision.mark_beside(&mut record);
    let mut steps = Vec::new();
    if let Some(old) = old {
        if let Some(old) = record_of(old, input.site) {
            record.resolved.clone_from(&old.resolved);
        }
        record.pending.push(Pending::Link(LinkKind::Relates, old.id.clone()));
        steps.push(Step::Link(LinkKind::Relates, Ref::Known(old.id.clone())));
    }
    let files = attachments::files(decision, &part);
    record.pending.extend(attachments::owed(&files));
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
        describes: record.last_written.description.is_some(),
        labels: own.into_iter().chain(labels).collect(),
        fields,
        record,
        slices,
    }))
}

/// What people read on a ticket.
pub(crate) struct TicketText {
    pub(crate) summary: String,
    pub(crate) body: Document,
}

impl TicketText {
    pub(crate) fn description_hash(&self) -> Fingerprint {
        WrittenValues::text(&plain::render(&self.body))
    }
}

/// The texts of a ticket of which a run sees `group`, and knows `difference` of its slices.
pub(crate) fn words(decision: &Planner<'_>, group: &Group, difference: &Difference) -> TicketText {
    let input = decision.input;
    let elsewhere: Vec<(String, usize)> =
        difference.elsewhere.iter().map(|(place, count)| (place.to_string(), *count)).collect();
    let mut provenance = input.provenance();
    provenance.branches.extend(difference.branches.clone());
    let summary = compose::summary(group, input.survey, &input.config.summary_prefix);
    let sections = &decision.jira.sections;
    let body = compose::description(group, input.survey, &provenance, sections, &elsewhere);
    let mut body = (input.fit)(body);
    // it is added after the text was made to fit, because it must never be what is left out
    body.parts.push(compose::reference(&group.names));
    TicketText { summary, body }
}

//! The attachments of a ticket, as data.
//!
//! Their names contain a hash of the findings, so that a person can tell an old file from a new one. They are attached
//! when the ticket is created and again when its content changes, never because of moved lines or another commit.

use crate::compose::files;
use crate::config::Attach;
use crate::model::fingerprint::Recipe;
use crate::model::record::Pending;
use crate::model::survey::{Group, Sighting};
use crate::model::write::Attachment;
use crate::plan::observed::observation;
use crate::plan::planner::Planner;

/// The files that the configuration wants for a group, restricted to the findings in question.
pub(crate) fn files(decision: &Planner<'_>, part: &Group) -> Vec<Attachment> {
    let (survey, provenance) = (decision.input.survey, decision.input.provenance());
    let stem = stem(part);
    let file = |kind: &Attach| match kind {
        Attach::Csv => Attachment {
            name: format!("{stem}.csv"),
            media_type: "text/csv".to_owned(),
            content: files::csv::table(part, survey, &provenance),
        },
        Attach::Sarif => Attachment {
            name: format!("{stem}.sarif"),
            media_type: "application/sarif+json".to_owned(),
            content: files::sarif::of_group(part, survey, &provenance).to_string().into_bytes(),
        },
    };
    decision.jira.attach.iter().map(file).collect()
}

/// What a record notes about files until they are attached.
pub(crate) fn owed(files: &[Attachment]) -> impl Iterator<Item = Pending> + use<'_> {
    files.iter().map(|file| Pending::Attach(file.name.clone()))
}

/// `findings-` and a hash of everything that is a reason to attach new files.
fn stem(part: &Group) -> String {
    let mut found: Vec<&Sighting> = part.kept().collect();
    found.sort_by_key(|one| one.id());
    let recipe = Recipe::new("files").number(u64::from(observation::facts(part)));
    let each = |recipe: Recipe, one: &Sighting| recipe.fingerprint(one.id()).value(one.severity.name());
    let hash = found.into_iter().fold(recipe, each).finish().short();
    format!("findings-{hash:08x}")
}

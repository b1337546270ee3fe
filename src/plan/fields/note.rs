//! Values of findings that a field does not take: told once a field, however many findings have them.

use std::collections::BTreeSet;

use crate::model::fingerprint::Fingerprint;
use crate::model::scan::Problem;
use crate::plan::decision::Decision;

/// A value of a group's findings that is left out.
#[derive(Debug)]
pub(in crate::plan) struct Note {
    /// The group that the ticket is for.
    pub(super) group: Fingerprint,
    /// The key of the configuration.
    pub(super) key: String,
    /// The field, as messages name it.
    pub(super) field: String,
    /// What is wrong with the value, and what comes of it.
    pub(super) why: String,
    pub(super) end: &'static str,
    pub(super) hint: String,
    /// Whether the value is a report's, none of casefile's own words.
    pub(super) foreign: bool,
}

impl Decision<'_> {
    /// Tells what was noted, one problem a field.
    pub(in crate::plan) fn tell_notes(&mut self) {
        let mut left: Vec<Note> = std::mem::take(&mut self.notes);
        while let Some(first) = left.first() {
            let (key, field) = (first.key.clone(), first.field.clone());
            let is = |note: &mut Note| note.key == key && note.field == field;
            let same: Vec<Note> = left.extract_if(.., is).collect();
            self.plan.problems.extend(told(&same));
        }
    }

    /// The same of casefile's own words alone: what else findings that nobody has say is made up.
    pub(in crate::plan) fn tell_own_notes(&mut self) {
        self.notes.retain(|note| !note.foreign);
        self.tell_notes();
    }
}

/// One problem for all that was noted of a field.
fn told(notes: &[Note]) -> Option<Problem> {
    let Note { key, field, why, end, hint, .. } = notes.first()?;
    let values: BTreeSet<&str> = notes.iter().map(|note| note.why.as_str()).collect();
    let message = match values.len() {
        1 => format!("{field}: {why}, {end}"),
        values => {
            let tickets = notes.iter().map(|note| note.group).collect::<BTreeSet<_>>().len();
            format!("{field}: {values} values are left out of {tickets} tickets, e.g. {why}")
        }
    };
    let problem = Problem::new(key.as_str(), message).hint(hint.as_str());
    Some(if notes.iter().any(|note| note.foreign) { problem.foreign() } else { problem })
}

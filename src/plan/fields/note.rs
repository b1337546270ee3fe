//! Values of findings that a field does not accept: reported once per field, however many findings have them.

use std::collections::BTreeSet;

use crate::model::scan::Problem;
use crate::plan::planner::Planner;
use crate::plan::types::field_note::RejectedValue;

/// Reports what was noted, one problem per field.
pub(crate) fn report_notes(decision: &mut Planner<'_>) {
    let mut left: Vec<RejectedValue> = std::mem::take(&mut decision.notes);
    while let Some(first) = left.first() {
        let (key, field) = (first.key.clone(), first.field.clone());
        let is = |note: &mut RejectedValue| note.key == key && note.field == field;
        let same: Vec<RejectedValue> = left.extract_if(.., is).collect();
        decision.plan.problems.extend(problem_of(&same));
    }
}

/// The same, but only casefile's own words: everything else in sample findings is made up.
pub(crate) fn report_own_notes(decision: &mut Planner<'_>) {
    decision.notes.retain(|note| !note.foreign);
    report_notes(decision);
}

/// One problem for everything that was noted about a field.
fn problem_of(notes: &[RejectedValue]) -> Option<Problem> {
    let RejectedValue { key, field, why, end, hint, .. } = notes.first()?;
    let values: BTreeSet<&str> = notes.iter().map(|note| note.why.as_str()).collect();
    let message = match values.len() {
        1 => format!("{field}: {why}, {end}"),
        values => {
            let tickets = notes.iter().map(|note| note.group).collect::<BTreeSet<_>>().len();
            let plural = if tickets == 1 { "" } else { "s" };
            format!(
                "{field}: {values} values are left out of {tickets} ticket{plural}; the first reason: {why}"
            )
        }
    };
    let problem = Problem::new(key.as_str(), message).hint(hint.as_str());
    Some(if notes.iter().any(|note| note.foreign) { problem.foreign() } else { problem })
}

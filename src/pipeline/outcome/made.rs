//! What is to be remembered about the tickets that were created.

use crate::apply::Outcomes;
use crate::model::remembered::Remembered;
use crate::model::write::Draft;
use crate::plan::types::plan::Plan;

/// What is to be remembered about the tickets that were created.
pub(crate) fn made(plan: &Plan, outcomes: &Outcomes) -> Vec<Remembered> {
    let one = |draft: &Draft| {
        let made = outcomes.made.get(&draft.group)?;
        Some(Remembered {
            id: made.id.id,
            key: made.key.to_string(),
            names: draft.record.names.clone(),
            // a ticket that was never seen is not missing when it cannot be seen
            hidden: !outcomes.seen.contains(&made.id),
            instead: plan.unfindable.contains(&draft.group),
        })
    };
    let mut all: Vec<Remembered> = plan.creates.iter().filter_map(one).collect();
    all.sort_by_key(|one| one.id);
    all
}

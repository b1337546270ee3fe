//! A ticket that shows that tickets can be filed, drafted as a run would draft it.

use crate::model::answer::Ask;
use crate::model::scan::Problem;
use crate::model::slice::Slice;
use crate::model::ticket::{Category, TicketId};
use crate::model::write::{Draft, Ref};
use crate::plan::create::draft::draft;
use crate::plan::fields::note::report_own_notes;
use crate::plan::observed::part::whole;
use crate::plan::planner::Planner;
use crate::plan::tickets::transitions;
use crate::plan::types::input::Input;
use crate::plan::types::next::Next;
use crate::plan::types::plan::{Plan, Step, Work};
use crate::plan::types::snapshot::Snapshot;

/// The result of drafting.
#[derive(Debug)]
pub enum Trial {
    /// The tracker has to be asked first.
    Ask(Ask),
    /// What would be written: one ticket.
    Plan(Box<Plan>),
    /// Why it cannot be filed.
    Impossible(Problem),
}

/// The ticket for the survey's first group.
pub fn trial(input: &Input<'_>, snapshot: &Snapshot) -> Trial {
    let mut decision = Planner::new(input, snapshot);
    let Some(group) = input.survey.groups.first() else {
        return Trial::Impossible(Problem::new("test ticket", "there is nothing to file"));
    };
    let (group, sightings) = whole(group);
    let drafted = draft(&mut decision, &group, &sightings, None);
    match drafted {
        Err(problem) => Trial::Impossible(problem),
        Ok(None) => match decision.needs.first() {
            Some(Next::Ask(ask)) => Trial::Ask(ask),
            _ => Trial::Impossible(Problem::new(
                "test ticket",
                "the tracker's responses do not match the queries",
            )),
        },
        Ok(Some(draft)) => {
            report_own_notes(&mut decision);
            let mut plan = decision.plan;
            plan.creates.push(draft);
            Trial::Plan(Box::new(plan))
        }
    }
}

/// Cleans up a test ticket that the account is not allowed to delete: its marks are removed, so that no run looks at
/// it, and it is closed if its workflow allows that.
pub fn put_away(id: &TicketId, draft: &Draft) -> Plan {
    let slices = draft.slices.iter().map(Slice::id).collect();
    let work = |step| Work { on: Ref::Known(id.clone()), steps: vec![step] };
    let ours = draft.labels.iter().filter(|label| label.starts_with("casefile")).cloned().collect();
    // one step at a time: a done ticket may not accept edits, and not every workflow leads there
    Plan {
        works: vec![work(Step::Unmark(ours, slices))],
        merges: vec![work(Step::Go(transitions::anywhere(Category::Done)))],
        ..Plan::default()
    }
}

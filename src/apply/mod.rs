//! Plan to outcomes: the only place that writes to a tracker.
//!
//! Tickets are created in batches, and what has no clear response is searched for, never sent again. Then each ticket's
//! steps are done in order, several tickets at a time, and finally the duplicates give way.

mod astray;
mod create;
mod discard;
mod edit;
mod kept;
mod left_out;
mod limits;
mod lost;
mod moves;
mod outcomes;
mod refused;
mod subject;
mod work;

pub use discard::discard;
pub use outcomes::{ApplyProgress, Outcomes};

pub use crate::http::Stop;
use crate::plan::Plan;
use crate::tracker::Write;

/// Writes a plan.
pub async fn apply<T: Write>(tracker: &T, plan: &Plan, stop: &Stop, progress: ApplyProgress<'_>) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let all = plan.creates.len() + plan.works.len() + plan.merges.len();
    create::create(tracker, plan, stop, &|done| progress(done, all), &mut outcomes).await;
    let before = plan.creates.len();
    let report = |done| progress(before + done, all);
    let works = kept::works(tracker, plan, stop, &report, &mut outcomes).await;
    let report = |done| progress(before + plan.works.len() - works.len() + done, all);
    work::work(tracker, &works, &plan.keys, stop, &report, &mut outcomes).await;
    let before = before + plan.works.len();
    work::work(tracker, &plan.merges, &plan.keys, stop, &|done| progress(before + done, all), &mut outcomes)
        .await;
    outcomes
}

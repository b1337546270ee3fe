//! What comes next: a question, or the plan.

use crate::model::answer::Ask;
use crate::model::repository::Place;
use crate::plan::types::plan::Plan;

/// What comes next: a question to the tracker, or the plan.
#[derive(Debug)]
pub enum Next {
    /// This must be known first, from the tracker.
    Ask(Ask),
    /// This must be known first, from GitHub: the newest commits of these places.
    Look(Vec<Place>),
    /// This must be known first, from GitHub: what the pull request's section remembers.
    Recall,
    /// Nothing is missing.
    Plan(Box<Plan>),
}

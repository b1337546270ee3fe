//! What the tracker refused of single tickets, reported once for each reason, however many tickets it is about.

use crate::model::scan::Problem;

/// Something that was left out of a ticket.
#[derive(Debug)]
pub(super) struct LeftOut {
    /// What people know the ticket by.
    pub(super) on: String,
    /// The field, by its id, where it is one.
    pub(super) field: Option<String>,
    /// What happened to what.
    pub(super) what: String,
    /// What is the same of all that is reported together, beside the reason.
    pub(super) like: String,
    pub(super) why: String,
    pub(super) hint: String,
    /// Whether the reason is in the tracker's words about a value, which may quote it.
    pub(super) foreign: bool,
}

impl LeftOut {
    fn problem(self, more: usize) -> Problem {
        let LeftOut { on, field, what, why, hint, foreign, .. } = self;
        let more = if more == 0 { String::new() } else { format!(", and {more} more in this run") };
        let (place, because) = match field {
            Some(field) => (format!("{on}, field {field}"), ", because Jira refused it: "),
            None => (on, ": "),
        };
        let problem = Problem::new(place, format!("{what}{more}{because}{why}")).hint(hint);
        if foreign { problem.foreign() } else { problem }
    }
}

/// One problem per reason.
pub(super) fn problems(mut all: Vec<LeftOut>) -> Vec<Problem> {
    // tickets are worked on side by side, in any order
    all.sort_by(|one, other| {
        (one.on.len(), &one.on, &one.what).cmp(&(other.on.len(), &other.on, &other.what))
    });
    let mut reasons: Vec<(LeftOut, usize)> = Vec::new();
    for one in all {
        match reasons.iter_mut().find(|(first, _)| first.like == one.like && first.why == one.why) {
            Some((_, more)) => *more += 1,
            None => reasons.push((one, 0)),
        }
    }
    reasons.into_iter().map(|(first, more)| first.problem(more)).collect()
}

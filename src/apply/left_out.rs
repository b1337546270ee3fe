//! What the tracker refused for individual tickets, reported once for each reason, however many tickets it affects.

use crate::model::scan::Problem;

/// Something that was left out of a ticket.
#[derive(Debug)]
pub(super) struct LeftOut {
    /// What people know the ticket as.
    pub(super) on: String,
    /// The field, by its id, if it is one.
    pub(super) field: Option<String>,
    /// What happened to what.
    pub(super) what: String,
    /// What everything that is reported together has in common, besides the reason.
    pub(super) kind: String,
    pub(super) why: String,
    pub(super) hint: String,
    /// Whether the reason is in the tracker's words about a value, which may quote it.
    pub(super) foreign: bool,
}

impl LeftOut {
    fn problem(self, more: usize) -> Problem {
        let LeftOut { on, field, what, why, hint, foreign, .. } = self;
        let more = match more {
            0 => String::new(),
            1 => " (this also happened with 1 other ticket in this run)".to_owned(),
            more => format!(" (this also happened with {more} other tickets in this run)"),
        };
        let (place, because) = match field {
            Some(field) => (format!("{on}, field {field}"), ", because Jira refused it: "),
            None => (on, ": "),
        };
        let problem = Problem::new(place, format!("{what}{because}{why}{more}")).hint(hint);
        if foreign { problem.foreign() } else { problem }
    }
}

/// One problem per reason.
pub(super) fn problems(mut all: Vec<LeftOut>) -> Vec<Problem> {
    // several tickets are worked on at a time, in any order
    all.sort_by(|one, other| {
        (one.on.len(), &one.on, &one.what).cmp(&(other.on.len(), &other.on, &other.what))
    });
    let mut reasons: Vec<(LeftOut, usize)> = Vec::new();
    for one in all {
        match reasons.iter_mut().find(|(first, _)| first.kind == one.kind && first.why == one.why) {
            Some((_, more)) => *more += 1,
            None => reasons.push((one, 0)),
        }
    }
    reasons.into_iter().map(|(first, more)| first.problem(more)).collect()
}

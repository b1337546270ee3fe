//! Tickets that earlier runs remember creating, and that no search finds now.

use crate::model::remembered::Remembered;
use crate::model::scan::Problem;
use crate::model::survey::Group;
use crate::plan::planner::Planner;

/// How to make casefile forget tickets that are gone for good.
const FORGET: &str = "delete what casefile remembers, so that the next run files the findings again: the `--state` file \
                      (and, in a workflow, its cache), and casefile's section in the pull request's description. \
                      Alternatively, assign the findings to another ticket with `casefile link`.";

/// What is known about the tickets that were created for a group, before it is filed.
pub(crate) enum Recalled {
    /// Something must be asked first.
    Unknown,
    /// There are none, or none that prevents filing; one that is gone is reported.
    File,
    /// One was created that cannot be seen, and others would be created again and again.
    Hidden(Box<Problem>),
}

/// Looks for the tickets that earlier runs created for a group. One that could never be seen is not created again. One
/// that could be seen and is gone is created again, because it may have been deleted.
pub(crate) fn recall(decision: &mut Planner<'_>, group: &Group) -> Recalled {
    if !decision.needs.recalled(decision.input, decision.snapshot) {
        return Recalled::Unknown;
    }
    let recalled = decision.snapshot.recalled.iter().flatten();
    let mut made: Vec<&Remembered> = decision.input.remembered.iter().chain(recalled).collect();
    made.sort_by_key(|one| one.id);
    let made: Vec<&Remembered> =
        made.into_iter().filter(|one| one.names.iter().any(|name| group.names.contains(name))).collect();
    let mut known = true;
    for one in &made {
        known &= decision.needs.id(decision.snapshot, one.id);
    }
    known &= decision.needs.mentioned(decision.snapshot, group);
    if !known {
        return Recalled::Unknown;
    }
    // those that can be seen were dealt with above
    let Some(last) = made.into_iter().rfind(|one| decision.snapshot.ticket(one.id).is_none()) else {
        return Recalled::File;
    };
    let name = if last.key.is_empty() { format!("ticket {}", last.id) } else { last.key.clone() };
    if last.hidden {
        let message = "an earlier run created this ticket, but it is not visible to the account that \
                       created it; casefile does not create a second one";
        let hint = format!(
            "Check the project's issue security scheme, any rules that set a security level, and the browse permission. \
             If the ticket was deleted, {FORGET}"
        );
        decision.plan.hidden.insert(group.name(), last.clone());
        return Recalled::Hidden(Box::new(Problem::new(name, message).hint(hint)));
    }
    if last.instead {
        let message = "this ticket was filed to replace one that could not be found, but now it cannot be \
                       found either; casefile does not create a third one";
        let hint = format!(
            "Check for rules that move tickets or set a security level. If both tickets were deleted, {FORGET}"
        );
        decision.plan.hidden.insert(group.name(), last.clone());
        return Recalled::Hidden(Box::new(Problem::new(name, message).hint(hint)));
    }
    let message = "this ticket can no longer be found: it was deleted, or moved to a project that the \
                   account cannot see; its findings are filed again";
    let hint =
        "If it was moved, close one of the two tickets, and give the account access to the other project.";
    decision.problem(Problem::new(name, message).hint(hint));
    decision.plan.unfindable.insert(group.name());
    Recalled::File
}

//! Moves a ticket if its workflow allows it. If not, that is a warning: people move tickets, too, and workflows get
//! fixed.

use super::left_out::LeftOut;
use super::subject::Subject;
use crate::model::answer::Failure;
use crate::model::scan::Problem;
use crate::model::write::Move;
use crate::tracker::Write;

/// Moves a ticket; returns whether it is there now.
///
/// # Errors
/// Failures other than a refusal: the tracker could not be reached, or does not say whether the move was made.
pub(super) async fn go<T: Write>(
    tracker: &T,
    on: &Subject,
    to: &Move,
    problems: &mut Vec<Problem>,
    left_out: &mut Vec<LeftOut>,
) -> Result<bool, Failure> {
    let failure = match tracker.go(&on.id, to).await {
        Ok(()) => return Ok(true),
        Err(failure @ (Failure::Refused { .. } | Failure::Scope(_))) => failure,
        Err(failure) => return Err(failure),
    };
    let gives = to.resolution.is_some() || !to.fields.is_empty();
    let named = matches!(&failure, Failure::Refused { fields, .. } if !fields.is_empty());
    if gives && named {
        // what its screen does not accept in this way is left out
        let bare = Move { fields: Vec::new(), resolution: None, ..to.clone() };
        match tracker.go(&on.id, &bare).await {
            Ok(()) => {
                let message = format!(
                    "the ticket was moved to {}, but the transition's fields were not set: {failure}",
                    to.to
                );
                problems.push(Problem::new(on.name.as_str(), message).foreign());
                return Ok(true);
            }
            Err(Failure::Refused { .. } | Failure::Scope(_)) => {}
            Err(other) => return Err(other),
        }
    }
    let what = format!("the ticket was not moved to {}", to.to);
    left_out.push(LeftOut {
        on: on.name.clone(),
        field: None,
        kind: what.clone(),
        what,
        hint: advice(to, &failure),
        why: failure.to_string(),
        foreign: true,
    });
    Ok(false)
}

/// What can be done about a refused move.
fn advice(to: &Move, failure: &Failure) -> String {
    let by_hand = "Move the ticket yourself, or set a status in `states` that its workflow can reach.";
    let Some(state) = to.state else { return by_hand.to_owned() };
    let (Failure::Refused { fields, message }, key) = (failure, format!("states.{}", state.name())) else {
        return "Ask a Jira administrator for the Transition Issues permission in that project.".to_owned();
    };
    let resolution = fields.contains_key("resolution") || message.to_lowercase().contains("resolution");
    let others: Vec<&str> =
        fields.keys().map(String::as_str).filter(|field| *field != "resolution").collect();
    if resolution && to.resolution.is_none() {
        return format!(
            "Set `{key}.resolution` to one of the site's resolutions, as in \
             `{}: {{status: …, resolution: …}}`. The next run then moves the ticket.",
            state.name()
        );
    }
    if resolution {
        return format!(
            "Correct `{key}.resolution`, or ask a Jira administrator to add Resolution to the transition's screen. \
             The next run then moves the ticket."
        );
    }
    if !others.is_empty() {
        return format!(
            "Set `{}` under `{key}.fields`, by field name or ID. The next run then moves the ticket.",
            others.join("`, `")
        );
    }
    by_hand.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::State;
    use crate::model::write::MoveTarget;

    #[test]
    fn the_advice_fits_what_was_refused() {
        let check = |resolution: Option<&str>, fields: &[&str], message: &str, expected: &str| {
            let to = Move {
                to: MoveTarget::from("Done"),
                resolution: resolution.map(str::to_owned),
                fields: Vec::new(),
                state: Some(State::Resolved),
            };
            let fields = fields.iter().map(|field| ((*field).to_owned(), "no".to_owned())).collect();
            let failure = Failure::Refused { fields, message: message.to_owned() };
            let said = advice(&to, &failure);
            assert!(said.contains(expected), "{said}");
        };
        check(None, &["resolution"], "", "Set `states.resolved.resolution`");
        check(None, &[], "Resolution is required", "Set `states.resolved.resolution`");
        check(Some("Mended"), &["resolution"], "", "Correct `states.resolved.resolution`");
        check(None, &["customfield_7"], "", "`customfield_7` under `states.resolved.fields`");
        check(None, &[], "no transition leads to `Done` from here", "yourself");
        check(None, &[], "Only a manager may do that.", "yourself");
    }
}

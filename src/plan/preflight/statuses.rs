//! Whether the statuses of `states` exist, and can be reached.

use crate::config::{Config, StateTarget, States};
use crate::model::answer::{Offers, Takes};
use crate::model::check::Check;
use crate::model::record::State;
use crate::model::ticket::{Category, Status};
use crate::plan::tickets::transitions;
use crate::plan::tickets::transitions::is;

/// What `states` and `recurrence.accepted` mean in a project. `tickets`: some existing ones, each with its status.
pub fn statuses(
    config: &Config,
    project: &str,
    statuses: &[Status],
    offers: &Offers,
    tickets: &[(Status, Takes)],
) -> Vec<Check> {
    let name = format!("states of {project}");
    let mut checks = unknown(config, project, &name, statuses, offers);
    for (from, takes) in tickets {
        checks.extend(unreachable(&config.states, &name, from, takes, statuses));
    }
    if checks.is_empty() {
        let found = config
            .states
            .targets
            .iter()
            .map(|(state, target)| format!("{} is {}", state.name(), target.status));
        let found: Vec<String> = found.collect();
        let seen = if tickets.is_empty() {
            "; their transitions cannot be checked until there is a ticket"
        } else {
            ""
        };
        checks.push(match found.is_empty() {
            true => Check::ok(&name, "no status is configured, so only people move tickets"),
            false => Check::ok(&name, format!("{}{seen}", found.join(", "))),
        });
    }
    checks.extend(accepted(config, statuses, offers));
    checks
}

/// Statuses and resolutions that do not exist.
fn unknown(config: &Config, project: &str, name: &str, statuses: &[Status], offers: &Offers) -> Vec<Check> {
    let mut checks = Vec::new();
    for (state, target) in &config.states.targets {
        match transitions::stand_in(&config.states, *state, statuses) {
            Some(other) => {
                let message = format!(
                    "there is no status `{}`; `{}` is used for the state `{}` instead, because its category matches",
                    target.status,
                    other.name,
                    state.name()
                );
                let names: Vec<&str> = statuses.iter().map(|status| status.name.as_str()).collect();
                let hint = format!(
                    "In `states`, use the name that the status has on this site: when a person chooses a \
                     status, casefile recognises it only by its name. The project's statuses are: {}.",
                    names.join(", ")
                );
                checks.push(Check::warning(name, message).hint(hint));
            }
            None => checks.extend(
                transitions::unknown(project, *state, target, statuses)
                    .map(|problem| Check::failed(name, problem.message).hint(problem.hint)),
            ),
        }
        let known = |wanted: &str| offers.resolutions.iter().any(|one| same(one, wanted));
        if let Some(wanted) = target.resolution.as_ref().filter(|_| !offers.resolutions.is_empty())
            && !known(wanted)
        {
            let message = format!(
                "the state `{}` sets the resolution `{wanted}`, but there is no such resolution",
                state.name()
            );
            let hint = format!("The site's resolutions are: {}.", offers.resolutions.join(", "));
            checks.push(Check::failed(name, message).hint(hint));
        }
    }
    checks
}

/// The states that a ticket cannot be moved to, although its findings could reach them.
fn unreachable(states: &States, name: &str, from: &Status, takes: &Takes, statuses: &[Status]) -> Vec<Check> {
    let is_done = from.category == Category::Done;
    let stands = |status: &Status, state: &State, target: &StateTarget| {
        let other = transitions::stand_in(states, *state, statuses);
        other.map_or_else(|| is(status, &target.status), |other| other.id == status.id)
    };
    let wanted = states.targets.iter().filter(|(state, target)| {
        let comes = if **state == State::Open { is_done } else { !is_done };
        comes && !stands(from, state, target)
    });
    wanted
        .filter(|(state, target)| !takes.statuses.iter().any(|status| stands(status, state, target)))
        .map(|(state, target)| {
            let message = format!(
                "no transition leads from `{0}` to `{1}`, the status for `{2}`: tickets stay in `{0}`",
                from.name,
                target.status,
                state.name()
            );
            Check::warning(name, message).hint(
                "Ask a Jira administrator to add the transition, or map the state to another status; casefile does \
                 not guess a path of several transitions.",
            )
        })
        .collect()
}

/// Words that match no status or resolution, so that nobody can accept anything with them. The defaults are words from
/// many sites, so it is enough if one of them exists.
fn accepted(config: &Config, statuses: &[Status], offers: &Offers) -> Option<Check> {
    let words = &config.recurrence.accepted;
    let known = |word: &&String| {
        statuses.iter().any(|status| is(status, word)) || offers.resolutions.iter().any(|one| same(one, word))
    };
    let (known, unknown): (Vec<&String>, Vec<&String>) = words.iter().partition(known);
    let is_default = *words == crate::config::Recurrence::default().accepted;
    if unknown.is_empty() || (is_default && !known.is_empty()) || offers.resolutions.is_empty() {
        return None;
    }
    let message = format!("neither a status nor a resolution is called `{}`", list(&unknown).join("` or `"));
    let done: Vec<&str> = statuses
        .iter()
        .filter(|status| status.category == Category::Done)
        .map(|status| status.name.as_str())
        .collect();
    let hint = format!(
        "Use the site's own names in `recurrence.accepted`: casefile recognises an accepted finding \
         only by these names. The site's resolutions are: {}. The done statuses are: {}.",
        offers.resolutions.join(", "),
        done.join(", ")
    );
    Some(Check::warning("recurrence.accepted", message).hint(hint))
}

fn list<'w>(words: &[&'w String]) -> Vec<&'w str> {
    words.iter().map(|word| word.as_str()).collect()
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;

    fn status(name: &str, category: Category) -> Status {
        Status { id: name.len().to_string(), name: name.to_owned(), category }
    }

    /// A configuration, the statuses to which a ticket in `To Do` and one in `Done` can be moved, and each check that
    /// is not OK.
    fn check(text: &str, from_to_do: &[&str], from_done: &[&str], expected: &[&str]) {
        let all = [
            status("To Do", Category::New),
            status("In Progress", Category::InProgress),
            status("Done", Category::Done),
        ];
        let takes = |names: &[&str]| Takes {
            statuses: all.iter().filter(|one| names.contains(&one.name.as_str())).cloned().collect(),
            ..Takes::default()
        };
        let offers = Offers { resolutions: vec!["Fixed".into(), "Won't Do".into()], ..Offers::default() };
        let tickets = [(all[0].clone(), takes(from_to_do)), (all[2].clone(), takes(from_done))];
        let config = parse(text, "c.yml").unwrap();
        let checks = statuses(&config, "SEC", &all, &offers, &tickets);
        let found: Vec<String> =
            checks.iter().map(|one| format!("{:?} {}", one.state, one.message)).collect();
        let same = found.len() == expected.len()
            && found.iter().zip(expected).all(|(found, said)| found.contains(said));
        assert!(same, "{text}: {found:#?}");
    }

    #[test]
    fn statuses_exist_and_can_be_reached() {
        let everywhere = &["To Do", "In Progress", "Done"][..];
        check("", &[], &[], &["Ok no status is configured"]);
        check(
            "states: {open: to do, resolved: 'DONE'}",
            everywhere,
            everywhere,
            &["Ok open is to do, resolved is DONE"],
        );
        check(
            "states: {resolved: Finished}",
            everywhere,
            everywhere,
            &[
                "Failed `states` names the status `Finished` for `resolved`, but there is no such status",
                "Warning no transition leads from `To Do` to `Finished`",
            ],
        );
        check(
            "states: {resolved: Done}",
            &["In Progress"],
            &[],
            &["Warning no transition leads from `To Do` to `Done`"],
        );
        check("states: {open: To Do}", &[], &[], &["Warning no transition leads from `Done` to `To Do`"]);
        check(
            "states: {resolved: {status: Done, resolution: Mended}}",
            everywhere,
            everywhere,
            &["Failed the state `resolved` sets the resolution `Mended`, but there is no such resolution"],
        );
    }

    #[test]
    fn in_another_language_a_status_goes_by_its_category_and_that_is_said() {
        let german = [
            status("Zu erledigen", Category::New),
            status("In Arbeit", Category::InProgress),
            status("Wird nicht gemacht", Category::Done),
            status("Fertig", Category::Done),
        ];
        let text = "states: {open: To Do, resolved: Done, closed: Wird nicht gemacht}";
        let config = parse(text, "c.yml").unwrap();
        let takes = Takes { statuses: german.to_vec(), ..Takes::default() };
        let offers = Offers { resolutions: vec!["Erledigt".into()], ..Offers::default() };
        let checks = statuses(&config, "SEC", &german, &offers, &[(german[0].clone(), takes)]);
        let found: Vec<String> = checks.iter().map(|one| format!("{} {}", one.message, one.hint)).collect();
        assert!(
            found[0].contains("no status `To Do`; `Zu erledigen` is used for the state `open`"),
            "{found:#?}"
        );
        assert!(found[1].contains("`Fertig` is used for the state `resolved`"), "{found:#?}");
        assert!(
            found[2].contains("neither a status nor a resolution") && found[2].contains("Erledigt"),
            "{found:#?}"
        );
        assert_eq!(found.len(), 3, "{found:#?}");
    }

    #[test]
    fn words_of_acceptance_are_known() {
        let ok = "Ok no status";
        check("recurrence: {accepted: [fixed, DONE]}", &[], &[], &[ok]);
        check(
            "recurrence: {accepted: [Fixed, Waived]}",
            &[],
            &[],
            &[ok, "Warning neither a status nor a resolution is called `Waived`"],
        );
    }
}

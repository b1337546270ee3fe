//! What people did to tickets, passed on to GitHub's alerts (`github.dismiss-alerts`): an accepted ticket dismisses the
//! alerts of its findings, and they are reopened when the acceptance ends.
//!
//! Only alerts that GitHub listed in this very run are changed, and only from a tracked branch; only what casefile
//! dismissed is reopened.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::alert::{AlertChange, AlertId, AlertState, AlertTo, Feed, MARK};
use crate::model::finding::ExclusionReason;
use crate::model::repository::Place;
use crate::model::scan::Problem;
use crate::model::ticket::Ticket;
use crate::plan::types::input::Input;
use crate::plan::types::outcome::GroupAction;
use crate::plan::types::plan::Plan;
use crate::plan::types::snapshot::Snapshot;

/// How many alerts one run changes: GitHub takes 80 such requests a minute.
const MOST_CHANGES: usize = 80;

/// The maximum length of a dismissal's comment, in characters.
const COMMENT: usize = 280;

/// Adds what becomes of alerts to a plan that is otherwise complete.
pub(crate) fn follow(input: &Input<'_>, snapshot: &Snapshot, plan: &mut Plan) {
    let on_branch = matches!(input.run.place, Place::Branch(_));
    if !input.config.github.dismiss_alerts || !input.run.writes() || !on_branch {
        return;
    }
    let mut accepted: BTreeMap<AlertId, &Ticket> = BTreeMap::new();
    let mut wanted: BTreeSet<AlertId> = BTreeSet::new();
    let mut echoed: BTreeMap<AlertId, Option<String>> = BTreeMap::new();
    for outcome in &plan.outcomes {
        let ticket = outcome.action.ticket().and_then(|id| snapshot.ticket(id.id));
        let is_accepted = match outcome.action {
            GroupAction::Skipped(ExclusionReason::Accepted, _) => true,
            GroupAction::Skipped(..)
            | GroupAction::Deferred
            | GroupAction::BranchNotTracked(_)
            | GroupAction::Impossible(_) => continue,
            _ => false,
        };
        let alerts = outcome.findings.iter().filter_map(|finding| input.survey.alerts.get(finding)).flatten();
        for alert in alerts.filter(|alert| alert.live && alert.id.feed != Feed::SecretScanning) {
            match (is_accepted, alert.state, ticket) {
                (true, AlertState::Open, Some(ticket)) => {
                    accepted.insert(alert.id, ticket);
                }
                (false, AlertState::Echoed, ticket) => {
                    echoed.insert(alert.id, ticket.map(|ticket| ticket.key.to_string()));
                }
                _ => {}
            }
            if !is_accepted {
                wanted.insert(alert.id);
            }
        }
    }
    // if two tickets have the same alert, the one that is not accepted decides
    let dismissed =
        accepted.into_iter().filter(|(id, _)| !wanted.contains(id)).map(|(id, ticket)| dismiss(id, ticket));
    let opened = echoed.into_iter().map(|(alert, ticket)| AlertChange { alert, to: AlertTo::Open, ticket });
    plan.alerts = opened.chain(dismissed).collect();
    if plan.alerts.len() > MOST_CHANGES {
        let rest = plan.alerts.split_off(MOST_CHANGES).len();
        let message = format!(
            "one run cannot update all these alerts on GitHub; the next run will update the remaining {rest}"
        );
        plan.problems.push(Problem::new("github.dismiss-alerts", message));
    }
}

fn dismiss(alert: AlertId, ticket: &Ticket) -> AlertChange {
    let words = [ticket.resolution.as_deref(), Some(ticket.status.name.as_str())];
    let reason = reason(alert.feed, words.into_iter().flatten());
    let key = ticket.key.to_string();
    let comment = format!("{MARK}{key} is closed as accepted").chars().take(COMMENT).collect();
    AlertChange { alert, to: AlertTo::Dismissed { reason, comment }, ticket: Some(key) }
}

/// GitHub's reason for a resolution or a status: from the first of the words that match anything; by default, that the
/// risk is tolerated.
fn reason<'w>(feed: Feed, words: impl Iterator<Item = &'w str>) -> &'static str {
    const SAID: [(&[&str], &str, &str); 4] = [
        (&["false positive", "invalid", "inaccurate", "incorrect"], "false positive", "inaccurate"),
        (&["test"], "used in tests", "not_used"),
        (
            &["not used", "unused", "not affected", "not reachable", "not exploitable"],
            "false positive",
            "not_used",
        ),
        (&["bandwidth", "capacity", "no time"], "won't fix", "no_bandwidth"),
    ];
    let known = words
        .map(|word| word.to_lowercase().replace(['-', '_'], " "))
        .find_map(|word| SAID.iter().find(|(parts, ..)| parts.iter().any(|part| word.contains(part))));
    match (feed, known) {
        (Feed::Dependabot, Some((_, _, reason))) => reason,
        (Feed::Dependabot, None) => "tolerable_risk",
        (_, Some((_, reason, _))) => reason,
        (_, None) => "won't fix",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_from_the_resolution_else_the_status() {
        let check = |words: &[&str], code: &str, dependency: &str| {
            let of = |feed| reason(feed, words.iter().copied());
            assert_eq!((of(Feed::CodeScanning), of(Feed::Dependabot)), (code, dependency), "{words:?}");
        };
        check(&["Won't Do", "Closed"], "won't fix", "tolerable_risk");
        check(&["Risk Accepted"], "won't fix", "tolerable_risk");
        check(&["False Positive", "Done"], "false positive", "inaccurate");
        check(&["Done", "FALSE-POSITIVE"], "false positive", "inaccurate");
        check(&["Used in tests"], "used in tests", "not_used");
        check(&["Not reachable"], "false positive", "not_used");
        check(&["No bandwidth"], "won't fix", "no_bandwidth");
        check(&[], "won't fix", "tolerable_risk");
    }
}

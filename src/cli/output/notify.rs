//! Tells Slack how a run ended, once, if the environment has a webhook and the configuration wants it.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::apply::Stop;
use crate::cli::output::{printer, text};
use crate::cli::setup::connect;
use crate::cli::setup::prepare::Prepared;
use crate::config::Slack;
use crate::error::Error;
use crate::notify::{Notification, slack};
use crate::pipeline::refresh::result::Refreshed;
use crate::pipeline::result::CommandOutcome;

/// How long Slack may take.
const TIME: Duration = Duration::from_secs(10);

/// How long it may take beyond the time limit.
const MOMENT: Duration = Duration::from_secs(1);

/// How a command ended, as it is reported to those who want to know about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CommandEnd {
    Well,
    /// It succeeded, and this many tickets stay where a person has to move them.
    Unmoved(usize),
    Failed,
}

/// Tells how a run ended. `failed`: it ends with an exit code other than 0, or would without `--on-tracker-error`.
pub(crate) async fn outcome(prepared: &Prepared, outcome: &CommandOutcome, failed: bool) {
    let end = match outcome.unmoved {
        _ if failed => CommandEnd::Failed,
        0 => CommandEnd::Well,
        count => CommandEnd::Unmoved(count),
    };
    let reached = text::reached(outcome, prepared).into_iter();
    let mut lines: Vec<String> = reached.chain(text::sums_of(outcome, prepared)).collect();
    lines.extend(outcome.result.within(prepared.detail()).problems.iter().map(text::line));
    deliver(prepared, end, lines).await;
}

/// Tells how a refresh ended.
pub(crate) async fn refreshed(prepared: &Prepared, done: &Refreshed, sums: Vec<String>) {
    let end = match done.unmoved {
        _ if done.failed => CommandEnd::Failed,
        0 => CommandEnd::Well,
        count => CommandEnd::Unmoved(count),
    };
    deliver(prepared, end, sums.into_iter().chain(done.problems.iter().map(text::line)).collect()).await;
}

/// Tells that a run ended early.
pub(crate) async fn error(prepared: &Prepared, error: &Error) {
    let lines = [error.to_string()].into_iter().chain(error.advice().map(str::to_owned));
    deliver(prepared, CommandEnd::Failed, lines.collect()).await;
}

async fn deliver(prepared: &Prepared, end: CommandEnd, lines: Vec<String>) {
    let wanted = match prepared.config.notify.slack {
        Slack::Never => false,
        Slack::Failure => end != CommandEnd::Well,
        Slack::Always => true,
    };
    let Some(webhook) = connect::variable("SLACK_WEBHOOK_URL").filter(|_| wanted) else { return };
    let run = &prepared.run;
    let on = if run.branch.is_empty() { String::new() } else { format!(" on {}", run.branch) };
    let ended = match end {
        CommandEnd::Well => "finished".to_owned(),
        CommandEnd::Unmoved(count) => format!("could not move {}", text::counted(count, "ticket")),
        CommandEnd::Failed => "failed".to_owned(),
    };
    let message = Notification {
        title: format!("casefile {ended}: {}{on}", run.repository.name),
        lines,
        page: run.url.clone(),
    };
    let client = connect::web(&prepared.config, &prepared.root, until(&prepared.stop));
    let sent = match client {
        Ok(client) => slack(&client, &SecretString::from(webhook), &message).await,
        Err(error) => Err(error.to_string()),
    };
    if let Err(why) = sent {
        printer::say(&format!("SLACK_WEBHOOK_URL: Slack was not notified: {why}"));
    }
}

/// The time until which its answer is awaited. A signal counts like the time limit.
fn until(stop: &Stop) -> Instant {
    let now = Instant::now();
    let limit = if stop.is_over() { now } else { stop.deadline().max(now) };
    (now + TIME).min(limit + MOMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn slack_is_not_waited_for_beyond_the_end() {
        let left = |stop: &Stop| until(stop).saturating_duration_since(Instant::now());
        assert!(left(&Stop::after(Duration::from_secs(600))) > MOMENT * 9);
        let short = left(&Stop::after(Duration::from_secs(3)));
        assert!(short > MOMENT && short <= MOMENT * 4, "{short:?}");
        assert!(left(&Stop::after(Duration::ZERO)) <= MOMENT);
        let stop = Stop::after(Duration::from_secs(600));
        stop.ask();
        assert!(left(&stop) <= MOMENT);
    }
}

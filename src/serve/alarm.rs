//! Tells Slack of failures of the server: one of a kind in ten minutes, however many there are.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::{Instant, timeout};

use super::seldom::Seldom;
use crate::http::Client;
use crate::notify::{Notification, slack};

/// How long Slack may take.
const TIME: Duration = Duration::from_secs(10);

/// How long one message of a kind is enough.
const PAUSE: Duration = Duration::from_secs(600);

/// A Slack channel that is told of failures.
#[derive(Clone)]
pub struct SlackChannel {
    /// How it is reached.
    pub client: Client,
    /// Its incoming webhook, whose address is a secret.
    pub webhook: SecretString,
}

/// Tells whoever wants to know of failures.
pub(super) struct Alarm {
    channel: Option<SlackChannel>,
    seldom: Seldom,
}

impl Alarm {
    pub(super) fn new(channel: Option<SlackChannel>) -> Alarm {
        Alarm { channel, seldom: Seldom::every(PAUSE) }
    }

    /// Tells of a failure, unless one of this kind was told lately.
    pub(super) async fn raise(&self, kind: &'static str, message: &str, hint: &str) {
        let Some(channel) = &self.channel else { return };
        let Some(untold) = self.seldom.tells(kind, Instant::now()) else { return };
        let mut lines = vec![message.to_owned()];
        lines.extend(Some(hint.to_owned()).filter(|hint| !hint.is_empty()));
        if untold > 0 {
            lines.push(format!("{untold} more of this since the last message"));
        }
        let message = Notification { title: format!("casefile serve: {kind}"), lines, page: None };
        let told = timeout(TIME, slack(&channel.client, &channel.webhook, &message)).await;
        match told {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::warn!(%why, "Slack was not told"),
            Err(_) => tracing::warn!("Slack was not told: it did not answer in time"),
        }
    }
}

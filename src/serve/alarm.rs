//! Notifies Slack of failures of the server: one of each kind in ten minutes, however many there are.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::{Instant, timeout};

use super::log_throttle::LogThrottle;
use crate::http::Client;
use crate::notify::{Notification, slack};

/// How long Slack may take.
const TIME: Duration = Duration::from_secs(10);

/// After a message, how long further ones of the same kind are suppressed.
const PAUSE: Duration = Duration::from_secs(600);

/// A Slack channel that is notified of failures.
#[derive(Clone)]
pub struct SlackChannel {
    /// The HTTP client for it.
    pub client: Client,
    /// Its incoming webhook, whose address is a secret.
    pub webhook: SecretString,
}

/// Notifies those who want to know about failures.
pub(super) struct Alarm {
    channel: Option<SlackChannel>,
    throttle: LogThrottle,
}

impl Alarm {
    pub(super) fn new(channel: Option<SlackChannel>) -> Alarm {
        Alarm { channel, throttle: LogThrottle::every(PAUSE) }
    }

    /// Reports a failure, unless one of this kind was reported recently.
    pub(super) async fn raise(&self, kind: &'static str, message: &str, hint: &str) {
        let Some(channel) = &self.channel else { return };
        let Some(suppressed) = self.throttle.admit(kind, Instant::now()) else { return };
        let mut lines = vec![message.to_owned()];
        lines.extend(Some(hint.to_owned()).filter(|hint| !hint.is_empty()));
        if suppressed > 0 {
            lines.push(format!("further failures of this kind since the last message: {suppressed}"));
        }
        let message = Notification { title: format!("casefile serve: {kind}"), lines, page: None };
        let logged = timeout(TIME, slack(&channel.client, &channel.webhook, &message)).await;
        match logged {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::warn!(%why, "Slack was not notified"),
            Err(_) => tracing::warn!("Slack was not notified: it did not respond in time"),
        }
    }
}

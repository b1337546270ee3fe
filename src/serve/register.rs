//! Keeps a site's webhook registered in Jira: created if it is missing, and renewed long before it expires.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;
use url::Url;

use super::dispatcher::Dispatcher;
use crate::tracker::jira::{Hook, Hooked};

/// How often it is checked; dynamic ones are valid for 30 days.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The first pause after a failure, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(60 * 60));

/// Keeps the webhook registered until it is cancelled. If the credentials do not allow that, existing webhooks are
/// still served.
pub(super) async fn keep(dispatcher: Rc<Dispatcher>, site: usize, base: Url) {
    let Some(site) = dispatcher.site(site) else { return };
    let url = address(&base, site.name.as_deref());
    let hook = Hook { url: &url, secret: site.secret.as_ref(), projects: &site.projects };
    let mut pause = PAUSES.0;
    loop {
        match site.tracker.hook(&hook).await {
            Ok(hooked) => {
                let done = match hooked {
                    Hooked::Kept => "kept",
                    Hooked::Made => "made",
                    Hooked::Renewed => "renewed",
                };
                tracing::info!(site = site.label(), url, done, "the webhook is registered");
                pause = PAUSES.0;
                sleep(EVERY).await;
            }
            Err(failure) => {
                let hint = failure.hint();
                let message = "the webhook could not be registered";
                tracing::error!(site = site.label(), url, error = %failure, hint, "{message}");
                sleep(pause).await;
                pause = (pause * 2).min(PAUSES.1);
            }
        }
    }
}

/// The address of a site's webhooks.
fn address(base: &Url, name: Option<&str>) -> String {
    let base = base.as_str().trim_end_matches('/');
    match name {
        Some(name) => format!("{base}/webhooks/jira/{name}"),
        None => format!("{base}/webhooks/jira"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_site_has_its_own_path() {
        let check = |base: &str, name: Option<&str>, expected: &str| {
            assert_eq!(address(&Url::parse(base).unwrap(), name), expected);
        };
        check("https://a.example", None, "https://a.example/webhooks/jira");
        check("https://a.example/hooks/", Some("ops"), "https://a.example/hooks/webhooks/jira/ops");
    }
}

//! GitHub's alerts over its API: reading a whole list, and dismissing or reopening an alert.
//!
//! REST: "List code scanning alerts for a repository", "List code scanning analyses for a repository", "List Dependabot
//! alerts for a repository", "List secret scanning alerts for a repository".

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use url::form_urlencoded::byte_serialize;

use super::client::{GithubClient, Verb, read};
use super::failure::GithubFailure;
use crate::model::alert::{AlertChange, AlertTo, Feed};

/// How many alerts a list can have: 200 of GitHub's largest pages are read.
pub(crate) const MOST_ALERTS: usize = MOST_PAGES * 100;

const MOST_PAGES: usize = 200;

/// The alerts of a feed that are open or were dismissed, without those that are fixed.
pub struct Listing {
    /// GitHub's own objects one after another, those of one scanner together, compressed with gzip.
    pub packed: Vec<u8>,
    /// Why these are not all, if they are not.
    pub missing: Option<Missing>,
}

/// Why a list was not read to the end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// It is longer than [`MOST_ALERTS`].
    #[error("there are more than {MOST_ALERTS} alerts; only the first {MOST_ALERTS} were read")]
    TooMany,
    /// A page leads back to one that was already read, or says that another follows but not how to get there.
    #[error("GitHub says that there are more alerts, but not where to find them, so they were not read")]
    NoWay,
    /// A page after the first could not be read.
    #[error("the rest of the alerts were not read: {0}")]
    Failed(GithubFailure),
}

impl GithubClient {
    /// Reads a feed's alerts; for code scanning, also what was analysed recently. `reference` is the Git reference
    /// (`refs/heads/main`) on which code was scanned; the other feeds only cover the default branch.
    ///
    /// # Errors
    /// The feature is off, the token is not allowed to read it, or GitHub could not be asked: nothing was read.
    pub async fn alerts(&self, feed: Feed, reference: &str) -> Result<Listing, GithubFailure> {
        let mut pack = Pack::default();
        if feed == Feed::CodeScanning {
            let at: String = byte_serialize(reference.as_bytes()).collect();
            let what = format!("code-scanning analysis of {reference}");
            let path = format!("code-scanning/analyses?ref={at}&per_page=100");
            pack.add(&self.page(&path, &what).await?.body)?;
        }
        let (mut missing, before) = (None, pack.pages);
        for query in queries(feed, reference) {
            match self.list(feed, query, &mut pack).await {
                Ok(end) => missing = missing.or(end),
                Err(why) if pack.pages == before => return Err(why),
                Err(why) => {
                    missing = Some(Missing::Failed(why));
                    break;
                }
            }
        }
        Ok(Listing { packed: pack.finish()?, missing })
    }

    /// Reads a list to its end; returns what prevented that, if anything did.
    ///
    /// Alerts that are fixed in the meantime disappear from the list, and those after them move up. Numbered pages are
    /// therefore read from the last to the first, so that no open one is missed. Cursors do not move.
    async fn list(
        &self,
        feed: Feed,
        query: String,
        pack: &mut Pack,
    ) -> Result<Option<Missing>, GithubFailure> {
        let path = |query: &str| format!("{}/alerts?{query}", feed.name());
        let what = format!("{} alerts", feed.name());
        let first = self.page(&path(&query), &what).await?;
        pack.add(&first.body)?;
        if let Some(last) = first.last {
            for number in (2..=last.min(MOST_PAGES)).rev() {
                pack.add(&self.further(&path(&format!("{query}&page={number}")), &what).await?.body)?;
            }
            pack.add(&self.page(&path(&query), &what).await?.body)?;
            return Ok((last > MOST_PAGES).then_some(Missing::TooMany));
        }
        let mut next = first.next;
        let mut read = BTreeSet::new();
        for _ in 1..MOST_PAGES {
            let Some(query) = next else { return Ok(None) };
            if query.is_empty() || !read.insert(query.clone()) {
                return Ok(Some(Missing::NoWay));
            }
            let page = self.further(&path(&query), &what).await?;
            pack.add(&page.body)?;
            next = page.next;
        }
        Ok(next.map(|_| Missing::TooMany))
    }

    /// Dismisses or reopens an alert.
    ///
    /// # Errors
    /// It was refused; after [`GithubFailure::Unreachable`] it may have been done.
    pub async fn change_alert(&self, change: &AlertChange) -> Result<(), GithubFailure> {
        let body = match &change.to {
            AlertTo::Dismissed { reason, comment } => {
                json!({"state": "dismissed", "dismissed_reason": reason, "dismissed_comment": comment})
            }
            AlertTo::Open => json!({"state": "open"}),
        };
        let path = format!("{}/alerts/{}", change.alert.feed.name(), change.alert.number);
        self.send(Verb::Patch, &path, Some(&body), &change.alert.to_string()).await?;
        Ok(())
    }
}

/// The queries: oldest first, so that alerts that are added in the meantime come last.
fn queries(feed: Feed, reference: &str) -> Vec<String> {
    let order = "sort=created&direction=asc&per_page=100";
    match feed {
        Feed::CodeScanning => {
            let at: String = byte_serialize(reference.as_bytes()).collect();
            ["open", "dismissed"].map(|state| format!("ref={at}&state={state}&{order}")).to_vec()
        }
        Feed::Dependabot => vec![format!("state=open,dismissed,auto_dismissed&{order}")],
        // the secrets themselves do not concern us
        Feed::SecretScanning => vec![format!("hide_secret=true&{order}")],
    }
}

/// Alerts as they arrived, each once, by their scanner.
#[derive(Default)]
struct Pack {
    scanners: BTreeMap<String, GzEncoder<Vec<u8>>>,
    seen: BTreeSet<u64>,
    /// How many pages arrived.
    pages: usize,
}

/// The part of an alert or an analysis that is examined.
#[derive(Default, Deserialize)]
struct AlertHeader {
    number: Option<u64>,
    tool: Option<AlertTool>,
}

#[derive(Deserialize)]
struct AlertTool {
    name: Option<String>,
}

impl Pack {
    fn add(&mut self, page: &[u8]) -> Result<(), GithubFailure> {
        let all: Vec<&RawValue> = read(page)?;
        for one in all {
            // what is not an alert is kept with the others: its reader reports it
            let head: AlertHeader = serde_json::from_str(one.get()).unwrap_or_default();
            // what moves while the lists are read is encountered again
            if head.number.is_some_and(|number| !self.seen.insert(number)) {
                continue;
            }
            let scanner = head.tool.and_then(|tool| tool.name).unwrap_or_default();
            let fresh = || GzEncoder::new(Vec::new(), Compression::fast());
            let packer = self.scanners.entry(scanner).or_insert_with(fresh);
            packer
                .write_all(one.get().as_bytes())
                .and_then(|()| packer.write_all(b"\n"))
                .map_err(unpackable)?;
        }
        self.pages += 1;
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>, GithubFailure> {
        let packed = self.scanners.into_values().map(|packer| packer.finish().map_err(unpackable));
        Ok(packed.collect::<Result<Vec<_>, _>>()?.concat())
    }
}

fn unpackable(error: std::io::Error) -> GithubFailure {
    GithubFailure::Unreachable(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;

    use super::*;

    /// Reads Dependabot's alerts if each page names this one as the next.
    async fn check(next: &'static str, requests: usize) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let listing = listing(Router::new().fallback(async move || {
            count.fetch_add(1, Ordering::Relaxed);
            ([("link", format!("<{next}>; rel=\"next\""))], r#"[{"number": 1}]"#)
        }));
        let listing = listing.await.unwrap();
        assert_eq!((listing.missing, asked.load(Ordering::Relaxed)), (Some(Missing::NoWay), requests));
    }

    async fn listing(app: Router) -> Result<Listing, GithubFailure> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async { axum::serve(listener, app).await });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let client = GithubClient::new(&api, None, "acme/shop", http).unwrap();
        client.alerts(Feed::Dependabot, "refs/heads/main").await
    }

    #[tokio::test]
    async fn what_came_before_a_failing_page_is_kept() {
        let page = |which: axum::http::Uri| async move {
            let link = |next: &str| [("link", format!("<https://api.github.com{next}>; rel=\"next\""))];
            match which.query().is_some_and(|query| query.contains("after=")) {
                true => Err(axum::http::StatusCode::NOT_FOUND),
                false => Ok((
                    link("/repositories/1/dependabot/alerts?after=Y3"),
                    r#"[{"number": 1}, "x", null, {"number": 2}, {"number": 1}]"#,
                )),
            }
        };
        let listing = listing(Router::new().fallback(page)).await.unwrap();
        assert!(matches!(listing.missing, Some(Missing::Failed(GithubFailure::NotFound(_)))));
        let mut kept = String::new();
        let mut packed = flate2::read::MultiGzDecoder::new(&*listing.packed);
        std::io::Read::read_to_string(&mut packed, &mut kept).unwrap();
        assert_eq!(kept, "{\"number\": 1}\n\"x\"\nnull\n{\"number\": 2}\n");
    }

    #[tokio::test]
    async fn a_first_page_that_fails_is_no_list() {
        let page = async || axum::http::StatusCode::NOT_FOUND;
        assert!(matches!(listing(Router::new().fallback(page)).await, Err(GithubFailure::NotFound(_))));
    }

    #[tokio::test]
    async fn a_list_whose_next_page_cannot_be_reached_is_not_whole() {
        check("https://api.github.com/repositories/1/dependabot/alerts", 1).await;
        check("https://api.github.com/repositories/1/dependabot/alerts?after=Y3", 2).await;
    }
}

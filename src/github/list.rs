//! Lists of a repository's pull requests and of casefile's comments on them. The texts are included, a hundred per
//! page, so that what did not change needs no request of its own.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::client::{GithubClient, PAGE, PagedList, read};
use super::comments::WireComment;
use super::failure::GithubFailure;
use super::pulls::{Pull, WirePull, moment};

/// How many pages of pull requests are read at most: 20,000 of them.
const PULL_PAGES: usize = 200;

/// One of casefile's own comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// GitHub's id.
    pub id: u64,
    /// The pull request that it belongs to.
    pub pull: u64,
    /// What it says.
    pub body: String,
}

impl GithubClient {
    /// All open pull requests, the oldest first.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn open_pulls(&self) -> Result<PagedList<Pull>, GithubFailure> {
        self.pulls("state=open&sort=created&direction=asc", |_| true).await
    }

    /// The pull requests that were merged or closed since then, most recently changed first.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn closed_pulls(&self, since: Timestamp) -> Result<PagedList<Pull>, GithubFailure> {
        let recent = |pull: &WirePull| moment(pull.updated_at.as_deref()).is_none_or(|at| at >= since);
        let mut listed = self.pulls("state=closed&sort=updated&direction=desc", recent).await?;
        listed.items.retain(|pull| pull.closed.is_some_and(|at| at >= since));
        Ok(listed)
    }

    /// All pull requests that ever existed, the oldest first.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn all_pulls(&self) -> Result<PagedList<Pull>, GithubFailure> {
        self.pulls("state=all&sort=created&direction=asc", |_| true).await
    }

    /// The comments in the repository that have one of these markers and were not written by a stranger, most recently
    /// changed first; `since`: only what changed since then; at most this many pages are read.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn own_comments(
        &self,
        markers: &[&str],
        since: Option<Timestamp>,
        pages: usize,
    ) -> Result<PagedList<Comment>, GithubFailure> {
        // GitHub does not accept fractions of a second here
        let since =
            since.map(|at| format!("&since={}", at.strftime("%Y-%m-%dT%H:%M:%SZ"))).unwrap_or_default();
        let query = format!("issues/comments?sort=updated&direction=desc{since}");
        let listed: PagedList<WireComment> = self.pages(&query, "comments", pages, |_| true).await?;
        let own = listed.items.into_iter().filter(|one| markers.iter().any(|marker| one.is_ours(marker)));
        let read = own.filter_map(|one| {
            let pull = one.issue_url.rsplit('/').next()?.parse().ok()?;
            Some(Comment { id: one.id, pull, body: one.body.unwrap_or_default() })
        });
        Ok(PagedList { items: read.collect(), whole: listed.whole })
    }

    async fn pulls(
        &self,
        query: &str,
        more: impl Fn(&WirePull) -> bool,
    ) -> Result<PagedList<Pull>, GithubFailure> {
        let listed: PagedList<WirePull> =
            self.pages(&format!("pulls?{query}"), "pull requests", PULL_PAGES, more).await?;
        let mut items: Vec<Pull> = listed.items.into_iter().map(Pull::from).collect();
        // one that was opened or closed in the meantime can be on two pages
        let mut seen = std::collections::BTreeSet::new();
        items.retain(|pull| seen.insert(pull.number));
        Ok(PagedList { items, whole: listed.whole })
    }

    /// Reads page after page, as long as GitHub names a next one or the page was full, until `more` says about its last
    /// element that what follows does not matter.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        query: &str,
        what: &str,
        pages: usize,
        more: impl Fn(&T) -> bool,
    ) -> Result<PagedList<T>, GithubFailure> {
        let joint = if query.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        for page in 1..=pages {
            let path = format!("{query}{joint}per_page={PAGE}&page={page}");
            let page =
                if page == 1 { self.page(&path, what).await? } else { self.further(&path, what).await? };
            let next: Vec<T> = read(&page.body)?;
            // a page may be short although another one follows
            let ended = page.next.is_none() && next.len() < PAGE;
            let last = ended || !next.last().is_none_or(&more);
            items.extend(next);
            if last {
                return Ok(PagedList { items, whole: true });
            }
        }
        Ok(PagedList { items, whole: false })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use axum::Router;

    use super::*;
    use crate::http::Stop;

    #[tokio::test]
    async fn a_list_without_an_end_ends_with_the_run() {
        let asked = Arc::new(AtomicUsize::new(0));
        let stop = Stop::after(Duration::from_secs(600));
        let (count, handle) = (Arc::clone(&asked), stop.clone());
        // each page says that another one follows, and the run is stopped while the third one is requested
        let app = Router::new().fallback(async move || {
            if count.fetch_add(1, Ordering::Relaxed) == 2 {
                handle.ask();
            }
            ([("link", "<https://api.github.com/x?page=9>; rel=\"next\"")], "[1]")
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async { axum::serve(listener, app).await });
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let client = GithubClient::new(&api, None, "acme/shop", http).unwrap().stop(stop);
        let listed = client.pages::<u64>("pulls", "pull requests", 400, |_| true).await;
        assert!(matches!(listed, Err(GithubFailure::Unreachable(_))));
        assert_eq!(asked.load(Ordering::Relaxed), 3);
        // what was done before the end is still reported: the first page was read
        assert!(client.page("pulls", "pull requests").await.is_ok());
    }
}

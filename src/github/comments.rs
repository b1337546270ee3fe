//! casefile's own comment on a pull request: found among all comments, and written without losing what others write at
//! the same time.

use serde::Deserialize;
use serde_json::json;

use super::client::{GithubClient, PAGE, Verb, read};
use super::failure::GithubFailure;
use super::pulls::pull_request;
use super::rewrite::{Rewrite, TextLocation, Written, body_text};
use crate::document::marker::has_marker;

/// How many pages of comments are searched for casefile's own.
const PAGES: usize = 10;

impl GithubClient {
    /// Changes casefile's own comment, the one with a line that begins with `marker`, or creates it. `change` receives
    /// its text, and returns the new one, or `None` if there is nothing to say.
    ///
    /// # Errors
    /// What `change` fails with, or GitHub.
    pub async fn rewrite_comment<E: From<GithubFailure>>(
        &self,
        number: u64,
        marker: &str,
        change: impl AsyncFnMut(Option<&str>) -> Result<Rewrite<Option<String>>, E>,
    ) -> Result<Written, E> {
        match self.comment(number, marker).await? {
            Some(found) => self.edit_comment(found, true, change).await,
            None => self.make_comment(number, marker, change).await,
        }
    }

    /// The same for a comment that did not exist a moment ago.
    ///
    /// # Errors
    /// What `change` fails with, or GitHub.
    pub async fn make_comment<E: From<GithubFailure>>(
        &self,
        number: u64,
        marker: &str,
        mut change: impl AsyncFnMut(Option<&str>) -> Result<Rewrite<Option<String>>, E>,
    ) -> Result<Written, E> {
        let Some(text) = change(None).await?.text else { return Ok(Written::Unchanged) };
        let path = format!("issues/{number}/comments");
        let made =
            self.send(Verb::Post, &path, Some(&json!({ "body": text })), &pull_request(number)).await?;
        let made: WireComment = read(&made)?;
        // a concurrent job may have created one at the same moment: the older one stays
        match self.comment(number, marker).await? {
            Some(first) if first.id < made.id => {
                self.delete_comment(made.id).await?;
                self.edit_comment(first, false, change).await?;
            }
            _ => {}
        }
        Ok(Written::Changed)
    }

    /// Deletes a comment; it is fine if it is already gone.
    ///
    /// # Errors
    /// GitHub refused, or could not be reached, in which case it may still have been deleted.
    pub async fn delete_comment(&self, id: u64) -> Result<(), GithubFailure> {
        let path = format!("issues/comments/{id}");
        match self.send(Verb::Delete, &path, None::<&()>, "comment").await {
            Ok(_) | Err(GithubFailure::NotFound(_)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Removes casefile's text from one of its comments; one in which nobody else wrote is deleted. `keep` returns what
    /// is left of a text.
    ///
    /// # Errors
    /// GitHub refused, or could not be reached, in which case it may still have been changed.
    pub async fn clear_comment(
        &self,
        id: u64,
        keep: impl Fn(&str) -> String,
    ) -> Result<Written, GithubFailure> {
        let place = TextLocation { path: format!("issues/comments/{id}"), what: "comment" };
        let body = match self.text(&place).await {
            Err(GithubFailure::NotFound(_)) => return Ok(Written::Unchanged),
            body => body?,
        };
        if keep(&body).is_empty() {
            return self.delete_comment(id).await.map(|()| Written::Changed);
        }
        self.rewrite_at(&place, (body, true), async |body| Ok(Rewrite::at_once(keep(body)))).await
    }

    async fn edit_comment<E: From<GithubFailure>>(
        &self,
        found: WireComment,
        fresh: bool,
        mut change: impl AsyncFnMut(Option<&str>) -> Result<Rewrite<Option<String>>, E>,
    ) -> Result<Written, E> {
        let place = TextLocation { path: format!("issues/comments/{}", found.id), what: "comment" };
        let change = async |body: &str| {
            let Rewrite { text, late } = change(Some(body)).await?;
            Ok(Rewrite { text: text.unwrap_or_else(|| body.to_owned()), late })
        };
        self.rewrite_at(&place, (found.body.unwrap_or_default(), fresh), change).await
    }

    /// The text of the oldest comment that has `marker` and was not written by a stranger.
    ///
    /// # Errors
    /// GitHub could not be asked.
    pub async fn own_comment(&self, number: u64, marker: &str) -> Result<Option<String>, GithubFailure> {
        Ok(self.comment(number, marker).await?.and_then(|comment| comment.body))
    }

    /// The oldest comment that has `marker` and was not written by a stranger.
    async fn comment(&self, number: u64, marker: &str) -> Result<Option<WireComment>, GithubFailure> {
        for page in 1..=PAGES {
            let path = format!("issues/{number}/comments?per_page={PAGE}&page={page}");
            let what = pull_request(number);
            let page =
                if page == 1 { self.page(&path, &what).await? } else { self.further(&path, &what).await? };
            let comments: Vec<WireComment> = read(&page.body)?;
            let last = page.next.is_none() && comments.len() < PAGE;
            let found = comments.into_iter().find(|comment| comment.is_ours(marker));
            if found.is_some() || last {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

#[derive(Deserialize)]
pub(super) struct WireComment {
    pub(super) id: u64,
    #[serde(deserialize_with = "body_text")]
    pub(super) body: Option<String>,
    /// The address of its pull request, which GitHub's API calls an issue.
    #[serde(default)]
    pub(super) issue_url: String,
    user: Option<WireUser>,
    author_association: Option<String>,
}

#[derive(Deserialize)]
struct WireUser {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl WireComment {
    /// Anybody can write the marker. Only an app, or somebody who belongs to the repository, is trusted.
    pub(super) fn is_ours(&self, marker: &str) -> bool {
        let is_app = self.user.as_ref().is_some_and(|user| user.kind.as_deref() == Some("Bot"));
        let belongs = matches!(self.author_association.as_deref(), Some("OWNER" | "MEMBER" | "COLLABORATOR"));
        (is_app || belongs) && self.body.as_deref().is_some_and(|body| has_marker(body, marker))
    }
}

//! Writing a text that people and other jobs write to as well: a description, or casefile's own comment.
//!
//! GitHub has no conditional write, so a text is read immediately before each write, and composed again if it has
//! changed by then. What is written is never based on a text that was read before another request or a pause.

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::client::{GithubClient, Verb};
use super::failure::GithubFailure;

/// How often a text is written again because somebody else wrote in between.
pub(super) const ROUNDS: usize = 3;

/// How often a text is composed again because it changed while it was composed.
const LOOKS: usize = 5;

/// What a text is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite<T> {
    /// The new text.
    pub text: T,
    /// Whether other requests were sent while it was composed, so that the text may have changed since it was
    /// read.
    pub late: bool,
}

impl<T> Rewrite<T> {
    /// A text that was composed without other requests.
    pub fn at_once(text: T) -> Rewrite<T> {
        Rewrite { text, late: false }
    }
}

/// A text on GitHub.
pub(super) struct TextLocation<'p> {
    /// Its path relative to the repository; the resource there has a `body`.
    pub(super) path: String,
    /// How failures refer to it.
    pub(super) what: &'p str,
}

#[derive(Deserialize)]
struct WireText {
    #[serde(deserialize_with = "body_text")]
    body: Option<String>,
}

/// A text that is empty if it is `null`, and unknown if it is missing: an answer without it is not from GitHub, and
/// writing on the basis of it would replace people's text.
pub(super) fn body_text<'de, D: Deserializer<'de>>(body: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(body)
}

impl GithubClient {
    /// Writes what `change` makes of a text, until it stays. `body`: the text as it was read; `fresh`: nothing has been
    /// sent since then.
    ///
    /// # Errors
    /// What `change` fails with, or GitHub.
    pub(super) async fn rewrite_at<E: From<GithubFailure>>(
        &self,
        place: &TextLocation<'_>,
        (mut body, mut fresh): (String, bool),
        mut change: impl AsyncFnMut(&str) -> Result<Rewrite<String>, E>,
    ) -> Result<Written, E> {
        let (mut rounds, mut looks, mut sent) = (0, 0, false);
        let mut pauses = self.pauses();
        loop {
            let next = change(&body).await?;
            if next.text == body {
                return Ok(if sent { Written::Changed } else { Written::Unchanged });
            }
            if rounds == ROUNDS {
                return Ok(Written::Contested);
            }
            if next.late || !fresh {
                let now = self.text(place).await?;
                fresh = true;
                if now != body {
                    looks += 1;
                    if looks > LOOKS {
                        return Ok(Written::Contested);
                    }
                    body = now;
                    continue;
                }
            }
            sent = true;
            let text = json!({ "body": next.text });
            if self.send_once(Verb::Patch, &place.path, Some(&text), place.what, &mut pauses).await?.is_some()
            {
                rounds += 1;
                self.settle().await;
            }
            body = self.text(place).await?;
        }
    }

    /// The current text.
    pub(super) async fn text(&self, place: &TextLocation<'_>) -> Result<String, GithubFailure> {
        let wire: WireText = self.get(&place.path, place.what).await?;
        Ok(wire.body.unwrap_or_default())
    }
}

/// What became of a text that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The text was already like that.
    Unchanged,
    /// It was written, and read back.
    Changed,
    /// Others overwrote it each time.
    Contested,
}

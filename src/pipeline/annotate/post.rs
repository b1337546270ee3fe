//! Brings what a pull request shows up to date: first the timeline, then the section, which forgets
//! what it showed before.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::compose::section;
use crate::compose::timeline::{self, TicketChange};
use crate::error::Error;
use crate::github::client::GithubClient;
use crate::github::failure::GithubFailure;
use crate::github::rewrite::{Rewrite, Written};
use crate::model::answer;
use crate::pipeline::annotate::section_builder::SectionBuilder;
use crate::tracker::Read;

/// Where on a pull request the section is written.
pub(crate) struct Surface<'a> {
    pub(crate) client: &'a GithubClient,
    /// The pull request's number.
    pub(crate) number: u64,
    /// In its description.
    pub(crate) description: bool,
    /// In casefile's own comment.
    pub(crate) comment: bool,
    /// Whether the comment was looked for in this run, and there was none.
    pub(crate) no_comment: bool,
    /// The description as it was read some time ago, if it was: the tickets that it names are requested before it is
    /// read again for writing.
    pub(crate) early: Option<&'a str>,
    /// The date of a line in the timeline.
    pub(crate) today: Date,
}

/// The result.
pub(crate) struct PostResult {
    pub(crate) written: Written,
    /// What people had changed on its tickets, by key.
    pub(crate) changes: Vec<TicketChange>,
}

/// Why a pull request was not annotated.
#[derive(Debug)]
pub(crate) struct PostError {
    pub(crate) error: Error,
    /// Whether that counts as a failure. A token that is not allowed to write does not: a fork's run has no other.
    pub(crate) failure: bool,
    /// Whether it would be the same for any other pull request.
    pub(crate) everywhere: bool,
}

impl From<GithubFailure> for PostError {
    fn from(failure: GithubFailure) -> PostError {
        let here = matches!(
            failure,
            GithubFailure::NotFound(_) | GithubFailure::Refused(_) | GithubFailure::Forbidden(_)
        );
        PostError {
            failure: failure != GithubFailure::ReadOnlyToken,
            everywhere: !here,
            error: failure.into(),
        }
    }
}

impl PostError {
    /// The timeline could not be written, so the section is not written either: once it is, nothing knows any more what
    /// was to be reported.
    fn without_timeline(failure: GithubFailure) -> PostError {
        let refused = matches!(failure, GithubFailure::Refused(_) | GithubFailure::Forbidden(_));
        let PostError { error, failure, everywhere } = PostError::from(failure);
        if !refused {
            return PostError { error, failure, everywhere };
        }
        let hint = error.advice().unwrap_or_default().to_owned();
        let error = Error::remote(format!(
            "its timeline could not be written, so its section was not updated either: {error}"
        ));
        PostError { error: error.hint(hint), failure, everywhere }
    }
}

impl From<answer::Failure> for PostError {
    fn from(failure: answer::Failure) -> PostError {
        let error = Error::remote(format!("its tickets could not be read: {failure}")).hint(failure.hint());
        PostError { error, failure: true, everywhere: failure.is_final() }
    }
}

impl From<section::NoRoom> for PostError {
    fn from(why: section::NoRoom) -> PostError {
        let error = Error::remote(why.to_string())
            .hint("Shorten the description, or set `pull-request.annotate: comment` in the configuration.");
        PostError { error, failure: false, everywhere: false }
    }
}

/// Writes the section, with what the tracker says now, and a line in the timeline for what people changed since it was
/// last written. `labels`: the repository's.
pub(crate) async fn post<T: Read>(
    at: &Surface<'_>,
    tracker: &T,
    labels: &[String],
    builder: &mut SectionBuilder<'_>,
) -> Result<PostResult, PostError> {
    let mut posted = PostResult { written: Written::Unchanged, changes: Vec::new() };
    if let Some(early) = at.early.filter(|_| at.description) {
        update_timeline(at, tracker, labels, builder, early, &mut posted.changes).await?;
    }
    if at.description {
        let changes = &mut posted.changes;
        let written = at.client.rewrite(at.number, async |body| {
            let late = update_timeline(at, tracker, labels, builder, body, changes).await?;
            let text = section::update(body, &builder.update(&builder.shown()))?;
            Ok::<_, PostError>(Rewrite { text, late })
        });
        posted.written = written.await?;
    }
    if at.comment {
        let changes = &mut posted.changes;
        let change = async |body: Option<&str>| {
            let late =
                update_timeline(at, tracker, labels, builder, body.unwrap_or_default(), changes).await?;
            let text = section::update_comment(body, &builder.update(&builder.shown()))?;
            Ok::<_, PostError>(Rewrite { text, late })
        };
        let written = match at.no_comment {
            true => at.client.make_comment(at.number, section::COMMENT, change).await?,
            false => at.client.rewrite_comment(at.number, section::COMMENT, change).await?,
        };
        posted.written = if written == Written::Unchanged { posted.written } else { written };
    }
    Ok(posted)
}

/// Verifies the tickets that a text references, and adds their changes to the timeline before the text is written and
/// the difference is gone. Returns whether that took requests, during which people may have changed the text.
async fn update_timeline<T: Read>(
    at: &Surface<'_>,
    tracker: &T,
    labels: &[String],
    builder: &mut SectionBuilder<'_>,
    text: &str,
    posted: &mut Vec<TicketChange>,
) -> Result<bool, PostError> {
    let requests = || tracker.requests() + at.client.requests();
    let before = requests();
    match builder.verify_references(tracker, labels, text).await {
        Err(failure) if builder.strict => return Err(failure.into()),
        _ => {}
    }
    let mut changes = timeline::changes(
        &section::read(text).renamed(&builder.renamed).shown,
        &builder.current,
        builder.detail,
    );
    // what was reported is not reported again when the text is read again
    changes.retain(|change| !posted.contains(change));
    if changes.is_empty() {
        return Ok(requests() != before);
    }
    let append =
        async |old: Option<&str>| Ok(Rewrite::at_once(Some(timeline::append(old, at.today, &changes))));
    let written = at.client.rewrite_comment(at.number, timeline::MARKER, append).await;
    written.map_err(PostError::without_timeline)?;
    let by_key: BTreeMap<_, _> = changes.into_iter().map(|change| (change.key.clone(), change)).collect();
    posted.retain(|change| !by_key.contains_key(&change.key));
    posted.extend(by_key.into_values());
    posted.sort_by_cached_key(|change| (change.key.project().to_owned(), change.key.number()));
    Ok(requests() != before)
}

//! How a change is announced: by the new description if nobody edited it, otherwise by a comment.

use crate::compose::{comments, ticket};
use crate::config::CommentEvent;
use crate::document::{Block, Document, Inline};
use crate::model::answer::TicketTexts;
use crate::model::fingerprint::Fingerprint;
use crate::model::record::{Record, WrittenValues};
use crate::plan::create::draft;
use crate::plan::observed::ticket_scope;
use crate::plan::observed::ticket_scope::TicketScope;
use crate::plan::planner::Planner;
use crate::plan::presence::difference::Difference;

/// What an edit says.
#[derive(Default)]
pub(crate) struct News {
    pub(crate) body: Option<Document>,
    pub(crate) summary: Option<String>,
    pub(crate) comment: Option<Document>,
    /// What a comment says if the tracker does not accept the description.
    pub(crate) instead: Option<Document>,
}

/// Describes the difference for people, and notes in the record what is written. `texts`: those that the ticket has
/// now; `worse`: its severity has changed.
pub(crate) fn news(
    decision: &Planner<'_>,
    ticket_scopes: &[TicketScope<'_>],
    difference: &Difference,
    worse: bool,
    texts: Option<&TicketTexts>,
    next: &mut Record,
) -> News {
    let quiet = (difference.loses() || difference.arrived) && !difference.facts && !worse;
    let (input, provenance) = (decision.input, decision.input.provenance());
    let is_ours = |now: Option<&str>, last_written: Option<Fingerprint>| {
        now.is_some_and(|now| last_written == Some(WrittenValues::text(now)))
    };
    let main = ticket_scope::main(ticket_scopes, Some(&*next));
    let mut said = News::default();
    let described = main
        .filter(|_| is_ours(texts.map(|texts| texts.description.as_str()), next.last_written.description));
    if let Some(main) = main {
        let words = draft::words(decision, &draft::part(main.group, &main.rest), difference);
        if described.is_some() {
            next.last_written.description = Some(words.description_hash());
            said.body = Some(words.body);
        }
        if is_ours(texts.map(|texts| texts.summary.as_str()), next.last_written.summary)
            && next.last_written.summary != Some(WrittenValues::text(&words.summary))
        {
            next.last_written.summary = Some(WrittenValues::text(&words.summary));
            said.summary = Some(words.summary);
        }
    }
    let wants = decision.jira.comments.contains(&CommentEvent::Added);
    let mut added = Vec::new();
    for ticket_scope in ticket_scopes {
        let new = ticket_scope.among(&difference.added);
        let is_described = described.is_some_and(|main| std::ptr::eq(main, ticket_scope));
        if !new.is_empty() && (wants || !is_described) {
            let part = draft::part(ticket_scope.group, &ticket_scope.rest);
            added.push((ticket_scope, comments::added(&part, input.survey, &provenance, &new)));
        }
    }
    // a description says what one group has, and nothing about findings that were linked to the ticket
    let tells_all = described.is_some() && ticket_scopes.len() == 1 && next.linked.is_empty();
    let gone = difference.gone_everywhere();
    if !difference.added.is_empty() {
        said.comment = joined(decision, added, ticket_scopes.len() > 1);
    } else if gone > 0 && !tells_all && decision.jira.comments.contains(&CommentEvent::Gone) {
        said.comment = Some((input.fit)(comments::partly_resolved(gone, &provenance)));
    } else if described.is_none()
        && !quiet
        && let Some(first) = main.or(ticket_scopes.first())
    {
        let part = draft::part(first.group, &first.rest);
        // if casefile wrote no description, nobody can have edited it
        let edited: &[&str] = if next.last_written.description.is_some() { &["description"] } else { &[] };
        let comment = comments::update(&part, input.survey, &provenance, edited);
        said.comment = Some((input.fit)(comment));
    }
    if let Some(main) = described.filter(|_| said.comment.is_none() && !quiet) {
        let part = draft::part(main.group, &main.rest);
        said.instead = Some((input.fit)(comments::update(&part, input.survey, &provenance, &[])));
    }
    said
}

/// What one comment says about several groups: each under its title.
pub(crate) fn joined(
    decision: &Planner<'_>,
    said: Vec<(&TicketScope<'_>, Document)>,
    titled: bool,
) -> Option<Document> {
    let title = |ticket_scope: &TicketScope<'_>| {
        let part = draft::part(ticket_scope.group, &ticket_scope.rest);
        let title = ticket::summary(&part, decision.input.survey, "");
        Document::of(vec![Block::Paragraph(vec![Inline::strong(title)])])
    };
    let mut parts = Vec::new();
    for (ticket_scope, document) in said {
        if titled {
            parts.extend(title(ticket_scope).parts);
        }
        parts.extend(document.parts);
    }
    (!parts.is_empty()).then(|| (decision.input.fit)(Document { parts }))
}

//! The part of a pull request's description that casefile owns: what it remembers, what it shows, and how it is put
//! into a text that others write, too. Pure: text in, text out.
//!
//! A run [reads](read) what the section remembers, asks the tracker about the tickets that it lists, and
//! [updates](update) the text. Doing this twice changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::new_finding::NewFindings;
use crate::model::remembered::Remembered;
use crate::model::repository::Repository;
use crate::model::section::{Row, Section, Shown};
use crate::model::ticket::TicketId;

mod hidden;
mod lines;
mod merge;
mod new_rows;
mod render;
mod splice;
mod tables;

/// How many characters GitHub accepts in a description or a comment.
pub const LIMIT: usize = 65_536;

/// How many tickets of other sites are listed: anybody can write there.
const ELSEWHERE: usize = 200;

/// The marker by which casefile's own comment is found.
pub const COMMENT: &str = "<!-- casefile:comment -->";

/// How much about a ticket may be shown where the pull request is seen (`SECURITY.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketDetail {
    /// Everything that the section knows.
    Full,
    /// Keys, links, statuses and counts.
    Keys,
    /// Counts.
    Counts,
}

/// Whether the pull request is open, merged or closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PullRequestStatus {
    /// It may still be merged.
    #[default]
    Live,
    /// It was merged: the base's scans say what that resolved, and its tickets' statuses show it.
    Merged,
    /// It was closed without merging: it resolves nothing.
    Closed,
}

/// What a run contributes.
#[derive(Debug, Clone, Copy)]
pub struct Update<'u> {
    /// The rows of each scan that this run made, by the scope's fingerprint in hex: they replace what the section has
    /// for these scans. Scans without rows are included.
    pub scans: &'u BTreeMap<String, Vec<Row>>,
    /// The new findings of these scans, for those that have any.
    pub new: &'u BTreeMap<String, NewFindings>,
    /// The repository that places refer to.
    pub repository: &'u Repository,
    /// The name of the run's tracker. Rows of other sites are not for this run to replace or to confirm.
    pub site: &'u str,
    /// Tickets as the tracker has them now, this run's and those in other jobs' rows. Only these are listed: what the
    /// text itself says is a claim.
    pub shown: &'u [Shown],
    /// Tickets that the section knows by a former name of their site.
    pub renamed: &'u BTreeMap<TicketId, TicketId>,
    /// The tickets that this run created, by site.
    pub made: &'u BTreeMap<String, Vec<Remembered>>,
    /// How much may be shown.
    pub detail: TicketDetail,
    /// Whether the pull request is open, merged or closed.
    pub standing: PullRequestStatus,
}

/// The text is so long that not even the shortest section fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for casefile's section to be added: GitHub accepts at most 65,536 characters")]
pub struct NoRoom;

/// What the section in a description or comment remembers; nothing if there is none, or if it was damaged.
pub fn read(text: &str) -> Section {
    splice::section_lines(text).find_map(hidden::read).unwrap_or_default()
}

/// The text with its section brought up to date and everything else kept byte for byte. A text without a section gets
/// one only if there is a ticket or a new finding to show.
///
/// # Errors
/// There is no room for it; in that case, the text should stay as it is.
pub fn update(text: &str, update: &Update<'_>) -> Result<String, NoRoom> {
    put(text, update, "")
}

/// The same for casefile's own comment: `None` as long as there is nothing to say.
///
/// # Errors
/// There is no room for it.
pub fn update_comment(text: Option<&str>, update: &Update<'_>) -> Result<Option<String>, NoRoom> {
    let old = text.unwrap_or_default();
    let new = put(old, update, COMMENT)?;
    Ok((!new.is_empty()).then_some(new))
}

/// What people see of a section that only this run fills, as Markdown; empty if there is no ticket to show.
pub fn preview(update: &Update<'_>) -> String {
    let section = merge::merge(&Section::default(), update);
    if section.is_empty() {
        return String::new();
    }
    let listed = listed(&section, update);
    page(&section, &listed, update).preview()
}

/// The text without the section.
pub fn remove(text: &str) -> String {
    splice::splice(text, &|_| Some(Vec::new())).unwrap_or_default()
}

fn put(text: &str, update: &Update<'_>, first: &str) -> Result<String, NoRoom> {
    let section = merge::merge(&read(text).renamed(update.renamed), update);
    if section.is_empty() && !splice::has_section(text) {
        return Ok(text.to_owned());
    }
    let text = if text.is_empty() { first } else { text };
    let listed = listed(&section, update);
    let page = page(&section, &listed, update);
    splice::splice(text, &|room| page.fit(room)).ok_or(NoRoom)
}

/// The tickets that are listed: those that the tracker confirms, and those of other sites as the runs for these left
/// them. Which site a run is for must not affect what it lists, or two of them would overwrite each other for ever.
fn listed<'l>(section: &'l Section, update: &Update<'l>) -> BTreeSet<&'l TicketId> {
    let elsewhere = section.shown.iter().filter(|shown| shown.ticket.site != update.site);
    let elsewhere = elsewhere.filter(|shown| shown.is_at_its_site()).take(ELSEWHERE);
    update.shown.iter().chain(elsewhere).map(|shown| &shown.ticket).collect()
}

fn page<'p>(
    section: &'p Section,
    listed: &'p BTreeSet<&'p TicketId>,
    update: &Update<'_>,
) -> render::SectionPage<'p> {
    let places = tables::PlaceLinks::of(update.repository);
    render::SectionPage { section, listed, places, detail: update.detail, standing: update.standing }
}

#[cfg(test)]
mod tests;
